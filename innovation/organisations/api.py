"""The API of the register: organisations, code lists, kinds of role."""

from typing import Any

import django_filters
from django.core.exceptions import NON_FIELD_ERRORS
from django.core.exceptions import ValidationError as ModelError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.settings import api_settings

from innovation.core.api import ReadOnlyViewSet, ViewSet
from innovation.core.api.filters import Filters, Ordering
from innovation.organisations.filters import OrganisationFilters
from innovation.organisations.models import Division, Industry, Organisation, OrganisationRole, RoleKind
from innovation.organisations.models.fields import normalise_uscc, validate_uscc
from innovation.organisations.models.organisation import is_staff_role
from innovation.organisations.queries import directory

_FIELD_OF = {NON_FIELD_ERRORS: api_settings.NON_FIELD_ERRORS_KEY}


class RoleSerializer(serializers.ModelSerializer):
    kind = serializers.SlugRelatedField(slug_field="code", read_only=True)

    class Meta:
        model = OrganisationRole
        fields = ["kind", "valid_from", "valid_to", "note"]


class OrganisationSerializer(serializers.ModelSerializer):
    """An organisation. ``remarks`` are shown to staff only; roles are those held today."""

    uscc = serializers.CharField(max_length=40, required=False, allow_null=True)
    roles = RoleSerializer(source="roles_today", many=True, read_only=True)
    code = serializers.CharField(read_only=True)

    class Meta:
        model = Organisation
        fields = [
            "id", "code", "uscc", "local_code", "name_zh", "name_en", "sector", "status", "industry", "division",
            "parent", "controlling_group", "founded", "address", "website", "remarks", "roles",
        ]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in (
            ("industry", Industry.objects.filter(is_current=True)),
            ("division", Division.objects.places()),
            ("parent", Organisation.objects.current()),
            ("controlling_group", Organisation.objects.current()),
        ):
            self.fields[name].queryset = rows

    def to_representation(self, instance: Organisation) -> dict[str, Any]:
        shown = super().to_representation(instance)
        request = self.context.get("request")
        if request is None or not is_staff_role(request.user):
            shown.pop("remarks")
        return shown

    def validate_uscc(self, value: str | None) -> str | None:
        if not value:
            return None
        code = normalise_uscc(value)
        try:
            validate_uscc(code)
        except ModelError as error:
            raise ValidationError(error.messages, code=error.code) from error
        if Organisation.objects.filter(uscc=code).exclude(pk=getattr(self.instance, "pk", None)).exists():
            raise ValidationError(_("This code is in the register already."), code="unique")
        return code

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        # The record's own rules: names, codes, circles.
        draft = Organisation(pk=getattr(self.instance, "pk", None))
        for name in ("uscc", "local_code", "name_zh", "name_en", "parent", "controlling_group"):
            setattr(draft, name, attrs.get(name, getattr(self.instance, name, None) or getattr(draft, name)))
        try:
            draft.clean()
            draft.validate_constraints(exclude={"merged_into"})
        except ModelError as error:
            errors = serializers.as_serializer_error(error)
            raise ValidationError({_FIELD_OF.get(name, name): found for name, found in errors.items()}) from error
        attrs["local_code"] = draft.local_code
        return attrs

    def save(self, **kwargs: Any) -> Organisation:
        saved = super().save(**kwargs)
        saved.roles_today = getattr(saved, "roles_today", [])
        return saved


class IndustrySerializer(serializers.ModelSerializer):
    class Meta:
        model = Industry
        fields = ["code", "name_zh", "name_en", "level", "parent", "is_current"]


class DivisionSerializer(serializers.ModelSerializer):
    class Meta:
        model = Division
        fields = ["code", "name_zh", "name_en", "full_name_zh", "level", "parent", "placeholder", "is_current"]


class RoleKindSerializer(serializers.ModelSerializer):
    class Meta:
        model = RoleKind
        fields = ["code", "name_zh", "name_en", "description"]


class OrganisationViewSet(ViewSet):
    """The directory. ``q`` searches names (Chinese, English, pinyin, former ones) and codes."""

    queryset = Organisation.objects.all()
    serializer_class = OrganisationSerializer
    filterset_class = OrganisationFilters
    filter_backends = [Filters, Ordering]
    ordering_fields = ["pinyin", "uscc", "founded", "created_at"]

    def get_queryset(self) -> QuerySet[Organisation]:
        if getattr(self, "swagger_fake_view", False):
            return Organisation.objects.none()
        return directory(self.request.user)


class _Words(django_filters.FilterSet):
    """Code lists by words; this is what autocomplete asks."""

    q = django_filters.CharFilter(method="by_words", label=_("Search"))

    def by_words(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        return queryset.search(value)


class IndustryFilters(_Words):
    class Meta:
        model = Industry
        fields = ["q", "level", "parent", "is_current"]


class DivisionFilters(_Words):
    class Meta:
        model = Division
        fields = ["q", "level", "parent", "placeholder", "is_current"]


class IndustryViewSet(ReadOnlyViewSet):
    """GB/T 4754-2017."""

    queryset = Industry.objects.all()
    serializer_class = IndustrySerializer
    filterset_class = IndustryFilters
    ordering_fields = ["code"]


class DivisionViewSet(ReadOnlyViewSet):
    """GB/T 2260."""

    queryset = Division.objects.all()
    serializer_class = DivisionSerializer
    filterset_class = DivisionFilters
    ordering_fields = ["code"]


class RoleKindViewSet(ReadOnlyViewSet):
    """The kinds of role an organisation can hold."""

    queryset = RoleKind.objects.all()
    serializer_class = RoleKindSerializer
    lookup_field = "code"


routes = [
    ("organisations", OrganisationViewSet, "organisation"),
    ("industries", IndustryViewSet, "industry"),
    ("divisions", DivisionViewSet, "division"),
    ("role-kinds", RoleKindViewSet, "role-kind"),
]
