"""A visitor without an account finds a call, sees whether it may apply, and what is missing; axe finds nothing."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from innovation.calls.demo.calls import make_calls
from tests.browser import violations

pytestmark = pytest.mark.django_db(transaction=True)
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
ADDRESSES = (
    "/calls/", "/calls/rd-low-altitude/", "/calls/rd-low-altitude/eligibility/", "/calls/self-test/",
    "/calls/self-test/innovative_sme/",
)  # fmt: skip


def look(page, name):
    """Nothing that axe finds, nothing wider than the screen; a picture where ``SCREENSHOTS`` names a folder."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)
    assert not violations(page)
    assert page.evaluate(WIDER) <= 0


@pytest.mark.parametrize(("language", "width"), [("en", 1440), ("zh-hans", 360)])
def test_a_visitor_finds_a_call_and_what_is_missing(visit, settings, tmp_path, language, width):
    settings.MEDIA_ROOT = str(tmp_path)
    make_calls()
    page = visit(ADDRESSES[0], language=language, width=width)
    for number, address in enumerate(ADDRESSES):
        page.goto(address)
        look(page, f"calls-{language}-{width}-{number}")
    page.goto(ADDRESSES[2])
    page.locator("[name=own_share]").fill("40")
    page.locator("main form button").click()
    expect(page.locator(".tone-bad").first).to_be_visible()
    look(page, f"calls-{language}-{width}-answer")
    page.goto(ADDRESSES[4])
    for name, value in (("revenue", "1000"), ("rd_expense", "15"), ("main_revenue_growth", "12"), ("debt_ratio", "60")):
        page.locator(f"[name={name}]").fill(value)
    page.locator("main form button").click()
    expect(page.locator("#gap")).to_be_visible()
    look(page, f"calls-{language}-{width}-gap")
