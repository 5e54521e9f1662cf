"""Funds put together for a cut: by a fact of theirs, by group, without what would count twice."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date

from funds.models import Fund, FundGroup, FundGroupMember

Pool = tuple[int | str, str, list[Fund]]
"""Key, name and funds."""


def top_funds(funds: Iterable[Fund]) -> list[Fund]:
    """The funds of a pool without those whose mother fund is in it."""
    own = list(funds)
    ids = {fund.pk for fund in own}
    return [fund for fund in own if fund.parent_id not in ids]


def pooled_by(funds: Sequence[Fund], key: Callable[[Fund], int | str | None]) -> list[Pool]:
    """One pool for each value of ``key``, in order; funds without a value are in none."""
    pools: dict[int | str, list[Fund]] = defaultdict(list)
    for fund in funds:
        if (found := key(fund)) is not None:
            pools[found].append(fund)
    return [(found, str(found), pools[found]) for found in sorted(pools)]


def groups_on(day: date) -> dict[FundGroup, set[int]]:
    """The members of every group on a day."""
    found: dict[FundGroup, set[int]] = defaultdict(set)
    rows = FundGroupMember.objects.filter(valid_from__lte=day).exclude(valid_to__lt=day).select_related("group")
    for row in rows.order_by("group__code"):
        found[row.group].add(row.fund_id)
    return found
