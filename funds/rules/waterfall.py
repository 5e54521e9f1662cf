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

from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from itertools import accumulate
from math import lcm

from funds.choices.records import ConcessionTo, LossBearer, TierKind
from funds.rules.figures import Money
from funds.rules.hurdle import Flow, Interest, interest_due
from innovation.core.money import largest_remainder

NOTHING = Fraction(0)


@dataclass(frozen=True, slots=True)
class Party:
    """An investor with its weight in the fund (what it committed or paid in)."""

    key: Hashable
    weight: Money
    is_government: bool = False
    is_manager: bool = False


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

    @property
    def concedes_to_manager(self) -> bool:
        return bool(self.concession) and self.concession_to == ConcessionTo.MANAGER


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


class Steps(tuple[Tier, ...]):
    """The steps through which money runs, in their order, with what is the same for every amount and day."""

    @cached_property
    def unit(self) -> int:
        """In how many parts money is cut so that each share of the manager is a whole number of them."""
        return lcm(*(tier.manager.denominator for tier in self))

    @cached_property
    def managers(self) -> list[tuple[TierKind, int, int]]:
        """Of each step its kind, the manager's share, and that of the next split, in parts of the unit."""
        found: list[tuple[TierKind, int, int]] = []
        goal = 0
        for tier in reversed(self):
            own = int(tier.manager * self.unit)
            goal = own if tier.kind == TierKind.PROFIT_SPLIT else goal
            found.append((tier.kind, own, goal))
        return found[::-1]

    @cached_property
    def concede_to_manager(self) -> bool:
        """Whether the government gives the manager a part of its own share of any step."""
        return any(tier.concedes_to_manager for tier in self)


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps of a fund on a day, with what interest has made due; ``paid_in`` and ``distributed`` in fen.

    ``due`` stands beside ``tiers``: the limit of each step that has one before any money is known.
    """

    tiers: Steps
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
        shares = shares_of(parties)
        return self._through(total, _Run(self, tuple(parties), shares, government_of(parties), final=final))

    def carry(self, total: int, government: Fraction) -> Fraction:
        """What the manager gets for managing of ``total`` (fen), ``government`` being the government's share.

        The same as ``run(…).carry`` without splitting anything among the investors.
        """
        if self.tiers.concede_to_manager or (self.buyout and self.buyout.concedes_to_manager):
            return self._through(total, _Run(self, (), (), government, final=True)).carry
        return self._agreed_carry(total)

    def _agreed_carry(self, total: int) -> Fraction:
        """Carry where nobody gives the manager more than its share of the steps: in whole numbers, for speed.

        What the government concedes to other investors moves no carry.
        """
        left, profit, carried = total, 0, 0
        for (kind, own, goal), due in zip(self.tiers.managers, self.due, strict=True):
            limit = catch_up(own, goal, profit, carried) if kind == TierKind.CATCH_UP else due
            amount = left if limit is None else min(left, limit)
            left -= amount
            if kind != TierKind.RETURN_OF_CAPITAL:
                profit += amount
                carried += amount * own
        return Fraction(carried, self.tiers.unit)

    def _through(self, total: Money, run: "_Run") -> Waterfall:
        if total < 0:
            raise ValueError("A waterfall shares money of zero or more")
        left: Money = total
        for tier, (_kind, own, goal), due in zip(self.tiers, self.tiers.managers, self.due, strict=True):
            limit: Money | None = due
            if tier.kind == TierKind.CATCH_UP:
                limit = catch_up(own, goal, run.profit, run.carried * self.tiers.unit)
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

    def __init__(
        self, plan: Plan, parties: tuple[Party, ...], shares: Sequence[Fraction], government: Fraction, *, final: bool
    ) -> None:
        self.plan, self.parties, self.final = plan, parties, final
        self.shares, self.government = shares, government
        self.steps: list[Step] = []
        self.profit: Money = 0
        self.carried = NOTHING
        self.gained = NOTHING

    def take(self, tier: Tier, limit: Money | None, amount: Money) -> None:
        if tier.kind == TierKind.RETURN_OF_CAPITAL:
            self.steps.append(Step(tier, limit, amount, self._capital(amount)))
            return
        if not amount:
            self.steps.append(Step(tier, limit, amount, (NOTHING,) * len(self.parties)))
            return
        carry = tier.manager * amount if tier.manager else NOTHING
        self.profit += amount
        self.carried += carry
        own = given = to_others = NOTHING
        if self.parties or tier.concession or self.plan.buyout:
            own = self.government * (amount - carry)
            given, to_others = self._conceded(tier, own)
            self.gained += own - given
        kept = (own - given) / own if own else Fraction(1)
        more = to_others / (1 - self.government) if to_others else NOTHING
        parts = [
            share * (amount - carry) * kept if party.is_government else share * (amount - carry + more)
            for share, party in zip(self.shares, self.parties, strict=True)
        ]
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


def catch_up(own: int, goal: int, profit: Money, carried: Money) -> int | None:
    """How much the manager may catch up in a step that gives it ``own``, in whole fen, rounded half up.

    ``goal`` is its share of the next split, ``profit`` was shared out before, ``carried`` of it to the manager; own,
    goal and carried in parts of the same unit. None: it never has its share, so the step takes all.
    """
    missing, gained = goal * profit - carried, own - goal
    if missing <= 0:
        return 0
    return None if gained <= 0 else int((2 * missing + gained) // (2 * gained))


def shares_of(parties: Sequence[Party]) -> list[Fraction]:
    """The share of each party by its weight. Raises ValueError where none has any."""
    weights = sum(Fraction(party.weight) for party in parties)
    if not weights:
        raise ValueError("A waterfall shares money among parties of some weight")
    return [Fraction(party.weight) / weights for party in parties]


def government_of(parties: Sequence[Party]) -> Fraction:
    """The government's share among the parties."""
    return sum((s for s, party in zip(shares_of(parties), parties, strict=True) if party.is_government), NOTHING)


def _bears(bearer: LossBearer, party: Party) -> bool:
    if bearer == LossBearer.GOVERNMENT:
        return party.is_government
    return party.is_manager if bearer == LossBearer.MANAGER else not party.is_government


class Moves:
    """What the investors of a fund paid and got, by day, with the sums of it up to any day."""

    def __init__(self, flows: Iterable[Flow]) -> None:
        self.flows = sorted(flows, key=lambda flow: flow.day)
        self._days = [flow.day for flow in self.flows]
        self._paid = [0, *accumulate(flow.paid for flow in self.flows)]
        self._got = [0, *accumulate(flow.got for flow in self.flows)]

    def until(self, day: date) -> tuple[int, int]:
        """Paid and got up to a day, in fen."""
        count = bisect_right(self._days, day)
        return self._paid[count], self._got[count]


def plan_of(tiers: Sequence[Tier], flows: Sequence[Flow], on: date) -> Plan:
    """The plan of a fund on a day from its agreed steps and the flows of its investors, in any order."""
    return plans_of(tiers, Moves(flows), [on])[0]


def plans_of(tiers: Sequence[Tier], moves: Moves, days: Sequence[date]) -> list[Plan]:
    """The plan of a fund on each of ``days``, which ascend, by the same steps; one pass over what moved.

    Flows after a day are left out of its plan.
    """
    steps = steps_of(tiers)
    kinds = [tier.kind for tier in steps]
    interest_first = TierKind.PREFERRED_RETURN in kinds[: kinds.index(TierKind.RETURN_OF_CAPITAL)]
    dues = {
        at: interest_due(tier.interest, moves.flows, days, interest_first=interest_first)
        for at, tier in enumerate(steps)
        if tier.interest is not None and tier.kind == TierKind.PREFERRED_RETURN
    }
    first_loss = next((tier for tier in tiers if tier.kind == TierKind.FIRST_LOSS), None)
    buyout = next((tier for tier in tiers if tier.kind == TierKind.BUYOUT), None)
    leaving = [0] * len(days)
    if buyout is not None and buyout.interest is not None:
        leaving = interest_due(buyout.interest, moves.flows, days)
    plans = []
    for number, day in enumerate(days):
        paid_in, distributed = moves.until(day)
        due = tuple(
            paid_in if kind == TierKind.RETURN_OF_CAPITAL else dues[at][number] if at in dues else None
            for at, kind in enumerate(kinds)
        )
        plans.append(Plan(steps, due, paid_in, distributed, first_loss, buyout, leaving[number]))
    return plans


def steps_of(tiers: Sequence[Tier]) -> Steps:
    """The steps through which money runs, in their order.

    Capital comes back first where no step says when; what no split shares goes to the investors.
    """
    ordered = sorted(tiers, key=lambda tier: tier.position)
    steps = [tier for tier in ordered if tier.kind not in {TierKind.FIRST_LOSS, TierKind.BUYOUT}]
    if not any(tier.kind == TierKind.RETURN_OF_CAPITAL for tier in steps):
        steps.insert(0, Tier(TierKind.RETURN_OF_CAPITAL))
    return Steps((*steps, Tier(TierKind.PROFIT_SPLIT)))


def whole_fen(amount: Fraction) -> int:
    """Rounded half up to a whole fen."""
    return (2 * amount.numerator + amount.denominator) // (2 * amount.denominator)


def settlement(entitled: Sequence[Money], received: Sequence[Money], amount: int) -> list[int]:
    """The last money (fen) by what each is entitled to of everything less what it got before, in whole fen.

    Who got more than its due gets nothing more and gives nothing back by this; the others' parts shrink in proportion.
    """
    missing = [max(NOTHING, Fraction(due) - got) for due, got in zip(entitled, received, strict=True)]
    return largest_remainder(amount, missing)
