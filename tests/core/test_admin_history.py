"""The history tab of every record that the office keeps opens, whatever kinds of field the record has."""

from datetime import date

import pytest
from django.conf import settings
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone

from funds.demo import make_funds
from funds.models import ColumnMapping, Fund, ToleranceRule
from innovation.accounts.demo import make_people
from innovation.accounts.models import User
from innovation.core import history
from innovation.core.models import WorkingDayException
from innovation.organisations.demo import make_organisations
from innovation.reports.models import ReportSchedule
from tests.factories.funds import FundFactory

pytestmark = pytest.mark.django_db
APPS = {"core", "accounts", "organisations", "reports", "funds", "patents", "talent"}


@pytest.fixture
def root(client):
    user = User.objects.create_superuser("root@example.org", "x", name="Root")
    client.force_login(user)
    return user


def tab(client, record):
    return client.get(reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_history", args=[record.pk]))


def test_the_tab_of_one_record_of_every_kind_opens(client, root):
    make_people()
    make_organisations()
    make_funds()
    answers = {}
    for model in admin.site._registry:
        record = model._base_manager.order_by("pk").first() if model._meta.app_label in APPS else None
        if record is not None:
            answers[model] = tab(client, record).status_code
    assert {model: status for model, status in answers.items() if status != 200} == {}
    assert {Fund, ToleranceRule, WorkingDayException, User} <= set(answers)


def test_amounts_are_shown_in_yuan_and_not_in_the_fen_that_are_kept(client, root):
    fund = FundFactory(committed_fen=123_456_789)
    Fund.objects.filter(pk=fund.pk).update(committed_fen=100)
    page = tab(client, fund).text
    assert "Committed capital (yuan)" in page
    assert "1,234,567.89" in page
    assert "123456789" not in page


def test_lists_and_json_are_shown_as_text(client, root):
    fund = FundFactory(categories=["SEED", "ANGEL"])
    Fund.objects.filter(pk=fund.pk).update(categories=["SEED"])
    changed, added = history.history_of(fund)
    assert [(change.before, change.after) for change in changed.changes] == [("SEED, ANGEL", "SEED")]
    assert next(change.after for change in added.changes if change.field == "categories") == "SEED, ANGEL"
    mapping = ColumnMapping.objects.create(name="格式", content={"公司": "company"})
    page = tab(client, mapping).content.decode()
    assert "{&quot;公司&quot;: &quot;company&quot;}" in page
    assert "SEED, ANGEL" in tab(client, fund).content.decode()


def test_the_tab_of_a_rule_shows_its_lists(client, root):
    rule = ToleranceRule.objects.order_by("pk").first()
    ToleranceRule.objects.filter(pk=rule.pk).update(conditions=["ONE_MORE", "AND_ANOTHER"], theta={"of": "甲"})
    page = tab(client, rule).content.decode()
    assert "ONE_MORE, AND_ANOTHER" in page
    assert "{&quot;of&quot;: &quot;甲&quot;}" in page


def test_members_of_a_list_have_the_labels_of_their_choices():
    day = date(2026, 1, 1)
    schedule = ReportSchedule.objects.create(
        kind="loss", parameters_hash="x", languages=["en", "zh-hans"], next_first=day, next_due=timezone.now()
    )
    (added,) = history.history_of(schedule)
    shown = next(change.after for change in added.changes if change.field == "languages")
    names = {code: str(label) for code, label in settings.LANGUAGES}
    assert shown == f"{names['en']}, {names['zh-hans']}"
