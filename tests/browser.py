"""A real browser on the live server. Tests that use it are skipped, with the reason, where there is no Chromium.

    def test_something(visit):
        page = visit("/components/", role=Role.FUND_OFFICER, language="zh-hans", width=360)
        assert not violations(page)

Every page that was visited must have stayed free of console errors and of violations of the content security policy;
the fixture checks that at its end.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from innovation.accounts.choices import Role
from tests.factories.accounts import UserFactory

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
"""Chromium without a window of its own first: it takes less than half of the time."""
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
Visit = Callable[..., Page]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, started once."""
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if not path:
        pytest.skip("no Chromium here: apt-get install chromium-headless-shell fonts-noto-cjk")
    # Playwright keeps an event loop in this thread, which Django would take for an asynchronous caller.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    arguments = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def visit(chromium: Browser, live_server: Any) -> Iterator[Visit]:
    """``visit(path, role=None, user=None, language="en", width=1280, scheme="light", status=200, script=True)``.

    The same ``user`` with the same settings keeps the same browser profile, and with it what it has cached.
    """
    contexts: dict[tuple[Any, ...], BrowserContext] = {}
    complaints: list[str] = []

    def profile(person: Any, language: str, width: int, scheme: str, script: bool) -> BrowserContext:
        key = (person and person.pk, language, width, scheme, script)
        if key in contexts:
            return contexts[key]
        context = contexts[key] = chromium.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            java_script_enabled=script,
            base_url=live_server.url,
        )
        context.set_default_timeout(10_000)
        context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url}])
        if person:
            sign_in(context, live_server.url, person)
        return context

    def open_page(
        path: str,
        *,
        role: Role | None = None,
        user: Any = None,
        language: str = "en",
        width: int = 1280,
        scheme: str = "light",
        status: int = 200,
        script: bool = True,
    ) -> Page:
        person = user or (UserFactory(role=role) if role else None)
        page = profile(person, language, width, scheme, script).new_page()

        def listen(message: ConsoleMessage) -> None:
            # The browser itself logs the status of a page that we asked for as an error page.
            expected = status != 200 and str(status) in message.text and message.location["url"].endswith(path)
            if message.type in {"error", "warning"} and not expected:
                complaints.append(f"{path}: {message.text}")

        page.on("console", listen)
        page.on("pageerror", lambda error: complaints.append(f"{path}: {error}"))
        answer = page.goto(path)
        assert answer.status == status, f"{path} answered {answer.status}"
        policy = answer.headers.get("content-security-policy", "")
        if not path.startswith("/admin/"):  # whose own scripts need more
            assert "default-src 'self'" in policy
            assert "unsafe" not in policy
        return page

    yield open_page
    for context in contexts.values():
        context.close()
    assert not complaints, "\n".join(complaints)


def sign_in(context: BrowserContext, url: str, person: Any) -> None:
    """Give the pages of ``context`` at ``url`` a session of ``person``."""
    client = Client()
    client.force_login(person)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": url}])


def violations(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA on ``page``: rule and place of each."""
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": STANDARDS}, "resultTypes": ["violations"]})
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found.response["violations"]
        for node in rule["nodes"]
    ]


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
