"""From the question to the end of a mandate; what the database refuses; two writers at once."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from innovation.accounts.choices import Role
from innovation.accounts.demo import email_of
from innovation.accounts.models import User
from innovation.core import jobs
from innovation.core.jobs import JobState
from talent.actions import mandates, match_inputs, matching
from talent.choices.matching import ConflictSource, MandateState, ProposalState
from talent.choices.privacy import Purpose
from talent.demo.matching import make_matching
from talent.models import CapacityPeriod, ConflictDeclaration, Demand, Mandate, MandateOutcome, MatchProposal, MatchRun
from talent.queries.matching import above_capacity, snapshot_of
from tests.factories.accounts import UserFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.talent import AffiliationFactory, RoleProfileFactory
from tests.factories.talent_matching import DemandFactory, MandateFactory, MatchProfileFactory, declared_none
from tests.factories.talent_privacy import agree
from tests.refusals import constraint_of, refusal, rule_refuses

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def officer():
    return UserFactory(role=Role.TALENT_OFFICER)


def run_of(officer, **values):
    run = matching.ask_matching(role_kind="tech_manager", actor=officer, **values)
    jobs.run(MatchRun, run.pk, matching.match_people)
    run.refresh_from_db()
    assert run.state == JobState.DONE, run.error
    return run


def test_a_matching_is_asked_decided_accepted_delivered_and_judged(officer, django_assert_max_num_queries):
    manager = MatchProfileFactory(person__with_account=True)
    other = MatchProfileFactory(skills=["market"])
    demand, second = DemandFactory(is_priority=True), DemandFactory(skills=["law"], load=4)
    silent = DemandFactory()
    declared_none(manager, demand, second)
    declared_none(other, demand, second)
    run = run_of(officer)
    assert (run.served, run.result["gap"], run.result["stopped"]) == (2, 0, False)
    assert [row["demand"] for row in run.result["unserved"]] == [silent.pk]
    assert run.result["unserved"][0]["reason"] == "conflict_undeclared"
    assert run.result["unserved"][0]["solutions"][0] == {
        "remedy": "declare", "people": [manager.person_id], "skills": [], "points": 0,
    }  # fmt: skip
    assert run.result["price"] == 0
    proposal = run.proposals.get(demand=demand)
    assert (proposal.person_id, proposal.cost_served, proposal.next_best) == (manager.person_id, 1, None)
    assert sum(proposal.parts.values()) // 100 in {proposal.fit, proposal.fit - 1}
    again = run_of(officer)
    assert again.inputs_hash == run.inputs_hash
    assert again.proposals.get(demand=demand).before_id == manager.person_id

    mandate = matching.confirm(proposal_id=proposal.pk, actor=officer)
    with rule_refuses("DECIDED"):
        matching.confirm(proposal_id=proposal.pk, actor=officer)
    assert (mandate.state, mandate.answer_by) == (MandateState.PROPOSED, TODAY + timedelta(days=14))
    with rule_refuses("NOT_PERMITTED"):
        mandates.take_step(mandate_id=mandate.pk, event="accept", actor=UserFactory(role=Role.APPLICANT))
    with rule_refuses("NOT_YOURS"):
        mandates.object_to(mandate_id=mandate.pk, text="No", actor=officer)
    mandates.object_to(mandate_id=mandate.pk, text="My sector is missing.", actor=manager.person.user)
    mandates.answer_objection(mandate_id=mandate.pk, text="It counts from today.", actor=officer)
    mandates.take_step(mandate_id=mandate.pk, event="accept", actor=manager.person.user)
    mandates.take_step(mandate_id=mandate.pk, event="agree", actor=officer)
    with rule_refuses("NOT_ENDED"):
        mandates.record_outcome(mandate_id=mandate.pk, occasion="end", achieved=80, text="Done", actor=officer)
    mandates.take_step(mandate_id=mandate.pk, event="deliver", actor=officer)
    mandates.record_outcome(mandate_id=mandate.pk, occasion="end", achieved=80, text="Sold.", actor=officer)
    mandates.record_outcome(mandate_id=mandate.pk, occasion="year", achieved=100, text="Sells.", actor=officer)
    with django_assert_max_num_queries(12):
        given = snapshot_of("tech_manager", TODAY)
    assert given.person[manager.person_id].outcomes == (100,)


def test_the_officer_may_choose_otherwise_with_a_reason(officer):
    manager, other = MatchProfileFactory(), MatchProfileFactory(level=2)
    demand = DemandFactory()
    declared_none(manager, demand)
    declared_none(other, demand)
    proposal = run_of(officer).proposals.get()
    with rule_refuses("REASON_MISSING"):
        matching.set_aside(proposal_id=proposal.pk, reason=" ", actor=officer)
    with pytest.raises(PermissionDenied):
        matching.set_aside(proposal_id=proposal.pk, reason="No", actor=UserFactory(role=Role.AUDITOR))
    instead = proposal.next_best_id
    mandate = matching.set_aside(proposal_id=proposal.pk, reason="Knows the owner", actor=officer, instead_id=instead)
    assert (mandate.by_hand, mandate.person_id, mandate.reason) == (True, instead, "Knows the owner")
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.SET_ASIDE
    assert not snapshot_of("tech_manager", TODAY).demands
    with rule_refuses("INVALID"):
        mandates.propose(person_id=proposal.person_id, demand_id=demand.pk, actor=officer, reason="Second lead")
    mandates.take_step(mandate_id=mandate.pk, event="end", actor=officer, reason="Withdrawn")
    assert len(snapshot_of("tech_manager", TODAY).demands) == 1


def test_running_mandates_are_planned_anew_only_when_asked(officer):
    running = MandateFactory(state=MandateState.ACTIVE)
    assert not snapshot_of("tech_manager", TODAY).demands
    anew = snapshot_of("tech_manager", TODAY, replan=True, change_penalty=10)
    assert (anew.demands[0].current, anew.change_penalty, anew.people[0].busy) == (running.person_id, 10, ())
    DemandFactory()
    assert snapshot_of("tech_manager", TODAY).people[0].busy == (
        (running.starts_on.isoformat(), running.ends_on.isoformat(), 2),
    )


def test_conflicts_block_suspend_and_are_cleared(officer):
    profile = MatchProfileFactory(person__with_account=True)
    demand, person = DemandFactory(), profile.person
    pair = {"person_id": person.pk, "organisation_id": demand.organisation_id, "actor": person.user}
    with rule_refuses("UNDECLARED"):
        mandates.propose(person_id=person.pk, demand_id=demand.pk, actor=officer, reason="x")
    with pytest.raises(PermissionDenied):
        match_inputs.declare(**pair | {"source": "none", "actor": UserFactory(role=Role.APPLICANT)})
    match_inputs.declare(**pair, source=ConflictSource.NONE)
    mandate = mandates.propose(person_id=person.pk, demand_id=demand.pk, actor=officer, reason="Alone in the field")
    with refusal("talent_conflict_suspends"):
        ConflictDeclaration.objects.create(person=person, organisation=demand.organisation, source="equity")
    row = match_inputs.declare(**pair, source=ConflictSource.EQUITY)
    mandate.refresh_from_db()
    assert mandate.state == MandateState.SUSPENDED
    with rule_refuses("CONFLICT"):
        mandates.take_step(mandate_id=mandate.pk, event="resume", actor=officer, reason="Go on")
    with rule_refuses("CONFLICT_STANDS"):
        match_inputs.declare(**pair, source=ConflictSource.NONE)
    assert snapshot_of("tech_manager", TODAY).conflicts == ()  # the demand is taken while its mandate is suspended
    match_inputs.clear_conflict(conflict_id=row.pk, reason="Shares sold", actor=officer)
    with rule_refuses("ALREADY_CLEARED"):
        match_inputs.clear_conflict(conflict_id=row.pk, reason="Again", actor=officer)
    mandates.take_step(mandate_id=mandate.pk, event="resume", actor=officer, reason="Cleared")
    with refusal("talent_conflict_stays"):
        ConflictDeclaration.objects.filter(pk=row.pk).update(source="none")


def test_who_was_employed_by_the_owner_is_not_matched_to_it(officer):
    profile, demand = MatchProfileFactory(), DemandFactory()
    declared_none(profile, demand)
    AffiliationFactory(person=profile.person, organisation=demand.organisation, valid_to=TODAY - timedelta(days=700))
    assert snapshot_of("tech_manager", TODAY).conflicts == ((profile.person_id, demand.pk, "employment"),)
    assert run_of(officer).result["unserved"][0]["reason"] == "conflict"


def test_what_nobody_answers_expires_and_is_matched_again(officer):
    mandate = MandateFactory(answer_by=TODAY - timedelta(days=1))
    with rule_refuses("ANSWER_TOO_LATE"):
        mandates.take_step(mandate_id=mandate.pk, event="agree", actor=officer)
    assert mandates.expire_overdue(TODAY) == 1
    assert len(snapshot_of("tech_manager", TODAY).demands) == 1


def test_inputs_are_kept_by_the_person_and_the_office(officer):
    profile = MatchProfileFactory(person__with_account=True)
    own = {"person_id": profile.person_id, "actor": profile.person.user}
    assert match_inputs.save_profile(**own, capacity_points=4, is_open=False).capacity_points == 4
    assert not snapshot_of("tech_manager", TODAY).people
    with rule_refuses("LEVEL_BY_OFFICE"):
        match_inputs.save_profile(**own, level=4)
    with rule_refuses("INVALID"):
        match_inputs.save_profile(**own, skills=["magic"])
    period = match_inputs.add_period(**own, valid_from=TODAY, valid_to=TODAY, points=0)
    with pytest.raises(PermissionDenied):
        match_inputs.remove_period(period_id=period.pk, actor=UserFactory(role=Role.APPLICANT))
    match_inputs.remove_period(period_id=period.pk, actor=officer)
    facts = {
        "code": "X",
        "name_zh": "需求",
        "organisation": OrganisationFactory(),
        "starts_on": TODAY,
        "ends_on": TODAY,
    }
    demand = match_inputs.save_demand(actor=officer, **facts)
    with rule_refuses("INVALID"):
        match_inputs.save_demand(actor=officer, demand_id=demand.pk, load=9)
    match_inputs.close_demand(demand_id=demand.pk, actor=officer)
    with rule_refuses("DEMAND_CLOSED"):
        match_inputs.save_demand(actor=officer, demand_id=demand.pk, load=1)
    with rule_refuses("NOBODY_OPEN"):
        matching.ask_matching(role_kind="founder", actor=officer)


def test_the_database_keeps_the_capacity_on_every_day_and_a_drop_breaks_nothing(officer):
    profile = MatchProfileFactory(capacity_points=5)
    first = MandateFactory(person=profile.person, load=3, state=MandateState.ACTIVE)
    second = MandateFactory(person=profile.person, load=3)
    with refusal("talent_mandate_within_capacity"):
        Mandate.objects.filter(pk=second.pk).update(state=MandateState.ACTIVE)
    with rule_refuses("CAPACITY_EXCEEDED"):
        mandates.take_step(mandate_id=second.pk, event="agree", actor=officer)
    CapacityPeriod.objects.create(profile=profile, valid_from=TODAY + timedelta(days=9),
                                  valid_to=TODAY + timedelta(days=9), points=1)  # fmt: skip
    first.refresh_from_db()
    assert first.state == MandateState.ACTIVE
    assert above_capacity(TODAY) == [(profile.person_id, 3, 1)]
    with refusal("talent_mandate_within_capacity"):
        MandateFactory(person=profile.person, load=1, state=MandateState.ACTIVE)


def test_other_invariants_of_the_tables(officer):
    mandate = MandateFactory(state=MandateState.ACTIVE)
    with refusal("talent_mandate_one_lead"):
        MandateFactory(demand=mandate.demand)
    with refusal("talent_mandate_pair_once"):
        MandateFactory(demand=mandate.demand, person=mandate.person, role="member")
    with refusal("talent_mandate_by_hand_has_reason"):
        MandateFactory(by_hand=True)
    with refusal("talent_mandate_load"):
        MandateFactory(load=5)
    with refusal("talent_mandate_period"):
        MandateFactory(ends_on=TODAY - timedelta(days=9))
    with refusal("talent_demand_load"):
        DemandFactory(load=0)
    with refusal("talent_demand_period"):
        DemandFactory(ends_on=TODAY - timedelta(days=1))
    with refusal("talent_demand_words_known"):
        DemandFactory(skills=["magic"])
    with refusal("talent_profile_skills_known"):
        MatchProfileFactory(skills=["magic"])
    with refusal("talent_profile_capacity"):
        MatchProfileFactory(capacity_points=41)
    with refusal("talent_outcome_percent"):
        MandateOutcome.objects.create(mandate=mandate, occasion="end", achieved=101, text="x", recorded_by=officer)
    outcome = MandateOutcome.objects.create(mandate=mandate, occasion="end", achieved=1, text="x", recorded_by=officer)
    with refusal("talent_outcome_stays"):
        MandateOutcome.objects.filter(pk=outcome.pk).update(achieved=2)
    profile = MatchProfileFactory()
    declared_none(profile, DemandFactory())
    run = run_of(officer)
    with refusal("talent_match_run_stays"):
        MatchRun.objects.filter(pk=run.pk).update(served=9)
    with refusal("talent_proposal_decided"):
        MatchProposal.objects.filter(run=run).update(state="set_aside")


@pytest.mark.django_db(transaction=True)
def test_two_acceptances_at_once_do_not_exceed_the_capacity():
    profile = MatchProfileFactory(capacity_points=5)
    rows = [MandateFactory(person=profile.person, load=3).pk for _ in range(2)]
    start, refusals = Barrier(2), []

    def accept(pk):
        start.wait(5)
        try:
            with transaction.atomic():
                Mandate.objects.filter(pk=pk).update(state=MandateState.BY_OWNER)
        except IntegrityError as error:
            refusals.append(constraint_of(error))
        finally:
            connection.close()

    threads = [Thread(target=accept, args=[pk]) for pk in rows]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert refusals == ["talent_mandate_within_capacity"]
    assert Demand.objects.count() == 2


def test_the_demonstration_has_mandates_at_several_steps(officer, monkeypatch):
    hosts = OrganisationFactory.create_batch(3)
    monkeypatch.setattr("talent.demo.matching.of_role", lambda code: hosts)
    User.objects.filter(pk=officer.pk).update(email=email_of(Role.TALENT_OFFICER))
    for _number in range(8):
        agree(RoleProfileFactory(kind="tech_manager").person, Purpose.MATCHING)
    make_matching()
    make_matching()
    run = MatchRun.objects.get()
    assert run.state == JobState.DONE
    assert run.served >= 3
    assert {row.state for row in Mandate.objects.all()} == {MandateState.DELIVERED, MandateState.PROPOSED}
