"""Real pages in a real browser break no content policy: the admin its own, the API's viewer the strict one."""

import pytest
from django.conf import settings
from django.test import Client

from innovation.accounts.models import User
from innovation.core.models import WorkingDayException

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cookie(live_server):
    user = User.objects.create_superuser("root@example.org", "x", name="Root")
    client = Client()
    client.force_login(user)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    return {"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}


def test_admin_and_api_pages_run_under_their_policies(live_server, cookie, chromium):
    key = WorkingDayException.objects.first().pk
    addresses = [
        "/admin/", "/admin/core/workingdayexception/", f"/admin/core/workingdayexception/{key}/change/",
        f"/admin/core/workingdayexception/{key}/history/", "/admin/django_celery_beat/periodictask/add/",
        "/api/v1/docs/",
    ]  # fmt: skip
    faults = []
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    context.add_cookies([cookie])
    page = context.new_page()
    page.on("console", lambda message: faults.append((page.url, message.text)) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append((page.url, str(error))))
    for address in addresses:
        page.goto(f"{live_server.url}{address}", wait_until="networkidle")
    page.locator(".opblock").first.wait_for(timeout=20_000)
    context.close()
    assert faults == []
