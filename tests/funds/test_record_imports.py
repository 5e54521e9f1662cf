"""Files of funds and commitments: a dry run that writes nothing, all or nothing, twice is once."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from funds.choices.files import RecordFile
from funds.choices.records import FundKind, FundState
from funds.imports import records
from funds.models import Commitment, Fund, RecordImport
from funds.views.record_imports import EXAMPLES
from innovation.accounts.choices import Role
from innovation.core import jobs
from innovation.core.errors import RuleViolation
from tests.factories.accounts import UserFactory
from tests.factories.funds import FundFactory
from tests.factories.organisations import OrganisationFactory

pytestmark = pytest.mark.django_db
READERS = {Role.FUND_OFFICER, Role.FINANCE, Role.PROGRAMME_MANAGER, Role.AUDITOR, Role.ADMINISTRATOR}
FUNDS = "code,name_zh,kind,class,start,committed (万元),government_share,mother_fund\n"
COMMITMENTS = "fund_code,investor,source,amount (万元),from\n"


def sent(officer, kind, text):
    upload = SimpleUploadedFile("records.csv", text.encode())
    row = records.upload_records(upload=upload, kind=kind, actor=officer)
    jobs.run(RecordImport, row.pk, records.work_on_records)
    row.refresh_from_db()
    return row


def written(officer, kind, text):
    row = sent(officer, kind, text)
    assert row.errors == []
    records.confirm_records(import_id=row.pk, actor=officer)
    jobs.run(RecordImport, row.pk, records.work_on_records)
    row.refresh_from_db()
    return row


def test_funds_are_checked_without_a_trace_and_then_written(officer):
    text = (
        FUNDS
        + "M1,一号母基金,GUIDANCE,VENTURE,2026-01-01,50000,2/5,\nS1,一号子基金,Sub-fund,VENTURE,2026-02-01,9,40%,M1\n"
    )
    row = sent(officer, RecordFile.FUNDS, text)
    assert (row.report["rows"], row.errors, Fund.objects.count()) == (2, [], 0)
    row = written(officer, RecordFile.FUNDS, text + "\n")
    mother, sub = Fund.objects.order_by("code")
    assert (mother.kind, mother.state, mother.committed_fen) == (
        FundKind.GUIDANCE, FundState.PREPARING, 50_000_000_000
    )  # fmt: skip
    assert (sub.parent, sub.government_num, sub.government_den) == (mother, 2, 5)
    assert row.written_at


def test_commitments_are_written_in_the_name_of_who_sent_them(officer):
    fund, investor = FundFactory(code="F1"), OrganisationFactory()
    text = f"{COMMITMENTS}F1,{investor.uscc},Government money,20000,2026-01-01\n"
    assert sent(officer, RecordFile.COMMITMENTS, text).errors == []
    assert not Commitment.objects.exists()
    written(officer, RecordFile.COMMITMENTS, text + "\n")
    row = Commitment.objects.get()
    assert (row.fund, row.investor, row.amount_fen, row.recorded_by) == (fund, investor, 20_000_000_000, officer)


@pytest.mark.parametrize(
    ("kind", "row", "column", "code"),
    [
        ("FUNDS", "F1,一号,BOAT,VENTURE,2026-01-01,5,1/2,", "kind", "CELL_CHOICE"),
        ("FUNDS", "F1,一号,DIRECT,VENTURE,soon,5,1/2,", "starts_on", "CELL_DATE"),
        ("FUNDS", "F1,一号,DIRECT,VENTURE,2026-01-01,5,7,", "government", "CELL_SHARE"),
        ("FUNDS", "F1,一号,DIRECT,VENTURE,2026-01-01,5,1/2,M9", "mother", "FUND_UNKNOWN"),
        ("FUNDS", "F1,一号,GRANT,VENTURE,2026-01-01,5,1/2,", "", "FUND_REFUSED"),
        ("FUNDS", "F1,一号,DIRECT,VENTURE,2026-01-01,-5,1/2,", "", "FUND_REFUSED"),
        ("COMMITMENTS", "F9,x,SOCIAL,5,2026-01-01", "fund", "FUND_UNKNOWN"),
        ("COMMITMENTS", "F0,无此单位,SOCIAL,5,2026-01-01", "investor", "CELL_ORGANISATION"),
        ("COMMITMENTS", "F0,,SOCIAL,5,2026-01-01", "investor", "CELL_MISSING"),
        ("COMMITMENTS", "F0,甲公司,SOCIAL,0,2026-01-01", "amount_fen", "AMOUNT_NOT_POSITIVE"),
    ],
)
def test_what_is_wrong_is_named_by_row_and_cell_and_nothing_is_written(kind, row, column, code, officer):
    FundFactory(code="F0")
    OrganisationFactory(name_zh="甲公司")
    heading = FUNDS if kind == "FUNDS" else COMMITMENTS
    found = sent(officer, kind, f"{heading}{row}\n")
    assert [(one["row"], one["column"], one["code"]) for one in found.errors] == [(2, column, code)]
    with pytest.raises(RuleViolation) as caught:
        records.confirm_records(import_id=found.pk, actor=officer)
    assert caught.value.code == "IMPORT_NOT_READY"
    assert (Fund.objects.count(), Commitment.objects.count()) == (1, 0)


@pytest.mark.parametrize(
    ("text", "code"),
    [("code,name_zh\n", "COLUMN_MISSING"), (FUNDS.replace(" (万元)", ""), "UNIT_MISSING")],
)
def test_a_file_without_its_columns_or_unit_is_refused_at_once(text, code, officer):
    with pytest.raises(RuleViolation) as caught:
        records.upload_records(upload=SimpleUploadedFile("x.csv", text.encode()), kind="FUNDS", actor=officer)
    assert caught.value.code == code


def test_the_same_file_twice_is_written_once(officer):
    text = FUNDS + "F1,一号,DIRECT,VENTURE,2026-01-01,5,1/2,\n"
    row = written(officer, RecordFile.FUNDS, text)
    with pytest.raises(RuleViolation) as caught:
        sent(officer, RecordFile.FUNDS, text)
    assert caught.value.code == "ALREADY_IMPORTED"
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        RecordImport.objects.create(kind=row.kind, sha256=row.sha256, size=1, written_at=timezone.now())
    assert refused.value.__cause__.diag.constraint_name == "record_import_written_once"


def test_records_that_changed_since_the_check_fail_whole(officer):
    text = FUNDS + "F1,一号,DIRECT,VENTURE,2026-01-01,5,1/2,\nF2,二号,DIRECT,VENTURE,2026-01-01,5,1/2,\n"
    row = sent(officer, RecordFile.FUNDS, text)
    FundFactory(code="F2")
    records.confirm_records(import_id=row.pk, actor=officer)
    jobs.run(RecordImport, row.pk, records.work_on_records)
    row.refresh_from_db()
    assert (row.state, row.written_at, Fund.objects.count()) == ("failed", None, 1)
    assert "Row 3" in row.error


def test_a_file_goes_through_its_pages(client, officer):
    client.force_login(officer)
    address = reverse("funds:record_import_send")
    token = client.get(address).context["form"]["form_token"].value()
    example = client.get(reverse("funds:record_template", args=["funds"]))
    upload = SimpleUploadedFile("funds.csv", example.content)
    answer = client.post(address, {"kind": "FUNDS", "file": upload, "form_token": token})
    assert answer.status_code == 302
    row = RecordImport.objects.get()
    assert row.get_absolute_url() == answer.url
    jobs.run(RecordImport, row.pk, records.work_on_records)
    page = client.get(answer.url)
    assert "Write all rows" in page.text
    token = page.context["form"]["form_token"].value()
    assert client.post(answer.url, {"form_token": token}).status_code == 302
    jobs.run(RecordImport, row.pk, records.work_on_records)
    assert "This page is the receipt." in client.get(answer.url).text
    assert Fund.objects.get().code == EXAMPLES[RecordFile.FUNDS][1].split(",")[0]
    assert row.file_name in client.get(reverse("funds:record_imports")).text


@pytest.mark.parametrize("role", Role)
@pytest.mark.usefixtures("undrawn")
def test_who_sends_and_who_reads(role, client, officer):
    row = sent(officer, RecordFile.FUNDS, FUNDS + "F1,一号,DIRECT,VENTURE,2026-01-01,5,1/2,\n")
    user = UserFactory(role=role)
    client.force_login(user)
    for address in (reverse("funds:record_imports"), row.get_absolute_url()):
        assert client.get(address).status_code == (200 if role in READERS else 403)
    sends = role in {Role.FUND_OFFICER, Role.ADMINISTRATOR}
    assert client.get(reverse("funds:record_import_send")).status_code == (200 if sends else 403)
    api = APIClient()
    api.force_authenticate(user)
    assert len(api.get(reverse("api:recordimport-list")).json()["results"]) == (role in READERS)
    upload = SimpleUploadedFile("f.csv", (FUNDS + "F9,九号,DIRECT,VENTURE,2026-01-01,5,1/2,\n").encode())
    answer = api.post(reverse("api:recordimport-list"), {"kind": "FUNDS", "file": upload}, format="multipart")
    assert answer.status_code == (201 if sends else 403)
