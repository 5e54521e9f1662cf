"""Pages, admin, API and import of valuation work: who opens what, what they do, constant queries."""

import csv
import io
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from rest_framework.test import APIClient

from funds.actions.valuation_papers import return_paper
from funds.actions.valuation_rounds import open_round
from funds.choices.files import Layout
from funds.imports.steps import confirm_import, map_columns, upload_portfolio, work_on
from funds.models import PortfolioImport, Threshold, Valuation, ValuationPaper, ValuationRound
from funds.rules.file_columns import guess_columns
from funds.rules.portfolio_file import Mapping
from innovation.accounts.choices import Role
from innovation.core import jobs
from innovation.core.forms import new_token
from tests.factories.accounts import UserFactory, as_role, in_turn
from tests.funds.scenes import WAN
from tests.funds.valuing import INPUTS, QUARTER, VALUE, approved, draft, finance, holding, officer, submitted

pytestmark = pytest.mark.django_db
READERS = {Role.FUND_OFFICER, Role.PROGRAMME_MANAGER, Role.FINANCE, Role.AUDITOR, Role.ADMINISTRATOR}
PREPARERS = {Role.FUND_OFFICER, Role.FINANCE, Role.ADMINISTRATOR}
APPROVERS = {Role.PROGRAMME_MANAGER, Role.FINANCE, Role.ADMINISTRATOR}
ENGLISH = {"accept-language": "en"}


@pytest.mark.usefixtures("undrawn")
def test_who_opens_what(client):
    paper, sent = draft(), submitted()
    row = open_round(quarter_end=QUARTER, actor=None)
    expected = {
        reverse("funds:valuations"): READERS,
        reverse("funds:valuation_paper", args=[paper.pk]): READERS,
        reverse("funds:valuation_rounds"): READERS,
        reverse("funds:valuation_round", args=[row.pk]): READERS,
        reverse("funds:valuation_start"): PREPARERS,
        reverse("funds:valuation_edit", args=[paper.pk]): PREPARERS,
        reverse("funds:valuation_act", args=[paper.pk, "submit"]): PREPARERS,
        reverse("funds:valuation_act", args=[sent.pk, "approve"]): APPROVERS,
        reverse("funds:valuation_act", args=[sent.pk, "return"]): APPROVERS,
        reverse("funds:valuation_round_open"): PREPARERS,
        reverse("funds:valuation_round_lock", args=[row.pk]): APPROVERS,
    }
    for role in in_turn(client):
        shown = {address: client.get(address).status_code for address in expected}
        other = 302 if role is None else 403
        assert shown == {address: 200 if role in roles else other for address, roles in expected.items()}


def typed(**changes):
    columns = {"entry": "entry", "now": "now", "sources": "source"}
    texts = {
        f"{columns[column]}_{key}": text for column, row in INPUTS.items() for key, text in row.items()
    }  # fmt: skip
    plain = {"unit": "wan", "fair_value_amount": "", "fair_value_unit": "wan", "level": "3"}
    return texts | plain | {"form_token": new_token()} | changes


def test_a_value_goes_from_the_form_through_two_people_into_the_figures(client):
    investment = holding()
    author = as_role(client, Role.FUND_OFFICER)
    start = {"investment": investment.pk, "valid_at": "2024-06-30", "method": "NET_ASSETS"}
    address = reverse("funds:valuation_new")
    shown = client.get(address, start, headers=ENGLISH)
    assert "600.00" in shown.text
    wrong = client.post(f"{address}?{shown.request['QUERY_STRING']}", typed(now_assets="1,5"), headers=ENGLISH)
    assert "“1,5” is not a clear amount." in wrong.text
    assert 'value="1,5"' in wrong.text
    sent = client.post(f"{address}?{shown.request['QUERY_STRING']}", typed(submit="1"))
    paper = ValuationPaper.objects.get()
    assert (sent.status_code, sent.url) == (302, paper.get_absolute_url())
    assert (paper.state, paper.fair_value_fen, paper.prepared_by) == ("SUBMITTED", VALUE, author)
    own = client.get(paper.get_absolute_url(), headers=ENGLISH).text
    assert "Another person approves" in own
    judge = as_role(client, Role.FINANCE)
    page = client.get(paper.get_absolute_url(), headers=ENGLISH).text
    for words in (
        "Assets at fair value",
        "5,000.00",
        "Accounts of June 2024",
        "20.00\u202f%",
        "Calibration to the price",
    ):
        assert words.casefold() in page.casefold()
    approve = reverse("funds:valuation_act", args=[paper.pk, "approve"])
    form = {"form_token": new_token(), "reason": "committee 4"}
    assert client.post(approve, form).status_code == 302
    value = Valuation.objects.get()
    assert (value.fair_value_fen, value.prepared_by, value.approved_by) == (VALUE, author, judge)
    assert client.post(approve, form | {"form_token": new_token()}).status_code == 404


def test_a_draft_says_what_is_missing_and_is_worked_on(client):
    paper = draft(entry={})
    as_role(client, Role.FUND_OFFICER)
    page = client.get(paper.get_absolute_url(), headers=ENGLISH).text
    assert "Assets at fair value, On the day of entry: Calibration needs the same input" in page
    assert reverse("funds:valuation_act", args=[paper.pk, "submit"]) not in page
    edit = reverse("funds:valuation_edit", args=[paper.pk])
    shown = client.get(edit).context["form"]
    assert (shown["now_assets"].value(), shown["now_share"].value(), shown["entry_assets"].value()) == (
        "5000",
        "20",
        "",
    )
    refused = client.post(edit, typed(entry_assets="", submit="1"), headers=ENGLISH)
    assert "Calibration needs the same input as it was on the day of entry." in refused.text
    assert client.post(edit, typed()).status_code == 302
    paper.refresh_from_db()
    assert (paper.calibrated_fen, paper.state) == (600 * WAN, "DRAFT")


def test_an_address_without_day_leads_to_the_first_page(client):
    as_role(client, Role.FUND_OFFICER)
    answer = client.get(reverse("funds:valuation_new"), {"investment": "x"})
    assert answer.url == reverse("funds:valuation_start") + "?investment=x"


def test_the_round_shows_its_work_and_is_locked_on_its_page(client):
    first, second = holding(), holding()
    row = open_round(quarter_end=QUARTER, actor=None)
    approved(first)
    as_role(client, Role.PROGRAMME_MANAGER)
    page = client.get(row.get_absolute_url(), headers=ENGLISH).text
    assert "1 / 2" in page
    assert "No value yet" in page
    start = f"investment={second.pk}&amp;valid_at=2024-06-30"
    assert start not in page  # a manager prepares no values
    as_role(client, Role.FUND_OFFICER)
    assert start in client.get(row.get_absolute_url(), headers=ENGLISH).text
    as_role(client, Role.PROGRAMME_MANAGER)
    lock = reverse("funds:valuation_round_lock", args=[row.pk])
    refused = client.post(lock, {"form_token": new_token()}, headers=ENGLISH)
    assert "1 holdings have no approved value yet." in refused.text
    approved(second)
    assert client.post(lock, {"form_token": new_token()}).status_code == 302
    assert ValuationRound.objects.get().state == "LOCKED"


@pytest.mark.parametrize("name", ["funds:valuations", "funds:valuation_rounds", "round", "paper"])
def test_pages_cost_the_same_for_one_row_and_three(client, name, django_assert_max_num_queries):
    row = open_round(quarter_end=QUARTER, actor=None)
    as_role(client, Role.AUDITOR)
    counts = []
    for rows in (1, 2):
        papers = [draft() for _ in range(rows)]
        address = {"round": row.get_absolute_url(), "paper": papers[0].get_absolute_url()}.get(name) or reverse(name)
        client.get(address)
        with django_assert_max_num_queries(14) as queries:
            client.get(address)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_start_page_leads_to_what_waits(client):
    author = officer()
    sent = submitted(actor=author)
    for role, expected in ((Role.FINANCE, True), (Role.PROGRAMME_MANAGER, True), (Role.AUDITOR, False)):
        as_role(client, role)
        assert ("Fair values to approve" in client.get(reverse("home"), headers=ENGLISH).text) is expected
    return_paper(paper_id=sent.pk, actor=finance(), reason="mend")
    client.force_login(author)
    assert "Fair values to mend" in client.get(reverse("home"), headers=ENGLISH).text


def test_the_admin_moves_papers_and_rounds_by_its_buttons(client):
    paper = draft()
    as_role(client, Role.FUND_OFFICER)
    act = reverse("admin:funds_valuationpaper_act", args=[paper.pk, "submit"])
    assert client.post(act).status_code == 302
    approve = reverse("admin:funds_valuationpaper_act", args=[paper.pk, "approve"])
    assert client.post(approve, {"reason": ""}).status_code == 403
    assert client.post(reverse("admin:funds_valuationround_add"), {"quarter_end": "2024-06-30"}).status_code == 302
    as_role(client, Role.PROGRAMME_MANAGER)
    back = reverse("admin:funds_valuationpaper_act", args=[paper.pk, "return"])
    assert client.post(back, {"reason": ""}).status_code == 200
    lock = reverse("admin:funds_valuationround_act", args=[ValuationRound.objects.get().pk, "lock"])
    assert "no approved value yet" in client.post(lock, headers=ENGLISH).text
    assert client.post(approve, {"reason": "so"}).status_code == 302
    assert client.post(lock).status_code == 302
    assert (ValuationRound.objects.get().state, Valuation.objects.count()) == ("LOCKED", 1)
    assert client.get(reverse("admin:funds_valuation_add")).status_code == 403


# ── API ──────────────────────────────────────────────────────────────────────────────────────────
def api(role):
    client = APIClient()
    client.force_authenticate(UserFactory(role=role))
    return client


def body(investment, **changes):
    inputs = {"unit": "wan", "now": INPUTS["now"], "entry": INPUTS["entry"], "source": INPUTS["sources"]}
    facts = {"investment": investment.pk, "valid_at": "2024-06-30", "method": "NET_ASSETS", "inputs_typed": inputs}
    return facts | changes


@pytest.mark.parametrize("role", Role)
def test_who_writes_and_approves_over_the_api(role):
    client = api(role)
    made = client.post(reverse("api:valuationpaper-list"), body(holding()))
    assert made.status_code == (201 if role in PREPARERS else 403)
    sent = submitted()
    listed = client.get(reverse("api:valuationpaper-list")).json()["results"]
    assert (sent.pk in {row["id"] for row in listed}) == (role in READERS)
    answer = client.post(reverse("api:valuationpaper-approve", args=[sent.pk]), {"reason": "yes"})
    assert answer.status_code == (200 if role in APPROVERS else 403 if role in READERS else 404)


def test_a_paper_over_the_api_from_draft_to_value():
    client, investment = api(Role.FUND_OFFICER), holding()
    wrong = client.post(reverse("api:valuationpaper-list"), body(investment, inputs_typed={"now": {"beds": "1"}}))
    assert wrong.status_code == 400
    made = client.post(reverse("api:valuationpaper-list"), body(investment, inputs_typed={"now": INPUTS["now"]}))
    assert made.status_code == 201
    pk = made.json()["id"]
    assert set(made.json()["objections"]) == {"SOURCE_MISSING", "CALIBRATION_MISSING"}
    refused = client.post(reverse("api:valuationpaper-submit", args=[pk]))
    assert (refused.status_code, refused.json()["code"]) == (422, "SOURCE_MISSING")
    mended = client.post(reverse("api:valuationpaper-revise", args=[pk]), body(investment))
    assert mended.json()["objections"] == []
    assert client.post(reverse("api:valuationpaper-submit", args=[pk])).json()["state"] == "SUBMITTED"
    assert client.post(reverse("api:valuation-list"), {}).status_code in {403, 405}
    judge = api(Role.FINANCE)
    assert (
        judge.post(reverse("api:valuationpaper-send-back", args=[pk]), {"reason": "why"}).json()["state"] == "RETURNED"
    )


def test_rounds_and_thresholds_over_the_api():
    client = api(Role.FUND_OFFICER)
    investment = holding()
    made = client.post(reverse("api:valuationround-list"), {"quarter_end": "2024-06-30"})
    assert made.status_code == 201
    pk = made.json()["id"]
    lines = client.get(reverse("api:valuationround-lines", args=[pk])).json()
    assert lines == [
        {
            "investment": investment.pk, "code": investment.code, "fund": investment.fund.code, "state": "MISSING",
            "remaining_fen": 600 * WAN, "paper": None, "fair_value_fen": None,
        }
    ]  # fmt: skip
    assert client.post(reverse("api:valuationround-lock", args=[pk])).status_code == 403
    assert api(Role.FINANCE).post(reverse("api:valuationround-lock", args=[pk])).json()["code"] == "ROUND_INCOMPLETE"
    row = {"key": "IDLE_DAYS", "valid_from": "2026-01-01", "num": 90, "den": 1, "source": "minutes 9"}
    assert client.post(reverse("api:threshold-list"), row).status_code == 201
    assert api(Role.AUDITOR).post(reverse("api:threshold-list"), row).status_code == 403
    assert Threshold.objects.get(valid_from=date(2026, 1, 1)).num == 90


# ── Import ───────────────────────────────────────────────────────────────────────────────────────
HEADER = [
    "fund_code", "project_code", "估值日", "fair_value (万元)", "估值方法", "level", "数据来源", "assets",
    "liabilities", "share", "entry_assets", "entry_share",
]  # fmt: skip


def run(rows, author):
    text = io.StringIO()
    csv.writer(text).writerows([HEADER, *rows])
    upload = SimpleUploadedFile("values.csv", text.getvalue().encode())
    row = upload_portfolio(upload=upload, actor=author)
    mapping = Mapping(layout=Layout.VALUATIONS, unit="wan", columns=guess_columns(Layout.VALUATIONS, HEADER))
    map_columns(import_id=row.pk, mapping=mapping, actor=author)
    jobs.run(PortfolioImport, row.pk, work_on)
    row.refresh_from_db()
    return row


def test_a_file_of_values_is_checked_shown_and_becomes_papers_of_its_sender():
    author, first, second = officer(), holding(code="F1"), holding(code="F2")
    whole = ["F1", first.code, "2024-06-30", "", "净资产法", "3", "accounts", "5000", "1000", "20", "3000", "20"]
    bare = ["F2", second.code, "2024-06-30", "640", "NET_ASSETS", "", "", "", "", "", "", ""]
    row = run([whole, bare], author)
    assert (row.error_count, row.totals[0]["count"], row.totals[0]["amount_fen"]) == (0, 2, 640 * WAN)
    assert not ValuationPaper.objects.exists()
    confirm_import(import_id=row.pk, actor=author)
    jobs.run(PortfolioImport, row.pk, work_on)
    row.refresh_from_db()
    assert (row.receipt["papers"], row.receipt["submitted"]) == (2, 1)
    papers = ValuationPaper.objects.order_by("investment__fund__code")
    assert [(p.state, p.fair_value_fen, p.prepared_by) for p in papers] == [
        ("SUBMITTED", VALUE, author), ("DRAFT", 640 * WAN, author),
    ]  # fmt: skip
    assert not Valuation.objects.exists()


def test_wrong_cells_of_a_file_of_values_are_named():
    author, first = officer(), holding(code="F1")
    draft(first)
    rows = [
        ["F1", "P-none", "2024-06-30", "1", "NET_ASSETS", "", "", "", "", "", "", ""],
        ["F1", first.code, "2024-06-30", "1", "NET_ASSETS", "", "", "", "", "", "", ""],
        ["F1", first.code, "2024-03-31", "1", "guessing", "", "", "", "", "", "", ""],
        ["F1", first.code, "2023-12-31", "1", "NET_ASSETS", "7", "", "1,5", "", "", "", ""],
        ["F1", first.code, "2999-12-31", "1", "NET_ASSETS", "", "", "", "", "", "", ""],
    ]
    row = run(rows, author)
    found = {(error["row"], error["code"], error["column"]) for error in row.report["errors"]}
    assert found == {
        (2, "HOLDING_UNKNOWN", "project_code"), (3, "PAPER_EXISTS", "估值日"), (4, "METHOD_UNKNOWN", "估值方法"),
        (5, "LEVEL_UNKNOWN", "level"), (5, "MONEY_FORMAT", "assets"), (6, "VALUE_DATE_IN_FUTURE", "估值日"),
    }  # fmt: skip
