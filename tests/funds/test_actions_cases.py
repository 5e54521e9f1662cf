"""The process of an exemption case: opened by losses, frozen, answered, heard, decided, appealed, archived."""

import json
from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from funds.actions import case_archive, case_panel, case_speaking, case_work
from funds.actions.case_opening import open_case, open_for_breaches
from funds.actions.events import record_event, reverse_event
from funds.choices.cases import AnswerResult, CaseGround, CaseOutcome, CaseState, EvidenceKind, Regime
from funds.choices.ledger import EventKind
from funds.models import (
    CapBreach,
    CaseProcedure,
    CatalogueItem,
    Committee,
    Decision,
    ExemptionCase,
    LedgerEvent,
    PanelMember,
    PolicyDocument,
    ToleranceRule,
    Vote,
)
from funds.models.case_states import TRANSITIONS
from funds.queries.cases import broken_steps, frozen_content
from funds.rules.case_chain import canonical, digest
from innovation.accounts.choices import Role
from innovation.core import transitions
from innovation.core.errors import RuleViolation
from innovation.core.models import OutboxMessage, TransitionRecord
from innovation.core.models.calendar import calendar
from innovation.core.workdays import SHANGHAI
from tests.factories.accounts import UserFactory
from tests.factories.funds import FundFactory, InvestmentFactory
from tests.factories.organisations import OrganisationFactory
from tests.funds import scenes
from tests.funds.case_scenes import Cast, Walk, case_in, fund_with_loss, manual_case, pdf
from tests.refusals import refused_by_rule

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}
S = CaseState
DAY = date(2026, 3, 2)


@pytest.fixture
def officer():
    return UserFactory(role=Role.FUND_OFFICER)


@pytest.fixture
def holding(officer):
    holding = InvestmentFactory(fund=FundFactory(ends_on=date(2030, 12, 31)))
    record(holding, officer, EventKind.INVEST, 20_000_000_00, value_date=date(2026, 1, 5))
    return holding


def record(holding, officer, kind, amount_fen, value_date=DAY, **facts):
    return record_event(
        fund_id=holding.fund_id, investment_id=holding.pk, kind=kind, amount_fen=amount_fen, value_date=value_date,
        actor=officer, **facts,
    )  # fmt: skip


# ── Opening ──────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("kind", "amount", "relieved", "ground", "loss"),
    [
        (EventKind.WRITE_OFF, 0, 300, CaseGround.WRITE_OFF, 300),
        (EventKind.EXIT_PARTIAL, 100, 300, CaseGround.EXIT_AT_LOSS, 200),
        (EventKind.IMPAIRMENT, 500_000_000, 0, CaseGround.IMPAIRMENT, 500_000_000),
    ],
)
def test_a_loss_opens_its_case_in_the_same_transaction(*, holding, officer, kind, amount, relieved, ground, loss):
    event = record(holding, officer, kind, amount, cost_relieved_fen=relieved)
    case = ExemptionCase.objects.get()
    assert (case.event, case.ground, case.loss_fen, case.loss_on) == (event, ground, loss, DAY)
    assert (case.state, case.investment, case.opened_at) == (S.OPENED, holding, event.recorded_at)
    step = case.steps.get()
    assert (step.seq, step.event, step.actor, broken_steps(case)) == (1, "open", officer, [])


@pytest.mark.parametrize(
    ("kind", "amount", "relieved", "day"),
    [
        (EventKind.EXIT_PARTIAL, 300, 300, DAY),
        (EventKind.IMPAIRMENT, 499_999_999, 0, DAY),
        (EventKind.DIVIDEND, 10, 0, DAY),
        (EventKind.FOLLOW_ON, 10, 0, DAY),
    ],
)
def test_what_is_no_loss_opens_none(*, holding, officer, kind, amount, relieved, day):
    record(holding, officer, kind, amount, cost_relieved_fen=relieved, value_date=day)
    assert not ExemptionCase.objects.exists()


def test_losses_before_the_first_procedure_open_none():
    fund_with_loss()
    assert LedgerEvent.objects.filter(kind=EventKind.WRITE_OFF).exists()
    assert not ExemptionCase.objects.exists()


def test_a_reversal_opens_none_and_lets_the_case_be_discontinued(holding, officer):
    event = record(holding, officer, EventKind.WRITE_OFF, 0, cost_relieved_fen=300)
    case = ExemptionCase.objects.get()
    manager = UserFactory(role=Role.PROGRAMME_MANAGER)
    refused_by_rule("LOSS_STANDS", case_archive.discontinue_case, case_id=case.pk, reason="typed twice", actor=manager)
    case_work.name_voter(case_id=case.pk, name="Li", actor=officer)
    reverse_event(event_id=event.pk, reason="typed twice", actor=officer)
    assert ExemptionCase.objects.count() == 1
    refused_by_rule("REASON_MISSING", case_archive.discontinue_case, case_id=case.pk, reason=" ", actor=manager)
    with pytest.raises(PermissionDenied):
        case_archive.discontinue_case(case_id=case.pk, reason="typed twice", actor=officer)
    case_archive.discontinue_case(case_id=case.pk, reason="typed twice", actor=manager)
    case = ExemptionCase.objects.get()
    assert (case.state, case.outcome, case.steps.last().event) == (S.ARCHIVED, "", "discontinue")
    assert case.sealed.size > 1000


def test_a_case_that_nobody_worked_on_is_withdrawn_with_the_reversal_of_its_entry(holding, officer):
    event = record(holding, officer, EventKind.WRITE_OFF, 0, cost_relieved_fen=300)
    reverse_event(event_id=event.pk, reason="typed twice", actor=officer)
    case = ExemptionCase.objects.get()
    last = case.steps.last()
    assert (case.state, case.outcome, last.event, last.note) == (S.ARCHIVED, "", "withdraw", "typed twice")
    assert broken_steps(case) == []
    assert case.sealed.size > 1000
    assert not OutboxMessage.objects.filter(key__startswith="case-reversed-").exists()


def test_a_case_that_somebody_worked_on_shows_the_reversal_and_asks(holding, officer, client):
    event = record(holding, officer, EventKind.WRITE_OFF, 0, cost_relieved_fen=300)
    case = ExemptionCase.objects.get()
    case_work.name_voter(case_id=case.pk, name="Li", actor=officer)
    client.force_login(officer)
    assert "The entry was reversed" not in client.get(case.get_absolute_url(), headers=ENGLISH).text
    reverse_event(event_id=event.pk, reason="typed twice", actor=officer)
    case.refresh_from_db()
    assert case.state == S.OPENED
    page = client.get(case.get_absolute_url(), headers=ENGLISH).text
    assert "The entry was reversed" in page
    assert "typed twice" in page
    assert OutboxMessage.objects.get(key__startswith="case-reversed-").recipient == officer.email


def test_a_case_keeps_the_procedure_of_the_day_of_its_loss(holding, officer):
    CaseProcedure.objects.create(
        version="2", valid_from=date(2026, 3, 1), impairment_threshold_fen=1, quorum=5, appeal_days=3, source="city"
    )
    record(holding, officer, EventKind.WRITE_OFF, 0, cost_relieved_fen=1, value_date=date(2026, 2, 27))
    record(holding, officer, EventKind.WRITE_OFF, 0, cost_relieved_fen=1, value_date=date(2026, 3, 1))
    versions = ExemptionCase.objects.order_by("pk").values_list("procedure__version", flat=True)
    assert list(versions) == ["1", "2"]


def test_a_batch_costs_the_same_few_statements_when_nothing_is_lost(holding, officer, django_assert_max_num_queries):
    with django_assert_max_num_queries(30):
        record(holding, officer, EventKind.FOLLOW_ON, 5)
    assert not ExemptionCase.objects.exists()


def test_case_officers_are_told_at_once_and_only_of_news(holding, officer):
    record(holding, officer, EventKind.WRITE_OFF, 0, cost_relieved_fen=300)
    mail = OutboxMessage.objects.get(recipient=officer.email)
    assert "1" in mail.subject
    assert ExemptionCase.objects.get().code in mail.payload["text"]
    fund, _lossy = fund_with_loss()
    CaseProcedure.objects.create(
        version="0", valid_from=date(2020, 1, 1), impairment_threshold_fen=1, quorum=3, appeal_days=3, source="city"
    )
    scenes.invest(fund, 100, lost=50)
    assert ExemptionCase.objects.count() == 2
    assert OutboxMessage.objects.count() == 1


def test_a_breach_of_a_cap_opens_one_case_an_episode():
    fund = scenes.fund_exceeded()
    scenes.fund_within()
    now = timezone.now()
    day = date(2026, 1, 15)
    opened = open_for_breaches(as_of=day, known_at=now)
    assert [(case.fund, case.ground) for case in opened] == [(fund, CaseGround.CAP_BREACH)]
    assert opened[0].loss_fen == 500 * scenes.WAN
    assert open_for_breaches(as_of=day + timedelta(days=1), known_at=now) == []
    wrong = LedgerEvent.objects.get(fund=fund, kind=EventKind.WRITE_OFF)
    reverse_event(event_id=wrong.pk, reason="taken back", actor=UserFactory(role=Role.FUND_OFFICER))
    assert open_for_breaches(as_of=day + timedelta(days=2), known_at=timezone.now()) == []
    assert CapBreach.objects.get().until == day + timedelta(days=2)


def test_a_breach_of_a_groups_cap_opens_one_case_with_the_member_that_lost_most(officer):
    small, large = scenes.fund_within(), scenes.fund_exceeded()
    group = scenes.group_of(small, large)
    scenes.invest(large, 3000, lost=3000)
    day = date(2026, 1, 15)
    opened = [case for case in open_for_breaches(as_of=day, known_at=timezone.now()) if case.breach.group_id]
    assert [(case.fund, case.breach.group, case.breach.fund) for case in opened] == [(large, group, None)]
    assert str(group) in str(opened[0].breach)
    assert open_for_breaches(as_of=day, known_at=timezone.now()) == []
    case_work.freeze_case(case_id=opened[0].pk, as_of=day, no_minutes_reason="none was kept", actor=officer)
    frozen = frozen_content(ExemptionCase.objects.get(pk=opened[0].pk))
    assert {"FUND", "FUND_GROUP"} <= {rate["scope"] for rate in frozen["rates"]}


@pytest.mark.parametrize(
    ("code", "facts"),
    [
        ("LOSS_NEGATIVE", {"loss_fen": -1}),
        ("LOSS_IN_FUTURE", {"loss_on": date(2100, 1, 1)}),
        ("SUMMARY_MISSING", {"summary": " "}),
        ("INVESTMENT_OF_OTHER_FUND", {"fund_id": None}),
        ("PROCEDURE_MISSING", {"at": datetime(2025, 1, 1, tzinfo=SHANGHAI), "loss_on": date(2024, 1, 1)}),
    ],
)
def test_a_case_by_hand_needs_its_facts(holding, officer, code, facts):
    facts = {key: value or FundFactory().pk for key, value in facts.items()}
    good = {"fund_id": holding.fund_id, "investment_id": holding.pk, "loss_fen": 1, "loss_on": DAY, "summary": "x"}
    refused_by_rule(code, open_case, actor=officer, **good | facts)
    assert not ExemptionCase.objects.exists()


# ── Freezing ─────────────────────────────────────────────────────────────────────────────────────
def test_freezing_stores_everything_that_was_known_with_its_hashes():
    case, walk = case_in(S.FROZEN)
    content = frozen_content(case)
    assert digest(case.freeze.content) == case.freeze.sha256
    assert all(digest(canonical(content[name])) == sha for name, sha in content["sections"].items())
    assert content["times"]["as_of"] == "2024-02-01"
    assert content["times"]["decided_on"] == "2023-02-01"
    assert [row["code"] for row in content["policy"]] == ["CN-HZ-SHANGCHENG-2025"]
    assert len(content["policy"][0]["rules"]) == 3
    head = LedgerEvent.objects.filter(fund=case.fund).order_by("seq").last()
    assert (content["ledger"]["seq"], content["ledger"]["head"]) == (head.seq, bytes(head.hash).hex())
    assert content["position"]["holding"]["realised_loss"] == 100 * scenes.WAN
    assert [row["fair_value_fen"] for row in content["valuations"]] == [450 * scenes.WAN]
    fund_rates = next(rate for rate in content["rates"] if rate["scope"] == "FUND")
    codes = [reading["code"] for reading in fund_rates["readings"]]
    assert len(codes) >= 8
    assert sum(reading["policy"] for reading in fund_rates["readings"]) == 1
    strict = next(r for r in fund_rates["readings"] if r["code"].startswith("REALISED/NONE/INVESTED_COST"))
    assert strict["rate"] == "1/6"
    assert content["decision"]["minutes"] == [walk.minutes]
    assert [voter["name"] for voter in content["decision"]["voters"]] == ["Voter"]
    assert [row["file_id"] for row in content["evidence"]] == [walk.minutes]
    assert case.handler == walk.cast.officer
    assert json.loads(case.steps.last().facts)["sections"] == content["sections"]


def test_what_changes_later_does_not_change_the_frozen_set():
    case, walk = case_in(S.FROZEN)
    before = case.freeze.content
    scenes.invest(case.fund, 50, lost=50)
    ToleranceRule.objects.filter(code="CN-HZ-SC-FUND-VC").update(note="other")
    CatalogueItem.objects.filter(kind="DUTY").update(zh="x")
    case.refresh_from_db()
    assert case.freeze.content == before
    added = case_work.add_evidence(
        case_id=case.pk, upload=pdf("afterwards"), kind=EvidenceKind.OTHER, actor=walk.cast.officer
    )
    assert added.later
    assert [row["file_id"] for row in frozen_content(case)["evidence"]] == [walk.minutes]


def test_a_freeze_needs_minutes_or_the_reason_why_there_are_none():
    cast = Cast()
    case = manual_case(cast)
    refused_by_rule("MINUTES_MISSING", case_work.freeze_case, case_id=case.pk, actor=cast.officer)
    future = timezone.localdate() + timedelta(days=1)
    refused_by_rule("FREEZE_DAY", case_work.freeze_case, case_id=case.pk, actor=cast.officer, as_of=future)
    frozen = case_work.freeze_case(case_id=case.pk, actor=cast.officer, no_minutes_reason="decided by letter")
    assert frozen_content(frozen)["decision"]["no_minutes_reason"] == "decided by letter"
    refused_by_rule("NOT_IN_THIS_STATE", case_work.freeze_case, case_id=case.pk, actor=cast.officer)


def test_the_policy_of_the_day_of_the_decision_is_frozen_too_and_the_panel_says_which_it_applied():
    cast = Cast()
    case = manual_case(cast)
    binding = case.fund.policy_bindings.get()
    binding.valid_from = date(2023, 6, 1)
    binding.save()
    old = PolicyDocument.objects.get(code="CN-SZ-CITY")
    other = scenes.bind("CN-SZ-CITY", fund=case.fund)
    other.valid_to = date(2023, 5, 31)
    other.save()
    walk = Walk(cast, case)
    walk.to(S.PANEL)
    content = frozen_content(ExemptionCase.objects.get())
    assert content["policies_differ"] is True
    assert [row["code"] for row in content["policy_at_decision"]] == ["CN-SZ-CITY"]
    people = [cast.chair, *cast.members]
    walk.seat(people)
    walk.vote(people)
    refused_by_rule("LAW_MISSING", walk.close, cast.chair)
    facts = {"case_id": case.pk, "outcome": "EXEMPT", "reasons": "Old law.", "actor": cast.chair}
    stranger = PolicyDocument.objects.get(code="CN-GZ-HUANGPU-2025")
    refused_by_rule("LAW_UNKNOWN", case_panel.decide_case, law_id=stranger.pk, **facts)
    case_panel.decide_case(law_id=old.pk, **facts)
    assert ExemptionCase.objects.get().decisions.get().law == old


def test_voters_of_a_sealed_decision_are_named_by_themselves_and_stand_for_the_minutes():
    cast = Cast()
    case = manual_case(cast)
    voter = UserFactory(role=Role.FINANCE)
    decision = Decision.objects.create(
        fund=case.fund, number="D-1", subject="EXIT", investment=case.investment, quorum=1, majority_num=1,
        majority_den=2, committee=Committee.objects.create(name_zh="投委会", quorum=1), met_on=date(2023, 2, 1),
        outcome="APPROVED", reason="good",
    )  # fmt: skip
    Vote.objects.create(decision=decision, name="Voter A", user=voter, choice="FOR")
    Vote.objects.create(decision=decision, name="Voter B", choice="RECUSED", reason="friend")
    Decision.objects.filter(pk=decision.pk).update(sealed_at=timezone.now(), sha256="a" * 64)
    case_work.freeze_case(case_id=case.pk, actor=cast.officer)
    assert list(case.voters.values_list("name", "user")) == [("Voter A", voter.pk)]
    frozen = frozen_content(ExemptionCase.objects.get())["decision"]
    assert [(row["number"], row["sha256"], len(row["votes"])) for row in frozen["committee"]] == [("D-1", "a" * 64, 2)]
    assert broken_steps(case) == []


def test_broken_books_are_not_frozen():
    cast = Cast()
    case = manual_case(cast)
    with connection.cursor() as cursor:  # the ledger's own guard must be off for this one line
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE funds_ledgerevent SET amount_fen = amount_fen + 1 WHERE seq = 1")
        cursor.execute("SET session_replication_role = DEFAULT")
    refused_by_rule(
        "LEDGER_BROKEN", case_work.freeze_case, case_id=case.pk, actor=cast.officer, no_minutes_reason="none"
    )


# ── Checklist, screening ─────────────────────────────────────────────────────────────────────────
def test_the_checklist_asks_each_person_what_its_regime_asks():
    cast = Cast()
    case, walk = case_in(S.FROZEN, cast, regime=Regime.SASAC_46)
    case_work.name_person(case_id=case.pk, name="Second", function="Head", regime=Regime.FISCAL, actor=cast.officer)
    walk.start()
    ids = dict(CatalogueItem.objects.values_list("code", "pk"))
    first, second = case.persons.order_by("pk")
    facts = {"case_id": case.pk, "result": "NOT_SHOWN", "reason": "no paper", "actor": cast.officer}
    case_work.answer_item(person_id=first.pk, item_id=ids["NO_MAJOR_LOSS"], **facts)
    refused_by_rule("ITEM_UNKNOWN", case_work.answer_item, person_id=second.pk, item_id=ids["NO_MAJOR_LOSS"], **facts)
    refused_by_rule("ITEM_UNKNOWN", case_work.answer_item, person_id=first.pk, item_id=ids["FRAUD"], **facts)
    case_work.answer_item(person_id=second.pk, item_id=ids["LAWFUL"], **facts)
    with pytest.raises(RuleViolation) as caught:
        case_work.finish_checklist(case_id=case.pk, actor=cast.officer)
    assert (caught.value.code, caught.value.facts["open"]) == ("CHECKLIST_OPEN", 6 + 3 + 4 - 2)


def test_answers_rest_on_documents_of_the_file_and_a_new_one_supersedes():
    case, walk = case_in(S.CHECKLIST)
    person, item = case.persons.get(), CatalogueItem.objects.get(code="LAWFUL")
    facts = {"case_id": case.pk, "person_id": person.pk, "item_id": item.pk, "actor": walk.cast.officer}
    refused_by_rule("EVIDENCE_MISSING", case_work.answer_item, result=AnswerResult.MET, **facts)
    refused_by_rule("EVIDENCE_UNKNOWN", case_work.answer_item, result=AnswerResult.MET, evidence=["0" * 64], **facts)
    case_work.answer_item(result=AnswerResult.NOT_SHOWN, reason="no paper", **facts)
    case_work.answer_item(result=AnswerResult.MET, evidence=[walk.minutes], **facts)
    rows = case.checklistanswers.order_by("pk")
    assert [(row.result, row.superseded_at is None) for row in rows] == [("NOT_SHOWN", False), ("MET", True)]


def test_the_checklist_begins_once_somebody_is_judged():
    cast = Cast()
    case = manual_case(cast)
    case_work.freeze_case(case_id=case.pk, actor=cast.officer, no_minutes_reason="-")
    refused_by_rule("PERSONS_MISSING", case_work.start_checklist, case_id=case.pk, actor=cast.officer)


def test_every_line_of_the_negative_list_is_answered_and_a_hit_says_what():
    case, walk = case_in(S.SCREENING)
    person, item = case.persons.get(), CatalogueItem.objects.get(code="FRAUD")
    facts = {"case_id": case.pk, "person_id": person.pk, "item_id": item.pk, "actor": walk.cast.officer}
    refused_by_rule("REASON_MISSING", case_work.record_finding, hit=True, **facts)
    case_work.record_finding(hit=False, **facts)
    refused_by_rule("SCREENING_OPEN", case_work.finish_screening, case_id=case.pk, actor=walk.cast.officer)


# ── Statement, evaluation ────────────────────────────────────────────────────────────────────────
def test_the_manager_saves_and_submits_once_and_nobody_else_does():
    case, walk = case_in(S.STATEMENT)
    cast = walk.cast
    case_speaking.save_statement(case_id=case.pk, text="", actor=cast.applicant)
    case_speaking.save_statement(case_id=case.pk, text="draft", actor=cast.applicant)
    for stranger in (cast.officer, UserFactory(role=Role.APPLICANT)):
        refused_by_rule("NOT_PERMITTED", case_speaking.save_statement, case_id=case.pk, text="x", actor=stranger)
        refused_by_rule("NOT_PERMITTED", case_speaking.submit_statement, case_id=case.pk, text="x", actor=stranger)
    refused_by_rule("TEXT_MISSING", case_speaking.submit_statement, case_id=case.pk, text=" ", actor=cast.applicant)
    attached = walk.add("attachment", EvidenceKind.STATEMENT, actor=cast.applicant)
    case_speaking.submit_statement(case_id=case.pk, text="final", actor=cast.applicant)
    case = ExemptionCase.objects.get()
    assert (case.state, case.statement.text, bool(case.statement.submitted_at)) == (S.EVALUATION, "final", True)
    assert case.evidence.get(file_id=attached).later
    refused_by_rule(
        "NOT_IN_THIS_STATE", case_speaking.submit_statement, case_id=case.pk, text="again", actor=cast.applicant
    )
    refused_by_rule("NOT_PERMITTED", walk.add, "more", EvidenceKind.STATEMENT, actor=cast.applicant)


def test_the_manager_is_told_when_the_statement_is_awaited_and_when_it_is_decided():
    case, walk = case_in(S.DECIDED)
    mails = OutboxMessage.objects.filter(recipient=walk.cast.applicant.email)
    assert mails.count() == 2
    assert "Exempt" in mails.order_by("pk").last().payload["text"]
    assert case.appeal_until.isoformat() in mails.order_by("pk").last().payload["text"]


def test_the_case_goes_on_without_a_statement_only_after_its_term():
    case, walk = case_in(S.STATEMENT)
    facts = {"case_id": case.pk, "actor": walk.cast.officer}
    late = timezone.now() + timedelta(days=120)
    refused_by_rule("REASON_MISSING", case_speaking.close_statement, reason=" ", at=late, **facts)
    ExemptionCase.objects.update(due_on=timezone.localdate())
    refused_by_rule("TERM_STILL_RUNS", case_speaking.close_statement, reason="silent", **facts)
    assert case_speaking.close_statement(reason="silent", at=late, **facts).state == S.EVALUATION


def test_the_evaluation_comes_from_outside_with_its_report():
    case, walk = case_in(S.EVALUATION)
    report = walk.add("report", EvidenceKind.EVALUATION)
    facts = {
        "case_id": case.pk, "evaluator": "A", "independence": "None", "opinion": "EXEMPT", "text": "T",
        "report_sha256": report, "actor": walk.cast.officer, "organisation_id": OrganisationFactory().pk,
    }  # fmt: skip
    act = case_speaking.record_evaluation
    for own in (case.fund.manager_id, case.investment.company_id):
        refused_by_rule("NOT_INDEPENDENT", act, **facts | {"organisation_id": own})
    refused_by_rule("REPORT_MISSING", act, **facts | {"report_sha256": walk.minutes})
    refused_by_rule("OPINION_UNKNOWN", act, **facts | {"opinion": "FINE"})
    refused_by_rule("TEXT_MISSING", act, **facts | {"independence": " "})
    assert act(**facts).state == S.PANEL


# ── Panel ────────────────────────────────────────────────────────────────────────────────────────
def test_who_must_not_judge_is_entered_as_recused():
    cast = Cast()
    case = manual_case(cast)
    voter, judged = UserFactory(role=Role.FINANCE), UserFactory(role=Role.REVIEWER)
    namesake = UserFactory(role=Role.REVIEWER, name="Same Name")
    case_work.name_voter(case_id=case.pk, name="Somebody", user=voter, actor=cast.officer)
    case_work.name_voter(case_id=case.pk, name="Same Name", actor=cast.officer)
    case_work.name_person(
        case_id=case.pk, name="J", function="f", regime=Regime.FISCAL, user=judged, actor=cast.officer
    )
    walk = Walk(cast, case)
    walk.to(S.PANEL)
    walk.seat([cast.chair, voter, judged, namesake, cast.members[0]])
    seats = {seat.user: seat for seat in PanelMember.objects.all()}
    assert {user for user, seat in seats.items() if seat.recused_at} == {voter, judged, namesake}
    assert all(seats[user].recusal_reason for user in (voter, judged, namesake))
    refused_by_rule("NO_SEAT", walk.vote, [voter])
    refused_by_rule("NO_PANEL_MEMBER", walk.seat, [UserFactory(role=Role.AUDITOR)])
    refused_by_rule("SITS_ALREADY", walk.seat, [cast.chair])
    refused_by_rule("CHAIR_TAKEN", walk.seat, [UserFactory(role=Role.FINANCE)])


def test_a_member_recuses_itself_before_the_vote_only():
    _case, walk = case_in(S.PANEL)
    cast = walk.cast
    walk.seat([cast.chair, *cast.members])
    seat = PanelMember.objects.get(user=cast.members[0])
    refused_by_rule("REASON_MISSING", case_panel.recuse_member, member_id=seat.pk, reason="", actor=seat.user)
    refused_by_rule("NOT_PERMITTED", case_panel.recuse_member, member_id=seat.pk, reason="x", actor=cast.members[1])
    case_panel.recuse_member(member_id=seat.pk, reason="A friend", actor=seat.user)
    refused_by_rule("RECUSED_ALREADY", case_panel.recuse_member, member_id=seat.pk, reason="x", actor=seat.user)
    walk.vote([cast.members[1]])
    other = PanelMember.objects.get(user=cast.members[1])
    refused_by_rule("VOTED_ALREADY", case_panel.recuse_member, member_id=other.pk, reason="x", actor=other.user)


def test_a_decision_needs_its_quorum_its_majority_and_its_chair():
    case, walk = case_in(S.PANEL)
    cast = walk.cast
    people = [cast.chair, *cast.members]
    walk.seat(people)
    walk.vote(people[:2])
    refused_by_rule("QUORUM_MISSING", walk.close, cast.chair)
    walk.vote(people[2:], CaseOutcome.NOT_EXEMPT)
    walk.vote([cast.members[0]], CaseOutcome.PARTLY_EXEMPT)
    refused_by_rule("NO_MAJORITY", walk.close, cast.chair)
    walk.vote([cast.members[0]], CaseOutcome.NOT_EXEMPT)
    refused_by_rule("NO_MAJORITY", walk.close, cast.chair)
    refused_by_rule("NOT_PERMITTED", walk.close, cast.officer, CaseOutcome.NOT_EXEMPT)
    refused_by_rule("NOT_PERMITTED", walk.close, UserFactory(role=Role.FINANCE), CaseOutcome.NOT_EXEMPT)
    walk.close(cast.chair, CaseOutcome.NOT_EXEMPT)
    decision = ExemptionCase.objects.get().decisions.get()
    assert (decision.outcome, decision.prepared_by, decision.decided_by) == ("NOT_EXEMPT", cast.officer, cast.chair)
    assert case.votes.filter(superseded_at=None).count() == 3


def test_who_handles_the_case_does_not_decide_it():
    cast = Cast()
    cast.officer = UserFactory(roles=[Role.FUND_OFFICER, Role.PROGRAMME_MANAGER])
    _case, walk = case_in(S.PANEL, cast)
    walk.seat([cast.officer])
    assert PanelMember.objects.get().recused_at
    refused_by_rule("NOT_PERMITTED", walk.close, cast.officer)


@pytest.mark.parametrize("outcome", CaseOutcome)
def test_a_hit_leaves_not_exempt_and_referred(outcome):
    _case, walk = case_in(S.PANEL, hit=True)
    people = [walk.cast.chair, *walk.cast.members]
    walk.seat(people)
    if outcome in {CaseOutcome.EXEMPT, CaseOutcome.PARTLY_EXEMPT}:
        refused_by_rule("NEGATIVE_HIT", walk.vote, people, outcome)
        walk.vote(people, CaseOutcome.REFERRED)
        refused_by_rule("NEGATIVE_HIT", walk.close, walk.cast.chair, outcome)
    else:
        walk.vote(people, outcome)
        walk.close(walk.cast.chair, outcome)
        assert ExemptionCase.objects.get().outcome == outcome


# ── Appeal, archive ──────────────────────────────────────────────────────────────────────────────
def test_an_appeal_is_heard_by_others_and_decided_once():
    case, walk = case_in(S.APPEAL)
    cast = walk.cast
    refused_by_rule("APPEAL_ONCE", walk.appeal)
    walk.seat(cast.second)
    case_panel.appoint_member(case_id=case.pk, user_id=cast.members[0].pk, actor=cast.officer)
    assert PanelMember.objects.get(round=2, user=cast.members[0]).recused_at
    walk.vote(cast.second, CaseOutcome.PARTLY_EXEMPT)
    walk.close(cast.second[0], CaseOutcome.PARTLY_EXEMPT)
    case.refresh_from_db()
    assert (case.state, case.outcome) == (S.DECIDED, CaseOutcome.PARTLY_EXEMPT)
    assert list(case.decisions.values_list("round", "outcome")) == [(1, "EXEMPT"), (2, "PARTLY_EXEMPT")]
    refused_by_rule("APPEAL_ONCE", walk.appeal)
    assert case_archive.archive_case(case_id=case.pk, actor=cast.officer).state == S.ARCHIVED


def test_an_appeal_comes_in_time_from_the_manager():
    case, walk = case_in(S.DECIDED)
    late = timezone.now() + timedelta(days=90)
    facts = {"case_id": case.pk, "text": "no"}
    refused_by_rule("APPEAL_LATE", case_speaking.appeal_case, actor=walk.cast.applicant, at=late, **facts)
    refused_by_rule("NOT_PERMITTED", case_speaking.appeal_case, actor=walk.cast.officer, **facts)
    refused_by_rule("TEXT_MISSING", case_speaking.appeal_case, case_id=case.pk, text=" ", actor=walk.cast.applicant)
    refused_by_rule("APPEAL_STILL_POSSIBLE", case_archive.archive_case, case_id=case.pk, actor=walk.cast.officer)


def test_an_archived_case_takes_nothing_more():
    case, walk = case_in(S.ARCHIVED)
    assert case.sealed.chain_head == bytes(case.steps.last().hash).hex()
    refused_by_rule("CASE_ARCHIVED", walk.add, "late", EvidenceKind.OTHER)
    refused_by_rule("NOT_IN_THIS_STATE", case_archive.archive_case, case_id=case.pk, actor=walk.cast.officer)


# ── States and roles ─────────────────────────────────────────────────────────────────────────────
MAY = {
    "freeze": {"officer"}, "start_checklist": {"officer"}, "finish_checklist": {"officer"},
    "finish_screening": {"officer"}, "submit_statement": {"applicant"}, "close_statement": {"officer"},
    "record_evaluation": {"officer"}, "decide": {"chair"}, "appeal": {"applicant"}, "archive": {"officer"},
    "decide_appeal": {"chair"}, "discontinue": {"manager", "finance", "chair"}, "withdraw": set(),
}  # fmt: skip


@pytest.mark.parametrize("state", S)
def test_who_may_cause_which_step_in_each_state(state):
    case, walk = case_in(state)
    cast = walk.cast
    people = {
        "officer": {cast.officer, UserFactory(role=Role.ADMINISTRATOR)}, "applicant": {cast.applicant},
        "chair": {cast.chair if state != S.APPEAL else cast.second[0]},
        "manager": {UserFactory(role=Role.PROGRAMME_MANAGER)}, "finance": {UserFactory(role=Role.FINANCE)},
        "nobody": {UserFactory(role=role) for role in (Role.APPLICANT, Role.AUDITOR, Role.TALENT_OFFICER,
                   Role.PATENT_OFFICER, Role.REVIEWER, Role.PRIVACY_OFFICER)} | {cast.members[0]},
    }  # fmt: skip
    if state in {S.PANEL, S.APPEAL}:
        walk.seat([cast.chair, *cast.members] if state == S.PANEL else cast.second)
    for kind, users in people.items():
        for user in users:
            expected = {event for event in TRANSITIONS[state] if kind in MAY[event]}
            if user.has_role(Role.ADMINISTRATOR):
                expected |= {event for event in TRANSITIONS[state] if event == "discontinue"}
            assert set(transitions.available(case, user)) == expected, (kind, user.roles)
    for event in set(MAY) - set(TRANSITIONS[state]):
        with pytest.raises(RuleViolation) as caught:
            transitions.apply(case, event, actor=cast.officer)
        assert caught.value.code == "NO_SUCH_TRANSITION"


def test_each_state_says_what_it_is_called_and_what_happens_next():
    assert set(ExemptionCase.state_names) == set(S) == set(TRANSITIONS)
    for names in ExemptionCase.state_names.values():
        assert str(names.staff)
        assert str(names.public)
        assert str(names.next_step)


def test_each_step_has_its_deadline_in_working_days():
    at = datetime(2026, 9, 25, 10, tzinfo=SHANGHAI)
    cast = Cast()
    case = manual_case(cast, at=at)
    assert case.due_on == calendar().due(date(2026, 9, 25), 5).due
    walk = Walk(cast, case, at=at)
    case = walk.to(S.CHECKLIST)
    assert case.due_on == calendar().due(date(2026, 9, 25), 15).due > date(2026, 10, 16)


def test_a_whole_case_leaves_one_unbroken_chain_and_the_floors_own_records():
    case, _walk = case_in(S.ARCHIVED)
    steps = list(case.steps.order_by("seq"))
    assert broken_steps(case) == []
    assert [step.seq for step in steps] == list(range(1, len(steps) + 1))
    moved = [(step.from_state, step.to_state) for step in steps if step.from_state not in ("", step.to_state)]
    kept = TransitionRecord.objects.filter(object_pk=str(case.pk)).order_by("pk")
    assert moved == list(kept.values_list("from_state", "to_state"))
    assert [state for _, state in moved] == [
        "FROZEN", "CHECKLIST", "SCREENING", "STATEMENT", "EVALUATION", "PANEL", "DECIDED", "ARCHIVED",
    ]  # fmt: skip
