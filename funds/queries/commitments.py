"""Who has committed how much to a fund at a moment, and what share of it is the government's."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from funds.choices.records import MoneySource
from funds.models import Commitment, Fund
from funds.queries.sums import Moment
from innovation.core.money import largest_remainder
from innovation.organisations.models import Organisation

ORDER = {source: place for place, source in enumerate(MoneySource.values)}


@dataclass(frozen=True, slots=True)
class Stake:
    """What one investor has committed from one source of money, in fen."""

    commitment_id: int
    investor_id: int
    source: str
    amount_fen: int


def stakes_at(moment: Moment, fund_ids: Collection[int]) -> dict[int, list[Stake]]:
    """The stakes of each fund at a moment, in the order in which splits go. One statement.

    The order is by source (government, other public, social), then investor: ties of a split follow it.
    """
    rows = Commitment.objects.counted(moment.as_of, moment.known_at).filter(fund__in=fund_ids)
    found: dict[int, list[Stake]] = defaultdict(list)
    for pk, fund, *stake in rows.values_list("pk", "fund_id", "investor_id", "source", "amount_fen"):
        found[fund].append(Stake(pk, *stake))
    return {fund: _ordered(own) for fund, own in found.items()}


DatedStake = tuple[date, date | None, Stake]
"""A stake with the first and last day on which it holds."""


def dated_stakes(funds: Any, known_at: datetime) -> dict[int, list[DatedStake]]:
    """The stakes of funds (ids or a query of them) on whatever day, as known at a moment. One statement."""
    rows = Commitment.objects.known(known_at).filter(fund__in=funds)
    found: dict[int, list[DatedStake]] = defaultdict(list)
    for fund, since, until, *stake in rows.values_list(
        "fund_id", "valid_from", "valid_to", "pk", "investor_id", "source", "amount_fen"
    ):
        found[fund].append((since, until, Stake(*stake)))
    return found


def stakes_on(dated: Iterable[DatedStake], day: date) -> list[Stake]:
    """Those that hold on a day, in the order of splits."""
    return _ordered(stake for since, until, stake in dated if since <= day and (until is None or day <= until))


def _ordered(stakes: Iterable[Stake]) -> list[Stake]:
    return sorted(stakes, key=lambda stake: (ORDER[stake.source], stake.investor_id))


def investor_names(ids: Collection[int | None]) -> dict[int, str]:
    """Names of investors in the reader's language."""
    return {investor.pk: investor.name for investor in Organisation.objects.filter(pk__in=ids)}


def split(total_fen: int, stakes: Sequence[Stake]) -> list[tuple[Stake, int]]:
    """A call or distribution split over the stakes to the fen, by largest remainder (domain 4.13).

    Raises ValueError without stakes.
    """
    parts = largest_remainder(total_fen, [stake.amount_fen for stake in stakes])
    return list(zip(stakes, parts, strict=True))


@dataclass(frozen=True, slots=True)
class ShareCheck:
    """The government's share by the commitments beside the one stated with the fund; fen and exact shares.

    ``computed`` is None while no commitment is recorded.
    """

    stated: Fraction
    stated_total_fen: int
    by_source: dict[str, int]

    @property
    def total_fen(self) -> int:
        return sum(self.by_source.values())

    @property
    def computed(self) -> Fraction | None:
        return Fraction(self.by_source.get(MoneySource.GOVERNMENT, 0), self.total_fen) if self.total_fen else None

    @property
    def public(self) -> Fraction | None:
        """All public money ÷ fund."""
        if not self.total_fen:
            return None
        return 1 - Fraction(self.by_source.get(MoneySource.SOCIAL, 0), self.total_fen)

    @property
    def share_differs(self) -> bool:
        return self.computed is not None and self.computed != self.stated

    @property
    def total_differs(self) -> bool:
        return bool(self.total_fen) and self.total_fen != self.stated_total_fen


def share_check(fund: Fund, stakes: Sequence[Stake]) -> ShareCheck:
    """Compare what a fund states with what its investors have committed."""
    by_source: dict[str, int] = defaultdict(int)
    for stake in stakes:
        by_source[stake.source] += stake.amount_fen
    return ShareCheck(fund.government_share, fund.committed_fen, dict(by_source))
