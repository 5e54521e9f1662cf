"""Whether who acts may do so at all: asked by the actions themselves, whatever door a request came through."""

from django.core.exceptions import PermissionDenied

from innovation.accounts.models import User


def require(actor: User, permission: str) -> None:
    """Raises PermissionDenied."""
    if not actor.has_perm(permission):
        raise PermissionDenied
