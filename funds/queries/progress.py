"""Money progress of funds: called, invested, idle, whose money, the three leverage ratios, local reinvestment."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from django.db.models import Max, Q

from funds.choices.ledger import INVESTING_KINDS
from funds.choices.records import FundState, MoneySource
from funds.models import Fund, LedgerEvent, ReinvestmentClaim, Threshold
from funds.queries.commitments import ShareCheck, share_check, stakes_at
from funds.queries.holdings import books_of
from funds.queries.interests import interests_at
from funds.queries.life import Life, lives_at
from funds.queries.sums import Moment
from funds.rules.figures import Money
from funds.rules.reinvestment import Leverage, Recognised, behind_plan, leverages, multiple, recognised_total

KEYS = (
    Threshold.Key.IDLE_CASH, Threshold.Key.IDLE_DAYS, Threshold.Key.CALLED_BEHIND, Threshold.Key.INVESTED_BEHIND,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Warned:
    """A figure beyond its threshold: which, how much, and the row that says so."""

    key: str
    value: Fraction
    threshold: Threshold


@dataclass(frozen=True, slots=True)
class FundProgress:
    """One fund at a moment. Amounts in fen, shares exact; None where the books hold nothing to divide by.

    ``is_investing``: whether it is to call and invest on the day.
    """

    fund: Fund
    is_investing: bool
    shares: ShareCheck
    committed: int
    paid_in: Money
    invested: Money
    cash: Money
    last_invested: date | None
    idle_days: int | None
    recognised: int
    government_committed: Fraction
    government_paid_in: Fraction
    leverage: tuple[Leverage, ...]
    warnings: tuple[Warned, ...] = field(default=())

    @property
    def called_share(self) -> Fraction | None:
        return _over(self.paid_in, self.committed)

    @property
    def invested_share(self) -> Fraction | None:
        return _over(self.invested, self.paid_in)

    @property
    def idle_share(self) -> Fraction | None:
        return _over(self.cash, self.paid_in)

    @property
    def multiple_paid_in(self) -> Fraction | None:
        """Recognised local investment ÷ government paid-in."""
        return multiple(self.recognised, self.government_paid_in)

    @property
    def multiple_committed(self) -> Fraction | None:
        """Recognised local investment ÷ government commitment."""
        return multiple(self.recognised, self.government_committed)


def _over(part: Money, whole: Money) -> Fraction | None:
    return Fraction(part) / Fraction(whole) if whole else None


def progress_of_funds(funds: Sequence[Fund], moment: Moment) -> list[FundProgress]:
    """The progress of each fund at a moment, in the order given. Nine statements, however many funds."""
    ids = [fund.pk for fund in funds]
    books, stakes = books_of(funds, moment), stakes_at(moment, ids)
    claims, last = _recognised(ids, moment), _last_invested(ids, moment)
    totals, rows, lives = _led_totals(moment), _thresholds(ids, moment.as_of), lives_at(funds, moment)
    found = []
    for fund in funds:
        shares = share_check(fund, stakes.get(fund.pk, []))
        government = shares.computed if shares.computed is not None else shares.stated
        size = shares.total_fen or fund.committed_fen
        own = books[fund.pk]
        paid_in, invested = own.fund.paid_in, sum(holding.cost for holding in own.holdings)
        day = last.get(fund.pk)
        one = FundProgress(
            fund=fund,
            is_investing=_in_investment_period(fund, lives[fund.pk], moment.as_of),
            shares=shares,
            committed=size,
            paid_in=paid_in,
            invested=invested,
            cash=own.fund.cash(own.holdings),
            last_invested=day,
            idle_days=(moment.as_of - day).days if day else None,
            recognised=recognised_total(claims.get(fund.pk, []), moment.as_of),
            government_committed=government * size,
            government_paid_in=government * paid_in,
            leverage=leverages(
                size=size,
                government=int(government * size),
                social=_social(shares, size),
                led_total=totals.get(fund.pk, fund.committed_fen) - fund.committed_fen + size,
            ),
        )
        found.append(_warned(one, rows, lives[fund.pk], moment.as_of))
    return found


def _social(shares: ShareCheck, size: int) -> int:
    """Social money by the commitments; without them all that is not the government's."""
    if shares.total_fen:
        return shares.by_source.get(MoneySource.SOCIAL, 0)
    return size - int(shares.stated * size)


def _recognised(ids: Sequence[int], moment: Moment) -> dict[int, list[Recognised]]:
    """Claims recognised by the moment, as known then, by fund."""
    rows = ReinvestmentClaim.objects.filter(
        fund__in=ids, decided_at__lte=moment.known_at, recognised_fen__isnull=False
    ).values_list("fund_id", "recognised_fen", "recognised_on", "revoked_on", "revoked_at")
    found: dict[int, list[Recognised]] = defaultdict(list)
    for fund, amount, since, until, known in rows:
        revoked = until if known is not None and known <= moment.known_at else None
        found[fund].append(Recognised(amount, since, revoked))
    return found


def _last_invested(ids: Sequence[int], moment: Moment) -> dict[int, date]:
    rows = LedgerEvent.objects.filter(
        fund__in=ids, kind__in=[str(kind) for kind in INVESTING_KINDS], value_date__lte=moment.as_of,
        recorded_at__lte=moment.known_at,
    ).exclude(reversed_by__recorded_at__lte=moment.known_at)  # fmt: skip
    days = rows.order_by().values("fund_id").annotate(last=Max("value_date"))
    return {row["fund_id"]: row["last"] for row in days}


def _led_totals(moment: Moment) -> dict[int, int]:
    """Size of each mother fund with all funds below it, what they hold in each other counted once, in fen."""
    sizes = dict(Fund.objects.order_by().values_list("pk", "committed_fen"))
    below: dict[int, set[int]] = defaultdict(set)
    inside: dict[int, list[tuple[int, Fraction]]] = defaultdict(list)
    for pk, parent in Fund.objects.filter(parent__isnull=False).order_by().values_list("pk", "parent_id"):
        below[parent].add(pk)
    for mother, interests in interests_at(moment).items():
        for one in interests:
            below[mother].add(one.sub_fund_id)
            inside[mother].append((one.sub_fund_id, one.share))
    return {fund: _led(fund, sizes, below, inside) for fund in below}


def _led(
    fund: int, sizes: dict[int, int], below: dict[int, set[int]], inside: dict[int, list[tuple[int, Fraction]]]
) -> int:  # fmt: skip
    members, todo = set(), [fund]
    while todo:
        one = todo.pop()
        if one not in members:
            members.add(one)
            todo.extend(below.get(one, ()))
    twice = sum((share * sizes[sub] for one in members for sub, share in inside.get(one, ())), Fraction(0))
    return sum(sizes[one] for one in members) - int(twice)


def _thresholds(ids: Sequence[int], day: date) -> dict[tuple[int | None, str], Threshold]:
    """The rows in force by fund (None: all funds) and key."""
    rows = Threshold.objects.filter(Q(fund=None) | Q(fund__in=ids), key__in=KEYS, valid_from__lte=day)
    return {(row.fund_id, row.key): row for row in rows.order_by("valid_from")}


def _in_investment_period(fund: Fund, life: Life, day: date) -> bool:
    """Whether ``fund`` is to call and invest on ``day``: by its terms, and by its state where they name no end."""
    if fund.state == FundState.PREPARING or day < fund.starts_on:
        return False
    return fund.state == FundState.INVESTING if life.investing_until is None else day <= life.investing_until


def _warned(one: FundProgress, rows: dict[tuple[int | None, str], Threshold], life: Life, as_of: date) -> FundProgress:
    """The same with the figures that are beyond their thresholds, in the investment period; before and after it money
    need not be invested. A fund that called nothing is not idle.
    """
    if not one.is_investing:
        return one
    figures = {
        Threshold.Key.IDLE_CASH: one.idle_share,
        Threshold.Key.IDLE_DAYS: None if one.idle_days is None or not one.cash else Fraction(one.idle_days),
        Threshold.Key.CALLED_BEHIND: behind_plan(
            one.called_share or Fraction(0), one.fund.starts_on, life.investing_until, as_of
        ),
        Threshold.Key.INVESTED_BEHIND: one.invested_share,
    }
    found = []
    for key, value in figures.items():
        row = rows.get((one.fund.pk, key)) or rows.get((None, key))
        if row is None or value is None:
            continue
        is_below = key == Threshold.Key.INVESTED_BEHIND
        if value < row.value if is_below else value > row.value:
            found.append(Warned(key, value, row))
    return FundProgress(
        **{name: getattr(one, name) for name in FundProgress.__slots__ if name != "warnings"}, warnings=tuple(found)
    )
