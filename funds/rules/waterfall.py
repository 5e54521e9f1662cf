"""The European (whole-fund) waterfall: who gets what of all that a fund has brought and still brings.

Everything ever distributed, and what would be distributed now, runs through the steps in their order, so that the
manager shares in profit only after the whole fund's capital is back (ILPA Principles 3.0, 2019, "all contributions
plus preferred return back first"). With D all money, C all that was paid in and on a day T:

    RETURN_OF_CAPITAL   up to C, to the investors by what they paid in; at the end the first loss shifts what is missing
    PREFERRED_RETURN    up to the interest on capital not yet returned, to the investors
    CATCH_UP            x with m·x + M = c·(P + x): the manager gets m of the step until it has its share c of profit P
                        (M: what it has of P already; c: the manager's share of the next PROFIT_SPLIT)
    PROFIT_SPLIT        everything left, c to the manager
    without a split     everything left to the investors by what they paid in

Profit concession (让利, 财预〔2015〕210号): of the government's part of a step of gains the share ``concession`` goes
to the other investors by what they paid in, or to the manager. BUYOUT (others may buy the government's share at cost
plus interest within some years, the days of the step): its gain ends at the interest on its own capital, and of what
lies above the share ``concession`` is given up. First loss J of a bearer (domain 4.2): a loss L takes ``min(L, J)``
from the bearer, then the rest from all by what they still have in, so that for the others' J the government's loss is
``gov / (C − J) · max(0, L − J)``.

All amounts are fen and exact; only what interest makes due is rounded, half up, to a whole fen, as it is paid.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import groupby

from funds.choices.figures import DayCount
from funds.choices.records import Compounding, ConcessionTo, LossBearer, TierKind
from funds.rules.figures import Money
from funds.rules.returns.day_count import year_fraction
from innovation.core.money import largest_remainder

NOTHING = Fraction(0)


@dataclass(frozen=True, slots=True)
class Flow:
    """What the investors paid and got on a day, in fen."""

    day: date
    paid: int
    got: int


@dataclass(frozen=True, slots=True)
class Party:
    """An investor with its weight in the fund (what it committed or paid in)."""

    key: Hashable
    weight: Money
    is_government: bool = False
    is_manager: bool = False


@dataclass(frozen=True, slots=True)
class Interest:
    """A yearly rate with its convention."""

    rate: Fraction
    compounding: Compounding = Compounding.SIMPLE
    day_count: DayCount = DayCount.ACT_365F


@dataclass(frozen=True, slots=True)
class Tier:
    """One agreed step; ``first_loss`` in fen. Which fields it uses depends on its kind (see the module)."""

    kind: TierKind
    position: int = 0
    interest: Interest | None = None
    manager: Fraction = NOTHING
    concession: Fraction = NOTHING
    concession_to: str = ""
    first_loss: int = 0
    bearer: LossBearer = LossBearer.OTHERS


@dataclass(frozen=True, slots=True)
class Step:
    """What one step takes: its limit (None: all that is left), its amount, and whose it is, in the parties' order.

    ``conceded`` is what the government gave up of it; it is contained in the parts of those who got it.
    """

    tier: Tier
    limit: Money | None
    amount: Money
    parts: tuple[Fraction, ...]
    carry: Fraction = NOTHING
    conceded: Fraction = NOTHING

    def in_fen(self) -> list[int]:
        """The parts, the manager's share last, in whole fen by largest remainder; they sum to the amount."""
        if not self.amount:
            return [0] * (len(self.parts) + 1)
        return largest_remainder(int(self.amount), [*self.parts, self.carry])


@dataclass(frozen=True, slots=True)
class Waterfall:
    """All steps over some money."""

    parties: tuple[Party, ...]
    steps: tuple[Step, ...]

    @property
    def carry(self) -> Fraction:
        """What the manager gets for managing, over all steps."""
        return sum((step.carry for step in self.steps), NOTHING)

    @property
    def parts(self) -> tuple[Fraction, ...]:
        """What each party gets over all steps."""
        return tuple(sum((step.parts[at] for step in self.steps), NOTHING) for at in range(len(self.parties)))

    def gain_of(self, chosen: Callable[[Party], bool]) -> Fraction:
        """What the chosen parties get of the steps of gains."""
        gains = [step for step in self.steps if step.tier.kind != TierKind.RETURN_OF_CAPITAL]
        return sum((p for step in gains for p, party in zip(step.parts, self.parties, strict=True) if chosen(party)),
                   NOTHING)  # fmt: skip

    def beyond(self, before: "Waterfall") -> "Waterfall":
        """What the steps give over what they gave ``before``, for less money on the same day."""
        steps = [
            Step(
                now.tier, now.limit, now.amount - then.amount,
                tuple(a - b for a, b in zip(now.parts, then.parts, strict=True)), now.carry - then.carry,
                now.conceded - then.conceded,
            )
            for now, then in zip(self.steps, before.steps, strict=True)
        ]  # fmt: skip
        return Waterfall(self.parties, tuple(steps))

    def in_fen(self) -> list[int]:
        """What each party and, last, the manager gets in whole fen: the sum of the steps' parts."""
        rows = [step.in_fen() for step in self.steps]
        return [sum(column) for column in zip(*rows, strict=True)]


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps of a fund on a day, with what interest has made due; ``paid_in`` and ``distributed`` in fen.

    ``due`` stands beside ``tiers``: the limit of each step that has one before any money is known.
    """

    tiers: tuple[Tier, ...]
    due: tuple[int | None, ...]
    paid_in: int
    distributed: int
    first_loss: Tier | None = None
    buyout: Tier | None = None
    buyout_due: int = 0

    def run(self, total: Money, parties: Sequence[Party], *, final: bool = True) -> Waterfall:
        """Send ``total`` (fen, from the fund's first day on) through the steps.

        ``final``: nothing comes after it, so that missing capital is a loss and the first loss counts. Raises
        ValueError without a party of some weight or for a negative total.
        """
        if total < 0 or not sum(party.weight for party in parties):
            raise ValueError("A waterfall shares money of zero or more among parties of some weight")
        run = _Run(self, tuple(parties), final=final)
        left: Money = total
        for at, (tier, due) in enumerate(zip(self.tiers, self.due, strict=True)):
            limit = run.catch_up(at) if tier.kind == TierKind.CATCH_UP else due
            amount = left if limit is None else min(left, limit)
            run.take(tier, limit, amount)
            left -= amount
        return Waterfall(run.parties, tuple(run.steps))

    def government_gain(self, gain: Money, gov_paid_in: Money) -> Fraction:
        """The government's part of a gain (fen) over the capital, ``gov_paid_in`` of which is its own."""
        parties = (Party("GOVERNMENT", gov_paid_in, is_government=True), Party("OTHERS", self.paid_in - gov_paid_in))
        return self.run(self.paid_in + gain, parties).gain_of(lambda party: party.is_government)

    @property
    def shares_gains(self) -> bool:
        """Whether a gain is shared otherwise than by what each paid in."""
        return self.buyout is not None or any(tier.manager or tier.concession for tier in self.tiers)


class _Run:
    """The steps taken so far."""

    def __init__(self, plan: Plan, parties: tuple[Party, ...], *, final: bool) -> None:
        self.plan, self.parties, self.final = plan, parties, final
        weights = sum(Fraction(party.weight) for party in parties)
        self.shares = [Fraction(party.weight) / weights for party in parties]
        self.government = sum((s for s, p in zip(self.shares, parties, strict=True) if p.is_government), NOTHING)
        self.steps: list[Step] = []
        self.profit: Money = 0
        self.carried = NOTHING
        self.gained = NOTHING

    def catch_up(self, at: int) -> Money | None:
        """How much the manager may catch up in step ``at``; None: it never gets there, so the step takes all."""
        tier, following = self.plan.tiers[at], self.plan.tiers[at:]
        goal = next((each.manager for each in following if each.kind == TierKind.PROFIT_SPLIT), NOTHING)
        missing = goal * self.profit - self.carried
        if missing <= 0:
            return 0
        return None if tier.manager <= goal else _whole(missing / (tier.manager - goal))

    def take(self, tier: Tier, limit: Money | None, amount: Money) -> None:
        if tier.kind == TierKind.RETURN_OF_CAPITAL:
            self.steps.append(Step(tier, limit, amount, self._capital(amount)))
            return
        carry = tier.manager * amount
        self.profit += amount
        self.carried += carry
        own = self.government * (amount - carry)
        given, to_others = self._conceded(tier, own)
        others = 1 - self.government
        parts = [
            share * (amount - carry) * (1 if not own or not party.is_government else (own - given) / own)
            + (0 if party.is_government or not others else share / others * to_others)
            for share, party in zip(self.shares, self.parties, strict=True)
        ]
        self.gained += own - given
        self.steps.append(Step(tier, limit, amount, tuple(parts), carry + given - to_others, given))

    def _conceded(self, tier: Tier, own: Fraction) -> tuple[Fraction, Fraction]:
        """What the government gives up of its part, and how much of that goes to the other investors."""
        given = to_others = NOTHING
        buyout = self.plan.buyout
        for terms in (tier, buyout):
            if terms is None or not terms.concession:
                continue
            base = own
            if terms is buyout:
                room = max(NOTHING, self.plan.buyout_due * self.government - self.gained)
                base = max(NOTHING, own - given - room)
            if terms.concession_to != ConcessionTo.MANAGER and self.government == 1:
                continue
            part = terms.concession * base
            given += part
            to_others += part if terms.concession_to != ConcessionTo.MANAGER else 0
        return given, to_others

    def _capital(self, amount: Money) -> tuple[Fraction, ...]:
        """Capital back: by share, after the loss that its bearer takes first when nothing more will come."""
        paid_in, terms = self.plan.paid_in, self.plan.first_loss
        missing = paid_in - amount
        paid = [share * paid_in for share in self.shares]
        if not self.final or terms is None or not missing or not paid_in:
            return tuple(share * amount for share in self.shares)
        bears = [_bears(terms.bearer, party) for party in self.parties]
        own = sum((fen for fen, chosen in zip(paid, bears, strict=True) if chosen), NOTHING)
        most = min(Fraction(terms.first_loss), own)
        first, behind = min(missing, most), paid_in - most
        lost = []
        for fen, chosen in zip(paid, bears, strict=True):
            stands = most * fen / own if chosen and own else NOTHING
            rest = (missing - first) * (fen - stands) / behind if behind else NOTHING
            lost.append((stands * first / most if most else NOTHING) + rest)
        return tuple(fen - loss for fen, loss in zip(paid, lost, strict=True))


def _bears(bearer: LossBearer, party: Party) -> bool:
    if bearer == LossBearer.GOVERNMENT:
        return party.is_government
    return party.is_manager if bearer == LossBearer.MANAGER else not party.is_government


def plan_of(tiers: Sequence[Tier], flows: Sequence[Flow], on: date) -> Plan:
    """The plan of a fund on a day from its agreed steps and the flows of its investors, in any order.

    Flows after the day are left out. Capital comes back first where no step says when; what no split shares goes to
    the investors.
    """
    moved = sorted((flow for flow in flows if flow.day <= on), key=lambda flow: flow.day)
    ordered = sorted(tiers, key=lambda tier: tier.position)
    steps = [tier for tier in ordered if tier.kind not in {TierKind.FIRST_LOSS, TierKind.BUYOUT}]
    if not any(tier.kind == TierKind.RETURN_OF_CAPITAL for tier in steps):
        steps.insert(0, Tier(TierKind.RETURN_OF_CAPITAL))
    steps.append(Tier(TierKind.PROFIT_SPLIT))
    kinds = [tier.kind for tier in steps]
    interest_first = TierKind.PREFERRED_RETURN in kinds[: kinds.index(TierKind.RETURN_OF_CAPITAL)]
    paid_in = sum(flow.paid for flow in moved)

    def due(tier: Tier) -> int | None:
        if tier.kind == TierKind.RETURN_OF_CAPITAL:
            return paid_in
        if tier.interest is not None and tier.kind == TierKind.PREFERRED_RETURN:
            return interest_due(tier.interest, moved, on, interest_first=interest_first)
        return None

    buyout = next((tier for tier in ordered if tier.kind == TierKind.BUYOUT), None)
    return Plan(
        tiers=tuple(steps),
        due=tuple(due(tier) for tier in steps),
        paid_in=paid_in,
        distributed=sum(flow.got for flow in moved),
        first_loss=next((tier for tier in ordered if tier.kind == TierKind.FIRST_LOSS), None),
        buyout=buyout,
        buyout_due=interest_due(buyout.interest, moved, on) if buyout and buyout.interest else 0,
    )


def interest_due(terms: Interest, flows: Sequence[Flow], on: date, *, interest_first: bool = False) -> int:
    """All interest that capital has earned by ``on``, paid or not, in whole fen; ``flows`` by day, none after ``on``.

    Each distribution pays capital back first and then interest, or the other way round. What a distribution brings
    above both stands to the investors' credit against later calls, as in the waterfall over all money.
    """
    if not flows:
        return 0
    account = _Account(flows[0].day, interest_first)
    for day, moves in groupby([*flows, Flow(on, 0, 0)], key=lambda flow: flow.day):
        account.move_to(day, terms)
        for flow in moves:
            account.pay_in(flow.paid)
            account.pay_out(Fraction(flow.got))
    return _whole(account.earned)


class _Account:
    """Capital out and the interest that it has earned."""

    def __init__(self, begins: date, interest_first: bool) -> None:
        self.begins = self.day = begins
        self.interest_first = interest_first
        self.capital = self.unpaid = self.earned = self.credit = NOTHING
        self.added = NOTHING
        """The part of the unpaid interest that bears interest itself."""

    def move_to(self, day: date, terms: Interest) -> None:
        if terms.compounding == Compounding.YEARLY:
            for year in range(self.day.year, day.year + 1):
                anniversary = _in_year(self.begins, year)
                if self.day < anniversary <= day:
                    self._earn(anniversary, terms)
                    self.added = Fraction(_whole(self.unpaid))
        self._earn(day, terms)

    def _earn(self, day: date, terms: Interest) -> None:
        bearing = self.capital + self.added
        interest = terms.rate * bearing * year_fraction(self.day, day, terms.day_count) if bearing else NOTHING
        self.unpaid += interest
        self.earned += interest
        self.day = day

    def pay_in(self, fen: int) -> None:
        used = min(self.credit, Fraction(fen))
        self.credit -= used
        self.capital += fen - used

    def pay_out(self, fen: Fraction) -> None:
        if self.interest_first:
            fen = self._pay_interest(fen)
        back = min(self.capital, fen)
        self.capital -= back
        fen = self._pay_interest(fen - back)
        self.credit += fen

    def _pay_interest(self, fen: Fraction) -> Fraction:
        paid = min(self.unpaid, fen)
        self.unpaid -= paid
        self.added = min(self.added, self.unpaid)
        return fen - paid


def _in_year(day: date, year: int) -> date:
    """The anniversary of a day; that of 29 February is 1 March in other years."""
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def _whole(amount: Fraction) -> int:
    """Rounded half up to a whole fen."""
    return (2 * amount.numerator + amount.denominator) // (2 * amount.denominator)


def settlement(entitled: Sequence[Money], received: Sequence[Money], amount: int) -> list[int]:
    """The last money (fen) by what each is entitled to of everything less what it got before, in whole fen.

    Who got more than its due gets nothing more and gives nothing back by this; the others' parts shrink in proportion.
    """
    missing = [max(NOTHING, Fraction(due) - got) for due, got in zip(entitled, received, strict=True)]
    return largest_remainder(amount, missing)


def accrued_carry(plan: Plan, nav: int, parties: Sequence[Party], paid_carry: int) -> int:
    """What the manager would still get if the net asset value (fen) were paid out now; never below zero.

    ``paid_carry``: what it was paid of its share of profit so far (fen).
    """
    return max(0, _whole(plan.run(plan.distributed + max(0, nav), parties).carry) - paid_carry)
