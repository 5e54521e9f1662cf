"""Record, reverse and close: what people do to a ledger, one act at a time."""

from collections.abc import Iterable
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from funds.actions.ledger import Draft, append, lock_fund, reversal_of
from funds.choices import EventKind, FundState
from funds.models import Fund, Investment, LedgerEvent, PeriodClose
from funds.rules import ledger_checks
from funds.rules.ledger import Event
from innovation.accounts.models import User
from innovation.core.errors import RuleViolation

NEW = -1
"""Stands for the id of the event that is not stored yet."""


@transaction.atomic
def record_event(
    *,
    fund_id: int,
    kind: str,
    value_date: date,
    amount_fen: int,
    actor: User,
    investment_id: int | None = None,
    cost_relieved_fen: int = 0,
    document: str = "",
    reason: str = "",
    late: bool = False,
) -> LedgerEvent:
    """Add one event to a fund's books; amounts in fen.

    ``late`` books into a closed period: it needs ``funds.record_late_event`` and a reason.
    Raises RuleViolation with the codes of ``funds.rules.ledger_checks`` and INVESTMENT_OF_OTHER_FUND, REASON_MISSING;
    PermissionDenied without ``funds.add_ledgerevent``.
    """
    fund = _locked_fund(fund_id, actor)
    if kind == EventKind.REVERSAL:
        raise RuleViolation("REVERSAL_BY_ITS_OWN_ACT", _("Reverse an event from the event itself."), field="kind")
    if investment_id and not Investment.objects.filter(pk=investment_id, fund_id=fund_id).exists():
        raise RuleViolation(
            "INVESTMENT_OF_OTHER_FUND", _("This investment belongs to another fund."), field="investment"
        )
    now = timezone.now()
    event = Event(NEW, EventKind(kind), value_date, now, amount_fen, investment_id, cost_relieved_fen)
    _refuse_first(
        [
            *ledger_checks.shape_problems(event),
            ledger_checks.fund_state_problem(event.kind, FundState(fund.state)),
            ledger_checks.future_problem(value_date, timezone.localdate(now)),
            _life_problem(fund, event),
            _closed_problem(fund, event, actor, reason, late=late),
        ]
    )
    if investment_id:
        _refuse_first(p.violation for p in ledger_checks.holding_problems([*_history(investment_id), event]))
    draft = Draft(kind, value_date, amount_fen, investment_id, cost_relieved_fen, document, reason)
    return _append_one(fund, draft, actor, now)


@transaction.atomic
def reverse_event(*, event_id: int, reason: str, actor: User, late: bool = False) -> LedgerEvent:
    """Take one event back by its mirror, with the same value date; re-booking is a third event.

    Raises RuleViolation REASON_MISSING, ALREADY_REVERSED, REVERSAL_OF_REVERSAL, PERIOD_CLOSED, or the code of a later
    event that would not fit without this one.
    """
    target = LedgerEvent.objects.get(pk=event_id)
    fund = _locked_fund(target.fund_id, actor)
    if not reason.strip():
        raise RuleViolation("REASON_MISSING", _("A reversal needs its reason."), field="reason")
    now = timezone.now()
    draft = reversal_of(target, reason=reason)
    old = _event(target)
    mirror = Event(
        NEW, EventKind.REVERSAL, draft.value_date, now, draft.amount_fen, draft.investment_id,
        draft.cost_relieved_fen, target.pk,
    )  # fmt: skip
    reversed_ids = set(LedgerEvent.objects.filter(reverses=target).values_list("reverses_id", flat=True))
    _refuse_first(
        [
            *ledger_checks.reversal_problems(mirror, old, reversed_ids),
            _closed_problem(fund, mirror, actor, reason, late=late),
        ]
    )
    if target.investment_id:
        history = [*_history(target.investment_id), mirror]
        _refuse_first(p.violation for p in ledger_checks.holding_problems(history))
    return _append_one(fund, draft, actor, now)


@transaction.atomic
def close_period(*, fund_id: int, through: date, actor: User) -> PeriodClose:
    """Close the books of a fund through a day; entries before it then need a reason and their own permission.

    Raises RuleViolation PERIOD_IN_FUTURE, PERIOD_CLOSED; PermissionDenied without ``funds.add_periodclose``.
    """
    if not actor.has_perm("funds.add_periodclose"):
        raise PermissionDenied
    fund = lock_fund(fund_id)
    if through >= timezone.localdate():
        raise RuleViolation("PERIOD_IN_FUTURE", _("Only a past period can be closed."), field="through")
    closed_through = closed_through_date(fund)
    if closed_through and through <= closed_through:
        raise RuleViolation(
            "PERIOD_CLOSED",
            _("The books are closed through %(date)s already.") % {"date": closed_through},
            field="through",
        )
    return PeriodClose.objects.create(fund=fund, through=through, closed_by=actor)


def closed_through_date(fund: Fund) -> date | None:
    """The last day of the closed books, None while none is closed."""
    return fund.closes.order_by("-through").values_list("through", flat=True).first()


def _locked_fund(fund_id: int, actor: User) -> Fund:
    if not actor.has_perm("funds.add_ledgerevent"):
        raise PermissionDenied
    return lock_fund(fund_id)


def _life_problem(fund: Fund, event: Event) -> RuleViolation | None:
    if event.kind == EventKind.RECOVERY_AFTER_WRITE_OFF and event.value_date >= fund.starts_on:
        return None
    return ledger_checks.life_problem(event.value_date, fund.starts_on, fund.ends_on)


def _closed_problem(fund: Fund, event: Event, actor: User, reason: str, *, late: bool) -> RuleViolation | None:
    problem = ledger_checks.closed_period_problem(event.value_date, closed_through_date(fund))
    if problem is None or not late:
        return problem
    if not actor.has_perm("funds.record_late_event"):
        raise PermissionDenied
    if not reason.strip():
        return RuleViolation("REASON_MISSING", _("An entry into a closed period needs its reason."), field="reason")
    return None


def _history(investment_id: int) -> list[Event]:
    return [_event(row) for row in LedgerEvent.objects.filter(investment_id=investment_id)]


def _event(row: LedgerEvent) -> Event:
    return Event(
        row.pk, EventKind(row.kind), row.value_date, row.recorded_at, row.amount_fen, row.investment_id,
        row.cost_relieved_fen, row.reverses_id,
    )  # fmt: skip


def _append_one(fund: Fund, draft: Draft, actor: User, recorded_at: datetime) -> LedgerEvent:
    last = append({fund.pk: [draft]}, actor=actor, recorded_at=recorded_at)
    return LedgerEvent.objects.get(fund=fund, seq=last[fund.pk])


def _refuse_first(problems: Iterable[RuleViolation | None]) -> None:
    for problem in problems:
        if problem:
            raise problem
