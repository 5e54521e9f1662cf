"""A portfolio file as data: how it is read, and each row as lines of the books. Nothing here reads files.

Two layouts are known. LEDGER: each row is one event (or one fair value) with its kind in a column. HOLDINGS: each
row is one holding with the amount invested, and lost whole where a column says so, the way public portfolio lists
are kept. Amounts carry the unit that the mapping states; a mapping without unit does not exist.
"""

import re
from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from funds.choices.files import DateOrder, Layout
from funds.choices.ledger import EventKind
from funds.choices.records import InvestmentMode, Stage
from funds.rules import valuation_file
from funds.rules.file_columns import FIELDS
from innovation.core.errors import RuleViolation
from innovation.core.identifiers import check_uscc
from innovation.core.money import MAX_FEN, Unit, parse_fen

VALUATION = "VALUATION"
"""The kind of a row that holds a fair value instead of an event."""

IMPORTED_KINDS = tuple(kind for kind in EventKind if kind not in {EventKind.REVERSAL, EventKind.FX})
_PLAIN_AMOUNT = re.compile(r"(\d{1,15})(?:\.(\d{1,10}))?$")
_DATE = re.compile(r"(\d{1,4})[-/.年](\d{1,2})[-/.月](\d{1,4})日?(?:[ T]0?0:00(?::00)?)?$")
FORMULA_SIGNS = ("=", "+", "@", "\t", "\r")
KIND_WORDS = {str(kind): str(kind) for kind in (*IMPORTED_KINDS, VALUATION)} | {
    "缴款": "CALL", "分配": "DISTRIBUTION", "投资": "INVEST", "追加投资": "FOLLOW_ON", "部分退出": "EXIT_PARTIAL",
    "全部退出": "EXIT_FULL", "核销": "WRITE_OFF", "核销后收回": "RECOVERY_AFTER_WRITE_OFF", "分红": "DIVIDEND",
    "利息": "INTEREST", "管理费": "FEE", "费用": "EXPENSE", "减值": "IMPAIRMENT", "估值": VALUATION,
    "公允价值": VALUATION, "资助拨付": "GRANT", "资助退回": "GRANT_RETURN",
}  # fmt: skip
STAGE_WORDS = {str(stage): str(stage) for stage in Stage} | {
    "种子": "seed", "种子期": "seed", "天使": "angel", "天使轮": "angel", "成长": "growth", "成长期": "growth",
    "创业投资": "venture", "产业": "industry",
}  # fmt: skip


@dataclass(frozen=True)
class Mapping:
    """How to read a file. ``columns``: field key → heading in the file.

    ``fund_code`` is the fund of every row when no column names it; ``fund_prefix`` goes before what the column says.
    ``create_funds`` makes funds that are not known yet, and puts them into the group ``group_code``. HOLDINGS: a row
    whose outcome equals ``loss_value`` is a total loss; ``loss_not_before_investment`` moves an earlier date of loss
    to the day of the investment.
    """

    layout: str
    unit: str
    columns: dict[str, str]
    date_order: str = DateOrder.YMD
    fund_code: str = ""
    fund_prefix: str = ""
    create_funds: bool = False
    group_code: str = ""
    stage: str = Stage.OTHER
    mode: str = InvestmentMode.DIRECT
    loss_value: str = ""
    loss_not_before_investment: bool = False

    def as_data(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_data(cls, data: Map[str, Any]) -> "Mapping":
        return cls(**data)

    def check(self, header: Sequence[str]) -> None:
        """Refuse a mapping that does not fit the file: MAPPING_UNIT, MAPPING_COLUMN, MAPPING_MISSING, MAPPING_FUND."""
        Unit.from_text(self.unit)
        known = {entry.key: entry for entry in FIELDS[self.layout]}
        for key, heading in self.columns.items():
            if key not in known or heading not in header:
                raise RuleViolation(
                    "MAPPING_COLUMN", _("The file has no column “%(heading)s”.") % {"heading": heading}, field=key
                )
        for entry in known.values():
            if entry.required and entry.key not in self.columns:
                raise RuleViolation(
                    "MAPPING_MISSING", _("Say which column holds: %(field)s.") % {"field": entry.label}, field=entry.key
                )
        if not self.fund_code and "fund" not in self.columns:
            raise RuleViolation(
                "MAPPING_FUND", _("Choose the fund, or the column that names the fund of each row."), field="fund_code"
            )
        if not {"investment", "company", "uscc", "award"} & set(self.columns):
            raise RuleViolation(
                "MAPPING_MISSING", _("Say which column names the company or the investment."), field="company"
            )


@dataclass(frozen=True, slots=True)
class CellError:
    """What is wrong in one cell; ``row`` counts the lines of the file from 1, the heading included."""

    row: int
    column: str
    value: str
    code: str
    message: str


@dataclass(slots=True)
class Line:
    """One event or fair value of the file; amounts in fen."""

    row: int
    fund: str
    investment: str
    company: str
    uscc: str
    stage: str
    mode: str
    kind: str
    value_date: date
    amount_fen: int
    cost_relieved_fen: int = 0
    document: str = ""
    award: str = ""
    paper: valuation_file.PaperLine | None = None


@dataclass
class RowReader:
    """Reads rows of cells under one mapping; collects what is wrong in ``errors`` and goes on.

    ``spoiled`` names the holdings, as (fund, investment), of which a row could not be read: their histories are
    incomplete, and testing them would blame rows that are right. ``moved`` counts losses that were moved to the day
    of their investment.
    """

    mapping: Mapping
    header: Sequence[str]
    errors: list[CellError] = field(default_factory=list)
    spoiled: set[tuple[str, str]] = field(default_factory=set)
    moved: int = 0

    def __post_init__(self) -> None:
        self.mapping.check(self.header)
        self.unit = Unit.from_text(self.mapping.unit)
        self.fen = self.unit.fen
        self.digits = len(str(self.fen)) - 1
        place = {heading: index for index, heading in reversed(list(enumerate(self.header)))}
        self.places = {key: place[heading] for key, heading in self.mapping.columns.items()}
        self.dates: dict[str, date | None] = {}
        self.usccs: dict[str, str | None] = {}

    def lines(self, row: int, cells: Sequence[Any]) -> list[Line]:
        """The lines of one row; none when a cell of it is wrong (the errors tell) or the row is blank."""
        if not any(cell not in (None, "") for cell in cells):
            return []
        before = len(self.errors)
        readers = {Layout.LEDGER: self._ledger_row, Layout.VALUATIONS: self._valuation_row}
        found = readers.get(Layout(self.mapping.layout), self._holding_row)(row, cells)
        if len(self.errors) == before:
            return found
        self.spoiled.add((found[0].fund, found[0].investment))
        return []

    def _ledger_row(self, row: int, cells: Sequence[Any]) -> list[Line]:
        word = self._text(row, cells, "kind")
        kind = KIND_WORDS.get(word) or KIND_WORDS.get(word.upper().replace(" ", "_"))
        if kind is None:
            self._wrong(row, "kind", word, "KIND_UNKNOWN", _("This is not a kind of event that a file may bring."))
        line = self._line(row, cells, kind or "", self._date(row, cells, "value_date"))
        line.cost_relieved_fen = self._fen(row, cells, "cost_relieved") if "cost_relieved" in self.places else 0
        line.document = self._text(row, cells, "document")[:200]
        line.award = self._text(row, cells, "award")
        return [line]

    def _valuation_row(self, row: int, cells: Sequence[Any]) -> list[Line]:
        line = self._line(row, cells, VALUATION, self._date(row, cells, "value_date"))
        texts = {key: self._text(row, cells, key) for key in self.places}
        line.paper, problems = valuation_file.read_paper(texts, self.unit)
        for problem in problems:
            key = problem.field or ""
            self._wrong(row, key, texts.get(key, ""), problem.code, problem.message)
        line.document = texts.get("document", "")[:200]
        return [line]

    def _holding_row(self, row: int, cells: Sequence[Any]) -> list[Line]:
        mapping = self.mapping
        line = self._line(row, cells, EventKind.INVEST.value, self._date(row, cells, "value_date"))
        if not mapping.loss_value or self._text(row, cells, "outcome") != mapping.loss_value:
            return [line]
        lost_on = self._date(row, cells, "lost_on") if "lost_on" in self.places else line.value_date
        if mapping.loss_not_before_investment and lost_on < line.value_date:
            lost_on = line.value_date
            self.moved += 1
        loss = Line(
            row, line.fund, line.investment, line.company, line.uscc, line.stage, line.mode,
            EventKind.WRITE_OFF.value, lost_on, 0, line.amount_fen,
        )  # fmt: skip
        return [line, loss]

    def _line(self, row: int, cells: Sequence[Any], kind: str, day: date) -> Line:
        mapping = self.mapping
        fund = self._text(row, cells, "fund")
        if not fund and not mapping.fund_code:
            self._wrong(row, "fund", "", "FUND_MISSING", _("Name the fund of this row."))
        company, uscc = self._text(row, cells, "company"), self._uscc(row, cells)
        investment = self._text(row, cells, "investment") or uscc or company[:60]
        word = self._text(row, cells, "stage")
        stage = (STAGE_WORDS.get(word) or STAGE_WORDS.get(word.lower())) if word else mapping.stage
        if stage is None:
            self._wrong(row, "stage", word, "STAGE_UNKNOWN", _("This is not a known stage."))
        return Line(
            row, f"{mapping.fund_prefix}{fund}" if fund else mapping.fund_code, investment, company, uscc,
            stage or "", mapping.mode, kind, day, self._fen(row, cells, "amount"),
        )  # fmt: skip

    # ── Single cells ─────────────────────────────────────────────────────────────────────────────
    def _text(self, row: int, cells: Sequence[Any], key: str) -> str:
        place = self.places.get(key)
        if place is None or place >= len(cells):
            return ""
        cell = cells[place]
        if cell == "":
            return ""
        if isinstance(cell, str):
            text = cell.strip()
        elif cell is None:
            return ""
        else:
            text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
        if text.startswith(FORMULA_SIGNS):
            self._wrong(row, key, text, "FORMULA_CELL", _("The cell holds a formula. Send values only."))
            return ""
        return text

    def _fen(self, row: int, cells: Sequence[Any], key: str) -> int:
        text = self._text(row, cells, key)
        if not text:
            return 0
        plain = _PLAIN_AMOUNT.match(text)
        if plain and len(plain[2] or "") <= self.digits:
            fen = int(plain[1]) * self.fen + int((plain[2] or "0").ljust(self.digits, "0"))
            if fen <= MAX_FEN:
                return fen
        try:
            return parse_fen(text, self.unit)
        except RuleViolation as violation:
            if violation.code == "MONEY_UNIT":  # words where a number should stand
                self._wrong(row, key, text, "NOT_A_NUMBER", _("This is not a number."))
            else:
                self._wrong(row, key, text, violation.code, violation.message)
            return 0

    def _date(self, row: int, cells: Sequence[Any], key: str) -> date:
        place = self.places[key]
        cell = cells[place] if place < len(cells) else None
        if isinstance(cell, datetime):
            return cell.date()
        if isinstance(cell, date):
            return cell
        text = self._text(row, cells, key)
        if text not in self.dates:
            self.dates[text] = read_date(text, self.mapping.date_order)
        day = self.dates[text]
        if day is None:
            self._wrong(row, key, text, "DATE_FORMAT", _("This is not a date in the order that the mapping states."))
            return date.min
        return day

    def _uscc(self, row: int, cells: Sequence[Any]) -> str:
        text = self._text(row, cells, "uscc")
        if not text:
            return ""
        if text not in self.usccs:
            result = check_uscc(text)
            self.usccs[text] = result.normalised if result.valid else None
        code = self.usccs[text]
        if code is None:
            self._wrong(row, "uscc", text, "USCC_INVALID", _("This is not a valid unified social credit code."))
        return code or ""

    def _wrong(self, row: int, key: str, value: str, code: str, message: str | Promise) -> None:
        heading = self.mapping.columns.get(key, "")
        self.errors.append(CellError(row, heading, value[:100], code, str(message)))


def read_date(text: str, order: str) -> date | None:
    """A day from text in the stated order; year first is always understood. None when it is none."""
    match = _DATE.match(text)
    if not match:
        return None
    first, second, third = (int(part) for part in match.groups())
    if len(match[1]) == 4:  # noqa: PLR2004 - a year is written with four digits
        year, month, day = first, second, third
    elif len(match[3]) != 4 or order == DateOrder.YMD:  # noqa: PLR2004
        return None
    else:
        year = third
        month, day = (first, second) if order == DateOrder.MDY else (second, first)
    try:
        return date(year, month, day)
    except ValueError:
        return None
