"""Record, reverse and close: what people do to a ledger, one act at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from funds.actions.agreements import settle
from funds.actions.ledger import Draft, append, lock_fund, reversal_of
from funds.choices.ledger import EventKind
from funds.choices.records import FundState
from funds.models import Fund, GrantAward, Investment, LedgerEvent, PeriodClose
from funds.queries.books import award_events, book_problems, closed_through, terms_of
from funds.rules import grants, ledger_checks
from funds.rules.books import needs_second_person
from funds.rules.ledger import Event
from innovation.accounts.models import User
from innovation.core.errors import RuleViolation
from innovation.core.money import Unit, format_fen

NEW, MIRROR = -1, -2
"""Stand for the ids of the event and the reversal that are not stored yet."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What somebody wants to book; amounts in fen."""

    kind: str
    value_date: date
    amount_fen: int
    investment_id: int | None = None
    cost_relieved_fen: int = 0
    document: str = ""
    award_id: int | None = None


@transaction.atomic
def record_event(
    *,
    fund_id: int,
    kind: str,
    value_date: date,
    amount_fen: int,
    actor: User,
    investment_id: int | None = None,
    award_id: int | None = None,
    cost_relieved_fen: int = 0,
    document: str = "",
    reason: str = "",
    late: bool = False,
) -> LedgerEvent:
    """Add one event to a fund's books; amounts in fen.

    ``late`` books into a closed period: it needs ``funds.record_late_event`` and a reason.
    Raises RuleViolation with the codes of ``funds.rules.ledger_checks`` and INVESTMENT_OF_OTHER_FUND, REASON_MISSING,
    APPROVAL_REQUIRED above the fund's limit (``funds.actions.entries`` proposes it); PermissionDenied without
    ``funds.add_ledgerevent``.
    """
    fund = locked_fund(fund_id, actor)
    refuse_above_limit(fund, amount_fen, cost_relieved_fen)
    entry = Entry(kind, value_date, amount_fen, investment_id, cost_relieved_fen, document, award_id)
    return book(fund, entry=entry, actor=actor, reason=reason, late=late)


@transaction.atomic
def reverse_event(*, event_id: int, reason: str, actor: User, late: bool = False) -> LedgerEvent:
    """Take one event back by its mirror, with the same value date; re-booking is a third event.

    Raises RuleViolation REASON_MISSING, ALREADY_REVERSED, REVERSAL_OF_REVERSAL, PERIOD_CLOSED, APPROVAL_REQUIRED, or
    the code of a later event that would not fit without this one.
    """
    target = LedgerEvent.objects.get(pk=event_id)
    fund = locked_fund(target.fund_id, actor)
    refuse_above_limit(fund, target.amount_fen, target.cost_relieved_fen)
    return book(fund, takes_back=target, actor=actor, reason=reason, late=late)


def locked_fund(fund_id: int, actor: User) -> Fund:
    """The locked row of a fund whose ledger ``actor`` may write; PermissionDenied without ``funds.add_ledgerevent``."""
    if not actor.has_perm("funds.add_ledgerevent"):
        raise PermissionDenied
    return lock_fund(fund_id)


def refuse_above_limit(fund: Fund, amount_fen: int, cost_relieved_fen: int) -> None:
    """Raise APPROVAL_REQUIRED for what one person may not book alone."""
    limit = terms_of(fund.pk).approval_limit_fen
    if needs_second_person(amount_fen, cost_relieved_fen, limit):
        raise RuleViolation(
            "APPROVAL_REQUIRED",
            _(
                "This entry is above the limit of %(limit)s that is set for this fund. "
                "Propose it on the fund's page; another person approves it."
            )
            % {"limit": format_fen(limit, Unit.WAN, with_unit=True)},
            facts={"limit_fen": limit},
        )


def book(
    fund: Fund,
    *,
    actor: User,
    entry: Entry | None = None,
    takes_back: LedgerEvent | None = None,
    reason: str = "",
    late: bool = False,
) -> LedgerEvent:
    """Write to a locked ledger what passes every rule, whatever the fund's limit; return the last event.

    ``takes_back`` is reversed first; with ``entry`` beside it both enter together, so that no moment knows only one.
    """
    now = timezone.now()
    problems: list[RuleViolation | None] = []
    events: list[Event] = []
    drafts: list[Draft] = []
    if takes_back:
        mirror, drafted = _mirror(takes_back, reason, now)
        reversed_ids = set(LedgerEvent.objects.filter(reverses=takes_back).values_list("reverses_id", flat=True))
        problems += [
            None
            if reason.strip()
            else RuleViolation("REASON_MISSING", _("A reversal needs its reason."), field="reason"),
            *ledger_checks.reversal_problems(mirror, _event(takes_back), reversed_ids),
            _closed_problem(fund, mirror, actor, reason, late=late),
        ]
        events.append(mirror)
        drafts.append(drafted)
    if entry:
        event = Event(
            NEW, EventKind(entry.kind), entry.value_date, now, entry.amount_fen, entry.investment_id,
            entry.cost_relieved_fen, award=entry.award_id,
        )  # fmt: skip
        problems += _entry_problems(fund, event, actor, reason, late=late)
        events.append(event)
        drafts.append(
            Draft(entry.kind, entry.value_date, entry.amount_fen, entry.investment_id, entry.cost_relieved_fen,
                  entry.document, reason, award_id=entry.award_id)
        )  # fmt: skip
    _refuse_first(problems)
    _refuse_first(_history_problems(fund, events))
    last = append({fund.pk: drafts}, actor=actor, recorded_at=now)
    booked = LedgerEvent.objects.get(fund=fund, seq=last[fund.pk])
    settle(booked)
    return booked


def _mirror(target: LedgerEvent, reason: str, now: datetime) -> tuple[Event, Draft]:
    draft = reversal_of(target, reason=reason)
    mirror = Event(
        MIRROR, EventKind.REVERSAL, draft.value_date, now, draft.amount_fen, draft.investment_id,
        draft.cost_relieved_fen, target.pk, draft.award_id,
    )  # fmt: skip
    return mirror, draft


def _entry_problems(
    fund: Fund, event: Event, actor: User, reason: str, *, late: bool
) -> Iterable[RuleViolation | None]:  # fmt: skip
    """What is wrong with a new event by itself and against its fund."""
    if event.kind == EventKind.REVERSAL:
        raise RuleViolation("REVERSAL_BY_ITS_OWN_ACT", _("Reverse an event from the event itself."), field="kind")
    if event.holding and not Investment.objects.filter(pk=event.holding, fund=fund).exists():
        raise RuleViolation(
            "INVESTMENT_OF_OTHER_FUND", _("This investment belongs to another fund."), field="investment"
        )
    return [
        grants.fund_kind_problem(event.kind, fund.kind),
        *ledger_checks.shape_problems(event),
        _award_problem(fund, event),
        ledger_checks.fund_state_problem(event.kind, FundState(fund.state)),
        ledger_checks.future_problem(event.value_date, timezone.localdate(event.recorded_at)),
        _life_problem(fund, event),
        _closed_problem(fund, event, actor, reason, late=late),
    ]


def _history_problems(fund: Fund, events: Sequence[Event]) -> Iterable[RuleViolation]:
    """What no longer fits in the histories of the touched holdings and, in complete books, in that of the fund."""
    for holding in dict.fromkeys(event.holding for event in events if event.holding):
        own = [event for event in events if event.holding == holding]
        yield from (p.violation for p in ledger_checks.holding_problems([*_history(int(holding)), *own]))
    for award in GrantAward.objects.filter(pk__in={event.award for event in events if event.award}):
        own = [event for event in events if event.award == award.pk]
        history = award_events([award.pk])
        yield from (p.violation for p in grants.award_problems([*history, *own], committed=award.committed_fen))
    if terms_of(fund.pk).is_complete:
        yield from (problem.violation for problem in book_problems(fund, *events))


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
    last = closed_through(fund.pk)
    if last and through <= last:
        raise RuleViolation(
            "PERIOD_CLOSED",
            _("The books are closed through %(date)s already.") % {"date": last},
            field="through",
        )
    return PeriodClose.objects.create(fund=fund, through=through, closed_by=actor)


@transaction.atomic
def reopen_period(*, close_id: int, reason: str, actor: User) -> PeriodClose:
    """Open the last closed period of a fund again. What was read from it stays answerable by its known-at moment.

    Raises RuleViolation REASON_MISSING, PERIOD_OPEN, LATER_PERIOD_CLOSED, FOUR_EYES (who closed it does not open it);
    PermissionDenied without ``funds.reopen_period``.
    """
    if not actor.has_perm("funds.reopen_period"):
        raise PermissionDenied
    fund = lock_fund(PeriodClose.objects.values_list("fund_id", flat=True).get(pk=close_id))
    close = PeriodClose.objects.select_for_update(of=("self",)).get(pk=close_id)
    if not reason.strip():
        raise RuleViolation("REASON_MISSING", _("Say why the period is opened again."), field="reason")
    if close.reopened_at:
        raise RuleViolation("PERIOD_OPEN", _("This period is open again already."))
    if close.through != closed_through(fund.pk):
        raise RuleViolation("LATER_PERIOD_CLOSED", _("A later period is closed. Open that one first."))
    if close.closed_by_id == actor.pk:
        raise RuleViolation("FOUR_EYES", _("Who closed a period does not open it again. Ask another person."))
    close.reopened_at, close.reopened_by, close.reopen_reason = timezone.now(), actor, reason.strip()
    close.save(update_fields=["reopened_at", "reopened_by", "reopen_reason"])
    return close


def _award_problem(fund: Fund, event: Event) -> RuleViolation | None:
    if event.award is None or GrantAward.objects.filter(pk=event.award, fund=fund).exists():
        return None
    return RuleViolation("AWARD_OF_OTHER_FUND", _("This award belongs to another fund."), field="award")


def _life_problem(fund: Fund, event: Event) -> RuleViolation | None:
    if event.kind in ledger_checks.LATE_KINDS and event.value_date >= fund.starts_on:
        return None
    return ledger_checks.life_problem(event.value_date, fund.starts_on, fund.ends_on)


def _closed_problem(fund: Fund, event: Event, actor: User, reason: str, *, late: bool) -> RuleViolation | None:
    problem = ledger_checks.closed_period_problem(event.value_date, closed_through(fund.pk))
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
        row.cost_relieved_fen, row.reverses_id, row.award_id,
    )  # fmt: skip


def _refuse_first(problems: Iterable[RuleViolation | None]) -> None:
    for problem in problems:
        if problem:
            raise problem
