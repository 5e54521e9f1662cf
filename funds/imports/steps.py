"""Take in a portfolio file: upload, map, check as a dry run, confirm, write whole or not at all."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping as Map
from datetime import date
from itertools import islice
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from funds.actions.ledger import Draft, append
from funds.actions.mappings import save_mapping
from funds.choices.ledger import INVESTING_KINDS, EventKind
from funds.choices.records import FundClass, ValuationMethod
from funds.imports.check import Checked, check_table
from funds.imports.reading import read_table
from funds.imports.valuations import write_papers
from funds.models import (
    Fund,
    FundGroup,
    FundGroupMember,
    Investment,
    LedgerEvent,
    PortfolioImport,
    Valuation,
)
from funds.rules.portfolio_file import VALUATION, Line, Mapping
from innovation.accounts.models import User
from innovation.core import jobs
from innovation.core.errors import RuleViolation
from innovation.core.uploads import accept
from innovation.organisations.models import Organisation

SAMPLE_ROWS = 5
PERMISSION = "funds.add_portfolioimport"
SECOND_PERSON = "funds.decide_entryproposal"


def upload_portfolio(*, upload: Any, actor: User) -> PortfolioImport:
    """Check and keep a file; its columns are chosen next.

    Raises RuleViolation with the codes of ``core.uploads`` and ``funds.imports.reading``.
    """
    _require(actor)
    accepted = accept(upload)
    table = read_table(accepted.content, accepted.kind)
    sample = [[_shown(cell) for cell in cells] for __, cells in islice(table.rows, SAMPLE_ROWS)]
    if not sample:
        raise RuleViolation("FILE_NO_ROWS", _("The file has a heading, but no row below it."), field="file")
    accepted.content.seek(0)
    return PortfolioImport.objects.create(
        state=jobs.JobState.DONE,
        file=File(accepted.content, name=accepted.stored_name),
        file_name=accepted.name,
        file_kind=accepted.kind,
        size=accepted.size,
        sha256=accepted.sha256,
        header=table.header,
        sample=sample,
        created_by=actor,
    )


@transaction.atomic
def map_columns(*, import_id: int, mapping: Mapping, actor: User, save_as: str = "") -> PortfolioImport:
    """Set how the file is read and start the dry run; ``save_as`` keeps the mapping for the next file.

    Raises RuleViolation with the codes of ``Mapping.check``, MAPPING_NAME_TAKEN, IMPORT_BUSY,
    IMPORT_WRITTEN, ALREADY_IMPORTED.
    """
    _require(actor)
    row = _locked(import_id)
    mapping.check(row.header)
    data = mapping.as_data()
    row.mapping = data
    row.mapping_sha256 = hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()
    _refuse_second_time(row)
    if save_as:
        save_mapping(name=save_as, content=data)
    _start(row, PortfolioImport.Step.CHECK)
    return row


@transaction.atomic
def confirm_import(*, import_id: int, actor: User) -> PortfolioImport:
    """Write what the dry run showed; with rows above a fund's limit another person than the sender confirms.

    Raises RuleViolation IMPORT_BUSY, IMPORT_WRITTEN, IMPORT_NOT_READY, APPROVAL_REQUIRED.
    """
    _require(actor)
    row = _locked(import_id)
    if not row.is_ready:
        raise RuleViolation("IMPORT_NOT_READY", _("The check has not passed. Mend the file and send it again."))
    _refuse_second_time(row)
    if row.report.get("above_limit") and (row.created_by_id == actor.pk or not actor.has_perm(SECOND_PERSON)):
        raise RuleViolation(
            "APPROVAL_REQUIRED",
            _("The file holds %(count)s rows above their fund's limit. Another person who may approve confirms it.")
            % {"count": row.report["above_limit"]},
        )
    row.confirmed_by = actor
    _start(row, PortfolioImport.Step.WRITE)
    return row


def work_on(job: PortfolioImport) -> None:
    """The job: check the file, or check it again under the funds' locks and write it."""
    if job.step == PortfolioImport.Step.WRITE:
        write_import(job)
        return
    with job.file.open("rb") as content:
        table = read_table(content, job.file_kind)
        checked = check_table(table, Mapping.from_data(job.mapping), _progress_of(job))
    jobs.finish(job, report=checked.report.as_data())


@transaction.atomic
def write_import(job: PortfolioImport) -> None:
    """One transaction: lock the funds in order, check again, write companies, holdings, events and values.

    Raises RuleViolation IMPORT_CHANGED_MEANWHILE when the books changed since the dry run so that a row no longer
    fits; nothing is written then.
    """
    mapping = Mapping.from_data(job.mapping)
    if mapping.create_funds:
        _create_funds(job, mapping)
    codes = job.report["funds"]
    list(Fund.objects.select_for_update(of=("self",)).filter(code__in=codes).order_by("pk"))
    with job.file.open("rb") as content:
        checked = check_table(read_table(content, job.file_kind), mapping, _progress_of(job))
    if checked.report.error_count:
        first = checked.report.errors[0]
        raise RuleViolation(
            "IMPORT_CHANGED_MEANWHILE",
            _("The books changed since the check. Row %(row)s: %(message)s Check the file again.")
            % {"row": first.row, "message": first.message},
        )
    jobs.report_progress(job, 75, _("Writing"))
    receipt = _write(checked, job)
    jobs.finish(job, receipt=receipt, written_at=timezone.now())


def _write(checked: Checked, job: PortfolioImport) -> dict[str, Any]:
    funds = {code: fund.pk for code, fund in checked.books.funds.items()}
    investments = checked.books.investments | _create_investments(checked, funds)
    awards = {key: award.pk for key, award in checked.books.awards.items()}
    source = f"{job.file_name} · #{job.pk}"
    drafts: dict[int, list[Draft]] = defaultdict(list)
    values: list[tuple[int, Line]] = []
    papers: list[tuple[int, Line]] = []
    for line in checked.lines:
        investment_id = investments.get((line.fund, line.investment))
        if line.paper is not None:
            papers.append((investment_id or 0, line))
            continue
        if line.kind == VALUATION:
            values.append((investment_id or 0, line))
            continue
        drafts[funds[line.fund]].append(
            Draft(
                line.kind, line.value_date, line.amount_fen, investment_id, line.cost_relieved_fen,
                line.document or f"{source} · {line.row}",
                award_id=awards.get((line.fund, line.award)),
            )
        )  # fmt: skip
    before = dict(
        LedgerEvent.objects.filter(fund__in=drafts)
        .values("fund_id")
        .annotate(last=Max("seq"))
        .values_list("fund_id", "last")
    )
    last = append(drafts, actor=job.created_by)
    _write_values(values, job)
    submitted = write_papers(papers, unit=job.mapping["unit"], actor=job.created_by) if papers else 0
    codes = {pk: code for code, pk in funds.items()}
    return checked.report.as_data() | {
        "errors": [],
        "new_funds": job.report["new_funds"],
        "ledgers": [
            {"fund": codes[pk], "fund_id": pk, "from": before.get(pk, 0) + 1, "to": seq}
            for pk, seq in sorted(last.items())
        ],
        "values": len(values),
        "papers": len(papers),
        "submitted": submitted,
    }


def _create_funds(job: PortfolioImport, mapping: Mapping) -> None:
    """Funds that the file names and nobody has recorded.

    Their terms are assumed, and the page says so: they begin with their first row, and what the file calls (or else
    invests) counts as committed.
    """
    called: dict[str, int] = defaultdict(int)
    invested: dict[str, int] = defaultdict(int)
    with job.file.open("rb") as content:
        checked = check_table(read_table(content, job.file_kind), mapping, lambda percent, note: None)
    first: dict[str, date] = {}
    for line in checked.lines:
        if line.kind == EventKind.CALL:
            called[line.fund] += line.amount_fen
        elif line.kind in INVESTING_KINDS:
            invested[line.fund] += line.amount_fen
        first[line.fund] = min(line.value_date, first.get(line.fund, line.value_date))
    new = Fund.objects.bulk_create(
        [
            Fund(
                code=code, name_zh=code, fund_class=FundClass.VENTURE, mode=mapping.mode, starts_on=first[code],
                committed_fen=max(called[code] or invested[code], 1),
            )
            for code in checked.report.new_funds
        ]
    )  # fmt: skip
    if mapping.group_code and new:
        group, __ = FundGroup.objects.get_or_create(code=mapping.group_code, defaults={"name_zh": mapping.group_code})
        FundGroupMember.objects.bulk_create(
            [FundGroupMember(group=group, fund=fund, valid_from=fund.starts_on) for fund in new]
        )


def _create_investments(checked: Checked, funds: Map[str, int]) -> dict[tuple[str, str], int]:
    companies = Organisation.objects.bulk_create(
        [
            Organisation(uscc=line.uscc or None, name_zh=line.company[:200], in_directory=False)
            for line in checked.new_companies.values()
        ]
    )
    new = dict(zip(checked.new_companies, (company.pk for company in companies), strict=True))
    known = checked.books.by_name | checked.books.by_uscc | new
    rows = Investment.objects.bulk_create(
        [
            Investment(
                fund_id=funds[fund], code=code, company_id=known[line.uscc or line.company], stage=line.stage,
                mode=line.mode,
            )
            for (fund, code), line in checked.new_investments.items()
        ],
        batch_size=5_000,
    )  # fmt: skip
    return dict(zip(checked.new_investments, (row.pk for row in rows), strict=True))


def _write_values(values: list[tuple[int, Line]], job: PortfolioImport) -> None:
    """Supersede what stood for the same holding and day, then add; the last row of a day in the file wins.

    Whoever confirmed the import approves its values: above a fund's limit that is never the sender.
    """
    approver = job.confirmed_by or job.created_by
    latest = {(investment_id, line.value_date): line for investment_id, line in values}
    now = timezone.now()
    ids = {investment_id for investment_id, __ in latest}
    stands = Valuation.objects.filter(investment__in=ids, superseded_at=None)
    replaced = [
        pk
        for pk, investment, day in stands.values_list("pk", "investment_id", "valid_at")
        if (investment, day) in latest
    ]
    Valuation.objects.filter(pk__in=replaced).update(superseded_at=now)
    Valuation.objects.bulk_create(
        [
            Valuation(
                investment_id=investment_id, valid_at=day, recorded_at=now, fair_value_fen=line.amount_fen,
                method=ValuationMethod.RECENT_ROUND, document=line.document or f"{job.file_name} · {line.row}",
                approved_by=approver,
            )
            for (investment_id, day), line in latest.items()
        ],
        batch_size=5_000,
    )  # fmt: skip


def _require(actor: User) -> None:
    if not actor.has_perm(PERMISSION):
        raise PermissionDenied


def _locked(import_id: int) -> PortfolioImport:
    row = PortfolioImport.objects.select_for_update(of=("self",)).get(pk=import_id)
    if row.written_at:
        raise RuleViolation("IMPORT_WRITTEN", _("This file is in the books already."))
    if row.is_open:
        raise RuleViolation("IMPORT_BUSY", _("This file is being worked on. Wait until it is done."))
    return row


def _refuse_second_time(row: PortfolioImport) -> None:
    twin = PortfolioImport.objects.filter(
        sha256=row.sha256, mapping_sha256=row.mapping_sha256, written_at__isnull=False
    ).first()
    if twin:
        raise RuleViolation(
            "ALREADY_IMPORTED",
            _("This file was imported with this mapping on %(day)s, as import %(number)s.")
            % {"day": timezone.localdate(twin.written_at), "number": twin.pk},
            field="file",
            facts={"import": twin.pk},
        )


def _start(row: PortfolioImport, step: str) -> None:
    row.step, row.state, row.attempts, row.progress, row.note, row.error = step, jobs.JobState.QUEUED, 0, 0, "", ""
    row.sent_at = row.not_before = row.finished_at = None
    row.save()
    jobs.enqueue(row)


def _progress_of(job: PortfolioImport) -> Any:
    return lambda percent, note: jobs.report_progress(job, percent, note)


def _shown(cell: Any) -> str:
    return "" if cell is None else str(cell)[:60]
