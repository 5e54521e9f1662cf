"""What people do, in a real browser: sign up in both languages, use a passkey, pass axe on every page."""

import os
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from innovation.accounts.choices import Role
from innovation.accounts.models import User
from tests.factories.accounts import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
AXE = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
WORDS = {
    "en-GB": {"title": "Create an account", "code": "Code from the mail", "account": "Your account"},
    "zh-CN": {"title": "注册账户", "code": "邮件中的验证码", "account": "您的账户"},
}


@pytest.fixture
def browser(chromium):
    """The suite's browser, left without open pages."""
    yield chromium
    for context in chromium.contexts:
        context.close()


class Tab:
    """A page that remembers what went wrong on it and can be photographed and checked."""

    def __init__(self, browser, base, locale="en-GB", width=1280):
        context = browser.new_context(locale=locale, viewport={"width": width, "height": 900})
        self.page, self.base, self.width, self.locale = context.new_page(), base, width, locale
        self.faults = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", lambda line: self.faults.append(line.text) if line.type == "error" else None)

    def open(self, path):
        self.page.goto(f"{self.base}{path}")

    def check(self, name):
        """No axe finding, nothing wider than the screen; a picture where ``SCREENSHOTS`` names a folder."""
        if os.environ.get("SCREENSHOTS"):
            self.page.screenshot(path=Path(os.environ["SCREENSHOTS"]) / f"{name}-{self.locale}.png", full_page=True)
        found = [
            (rule["id"], rule["nodes"][0]["html"][:120])
            for rule in Axe().run(self.page, options=AXE).response["violations"]
        ]
        assert not found, (name, found)
        assert self.page.evaluate("document.documentElement.scrollWidth") <= self.width, name

    def sign_in(self, user, password=PASSWORD):
        self.open("/account/login/")
        self.page.fill("[name=login]", user.email)
        self.page.fill("[name=password]", password)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(f"{self.base}/")


@pytest.mark.parametrize(("locale", "width"), [("en-GB", 1280), ("zh-CN", 360)])
def test_signing_up(live_server, browser, mails, locale, width):
    tab, words = Tab(browser, live_server.url, locale, width), WORDS[locale]
    page = tab.page
    tab.open("/account/signup/")
    assert page.text_content("h1").strip() == words["title"]
    tab.check("signup")
    page.click("main form button.button")
    expect(page.locator(".error-summary")).to_be_focused()
    tab.check("signup-error")
    page.click(".error-summary a >> nth=0")
    page.keyboard.type("周雨桐 Zhou Yutong")
    page.fill("[name=email]", "zhou.yutong@example.org")
    page.fill("[name=password1]", "harbour lantern seven")
    page.click(".password-toggle")
    assert page.get_attribute("[name=password1]", "type") == "text"
    page.click("main form button.button")
    page.wait_for_url("**/confirm-email/")
    tab.check("code")
    code = re.search(r"^ {4}(\S+)$", mails()[-1].body, re.MULTILINE)[1]
    page.get_by_label(words["code"]).fill("wrong")
    page.keyboard.press("Enter")
    page.wait_for_selector(".error-summary")
    tab.check("code-error")
    page.get_by_label(words["code"]).fill(code)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{live_server.url}/")
    tab.open("/account/")
    assert page.text_content("h1").strip() == words["account"]
    person = User.objects.get(email="zhou.yutong@example.org")
    assert (person.name, person.roles, person.is_staff) == ("周雨桐 Zhou Yutong", {Role.APPLICANT}, False)
    assert person.language == {"en-GB": "en", "zh-CN": "zh-hans"}[locale]
    assert not tab.faults


def test_making_a_passkey_and_signing_in_with_it_alone(live_server, browser):
    user = UserFactory(role=Role.FINANCE)
    tab = Tab(browser, live_server.url)
    page = tab.page
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    device = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": device})
    tab.sign_in(user)
    tab.open("/account/2fa/webauthn/add/")
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/webauthn/add/")
    tab.check("passkey")
    page.fill("[name=name]", "Office laptop")
    page.check("[name=passwordless]")
    page.click("main form button.button")
    page.wait_for_url("**/recovery-codes/")
    tab.check("recovery-codes")
    tab.open("/account/2fa/")
    assert "Office laptop" in page.text_content("main")
    tab.check("security-with-passkey")
    tab.open("/account/logout/")
    page.click("main form button.button")
    page.wait_for_url(f"{live_server.url}/")
    tab.open("/account/login/?next=/account/sessions/")
    page.click(".passkey button")
    page.wait_for_url(f"{live_server.url}/account/sessions/")
    tab.open("/account/logout/")
    page.click("main form button.button")
    page.wait_for_url(f"{live_server.url}/")
    tab.open("/account/login/")
    page.fill("[name=login]", user.email)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/2fa/authenticate/")
    tab.check("second-step")
    page.click(".passkey button")
    page.wait_for_url(f"{live_server.url}/")
    assert not tab.faults


@pytest.mark.parametrize(("locale", "width"), [("en-GB", 1280), ("zh-CN", 360)])
def test_axe_finds_nothing_on_the_pages_of_an_account(live_server, browser, locale, width):
    user = UserFactory(role=Role.PROGRAMME_MANAGER)
    tab = Tab(browser, live_server.url, locale, width)
    for path in ("login", "password/reset", "password/reset/done", "inactive", "password/reset/key/1-bad"):
        tab.open(f"/account/{path}/")
        tab.check(path.replace("/", "-"))
    tab.sign_in(user)
    for path in (
        "",
        "2fa/",
        "sessions/",
        "notices/",
        "tokens/",
        "email/",
        "password/change/",
        "logout/",
        "reauthenticate/",
    ):
        tab.open(f"/account/{path}")
        tab.check(f"account-{path.strip('/').replace('/', '-')}")
    tab.page.fill("[name=password]", PASSWORD)
    tab.open("/account/tokens/")
    tab.page.fill("[name=name]", "Monthly export")
    tab.page.click("main form.form button.button")
    tab.page.fill("[name=password]", PASSWORD)
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_selector("#new-token")
    tab.check("token-made")
    tab.open("/account/2fa/totp/activate/")
    tab.check("totp")
    assert not tab.faults


def test_without_scripts_everything_but_passkeys_works(live_server, browser):
    user = UserFactory()
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/account/login/")
    assert not page.is_visible(".passkey")
    page.fill("[name=login]", user.email)
    page.fill("[name=password]", PASSWORD)
    page.click("main form button.button")
    page.goto(f"{live_server.url}/account/?x=1")
    page.click("form.language button")
    assert page.url == f"{live_server.url}/account/?x=1"
    assert page.get_attribute("html", "lang") == "zh-Hans"
