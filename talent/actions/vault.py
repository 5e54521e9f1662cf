"""A person's own acts upon the vault: give a year of birth for the bias report, or take it back."""

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from innovation.accounts.models import User
from innovation.core.errors import RuleViolation
from talent.models import Person, PersonVault
from talent.rules.sealing import EARLIEST_YEAR, YOUNGEST, key_of, seal

CONSENT_VERSION = "1"
"""Version of the words that the page asks with; raise it when they change."""


def _locked(actor: User) -> Person:
    person = Person.objects.current().select_for_update(of=("self",)).filter(user=actor).first()
    if person is None or not actor.is_active:
        raise RuleViolation("NOT_YOURS", _("You are not in the registry."))
    return person


@transaction.atomic
def give_year(*, year: int, consent: bool, actor: User) -> PersonVault:
    """Put one's own year of birth into the vault, or replace it. Raises ``NOT_YOURS``, ``CONSENT_MISSING``,
    ``YEAR_OUT_OF_RANGE``.
    """
    person = _locked(actor)
    if not consent:
        raise RuleViolation("CONSENT_MISSING", _("Without your consent nothing is kept."), field="consent")
    if not EARLIEST_YEAR <= year <= timezone.localdate().year - YOUNGEST:
        raise RuleViolation("YEAR_OUT_OF_RANGE", _("Check the year."), field="year")
    entry, _made = PersonVault.objects.update_or_create(
        person=person,
        defaults={
            "sealed": seal(year, key_of(settings.TALENT_VAULT_KEY)), "consent_version": CONSENT_VERSION,
            "consent_language": get_language() or "en", "consented_at": timezone.now(),
        },
    )  # fmt: skip
    return entry


@transaction.atomic
def withdraw_year(*, actor: User) -> bool:
    """Take one's year of birth back; whether there was one. It is gone at once, in figures yet to be made too."""
    deleted, _rows = PersonVault.objects.filter(person=_locked(actor)).delete()
    return bool(deleted)
