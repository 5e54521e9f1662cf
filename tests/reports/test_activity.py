"""The activity report: counts of a day as they were known at a moment, from the history alone."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from innovation.accounts.choices import Role
from innovation.accounts.models import User
from innovation.core.history import event_model_of
from innovation.organisations.models import Organisation
from innovation.reports import registry
from innovation.reports.activity import build
from innovation.reports.content import Count, Unknown, canonical_json
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


def told(known_at=None, as_of=None, language="en", months=3):
    known_at = known_at or timezone.now()
    with translation.override(language):
        return build(
            {"months": months}, as_of=as_of or timezone.localdate(known_at), known_at=known_at, language=language
        )


def figure(data, place):
    return data.sections[0].figures[place].value


def organisation(number):
    return Organisation.objects.create(name_zh=f"单位{number}")


def test_the_figures_of_a_moment_never_change():
    first = organisation(1)
    organisation(2)
    UserFactory(role=Role.FINANCE)
    moment = timezone.now()
    before = told(moment)
    assert (figure(before, 0), figure(before, 1)) == (Count(2), Count(1))
    organisation(3)
    first.delete()
    UserFactory(role=Role.FINANCE)
    assert canonical_json(told(moment)) == canonical_json(before)
    after = told()
    assert (figure(after, 0), figure(after, 1)) == (Count(2), Count(2))


def test_what_was_before_the_history_is_unknown_and_not_zero():
    organisation(1)
    begun = min(
        event_model_of(model).objects.order_by("pgh_created_at").first().pgh_created_at
        for model in (Organisation, User)
        if event_model_of(model).objects.exists()
    )
    data = told(begun - timedelta(microseconds=1))
    assert figure(data, 0) == figure(data, 1) == Unknown("The history begins later.")
    assert {row.cells[1] for row in data.sections[0].tables[0].rows} == {Unknown("The history begins later.")}


def test_people_are_counted_by_role():
    UserFactory(roles=[Role.FINANCE, Role.AUDITOR])
    UserFactory(role=Role.FINANCE).groups.clear()
    people = {row.cells[0].value: row.cells[1] for row in told().sections[0].tables[0].rows}
    assert (people["Finance"], people["Auditor (read only)"], people["Reviewer"]) == (Count(1), Count(1), Count(0))


def test_changes_of_a_month_add_up_in_chart_and_table():
    one = organisation(1)
    one.name_en = "One"
    one.save()
    recorded = told().sections[1]
    table = {row.cells[0].value: row.cells[-1] for row in recorded.tables[0].rows}
    assert table["Organisations"] == Count(2)
    assert recorded.charts[0].table.rows[-1].cells[1].value == sum(cell.value for cell in table.values())
    assert len(recorded.charts[0].table.rows) == 3


def test_a_day_ends_in_china():
    organisation(1)
    today = timezone.localdate()
    assert figure(told(as_of=today), 0) == Count(1)
    assert figure(told(as_of=today - timedelta(days=1)), 0) in (Count(0), Unknown("The history begins later."))


def test_it_is_registered_for_staff_in_both_languages():
    kind = registry.get("activity")
    assert Role.APPLICANT not in kind.roles
    assert kind.clean({})["months"] == 12
    assert told(language="zh-hans").title != told().title
