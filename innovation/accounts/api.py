"""People in the API: oneself, and everybody for those who may see everybody."""

from rest_framework import permissions, serializers

from innovation.accounts.models import DigestEntry, User
from innovation.core.api import ReadOnlyViewSet


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


routes = [("users", UserViewSet, "user"), ("digest-entries", DigestEntryViewSet, "digestentry")]
