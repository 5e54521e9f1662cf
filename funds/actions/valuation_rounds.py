"""Valuation rounds: opened at each quarter end, chased by mail, locked when every live holding has its value."""

from datetime import date, timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from funds.models import Threshold, ValuationPaper, ValuationRound
from funds.queries.thresholds import threshold
from funds.queries.valuation_work import VALUED, lines_of, progress_of, quarter_end_of, remaining_cost
from innovation.accounts.models import User
from innovation.core import outbox, transitions
from innovation.core.errors import RuleViolation
from innovation.core.models import WorkingDayException
from innovation.core.workdays import Calendar

DUE_WORKING_DAYS = 20
CHASE_DAYS = 5


@transaction.atomic
def open_round(*, quarter_end: date, actor: User | None, due_on: date | None = None) -> ValuationRound:
    """Open the round of a quarter that has ended; ``actor`` None is the clock.

    Raises RuleViolation ROUND_NOT_QUARTER_END, ROUND_IN_FUTURE, ROUND_EXISTS, ROUND_DUE; PermissionDenied without
    ``funds.add_valuationround``.
    """
    if actor is not None and not actor.has_perm("funds.add_valuationround"):
        raise PermissionDenied
    if quarter_end != quarter_end_of(quarter_end):
        message = _("A round is held at the end of a quarter.")
        raise RuleViolation("ROUND_NOT_QUARTER_END", message, field="quarter_end")
    if quarter_end >= timezone.localdate():
        raise RuleViolation("ROUND_IN_FUTURE", _("This quarter has not ended yet."), field="quarter_end")
    if ValuationRound.objects.filter(quarter_end=quarter_end).exists():
        raise RuleViolation(
            "ROUND_EXISTS", _("The round of this quarter is open or locked already."), field="quarter_end"
        )
    if due_on is not None and due_on <= quarter_end:
        raise RuleViolation("ROUND_DUE", _("A round is due after its quarter."), field="due_on")
    return ValuationRound.objects.create(
        quarter_end=quarter_end, due_on=due_on or due_day(quarter_end), opened_by=actor
    )  # fmt: skip


def due_day(quarter_end: date) -> date:
    """The day a round is due: so many working days after the quarter, calendar days where the calendar is missing."""
    days = int(threshold(Threshold.Key.ROUND_DUE, quarter_end) or DUE_WORKING_DAYS)
    rows = WorkingDayException.objects.filter(date__year__in=[quarter_end.year, quarter_end.year + 1])
    calendar = Calendar.of(rows.values_list("date", "kind"))
    found = calendar.due(quarter_end, days).due
    return found or quarter_end + timedelta(days=days * 7 // 5)


@transaction.atomic
def lock_round(*, round_id: int, actor: User) -> ValuationRound:
    """Lock a round in which every live holding has an approved value.

    Raises RuleViolation ROUND_INCOMPLETE (facts: how many lines are open), NO_SUCH_TRANSITION; PermissionDenied
    without ``funds.lock_valuationround``.
    """
    if not actor.has_perm("funds.lock_valuationround"):
        raise PermissionDenied
    row = ValuationRound.objects.select_for_update().get(pk=round_id)
    transitions.find(ValuationRound.transitions, row.state, "lock")
    lines = lines_of(row.quarter_end)
    still_open = [line for line in lines if line.state != VALUED]
    if still_open:
        message = _("%(count)s holdings have no approved value yet.") % {"count": len(still_open)}
        raise RuleViolation("ROUND_INCOMPLETE", message, facts={"open": [line.investment.code for line in still_open]})
    changes = {"locked_at": timezone.now(), "locked_by": actor}
    transitions.apply(row, "lock", actor=actor, facts={"holdings": len(lines)}, changes=changes)
    return ValuationRound.objects.get(pk=round_id)


def keep_rounds(today: date | None = None) -> dict[str, int]:
    """What the clock does each morning: open the round of the last quarter, remind before it is due and when late.

    Each person gets at most one mail a round and stage. Returns how many rounds were ``opened`` and mails ``written``.
    """
    today = today or timezone.localdate()
    last = quarter_end_of(date(today.year, (today.month - 1) // 3 * 3 + 1, 1) - timedelta(days=1))
    counts = {"opened": 0, "written": 0}
    if remaining_cost(last) and not ValuationRound.objects.filter(quarter_end=last).exists():
        open_round(quarter_end=last, actor=None)
        counts["opened"] = 1
    for row in ValuationRound.objects.filter(state=ValuationRound.State.OPEN):
        counts["written"] += _chase(row, today)
    return counts


@transaction.atomic
def _chase(row: ValuationRound, today: date) -> int:
    stage = _stage_of(row, today)
    progress = progress_of(lines_of(row.quarter_end))
    total, done = sum(progress.values()), progress[VALUED]
    if total == done:
        return 0
    waiting = progress[ValuationPaper.State.SUBMITTED]
    people = [user for user in User.objects.filter(is_active=True) if user.has_perm("funds.add_valuationpaper")]
    written = 0
    for user in people:
        with override(user.language or settings.LANGUAGE_CODE):
            subject, text = _words(row, stage, total=total, done=done, waiting=waiting)
        key = f"valuation-round-{row.pk}-{stage}-{user.pk}"
        written += outbox.send_mail(to=user.email, subject=subject, text=text, key=key)
    return written


def _stage_of(row: ValuationRound, today: date) -> str:
    if today > row.due_on:
        return "late"
    days = int(threshold(Threshold.Key.ROUND_CHASE, today) or CHASE_DAYS)
    return "soon" if today >= row.due_on - timedelta(days=days) else "opened"


def _words(row: ValuationRound, stage: str, *, total: int, done: int, waiting: int) -> tuple[str, str]:
    facts = {"day": row.quarter_end, "due": row.due_on, "done": done, "total": total, "waiting": waiting}
    subject = {
        "opened": gettext("Valuation round %(day)s is open, due on %(due)s"),
        "soon": gettext("Valuation round %(day)s is due on %(due)s"),
        "late": gettext("Valuation round %(day)s is late: it was due on %(due)s"),
    }[stage]
    text = gettext(
        "%(done)s of %(total)s holdings have an approved value; %(waiting)s wait for approval. The list of what is due:"
    )
    return subject % facts, f"{text % facts}\n\n{settings.SITE_URL}{row.get_absolute_url()}\n"
