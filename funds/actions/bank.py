"""Take bank statements in and settle their movements: pay lines of notices, name entries, book, or set aside."""

import hashlib
from itertools import islice
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from funds.actions.entries import Request, submit_entry
from funds.actions.events import Entry, locked_fund
from funds.actions.notices import pay_line
from funds.models import BankLine, BankMatch, BankStatement, EntryProposal, LedgerEvent
from funds.models.bookkeeping_triggers import CASH_IN, CASH_OUT
from funds.queries.bank import lines_of, open_movements, suggestions
from funds.rules.bank_file import BankFile, BankMapping, keys_of
from innovation.accounts.models import User
from innovation.core.errors import RuleViolation
from innovation.core.uploads import Accepted

PERMISSION = "funds.add_bankstatement"
BATCH = 2_000


@transaction.atomic
def keep_statement(*, fund_id: int, accepted: Accepted, header: list[str], actor: User) -> BankStatement:
    """Keep a checked file of a fund's account; its columns are chosen next. PermissionDenied without the right."""
    _require(actor)
    return BankStatement.objects.create(
        fund=locked_fund(fund_id, actor), file=File(accepted.content, name=accepted.stored_name),
        file_name=accepted.name, file_kind=accepted.kind, sha256=accepted.sha256, header=header, uploaded_by=actor,
    )  # fmt: skip


@transaction.atomic
def take_in(*, statement_id: int, mapping: BankMapping, content: BankFile, actor: User) -> BankStatement:
    """Keep every movement of a statement that is not kept yet; nothing enters the ledger by this.

    Raises RuleViolation STATEMENT_TAKEN, STATEMENT_WRONG_CELLS (nothing is kept then), and those of the mapping.
    """
    _require(actor)
    fund_id = BankStatement.objects.values_list("fund_id", flat=True).get(pk=statement_id)
    locked_fund(fund_id, actor)
    statement = BankStatement.objects.select_for_update(of=("self",)).get(pk=statement_id)
    if statement.taken_in_at:
        raise RuleViolation("STATEMENT_TAKEN", _("This statement is taken in already."))
    mapping.check(statement.header)
    if content.errors:
        first = content.errors[0]
        raise RuleViolation(
            "STATEMENT_WRONG_CELLS",
            _("Row %(row)s: %(message)s Nothing was taken in.") % {"row": first.row, "message": first.message},
        )
    if not content.rows:
        raise RuleViolation("STATEMENT_EMPTY", _("No movement was found below the heading."))
    fresh = new_rows(fund_id, content)
    BankLine.objects.bulk_create(
        [
            BankLine(
                statement=statement, fund_id=fund_id, row=row.row, day=row.day, amount_fen=row.amount_fen,
                counterparty=row.counterparty, purpose=row.purpose, reference=row.reference, key=key,
            )
            for key, row in fresh.items()
        ],
        batch_size=BATCH,
    )  # fmt: skip
    statement.mapping, statement.taken_in_at = mapping.as_data(), timezone.now()
    statement.repeated = len(content.rows) - len(fresh)
    statement.save(update_fields=["mapping", "taken_in_at", "repeated"])
    return statement


def new_rows(fund_id: int, content: BankFile) -> dict[str, Any]:
    """The movements of a file that are not kept yet, by their keys."""
    keyed = dict(zip(keys_of(content.rows), content.rows, strict=True))
    known = set(BankLine.objects.filter(fund=fund_id, key__in=list(keyed)).values_list("key", flat=True))
    return {key: row for key, row in keyed.items() if key not in known}


@transaction.atomic
def settle_by_notice(*, line_id: int, word: str, notice_line_id: int, actor: User) -> LedgerEvent | EntryProposal:
    """Book a movement as the payment of a line of a call or distribution, as far as both are open."""
    line = _open_line(line_id, actor)
    return pay_line(
        word=word, line_id=notice_line_id, value_date=line.day, actor=actor, up_to_fen=_left(line),
        document=_document(line), details={"bank_line": line.pk},
    )  # fmt: skip


@transaction.atomic
def settle_by_entry(*, line_id: int, event_id: int, actor: User) -> BankMatch:
    """Say that an entry which is booked already is this movement. Raises RuleViolation ENTRY_MATCHED, ENTRY_MISFIT."""
    line = _open_line(line_id, actor)
    event = LedgerEvent.objects.filter(pk=event_id, fund=line.fund_id).first()
    if event is None or hasattr(event, "reversed_by") or event.amount_fen > _left(line):
        raise RuleViolation("ENTRY_MISFIT", _("This entry does not fit what is open of the movement."))
    if BankMatch.objects.filter(event=event).exists():
        raise RuleViolation("ENTRY_MATCHED", _("This entry is another movement already."))
    return BankMatch.objects.create(line=line, event=event)


@transaction.atomic
def settle_by_booking(
    *,
    line_id: int,
    kind: str,
    actor: User,
    investment_id: int | None = None,
    award_id: int | None = None,
    cost_relieved_fen: int = 0,
    reason: str = "",
    late: bool = False,
) -> LedgerEvent | EntryProposal:
    """Book what is open of a movement as a new entry of ``kind`` on its day, in its direction.

    Raises RuleViolation KIND_DIRECTION when money of that kind flows the other way, and those of ``submit_entry``.
    """
    line = _open_line(line_id, actor)
    if (line.amount_fen > 0) != (kind in CASH_IN) or kind not in {*CASH_IN, *CASH_OUT}:
        message = _("Money of this kind flows the other way.")
        raise RuleViolation("KIND_DIRECTION", message, field="choice")
    entry = Entry(kind, line.day, _left(line), investment_id, cost_relieved_fen, _document(line), award_id)
    request = Request(line.fund_id, entry, reason=reason, late=late, details={"bank_line": line.pk})
    return submit_entry(request=request, actor=actor)


@transaction.atomic
def set_aside(*, line_id: int, reason: str, actor: User) -> BankLine:
    """Say why a movement is no entry of this ledger, such as a transfer between own accounts; for good."""
    line = _open_line(line_id, actor)
    if not reason.strip():
        raise RuleViolation("REASON_MISSING", _("Say why this movement is no entry."), field="reason")
    if line.matched_fen:
        raise RuleViolation("MOVEMENT_MATCHED", _("A part of this movement is settled by entries."))
    line.set_aside_because, line.set_aside_by = reason.strip(), actor
    line.save(update_fields=["set_aside_because", "set_aside_by"])
    return line


@transaction.atomic
def settle_sure(*, fund_id: int, actor: User) -> int:
    """Settle every open movement that has exactly one sure suggestion; returns how many."""
    fund = locked_fund(fund_id, actor)
    _require(actor)
    count = 0
    for line in list(islice(open_movements(fund), BATCH)):
        sure = [found for found in suggestions(fund, [line])[line.pk] if found.sure]
        if len(sure) != 1:
            continue
        if sure[0].what == "is":
            settle_by_entry(line_id=line.pk, event_id=sure[0].pk, actor=actor)
        else:
            settle_by_notice(line_id=line.pk, word=sure[0].word, notice_line_id=sure[0].pk, actor=actor)
        count += 1
    return count


def _open_line(line_id: int, actor: User) -> Any:
    _require(actor)
    found = BankLine.objects.select_related("fund").get(pk=line_id)
    locked_fund(found.fund_id, actor)
    line = lines_of(found.fund).get(pk=line_id)
    if line.set_aside_because or not _left(line):
        raise RuleViolation("MOVEMENT_SETTLED", _("Nothing of this movement is open."))
    if EntryProposal.objects.filter(state="WAITING", details__bank_line=line_id).exists():
        raise RuleViolation("PROPOSAL_WAITING", _("An entry for this movement waits for a second person."))
    return line


def _left(line: Any) -> int:
    return abs(line.amount_fen - line.matched_fen)


def _document(line: BankLine) -> str:
    """Names the movement in the entry; its bank reference, or a short hash of its key."""
    told = line.reference or hashlib.sha256(line.key.encode()).hexdigest()[:12]
    return f"{line.statement_id}/{line.row} · {told}"[:200]


def _require(actor: User) -> None:
    if not actor.has_perm(PERMISSION):
        raise PermissionDenied
