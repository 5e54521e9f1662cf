"""The main job in a browser: a manager reads a fund's loss tolerance, opens its rows, takes it away as files."""

import io
import re
from datetime import UTC, datetime

import openpyxl
import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from innovation.accounts.choices import Role
from innovation.reports.actions import make_run
from innovation.reports.models import ReportRun
from tests.browser import violations
from tests.factories.accounts import UserFactory
from tests.funds import scenes

pytestmark = pytest.mark.django_db(transaction=True)
SIDEWAYS = """
[...document.querySelectorAll(".table-scroll")].filter(box => box.scrollWidth > box.clientWidth + 1)
    .map(box => box.getAttribute("aria-label"))
"""


def test_a_manager_reads_opens_and_takes_away_the_same_figure(visit):
    fund = scenes.fund_within()
    scenes.book(
        fund,
        scenes.Draft(
            scenes.EventKind.WRITE_OFF, scenes.date(2024, 6, 1), 0, fund.investments.last().pk, 150 * scenes.WAN
        ),
        at=datetime(2024, 9, 1, tzinfo=UTC),
    )
    page = visit("/funds/tolerance/", user=UserFactory(role=Role.PROGRAMME_MANAGER))
    page.get_by_role("link", name="Within Fund").first.click()
    expect(page.locator(".result-sentence")).to_contain_text("25.0\u202f%, cap 40.0\u202f%, 15.0 points left")
    expect(page.get_by_text("As known now 25.0\u202f%").first).to_be_visible()

    page.locator("details.chips summary").click()
    page.get_by_label("As of", exact=True).fill("2024-06-30")
    page.get_by_label("Known at", exact=True).fill("2024-07-01T09:00")
    page.locator(".chip-form").get_by_role("button", name="Show").click()
    expect(page.locator(".result-sentence")).to_contain_text("10.0\u202f%, cap 40.0\u202f%, 30.0 points left")
    assert "as_of=2024-06-30" in page.url
    assert not violations(page)

    page.get_by_role("link", name=re.compile("^Trial|测试企业")).first.click()
    expect(page.get_by_role("heading", name="Valuations")).to_be_visible()
    page.go_back()
    page.get_by_role("link", name="Report as PDF").click()
    page.locator("main").get_by_role("button").last.click()
    page.wait_for_url(re.compile(r"/reports/runs/\d+/"))
    run = ReportRun.objects.get()
    make_run(run.pk)
    # The waiting page asks every second and then opens the report by itself.
    expect(page.get_by_text("10.0\u202f%").first).to_be_visible(timeout=30_000)
    pdf = page.request.get(f"/reports/runs/{run.pk}/files/pdf/").body()
    text = "".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(pdf)).pages)
    assert "10.0 %" in text.replace("\u202f", " ")
    book = openpyxl.load_workbook(io.BytesIO(page.request.get(f"/reports/runs/{run.pk}/files/xlsx/").body()))
    values = {cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row}
    assert 0.1 in values


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("zh-hans", 360)])
def test_pages_are_accessible_and_fit(visit, language, width):
    fund = scenes.fund_mixed()
    group = scenes.group_of(fund)
    holding = fund.investments.first()
    manager = UserFactory(role=Role.PROGRAMME_MANAGER)
    for path in (
        "/funds/tolerance/",
        f"/funds/tolerance/?scope=fund-{fund.pk}",
        f"/funds/tolerance/?scope=group-{group.pk}",
        f"/funds/tolerance/timeline/?scope=fund-{fund.pk}",
        f"/funds/{fund.pk}/",
        f"/funds/{fund.pk}/ledger/?figure=cost",
        f"/funds/holdings/{holding.pk}/",
        "/funds/policies/",
        f"/funds/policies/{fund.policy_bindings.get().document_id}/",
    ):
        page = visit(path, user=manager, language=language, width=width)
        assert not violations(page), path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        if width <= 640:
            assert page.evaluate(SIDEWAYS) == [], path


def test_a_narrow_overview_names_each_value_beside_it(visit):
    fund = scenes.fund_within()
    page = visit("/funds/tolerance/", user=UserFactory(role=Role.AUDITOR), width=360)
    cell = page.locator("#table-funds tbody tr", has_text=fund.name_en).locator("td", has_text="10.0\u202f%").first
    assert cell.evaluate("cell => getComputedStyle(cell, '::before').content") == '"Loss rate"'
    page.set_viewport_size({"width": 1280, "height": 900})
    assert cell.evaluate("cell => getComputedStyle(cell, '::before').content") == "none"


def test_without_scripts_all_figures_stand_and_the_time_line_is_a_page(visit):
    fund = scenes.fund_within()
    manager = UserFactory(role=Role.AUDITOR)
    page = visit(f"/funds/tolerance/?scope=fund-{fund.pk}", user=manager, script=False)
    expect(page.locator(".result-sentence")).to_contain_text("10.0\u202f%")
    page.get_by_role("link", name="Open", exact=True).click()
    expect(page.locator("figure.chart")).to_be_visible()
