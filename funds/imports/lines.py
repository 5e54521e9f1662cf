"""One row of a file of records, read cell by cell."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from funds.forms.fields import OrganisationField
from innovation.core.errors import RuleViolation
from innovation.core.money import Unit, parse_fen

YES = frozenset({"yes", "y", "true", "1", "是"})
NO = frozenset({"", "no", "n", "false", "0", "否"})


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the file: its number and its cells as text, by column."""

    number: int
    cells: Mapping[str, str]

    def day(self, column: str) -> date | None:
        """The day of a cell; None when empty. Raises RuleViolation CELL_DATE."""
        text = self.cells.get(column, "")
        try:
            return date.fromisoformat(text.replace("/", "-").replace(".", "-")[:10]) if text else None
        except ValueError:
            raise RuleViolation("CELL_DATE", _("Write the day as 2026-06-30."), field=column) from None

    def choice(self, column: str, choices: Any) -> str:
        """The code of a cell that holds a code or its label. Raises RuleViolation CELL_CHOICE."""
        text = self.cells.get(column, "").strip()
        for code, label in choices.choices:
            if text.casefold() in {code.casefold(), str(label).casefold()}:
                return str(code)
        allowed = ", ".join(choices.values)
        raise RuleViolation("CELL_CHOICE", _("One of these is expected: %(codes)s.") % {"codes": allowed}, field=column)

    def flag(self, column: str) -> bool:
        """Whether a cell says yes; an empty one says no. Raises RuleViolation CELL_FLAG."""
        text = self.cells.get(column, "").strip().casefold()
        if text in YES:
            return True
        if text in NO:
            return False
        raise RuleViolation("CELL_FLAG", _("Write yes or no."), field=column)

    def organisation(self, column: str) -> Any:
        """The organisation of a cell; None when empty. Raises RuleViolation CELL_ORGANISATION."""
        try:
            return OrganisationField(required=False).clean(self.cells.get(column, ""))
        except ValidationError as error:
            raise RuleViolation("CELL_ORGANISATION", error.messages[0], field=column) from error

    def fen(self, column: str, unit: Unit) -> int:
        """The amount of a cell in fen; 0 when empty. Raises RuleViolation with the codes of ``parse_fen``."""
        text = self.cells.get(column, "")
        if not text:
            return 0
        try:
            return parse_fen(text, unit)
        except RuleViolation as refusal:
            raise RuleViolation(refusal.code, refusal.message, field=column, facts=refusal.facts) from refusal


class RowsRefused(Exception):
    """Rows that belong together and cannot be written, each with what is wrong with it."""

    def __init__(self, problems: list[tuple[Line, RuleViolation]]) -> None:
        super().__init__(problems)
        self.problems = problems
