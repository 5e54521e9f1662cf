"""Rows of capital-call and distribution notices in the shape of the ILPA template: one row an investor.

The rows of one notice must equal the split of their sum by commitments and waterfall, to the fen; a row that differs is
refused with the amount that was expected of it. The manager's share of profit, with what the government concedes to
it, is a row of its own: source CARRY, no commitment. ``notice_rows`` writes what this module reads.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from funds.actions.notices import Part, Uses, issue_notice, plan_notice
from funds.choices.files import NoticeKind
from funds.choices.records import LineSource
from funds.imports.lines import Line, RowsRefused
from funds.models import Fund
from funds.models.notices import NOTICES
from funds.queries.notices import Position, positions
from innovation.core.errors import RuleViolation
from innovation.core.money import Unit, format_fen

NOTICE_CELLS = ("fund", "type", "notice_on", "due_on", "purpose", "is_last")
CALLED = ("investments", "fees", "expenses")
Key = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Share:
    """What one row says of one investor, in fen."""

    line: Line
    key: Key
    amount: int
    recallable: int
    uses: Uses


def key_of(line: Line) -> tuple[str, ...]:
    """Rows that say the same of the notice as a whole are one notice."""
    return tuple(line.cells.get(name, "").casefold() for name in NOTICE_CELLS)


def write_notice(lines: Sequence[Line], unit: Unit, actor: Any) -> list[list[str]]:
    """Issue the notice of these rows; returns fund and record of each row in words.

    Raises RowsRefused with the problems row by row, or RuleViolation about the notice as a whole.
    """
    first = lines[0]
    fund = Fund.objects.filter(code=first.cells["fund"]).first()
    if fund is None:
        raise RuleViolation("FUND_UNKNOWN", _("There is no fund with this code."), field="fund")
    word = first.choice("type", NoticeKind).lower()
    notice_on, due_on = first.day("notice_on"), first.day("due_on")
    if notice_on is None or due_on is None:
        field = "notice_on" if notice_on is None else "due_on"
        raise RuleViolation("CELL_MISSING", _("This cell is needed."), field=field)
    is_last = first.flag("is_last")
    shares = _shares(lines, word, fund, {_key(place): place for place in positions(fund, due_on)}, unit)
    facts = {
        "amount_fen": sum(share.amount for share in shares), "recallable_fen": sum(one.recallable for one in shares),
        "notice_on": notice_on, "due_on": due_on,
    }  # fmt: skip
    _not_twice(word, fund, first.cells["purpose"], facts)
    parts = {_key(part.position): part for part in plan_notice(word=word, fund=fund, is_last=is_last, **facts)}
    _same_split(shares, parts, unit)
    notice = issue_notice(
        word=word, fund_id=fund.pk, purpose=first.cells["purpose"][:200], actor=actor,
        uses={share.key: share.uses for share in shares} if word == "call" else None, is_last=is_last, **facts,
    )  # fmt: skip
    told = _("%(notice)s: %(investor)s %(amount)s")
    return [
        [fund.code, told % {"notice": notice, "investor": share.line.cells["investor"],
                            "amount": format_fen(share.amount, unit, with_unit=True)}]
        for share in shares
    ]  # fmt: skip


def _key(place: Position) -> Key:
    return place.stake.investor_id, place.stake.source


def _shares(
    lines: Sequence[Line], word: str, fund: Fund, places: dict[Key, Position], unit: Unit
) -> list[Share]:  # fmt: skip
    """Every row read; all rows are tried, so that each problem is told at once."""
    shares: list[Share] = []
    problems: list[tuple[Line, RuleViolation]] = []
    for line in lines:
        try:
            share = _share(line, word, fund, places, unit)
            if share.key in {one.key for one in shares}:
                raise RuleViolation("INVESTOR_TWICE", _("This investor has a line already."), field="investor")
            shares.append(share)
        except RuleViolation as problem:
            problems.append((line, problem))
    if problems:
        raise RowsRefused(problems)
    return shares


def _share(line: Line, word: str, fund: Fund, places: dict[Key, Position], unit: Unit) -> Share:
    key = _investor(line, word, fund, places)
    committed = places[key].stake.amount_fen if key in places else 0
    if line.fen("commitment", unit) != committed:
        raise RuleViolation(
            "COMMITMENT_DIFFERS",
            _("The commitment on the due day is %(amount)s.") % {"amount": format_fen(committed, unit, with_unit=True)},
            field="commitment",
            facts={"commitment_fen": committed},
        )
    of_call = {name: line.fen(name, unit) for name in CALLED}
    given = line.fen("distribution", unit)
    wrong = given if word == "call" else sum(of_call.values())
    if wrong or min(*of_call.values(), given) < 0:
        field = "distribution" if word == "call" else "investments"
        message = _("A call has investments, fees and expenses, a distribution its amount; none is negative.")
        raise RuleViolation("CELL_OF_OTHER_KIND", message, field=field)
    amount = sum(of_call.values()) if word == "call" else given
    return Share(line, key, amount, line.fen("recallable", unit), Uses(of_call["fees"], of_call["expenses"]))


def _investor(line: Line, word: str, fund: Fund, places: dict[Key, Position]) -> Key:
    """The investor and source of a row; the source may be empty where the investor has one commitment."""
    investor = line.organisation("investor")
    if investor is None:
        raise RuleViolation("CELL_MISSING", _("This cell is needed."), field="investor")
    sources = [source for pk, source in places if pk == investor.pk]
    source = line.choice("source", LineSource) if line.cells.get("source") or len(sources) != 1 else sources[0]
    if source == LineSource.CARRY:
        if word == "call":
            raise RuleViolation("CARRY_IN_CALL", _("Carried interest is paid out, never called."), field="source")
        if investor.pk != fund.manager_id:
            message = _("Carried interest goes to the fund's manager alone.")
            raise RuleViolation("CARRY_OF_OTHER", message, field="investor")
    elif (investor.pk, source) not in places:
        message = _("No commitment of this investor counts on the due day.")
        raise RuleViolation("INVESTOR_NOT_COMMITTED", message, field="investor")
    return investor.pk, source


def _not_twice(word: str, fund: Fund, purpose: str, facts: dict[str, Any]) -> None:
    """Another file with the same notice is not written a second time."""
    same = NOTICES[word].objects.filter(fund=fund, purpose=purpose, state="ISSUED", **facts).first()
    if same is not None:
        raise RuleViolation(
            "NOTICE_EXISTS", _("This notice is issued already: no. %(number)s.") % {"number": same.number},
            field="purpose",
        )  # fmt: skip


def _same_split(shares: Sequence[Share], parts: dict[Key, Part], unit: Unit) -> None:
    """Raises RowsRefused for rows that differ from the split, and for investors that the notice lacks."""
    problems: list[tuple[Line, RuleViolation]] = []
    for share in shares:
        part = parts.pop(share.key, None)
        due = (part.amount_fen, part.recallable_fen) if part else (0, 0)
        for said, expected, field in (
            (share.amount, due[0], "amount"), (share.recallable, due[1], "recallable"),
        ):  # fmt: skip
            if said != expected:
                message = _("The split by commitments and waterfall gives %(amount)s.") % {
                    "amount": format_fen(expected, unit, with_unit=True, decimals=_DECIMALS[unit])
                }
                problems.append((share.line, RuleViolation("SPLIT_DIFFERS", message, field=field)))
    missing = [part for part in parts.values() if part.amount_fen]
    if missing:
        message = _("%(count)s investors with a part have no row.") % {"count": len(missing)}
        problems.append((shares[0].line, RuleViolation("INVESTOR_MISSING", message, field="investor")))
    if problems:
        raise RowsRefused(problems)


_DECIMALS = {Unit.YUAN: 2, Unit.WAN: 6, Unit.YI: 10}
"""Decimals that show a fen."""
