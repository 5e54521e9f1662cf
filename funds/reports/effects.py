"""The effect of an entry in words: each figure before and after it."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext as _

from funds.models import Fund
from funds.queries.effects import Position
from funds.queries.questions import Target
from funds.reports import words
from funds.reports.amounts import fen
from innovation.core.figures import percent_text
from innovation.core.money import Unit, format_fen


@dataclass(frozen=True, slots=True)
class Change:
    """One figure; ``is_changed`` marks those that the entry moves."""

    label: str
    before: str
    after: str

    @property
    def is_changed(self) -> bool:
        return self.before != self.after


def changes(before: Position, after: Position, fund: Fund, unit: Unit) -> list[Change]:
    """Cost and value of the holding, what the award leaves, cash, paid-in and loss rate, before and after an entry."""
    told_before, told_after = dict(_figures(before, fund, unit)), dict(_figures(after, fund, unit))
    return [Change(label, told_before.get(label, "–"), text) for label, text in told_after.items()]


def _figures(position: Position, fund: Fund, unit: Unit) -> Iterator[tuple[str, str]]:
    def money(amount: int | Fraction) -> str:
        return format_fen(fen(amount), unit, with_unit=True)

    if position.remaining is not None:
        yield _("Remaining cost of the holding"), money(position.remaining)
        yield _("Fair value of the holding"), money(position.fair_value or 0)
        if position.impairment:
            yield _("Impairment of the holding"), money(position.impairment)
    if position.award is not None:
        yield _("Paid under the award"), money(position.award.paid)
        yield _("Returned under the award"), money(position.award.returned)
        yield _("Left to pay under the award"), money(position.award.left)
    yield _("Cash of the fund"), money(position.cash)
    if position.lowest:
        day, lowest = position.lowest
        yield _("Lowest cash on any day"), _("%(amount)s on %(day)s") % {"amount": money(lowest), "day": day}
    yield _("Paid-in"), money(position.paid_in)
    yield _("Distributions"), money(position.distributions)
    target = Target.of_fund(fund)
    if position.answer is None or words.has_no_loss_rate(target):
        return
    yield _("Realised losses"), money(position.realised_loss)
    rate = position.rate
    yield _("Loss rate"), percent_text(rate) if rate is not None else _("no data")
    cap = position.answer.tolerance.effective_cap
    if cap is not None:
        yield _("Cap"), percent_text(cap)
    yield _("Status"), str(words.status_of(position.answer).label)
