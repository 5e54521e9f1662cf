"""People of the registry in the API: the same records and actions as the pages."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from innovation.core.api import ReadOnlyViewSet, ViewSet
from talent.actions.posts import confirm_post
from talent.actions.roles import step
from talent.api.limits import DirectoryThrottle, PersonalRecords
from talent.filters.people import DirectoryFilters, RegistryFilters
from talent.models import Affiliation, Laboratory, Person, RoleProfile, Skill, SkillClaim
from talent.queries.people import directory
from talent.serializers import people as shapes


class PersonViewSet(PersonalRecords, ReadOnlyViewSet):
    """People: all for the office, oneself for each person. ``q`` searches names, pinyin, former names, ORCID iDs."""

    queryset = Person.objects.current().defer("search")
    serializer_class = shapes.PersonSerializer
    permission_classes = [IsAuthenticated]
    filterset_class = RegistryFilters
    ordering_fields = ["id", "pinyin", "registered_at"]


class DirectoryViewSet(ReadOnlyViewSet):
    """The public directory: who asked for it, with what each person shows."""

    queryset = Person.objects.none()
    serializer_class = shapes.DirectoryPersonSerializer
    permission_classes = [IsAuthenticated]
    filterset_class = DirectoryFilters
    ordering_fields = ["id", "pinyin"]
    lookup_field = "uuid"
    throttle_classes = [DirectoryThrottle, *ReadOnlyViewSet.throttle_classes]

    def get_queryset(self) -> QuerySet[Person]:
        return Person.objects.none() if getattr(self, "swagger_fake_view", False) else directory()


class RoleProfileViewSet(PersonalRecords, ReadOnlyViewSet):
    """Role profiles; ``steps`` moves one by an event of its table."""

    queryset = RoleProfile.objects.all()
    serializer_class = shapes.RoleProfileSerializer
    permission_classes = [IsAuthenticated]
    filterset_fields = {"person": ["exact"], "kind": ["exact"], "state": ["exact"], "valid_until": ["lte", "gte"]}
    ordering_fields = ["id", "state_since", "valid_until"]

    @extend_schema(request=shapes.RoleStepSerializer, responses=shapes.RoleProfileSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def steps(self, request: Request, **kwargs: Any) -> Response:
        """Move the profile by ``event``; the table says who may and what it needs."""
        asked = shapes.RoleStepSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        moved = step(profile_id=self.get_object().pk, actor=request.user, **asked.validated_data)
        return Response(self.get_serializer(moved).data)


class LaboratoryViewSet(ViewSet):
    """Laboratories of organisations."""

    queryset = Laboratory.objects.all()
    serializer_class = shapes.LaboratorySerializer
    filterset_fields = {"organisation": ["exact"], "code": ["exact"], "closed_on": ["isnull"]}
    ordering_fields = ["id", "code"]


class AffiliationViewSet(PersonalRecords, mixins.CreateModelMixin, ReadOnlyViewSet):
    """Posts held: one's own, those at organisations that one belongs to, all for the office."""

    queryset = Affiliation.objects.all()
    serializer_class = shapes.AffiliationSerializer
    permission_classes = [IsAuthenticated]
    filterset_fields = {
        "person": ["exact"], "organisation": ["exact"], "laboratory": ["exact"], "duty": ["exact"],
        "frascati_class": ["exact"], "valid_from": ["lte"], "valid_to": ["gte", "isnull"],
        "confirmed_at": ["isnull"],
    }  # fmt: skip
    ordering_fields = ["id", "valid_from"]

    @extend_schema(request=None, responses=shapes.AffiliationSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def confirm(self, request: Request, **kwargs: Any) -> Response:
        """Confirm the post, by who leads the organisation or the office."""
        return Response(self.get_serializer(confirm_post(post_id=self.get_object().pk, actor=request.user)).data)


class SkillViewSet(ReadOnlyViewSet):
    """Skills of the open vocabularies."""

    queryset = Skill.objects.defer("search")
    serializer_class = shapes.SkillSerializer
    permission_classes = [IsAuthenticated]
    filterset_fields = {"vocabulary": ["exact"], "parent": ["exact"], "is_area": ["exact"], "uri": ["exact"]}
    ordering_fields = ["id", "name_en"]


class SkillClaimViewSet(PersonalRecords, ReadOnlyViewSet):
    """Skills that people claim: one's own, all for the office."""

    queryset = SkillClaim.objects.select_related("skill")
    serializer_class = shapes.SkillClaimSerializer
    permission_classes = [IsAuthenticated]
    filterset_fields = {"person": ["exact"], "skill": ["exact"], "state": ["exact"], "level": ["exact", "gte"]}
    ordering_fields = ["id", "state_since"]


routes = [
    ("people", PersonViewSet, "person"),
    ("talent-directory", DirectoryViewSet, "directoryperson"),
    ("role-profiles", RoleProfileViewSet, "roleprofile"),
    ("laboratories", LaboratoryViewSet, "laboratory"),
    ("posts", AffiliationViewSet, "affiliation"),
    ("skills", SkillViewSet, "skill"),
    ("skill-claims", SkillClaimViewSet, "skillclaim"),
]
