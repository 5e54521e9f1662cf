"""The way from the board to the first payment through pages, admin and API, and the matrix of every shipped process."""

import pytest
from django.db import transaction
from django.test import Client

from innovation.accounts.choices import Role
from innovation.calls.models import Application, Objection
from innovation.calls.models.application_states import PERMISSIONS
from innovation.calls.rules.workflow import EVENTS, ROLES, SHIPPED, STATES, decide
from innovation.core import transitions
from innovation.core.errors import RuleViolation
from innovation.core.forms import new_token
from innovation.core.models import OutboxMessage
from tests.calls.scenes import Office
from tests.factories.accounts import UserFactory
from tests.factories.calls import ApplicationFactory

pytestmark = pytest.mark.django_db
EVERYTHING_MET = {
    "form_complete": True, "in_window": True, "reason_given": True, "reviewers": 15, "valid_bids": 50,
    "conflict_declared": True, "all_reviews_in": True, "quorum": True, "minutes": True, "conditions_met": True,
    "both_signed": True, "check_passed": True, "board_agreed": True, "outcome": "success", "reviewers_needed": 1,
    "min_bids": 0,
}  # fmt: skip


class _Undo(Exception):
    """Takes a step back so that the next one begins in the same state."""


@pytest.mark.parametrize("key", sorted(SHIPPED))
@pytest.mark.usefixtures("undrawn")
def test_every_state_event_and_role_of_a_shipped_process_on_a_real_record(key):
    """The record moves exactly where the pure rules say, for each role and for nobody else."""
    case = ApplicationFactory(call__process__key=key, number="M-1", submitted_at="2026-01-01T00:00:00Z")
    people = {
        "applicant_lead": case.created_by, "officer": UserFactory(role=Role.FUND_OFFICER),
        "board": UserFactory(role=Role.PROGRAMME_MANAGER), "finance": UserFactory(role=Role.FINANCE),
        "stranger": UserFactory(role=Role.APPLICANT), "auditor": UserFactory(role=Role.AUDITOR), "system": None,
    }  # fmt: skip
    wrong, moved = [], 0
    for state in STATES:
        Application.objects.filter(pk=case.pk).update(state=state, outcome="success")
        case = Application.objects.select_related("process", "call").get(pk=case.pk)
        table = case.transitions.get(state, {})
        for event in EVENTS:
            said = [decide(key, state, event, role, EVERYTHING_MET) for role in ROLES]
            to = next((one.to for one in said if one.allowed), None)
            assert (event in table) == (to is not None), (state, event)
            if to is None:
                assert {one.reasons for one in said} == {("no_such_transition",)}
                continue
            for name, actor in people.items():
                expected = to if transitions.may(table[event], case, actor) else None
                got = attempt(case, event, actor)
                case.state = state
                moved += got is not None
                if got != expected:
                    wrong.append((state, event, name, got, expected))
        if table:
            absent = next(event for event in EVENTS if event not in table)
            assert attempt(case, absent, people["officer"]) is None
    assert wrong == []
    assert moved > len(SHIPPED[key]["states"]) / 2
    assert set(ROLES) == set(PERMISSIONS)


def attempt(case, event, actor):
    """Where the step leads, taken back at once; None when it is refused."""
    try:
        with transaction.atomic():
            moved = transitions.apply(case, event, actor=actor, facts=EVERYTHING_MET, changes={"outcome": "success"})
            raise _Undo(moved.state)
    except _Undo as undone:
        return undone.args[0]
    except RuleViolation:
        return None


def at(user):
    client = Client()
    client.force_login(user)
    return client


def post(client, address, **data):
    return client.post(address, {"form_token": new_token(), **data})


def test_from_the_board_to_an_examined_objection_through_the_doors():
    office, case = Office(), ApplicationFactory(state="ranked", own_fen=0)
    item = office.meeting(case)
    officer, chair, member = at(office.officer), at(office.chair), at(office.member)
    for client in (chair, member):
        assert post(client, f"/calls/acts/vote/{item.pk}/", choice="approve").status_code == 302
    assert officer.get(f"/calls/acts/vote/{item.pk}/").status_code == 403
    shown = officer.get(f"/calls/acts/propose/{case.pk}/").content.decode()
    assert '<a href="/calls/desk/" aria-current="page">' in shown
    sent = post(
        officer,
        f"/calls/acts/propose/{case.pk}/",
        event="approve",
        award_fen_amount="100",
        award_fen_unit="wan",
        reasons="好",
    )
    assert sent.status_code == 302
    proposal = case.proposals.get()
    page = chair.get(f"/calls/meetings/{item.meeting_id}/").content.decode()
    assert f"/calls/acts/decide/{proposal.pk}/" in page
    assert (
        f"/calls/acts/decide/{proposal.pk}/" not in officer.get(f"/calls/meetings/{item.meeting_id}/").content.decode()
    )
    decided = chair.post(f"/admin/calls/proposal/{proposal.pk}/act/decide/", {"order_reason": ""})
    assert decided.status_code == 302
    case.refresh_from_db()
    assert case.state == "approved"
    post(officer, f"/calls/acts/publish_notice/{case.pk}/")
    notice = case.notices.get()
    anybody = Client()
    assert case.title in anybody.get("/calls/notices/").content.decode()
    assert anybody.get("/api/v1/public-notices/").json()["results"][0]["number"] == case.number
    post(anybody, f"/calls/notices/{notice.pk}/object/", name="李", email="li@example.org", text="不实", phone="")
    objection = Objection.objects.get()
    assert objection.state == "UNCONFIRMED"
    link = OutboxMessage.objects.get(key=f"objection-{objection.pk}").payload["text"].split("/calls/", 1)[1].strip()
    post(anybody, f"/calls/{link}")
    post(at(office.judge), f"/calls/acts/examine/{objection.pk}/", upheld="no", reason="核实无误")
    case.refresh_from_db()
    assert case.state == "noticed"
    page = officer.get(f"/calls/desk/{case.pk}/?tab=decisions").content.decode()
    assert objection.text in page
    assert f"/calls/acts/examine/{objection.pk}/" not in page
    assert officer.get("/calls/cases/").status_code == 200
