"""A case in a browser, in both languages: from the public page to the receipt by keyboard alone, over check, review,
board, notice and signatures to the report, its check, the payment, and the message that another system gets.
"""

import os
import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from innovation.accounts.choices import Role
from innovation.calls.models import Application, Notice, WebhookSubscription
from innovation.calls.rules.workflow import SHIPPED
from innovation.core import outbox
from innovation.organisations.choices import MembershipRole
from tests.browser import overflow, violations
from tests.calls.scenes import PDF, Office
from tests.calls.wide_form import WIDE
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.calls import CallFactory
from tests.factories.organisations import MembershipFactory
from tests.factories.reviews import make_reviewer
from tests.receiver import receiver

__all__ = ["receiver"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]
MOST_TABS = 60


class People:
    """Everybody with a window of their own."""

    def __init__(self, visit, language):
        self.visit, self.language, self.pages, self.seen, self.shots = visit, language, {}, set(), 0
        self.office = Office()
        self.applicant = UserFactory(role=Role.APPLICANT, email="lead@firm.example", name="Li")
        MembershipFactory(role=MembershipRole.LEAD, user=self.applicant)
        self.reviewer = make_reviewer()
        process = {**SHIPPED["rd_fund"], "reviewers_needed": 1}
        self.call = CallFactory(form__content=WIDE, process__content=process, reviewers_needed=1)

    def open(self, user, path):
        """``path`` in the window of ``user``, looked at."""
        if user.pk not in self.pages:
            self.pages[user.pk] = self.visit(path, user=user, language=self.language, width=1440)
        else:
            answer = self.pages[user.pk].goto(path)
            assert answer.status == 200, (path, answer.status)
        return self.look(self.pages[user.pk])

    def look(self, page):
        """Nothing that axe finds: once for each kind of page and width, in one of two languages of the same markup."""
        kind = (re.sub(r"\d+", "1", page.url), page.viewport_size["width"])
        if kind not in self.seen and self.language == "zh-hans":
            self.seen.add(kind)
            assert not violations(page), page.url
        if folder := os.environ.get("SHOTS"):
            self.shots += 1
            page.screenshot(path=f"{folder}/case-{self.language}-{self.shots:02d}.png", full_page=True)
        return page

    def act(self, user, page_of, name, **typed):
        """Follow the link of an act on a page, type, send."""
        page = self.open(user, page_of)
        page.locator(f"main a[href*='/{name}/']").first.click()
        page.wait_for_url(re.compile(f"/{name}/"))
        self.look(page)
        for field, value in typed.items():
            put(page, field, value)
        send(page)
        return page


def put(page, field, value):
    """A value into the field of that name: a choice, a list, a file or a text."""
    box = page.locator(f"main [name={field}]")
    if value is True:
        box.first.check()
    elif isinstance(value, dict):
        box.set_input_files(value)
    elif box.first.get_attribute("type") == "radio":
        page.locator(f"main [name={field}][value='{value}']").check()
    elif box.first.evaluate("box => box.tagName") == "SELECT":
        box.select_option(value)
    else:
        box.fill(value)


def send(page):
    """Press the first button of the form, and come to another page."""
    before = page.url
    page.locator("main .button-row button").first.click()
    page.wait_for_url(lambda url: url != before)


def tab_to(page, selector):
    """Press the tabulator until ``selector`` has the focus."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement?.matches(wanted)", selector):
            return
    raise AssertionError(f"No way by keyboard to {selector} on {page.url}")


def go(page, selector, path):
    """To a link or button, press it, arrive at ``path``."""
    tab_to(page, selector)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(path))


def apply_by_keyboard(people):
    """From the public list to the receipt without a mouse."""
    page = people.open(people.applicant, "/calls/")
    go(page, f"main a[href$='/{people.call.code}/']", f"/{people.call.code}/$")
    go(people.look(page), "main a[href$='/apply/']", "/apply/")
    go(people.look(page), "main form button", r"/applications/\d+/$")
    go(people.look(page), "a[href$='/sections/project/']", "/sections/project/")
    for field, text in (("title", "激光雷达芯片"), ("summary", "120米外看清电线。")):
        tab_to(page, f"[name=f-{field}]")
        page.keyboard.type(text)
    tab_to(page, "[name=f-onmarket]")
    page.keyboard.press("Space")
    expect(page.locator("[data-state]")).to_have_text(re.compile(r"\d\d:\d\d:\d\d"))
    tab_to(page, "[name=f-rival]")
    page.keyboard.type("B2")
    go(people.look(page), "button[value=next]", "/sections/money/")
    for field, text in (("requested", "100"), ("own", "120")):
        tab_to(page, f"[name=f-{field}]")
        page.keyboard.type(text)
    go(page, "button[value=next]", r"/applications/\d+/$")
    go(people.look(page), "a[href$='/check/']", "/check/")
    tab_to(page, "[name=declaration]")
    page.keyboard.press("Space")
    go(page, "main form .button", "/receipt/1/")
    case = Application.objects.get()
    expect(people.look(page).locator(".receipt-number")).to_have_text(case.number)
    assert (case.title, case.requested_fen) == ("激光雷达芯片", 100_000_000)
    return case


def check_and_review(people, case):
    office, desk = people.office, f"/calls/desk/{case.pk}/"
    page = people.open(office.officer, "/calls/desk/")
    page.locator(f"main a[href='{desk}']").click()
    people.act(office.officer, desk, "pass")
    people.act(office.officer, desk, "assign", reviewer=str(people.reviewer.pk))
    page = people.act(people.reviewer, "/reviews/", f"reviews/{case.reviews.get().pk}", conflict="no")
    people.look(page)
    for criterion in ("novelty", "team", "market"):
        put(page, f"points_{criterion}", "8")
    send(page)
    people.act(office.officer, f"/calls/desk/calls/{people.call.pk}/", "close")
    people.open(office.officer, f"{desk}?tab=reviews")


def decide(people, case):
    office, desk = people.office, f"/calls/desk/{case.pk}/?tab=decisions"
    held = timezone.localtime() - timedelta(hours=1)
    page = people.open(office.officer, "/calls/meetings/new/")
    put(page, "call", str(people.call.pk))
    for field, text in (("title", "评审会"), ("held_at", f"{held:%Y-%m-%dT%H:%M}"), ("quorum", "2")):
        put(page, field, text)
    for member in (office.chair, office.member):
        page.locator(f"[name=members][value='{member.pk}']").check()
    put(page, "chair", str(office.chair.pk))
    send(page)
    meeting = people.call.meetings.get().get_absolute_url()
    minutes = {"name": "minutes.pdf", "mimeType": "application/pdf", "buffer": PDF}
    people.act(office.officer, meeting, "minutes", file=minutes)
    for member in (office.chair, office.member):
        people.act(member, meeting, "vote", choice="approve")
    people.act(office.officer, desk, "propose", event="approve", reasons="评分居前。")
    people.act(office.chair, meeting, "decide")
    people.act(office.officer, desk, "publish_notice")
    visitor = people.visit("/calls/notices/", language=people.language, width=360)
    assert overflow(people.look(visitor)) <= 0
    Notice.objects.update(ends_on=timezone.localdate() - timedelta(days=1))


def sign(people, user, path):
    """Read the agreement, press its button, show the password: that signs."""
    page = people.act(user, path, "sign")
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "reauthenticate" not in url)
    return people.look(page)


def agree(people, case):
    office, desk = people.office, f"/calls/desk/{case.pk}/?tab=agreement"
    due = (timezone.localdate() + timedelta(days=30)).isoformat()
    people.act(office.officer, desk, "agreement", m1_title="样机", m1_due=due, target="探测距离120米")
    people.act(office.officer, desk, "offer")
    sign(people, people.applicant, f"/calls/applications/{case.pk}/")
    sign(people, office.chair, desk)
    case.refresh_from_db()
    assert case.state == "active"


def report_and_pay(people, case):
    office, desk, own = people.office, f"/calls/desk/{case.pk}/?tab=money", f"/calls/applications/{case.pk}/"
    people.act(people.applicant, own, "report", results="样机通过测试。")
    people.act(office.checker, desk, "check", passed="yes")
    people.act(office.finance, desk, "order")
    people.act(office.finance, desk, "paid", reference="ZF-1")
    people.open(office.finance, desk)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_case_from_the_public_page_to_the_payment(visit, receiver, settings, tmp_path, language):
    settings.MEDIA_ROOT, settings.WEBHOOK_ALLOW_PRIVATE = str(tmp_path), True
    WebhookSubscription.objects.create(url=receiver.url, project_steps=True)
    people = People(visit, language)
    case = apply_by_keyboard(people)
    check_and_review(people, case)
    decide(people, case)
    agree(people, case)
    report_and_pay(people, case)
    assert [payment.state for payment in case.payments.all()] == ["PAID"]
    narrow = visit(f"/calls/applications/{case.pk}/", user=people.applicant, language=language, width=360)
    assert overflow(people.look(narrow)) <= 0
    outbox.relay()
    told = [body.decode() for _headers, body in receiver.seen]
    assert "payment_made" in told[-1]
    assert case.number in told[-1]
