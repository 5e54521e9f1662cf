"""A fund's page on a narrow screen: long tables show their first rows and open whole; paper has them all."""

from pathlib import Path

import pytest
from django.urls import reverse

from innovation import core
from innovation.accounts.choices import Role
from tests.factories.accounts import as_role
from tests.funds import scenes

pytestmark = pytest.mark.django_db
STYLE = Path(core.__file__).parent / "static" / "core" / "components.css"


def test_long_tables_show_five_rows_until_asked_and_print_whole(client, chromium):
    fund = scenes.fund_within()
    for number in range(7):
        scenes.invest(fund, 100 + number)
    count = fund.investments.count()
    as_role(client, Role.AUDITOR)
    scope = scenes.TIMES | {"scope": f"fund-{fund.pk}"}
    answer = client.get(reverse("funds:tolerance"), scope, headers={"accept-language": "en"})
    page = chromium.new_page(viewport={"width": 360, "height": 740})
    page.set_content(answer.text, wait_until="domcontentloaded")
    page.add_style_tag(path=STYLE)
    rows = page.locator("#holdings ~ .table-block:has(.all-rows) tbody tr:visible")
    assert rows.count() == 5
    page.emulate_media(media="print")
    assert rows.count() == count
    page.emulate_media(media="screen")
    page.locator("#holdings ~ .table-block").get_by_text(f"Show all {count} rows").click()
    assert rows.count() == count
    page.close()
