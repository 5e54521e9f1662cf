"""Exemption cases: what opens one, and what freezing keeps."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from funds.actions import case_archive, case_panel, case_work
from funds.actions.case_opening import open_case, open_for_breaches
from funds.actions.events import record_event, reverse_event
from funds.casefile.dossier import Dossier
from funds.choices.cases import CaseGround, CaseState, EvidenceKind
from funds.choices.ledger import EventKind
from funds.models import (
    CapBreach,
    CaseProcedure,
    CatalogueItem,
    Committee,
    Decision,
    DecisionPaper,
    ExemptionCase,
    LedgerEvent,
    PolicyDocument,
    ToleranceRule,
    Vote,
)
from funds.queries.cases import broken_steps, frozen_content
from funds.rules.case_chain import canonical, digest
from innovation.accounts.choices import Role
from innovation.core.models import OutboxMessage
from innovation.core.workdays import SHANGHAI
from tests.factories.accounts import UserFactory
from tests.factories.deals import paper
from tests.factories.funds import FundFactory, InvestmentFactory
from tests.funds import scenes
from tests.funds.case_scenes import Cast, Walk, case_in, fund_with_loss, manual_case, pdf
from tests.refusals import refused_by_rule

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}
S = CaseState
DAY = date(2026, 3, 2)


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
    minutes = paper(cast.officer)
    DecisionPaper.objects.create(decision=decision, paper=minutes)
    Decision.objects.filter(pk=decision.pk).update(sealed_at=timezone.now(), sha256="a" * 64)
    coming = next(part for part in Dossier(case).parts() if part.code == "evidence").grids[1]
    assert [(row[0], row[3]) for row in coming.rows] == [(minutes.file_name, minutes.sha256)]
    before = next(part for part in Dossier(case).parts() if part.code == "frozen")
    assert "D-1 (2023-02-01, papers: 1)" in dict(before.facts).values()
    content = Path(minutes.file.path).read_bytes()
    Path(minutes.file.path).write_bytes(content + b"x")
    refused_by_rule("PAPER_CHANGED", case_work.freeze_case, case_id=case.pk, actor=cast.officer)
    Path(minutes.file.path).write_bytes(content)
    case_work.freeze_case(case_id=case.pk, actor=cast.officer)
    taken = case.evidence.get()
    assert (taken.kind, taken.name, taken.note, taken.later) == ("MINUTES", minutes.file_name, "D-1", False)
    assert bytes(taken.file.content) == content
    assert list(case.voters.values_list("name", "user")) == [("Voter A", voter.pk)]
    frozen = frozen_content(ExemptionCase.objects.get())["decision"]
    assert frozen["minutes"] == [minutes.sha256]
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
