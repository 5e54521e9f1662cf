"""An applicant's form in a browser: sums, warnings and files; a lost network, a lost login, two tabs."""

import os

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from innovation.calls.actions.drafts import Typed, save_answers
from tests.browser import overflow, sign_in, violations
from tests.calls.wide_form import WIDE, pdf
from tests.factories.calls import ApplicationFactory, CallFactory

pytestmark = pytest.mark.django_db(transaction=True)
SAVED = "[data-state]"


def shot(page, name):
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def press(page, name):
    page.get_by_role("button", name=name, exact=True).first.click()


def fill_in_money(page):
    """The second: a total that follows, a rule that warns, rows, a file that is refused and one that is taken."""
    page.get_by_label("Requested").fill("120")
    page.get_by_label("Own money").fill("100")
    press(page, "Add a row")
    page.locator("[name=f-costs-1-line]").fill("Equipment")
    page.locator("[name=f-costs-1-amount]").fill("20")
    expect(page.locator("[data-field=total] [data-computed]")).to_have_text("220 × 10,000 yuan")
    warning = "Your own money is at least what you request."
    expect(page.locator("#faults-own")).to_contain_text(warning)
    page.get_by_label("Own money").fill("300")
    expect(page.locator("#faults-own")).not_to_contain_text(warning)
    bad = {"name": "bad.pdf", "mimeType": "application/pdf", "buffer": b"<svg onload='x'/>"}
    page.locator("[name=u-plan]").set_input_files(bad)
    expect(page.locator("#faults-plan")).to_contain_text("bad.pdf")
    page.locator("[name=u-plan]").set_input_files({"name": "plan.pdf", "mimeType": "application/pdf", "buffer": pdf()})
    expect(page.get_by_role("link", name="plan.pdf")).to_be_visible()
    expect(page.locator(SAVED)).to_contain_text("Saved ")
    assert not violations(page)
    shot(page, "money")
    press(page, "Save and continue")


def test_a_section_adds_up_warns_and_takes_files(visit):
    draft = ApplicationFactory(call=CallFactory(form__content=WIDE), title="")
    # In a tab of its own: the browser logs each refusal, which is what is tried here.
    page = visit("/", user=draft.created_by, width=1440).context.new_page()
    page.goto(f"/calls/applications/{draft.pk}/sections/money/")
    fill_in_money(page)
    page.goto(f"/calls/applications/{draft.pk}/check/")
    press(page, "Submit application")
    expect(page.get_by_role("alert")).to_contain_text("Tick the declaration first.")


def test_in_chinese_on_a_narrow_screen_nothing_is_cut(visit):
    draft = ApplicationFactory(call=CallFactory(form__content=WIDE), title="")
    rows = [{"line": "设备", "amount": "20", "when": "2027-01-01"}]
    typed = {"costs": Typed(rows), "power": Typed("9000"), "owner": Typed({"name": "某医院"})}
    save_answers(application_id=draft.pk, typed=typed, actor=draft.created_by)
    base = f"/calls/applications/{draft.pk}/"
    page = visit(base, user=draft.created_by, language="zh-hans", width=360)
    for path in ("", "sections/project/", "sections/money/", "check/", "people/", "copy/", "partners/add/"):
        page.goto(base + path)
        assert overflow(page) <= 0, path
        assert not violations(page), path
        shot(page, f"narrow-{path.strip('/').replace('/', '-')}")


def test_what_is_typed_survives_a_lost_network_and_a_lost_login(visit):
    draft = ApplicationFactory(call=CallFactory(form__content=WIDE), title="")
    path = f"/calls/applications/{draft.pk}/sections/project/"
    # In a tab of its own: the browser itself logs each request that fails here.
    page = visit("/", user=draft.created_by).context.new_page()
    page.goto(path)
    page.context.set_offline(True)
    page.get_by_label("Title", exact=True).fill("断网时写下的标题")
    expect(page.locator(SAVED)).to_contain_text("Not saved, retrying")
    assert not draft.answers.exists()
    assert "断网时写下的标题" in page.evaluate("JSON.stringify(localStorage)")
    page.context.set_offline(False)
    expect(page.locator(SAVED)).to_contain_text("Saved ", timeout=20_000)
    assert draft.answers.get(key="title").value == "断网时写下的标题"
    assert page.evaluate("localStorage.length") == 0
    # Closed without a connection, the page finds the text again on this device.
    page.context.set_offline(True)
    page.get_by_label("Title", exact=True).fill("第二个标题")
    expect(page.locator(SAVED)).to_contain_text("Not saved, retrying")
    context = page.context
    page.close()
    context.set_offline(False)
    page = context.new_page()
    page.goto(path)
    expect(page.locator(SAVED)).to_contain_text("Saved ", timeout=20_000)
    expect(page.get_by_label("Title", exact=True)).to_have_value("第二个标题")
    assert draft.answers.get(key="title").value == "第二个标题"
    Session.objects.all().delete()
    page.get_by_label("Summary", exact=True).fill("退出之后写下的摘要")
    expect(page.get_by_role("link", name="Sign in in a new tab")).to_be_visible()
    assert page.get_by_label("Summary", exact=True).input_value() == "退出之后写下的摘要"
    # A page that was closed in between brings the text back from this device.
    sign_in(page.context, page.url, draft.created_by)
    expect(page.locator(SAVED)).to_contain_text("Saved ", timeout=20_000)
    assert draft.answers.get(key="summary").value == "退出之后写下的摘要"


def test_two_tabs_show_both_texts(visit):
    draft = ApplicationFactory(call=CallFactory(form__content=WIDE), title="")
    path = f"/calls/applications/{draft.pk}/sections/project/"
    page = visit(path, user=draft.created_by)
    save_answers(application_id=draft.pk, typed={"title": Typed("甲", 0)}, actor=draft.created_by)
    page.get_by_label("Title", exact=True).fill("乙")
    expect(page.locator("blockquote")).to_have_text("甲")
    assert page.get_by_label("Title", exact=True).input_value() == "乙"
    shot(page, "conflict")
    assert not violations(page)
    press(page, "Keep my text")
    expect(page.locator(".banner").first).to_contain_text("Saved")
    assert draft.answers.get(key="title").value == "乙"
