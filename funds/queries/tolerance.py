"""How much of its loss tolerance a fund, stage, project or group has used, as of a date and as known at a moment.

``evaluate`` gives one subject with its holdings, ``funds.queries.overview`` all funds at once. Both ask a constant
number of questions to the database, whatever the number of funds, holdings and events.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from funds.choices.tolerance import ScopeLevel
from funds.models import Fund, FundGroup
from funds.queries.answers import Answer, GroupOf, HoldingsOf, answer
from funds.queries.holdings import Books, books_of
from funds.queries.inputs import ENGINE_VERSION, FundInputs, hash_of_inputs
from funds.queries.look_through import looks_through, seen_through
from funds.queries.policies import PolicyBook, load_policies
from funds.queries.questions import Occurring, Target, question
from funds.queries.sums import Moment
from funds.rules.figures import HoldingFigures
from funds.rules.loss import LossCount, Part, loss_count

__all__ = ["ENGINE_VERSION", "Target", "ToleranceView", "evaluate", "members", "view_of"]


@dataclass(frozen=True)
class ToleranceView:
    """Everything that a page, report or API call says about one target at one moment.

    ``answers`` has one entry per document in force, the binding one first; without any document its only entry has
    status NO_RULE and shows the readings under the product's default. ``stage_answers`` are the caps that the same
    documents set for single stages of a fund. Money in fen, shares as fractions.
    """

    target: Target
    moment: Moment
    funds: tuple[Fund, ...]
    books: dict[int, Books]
    answers: tuple[Answer, ...]
    stage_answers: tuple[Answer, ...]
    definition_version: str
    engine_version: str = ENGINE_VERSION

    @property
    def main(self) -> Answer:
        """The answer to show first: the one nearest to its cap among those that test one."""
        tested = [a for a in self.answers if a.tolerance.utilisation is not None]
        return max(tested, key=lambda a: (a.binds, a.tolerance.utilisation), default=self.answers[0])

    @cached_property
    def holdings(self) -> tuple[HoldingFigures, ...]:
        """The holdings of the target, by fund and id."""
        return tuple(self.target.chosen(h for fund in self.funds for h in self.books[fund.pk].holdings))

    @property
    def parts(self) -> dict[int | str, Part]:
        """What each holding adds to the numerator of the main answer's reading (before the government's share)."""
        return {part.id: part for part in self.main.rate.parts}

    @property
    def total_losses(self) -> LossCount:
        """How many holdings lost their whole cost: the count beside the money."""
        return loss_count(self.holdings)

    @cached_property
    def inputs_hash(self) -> str:
        """SHA-256 over everything that the answers depend on; equal inputs give equal answers."""
        inputs = [
            FundInputs(fund, self.books[fund.pk].fund, self.books[fund.pk].head, self.books[fund.pk].sums())
            for fund in self.funds
        ]
        return hash_of_inputs(self.moment, inputs, self.answers)


def evaluate(target: Target, as_of: date, known_at: datetime) -> ToleranceView:
    """The loss tolerance of ``target`` as of a date, as known at a moment (aware).

    At most six statements: two for the figures, three for the policies, one for the members of a group; five more
    where a policy looks through sub-funds.
    """
    return evaluated(target, Moment(as_of, known_at))[0]


def evaluated(target: Target, moment: Moment) -> tuple[ToleranceView, PolicyBook]:
    """The same with the policies it was answered by, for whoever asks on without asking the database."""
    if target.group is not None:
        book = load_policies(group_ids=[target.group.pk])
        funds = members(target.group, moment.as_of)
    else:
        funds = (target.fund,) if target.fund else ()
        book = load_policies(fund_ids=[fund.pk for fund in funds])
    books = books_of(funds, moment)
    if looks_through(book):
        books = seen_through(books, moment)
    return view_of(target, moment, funds, books, book), book


def view_of(
    target: Target, moment: Moment, funds: Sequence[Fund], books: dict[int, Books], book: PolicyBook
) -> ToleranceView:
    """The view from figures and policies that are loaded already."""
    own = [HoldingsOf(books[fund.pk].fund, books[fund.pk].holdings) for fund in funds]
    figures = own[0] if target.group is None else GroupOf(own)
    held = [h for each in own for h in each.holdings]
    group_id = target.group.pk if target.group else None
    fund_id = target.fund.pk if target.fund else None
    bound = book.bound(moment, fund_id=fund_id, group_id=group_id) if target.is_capped else []
    asked = question(target, funds, occurring(target, held), moment, book)
    answers = [answer(asked, figures, book, each, moment) for each in bound]
    stage_answers = []
    if target.level == ScopeLevel.FUND and target.fund is not None:
        for stage in sorted({h.stage for h in held if h.cost}):
            part = Target.of_stage(target.fund, stage)
            of_stage = question(part, funds, occurring(part, held), moment, book)
            stage_answers += [
                found
                for each in bound
                if (found := answer(of_stage, figures, book, each, moment, readings=False)).rule is not None
            ]
    return ToleranceView(
        target=target,
        moment=moment,
        funds=tuple(funds),
        books=books,
        answers=tuple(answers) or (answer(asked, figures, book, None, moment),),
        stage_answers=tuple(stage_answers),
        definition_version=book.definition(moment).version,
    )


def occurring(target: Target, held: Iterable[HoldingFigures]) -> list[Occurring]:
    """What of ``held`` belongs to the target, by stage and mode."""
    return [Occurring(h.stage, h.mode, h.cost, h.remaining) for h in target.chosen(held)]


def members(group: FundGroup, day: date) -> tuple[Fund, ...]:
    """The funds of a group on a day, by code."""
    return tuple(
        Fund.objects.filter(
            pk__in=group.members.filter(valid_from__lte=day).exclude(valid_to__lt=day).values("fund_id")
        ).order_by("code")
    )
