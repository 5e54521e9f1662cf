"""The tolerance register in every format, the page of kept results, and their proof from the command line."""

import csv
import io
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook
from pypdf import PdfReader

from funds.actions import results
from funds.actions.ledger import Draft
from funds.choices.ledger import EventKind
from funds.choices.records import FundClass
from funds.queries.register import register_at, status_changes
from funds.queries.sums import Moment
from funds.reports.register import CODE
from innovation.accounts.choices import Role
from innovation.reports.actions import request_run
from innovation.reports.models import ReportFile
from tests.factories.accounts import UserFactory
from tests.factories.funds import FundFactory
from tests.factories.reports import finished
from tests.funds.scenes import DAY, KNOWN, WAN, bind, book, fund_exceeded, fund_within, invest, venture

pytestmark = pytest.mark.django_db
READERS = {Role.FUND_OFFICER, Role.FINANCE, Role.PROGRAMME_MANAGER, Role.AUDITOR, Role.ADMINISTRATOR}


def files_of(language):
    run, _new = request_run(
        kind=CODE, parameters={}, actor=UserFactory(role=Role.AUDITOR), as_of=DAY, known_at=KNOWN, language=language
    )
    with translation.override(language):
        finished(run)
    return {file.format: bytes(file.content) for file in ReportFile.objects.filter(run=run)}


def test_the_register_has_every_fund_under_every_rule_and_no_grant_money():
    above, within = fund_exceeded(), fund_within()
    mixed = FundFactory(name_en="Mixed Fund")
    bind("CN-GZ-HUANGPU-2025", fund=mixed)
    invest(mixed, 100, stage="seed")
    FundFactory(fund_class=FundClass.GRANT)
    entries = register_at(Moment(DAY, KNOWN))
    lines = [(one.subject.pk, one.stage, str(one.answer.tolerance.status)) for one in entries]
    assert (above.pk, "", "EXCEEDED") in lines
    assert (within.pk, "", "WITHIN") in lines
    assert {pk for pk, *_rest in lines} == {above.pk, within.pk, mixed.pk}
    document = [one for one in entries if one.subject == mixed and one.stage]
    assert all(one.answer.rule is not None for one in document)


def test_the_register_costs_the_same_for_one_fund_and_three(django_assert_max_num_queries):
    counts = []
    for rows in (1, 2):
        for _ in range(rows):
            fund_exceeded()
        with django_assert_max_num_queries(14) as queries:
            register_at(Moment(DAY, KNOWN))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_changes_of_status_are_told_as_they_were_known():
    fund = venture()
    bind("CN-HZ-SHANGCHENG-2025", fund=fund)
    holding = invest(fund, 1000, lost=500)
    days = [date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31)]
    for day in days:
        results.keep_results(as_of=day, known_at=KNOWN)
    changes = status_changes(DAY, KNOWN)
    assert [(one.now.as_of, one.now.status) for one in changes] == [(days[0], "WITHIN"), (days[1], "EXCEEDED")]
    assert status_changes(days[0], KNOWN)[-1].now.as_of == days[0]
    assert status_changes(DAY, KNOWN - timedelta(seconds=1)) == []
    later = KNOWN + timedelta(days=1)
    book(fund, Draft(EventKind.RECOVERY_AFTER_WRITE_OFF, DAY, 400 * WAN, holding.pk), at=later)
    results.keep_results(as_of=DAY, known_at=later)
    assert [one.now.known_at for one in status_changes(DAY, later)][-1] == later


@pytest.mark.parametrize(("language", "title", "status"), [
    ("en", "Tolerance register", "Cap exceeded"), ("zh-hans", "容错登记册", "超过上限"),
])  # fmt: skip
def test_page_pdf_and_workbook_say_the_same_in_both_languages(language, title, status):
    fund = fund_exceeded()
    results.keep_results(as_of=DAY, known_at=KNOWN)
    files = files_of(language)
    with translation.override(language):
        name = fund.name
    rows = list(csv.reader(io.StringIO(files["csv"].decode("utf-8-sig"))))
    assert any(name in row and status in row for row in rows)
    book_ = load_workbook(io.BytesIO(files["xlsx"]), read_only=True)
    cells = [str(cell) for sheet in book_ for row in sheet.iter_rows(values_only=True) for cell in row if cell]
    assert name in cells
    assert status in cells
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(files["pdf"])).pages)
    assert title.replace(" ", "") in text.replace(" ", "").replace("\u00a0", "").replace("\u202f", "")


@pytest.mark.parametrize("role", Role)
def test_who_reads_the_history_of_status(role, client):
    fund = fund_exceeded()
    results.keep_results(as_of=DAY, known_at=KNOWN)
    client.force_login(UserFactory(role=role))
    page = client.get(reverse("funds:results"), {"fund": fund.pk})
    assert page.status_code == (200 if role in READERS else 403)
    if role in READERS:
        assert "Exceeded Fund" in page.text
        assert f"scope=fund-{fund.pk}" in page.text


def test_the_history_costs_the_same_for_one_row_and_three(client, django_assert_max_num_queries):
    client.force_login(UserFactory(role=Role.AUDITOR))
    counts = []
    for rows in (1, 2):
        for _ in range(rows):
            fund_exceeded()
        results.keep_results(as_of=DAY, known_at=KNOWN)
        with django_assert_max_num_queries(14) as queries:
            client.get(reverse("funds:results"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_command_keeps_and_proves_results():
    fund = fund_exceeded()
    out = StringIO()
    call_command("prove_tolerance", keep="2024-06-30", stdout=out)
    assert "1 results kept as of 2024-06-30" in out.getvalue()
    assert "All 1 kept results follow from the books" in out.getvalue()
    fund.committed_fen += 1
    fund.save()
    with pytest.raises(CommandError, match="1 of 1 kept results differ"):
        call_command("prove_tolerance", stdout=StringIO(), stderr=StringIO())
    with pytest.raises(CommandError, match="is no day"):
        call_command("prove_tolerance", keep="2999-01-01", stdout=StringIO())
