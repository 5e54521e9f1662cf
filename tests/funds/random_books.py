"""Random books of a small fund: what hypothesis draws, what the database stores, what the pure fold reads."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta

from django.db import transaction
from hypothesis import strategies as st

from funds.actions.ledger import Draft, append, lock_fund, reversal_of
from funds.choices.ledger import INCOME_KINDS, INVESTING_KINDS, EventKind
from funds.choices.records import InvestmentMode, Stage, ValuationMethod
from funds.models import Fund, Investment, LedgerEvent
from funds.models import Valuation as StoredValuation
from funds.rules.ledger import RELIEVING_KINDS, Event, Portfolio, Valuation, fold
from tests.factories.funds import FundFactory, InvestmentFactory

FIRST = date(2022, 1, 1)
DAYS = 120
HOLDINGS = 3
AMOUNTS = st.integers(1, 60) | st.integers(1, 10**12)
HOLDING_EVENTS = [
    EventKind.INVEST,
    EventKind.INVEST,
    EventKind.FOLLOW_ON,
    EventKind.EXIT_PARTIAL,
    EventKind.EXIT_PARTIAL,
    EventKind.EXIT_FULL,
    EventKind.WRITE_OFF,
    EventKind.RECOVERY_AFTER_WRITE_OFF,
    EventKind.DIVIDEND,
    EventKind.INTEREST,
    EventKind.IMPAIRMENT,
    EventKind.FX,
]
FUND_EVENTS = [EventKind.CALL, EventKind.DISTRIBUTION, EventKind.FEE, EventKind.EXPENSE, EventKind.INTEREST]

FREE_KINDS = INCOME_KINDS | {EventKind.IMPAIRMENT, EventKind.RECOVERY_AFTER_WRITE_OFF}


@dataclass(frozen=True)
class Step:
    """One wish of the draw; what the books would refuse is skipped. ``share`` in percent, ``late`` in days."""

    what: str
    holding: int
    amount: int
    share: int
    late: int
    target: int


steps = st.lists(
    st.builds(
        Step,
        what=st.sampled_from([*HOLDING_EVENTS, *FUND_EVENTS, "REVERSE", "REVERSE", "VALUE", "VALUE", "VALUE"]),
        holding=st.integers(0, HOLDINGS - 1),
        amount=AMOUNTS,
        share=st.integers(1, 99),
        late=st.sampled_from([0, 0, 0, 1, 5, 30, 60]),
        target=st.integers(0, 40),
    ),
    min_size=5,
    max_size=40,
)


@dataclass
class Books:
    """One fund with the events and valuations that were stored, in the order of recording."""

    fund: Fund
    holdings: list[Investment]
    events: list[LedgerEvent] = field(default_factory=list)

    def fold(
        self, as_of: date, known_at: datetime, parts: Callable[[Event], list[Event]] = lambda event: [event]
    ) -> Portfolio:
        """The reference: all rows read plainly, each taken as its ``parts``, then folded by the rule book."""
        rows = [
            Event(
                e.pk, EventKind(e.kind), e.value_date, e.recorded_at, e.amount_fen, e.investment_id,
                e.cost_relieved_fen, e.reverses_id,
            )
            for e in LedgerEvent.objects.filter(fund=self.fund)
        ]  # fmt: skip
        events = [part for row in rows for part in parts(row)]
        values = [
            Valuation(v.investment_id, v.valid_at, v.recorded_at, v.fair_value_fen, v.superseded_at)
            for v in StoredValuation.objects.filter(investment__fund=self.fund)
        ]
        called = sum(
            e.amount_fen
            for e in LedgerEvent.objects.filter(fund=self.fund, effect="CALL")
            if e.value_date <= as_of and e.recorded_at <= known_at
        )
        government = called * self.fund.government_share
        portfolio = fold(
            events,
            values,
            as_of=as_of,
            known_at=known_at,
            stages={h.pk: h.stage for h in self.holdings},
            modes={h.pk: h.mode for h in self.holdings},
            commitment=self.fund.committed_fen,
            gov_paid_in=government,
            others_first_loss=min(self.fund.others_first_loss_fen, called - government),
        )
        stated = replace(portfolio.fund, stated_share=self.fund.government_share)
        return replace(portfolio, fund=stated)


def recorded_on(day: int, order: int) -> datetime:
    """Recording times never run backwards: the day counts first, then the order of the steps."""
    return datetime.combine(FIRST + timedelta(days=day), time(4, 0), UTC) + timedelta(seconds=order)


def write(drawn: list[Step], **fund_fields: object) -> Books:
    """Store what the database accepts of ``drawn``, spread over 120 days."""
    stages = [Stage.SEED, Stage.ANGEL, Stage.SEED]
    modes = [InvestmentMode.DIRECT, InvestmentMode.DIRECT, InvestmentMode.SUB_FUND]
    fund = FundFactory(starts_on=FIRST, **fund_fields)
    books = Books(fund, [InvestmentFactory(fund=fund, stage=s, mode=m) for s, m in zip(stages, modes, strict=True)])
    for order, step in enumerate(drawn):
        today = order * DAYS // len(drawn)
        moment = recorded_on(today, order)
        day = FIRST + timedelta(days=max(0, today - step.late))
        if step.what == "VALUE":
            _value(books.holdings[step.holding], step.amount, day, moment)
        elif (draft := _draft(books, step, day)) and _keeps_cost(books, draft):
            with transaction.atomic():
                lock_fund(fund.pk)
                (seq,) = append({fund.pk: [draft]}, actor=None, recorded_at=moment).values()
            books.events.append(LedgerEvent.objects.get(fund=fund, seq=seq))
    return books


def _value(holding: Investment, amount: int, day: date, moment: datetime) -> None:
    current = StoredValuation.objects.filter(investment=holding, valid_at=day, superseded_at=None)
    current.update(superseded_at=moment)
    StoredValuation.objects.create(
        investment=holding,
        valid_at=day,
        recorded_at=moment,
        fair_value_fen=amount % 1000 if amount % 7 == 0 else amount,
        method=ValuationMethod.NET_ASSETS,
    )


def _draft(books: Books, step: Step, day: date) -> Draft | None:
    if step.what == "REVERSE":
        gone = {e.reverses_id for e in books.events}
        open_ = [e for e in books.events if e.kind != EventKind.REVERSAL and e.pk not in gone]
        return reversal_of(open_[step.target % len(open_)], reason="wrong") if open_ else None
    holding = books.holdings[step.holding].pk
    kind = EventKind(step.what)
    if kind in FUND_EVENTS and (kind != EventKind.INTEREST or step.target % 2):
        return Draft(kind, day, step.amount)
    if kind in INVESTING_KINDS or kind in FREE_KINDS:
        return Draft(kind, day, step.amount, holding)
    remaining = _remaining(books, holding, day)
    if remaining <= 0:
        return None
    if kind == EventKind.FX:
        change = remaining * step.share // 200 * (1 if step.target % 2 else -1)
        return Draft(kind, day, change, holding) if change else None
    relieved = remaining if kind == EventKind.EXIT_FULL else max(1, remaining * step.share // 100)
    return Draft(kind, day, 0 if kind == EventKind.WRITE_OFF else step.amount, holding, relieved)


def _remaining(books: Books, holding: int, through: date) -> int:
    return sum(_moved(e) for e in books.events if e.investment_id == holding and e.value_date <= through)


def _moved(event: LedgerEvent | Draft) -> int:
    kind = getattr(event, "effect", "") or event.kind
    added = event.amount_fen if kind in INVESTING_KINDS or kind == EventKind.FX else 0
    return added - (event.cost_relieved_fen if kind in RELIEVING_KINDS else 0)


def _keeps_cost(books: Books, draft: Draft) -> bool:
    """Whether remaining cost stays ≥ 0 on every day and standing full exits still leave nothing (as LedgerGuard)."""
    if draft.investment_id is None:
        return True
    events = [e for e in books.events if e.investment_id == draft.investment_id]
    gone = {e.reverses_id for e in [*events, draft] if e.reverses_id}
    full = [e for e in events if e.kind == EventKind.EXIT_FULL and e.pk not in gone]
    full_days = {e.value_date for e in full} | ({draft.value_date} if draft.kind == EventKind.EXIT_FULL else set())
    remaining = 0
    for day in sorted({e.value_date for e in [*events, draft]}):
        remaining += sum(_moved(e) for e in [*events, draft] if e.value_date == day)
        if remaining < 0 or (day in full_days and remaining):
            return False
    return True
