"""Blind assessments for tests: ``Case()`` has a person, two reviewers and redacted evidence, and can be led on."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone

from innovation.accounts.choices import Role
from innovation.accounts.models import User
from talent.actions import assessing, blind_scoring, redacting
from talent.actions.blind_scoring import Sheet
from talent.choices.assessment import AssessmentState
from talent.choices.people import RoleKind
from talent.models import Assessment, AssessmentRound, AssessmentRubric, BlindReview, Person
from tests.factories.accounts import UserFactory
from tests.factories.talent import PersonFactory, RoleProfileFactory

KEYS = ("breadth", "depth", "record", "fit", "team")
WAY = (
    AssessmentState.OPEN, AssessmentState.BLIND_SCORING, AssessmentState.LOCKED, AssessmentState.MODERATION,
    AssessmentState.UNBLINDED, AssessmentState.DECIDED, AssessmentState.APPEAL, AssessmentState.CLOSED,
)  # fmt: skip


def make_round(**facts: Any) -> AssessmentRound:
    today = timezone.localdate()
    return AssessmentRound.objects.create(
        **{
            "code": f"round-{AssessmentRound.objects.count()}", "title_zh": "试验轮次", "title_en": "Trial round",
            "rubric": AssessmentRubric.objects.get(code="founder"), "opened_on": today - timedelta(days=10),
            "scores_due_on": today + timedelta(days=10), **facts,
        }
    )  # fmt: skip


def sheet(*marks: int) -> Sheet:
    """Marks in the order of the rubric, each with a reason."""
    given = dict(zip(KEYS, marks, strict=True))
    return Sheet(given, {key: f"理由 {mark}" for key, mark in given.items()})


@dataclass
class Case:
    """One assessment with everybody who takes part. ``to(state)`` leads it there by the acts themselves."""

    round: AssessmentRound = field(default_factory=make_round)
    officer: User = field(default_factory=lambda: UserFactory(role=Role.TALENT_OFFICER))
    manager: User = field(default_factory=lambda: UserFactory(role=Role.PROGRAMME_MANAGER))
    second: User = field(default_factory=lambda: UserFactory(role=Role.PROGRAMME_MANAGER))
    reviewers: tuple[User, ...] = field(
        default_factory=lambda: tuple(UserFactory(role=Role.REVIEWER) for _number in range(2))
    )
    person: Person = field(
        default_factory=lambda: PersonFactory(
            with_account=True, family_name="欧阳", given_name="怀瑾", name_en="Ouyang Huaijin"
        )
    )
    marks: tuple[tuple[int, ...], ...] = ((4, 2, 3, 2, 4), (4, 1, 3, 2, 4))
    pk: int = field(init=False)

    def __post_init__(self) -> None:
        RoleProfileFactory(person=self.person, kind=RoleKind.FOUNDER)
        made = assessing.open_assessment(round_id=self.round.pk, person_id=self.person.pk, actor=self.officer)
        self.pk = made.pk
        evidence = assessing.add_evidence(
            assessment_id=self.pk, criterion="depth", form="patent", domain="激光光学", year=self.round.opened_on.year,
            text="欧阳怀瑾于2019年获专利ZL201910123456.7,有30年从业经验。", actor=self.officer, experience_years=30,
        )  # fmt: skip
        redacting.redact(evidence_id=evidence.pk, text="申请人的专利覆盖光路结构。", actor=self.officer)
        for reviewer in self.reviewers:
            assessing.assign_reviewer(assessment_id=self.pk, reviewer_id=reviewer.pk, actor=self.officer)

    @property
    def record(self) -> Assessment:
        return Assessment.objects.select_related("round__rubric", "person").get(pk=self.pk)

    def review(self, place: int) -> BlindReview:
        return BlindReview.objects.get(assessment=self.pk, reviewer=self.reviewers[place])

    def score(self, place: int) -> None:
        """The reviewer of that place declares and hands in."""
        review, reviewer = self.review(place), self.reviewers[place]
        blind_scoring.declare(review_id=review.pk, conflict=False, actor=reviewer)
        blind_scoring.submit(review_id=review.pk, sheet=sheet(*self.marks[place]), actor=reviewer)

    def to(self, state: str) -> "Case":
        """Lead the case on, step by step, until it stands in ``state``."""
        for step in WAY[WAY.index(self.record.state) + 1 : WAY.index(AssessmentState(state)) + 1]:
            getattr(self, f"_to_{step}")()
        return self

    def _to_blind_scoring(self) -> None:
        assessing.begin_scoring(assessment_id=self.pk, actor=self.officer)

    def _to_locked(self) -> None:
        for place in range(len(self.reviewers)):
            self.score(place)
        assessing.lock_scores(assessment_id=self.pk, actor=self.officer)

    def _to_moderation(self) -> None:
        assessing.open_moderation(assessment_id=self.pk, note="请说明", actor=self.officer)

    def _to_unblinded(self) -> None:
        assessing.unblind(assessment_id=self.pk, actor=self.officer)

    def _to_decided(self) -> None:
        assessing.decide(assessment_id=self.pk, outcome="shortlisted", reason="综合评定", actor=self.manager)

    def _to_appeal(self) -> None:
        assessing.appeal(assessment_id=self.pk, text="请复核", actor=self.person.user)

    def _to_closed(self) -> None:
        assessing.answer_appeal(assessment_id=self.pk, outcome="awarded", answer="已复核", actor=self.second)
