"""The graph of mother funds and sub-funds: who stands below whom, and exact look-through shares."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.utils.translation import gettext_lazy as _

from innovation.core.errors import RuleViolation

Edges = Iterable[tuple[int, int]]
"""(mother, sub-fund)"""


@dataclass(frozen=True, slots=True)
class Span:
    """A share over days, both inclusive; ``until`` None is open."""

    since: date
    until: date | None
    share: Fraction

    def holds_on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


def below(edges: Edges, root: int) -> set[int]:
    """``root`` and all funds below it, whatever the shares; ends also where the edges held a circle."""
    subs: dict[int, list[int]] = defaultdict(list)
    for mother, sub in edges:
        subs[mother].append(sub)
    seen, waiting = {root}, [root]
    while waiting:
        for sub in subs[waiting.pop()]:
            if sub not in seen:
                seen.add(sub)
                waiting.append(sub)
    return seen


def look_through_shares(shares: Mapping[int, Sequence[tuple[int, Fraction]]], root: int) -> dict[int, Fraction]:
    """The exact share that ``root`` has in each fund below it: products over paths, summed over paths.

    ``shares``: mother → (sub-fund, share) on one day; no circle. Since the shares in one fund sum to at most 1, so
    does every result, and so do the results of all roots for one fund.
    """
    total: dict[int, Fraction] = defaultdict(Fraction)
    for sub, share in shares.get(root, ()):
        total[sub] += share
        for deeper, part in look_through_shares(shares, sub).items():
            total[deeper] += share * part
    return dict(total)


def excess_problem(spans: Sequence[Span]) -> RuleViolation | None:
    """SHARES_ABOVE_ONE where the shares in one sub-fund sum to more than 1 on some day."""
    for day in sorted({span.since for span in spans}):
        total = sum((span.share for span in spans if span.holds_on(day)), Fraction(0))
        if total > 1:
            free = 1 - total + spans[-1].share
            return RuleViolation(
                "SHARES_ABOVE_ONE",
                _("On %(day)s the shares in this sub-fund would sum to %(total)s; at most %(free)s is free.")
                % {"day": day, "total": total, "free": max(free, Fraction(0))},
                field="share",
                facts={"day": day, "total": str(total)},
            )
    return None
