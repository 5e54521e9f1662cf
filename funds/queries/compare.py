"""Up to six funds side by side at one moment: terms, returns, loss tolerance, concentration, what stands open."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from funds.choices.records import FundClass
from funds.choices.tolerance import AlertState
from funds.models import Alert, ExemptionCase, Fund, FundGroupMember
from funds.queries.accounts import Accounts, load_accounts
from funds.queries.overview import FundTolerance, overview
from funds.queries.performance import Cut, Line, fund_lines, pools_of
from funds.queries.sums import Moment

MOST = 6
"""Funds that stand side by side on one page."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One fund. ``largest`` is the share of its largest holding in what was invested, None where nothing was.

    ``alerts`` and ``cases`` are those open today: they have no earlier state to ask for.
    """

    fund: Fund
    line: Line
    tolerance: FundTolerance
    holdings: int
    largest: Fraction | None
    alerts: int
    cases: int


def candidates(user: Any, moment: Moment, *, funds: Sequence[int] = (), group: int | None = None) -> QuerySet[Fund]:
    """The funds that are asked for by key, or the members of a group at the moment; grant ledgers have no figures."""
    rows = Fund.objects.visible_to(user).exclude(fund_class=FundClass.GRANT)
    if group is None:
        return rows.filter(pk__in=list(funds)).order_by("code")
    members = FundGroupMember.objects.filter(group=group, valid_from__lte=moment.as_of)
    return rows.filter(pk__in=members.exclude(valid_to__lt=moment.as_of).values("fund")).order_by("code")


def compare(rows: QuerySet[Fund], moment: Moment) -> list[Compared]:
    """The first ``MOST`` funds of ``rows`` with their figures; a constant number of statements."""
    alerts = Alert.objects.filter(fund=OuterRef("pk")).exclude(state=AlertState.CLOSED)
    cases = ExemptionCase.objects.open().filter(fund=OuterRef("pk"))
    counts = {"open_alerts": _count(alerts), "open_cases": _count(cases)}
    funds: list[Any] = list(rows.annotate(**counts)[:MOST])
    if not funds:
        return []
    accounts = load_accounts(moment, funds, curve=False)
    lines = {line.key: line for line in fund_lines(accounts, Cut.FUND, pools_of(accounts, Cut.FUND), None)}
    answers = {each.fund.pk: each for each in overview(moment.as_of, moment.known_at, funds=funds, readings=False)}
    placed = placed_by_holding(accounts)
    return [
        Compared(
            fund, lines[fund.pk], answers[fund.pk], len(placed[fund.pk]), _largest(placed[fund.pk]), fund.open_alerts,
            fund.open_cases,
        )
        for fund in funds
    ]  # fmt: skip


def placed_by_holding(accounts: Accounts) -> dict[int, list[int]]:
    """What each fund put into each of its holdings, in fen; holdings without money are left out."""
    flows, columns = accounts.holdings, accounts.columns
    sums = np.zeros(len(columns.holdings), np.int64)
    np.add.at(sums, np.searchsorted(columns.holdings, flows.owner), flows.out)
    found: dict[int, list[int]] = {fund.pk: [] for fund in accounts.funds}
    for owner, amount in zip(columns.owner.tolist(), sums.tolist(), strict=True):
        if amount > 0:
            found[owner].append(amount)
    return found


def _largest(amounts: Sequence[int]) -> Fraction | None:
    return Fraction(max(amounts), sum(amounts)) if amounts else None


def _count(rows: QuerySet[Any]) -> Coalesce:
    counted = rows.order_by().values("fund").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
