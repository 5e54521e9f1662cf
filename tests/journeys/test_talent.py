"""The talent part in a browser, in both languages, on a wide and on a narrow screen: a research assistant registers
and asks again, the privacy officer answers an erasure, the auditor reads the report on fairness.
"""

import re

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from innovation.accounts.choices import Role
from innovation.reports.actions import make_run
from innovation.reports.models import ReportRun
from talent.actions import rights, roles
from talent.choices.people import RoleState
from talent.choices.privacy import Purpose
from talent.models import ConsentText, Person, RoleProfile
from talent.reports import bias
from tests.browser import violations
from tests.factories.accounts import UserFactory
from tests.factories.talent_assessment import make_round
from tests.talent.test_bias_report import make_decided

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = {"en": ("Being verified", "Receipt of the erasure"), "zh-hans": ("核验中", "删除回执")}


def send(page):
    page.locator("main form button.button").last.click()


def sound(page):
    """Nothing for axe to find, nothing to scroll sideways."""
    assert not violations(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("zh-hans", 360)])
def test_an_assistant_registers_asks_again_and_is_erased_by_the_privacy_officer(visit, language, width):
    checked, receipt = WORDS[language]
    user = UserFactory(role=Role.APPLICANT, name="周雨桐")
    officer, keeper = UserFactory(role=Role.TALENT_OFFICER), UserFactory(role=Role.PRIVACY_OFFICER)
    page = visit(reverse("talent:profile_edit"), user=user, language=language, width=width)
    text = ConsentText.objects.current().get(purpose=Purpose.REGISTRY)
    expect(page.get_by_text(text.text_zh if language == "zh-hans" else text.text_en)).to_be_visible()
    page.locator("input[name=agreed]").check()
    sound(page)
    send(page)
    expect(page.get_by_text("周雨桐").first).to_be_visible()
    page.goto(reverse("talent:profile_role_add"))
    page.locator("select[name=kind]").select_option("assistant")
    send(page)
    page.wait_for_url(re.compile(reverse("talent:profile")))
    profile = RoleProfile.objects.get(person__user=user)
    assert profile.state == RoleState.SUBMITTED
    for event in ("take_up", "verify"):
        roles.step(profile_id=profile.pk, event=event, actor=officer)
    RoleProfile.objects.filter(pk=profile.pk).update(state=RoleState.EXPIRED, state_since=timezone.now())
    page.goto(reverse("talent:profile_role_step", args=[profile.pk, "ask_again"]))
    send(page)
    page.wait_for_url(re.compile(reverse("talent:profile") + "$"))
    expect(page.get_by_text(checked).first).to_be_attached()
    sound(page)

    asked = rights.ask(person_id=profile.person_id, kind="erasure", actor=user)
    page = visit(asked.get_absolute_url(), user=keeper, language=language, width=width)
    code = page.locator("form strong").first.inner_text()
    page.locator("input[name=code]").fill(code)
    sound(page)
    page.locator("button.button-danger").click()
    expect(page.get_by_text(receipt).first).to_be_visible()
    assert Person.objects.get(pk=profile.person_id).erased_at is not None


def test_the_auditor_reads_how_fair_a_round_was(visit):
    make_decided(make_round(), {"<35": (60, 30), "35-44": (80, 40), "45-54": (50, 18), "55+": (20, 6)})
    auditor = UserFactory(role=Role.AUDITOR)
    page = visit(reverse("reports:ask", args=[bias.CODE]), user=auditor, language="zh-hans", width=360)
    page.locator("select[name=round]").select_option(index=0)
    send(page)
    page.wait_for_url(re.compile(r"/reports/runs/\d+/"))
    make_run(ReportRun.objects.get().pk)
    expect(page.get_by_text("0.69").first).to_be_visible(timeout=30_000)
    sound(page)
