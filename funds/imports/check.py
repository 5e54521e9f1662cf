"""Check a file against the books: every row by the same rules as a single entry, set by set, without writing."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from funds.choices.files import Layout
from funds.choices.ledger import EventKind
from funds.choices.records import FundKind
from funds.imports.reading import FileTable
from funds.models import BookTerms, Fund, GrantAward, Investment, LedgerEvent, PeriodClose, ValuationPaper
from funds.models.valuation_work import OPEN_STATES
from funds.queries.books import award_events, book_problems
from funds.rules import grants, ledger_checks
from funds.rules.books import needs_second_person
from funds.rules.file_columns import FIELDS
from funds.rules.ledger import Event
from funds.rules.portfolio_file import VALUATION, CellError, Line, Mapping, RowReader
from innovation.core.errors import RuleViolation
from innovation.core.money import Unit, from_fen
from innovation.organisations.models import Organisation

SHOWN_ERRORS = 500
PROGRESS_EVERY = 20_000
AFTER_ALL = 1 << 62
"""Ids of events that are not stored yet begin here: they stand after the stored ones of the same moment."""
COLUMN_OF_FIELD = {"holding": "investment", "amount": "amount", "cost_relieved": "cost_relieved", "kind": "kind"}
AMOUNTS = {"amount": "amount_fen", "cost_relieved": "cost_relieved_fen"}
Progress = Callable[[int, Any], None]


@dataclass
class Books:
    """What the database holds about the funds and companies that a file names."""

    funds: dict[str, Fund]
    closed: dict[int, date]
    investments: dict[tuple[str, str], int]
    events: dict[int, list[Event]]
    by_uscc: dict[str, int]
    by_name: dict[str, int]
    terms: dict[str, BookTerms] = field(default_factory=dict)
    awards: dict[tuple[str, str], GrantAward] = field(default_factory=dict)


@dataclass
class Report:
    """What a check found. Amounts in fen; ``errors`` holds the first ones, ``error_count`` counts all."""

    rows: int = 0
    error_count: int = 0
    errors: list[CellError] = field(default_factory=list)
    totals: list[dict[str, Any]] = field(default_factory=list)
    first_day: str = ""
    last_day: str = ""
    funds: list[str] = field(default_factory=list)
    new_funds: list[str] = field(default_factory=list)
    new_investments: int = 0
    new_companies: int = 0
    repeated: int = 0
    moved: int = 0
    above_limit: int = 0

    def as_data(self) -> dict[str, Any]:
        return asdict(self)


@dataclass
class Checked:
    """A file as lines, with what the books say about them."""

    lines: list[Line]
    books: Books
    report: Report
    new_investments: dict[tuple[str, str], Line]
    new_companies: dict[str, Line]


def check_table(table: FileTable, mapping: Mapping, progress: Progress) -> Checked:
    """Read and test every row; wrong ones are named in the report and none is dropped in silence.

    Reads the database in a fixed number of statements. Run it again under the funds' locks before writing.
    """
    reader = RowReader(mapping, table.header)
    lines: list[Line] = []
    rows = 0
    for number, cells in table.rows:
        lines += reader.lines(number, cells)
        rows += 1
        if not rows % PROGRESS_EVERY:
            progress(min(40, rows // 5_000), _("%(rows)s rows read") % {"rows": f"{rows:,}"})
    progress(45, _("Comparing with the books"))
    books = load_books(lines, mapping)
    checker = _Checker(mapping, books, reader)
    for place, line in enumerate(lines):
        checker.take(place, line)
    progress(70, _("Testing each holding's history"))
    checker.test_holdings()
    checker.test_awards()
    checker.test_complete_books()
    errors = sorted(reader.errors, key=lambda error: error.row)
    report = checker.report(lines, rows, errors, reader.moved)
    return Checked(lines, books, report, checker.new_investments, checker.new_companies)


def load_books(lines: Sequence[Line], mapping: Mapping) -> Books:
    """Funds, holdings and awards with their events, closed periods and companies that the lines name.

    Seven statements, and two more for a file with grants.
    """
    codes = {line.fund for line in lines}
    funds = {fund.code: fund for fund in Fund.objects.filter(code__in=codes)}
    fund_ids = [fund.pk for fund in funds.values()]
    closed: dict[int, date] = {}
    for fund_id, through in PeriodClose.objects.filter(fund__in=fund_ids, reopened_at=None).values_list(
        "fund_id", "through"
    ):
        closed[fund_id] = max(through, closed.get(fund_id, through))
    wanted = {line.investment for line in lines}
    investments = {
        (fund_code, code): pk
        for fund_code, code, pk in Investment.objects.filter(fund__in=fund_ids).values_list("fund__code", "code", "pk")
        if code in wanted
    }
    events: dict[int, list[Event]] = defaultdict(list)
    stored = LedgerEvent.objects.filter(investment__in=list(investments.values())) if investments else ()
    for row in _plain(stored):
        events[row.holding].append(row)
    companies = Organisation.objects.current()
    usccs = {line.uscc for line in lines if line.uscc}
    names = {line.company for line in lines if line.company}
    by_name = dict(companies.filter(name_en__in=names).values_list("name_en", "pk"))
    by_name |= dict(companies.filter(name_zh__in=names).values_list("name_zh", "pk"))
    by_uscc = dict(companies.filter(uscc__in=usccs).values_list("uscc", "pk")) if usccs else {}
    terms = {row.fund.code: row for row in BookTerms.objects.filter(fund__in=fund_ids).select_related("fund")}
    named = {line.award for line in lines if line.award}
    own = GrantAward.objects.filter(fund__in=fund_ids, code__in=named).select_related("fund") if named else ()
    awards = {(award.fund.code, award.code): award for award in own}
    return Books(funds, closed, investments, events, by_uscc, by_name, terms, awards)


def _plain(rows: Any) -> Iterable[Event]:
    if not rows and not hasattr(rows, "values_list"):
        return
    columns = (
        "pk", "kind", "value_date", "recorded_at", "amount_fen", "investment_id", "cost_relieved_fen", "reverses_id",
    )  # fmt: skip
    for pk, kind, *rest in rows.values_list(*columns).iterator(chunk_size=10_000):
        yield Event(pk, EventKind(kind), *rest)


class _Checker:
    """Walks the lines once; every refusal is one of ``ledger_checks`` or names what the file lacks."""

    def __init__(self, mapping: Mapping, books: Books, reader: RowReader) -> None:
        self.mapping, self.books, self.errors, self.spoiled = mapping, books, reader.errors, reader.spoiled
        self.now = timezone.now()
        self.today = timezone.localdate(self.now)
        self.new_investments: dict[tuple[str, str], Line] = {}
        self.new_companies: dict[str, Line] = {}
        self.events: dict[tuple[str, str], list[Event]] = defaultdict(list)
        self.rows: dict[int, Line] = {}
        self.unknown_funds: set[str] = set()
        self.days: dict[tuple[str, date], RuleViolation | None] = {}
        self.repeated = 0
        self.above_limit = 0
        self.of_complete: dict[str, list[Event]] = defaultdict(list)
        self.of_award: dict[int, list[Event]] = defaultdict(list)
        open_papers = ValuationPaper.objects.filter(state__in=OPEN_STATES)
        is_papers = mapping.layout == Layout.VALUATIONS
        self.papers = set(open_papers.values_list("investment_id", "valid_at")) if is_papers else set()

    def take(self, place: int, line: Line) -> None:
        """Test what can be said of one line alone, and file it under its holding."""
        fund = self.books.funds.get(line.fund)
        if fund is None and not self.mapping.create_funds:
            self.unknown_funds.add(line.fund)
            message = _("There is no fund with this code. Record it, or tick “Make funds that are not recorded yet”.")
            self._wrong(line, "fund", line.fund, "FUND_UNKNOWN", message)
            return
        if line.kind == VALUATION and fund is not None and fund.kind == FundKind.GRANT:
            self._refuse(line, grants.no_holdings())
            return
        if line.kind == VALUATION:
            self._holding(line) if line.paper is None else self._paper(line)
            if line.paper is None and (terms := self.books.terms.get(line.fund)):  # a paper has its own approval
                self.above_limit += needs_second_person(line.amount_fen, 0, terms.approval_limit_fen)
            self._refuse(line, self._day_problem(fund, line, is_value=True))
            return
        kind = EventKind(line.kind)
        award = self._award(line)
        key = self._holding(line) if kind in ledger_checks.HOLDING_KINDS and line.investment else None
        event = Event(
            AFTER_ALL + place, kind, line.value_date, self.now, line.amount_fen,
            line.investment if key else None, line.cost_relieved_fen, award=award.pk if award else None,
        )  # fmt: skip
        self._test_alone(fund, line, event)
        if award:
            self.of_award[award.pk].append(event)
            self.rows[place] = line
        if key:
            self.events[key].append(event)
            self.rows[place] = line
        if terms := self.books.terms.get(line.fund):
            self.above_limit += needs_second_person(line.amount_fen, line.cost_relieved_fen, terms.approval_limit_fen)
            if terms.is_complete:
                self.of_complete[line.fund].append(event)
                self.rows[place] = line

    def _test_alone(self, fund: Fund | None, line: Line, event: Event) -> None:
        """What is wrong with an event by itself, with its day, and with its fund."""
        problem = grants.fund_kind_problem(event.kind, fund.kind if fund else FundKind.DIRECT)
        self._refuse(line, problem)
        if problem is None:
            for violation in ledger_checks.shape_problems(event):
                self._refuse(line, violation)
        self._refuse(line, self._day_problem(fund, line))
        if fund is not None:
            self._refuse(line, ledger_checks.fund_state_problem(event.kind, fund.state))

    def test_holdings(self) -> None:
        """Each holding's stored history with the file's events, walked by the rule book."""
        for key, events in self.events.items():
            if key in self.spoiled:
                continue
            stored = self.books.events.get(self.books.investments.get(key, 0), [])
            self.repeated += _repeated(stored, events)
            for problem in ledger_checks.holding_problems([*stored, *events]):
                line = self.rows.get(int(problem.event) - AFTER_ALL) or self.rows[int(events[0].id) - AFTER_ALL]
                self._refuse(line, problem.violation)

    def test_awards(self) -> None:
        """What was paid and returned under each award, with the file's events."""
        if not self.of_award:
            return
        stored: dict[int, list[Event]] = defaultdict(list)
        for row in award_events(list(self.of_award)):
            stored[row.award or 0].append(row)
        committed = {award.pk: award.committed_fen for award in self.books.awards.values()}
        for pk, events in self.of_award.items():
            self.repeated += _repeated(stored[pk], events)
            for problem in grants.award_problems([*stored[pk], *events], committed=committed[pk]):
                line = self.rows.get(int(problem.event) - AFTER_ALL) or self.rows[int(events[0].id) - AFTER_ALL]
                self._refuse(line, problem.violation)

    def test_complete_books(self) -> None:
        """Cash and calls of each fund whose books are complete, with the file's events."""
        for code, events in self.of_complete.items():
            for problem in book_problems(self.books.funds[code], *events):
                line = self.rows.get(int(problem.event) - AFTER_ALL) or self.rows[int(events[0].id) - AFTER_ALL]
                self._refuse(line, problem.violation)

    def report(self, lines: Sequence[Line], rows: int, errors: list[CellError], moved: int) -> Report:
        sums: Counter[str] = Counter()
        relieved: Counter[str] = Counter()
        counts: Counter[str] = Counter()
        wrong = {error.row for error in errors}
        for line in lines:
            if line.row in wrong:
                continue
            counts[line.kind] += 1
            sums[line.kind] += line.amount_fen
            relieved[line.kind] += line.cost_relieved_fen
        days = [line.value_date for line in lines]
        known = self.books.funds
        codes = sorted({line.fund for line in lines})
        return Report(
            rows=rows,
            error_count=len(errors),
            errors=errors[:SHOWN_ERRORS],
            totals=[
                {"kind": kind, "count": counts[kind], "amount_fen": sums[kind], "cost_relieved_fen": relieved[kind]}
                for kind in sorted(counts)
            ],
            first_day=min(days).isoformat() if days else "",
            last_day=max(days).isoformat() if days else "",
            funds=codes,
            new_funds=[code for code in codes if code not in known] if self.mapping.create_funds else [],
            new_investments=len(self.new_investments),
            new_companies=len(self.new_companies),
            repeated=self.repeated,
            moved=moved,
            above_limit=self.above_limit,
        )

    def _holding(self, line: Line) -> tuple[str, str]:
        key = (line.fund, line.investment)
        if key in self.books.investments or key in self.new_investments:
            return key
        self.new_investments[key] = line
        if line.uscc in self.books.by_uscc or (not line.uscc and line.company in self.books.by_name):
            return key
        if not line.company and key not in self.spoiled:
            self._wrong(
                line, "company", "", "COMPANY_MISSING", _("This holding is new: the row must name its company.")
            )
        self.new_companies.setdefault(line.uscc or line.company, line)
        return key

    def _award(self, line: Line) -> GrantAward | None:
        """The award that a line names; one that nobody has recorded is refused, since a file states no terms."""
        if not line.award:
            return None
        award = self.books.awards.get((line.fund, line.award))
        if award is None:
            message = _("This fund has no award with this code. Record it first.")
            self._wrong(line, "award", line.award, "AWARD_UNKNOWN", message)
        return award

    def _paper(self, line: Line) -> None:
        """A paper is written for a holding that is recorded, and one at a time."""
        holding = self.books.investments.get((line.fund, line.investment))
        if holding is None:
            message = _("There is no holding with this code in this fund.")
            self._wrong(line, "investment", line.investment, "HOLDING_UNKNOWN", message)
        elif (holding, line.value_date) in self.papers:
            message = _("Somebody works on a value of this holding for that day already.")
            self._wrong(line, "value_date", line.value_date.isoformat(), "PAPER_EXISTS", message)
        else:
            self.papers.add((holding, line.value_date))

    def _day_problem(self, fund: Fund | None, line: Line, *, is_value: bool = False) -> RuleViolation | None:
        key = (line.fund if not is_value else "", line.value_date)
        if key not in self.days:
            problem = ledger_checks.future_problem(line.value_date, self.today)
            if fund is not None and not is_value:
                problem = (
                    problem
                    or ledger_checks.life_problem(line.value_date, fund.starts_on, fund.ends_on)
                    or ledger_checks.closed_period_problem(line.value_date, self.books.closed.get(fund.pk))
                )
            self.days[key] = problem
        return self.days[key]

    def _refuse(self, line: Line, violation: RuleViolation | None) -> None:
        if violation is None:
            return
        name = violation.field or ""
        if name in AMOUNTS:
            amount = from_fen(getattr(line, AMOUNTS[name]), Unit(self.mapping.unit))
            cell = f"{amount.normalize():f}" if name in self.mapping.columns else ""
            self._wrong(line, name, cell, violation.code, violation.message)
            return
        if line.kind == EventKind.WRITE_OFF and "lost_on" in self.mapping.columns:
            # The row holds no write-off of its own: what can be mended is the day of the loss.
            self._wrong(line, "lost_on", line.value_date.isoformat(), violation.code, violation.message)
            return
        value = getattr(line, name, "") if name in Line.__slots__ else ""
        self._wrong(line, COLUMN_OF_FIELD.get(name, name), str(value), violation.code, violation.message)

    def _missing_column(self, key: str) -> str:
        """What to call a column that the mapping takes no heading for, so that whoever mends the file can add it."""
        label = next((field.label for field in FIELDS[self.mapping.layout] if field.key == key), None)
        return "" if label is None else str(_("%(column)s (not in the file)") % {"column": capfirst(str(label))})

    def _wrong(self, line: Line, key: str, value: str, code: str, message: Any) -> None:
        heading = self.mapping.columns.get(key) or self._missing_column(key)
        self.errors.append(CellError(line.row, heading, value, code, str(message)))


def _repeated(stored: Sequence[Event], events: Sequence[Event]) -> int:
    """How many of ``events`` look like ones that stand in the books already: not refused, but said."""
    if not stored:
        return 0
    known = Counter((e.kind, e.value_date, e.amount, e.cost_relieved) for e in stored)
    return sum(1 for e in events if known[(e.kind, e.value_date, e.amount, e.cost_relieved)])
