"""People in the API: oneself, and everybody for those who may see everybody."""

from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import permissions, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from innovation.accounts import own_data
from innovation.accounts.erasing import erase_own_account
from innovation.accounts.models import DigestEntry, User
from innovation.core.api import ReadOnlyViewSet
from innovation.core.api.throttles import ReadThrottle, WriteThrottle


class UserSerializer(serializers.ModelSerializer):
    roles = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = ["id", "email", "name", "language", "roles", "is_active", "date_joined"]

    def get_roles(self, user: User) -> list[str]:
        return sorted(str(role) for role in user.roles)


class UserViewSet(ReadOnlyViewSet):
    """Read only: roles and accounts are changed in the administration, where each change asks for its reason."""

    queryset = User.objects.prefetch_related("groups")
    serializer_class = UserSerializer
    filterset_fields = ["is_active", "email"]
    ordering_fields = ["id", "email", "date_joined"]


class DigestEntrySerializer(serializers.ModelSerializer):
    class Meta:
        model = DigestEntry
        fields = ["id", "kind", "subject", "text", "created_at", "sent_at"]


class DigestEntryViewSet(ReadOnlyViewSet):
    """One's own notices that came, or will come, in the daily mail."""

    permission_classes = [permissions.IsAuthenticated]
    queryset = DigestEntry.objects.all()
    serializer_class = DigestEntrySerializer
    filterset_fields = {"kind": ["exact"], "sent_at": ["isnull"]}
    ordering_fields = ["id", "created_at"]


class DeleteAccountSerializer(serializers.Serializer):
    confirmation = serializers.CharField(help_text="The own e-mail address.")


class OwnDataViewSet(viewsets.ViewSet):
    """What is kept about the caller: to read, to take along, and to have deleted."""

    permission_classes = [permissions.IsAuthenticated]
    throttle_classes = [ReadThrottle, WriteThrottle]

    @extend_schema(responses={(200, "application/json"): OpenApiTypes.OBJECT})
    def list(self, request: Request) -> Response:
        """Everything about oneself, part by part."""
        return Response(own_data.collected(request.user))

    @extend_schema(responses={(200, "application/zip"): OpenApiTypes.BINARY})
    @action(detail=False)
    def archive(self, request: Request) -> FileResponse:
        """The same with all files, as a ZIP."""
        content = own_data.archive(request.user)
        return FileResponse(content, as_attachment=True, filename="my-data.zip", content_type="application/zip")

    @extend_schema(request=DeleteAccountSerializer, responses={204: None})
    @action(detail=False, methods=["post"])
    def erase(self, request: Request) -> Response:
        """Delete the own account; what a law asks to keep stays without the account's name. Cannot be undone."""
        form = DeleteAccountSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        erase_own_account(user=request.user, confirmation=form.validated_data["confirmation"])
        return Response(status=status.HTTP_204_NO_CONTENT)


routes = [
    ("users", UserViewSet, "user"),
    ("digest-entries", DigestEntryViewSet, "digestentry"),
    ("own-data", OwnDataViewSet, "owndata"),
]
