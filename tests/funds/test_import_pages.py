"""The import door through its pages and the API: nothing lost on a mistake, nothing written before the button."""

import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from rest_framework.test import APIClient

from funds.choices.files import Layout
from funds.choices.ledger import EventKind
from funds.imports.steps import work_on
from funds.imports.template_file import template_csv, template_xlsx
from funds.models import LedgerEvent, PortfolioImport
from innovation.accounts.choices import Role
from innovation.core import jobs
from innovation.core.forms import new_token
from tests.factories.accounts import UserFactory
from tests.factories.funds import FundFactory, InvestmentFactory

pytestmark = pytest.mark.django_db
SENDERS = {Role.FUND_OFFICER, Role.FINANCE, Role.ADMINISTRATOR}
READERS = SENDERS | {Role.PROGRAMME_MANAGER, Role.AUDITOR}


@pytest.fixture
def fund():
    return FundFactory(code="F-2024-01", starts_on=date(2024, 1, 1))


@pytest.fixture
def officer(client):
    user = UserFactory(role=Role.FUND_OFFICER)
    client.force_login(user)
    return user


def example(content=None):
    return SimpleUploadedFile("example.csv", content or template_csv())


def send(client, **facts):
    given = {"file": example(), "layout": "LEDGER", "form_token": new_token()}
    return client.post(reverse("funds:import_send"), given | facts)


def answers_of(page, **facts):
    form = page.context["form"]
    given = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    return {name: value for name, value in given.items() if value not in (None, False)} | facts


def work(row):
    jobs.run(PortfolioImport, row.pk, work_on)


@pytest.mark.parametrize("content", [template_csv, template_xlsx])
def test_the_example_file_goes_from_upload_to_receipt_as_it_is(content, client, officer, fund):
    address = send(client, file=example(content())).url
    page = client.get(address)
    assert page.context["form"]["unit"].initial == "wan"
    moved = client.post(address, answers_of(page))
    assert moved.status_code == 302, moved.context["form"].errors
    row = PortfolioImport.objects.get()
    assert b"hx-get" in client.get(moved.url).content
    work(row)
    page = client.get(moved.url)
    assert page.context["row"].is_ready
    assert not LedgerEvent.objects.exists()
    client.post(moved.url, {"form_token": new_token()})
    work(row)
    receipt = client.get(moved.url)
    assert "This page is the receipt" in receipt.text
    assert LedgerEvent.objects.filter(kind=EventKind.WRITE_OFF).get().cost_relieved_fen == 550_500_000
    assert receipt.context["row"].receipt["ledgers"] == [{"fund": fund.code, "fund_id": fund.pk, "from": 1, "to": 5}]


@pytest.mark.parametrize("layout", Layout)
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_each_layout_has_an_example_that_passes_the_check_as_it_is(layout, kind, client, officer, fund):
    if layout == Layout.VALUATIONS:
        InvestmentFactory(fund=fund, code="P-001")
    guide = client.get(reverse("funds:import_send")).text
    address = reverse("funds:import_template", args=[layout.lower(), kind])
    assert address in guide
    content = client.get(address)
    assert f"{layout.lower()}-template.{kind}" in content["Content-Disposition"]
    sent = send(client, file=SimpleUploadedFile(f"example.{kind}", content.content), layout=layout)
    client.post(sent.url, answers_of(client.get(sent.url)))
    row = PortfolioImport.objects.get()
    work(row)
    row.refresh_from_db()
    assert (row.report["errors"], row.is_ready) == ([], True)


def test_no_such_example_is_not_found(client, officer):
    assert client.get("/funds/imports/template/ledger.pdf").status_code == 404
    assert client.get("/funds/imports/template/nothing.csv").status_code == 404


def test_cells_that_cannot_be_read_stand_beside_what_was_typed(client, officer, fund):
    wrong = template_csv().replace(b",5000,", b",five thousand,").replace(b",seed,", b",sead,")
    wrong = wrong.replace(b"2025-11-30,,550.5", b"2025-11-30,550.5,")
    address = send(client, file=example(wrong)).url
    client.post(address, answers_of(client.get(address)))
    row = PortfolioImport.objects.get()
    work(row)
    page = client.get(row.get_absolute_url(), headers={"accept-language": "en"})
    found = {(e["row"], e["column"], e["value"]): e["message"] for e in page.context["row"].report["errors"]}
    assert found[2, "amount (万元)", "five thousand"] == "This is not a number."
    assert found[3, "stage", "sead"] == "This is not a known stage."
    assert {(row, column) for row, column, _value in found} >= {(2, "amount (万元)"), (3, "stage")}
    rows = [re.sub(r"<[^>]+>|\s+", " ", row) for row in re.findall(r"<tr[^>]*>.*?</tr>", page.text, re.S)]
    for typed, message in (("five thousand", "This is not a number."), ("sead", "This is not a known stage.")):
        assert any(typed in row and message in row for row in rows)


def test_the_cost_of_a_write_off_in_the_wrong_column_says_where_it_belongs(client, officer, fund):
    wrong = template_csv().replace(b"2025-11-30,,550.5", b"2025-11-30,550.5,")
    address = send(client, file=example(wrong)).url
    client.post(address, answers_of(client.get(address)))
    row = PortfolioImport.objects.get()
    work(row)
    page = client.get(row.get_absolute_url(), headers={"accept-language": "en"})
    (error,) = [e for e in page.context["row"].report["errors"] if e["code"] == "WRITE_OFF_WITH_PROCEEDS"]
    assert (error["row"], error["value"]) == (7, "550.5")
    assert "put the cost under “Cost relieved”" in page.text


def test_no_unit_is_an_error_at_its_field_and_keeps_the_choices(client, officer, fund):
    address = send(client).url
    page = client.post(address, answers_of(client.get(address), unit="", column_document="document"))
    assert "State the unit of the amounts" in page.text
    assert page.context["form"]["column_document"].value() == "document"
    assert not PortfolioImport.objects.exclude(step="map").exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The submitted file is empty."),
        (b"\x00\x01binary", "neither a CSV file nor"),
        (b"PK\x03\x04 not really", "The workbook is damaged"),
        (b"%PDF-1.7 a paper", "neither a CSV file nor"),
        (b"a,b\n\xff\xfe\xfa\n", "neither UTF-8 nor GB 18030"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(content, words, client, officer):
    page = send(client, file=SimpleUploadedFile("x.csv", content))
    assert words in page.text
    assert not PortfolioImport.objects.exists()


def test_errors_stand_beside_their_cells_and_can_be_taken_away(client, officer, fund):
    wrong = template_csv().replace(b"2024-03-01", b"2024-99-01")
    address = send(client, file=example(wrong)).url
    client.post(address, answers_of(client.get(address)))
    row = PortfolioImport.objects.get()
    work(row)
    page = client.get(row.get_absolute_url())
    assert "2024-99-01" in page.text
    assert "This is not a date" in page.text
    assert "Write all rows" not in page.text
    export = client.get(row.get_absolute_url(), {"errors-export": "csv"})
    assert b"2024-99-01" in b"".join(export.streaming_content)
    refused = client.post(row.get_absolute_url(), {"form_token": new_token()})
    assert "The check has not passed" in refused.text
    assert not LedgerEvent.objects.exists()


def test_a_saved_mapping_needs_no_choosing(client, officer, fund):
    address = send(client).url
    client.post(address, answers_of(client.get(address), save_as="Books of F"))
    work(PortfolioImport.objects.get())
    saved = client.get(reverse("funds:import_send")).context["form"].fields["saved"].queryset.get()
    page = client.get(send(client, saved=saved.pk).url)
    assert page.context["form"]["column_kind"].initial == "kind"
    assert page.context["form"]["unit"].value() == "wan"


@pytest.mark.parametrize("role", Role)
@pytest.mark.usefixtures("undrawn")
def test_who_may_open_what(role, client):
    row = PortfolioImport.objects.create(file_name="x", file_kind="csv", size=1, sha256="0", state="done", step="check")
    client.force_login(UserFactory(role=role))
    for name, arguments, allowed in (
        ("imports", [], READERS),
        ("import_template", ["holdings", "xlsx"], READERS),
        ("import_send", [], SENDERS),
        ("import_columns", [row.pk], SENDERS),
        ("import", [row.pk], READERS),
        ("import_progress", [row.pk], SENDERS),
    ):
        status = client.get(reverse(f"funds:{name}", args=arguments)).status_code
        assert status == (200 if role in allowed else 403), name


def test_the_list_costs_the_same_for_one_file_and_three(client, officer, django_assert_num_queries):
    for count in (1, 2):
        for _ in range(count):
            PortfolioImport.objects.create(file_name="x", file_kind="csv", size=1, sha256="0", created_by=officer)
        client.get(reverse("funds:imports"))
        with django_assert_num_queries(7):
            client.get(reverse("funds:imports"))


def test_the_api_checks_and_confirms(fund):
    client = APIClient()
    client.force_authenticate(UserFactory(role=Role.FUND_OFFICER))
    mapping = (
        '{"layout": "LEDGER", "unit": "wan", "columns": {"fund": "fund_code", "investment": "project_code", '
        '"company": "company", "kind": "kind", "value_date": "date", "amount": "amount (万元)", '
        '"cost_relieved": "cost_relieved (万元)"}}'
    )
    answer = client.post(reverse("api:import-list"), {"file": example(), "mapping": mapping}, format="multipart")
    assert answer.status_code == 201, answer.json()
    row = PortfolioImport.objects.get()
    early = client.post(reverse("api:import-confirm", args=[row.pk]))
    assert (early.status_code, early.json()["code"]) == (422, "IMPORT_BUSY")
    work(row)
    assert client.post(reverse("api:import-confirm", args=[row.pk])).status_code == 202
    work(row)
    assert client.get(reverse("api:import-detail", args=[row.pk])).json()["receipt"]["rows"] == 6
    for wrong in ("[]", '{"unit": "wan"}'):
        answer = client.post(reverse("api:import-list"), {"file": example(), "mapping": wrong}, format="multipart")
        assert answer.status_code == 400
