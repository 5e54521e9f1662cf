"""What the books say of one fund over several periods that end on one day: sums by effect, from one statement."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, Sum

from funds.choices.ledger import EXIT_KINDS, INCOME_KINDS, INVESTING_KINDS, EventKind
from funds.queries.events import counted
from funds.queries.sums import Moment


@dataclass(frozen=True, slots=True)
class PeriodSums:
    """Sums of one period in fen. ``amounts``: by effect and whether the event belongs to a holding."""

    since: date | None
    amounts: Mapping[tuple[str, bool], int]
    relieved: int
    lost: int

    def of(self, *kinds: str, holding: bool | None = None) -> int:
        """Amounts of some effects; ``holding`` narrows to events of holdings, or of the fund itself."""
        return sum(
            amount
            for (effect, of_holding), amount in self.amounts.items()
            if effect in kinds and holding in {None, of_holding}
        )

    @property
    def called(self) -> int:
        return self.of(EventKind.CALL)

    @property
    def distributed(self) -> int:
        return self.of(EventKind.DISTRIBUTION)

    @property
    def invested(self) -> int:
        return self.of(*INVESTING_KINDS)

    @property
    def proceeds(self) -> int:
        """Proceeds of exits and recoveries, and income of holdings."""
        return self.of(*EXIT_KINDS) + self.of(*INCOME_KINDS, holding=True)

    @property
    def management_fee(self) -> int:
        return self.of(EventKind.FEE)

    @property
    def expenses(self) -> int:
        return self.of(EventKind.EXPENSE)

    @property
    def granted(self) -> int:
        """Grants paid out."""
        return self.of(EventKind.GRANT)

    @property
    def grants_returned(self) -> int:
        return self.of(EventKind.GRANT_RETURN)

    @property
    def own_income(self) -> int:
        """Interest that the fund itself earned."""
        return self.of(*INCOME_KINDS, holding=False)

    @property
    def holding_income(self) -> int:
        return self.of(*INCOME_KINDS, holding=True)

    @property
    def realised(self) -> int:
        """Gains less losses of exits: proceeds less cost relieved."""
        return self.of(*EXIT_KINDS) - self.relieved


def period_sums(fund_id: int, moment: Moment, periods: Mapping[str, date | None]) -> dict[str, PeriodSums]:
    """Sums from the first day of each period (None: from the beginning) to the as-of day. One statement."""
    columns: dict[str, Any] = {}
    for name, since in periods.items():
        within = Q() if since is None else Q(value_date__gte=since)
        columns |= {
            f"{name}_amount": Sum("amount_fen", filter=within, default=0),
            f"{name}_relieved": Sum("cost_relieved_fen", filter=within, default=0),
            f"{name}_lost": Sum("loss_fen", filter=within, default=0),
        }
    events = counted(moment).filter(fund=fund_id).order_by()
    rows = list(events.values("effect", of_holding=Q(investment__isnull=False)).annotate(**columns))
    return {
        name: PeriodSums(
            since,
            {(row["effect"], row["of_holding"]): row[f"{name}_amount"] for row in rows},
            sum(row[f"{name}_relieved"] for row in rows),
            sum(row[f"{name}_lost"] for row in rows),
        )
        for name, since in periods.items()
    }


def quarter_start(day: date) -> date:
    """First day of the calendar quarter that holds ``day``."""
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def usual_periods(day: date) -> dict[str, date | None]:
    """The three periods of a quarterly statement: quarter to date, year to date, since inception."""
    return {"qtd": quarter_start(day), "ytd": date(day.year, 1, 1), "itd": None}
