"""Nothing is kept longer than its rule; each day proves that no card number and nothing of erased people is left."""

from datetime import date, timedelta

import pgtrigger
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.utils import timezone

from innovation.accounts.choices import Role
from innovation.core.models import OutboxMessage
from talent.actions import privacy_work, rights
from talent.actions.erasing import erase_person
from talent.actions.privacy_proofs import prove_privacy
from talent.actions.reading import record_reads
from talent.actions.retention import _each, drop_files, due, due_roles, run_retention
from talent.choices.assessment import AssessmentOutcome
from talent.choices.people import RoleState
from talent.models import (
    AccessLog,
    Assessment,
    AssessmentEvidence,
    Breach,
    Evidence,
    ImpactAssessment,
    Person,
    Redaction,
    RoleProfile,
    Skill,
    TalentImport,
)
from talent.queries.breaches import affected_by
from talent.rules.retention import DAYS, Kept, cutoff, last_day
from tests.factories.accounts import UserFactory
from tests.factories.talent import AffiliationFactory, RoleProfileFactory
from tests.factories.talent_assessment import Case
from tests.factories.talent_privacy import make_person
from tests.refusals import refused, refused_by_rule

SPECIMEN = "11010519491231002X"
"""The specimen of GB 11643-1999; nobody's number."""


def test_terms_end_on_their_last_day():
    last = last_day(Kept.EXPIRED, date(2024, 3, 1))
    assert last == date(2026, 3, 1)
    assert [cutoff(Kept.EXPIRED, last + timedelta(days=days)) > date(2024, 3, 1) for days in (0, 1)] == [False, True]


def role(state, days, **facts):
    since = timezone.now() - timedelta(days=days)
    return RoleProfileFactory(person=make_person(**facts), state=state, state_since=since)


@pytest.mark.django_db
def test_the_run_ends_what_is_over_and_the_simulation_changes_nothing(capsys):
    today = timezone.localdate()
    expired = role(RoleState.EXPIRED, DAYS[Kept.EXPIRED] + 2)
    held = role(RoleState.EXPIRED, DAYS[Kept.EXPIRED] + 2)
    rights.keep_longer(person_id=held.person_id, actor=held.person.user)
    soon = role(RoleState.EXPIRED, DAYS[Kept.EXPIRED] - 10)
    draft = role(RoleState.DRAFT, DAYS[Kept.DRAFT] + 2)
    fresh = role(RoleState.DRAFT, 5)
    two = role(RoleState.REJECTED, DAYS[Kept.REJECTED] + 2)
    RoleProfileFactory(person=two.person, kind="founder", state=RoleState.ACTIVE)
    AccessLog.objects.create(
        person=fresh.person, fields=["x"], purpose="case", at=timezone.now() - timedelta(days=1_100)
    )
    paper = Evidence.objects.create(
        person=fresh.person, title="证书", file="evidence/a.pdf", file_name="a.pdf", sha256="0"
    )
    claim = {"skill": Skill.objects.filter(is_area=False).first(), "level": 1}
    paper.claims.create(person=fresh.person, verified_on=today - timedelta(days=400), **claim)
    call_command("talent_retention", "--simulate")
    simulated = capsys.readouterr().out
    assert "expired        1" in simulated
    assert Person.objects.filter(erased_at=None).count() == 6
    run = run_retention(today=today)
    counted = {"expired": 1, "rejected": 1, "draft": 1, "reads": 1, "asked": 1, "evidence": 1, "refused": 0}
    assert {name: run.counts[name] for name in counted} == counted
    assert Person.objects.exclude(erased_at=None).get() == expired.person
    assert not RoleProfile.objects.filter(pk=draft.pk).exists()
    assert RoleProfile.objects.filter(pk=fresh.pk).exists()
    paper.refresh_from_db()
    assert (paper.file.name, paper.sha256, paper.removed_at) == ("", "0", None)
    two.refresh_from_db()
    assert two.state == RoleState.ERASED
    assert OutboxMessage.objects.get(key__startswith="talent-keep-").recipient == soon.person.user.email
    assert run_retention(today=today).counts["asked"] == 0
    refused("append_only", lambda: type(run).objects.update(simulated=True))


@pytest.mark.django_db
def test_who_goes_on_during_the_run_is_left_alone():
    first, second = (role(RoleState.DRAFT, DAYS[Kept.DRAFT] + 2) for _ in range(2))
    gone, counts = [], {"refused": 0}

    def act(profile):
        gone.append(profile)
        RoleProfile.objects.filter(pk=second.pk).update(state=RoleState.SUBMITTED)

    assert _each(due_roles(Kept.DRAFT, RoleState.DRAFT, timezone.localdate()), act, counts) == 1
    assert (gone, counts) == ([first], {"refused": 0})


@pytest.mark.django_db
def test_stored_files_go_a_year_after_the_decision_and_their_hash_stays(django_capture_on_commit_callbacks):
    today, digest = timezone.localdate(), "0" * 64
    long_ago = timezone.now() - timedelta(days=DAYS[Kept.EVIDENCE] + 2)
    stored = default_storage.save("talent/evidence/old.pdf", ContentFile(b"%PDF"))
    paper = {"criterion": "depth", "form": "contract", "text": "合同", "file_kind": "pdf", "file_sha256": digest}
    rows = {}
    for name, state, at in (("old", "closed", long_ago), ("new", "closed", timezone.now()), ("open", "open", None)):
        case = Case()
        rows[name] = AssessmentEvidence.objects.create(assessment_id=case.pk, file=stored, file_name="a.pdf", **paper)
        outcome = AssessmentOutcome.values[0] if at else ""
        moments = dict.fromkeys(("locked_at", "unblinded_at", "decided_at"), at)
        Assessment.objects.filter(pk=case.pk).update(state=state, outcome=outcome, **moments)
    blind = Redaction.objects.create(
        evidence=rows["old"], text="合同", file=stored, file_kind="pdf", source_sha256=digest, by=case.officer
    )
    unwritten = TalentImport.objects.create(
        kind="people", file=stored, file_name="a.csv", size=4, sha256=digest, report={"shown": [["1", "周雨桐"]]},
        created_at=timezone.now() - timedelta(days=DAYS[Kept.IMPORTS] + 2),
    )  # fmt: skip
    expected = {"evidence": 0, "assessed": 1, "redacted": 1, "proven": 0, "imports": 1}
    counted = due(today)
    assert {name: counted[name] for name in expected} == expected
    with django_capture_on_commit_callbacks(execute=True):
        assert drop_files(today) == expected
    for row in (*rows.values(), blind, unwritten):
        row.refresh_from_db()
    assert [bool(row.file) for row in (*rows.values(), blind, unwritten)] == [False, True, True, False, False]
    assert (rows["old"].file_sha256, rows["old"].file_name, unwritten.report) == (digest, "", {})
    assert not default_storage.exists(stored)


@pytest.mark.django_db
def test_the_proof_finds_numbers_leftovers_and_unasked_entries():
    UserFactory(role=Role.PRIVACY_OFFICER)
    person, gone = make_person(), make_person()
    AffiliationFactory(person=gone)
    erase_person(person_id=gone.pk, cause="request", actor=None)
    assert prove_privacy().findings == []
    spoilt = Person.objects.filter(pk=person.pk)
    refused("no_identity_number", lambda: spoilt.update(former_names=f"号１{SPECIMEN[1:]}"))
    with pgtrigger.ignore("talent.Person:no_identity_number"):  # as if it had been kept before the database refused
        spoilt.update(former_names=f"号１{SPECIMEN[1:]}", is_listed=True)
    gone.affiliations.update(title="王某")
    found = prove_privacy().findings
    assert {(one["finding"], one["table"]) for one in found} == {
        ("identity_number", "talent_person"), ("identity_number", "talent_personevent"),
        ("not_emptied", "talent_affiliation"), ("left_in_history", "talent_affiliationevent"),
        ("listed_without_consent", "talent_person"),
    }  # fmt: skip
    assert SPECIMEN not in str(found)
    assert OutboxMessage.objects.filter(key__startswith="privacy-proof-").count() == 1


@pytest.mark.django_db
def test_a_breach_names_whom_it_concerns_and_an_assessment_takes_two():
    thief, other = UserFactory(role=Role.TALENT_OFFICER), UserFactory(role=Role.TALENT_OFFICER)
    officer, second = (UserFactory(role=Role.PRIVACY_OFFICER) for _ in range(2))
    hit, safe = make_person(), make_person()
    record_reads(thief, hit, ["orcid"], "case")
    record_reads(thief, safe, ["name_zh"], "case")
    record_reads(other, safe, ["orcid"], "case")
    now = timezone.now()
    breach = Breach.objects.create(
        title="帐号被盗", began_at=now - timedelta(hours=1), ended_at=now + timedelta(hours=1), account=thief,
        fields=["orcid"], description="…",
    )  # fmt: skip
    assert list(affected_by(breach)) == [hit]
    told = privacy_work.tell_affected(breach_id=breach.pk, words="请注意", actor=officer)
    assert (told.told, OutboxMessage.objects.get(key__startswith="talent-breach").recipient) == (1, hit.user.email)
    privacy_work.report_breach(breach_id=breach.pk, actor=officer)
    privacy_work.close_breach(breach_id=breach.pk, measures="改密码", actor=officer)
    again = {"breach_id": breach.pk, "actor": officer}
    refused_by_rule("BREACH_CLOSED", privacy_work.report_breach, **again)
    refused("talent_breach_states", lambda: Breach.objects.update(closed_at=None))
    refused("talent_breach_period", lambda: Breach.objects.update(ended_at=now - timedelta(days=9)))
    texts = {"description": "a", "necessity": "b", "risks": "c", "measures": "d"}
    draft = ImpactAssessment.objects.create(title="匹配", purpose="matching", written_by=officer, **texts)
    facts = {"assessment_id": draft.pk, "review_on": timezone.localdate() + timedelta(days=365)}
    refused_by_rule("OWN_ASSESSMENT", privacy_work.approve_assessment, actor=officer, **facts)
    assert privacy_work.approve_assessment(actor=second, **facts).state == "approved"
    refused("talent_impact_approved_on_a_day", lambda: ImpactAssessment.objects.update(review_on=None))
