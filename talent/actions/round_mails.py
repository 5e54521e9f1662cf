"""Mails about rounds: opened, soon over, still no ranking, no place; in each reader's language and as they chose."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

import structlog
from celery import current_app
from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError as BrokerError

from innovation.accounts import notices
from innovation.accounts.models import User
from innovation.core import transitions
from talent.choices.rounds import RankingState, RoundState, Unplaced
from talent.models import MatchRound, Placement, Ranking
from talent.queries.rounds import eligible, speakers
from talent.rules.mandates import REMINDERS
from talent.rules.terms import reminder_due

log = structlog.get_logger(__name__)
NOTICE = "talent_rounds"
TELL_TASK = "talent.tasks.tell_round"
NEWLY_OPEN = timedelta(days=2)


def kick(round_id: int) -> None:
    """Let a worker write the mails of a round just opened; without a broker the nightly run does it."""
    try:
        current_app.send_task(TELL_TASK, args=[round_id], retry=False)
    except (BrokerError, OSError) as error:
        log.warning("mails of a round not sent yet", round=round_id, error=str(error))


def tell_opened(round_: MatchRound) -> int:
    """Tell everybody who may rank in a round that was opened within two days, once. Returns how many."""
    opened = transitions.steps_of(round_).filter(to_state=RoundState.RANKING).order_by("-pk").first()
    if round_.state != RoundState.RANKING or opened is None or timezone.now() - opened.at > NEWLY_OPEN:
        return 0
    told = 0
    for user, last in _waited_for(round_):
        with translation.override(user.language or settings.LANGUAGE_CODE):
            subject = _("A matching round is open: “%(round)s”") % {"round": round_}
            told += _send(round_, user, subject, [_please_rank(last), _ways()], "opened")
    return told


def remind(round_: MatchRound, today: date) -> int:
    """Remind who has not handed in a ranking, 7, 3 and 1 days before their last day. Returns how many."""
    told = 0
    for user, last in _waited_for(round_):
        days = reminder_due(last, today, REMINDERS)
        if days is not None:
            told += _remind(round_, user, last, f"reminder-{last}-{days}")
    return told


def chase(round_: MatchRound, today: date) -> int:
    """Write now to everybody who has not handed in a ranking and still can, at most once a day. Returns how many."""
    return sum(_remind(round_, user, last, f"chased-{today}") for user, last in _waited_for(round_) if today <= last)


def tell_unplaced(round_: MatchRound, placement: Placement) -> bool:
    """Tell a person that the round has no place for them, and why."""
    user = placement.person.user
    if user is None or not user.is_active:
        return False
    with translation.override(user.language or settings.LANGUAGE_CODE):
        subject = _("No place in this round: “%(round)s”") % {"round": round_}
        why = _("Why: %(reason)s.") % {"reason": Unplaced(placement.why_not).label}
        lines = [why, _("You may rank in the next one.")]
        return _send(round_, user, subject, lines, "result")


def _waited_for(round_: MatchRound) -> Iterator[tuple[User, date]]:
    """Accounts that have still to hand in a ranking, each with the last day to do so."""
    handed_in = Ranking.objects.filter(round=round_, state=RankingState.SUBMITTED)
    people = (
        eligible(round_).filter(user__is_active=True).exclude(pk__in=handed_in.exclude(person=None).values("person"))
    )
    for person in people.select_related("user"):
        if person.user is not None:
            yield person.user, round_.people_by
    hosts = round_.hosts.exclude(pk__in=handed_in.exclude(host=None).values("host")).select_related("organisation")
    found = {user.pk: user for host in hosts for user in speakers(host.organisation)}
    for user in found.values():
        yield user, round_.hosts_by


def _remind(round_: MatchRound, user: User, last: date, occasion: str) -> bool:
    with translation.override(user.language or settings.LANGUAGE_CODE):
        subject = _("Your ranking is missing: “%(round)s”") % {"round": round_}
        return _send(round_, user, subject, [_please_rank(last), _ways()], occasion)


def _please_rank(last: date) -> str:
    return _("Please hand in your ranking by %(day)s.") % {"day": last}


def _ways() -> str:
    return _("Who is not on a ranking is not matched with it. Until the last day you can change what you handed in.")


def _send(round_: MatchRound, user: User, subject: str, lines: Iterable[str], occasion: str) -> bool:
    """One notice in the active language, once per occasion."""
    address = f"{settings.SITE_URL}{reverse('talent:own_rounds')}"
    return notices.send(
        to=user, kind=NOTICE, subject=subject, text="\n\n".join([*lines, address]),
        key=f"talent-round-{round_.pk}-{occasion}-{user.pk}",
    )  # fmt: skip
