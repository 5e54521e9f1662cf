"""Take in files of funds, commitments or notices: checked as a dry run by the very writing, taken back again."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from funds.actions.notices import PERMISSION as NOTICE_PERMISSION
from funds.actions.terms import record_commitment
from funds.choices.files import RecordFile
from funds.choices.records import FundClass, FundKind, FundState, MoneySource
from funds.forms.fields import parse_share
from funds.imports.lines import Line, RowsRefused
from funds.imports.notices import key_of, write_notice
from funds.imports.reading import FileTable, read_table
from funds.models import Fund, RecordImport
from funds.rules.file_columns import stated_unit
from innovation.accounts.models import User
from innovation.core import jobs
from innovation.core.errors import RuleViolation
from innovation.core.money import Unit, parse_fen
from innovation.core.uploads import accept

PERMISSION = "funds.add_recordimport"
MAX_ROWS, MAX_ERRORS = 5_000, 200
HEADINGS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    RecordFile.FUNDS: {
        "code": ("code", "fund_code", "基金代码", "代码"),
        "name_zh": ("name_zh", "chinese_name", "name", "基金名称", "名称"),
        "name_en": ("name_en", "english_name", "英文名称"),
        "kind": ("kind", "类型"),
        "fund_class": ("class", "fund_class", "类别"),
        "starts_on": ("start", "starts_on", "起始日", "成立日"),
        "ends_on": ("end", "ends_on", "截止日"),
        "committed": ("committed", "committed_capital", "认缴规模"),
        "government": ("government_share", "government", "财政占比"),
        "manager": ("manager", "管理人"),
        "mother": ("mother_fund", "mother", "母基金"),
    },
    RecordFile.COMMITMENTS: {
        "fund": ("fund_code", "fund", "基金代码"),
        "investor": ("investor", "出资人"),
        "source": ("source", "money", "资金来源"),
        "amount": ("amount", "committed", "认缴金额", "认缴出资"),
        "valid_from": ("from", "valid_from", "起始日"),
        "valid_to": ("to", "valid_to", "截止日"),
        "document": ("document", "来源文件"),
    },
    RecordFile.NOTICES: {
        "fund": ("fund_code", "fund", "基金代码"),
        "type": ("type", "transaction_type", "类型", "通知类型"),
        "notice_on": ("notice_date", "notice", "通知日"),
        "due_on": ("due_date", "due", "应缴日", "到期日"),
        "purpose": ("purpose", "用途"),
        "investor": ("investor", "limited_partner", "出资人"),
        "source": ("source", "money", "资金来源"),
        "commitment": ("commitment", "committed", "认缴金额", "认缴出资"),
        "investments": ("investments", "investment", "项目投资"),
        "fees": ("fees", "management_fees", "管理费"),
        "expenses": ("expenses", "partnership_expenses", "基金费用"),
        "distribution": ("distribution", "distributions", "分配"),
        "recallable": ("recallable", "recallable_distributions", "可回拨"),
        "is_last": ("last", "last_distribution", "最后一次分配"),
    },
}  # fmt: skip
"""Columns of each kind of file and the headings by which they are known."""
NEEDED = {
    RecordFile.FUNDS: ("code", "name_zh", "kind", "fund_class", "starts_on", "committed", "government"),
    RecordFile.COMMITMENTS: ("fund", "investor", "source", "amount", "valid_from"),
    RecordFile.NOTICES: ("fund", "type", "notice_on", "due_on", "purpose", "investor", "commitment"),
}


def upload_records(*, upload: Any, kind: str, actor: User) -> RecordImport:
    """Check and keep a file and start its dry run.

    Raises RuleViolation with the codes of ``core.uploads`` and ``funds.imports.reading``, COLUMN_MISSING,
    UNIT_MISSING, ALREADY_IMPORTED.
    """
    _require(actor)
    if kind == RecordFile.NOTICES and not actor.has_perm(NOTICE_PERMISSION):
        raise PermissionDenied
    accepted = accept(upload)
    table = read_table(accepted.content, accepted.kind)
    _columns(table.header, kind)
    _unit(table.header)
    if RecordImport.objects.filter(sha256=accepted.sha256, kind=kind, written_at__isnull=False).exists():
        raise RuleViolation("ALREADY_IMPORTED", _("This file was imported already."), field="file")
    accepted.content.seek(0)
    with transaction.atomic():
        row = RecordImport.objects.create(
            kind=kind, file=File(accepted.content, name=accepted.stored_name), file_name=accepted.name,
            file_kind=accepted.kind, size=accepted.size, sha256=accepted.sha256, created_by=actor,
        )  # fmt: skip
        jobs.enqueue(row)
    return row


@transaction.atomic
def confirm_records(*, import_id: int, actor: User) -> RecordImport:
    """Write what the dry run showed. Raises RuleViolation IMPORT_NOT_READY."""
    _require(actor)
    row = RecordImport.objects.select_for_update(of=("self",)).get(pk=import_id)
    if not row.is_ready or row.written_at:
        raise RuleViolation("IMPORT_NOT_READY", _("The check has not passed. Mend the file and send it again."))
    row.step, row.state, row.attempts, row.progress, row.note, row.error = (
        RecordImport.Step.WRITE, jobs.JobState.QUEUED, 0, 0, "", "",
    )  # fmt: skip
    row.sent_at = row.not_before = row.finished_at = None
    row.save()
    jobs.enqueue(row)
    return row


def work_on_records(job: RecordImport) -> None:
    """The job: write all rows; in the check take everything back and keep what was found."""
    with transaction.atomic():
        report = _write_all(job)
        if job.step == RecordImport.Step.CHECK or report["errors"]:
            transaction.set_rollback(True)
    if job.step == RecordImport.Step.CHECK:
        jobs.finish(job, report=report)
    elif report["errors"]:
        first = report["errors"][0]
        raise RuleViolation(
            "IMPORT_CHANGED_MEANWHILE",
            _("The records changed since the check. Row %(row)s: %(message)s Check the file again.") % first,
        )
    else:
        jobs.finish(job, report=report, written_at=timezone.now())


def _write_all(job: RecordImport) -> dict[str, Any]:
    errors: list[dict[str, Any]] = []
    shown: list[list[str]] = []
    count = 0
    with job.file.open("rb") as content:
        table = read_table(content, job.file_kind)
        unit = _unit(table.header)
        for lines in _units_of_work(table, job.kind):
            count += len(lines)
            if count > MAX_ROWS:
                raise RuleViolation("FILE_TOO_LONG", _("The file has more than 5,000 rows. Split it."), field="file")
            try:
                with transaction.atomic():
                    texts = WRITERS[job.kind](lines, unit, job.created_by)
                shown += [[str(line.number), *text] for line, text in zip(lines, texts, strict=True)]
            except RowsRefused as refused:
                errors += [{"row": line.number} | one for line, each in refused.problems for one in _told(each, line)]
            except (RuleViolation, ValidationError) as problem:
                errors += [{"row": lines[0].number} | one for one in _told(problem, lines[0])]
            if len(errors) >= MAX_ERRORS:
                break
    if not count:
        raise RuleViolation("FILE_NO_ROWS", _("The file has a heading, but no row below it."), field="file")
    return {"rows": count, "errors": errors, "shown": shown[:MAX_ERRORS]}


def _units_of_work(table: FileTable, kind: str) -> Iterator[list[Line]]:
    """What is written in one step: a row, or all rows of one notice, in the order of their first row."""
    rows = _lines(table, kind)
    if kind != RecordFile.NOTICES:
        yield from ([line] for line in rows)
        return
    notices: dict[tuple[str, ...], list[Line]] = {}
    for line in islice(rows, MAX_ROWS + 1):
        notices.setdefault(key_of(line), []).append(line)
    yield from notices.values()


def _told(problem: RuleViolation | ValidationError, line: Line) -> list[dict[str, str]]:
    if isinstance(problem, RuleViolation):
        field = problem.field or ""
        value = line.cells.get(field, "")
        return [{"column": field, "value": value, "message": str(problem.message), "code": problem.code}]
    messages = problem.message_dict if hasattr(problem, "error_dict") else {"": problem.messages}
    return [
        {"column": "" if field == "__all__" else field, "value": line.cells.get(field, ""), "message": text,
         "code": "FUND_REFUSED"}
        for field, texts in messages.items() for text in texts
    ]  # fmt: skip


def _write_fund(line: Line, unit: Unit, actor: User) -> list[str]:
    try:
        share = parse_share(line.cells["government"])
    except ValidationError as error:
        raise RuleViolation("CELL_SHARE", error.messages[0], field="government") from error
    mother = line.cells.get("mother", "")
    parent = Fund.objects.filter(code=mother).first() if mother else None
    if mother and parent is None:
        raise RuleViolation("FUND_UNKNOWN", _("There is no fund with this code."), field="mother")
    fund = Fund(
        code=line.cells["code"], name_zh=line.cells["name_zh"], name_en=line.cells.get("name_en", ""),
        kind=line.choice("kind", FundKind), fund_class=line.choice("fund_class", FundClass),
        state=FundState.PREPARING, starts_on=line.day("starts_on"), ends_on=line.day("ends_on"),
        committed_fen=parse_fen(line.cells["committed"], unit), government_num=share.numerator,
        government_den=share.denominator, manager=line.organisation("manager"), parent=parent,
    )  # fmt: skip
    fund.full_clean()
    fund.save()
    return [fund.code, fund.name_zh]


def _write_commitment(line: Line, unit: Unit, actor: User) -> list[str]:
    fund = Fund.objects.filter(code=line.cells["fund"]).first()
    if fund is None:
        raise RuleViolation("FUND_UNKNOWN", _("There is no fund with this code."), field="fund")
    investor, since = line.organisation("investor"), line.day("valid_from")
    if investor is None or since is None:
        field = "investor" if investor is None else "valid_from"
        raise RuleViolation("CELL_MISSING", _("This cell is needed."), field=field)
    row = record_commitment(
        fund_id=fund.pk, investor_id=investor.pk, source=line.choice("source", MoneySource),
        amount_fen=parse_fen(line.cells["amount"], unit), valid_from=since, valid_to=line.day("valid_to"),
        document=line.cells.get("document", "")[:200], actor=actor,
    )  # fmt: skip
    return [fund.code, f"{investor.name_zh} {row.amount_fen}"]


def _one(write: Callable[[Line, Unit, Any], list[str]]) -> "Writer":
    """A writer of single rows as a writer of rows that belong together."""
    return lambda lines, unit, actor: [write(line, unit, actor) for line in lines]


Writer = Callable[[Sequence[Line], Unit, Any], list[list[str]]]
WRITERS: Mapping[str, Writer] = {
    RecordFile.FUNDS: _one(_write_fund),
    RecordFile.COMMITMENTS: _one(_write_commitment),
    RecordFile.NOTICES: write_notice,
}


def _lines(table: FileTable, kind: str) -> Iterator[Line]:
    places = _columns(table.header, kind)
    for number, cells in table.rows:
        texts = {name: _text(cells[at]) if at < len(cells) else "" for name, at in places.items()}
        if any(texts.values()):
            yield Line(number, texts)


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _columns(header: Sequence[str], kind: str) -> dict[str, int]:
    """Where each column stands. Raises RuleViolation COLUMN_MISSING."""
    plain = [re.sub(r"[(（\[].*", "", heading).strip().casefold().replace(" ", "_") for heading in header]
    known = HEADINGS[kind]
    places = {
        name: next(at for at, heading in enumerate(plain) if heading in names)
        for name, names in known.items()
        if any(heading in names for heading in plain)
    }
    missing = [known[name][0] for name in NEEDED[RecordFile(kind)] if name not in places]
    if missing:
        message = _("The file lacks these columns: %(columns)s.") % {"columns": ", ".join(missing)}
        raise RuleViolation("COLUMN_MISSING", message, field="file")
    return places


def _unit(header: Sequence[str]) -> Unit:
    """The unit of the amounts. Raises RuleViolation UNIT_MISSING: none is ever assumed."""
    unit = stated_unit(header)
    if not unit:
        message = _("Name the unit of the amounts in their heading, as in “committed (万元)”.")
        raise RuleViolation("UNIT_MISSING", message, field="file")
    return Unit(unit)


def _require(actor: User) -> None:
    if not actor.has_perm(PERMISSION):
        raise PermissionDenied
