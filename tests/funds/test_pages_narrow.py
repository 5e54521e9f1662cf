"""A fund's page on a narrow screen: long tables show their first rows and open whole; paper has them all."""

import pytest
from django.conf import settings
from django.test import Client

from innovation.accounts.choices import Role
from tests.factories.accounts import as_role
from tests.funds import scenes

pytestmark = pytest.mark.django_db(transaction=True)


def test_long_tables_show_five_rows_until_asked_and_print_whole(live_server, chromium):
    fund = scenes.fund_within()
    for number in range(7):
        scenes.invest(fund, 100 + number)
    count = fund.investments.count()
    client = Client()
    as_role(client, Role.AUDITOR)
    context = chromium.new_context(viewport={"width": 360, "height": 740}, locale="en")
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}/funds/tolerance/?scope=fund-{fund.pk}&as_of=2024-06-30")
    rows = page.locator("#holdings ~ .table-block:has(.all-rows) tbody tr:visible")
    assert rows.count() == 5
    page.emulate_media(media="print")
    assert rows.count() == count
    page.emulate_media(media="screen")
    short = page.evaluate("document.body.scrollHeight")
    page.locator("#holdings ~ .table-block").get_by_text(f"Show all {count} rows").click()
    assert rows.count() == count
    assert page.evaluate("document.body.scrollHeight") > short
    context.close()
