"""Drafts are never lost, submitted once, and judged by one window."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from innovation.calls.actions.drafts import Typed, delete_draft, save_answers, start_draft, withdraw
from innovation.calls.actions.submitting import submit
from innovation.calls.choices import ApplicationState
from innovation.calls.models import Bar
from innovation.core.forms import new_token
from innovation.organisations.choices import MembershipRole, Sector
from talent.models import Consent, ConsentText
from tests.factories.accounts import UserFactory
from tests.factories.calls import ApplicationFactory, CallFactory
from tests.factories.organisations import MembershipFactory
from tests.refusals import refused_by_rule

pytestmark = pytest.mark.django_db
WHOLE = {
    "title": Typed("激光雷达芯片"),
    "summary": Typed("做出样机"),
    "requested": Typed({"amount": "120", "unit": "wan"}),
    "own": Typed({"amount": "300", "unit": "wan"}),
}


def begun(**facts):
    membership = MembershipFactory(role=MembershipRole.LEAD)
    call = CallFactory(**facts)
    return start_draft(call_id=call.pk, actor=membership.user, organisation_id=membership.organisation_id)


def test_a_second_click_gives_the_same_draft_and_a_colleague_is_told_who_has_it():
    draft = begun()
    again = start_draft(call_id=draft.call_id, actor=draft.created_by, organisation_id=draft.organisation_id)
    assert again == draft
    colleague = MembershipFactory(organisation=draft.organisation, role=MembershipRole.EDITOR).user
    refused_by_rule(
        "HAS_ONE_ALREADY", start_draft, call_id=draft.call_id, actor=colleague, organisation_id=draft.organisation_id
    )
    delete_draft(application_id=draft.pk, actor=draft.created_by)
    assert start_draft(call_id=draft.call_id, actor=colleague, organisation_id=draft.organisation_id) != draft


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"opens_at": timezone.now() + timedelta(days=2)}, "CALL_NOT_OPEN"),
        ({"sectors": [Sector.UNIVERSITY]}, "SECTOR"),
    ],
)
def test_who_may_not_begin(facts, code):
    membership = MembershipFactory(role=MembershipRole.LEAD, organisation__sector=Sector.INDUSTRY)
    call = CallFactory(**facts)
    refused_by_rule(
        code, start_draft, call_id=call.pk, actor=membership.user, organisation_id=membership.organisation_id
    )
    reader = MembershipFactory(organisation=membership.organisation, role=MembershipRole.VIEWER).user
    refused_by_rule(
        "NOT_YOUR_ORGANISATION", start_draft, call_id=CallFactory().pk, actor=reader,
        organisation_id=membership.organisation_id,
    )  # fmt: skip


def test_what_two_tabs_type_is_never_overwritten():
    draft = begun()
    first = save_answers(application_id=draft.pk, typed={"title": Typed("甲", base=0)}, actor=draft.created_by)
    assert first.revisions == {"title": 1}
    late = save_answers(
        application_id=draft.pk, typed={"title": Typed("乙", base=0), "summary": Typed("丙", base=0)},
        actor=draft.created_by,
    )  # fmt: skip
    (conflict,) = late.conflicts
    assert (conflict.stored, conflict.typed, conflict.revision) == ("甲", "乙", 1)
    assert dict(draft.answers.values_list("key", "value")) == {"title": "甲", "summary": "丙"}
    chosen = save_answers(application_id=draft.pk, typed={"title": Typed("乙", base=1)}, actor=draft.created_by)
    assert chosen.revisions == {"title": 2}
    draft.refresh_from_db()
    assert draft.title == "乙"


def test_what_cannot_be_read_is_kept_and_warned_of():
    draft = begun()
    unreadable = {"requested": Typed({"amount": "一大笔", "unit": "wan"})}
    saved = save_answers(application_id=draft.pk, typed=unreadable, actor=draft.created_by)
    assert saved.faults.keys() == {"requested"}
    assert "一大笔" in draft.answers.get(key="requested").value["typed"]
    draft.refresh_from_db()
    assert draft.requested_fen is None


def test_a_stranger_and_a_reader_save_nothing():
    draft = begun()
    refused_by_rule("NOT_YOURS", save_answers, application_id=draft.pk, typed=WHOLE, actor=UserFactory())
    assert not draft.answers.exists()


def test_submitted_once_whatever_is_clicked():
    draft = begun()
    refused_by_rule("DECLARATION_MISSING", submit, application_id=draft.pk, actor=draft.created_by, declared=False)
    refused_by_rule("FORM_INCOMPLETE", submit, application_id=draft.pk, actor=draft.created_by, declared=True)
    save_answers(application_id=draft.pk, typed=WHOLE, actor=draft.created_by)
    receipt = submit(application_id=draft.pk, actor=draft.created_by, declared=True)
    assert submit(application_id=draft.pk, actor=draft.created_by, declared=True) == receipt
    draft.refresh_from_db()
    assert (draft.state, draft.requested_fen, draft.own_fen) == ("submitted", 120_000_000, 300_000_000)
    assert receipt.answers["title"] == "激光雷达芯片"
    refused_by_rule("NOT_EDITABLE", save_answers, application_id=draft.pk, typed=WHOLE, actor=draft.created_by)
    withdraw(application_id=draft.pk, actor=draft.created_by)
    assert start_draft(call_id=draft.call_id, actor=draft.created_by, organisation_id=draft.organisation_id) != draft


@pytest.mark.parametrize(("late", "grace", "sent"), [(-1, 0, True), (0, 0, True), (1, 0, False), (1, 2, True)])
def test_one_millisecond_decides_at_the_end_of_the_window(late, grace, sent):
    draft = begun(grace_seconds=grace)
    save_answers(application_id=draft.pk, typed=WHOLE, actor=draft.created_by)
    moment = draft.call.closes_at + timedelta(milliseconds=late)
    facts = {"application_id": draft.pk, "actor": draft.created_by, "declared": True, "arrived_at": moment}
    if sent:
        assert submit(**facts).submitted_at == moment
    else:
        refused_by_rule("WINDOW_CLOSED", submit, **facts)


def test_a_barred_organisation_keeps_its_draft_but_cannot_send_it():
    draft = begun()
    save_answers(application_id=draft.pk, typed=WHOLE, actor=draft.created_by)
    Bar.objects.create(organisation=draft.organisation, reason="data fraud", since=timezone.localdate())
    refused_by_rule("APPLICANT_BARRED", submit, application_id=draft.pk, actor=draft.created_by, declared=True)


def test_a_returned_case_opens_only_what_was_asked():
    case = ApplicationFactory(state=ApplicationState.RETURNED)
    case.requests.create(text="?", fields=["money"], asked_by=UserFactory(role="fund_officer"))
    saved = save_answers(application_id=case.pk, typed=WHOLE, actor=case.created_by)
    assert saved.closed == ["title", "summary"]
    assert sorted(saved.revisions) == ["own", "requested"]


def test_a_registration_of_talent_is_sent_with_the_consent_that_carries_the_registry(client):
    draft = begun(kind="talent", rules={"role_kind": "founder"})
    save_answers(application_id=draft.pk, typed=WHOLE, actor=draft.created_by)
    facts = {"application_id": draft.pk, "actor": draft.created_by, "declared": True}
    refused_by_rule("AGREEMENT_MISSING", submit, **facts, agreed="0")
    client.force_login(draft.created_by)
    page = reverse("calls:application_check", args=[draft.pk])
    text = ConsentText.objects.current().get(purpose="registry")
    assert text.text_zh in client.get(page, headers={"accept-language": "zh-hans"}).text
    sent = {"declaration": "on", "form_token": new_token()}
    assert client.post(page, sent).status_code == 422
    assert not Consent.objects.exists()
    assert client.post(page, sent | {"agreed": text.pk}).status_code == 302
    consent = Consent.objects.get()
    assert (consent.person.user, consent.text, consent.given_by) == (draft.created_by, text, draft.created_by)
    assert submit(**facts).application_id == draft.pk
