"""What the start page and the demonstration city show of reports."""

import pytest
from django.urls import reverse

from innovation.accounts.choices import STAFF_ROLES, Role
from innovation.reports.demo import make_reports
from innovation.reports.models import ReportRun
from tests.factories.accounts import UserFactory, as_role
from tests.factories.reports import ask, failed, finished

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", Role)
def test_a_failure_is_urgent_on_the_start_page_of_those_who_read_reports(sample, client, role):
    failed(ask(), "The ledger is closed.")
    failed(ask(parameters={"fund": "B"}), "The ledger is closed.")
    as_role(client, role)
    page = client.get(reverse("home"))
    shown = [card for card in page.context["urgent"] if "The ledger is closed." in card.text]
    assert [card.figure for card in shown] == (["2"] if role in STAFF_ROLES else [])
    assert ("/reports/runs/?state=failed" in page.content.decode()) == (role in STAFF_ROLES)


def test_the_latest_report_is_one_click_away(sample, client):
    run = finished(ask())
    as_role(client, Role.FINANCE)
    assert f'href="{run.get_absolute_url()}"' in client.get(reverse("home")).content.decode()


def test_the_demonstration_asks_for_its_first_reports_once():
    UserFactory(role=Role.PROGRAMME_MANAGER)
    make_reports()
    first = sorted(ReportRun.objects.filter(kind="activity").values_list("language", flat=True))
    make_reports()
    assert first == ["en", "zh-hans"]
    assert ReportRun.objects.filter(kind="activity").count() == 2
