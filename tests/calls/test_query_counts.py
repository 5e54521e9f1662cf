"""The pages of calls that are opened most cost the same few statements for one row and for three."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from innovation.accounts.choices import Role
from innovation.calls import desk_tabs
from innovation.calls.actions.drafts import Typed, save_answers
from tests.calls.wide_form import WIDE
from tests.factories.accounts import UserFactory
from tests.factories.calls import ApplicationFactory, CallFactory
from tests.factories.reviews import ReviewFactory, make_reviewer, submitted_case

pytestmark = pytest.mark.django_db
MOST = 13


def at(user):
    client = Client()
    client.force_login(user)
    return client


def cost(client, path):
    """Statements of the second look: the first one fills what lives as long as the process."""
    client.get(path)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code == 200
    return len(seen)


def test_the_pages_that_are_opened_most_cost_the_same_few_statements():
    reviewer, call, draft = make_reviewer(), CallFactory(), ApplicationFactory(call=CallFactory(form__content=WIDE))
    cases = [submitted_case(call=call, state="in_review")]
    officer, lead, scorer = at(UserFactory(role=Role.FUND_OFFICER)), at(draft.created_by), at(reviewer)
    section = f"/calls/applications/{draft.pk}/sections/project/"
    looks = {
        "desk": (officer, "/calls/desk/"), "ranking": (officer, f"/calls/desk/calls/{call.pk}/"),
        "titles": (officer, "/calls/titles/"), "public": (Client(), "/calls/"), "draft": (lead, section),
        "check": (lead, f"/calls/applications/{draft.pk}/check/"), "mine": (lead, "/calls/applications/"),
        "tasks": (lead, f"/calls/applications/{draft.pk}/"), "reviews": (scorer, "/reviews/"),
    } | {
        f"case {tab.key}": (officer, f"/calls/desk/{cases[0].pk}/?tab={tab.key}") for tab in desk_tabs.tabs()
    }  # fmt: skip
    counts = []
    for number, typed in enumerate(({"title": "甲"}, {"title": "乙", "summary": "丙", "trl": "4"})):
        if number:
            cases += [submitted_case(call=call, state="in_review") for _more in range(2)]
            for _more in range(2):
                CallFactory(), ApplicationFactory(created_by=draft.created_by)
        for case in cases[-2:] if number else cases:
            ReviewFactory(application=case, reviewer=reviewer)
        save_answers(
            application_id=draft.pk, typed={key: Typed(text) for key, text in typed.items()}, actor=draft.created_by
        )
        counts.append({name: cost(client, path) for name, (client, path) in looks.items()})
    assert counts[0] == counts[1]
    assert {name: count for name, count in counts[1].items() if count > MOST} == {}
