"""The frame, the start pages, the error pages and all components in a real browser."""

import pytest
from playwright.sync_api import expect

from innovation.accounts.choices import Role
from tests.browser import Visit, overflow, violations

pytestmark = pytest.mark.django_db(transaction=True)
LANGUAGES = ["en", "zh-hans"]


def test_axe_finds_nothing_on_any_component_light_or_dark(visit: Visit):
    page = visit("/components/", role=Role.FUND_OFFICER, language="zh-hans")
    assert violations(page) == []
    page.emulate_media(color_scheme="dark")
    assert violations(page) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_on_start_and_error_pages(visit: Visit, language: str):
    pages = [("/", None, 200), ("/", Role.PROGRAMME_MANAGER, 200), ("/", Role.APPLICANT, 200),
             ("/nothing-here/", None, 404), ("/components/", Role.APPLICANT, 403)]  # fmt: skip
    for path, role, status in pages:
        page = visit(path, role=role, language=language, status=status)
        assert violations(page) == [], path
        expect(page.locator("html")).to_have_attribute("lang", "zh-Hans" if language == "zh-hans" else "en")


def test_axe_finds_nothing_in_the_admin(visit: Visit):
    for path in ("", "accounts/user/", "funds/fund/", "django_celery_beat/periodictask/add/"):
        page = visit(f"/admin/{path}", role=Role.ADMINISTRATOR)
        page.wait_for_load_state("networkidle")
        assert violations(page) == [], path


def test_nothing_is_wider_than_the_window(visit: Visit):
    pages = [visit("/components/", role=Role.FUND_OFFICER), visit("/")]
    for width in (320, 360, 768, 3840):
        for page in pages:
            page.set_viewport_size({"width": width, "height": 900})
            assert overflow(page) <= 0, f"{page.url} at {width}"


def test_the_keyboard_alone_reaches_content_navigation_and_menu(visit: Visit):
    page = visit("/components/", role=Role.FUND_OFFICER)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()
    menu = page.locator("details.menu summary")
    menu.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Dark")).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu).to_be_focused()
    expect(page.get_by_role("button", name="Dark")).to_be_hidden()


def test_the_rail_opens_and_closes_on_a_narrow_screen(visit: Visit):
    page = visit("/components/", role=Role.ADMINISTRATOR, width=360)
    link = page.get_by_role("navigation", name="Tasks").get_by_role("link", name="Components")
    expect(link).to_be_hidden()
    page.get_by_role("button", name="Menu").click()
    expect(link).to_be_visible()
    page.keyboard.press("Escape")
    expect(link).to_be_hidden()


@pytest.mark.parametrize("script", [True, False])
def test_a_list_is_sorted_filtered_and_paged_with_and_without_scripts(visit: Visit, script: bool):
    page = visit("/components/", role=Role.FUND_OFFICER, script=script)
    block = page.locator("#table-permissions")
    block.get_by_label("Name contains").fill("fund group")
    block.get_by_role("button", name="Filter").click()
    expect(block.locator("tbody tr").first).to_contain_text("fund group")
    expect(block.get_by_role("link", name="Remove filter Name contains: fund group")).to_be_visible()
    block.locator("thead a", has_text="Name").click()
    expect(block.locator("th[aria-sort=ascending]")).to_contain_text("Name")
    assert "permissions-name=fund+group" in page.url
    assert "permissions-sort=name" in page.url
    names = block.locator("tbody th").all_inner_texts()
    assert names == sorted(names)


def test_language_unit_and_theme_change_and_stay(visit: Visit):
    page = visit("/components/?holdings-sort=cost", role=Role.FUND_OFFICER)
    page.get_by_role("button", name="简体中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    assert page.url.endswith("?holdings-sort=cost")
    page.locator("details.menu summary").click()
    page.get_by_role("button", name="亿元").click()
    expect(page.locator("#table-holdings thead")).to_contain_text("亿元")
    page.locator("details.menu summary").click()
    page.get_by_role("button", name="深色").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_a_chart_says_its_values_and_shows_them_as_a_table(visit: Visit):
    page = visit("/components/", role=Role.FUND_OFFICER)
    chart = page.locator("figure.chart").first
    chart.locator(".chart-wide .hit").nth(20).hover()
    expect(chart.locator(".chart-tip")).to_contain_text("%")
    chart.get_by_text("The chart as a table").click()
    expect(chart.get_by_role("table")).to_be_visible()


def test_paper_shows_figures_and_no_controls(visit: Visit):
    page = visit("/components/", role=Role.FUND_OFFICER, scheme="dark")
    page.emulate_media(media="print")
    expect(page.locator(".top-bar")).to_be_hidden()
    expect(page.locator(".table-filters").first).to_be_hidden()
    expect(page.locator(".figure").first).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_motion_stops_for_whom_it_disturbs(visit: Visit):
    page = visit("/components/", role=Role.FUND_OFFICER)
    page.emulate_media(reduced_motion="reduce")
    duration = page.evaluate("getComputedStyle(document.querySelector('.spinner')).animationDuration")
    assert float(duration.removesuffix("s")) < 0.001


def test_no_date_field_warns_of_a_clock_in_another_zone(visit: Visit):
    page = visit("/admin/funds/fund/add/", role=Role.FUND_OFFICER)
    # What Django's script adds below a date where the reader's clock is not that of Shanghai, as this browser's is.
    page.locator("#id_starts_on").evaluate(
        "field => field.parentNode.insertAdjacentHTML('beforeend', '<div class=\"help timezonewarning\">Note</div>')"
    )
    expect(page.locator(".timezonewarning")).to_have_count(1)
    expect(page.locator(".timezonewarning")).to_be_hidden()
