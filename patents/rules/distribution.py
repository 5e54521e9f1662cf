"""Who gets what of a royalty: whole fen by the largest remainder, ties to the smaller code, nothing lost.

Parties are codes; weights are whole numbers or exact fractions. The parts and what stays unallocated always sum to
the amount that was split.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from innovation.core.money import largest_remainder
from patents.rules.deadline_rules import RuleBook
from patents.rules.terms import in_force, term

Weights = Mapping[str, int | Fraction]


@dataclass(frozen=True)
class Split:
    """Fen by party, and fen that no weight claims: those wait for somebody to decide."""

    shares: Mapping[str, int]
    unallocated_fen: int


def split(amount_fen: int, weights: Weights) -> Split:
    """``amount_fen`` in proportion to ``weights``; all of it unallocated where they sum to zero."""
    parties = sorted(weights)
    if not sum(weights.values()):
        return Split(dict.fromkeys(parties, 0), amount_fen)
    parts = largest_remainder(amount_fen, [weights[party] for party in parties])
    return Split(dict(zip(parties, parts, strict=True)), 0)


@dataclass(frozen=True)
class PoolSplit:
    """The share of the administrator, what is left for the owners, and how it is split."""

    admin_fen: int
    distributable_fen: int
    split: Split


def split_pool(gross_fen: int, admin_rate: Decimal, weights: Weights) -> PoolSplit:
    """The administrator's share is rounded half up; the rest is what is left, so nothing is rounded twice."""
    admin = int((gross_fen * admin_rate).quantize(Decimal(1), ROUND_HALF_UP))
    return PoolSplit(admin, gross_fen - admin, split(gross_fen - admin, weights))


def split_by_country(amounts_fen: Mapping[str, int], weights: Mapping[str, Weights]) -> tuple[dict[str, Split], Split]:
    """Each country's amount by the weights valid there, remainders settled in the country; and the sums."""
    by_country = {country: split(amount, weights.get(country, {})) for country, amount in amounts_fen.items()}
    sums: dict[str, int] = defaultdict(int)
    for one in by_country.values():
        for party, fen in one.shares.items():
            sums[party] += fen
    return by_country, Split(dict(sorted(sums.items())), sum(one.unallocated_fen for one in by_country.values()))


def owner_weights(patents: Iterable[Mapping[str, Fraction]]) -> dict[str, Fraction]:
    """The weight of each owner: every patent counts one, split by ownership."""
    found: dict[str, Fraction] = defaultdict(Fraction)
    for shares in patents:
        for party, share in shares.items():
            found[party] += share
    return dict(sorted(found.items()))


@dataclass(frozen=True)
class Counted:
    """A patent of one owner, as far as counting asks."""

    owner: str
    right: str
    filing: date
    grant: date
    ceased_on: date | None


def count_in_force(book: RuleBook, patents: Iterable[Counted], day: date) -> dict[str, int]:
    """Patents of each owner in force on ``day``; owners whose patents have all ended stay, with none."""
    counts: dict[str, int] = {}
    for patent in patents:
        stands = in_force(patent.grant, term(book, patent.right, patent.filing).termination, day)
        alive = stands and (patent.ceased_on is None or day < patent.ceased_on)
        counts[patent.owner] = counts.get(patent.owner, 0) + alive
    return dict(sorted(counts.items()))


def restated(old: Split, new: Split) -> dict[str, int]:
    """Fen that each party of either version gets more (or less) by the new one."""
    parties = sorted({*old.shares, *new.shares})
    return {party: new.shares.get(party, 0) - old.shares.get(party, 0) for party in parties}


def ownership_fault(shares: Mapping[str, tuple[int, int]]) -> tuple[str | None, Fraction]:
    """``range`` for a share that is not in (0, 1], ``sum`` when they are not exactly 1, else None; and their sum."""
    exact = [Fraction(numerator, denominator) for numerator, denominator in shares.values()]
    whole = sum(exact, Fraction(0))
    if any(not 0 < share <= 1 for share in exact):
        return "range", whole
    return (None if whole == 1 else "sum"), whole
