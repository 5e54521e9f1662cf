"""What-if: the engine's answer for a portfolio with supposed changes. Reads only; nothing is written anywhere.

A supposition is plain data, the same in an address, in a saved scenario and in the API.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext_lazy as _

from funds.choices.tolerance import CapState, CapTest
from funds.models import Fund
from funds.queries.answers import Answer, GroupOf, HoldingsOf, ReadingAnswer, answer
from funds.queries.holdings import Books
from funds.queries.look_through import looks_through, seen_through
from funds.queries.policies import Bound, PolicyBook, thresholds
from funds.queries.questions import Target, question
from funds.queries.stressed import NotStressed, Stressed, stressed_books
from funds.queries.sums import Moment
from funds.queries.tolerance import ToleranceView, evaluated, occurring
from funds.rules.figures import HoldingFigures
from funds.rules.status import CapTerms, tolerance
from funds.rules.stress.changes import Change, ChangeKind, NewMoney, apply
from funds.rules.theta import RULE_FIELDS, Resolved, Theta, value_of_field
from innovation.core.errors import RuleViolation


@dataclass(frozen=True)
class Placed:
    """New money and the fund that invests it."""

    fund_id: int
    money: NewMoney


@dataclass(frozen=True)
class Supposed:
    """What is supposed: changes of holdings, new money, fields of the reading, and another cap.

    ``others`` marks every holding down that no change names, by this share of its fair value (``impaired`` as there).
    ``document`` is the policy document whose answer is asked; None takes the one nearest to its cap.
    """

    changes: tuple[Change, ...] = ()
    new: tuple[Placed, ...] = ()
    reading: Mapping[str, Any] = field(default_factory=dict)
    cap: Fraction | None = None
    document: int | None = None
    others: Fraction | None = None
    impaired: bool = False

    @property
    def is_empty(self) -> bool:
        return not (self.changes or self.new or self.reading or self.cap is not None or self.others is not None)

    def as_data(self) -> dict[str, Any]:
        """Plain values for storage; :meth:`from_data` reads them."""
        return {
            "changes": [
                {
                    "holding": change.holding,
                    "kind": change.kind.value,
                    "share": _fraction_data(change.share),
                    "impaired": change.impaired,
                }
                for change in self.changes
            ],
            "new": [
                {
                    "fund": placed.fund_id,
                    "amount_fen": placed.money.amount,
                    "stage": placed.money.stage,
                    "mode": placed.money.mode,
                    "lost": _fraction_data(placed.money.lost),
                    "called": placed.money.called,
                }
                for placed in self.new
            ],
            "reading": dict(sorted(self.reading.items())),
            "cap": None if self.cap is None else _fraction_data(self.cap),
            "document": self.document,
            "others": None if self.others is None else _fraction_data(self.others),
            "impaired": self.impaired,
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Supposed":
        """Read stored values. Raises RuleViolation for a supposition that cannot be."""
        try:
            return cls(
                changes=tuple(
                    Change(row["holding"], ChangeKind(row["kind"]), _fraction(row["share"]), bool(row["impaired"]))
                    for row in data.get("changes", ())
                ),
                new=tuple(
                    Placed(
                        row["fund"],
                        NewMoney(
                            row["amount_fen"], row["stage"], row["mode"], _fraction(row["lost"]), bool(row["called"])
                        ),
                    )
                    for row in data.get("new", ())
                ),
                reading={name: value_of_field(name, value) for name, value in data.get("reading", {}).items()},
                cap=None if data.get("cap") is None else _fraction(data["cap"]),
                document=data.get("document"),
                others=None if data.get("others") is None else _fraction(data["others"]),
                impaired=bool(data.get("impaired")),
            )
        except (KeyError, TypeError, ValueError, ZeroDivisionError) as error:
            raise RuleViolation("WHATIF_DATA", _("This supposition cannot be read.")) from error


@dataclass(frozen=True)
class WhatIf:
    """One question asked of the portfolio as it is and as it is supposed.

    Neither answer counts a stored probability of breach: that belongs to the portfolio as it is. ``cash`` is what the
    funds hold before and after, in fen.
    """

    target: Target
    supposed: Supposed
    now: Answer
    then: Answer
    stress_now: Stressed | NotStressed
    stress_then: Stressed | NotStressed
    books_now: tuple[tuple[Fund, Books], ...]
    books_then: tuple[tuple[Fund, Books], ...]

    @property
    def cash(self) -> tuple[Fraction, Fraction]:
        return _cash(self.books_now), _cash(self.books_then)


@dataclass(frozen=True)
class Loaded:
    """A view with the policies it was answered by, so that further questions ask the database nothing."""

    view: ToleranceView
    book: PolicyBook

    @property
    def books(self) -> list[tuple[Fund, Books]]:
        return [(fund, self.view.books[fund.pk]) for fund in self.view.funds]

    def bound(self, chosen: Answer) -> Bound | None:
        """The document of an answer as it binds at the view's moment, without stored simulations."""
        target, document = self.view.target, chosen.document
        found = self.book.bound(
            self.view.moment,
            fund_id=target.fund.pk if target.fund else None,
            group_id=target.group.pk if target.group else None,
        )
        return next((replace(b, runs=()) for b in found if document is not None and b.document.pk == document.pk), None)

    def chosen(self, document_id: int | None) -> Answer:
        """The answer of a document, else the one nearest to its cap."""
        asked = (a for a in self.view.answers if a.document is not None and a.document.pk == document_id)
        return next(asked, self.view.main)

    def suppose(self, supposed: Supposed) -> WhatIf:
        """The answer before and after. Raises RuleViolation when a supposition does not fit the portfolio."""
        chosen = self.chosen(supposed.document)
        bound = self.bound(chosen)
        before = self._answer(self.books, bound)
        books = self.books
        if supposed.reading.get("look_through") and not looks_through(self.book):
            seen = seen_through(dict(self.view.books), self.view.moment)
            books = [(fund, seen[fund.pk]) for fund, _own in books]
        after_books = changed_books(books, supposed)
        after = _reread(self._answer(after_books, bound), _figures(self.view.target, after_books), supposed)
        return WhatIf(
            target=self.view.target,
            supposed=supposed,
            now=before,
            then=after,
            stress_now=stressed_books(self.books, before),
            stress_then=stressed_books(after_books, after),
            books_now=tuple(self.books),
            books_then=tuple(after_books),
        )

    def _answer(self, books: list[tuple[Fund, Books]], bound: Bound | None) -> Answer:
        target, moment = self.view.target, self.view.moment
        held: list[HoldingFigures] = [h for _fund, own in books for h in own.holdings]
        asked = question(target, self.view.funds, occurring(target, held), moment, self.book)
        return answer(asked, _figures(target, books), self.book, bound, moment)


def load(target: Target, moment: Moment) -> Loaded:
    """The view of a fund or group with its policies: at most six statements, as ``evaluate``."""
    return Loaded(*evaluated(target, moment))


def changed_books(books: Iterable[tuple[Fund, Books]], supposed: Supposed) -> list[tuple[Fund, Books]]:
    """The books of each fund with its changes and its new money."""
    by_fund: dict[int, list[Change]] = defaultdict(list)
    new: dict[int, list[NewMoney]] = defaultdict(list)
    known = [(fund, own) for fund, own in books]
    owner = {holding.id: fund.pk for fund, own in known for holding in own.holdings}
    for change in supposed.changes:
        # A holding of no fund goes to the first one, whose rules refuse it by name.
        by_fund[owner.get(change.holding, known[0][0].pk if known else 0)].append(change)
    if supposed.others is not None:
        named = {change.holding for change in supposed.changes}
        for holding, fund_id in owner.items():
            if holding not in named:
                by_fund[fund_id].append(Change(holding, ChangeKind.MARK_DOWN, supposed.others, supposed.impaired))
    for placed in supposed.new:
        new[placed.fund_id].append(placed.money)
    if unknown := set(new) - {fund.pk for fund, _own in known}:
        raise RuleViolation("WHATIF_FUND", _("New money names a fund of this scope."), facts={"fund": min(unknown)})
    found = []
    for fund, own in known:
        holdings, figures = apply(own.holdings, own.fund, by_fund[fund.pk], new[fund.pk])
        found.append((fund, Books(figures, holdings, own.head)))
    return found


def _figures(target: Target, books: Iterable[tuple[Fund, Books]]) -> HoldingsOf | GroupOf:
    own = [HoldingsOf(each.fund, each.holdings) for _fund, each in books]
    return own[0] if target.group is None else GroupOf(own)


def _reread(found: Answer, figures: HoldingsOf | GroupOf, supposed: Supposed) -> Answer:
    """The answer under another reading or cap, where one is supposed."""
    if not supposed.reading and supposed.cap is None:
        return found
    theta: Theta = replace(found.resolved.theta, **supposed.reading)
    terms = found.terms
    if supposed.cap is not None:
        binding = terms.binding_at if terms else frozenset()
        terms = CapTerms(CapState.LIMIT, supposed.cap, terms.test if terms else CapTest.LE, binding_at=binding)
    rate = figures.rate(theta)
    largest = figures.largest_delta(theta)
    tested = tolerance(
        scope=found.question.subject.level,
        numerator_signed=rate.numerator_signed,
        denominator=rate.denominator,
        terms=None if found.problem else terms,
        measured_at=found.measured_at,
        thresholds=thresholds(found.rule),
        largest_position_delta=largest,
    )
    resolved = Resolved(theta, found.resolved.from_default - set(supposed.reading), found.resolved.implied)
    readings = (ReadingAnswer(theta, rate, policy=True),)
    return replace(found, resolved=resolved, terms=terms, readings=readings, tolerance=tested, largest_delta=largest)


def _cash(books: Iterable[tuple[Fund, Books]]) -> Fraction:
    return sum((Fraction(own.fund.cash(own.holdings)) for _fund, own in books), Fraction(0))


def _fraction_data(value: Fraction) -> list[int]:
    return [value.numerator, value.denominator]


def _fraction(data: Any) -> Fraction:
    numerator, denominator = data
    return Fraction(int(numerator), int(denominator))


READING_FIELDS = tuple(sorted(RULE_FIELDS))
"""The fields of the definition that may be supposed otherwise."""
