"""What credentials and training add to the shared floor: navigation, cards, notices, the report, the demonstration."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from innovation.accounts import notifications
from innovation.core import demo, home, navigation
from innovation.core.home import Card
from innovation.core.navigation import NavItem
from innovation.core.views import everyone, signed_in
from innovation.reports import registry
from talent.actions.renewals import NOTICE
from talent.choices.credentials import CredentialState
from talent.demo.credentials import make_credentials
from talent.models import CpdEntry, Credential
from talent.models.visibility import sees_people
from talent.queries.credentials import waits_for_decision
from talent.queries.standing import in_registry
from talent.reports import ending
from talent.views.credential_office import verifies
from talent.views.schemes import TITLE as SCHEMES
from talent.views.training import TITLE as COHORTS
from talent.views.training import sees_training

GROUP = _("Credentials and training")


def cards(user: Any) -> list[Card]:
    """What waits for a verifier, and the renewal that waits for a holder."""
    if not user.is_authenticated:
        return []
    return [*_office_cards(user), *_holder_cards(user)]


def _office_cards(user: Any) -> list[Card]:
    if not verifies(user):
        return []
    counts = (
        (_("Entries to verify"), "talent:entries", CpdEntry.objects.all().to_verify().count()),
        (_("Credentials to decide"), "talent:credentials_to_decide", waits_for_decision().count()),
    )  # fmt: skip
    return [Card(title, reverse(name), figure=str(count), urgent=True) for title, name, count in counts if count]


def _holder_cards(user: Any) -> list[Card]:
    if not in_registry(user):
        return []
    rows = Credential.objects.filter(person__user=user, state=CredentialState.RENEWAL_OPEN, expires_on__isnull=False)
    first = rows.order_by("expires_on").first()
    if first is None or first.expires_on is None:
        return []
    days = (first.expires_on - timezone.localdate()).days
    words = _("days until a credential of yours ends. File its renewal.")
    return [Card(_("Renewal of a credential"), first.get_absolute_url(), words, figure=str(days), urgent=True)]


def register(section: Promise) -> None:
    """Called once with the heading of the talent part."""
    for label, name, visible, order in (
        (_("Check a credential"), "talent:certificates", everyone, 305),
        (_("My credentials"), "talent:my_credentials", in_registry, 306),
    ):
        navigation.register(NavItem(section, label, name, visible=visible, order=order))
    for label, name, visible, order in (
        (_("Credentials"), "talent:credentials", sees_people, 320),
        (_("Credentials to decide"), "talent:credentials_to_decide", sees_people, 321),
        (_("Entries to verify"), "talent:entries", sees_people, 322),
        (_("Audit samples"), "talent:audit_samples", sees_people, 323),
        (SCHEMES, "talent:schemes", signed_in, 324),
        (COHORTS, "talent:cohorts", sees_training, 325),
    ):
        navigation.register(NavItem(section, label, name, visible=visible, order=order, group=GROUP))
    notifications.register(notifications.Kind(NOTICE, _("Renewals of my credentials")))
    home.register(cards, order=320)
    registry.register(ending.KIND)
    demo.register("Credentials, credits and training", make_credentials, order=640)
