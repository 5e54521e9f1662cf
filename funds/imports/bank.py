"""Bank statements on their way in: the file is read again at each step, so that nothing depends on what was shown."""

from collections.abc import Sequence
from itertools import islice
from typing import Any

from django.db import transaction

from funds.actions.bank import keep_statement, take_in
from funds.actions.mappings import save_mapping
from funds.imports.reading import read_table
from funds.models import BankStatement
from funds.rules.bank_file import BankFile, BankMapping, read_rows
from innovation.accounts.models import User
from innovation.core.uploads import accept

SAMPLE_ROWS = 5


def upload_statement(*, fund_id: int, upload: Any, actor: User) -> BankStatement:
    """Check and keep a statement. Raises RuleViolation with the codes of ``core.uploads`` and of reading."""
    accepted = accept(upload)
    table = read_table(accepted.content, accepted.kind)
    accepted.content.seek(0)
    return keep_statement(fund_id=fund_id, accepted=accepted, header=table.header, actor=actor)


def sample_of(statement: BankStatement) -> list[Sequence[str]]:
    """The first rows of a kept statement as text."""
    with statement.file.open("rb") as content:
        table = read_table(content, statement.file_kind)
        rows = islice(table.rows, SAMPLE_ROWS)
        return [["" if cell is None else str(cell)[:60] for cell in cells] for __, cells in rows]


def read_statement(statement: BankStatement, mapping: BankMapping) -> BankFile:
    """What the file says under a mapping; wrong cells are named in it. Raises RuleViolation of the mapping."""
    mapping.check(statement.header)
    with statement.file.open("rb") as content:
        table = read_table(content, statement.file_kind)
        return read_rows(table.header, table.rows, mapping)


@transaction.atomic
def confirm_statement(
    *, statement: BankStatement, mapping: BankMapping, actor: User, save_as: str = ""
) -> BankStatement:
    """Read the file once more and keep its movements; ``save_as`` keeps the mapping for the next statement.

    Raises RuleViolation as ``take_in`` and ``save_mapping``.
    """
    taken = take_in(
        statement_id=statement.pk, mapping=mapping, content=read_statement(statement, mapping), actor=actor
    )  # fmt: skip
    if save_as:
        save_mapping(name=save_as, content=mapping.as_data())
    return taken
