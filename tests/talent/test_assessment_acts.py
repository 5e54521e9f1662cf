"""Acts upon blind assessments: the whole way, who may take each step in each state, and what the database refuses."""

import io
import json
from itertools import product

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from pypdf import PdfWriter

from innovation.accounts.choices import Role
from innovation.core import transitions
from innovation.core.errors import RuleViolation
from innovation.core.models import OutboxMessage
from innovation.organisations.models import Membership
from talent.actions import assessing, blind_scoring, redacting
from talent.actions.erasing import erase_person
from talent.actions.vault import give_year
from talent.choices.assessment import AssessmentState, BlindReviewState
from talent.models import (
    Assessment,
    AssessmentEvidence,
    AssessmentRubric,
    BlindReview,
    BlindView,
    Person,
    PersonVault,
    Redaction,
    Score,
    ScoreChange,
)
from talent.queries.blind import BlindPacket, NamedPacket, packet_of
from talent.queries.results import result_of
from tests.factories.accounts import UserFactory
from tests.factories.talent import AffiliationFactory, PersonFactory
from tests.factories.talent_assessment import Case, sheet

pytestmark = pytest.mark.django_db


def refused(code, act, **arguments):
    with pytest.raises(RuleViolation) as seen, transaction.atomic():
        act(**arguments)
    codes = seen.value.facts.get("reasons", [seen.value.code])
    assert code in codes, codes


def rejected(constraint, work):
    """The database itself refuses."""
    with pytest.raises(IntegrityError) as seen, transaction.atomic():
        work()
    assert constraint in str(seen.value.__cause__.diag.constraint_name), seen.value


def test_a_case_goes_its_whole_way_and_scores_stay_locked():
    case = Case(marks=((4, 2, 3, 2, 4), (2, 2, 3, 2, 4)))
    case.to("locked")
    record = case.record
    assert record.locked_score == (7375 + 6375) / 200
    refused("MODERATION_DUE", assessing.unblind, assessment_id=case.pk, actor=case.officer)
    case.to("moderation")
    score = Score.objects.get(review=case.review(1), criterion="breadth")
    change = {"score_id": score.pk, "actor": case.reviewers[1]}
    refused("REASON_MISSING", blind_scoring.change_mark, mark=3, reason=" ", **change)
    refused("MARK_UNCHANGED", blind_scoring.change_mark, mark=2, reason="x", **change)
    refused("NOT_YOURS", blind_scoring.change_mark, score_id=score.pk, mark=3, reason="x", actor=case.reviewers[0])
    blind_scoring.change_mark(mark=3, reason="第二领域有许可合同", **change)
    case.to("unblinded")
    blind_scoring.change_mark(mark=4, reason="原件已核对", **change)
    assert [(one.stage, one.before, one.after) for one in ScoreChange.objects.order_by("pk")] == [
        ("moderation", 2, 3), ("due_diligence", 3, 4),
    ]  # fmt: skip
    result = result_of(case.record)
    assert (result.locked, result.standing) == ((7375 + 6375) / 200, 73.75)
    assert Score.objects.get(pk=score.pk).mark == 2
    assessing.record_diligence(assessment_id=case.pk, findings="原件齐全", actor=case.officer)
    case.to("closed")
    record = case.record
    assert (record.state, record.outcome, record.answer) == ("closed", "awarded", "已复核")
    assert [step.event for step in transitions.steps_of(record)] == [
        "begin", "lock", "moderate", "unblind", "decide", "appeal", "answer",
    ]  # fmt: skip
    mails = json.dumps(list(OutboxMessage.objects.values_list("subject", "payload")), ensure_ascii=False)
    assert "欧阳" not in mails
    assert OutboxMessage.objects.count() == 6  # two asked, two told of the discussion, decision and answer


MAY = {
    ("open", "begin"): "officer", ("blind_scoring", "lock"): "officer", ("locked", "moderate"): "officer",
    ("locked", "unblind"): "officer", ("locked", "reopen"): "officer", ("moderation", "unblind"): "officer",
    ("moderation", "reopen"): "officer", ("unblinded", "decide"): "manager", ("unblinded", "reopen"): "officer",
    ("decided", "appeal"): "subject", ("decided", "close"): "officer", ("appeal", "answer"): "manager",
}  # fmt: skip
EVENTS = ("begin", "lock", "moderate", "unblind", "reopen", "decide", "appeal", "close", "answer")


def test_each_step_is_taken_in_its_state_by_its_role_and_by_nobody_else():
    case = Case()
    record = case.record
    people = {role: UserFactory(role=role) for role in Role} | {"subject": case.person.user}
    people[Role.TALENT_OFFICER], people[Role.PROGRAMME_MANAGER] = case.officer, case.manager
    names = {"officer": {Role.TALENT_OFFICER}, "manager": {Role.PROGRAMME_MANAGER}, "subject": {"subject"}}
    names = {key: roles | ({Role.ADMINISTRATOR} if key != "subject" else set()) for key, roles in names.items()}
    for state, event, (who, user) in product(AssessmentState.values, EVENTS, people.items()):
        step = Assessment.transitions.get(state, {}).get(event)
        allowed = step is not None and transitions.may(step, record, user)
        assert allowed == (who in names.get(MAY.get((state, event)), set())), (state, event, who)
    assert sum(len(steps) for steps in Assessment.transitions.values()) == len(MAY)


def test_scoring_begins_only_with_everything_redacted_and_two_reviewers():
    case = Case()
    blind_scoring_before = {"review_id": case.review(0).pk, "conflict": False, "actor": case.reviewers[0]}
    refused("NOT_OPEN", blind_scoring.declare, **blind_scoring_before)
    added = assessing.add_evidence(
        assessment_id=case.pk, criterion="team", form="team_matrix", text="团队五人。", actor=case.person.user
    )
    refused("NOT_REDACTED", assessing.begin_scoring, assessment_id=case.pk, actor=case.officer)
    redact = {"evidence_id": added.pk, "actor": case.officer}
    refused("NOT_BLIND", redacting.redact, text="欧阳怀瑾的团队", left_reason="误报", **redact)
    refused("NOT_BLIND", redacting.redact, text="2019年的团队", **redact)
    refused("NOT_PERMITTED", redacting.redact, evidence_id=added.pk, text="团队", actor=case.reviewers[0])
    kept = redacting.redact(text="容量2019单位", left_reason="是数量,不是年份", **redact)
    assert (kept.found, kept.left) == ({}, {"year": 1})
    # Other words than those that were redacted: the redaction no longer holds.
    AssessmentEvidence.objects.filter(pk=added.pk).update(text="欧阳的团队")
    refused("NOT_REDACTED", assessing.begin_scoring, assessment_id=case.pk, actor=case.officer)
    redacting.redact(text="团队", **redact)
    assessing.release_reviewer(review_id=case.review(1).pk, reason="没有时间", actor=case.officer)
    refused("TOO_FEW_REVIEWERS", assessing.begin_scoring, assessment_id=case.pk, actor=case.officer)


def test_reviewers_are_independent_at_the_door_and_in_the_database():
    case = Case()
    ask = {"assessment_id": case.pk, "actor": case.officer}
    colleague = UserFactory(role=Role.REVIEWER)
    post = AffiliationFactory(person=case.person, fte_centi=50)
    Membership.objects.create(organisation=post.organisation, user=colleague)
    refused("NOT_INDEPENDENT", assessing.assign_reviewer, reviewer_id=colleague.pk, **ask)
    refused("NO_REVIEWER", assessing.assign_reviewer, reviewer_id=case.manager.pk, **ask)
    refused("ASSIGNED_ALREADY", assessing.assign_reviewer, reviewer_id=case.reviewers[0].pk, **ask)
    for user in (colleague, case.person.user):
        rejected(
            "blind_review_independent",
            lambda user=user: BlindReview.objects.create(assessment_id=case.pk, reviewer=user),
        )


def test_a_conflict_counts_before_and_after_scoring():
    case = Case().to("blind_scoring")
    reviews = [case.review(place) for place in range(2)]
    assert packet_of(reviews[0]) is None
    refused("REASON_MISSING", blind_scoring.declare, review_id=reviews[0].pk, conflict=True, actor=case.reviewers[0])
    rejected("score_while_open", lambda: Score.objects.create(review=reviews[0], criterion="fit", mark=2, reason="x"))
    case.to("locked")
    refused("ENOUGH_REVIEWS", assessing.reopen_scoring, assessment_id=case.pk, reason="x", actor=case.officer)
    blind_scoring.report_conflict(review_id=reviews[0].pk, note="认出了申请人", actor=case.reviewers[0])
    assert [one.review_id for one in result_of(case.record).sheets] == [reviews[1].pk]
    refused("TOO_FEW_REVIEWERS", assessing.unblind, assessment_id=case.pk, actor=case.officer)
    assert packet_of(case.review(0)) is None
    assessing.reopen_scoring(assessment_id=case.pk, reason="利益冲突", actor=case.officer)
    third = UserFactory(role=Role.REVIEWER)
    review = assessing.assign_reviewer(assessment_id=case.pk, reviewer_id=third.pk, actor=case.officer)
    blind_scoring.declare(review_id=review.pk, conflict=False, actor=third)
    refused(
        "MARKS_INCOMPLETE", blind_scoring.submit, review_id=review.pk, sheet=blind_scoring.Sheet({}, {}), actor=third
    )
    blind_scoring.submit(review_id=review.pk, sheet=sheet(4, 2, 3, 2, 4), actor=third)
    refused("NOT_OPEN", blind_scoring.submit, review_id=review.pk, sheet=sheet(1, 1, 1, 1, 1), actor=third)
    refused("REVIEWS_WAIT", _lock_with_waiting, case=case)


def _lock_with_waiting(case):
    fourth = UserFactory(role=Role.REVIEWER)
    assessing.assign_reviewer(assessment_id=case.pk, reviewer_id=fourth.pk, actor=case.officer)
    assessing.lock_scores(assessment_id=case.pk, actor=case.officer)


def test_the_database_keeps_scores_changes_log_and_view_as_they_are():
    case = Case().to("locked")
    review = case.review(0)
    score = review.scores.get(criterion="fit")
    rejected("score_while_open", lambda: Score.objects.create(review=review, criterion="extra", mark=1, reason="x"))
    rejected("score", lambda: Score.objects.filter(pk=score.pk).update(mark=0))
    rejected("score", lambda: Score.objects.filter(pk=score.pk).update(reason=""))
    rejected("score", lambda: Score.objects.filter(pk=score.pk).delete())
    new = {"score": score, "stage": "moderation", "before": 2, "after": 3, "reason": "x", "by": case.reviewers[0]}
    rejected("score_change_stage", lambda: ScoreChange.objects.create(**new))
    case.to("moderation")
    rejected("score_change_from_standing", lambda: ScoreChange.objects.create(**new | {"before": 1}))
    rejected("score_has_reason", lambda: ScoreChange.objects.create(**new | {"reason": " "}))
    ScoreChange.objects.create(**new)
    rejected("score_change", lambda: ScoreChange.objects.update(after=4))
    rejected("redaction", lambda: Redaction.objects.update(text="换了"))
    rejected("blind_view", lambda: BlindView.objects.update(content={}))
    rejected("assessment_rubric", lambda: AssessmentRubric.objects.update(status="confirmed"))
    rejected("talent_assessment_outcome", lambda: Assessment.objects.update(outcome="awarded"))
    rejected("talent_assessment_unblinded", lambda: Assessment.objects.update(state="unblinded"))
    # Only of an erased person words may be emptied; the marks stay, so that counts do not change.
    Person.objects.filter(pk=case.person.pk).update(
        erased_at=timezone.now(), family_name="", given_name="", name_en="", former_names="", orcid=None, user=None
    )
    assert BlindView.objects.update(content={}) == 1
    assert Redaction.objects.update(text="", file="", file_kind="") == 1
    assert Score.objects.update(reason="") == len(Score.objects.all())
    rejected("score", lambda: Score.objects.update(mark=0))


def test_a_reviewer_reads_redacted_words_bands_and_a_stripped_file_and_the_name_after_unblinding_only():
    case = Case()
    evidence = case.record.evidence.get()
    writer = PdfWriter()
    writer.add_blank_page(50, 50)
    writer.add_metadata({"/Author": "欧阳怀瑾 Ouyang"})
    raw = io.BytesIO()
    writer.write(raw)
    redacting.redact(
        evidence_id=evidence.pk, text="光路专利。", actor=case.officer,
        upload=SimpleUploadedFile("欧阳怀瑾.pdf", raw.getvalue()),
    )  # fmt: skip
    case.to("blind_scoring")
    blind_scoring.declare(review_id=case.review(0).pk, conflict=False, actor=case.reviewers[0])
    packet = packet_of(case.review(0))
    assert type(packet) is BlindPacket
    (item,) = [one for criterion in packet.criteria for one in criterion.items]
    assert (item.text, item.when, item.experience) == ("光路专利。", "recent", "≥10")
    stored = Redaction.objects.get(pk=item.file)
    assert "Ouyang".encode("utf-16-be") not in stored.file.read()
    assert "欧阳" not in stored.file.name
    blind_scoring.submit(review_id=case.review(0).pk, sheet=sheet(*case.marks[0]), actor=case.reviewers[0])
    case.score(1)
    assessing.lock_scores(assessment_id=case.pk, actor=case.officer)
    assert type(packet_of(case.review(0))) is BlindPacket
    case.to("unblinded")
    named = packet_of(BlindReview.objects.select_related("assessment__round__rubric").get(pk=case.review(0).pk))
    assert isinstance(named, NamedPacket)
    assert "Ouyang" in named.person or "欧阳" in named.person


def test_an_erasure_leaves_marks_and_counts_and_no_words():
    case = Case().to("closed")
    give_year(year=1971, consent=True, actor=case.person.user)
    kept = (Assessment, AssessmentEvidence, Redaction, BlindView, BlindReview, Score)
    before = {model: model.objects.count() for model in kept}
    marks = list(Score.objects.order_by("pk").values_list("mark", flat=True))
    erase_person(person_id=case.person.pk, cause="request", actor=UserFactory(role=Role.PRIVACY_OFFICER))
    assert {model: model.objects.count() for model in kept} == before
    assert list(Score.objects.order_by("pk").values_list("mark", flat=True)) == marks
    assert not PersonVault.objects.exists()
    left = [
        model.__name__
        for model in apps.get_app_config("talent").get_models()
        if any(word in str(list(row.values())) for row in model._base_manager.values()
               for word in ("怀瑾", "ZL2019", "光路", "理由 2", "请复核", "综合评定"))
    ]  # fmt: skip
    assert left == []
    assert case.record.outcome == "awarded"


def test_who_decided_or_reviewed_does_not_answer_and_evidence_fields_tell_nothing():
    case = Case().to("appeal")
    refused(
        "NOT_INDEPENDENT", assessing.answer_appeal, assessment_id=case.pk, outcome="awarded", answer="x",
        actor=case.manager,
    )  # fmt: skip
    fresh = Case(round=case.round, person=PersonFactory(with_account=True))
    add = {"assessment_id": fresh.pk, "criterion": "fit", "form": "plan", "text": "计划", "actor": fresh.officer}
    refused("FIELD_TELLS", assessing.add_evidence, domain="1998级校友", **add)
    refused("NO_SUCH_CRITERION", assessing.add_evidence, **add | {"criterion": "age"})
    refused("YEAR_IN_FUTURE", assessing.add_evidence, year=2099, **add)
    refused("NOT_PERMITTED", assessing.add_evidence, **add | {"actor": case.person.user})
    refused("NOT_OPEN", assessing.add_evidence, **add | {"assessment_id": case.pk})
    refused(
        "ASSESSED_ALREADY", assessing.open_assessment, round_id=case.round.pk, person_id=case.person.pk,
        actor=case.officer,
    )  # fmt: skip
    refused(
        "NO_SUCH_ROLE", assessing.open_assessment, round_id=case.round.pk, person_id=PersonFactory().pk,
        actor=case.officer,
    )  # fmt: skip
    assert case.review(0).state == BlindReviewState.SUBMITTED
