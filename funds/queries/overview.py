"""The loss tolerance of many funds at one date, with the same answers as each fund's own view."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from funds.choices.tolerance import Netting
from funds.models import Fund
from funds.queries.answers import Answer, answer, nearest
from funds.queries.cells import ALL_PAIRS, STANDARD_PAIRS, Pair, SumsOf, sums_of
from funds.queries.inputs import FundInputs, hash_of_inputs
from funds.queries.look_through import sums_through
from funds.queries.policies import PolicyBook, load_policies
from funds.queries.questions import Target, question
from funds.queries.sums import Moment


@dataclass(frozen=True)
class FundTolerance:
    """One line of the overview. ``answers`` as in ``ToleranceView``; money in fen, shares as fractions."""

    fund: Fund
    moment: Moment
    figures: SumsOf
    answers: tuple[Answer, ...]

    @property
    def main(self) -> Answer:
        """The answer nearest to its cap among those that test one."""
        return nearest(self.answers)

    @cached_property
    def inputs_hash(self) -> str:
        """The same fingerprint as that of the fund's own view."""
        inputs = FundInputs(self.fund, self.figures.fund, self.figures.head, self.figures.sums())
        return hash_of_inputs(self.moment, [inputs], self.answers)


def overview(
    as_of: date, known_at: datetime, *, funds: Sequence[Fund] | None = None, readings: bool = True
) -> list[FundTolerance]:
    """The loss tolerance of ``funds`` (all by default, by code) as of a date, as known at a moment (aware).

    At most six statements, whatever the number of funds; seven more where a policy looks through. ``readings`` False
    leaves out the other definitions of the rate beside the policy's.
    """
    moment = Moment(as_of, known_at)
    everything = funds is None
    chosen: Sequence[Fund] = list(Fund.objects.order_by("code")) if funds is None else funds
    book = load_policies(fund_ids=None if everything else [fund.pk for fund in chosen])
    sums = sums_of(chosen, moment, all_funds=everything, pairs=pairs_needed(book))
    sums = sums_through(chosen, sums, book, moment)
    return [line(fund, sums[fund.pk], book, moment, readings=readings) for fund in chosen]


def pairs_needed(book: PolicyBook) -> Sequence[Pair]:
    """Which sums within projects the policies and the standard readings ask for."""
    stated = [*(rule.theta for rule in book.rules.values()), *(each.theta for each in book.definitions)]
    return ALL_PAIRS if any(theta.get("netting") == Netting.WITHIN_PROJECT for theta in stated) else STANDARD_PAIRS


def line(fund: Fund, figures: SumsOf, book: PolicyBook, moment: Moment, *, readings: bool = True) -> FundTolerance:
    """One fund's line from figures and policies that are loaded already."""
    asked = question(Target.of_fund(fund), [fund], figures.occurring(), moment, book)
    bound = book.bound(moment, fund_id=fund.pk) or [None]
    answers = tuple(answer(asked, figures, book, each, moment, readings=readings) for each in bound)
    return FundTolerance(fund, moment, figures, answers)
