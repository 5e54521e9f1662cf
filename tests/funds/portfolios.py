"""Portfolios for tests of the fund rules: the domain text's worked example and arbitrary ones. Money in fen."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from hypothesis import strategies as st

from funds.choices.ledger import EventKind
from funds.choices.tolerance import Basis, Denominator, MoneyView, Netting
from funds.rules.figures import FundFigures, HoldingFigures, from_exits
from funds.rules.ledger import Event, Valuation
from funds.rules.theta import Theta

WAN = 1_000_000
"""10,000 yuan in fen."""

FUND_A = FundFigures(
    commitment=20_000 * WAN,
    paid_in=12_000 * WAN,
    fees=600 * WAN,
    distributions=2_000 * WAN,
    gov_paid_in=4_800 * WAN,
)


def _a(name: str, stage: str, cost: int, exits: list[tuple[int, int]], fair_value: int) -> HoldingFigures:
    return from_exits(
        id=name,
        stage=stage,
        cost=cost * WAN,
        exits=[(relieved * WAN, proceeds * WAN) for relieved, proceeds in exits],
        fair_value=fair_value * WAN,
    )


PORTFOLIO_A = (
    _a("P1", "seed", 500, [(500, 0)], 0),
    _a("P2", "angel", 800, [(400, 100)], 200),
    _a("P3", "angel", 1_000, [], 600),
    _a("P4", "growth", 1_500, [], 4_500),
    _a("P5", "growth", 1_200, [(1_200, 3_000)], 0),
    _a("P6", "angel", 600, [(300, 500)], 50),
)

STAGES = ("seed", "angel", "growth")
BASES = (Basis.REALISED, Basis.REALISED_PLUS_IMPAIRMENT, Basis.REALISED_PLUS_UNREALISED)
amounts = st.integers(0, 5_000)


@st.composite
def holding_figures(draw: st.DrawFn, name: str = "H") -> HoldingFigures:
    """A holding as any sound ledger could leave it."""
    cost = draw(st.integers(1, 5_000))
    exits, remaining = [], cost
    for _ in range(draw(st.integers(0, 3))):
        relieved = draw(st.integers(0, remaining))
        remaining -= relieved
        exits.append((relieved, draw(amounts)))
    return from_exits(
        id=name,
        stage=draw(st.sampled_from(STAGES)),
        cost=cost,
        exits=exits,
        fair_value=draw(amounts) if remaining else 0,
        impairment=draw(st.integers(0, remaining)),
        income=draw(amounts),
    )


@st.composite
def portfolios(draw: st.DrawFn) -> tuple[HoldingFigures, ...]:
    count = draw(st.integers(0, 5))
    return tuple(draw(holding_figures(f"H{number}")) for number in range(count))


@st.composite
def fund_figures(draw: st.DrawFn, first_loss: bool = True) -> FundFigures:
    paid_in = draw(st.integers(1, 50_000))
    government = draw(st.integers(1, paid_in))
    return FundFigures(
        commitment=paid_in + draw(amounts),
        paid_in=paid_in,
        fees=draw(amounts),
        distributions=draw(amounts),
        gov_paid_in=government,
        others_first_loss=draw(st.integers(0, paid_in - government)) if first_loss else 0,
        other_income=draw(amounts),
    )


@st.composite
def thetas(draw: st.DrawFn) -> Theta:
    """Any valid definition for a whole fund, net asset value included."""
    view = draw(st.sampled_from(MoneyView))
    if draw(st.booleans()):
        basis = draw(st.sampled_from(BASES))
        denominators = [d for d in Denominator if d != Denominator.EXITED_COST or basis == Basis.REALISED]
        denominator = draw(st.sampled_from(denominators))
        return Theta(
            basis=basis,
            netting=draw(st.sampled_from(Netting)),
            denominator=denominator,
            money_view=view,
            fees=denominator in (Denominator.INVESTED_COST, Denominator.PAID_IN) and draw(st.booleans()),
            income=draw(st.booleans()),
        )
    return Theta(basis=Basis.NAV_SHORTFALL, netting=Netting.ALL_GAINS, denominator=Denominator.PAID_IN, money_view=view)


DAY_ONE = date(2022, 1, 1)
ZERO_HOUR = datetime(2022, 1, 1, tzinfo=UTC)
LAST_DAY = DAY_ONE + timedelta(days=1_000)
END_OF_KNOWLEDGE = ZERO_HOUR + timedelta(days=10_000)


def at(day: int) -> date:
    """A value date, ``day`` days after the first."""
    return DAY_ONE + timedelta(days=day)


def known(day: int) -> datetime:
    """A moment of recording, late on that day."""
    return ZERO_HOUR + timedelta(days=day, hours=20)


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Event], list[Valuation], dict[str, str]]:
    """A sound ledger of some holdings with late entries, its valuations (some superseded), and the stages."""
    events: list[Event] = []
    valuations: list[Valuation] = []
    stages: dict[str, str] = {}

    def add(kind: EventKind, holding: str | None, day: int, amount: int, relieved: int = 0) -> None:
        # A first investment that was recorded after a follow-on of the same day would stand behind it.
        late = 0 if kind == EventKind.INVEST else draw(st.sampled_from((0, 0, 3, 90)))
        recorded = known(day + late)
        events.append(
            Event(
                id=len(events) + 1,
                kind=kind,
                holding=holding,
                value_date=at(day),
                recorded_at=recorded,
                amount=amount,
                cost_relieved=relieved,
            )
        )

    add(EventKind.CALL, None, 0, draw(st.integers(10_000, 50_000)))
    for number in range(draw(st.integers(1, 3))):
        name = f"H{number}"
        stages[name] = draw(st.sampled_from(STAGES))
        day, remaining = draw(st.integers(0, 50)), draw(st.integers(1, 5_000))
        add(EventKind.INVEST, name, day, remaining)
        for _ in range(draw(st.integers(0, 4))):
            day += draw(st.integers(0, 120))
            kind = draw(
                st.sampled_from(
                    (EventKind.FOLLOW_ON, EventKind.EXIT_PARTIAL, EventKind.WRITE_OFF, EventKind.DIVIDEND,
                     EventKind.IMPAIRMENT, EventKind.FEE)
                )
            )  # fmt: skip
            if kind in (EventKind.EXIT_PARTIAL, EventKind.WRITE_OFF):
                if not remaining:
                    continue
                relieved = draw(st.integers(1, remaining))
                remaining -= relieved
                add(kind, name, day, 0 if kind == EventKind.WRITE_OFF else draw(amounts), relieved)
                continue
            amount = draw(st.integers(1, 2_000))
            remaining += amount if kind == EventKind.FOLLOW_ON else 0
            add(kind, None if kind == EventKind.FEE else name, day, amount)
        for _ in range(draw(st.integers(0, 2))):
            valid, late = draw(st.integers(0, 500)), draw(st.integers(0, 90))
            superseded = draw(st.sampled_from((None, 30)))
            valuations.append(
                Valuation(
                    holding=name,
                    valid_at=at(valid),
                    recorded_at=known(valid + late),
                    fair_value=draw(amounts),
                    superseded_at=superseded and known(valid + late + superseded),
                )
            )
    return events, valuations, stages


fractions_of_one = st.builds(lambda part, rest: Fraction(part, part + rest), st.integers(0, 99), st.integers(1, 99))
