"""What the talent part adds to calls: the kind ``talent``, whose issued cases become role profiles."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from innovation.calls import kinds
from talent.actions.calls import check_role_kind, end_role, make_role, registry_agreed, registry_asked

TALENT = kinds.Kind(
    "talent",
    _("Talent registration"),
    handlers=(("issue", make_role), ("revoke", end_role)),
    check=check_role_kind,
    consent=kinds.Consent(registry_asked, registry_agreed),
)


def register(section: Promise) -> None:
    """Called once with the heading of the talent part."""
    kinds.register(TALENT)
