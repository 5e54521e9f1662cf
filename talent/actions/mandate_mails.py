"""Mails about mandates: both sides are asked, reminded and told, each in their own language and as they chose.

A mail names the demand and the day, never the other person and no reason: those stand on the page alone, from which an
erasure can take them.
"""

from collections.abc import Iterator
from datetime import date

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from innovation.accounts import notices
from innovation.accounts.models import User
from innovation.core import transitions
from innovation.organisations.choices import MembershipRole
from talent.choices.matching import MandateState
from talent.models import Mandate
from talent.rules.mandates import REMINDERS
from talent.rules.terms import reminder_due

NOTICE = "talent_mandates"
ANSWERS_FOR_OWNER = (MembershipRole.LEAD, MembershipRole.EDITOR)
PERSON_WAITS = (MandateState.PROPOSED, MandateState.BY_OWNER)
OWNER_WAITS = (MandateState.PROPOSED, MandateState.BY_PERSON)
MATCHED_AGAIN = (MandateState.DECLINED, MandateState.EXPIRED)


def tell(mandate: Mandate, *, actor: User | None = None) -> int:
    """Tell both sides where the mandate stands, but for who brought it there. Returns how many were told now.

    The officer who proposed hears of it when somebody else has to be found.
    """
    asked = {user.pk for user in _asked(mandate)}
    people = {user.pk: user for user in [*_person(mandate), *_owners(mandate)]}
    if mandate.state in MATCHED_AGAIN and mandate.proposed_by.is_active:
        people[mandate.proposed_by_id] = mandate.proposed_by
    number = transitions.steps_of(mandate).count()
    names = mandate.state_names[MandateState(mandate.state)]
    told = 0
    for user in people.values():
        if actor is not None and user.pk == actor.pk:
            continue
        with translation.override(user.language or settings.LANGUAGE_CODE):
            subject = _("Mandate “%(demand)s”: %(state)s") % {"demand": mandate.demand.name, "state": names.public}
            lines = [_("What happens next: %(step)s.") % {"step": names.next_step}]
            if user.pk in asked:
                lines.insert(0, _answer_by(mandate))
            told += _send(mandate, user, subject, lines, str(number))
    return told


def tell_answer(mandate: Mandate) -> int:
    """Tell the person that the objection was answered."""
    told = 0
    for user in _person(mandate):
        with translation.override(user.language or settings.LANGUAGE_CODE):
            subject = _("Your objection was answered: “%(demand)s”") % {"demand": mandate.demand.name}
            told += _send(mandate, user, subject, [_("The answer stands with the mandate.")], "objection")
    return told


def remind(mandate: Mandate, today: date) -> int:
    """Remind who has still to answer, once for each reminder that is due. Returns how many were told now."""
    days = reminder_due(mandate.answer_by, today, REMINDERS)
    if days is None:
        return 0
    left, told = (mandate.answer_by - today).days, 0
    for user in _asked(mandate):
        with translation.override(user.language or settings.LANGUAGE_CODE):
            subject = ngettext(
                "%(days)s day left to answer: “%(demand)s”", "%(days)s days left to answer: “%(demand)s”", left
            ) % {"days": left, "demand": mandate.demand.name}
            lines = [_answer_by(mandate), _("After that day the proposal expires.")]
            told += _send(mandate, user, subject, lines, f"reminder-{days}")
    return told


def _answer_by(mandate: Mandate) -> str:
    return _("Please accept or decline by %(day)s.") % {"day": mandate.answer_by}


def _send(mandate: Mandate, user: User, subject: str, lines: list[str], occasion: str) -> bool:
    """One notice in the active language, once per occasion."""
    address = f"{settings.SITE_URL}{mandate.get_absolute_url()}"
    return notices.send(
        to=user, kind=NOTICE, subject=subject, text="\n\n".join([*lines, address]),
        key=f"talent-mandate-{mandate.pk}-{occasion}-{user.pk}",
    )  # fmt: skip


def _asked(mandate: Mandate) -> list[User]:
    """The accounts from which an answer is awaited now."""
    found = [*_person(mandate)] if mandate.state in PERSON_WAITS else []
    if mandate.state in OWNER_WAITS:
        found += [user for user in _owners(mandate) if user not in found]
    return found


def _person(mandate: Mandate) -> Iterator[User]:
    user = mandate.person.user
    if user is not None and user.is_active:
        yield user


def _owners(mandate: Mandate) -> Iterator[User]:
    """Who may answer for the owner of the demand; the office answers for one without members."""
    rows = mandate.demand.organisation.memberships.filter(role__in=ANSWERS_FOR_OWNER, user__is_active=True)
    return (row.user for row in rows.select_related("user").order_by("pk"))
