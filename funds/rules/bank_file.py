"""A bank statement as data: which column means what, each row as one movement, and what it may have paid.

Statements give money in and money out in two columns, or one signed amount. Nothing here reads files or records.
"""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from funds.choices.files import DateOrder
from funds.choices.ledger import EventKind
from funds.rules.file_columns import FileField, guess_from
from funds.rules.portfolio_file import FORMULA_SIGNS, CellError, read_date
from innovation.core.errors import RuleViolation
from innovation.core.money import Unit, parse_fen

BANK = "BANK"
"""The layout of a saved mapping for bank statements."""

FIELDS = (
    FileField("day", _("date"), ("date", "交易日期", "记账日期", "入账日期", "日期", "交易时间"), required=True),
    FileField("money_in", _("money in"), ("credit", "money_in", "收入", "收入金额", "贷方", "贷方金额", "贷方发生额")),
    FileField(
        "money_out", _("money out"), ("debit", "money_out", "支出", "支出金额", "借方", "借方金额", "借方发生额")
    ),
    FileField("amount", _("signed amount"), ("amount", "金额", "交易金额", "发生额")),
    FileField("counterparty", _("counterparty"), ("counterparty", "对方户名", "对方单位名称", "对方名称", "对手方")),
    FileField("purpose", _("purpose"), ("purpose", "description", "摘要", "用途", "附言", "摘要/附言")),
    FileField("reference", _("bank reference"), ("reference", "流水号", "交易流水号", "凭证号")),
)


@dataclass(frozen=True)
class BankMapping:
    """How to read a statement. ``columns``: field key → heading in the file."""

    unit: str
    columns: dict[str, str]
    date_order: str = DateOrder.YMD
    layout: str = BANK

    def as_data(self) -> dict[str, Any]:
        return asdict(self)

    def check(self, header: Sequence[str]) -> None:
        """Refuse a mapping that does not fit the file: MONEY_UNIT, MAPPING_COLUMN, MAPPING_MISSING."""
        Unit.from_text(self.unit)
        for key, heading in self.columns.items():
            if heading not in header:
                raise RuleViolation(
                    "MAPPING_COLUMN", _("The file has no column “%(heading)s”.") % {"heading": heading}, field=key
                )
        if "day" not in self.columns:
            raise RuleViolation("MAPPING_MISSING", _("Say which column holds the date."), field="day")
        if ("amount" in self.columns) == bool({"money_in", "money_out"} & self.columns.keys()):
            message = _("Name the columns of money in and out, or the one column of signed amounts.")
            raise RuleViolation("MAPPING_MISSING", message, field="amount")


@dataclass(frozen=True, slots=True)
class BankRow:
    """One movement of the account; ``amount_fen`` above zero came in, below zero went out."""

    row: int
    day: date
    amount_fen: int
    counterparty: str = ""
    purpose: str = ""
    reference: str = ""


@dataclass
class BankFile:
    """What was read of a statement: movements, and what is wrong, cell by cell."""

    rows: list[BankRow] = field(default_factory=list)
    errors: list[CellError] = field(default_factory=list)

    @property
    def money_in(self) -> int:
        return sum(row.amount_fen for row in self.rows if row.amount_fen > 0)

    @property
    def money_out(self) -> int:
        return -sum(row.amount_fen for row in self.rows if row.amount_fen < 0)


def read_rows(header: Sequence[str], rows: Iterable[tuple[int, Sequence[Any]]], mapping: BankMapping) -> BankFile:
    """Every row as a movement, or an error beside its cell; rows without any mapped cell are passed over."""
    places = {key: header.index(heading) for key, heading in mapping.columns.items()}
    found = BankFile()
    for number, cells in rows:
        values = {key: _cell(cells, place) for key, place in places.items()}
        if not any(values.values()):
            continue
        try:
            found.rows.append(_row(number, values, mapping))
        except RuleViolation as violation:
            heading = mapping.columns.get(violation.field or "", "")
            shown = str(values.get(violation.field or "", ""))[:100]
            found.errors.append(CellError(number, heading, shown, violation.code, str(violation.message)))
    return found


def keys_of(rows: Iterable[BankRow]) -> list[str]:
    """A key for each movement: equal rows of one file are told apart by how often they came, so none is lost.

    The same file a second time gives the same keys.
    """
    seen: Counter[tuple[Any, ...]] = Counter()
    keys = []
    for row in rows:
        facts = (row.day.isoformat(), row.amount_fen, row.counterparty, row.purpose, row.reference)
        seen[facts] += 1
        keys.append(hashlib.sha256("\x1f".join(map(str, (*facts, seen[facts]))).encode()).hexdigest())
    return keys


def guess_bank_columns(header: Sequence[str]) -> dict[str, str]:
    """Field → heading for the headings that are known by name; a signed amount only where in and out are missing."""
    found = guess_from(FIELDS, header)
    if {"money_in", "money_out"} & found.keys():
        found.pop("amount", None)
    return found


def same_party(counterparty: str, names: Iterable[str]) -> bool:
    """Whether the bank's name for the other side is one of ``names``, spaces, case and brackets apart."""
    told = _letters(counterparty)
    return bool(told) and any(told == _letters(name) for name in names if name)


_KINDS: tuple[tuple[EventKind, bool, re.Pattern[str]], ...] = (
    (EventKind.FEE, False, re.compile("管理费|management fee", re.IGNORECASE)),
    (EventKind.EXPENSE, False, re.compile("托管|审计|律师|手续费|custod|audit|legal|bank charge", re.IGNORECASE)),
    (EventKind.GRANT, False, re.compile("资助|grant", re.IGNORECASE)),
    (EventKind.GRANT_RETURN, True, re.compile("资助|grant", re.IGNORECASE)),
    (EventKind.INTEREST, True, re.compile("利息|结息|interest", re.IGNORECASE)),
    (EventKind.CALL, True, re.compile("出资|缴款|实缴|capital call|contribution", re.IGNORECASE)),
    (EventKind.DISTRIBUTION, False, re.compile("分配|分红款|distribution", re.IGNORECASE)),
)


def guessed_kind(row_amount_fen: int, purpose: str) -> EventKind | None:
    """The kind of entry of the fund itself that the words of a movement suggest; None when none does."""
    comes_in = row_amount_fen > 0
    return next((kind for kind, is_in, words in _KINDS if is_in == comes_in and words.search(purpose)), None)


def _row(number: int, values: dict[str, Any], mapping: BankMapping) -> BankRow:
    day = values["day"]
    if isinstance(day, datetime):
        day = day.date()
    if not isinstance(day, date):
        day = read_date(str(day or "").strip().split(" ")[0], mapping.date_order)
    if day is None:
        message = _("This is not a date in the order that the mapping states.")
        raise RuleViolation("DATE_FORMAT", message, field="day")
    texts = {key: _text(values.get(key), key)[:200] for key in ("counterparty", "purpose", "reference")}
    return BankRow(number, day, _amount(values, mapping), **texts)


def _amount(values: dict[str, Any], mapping: BankMapping) -> int:
    if "amount" in mapping.columns:
        fen = _fen(values["amount"], "amount", mapping.unit)
    else:
        came, went = (_fen(values.get(key), key, mapping.unit) for key in ("money_in", "money_out"))
        if came and went:
            raise RuleViolation("IN_AND_OUT", _("A row has money in or money out, not both."), field="money_out")
        fen = came - abs(went)
    if fen == 0:
        named = "amount" if "amount" in mapping.columns else "money_in"
        raise RuleViolation("AMOUNT_EMPTY", _("The amount is zero."), field=named)
    return fen


def _fen(cell: Any, key: str, unit: str) -> int:
    text = _text(cell, key, signed=True)
    if not text:
        return 0
    try:
        return parse_fen(text, Unit(unit))
    except RuleViolation as violation:
        raise RuleViolation(violation.code, violation.message, field=key) from None


def _text(cell: Any, key: str, *, signed: bool = False) -> str:
    if cell is None:
        return ""
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()
    if text.startswith(FORMULA_SIGNS) and not (signed and text.startswith("+")):
        raise RuleViolation("FORMULA_CELL", _("The cell holds a formula. Send values only."), field=key)
    return text


def _cell(cells: Sequence[Any], place: int) -> Any:
    return cells[place] if place < len(cells) else None


def _letters(name: str) -> str:
    return re.sub(r"[\s()\[\]·.,-]", "", unicodedata.normalize("NFKC", name)).casefold()
