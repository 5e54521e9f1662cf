"""Blind assessments of the demonstration: a closed round for the fairness report, and a running one in every phase."""

import random
from datetime import UTC, date, datetime, timedelta

from django.conf import settings

from innovation.accounts.choices import Role
from innovation.accounts.demo import email_of
from innovation.accounts.models import User
from talent.actions import assessing, blind_scoring, redacting
from talent.choices.assessment import AssessmentOutcome, AssessmentState, BlindReviewState
from talent.choices.people import RoleKind, RoleState
from talent.demo.assessment_texts import ANSWERS, CLOSED_REASON, EVIDENCE, FAMILIES, GIVEN, REASONS
from talent.models import (
    Assessment,
    AssessmentRound,
    AssessmentRubric,
    BlindReview,
    Person,
    PersonVault,
    RoleProfile,
    Score,
)
from talent.rules import blinding
from talent.rules.rubric import mean_score, rubric_of
from talent.rules.sealing import key_of, seal

CLOSED, RUNNING = "founders-2025", "founders-2026"
SIZE = 168
"""People of the closed round: enough that bands can be measured."""
SHORTLIST, AWARDED = 78, 40
STATED = 0.94
"""Share of people who gave a year of birth."""
RUNNING_STEPS = (
    AssessmentState.OPEN, AssessmentState.BLIND_SCORING, AssessmentState.MODERATION, AssessmentState.DECIDED,
)  # fmt: skip


def make_assessments() -> None:
    """Both rounds, unless they are there."""
    rubric = AssessmentRubric.objects.filter(code="founder").order_by("-version").first()
    officer = User.objects.filter(email=email_of(Role.TALENT_OFFICER)).first()
    reviewers = list(User.objects.filter(groups__name=Role.REVIEWER, is_active=True).order_by("pk")[:6])
    if rubric is None or officer is None or len(reviewers) <= 1 or AssessmentRound.objects.exists():
        return
    _closed_round(rubric, reviewers)
    _running_round(rubric, officer, reviewers)


def _closed_round(rubric: AssessmentRubric, reviewers: list[User]) -> None:
    dice = random.Random(20250901)  # noqa: S311 - a story that is the same each time
    of = AssessmentRound.objects.create(
        code=CLOSED, title_zh="2025年复合型创业人才评价", title_en="Compound founders 2025", rubric=rubric,
        opened_on=date(2025, 9, 1), scores_due_on=date(2025, 10, 15),
    )  # fmt: skip
    people = _people(SIZE, "2025")
    _vault(people, dice)
    locked_at = datetime(2025, 10, 20, 2, tzinfo=UTC)
    cases = Assessment.objects.bulk_create(
        Assessment(
            round=of, person=person, number=f"P-{_sign(number)}", state=AssessmentState.BLIND_SCORING,
            opened_at=datetime(2025, 9, 1, 1, tzinfo=UTC) + timedelta(minutes=number),
        )
        for number, person in enumerate(people)
    )  # fmt: skip
    sheets = _scores(cases, rubric, reviewers, dice)
    marks = rubric_of(rubric.content)
    ranked = sorted(cases, key=lambda case: (-(mean_score(marks, sheets[case.pk]) or 0), case.pk))
    for place, case in enumerate(ranked):
        score = mean_score(marks, sheets[case.pk]) or 0
        case.state, case.locked_at = AssessmentState.CLOSED, locked_at
        case.unblinded_at, case.decided_at = locked_at + timedelta(days=1), locked_at + timedelta(days=12)
        case.score_num, case.score_den = score.numerator, score.denominator
        case.outcome, case.reason = _outcome(place), CLOSED_REASON
    Assessment.objects.bulk_update(
        ranked,
        ["state", "locked_at", "unblinded_at", "decided_at", "score_num", "score_den", "outcome", "reason"],
    )  # fmt: skip


def _outcome(place: int) -> str:
    if place < AWARDED:
        return AssessmentOutcome.AWARDED
    return AssessmentOutcome.SHORTLISTED if place < SHORTLIST else AssessmentOutcome.NOT_SELECTED


def _sign(number: int) -> str:
    """A pseudonym that tells nothing of the order, the same each time."""
    signs, value, text = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ", number * 7_919 + 104_729, ""
    for _place in range(6):
        value, rest = divmod(value * 31 + 7, len(signs))
        text += signs[rest]
        value += number + 3
    return text


def _people(size: int, year: str) -> list[Person]:
    made = Person.objects.bulk_create(
        Person(
            family_name=FAMILIES[number % len(FAMILIES)], given_name=GIVEN[number * 7 % len(GIVEN)],
            name_en=f"Trial Founder {year}-{number + 1}",
        )
        for number in range(size)
    )  # fmt: skip
    RoleProfile.objects.bulk_create(
        RoleProfile(
            person=person, kind=RoleKind.FOUNDER, state=RoleState.ACTIVE, valid_from=date(2025, 9, 1),
            valid_until=date(2028, 8, 31),
        )
        for person in made
    )  # fmt: skip
    return made


def _vault(people: list[Person], dice: random.Random) -> None:
    """Years of birth of those who gave one, spread from 1966 to 2000."""
    key = key_of(settings.TALENT_VAULT_KEY)
    PersonVault.objects.bulk_create(
        PersonVault(
            person=person, sealed=seal(1966 + (number * 13 + dice.randrange(4)) % 35, key), consent_version="1",
            consent_language="zh-hans",
        )
        for number, person in enumerate(people)
        if dice.random() < STATED
    )  # fmt: skip


def _scores(
    cases: list[Assessment], rubric: AssessmentRubric, reviewers: list[User], dice: random.Random
) -> dict[int, list[dict[str, int]]]:
    """Two reviews of each case, with marks that differ by one at most, and the reviewers' own strictness."""
    keys = [row["key"] for row in rubric.content["criteria"]]
    reviews = BlindReview.objects.bulk_create(
        BlindReview(
            assessment=case, reviewer=reviewers[(number + turn * (1 + number % (len(reviewers) - 1))) % len(reviewers)],
            state=BlindReviewState.OPEN, conflict=False, declared_at=datetime(2025, 9, 20, tzinfo=UTC),
        )
        for number, case in enumerate(cases) for turn in range(2)
    )  # fmt: skip
    sheets: dict[int, list[dict[str, int]]] = {}
    rows = []
    for place, review in enumerate(reviews):
        if place % 2 == 0:
            base = {key: min(4, max(0, round(dice.gauss(2.2, 0.9)))) for key in keys}
        shift = dice.choice(keys)
        marks = {key: max(0, base[key] - (key == shift and place % 2)) for key in keys}
        sheets.setdefault(review.assessment_id, []).append(marks)
        rows += [Score(review=review, criterion=key, mark=marks[key], reason=REASONS[marks[key]]) for key in keys]
    Score.objects.bulk_create(rows)
    BlindReview.objects.filter(pk__in=[one.pk for one in reviews]).update(
        state=BlindReviewState.SUBMITTED, submitted_at=datetime(2025, 10, 10, 3, tzinfo=UTC)
    )
    return sheets


def _running_round(rubric: AssessmentRubric, officer: User, reviewers: list[User]) -> None:
    """Four cases, each led by the acts themselves; the last is that of the demonstration's applicant."""
    of = AssessmentRound.objects.create(
        code=RUNNING, title_zh="2026年复合型创业人才评价", title_en="Compound founders 2026", rubric=rubric,
        opened_on=date(2026, 10, 8), scores_due_on=date(2026, 12, 18),
    )  # fmt: skip
    people = _people(len(RUNNING_STEPS) - 1, "2026")
    manager = User.objects.filter(email=email_of(Role.PROGRAMME_MANAGER)).first()
    for number, (person, until) in enumerate(zip([*people, _applicant()], RUNNING_STEPS, strict=True)):
        case = assessing.open_assessment(
            round_id=of.pk, person_id=person.pk, actor=officer, number=f"P-{_sign(900 + number)}"
        )
        for facts in EVIDENCE:
            assessing.add_evidence(assessment_id=case.pk, actor=officer, **facts)
        if until != AssessmentState.OPEN:
            _lead(case, until, officer, manager, reviewers)


def _applicant() -> Person:
    """The registry's record of the demonstration's applicant."""
    user = User.objects.get(email=email_of(Role.APPLICANT))
    person, _made = Person.objects.get_or_create(
        user=user, defaults={"family_name": "周", "given_name": "雨桐", "name_en": "Zhou Yutong"}
    )
    RoleProfile.objects.get_or_create(
        person=person, kind=RoleKind.FOUNDER,
        defaults={"state": RoleState.ACTIVE, "valid_from": date(2026, 1, 1), "valid_until": date(2028, 12, 31)},
    )  # fmt: skip
    return person


def _lead(case: Assessment, until: str, officer: User, manager: User | None, reviewers: list[User]) -> None:
    for evidence in case.evidence.all():
        text = blinding.proposed(evidence.text, blinding.find(evidence.text), 2026)
        redacting.redact(evidence_id=evidence.pk, text=text, actor=officer)
    chosen = [user for user in reviewers if assessing.is_independent(user, case)][:2]
    reviews = [assessing.assign_reviewer(assessment_id=case.pk, reviewer_id=user.pk, actor=officer) for user in chosen]
    assessing.begin_scoring(assessment_id=case.pk, actor=officer)
    if until == AssessmentState.BLIND_SCORING:
        return
    for review, marks in zip(reviews, ((3, 3, 2, 3, 2), (1, 3, 2, 2, 2)), strict=True):
        blind_scoring.declare(review_id=review.pk, conflict=False, actor=review.reviewer)
        keys = [row["key"] for row in case.round.rubric.content["criteria"]]
        given = dict(zip(keys, marks, strict=True))
        sheet = blind_scoring.Sheet(given, {key: REASONS[mark] for key, mark in given.items()})
        blind_scoring.submit(review_id=review.pk, sheet=sheet, actor=review.reviewer)
    assessing.lock_scores(assessment_id=case.pk, actor=officer)
    assessing.open_moderation(assessment_id=case.pk, note=ANSWERS["moderation"], actor=officer)
    if until == AssessmentState.MODERATION or manager is None:
        return
    score = Score.objects.get(review=reviews[1], criterion="breadth")
    blind_scoring.change_mark(score_id=score.pk, mark=2, reason=ANSWERS["change"], actor=reviews[1].reviewer)
    assessing.unblind(assessment_id=case.pk, actor=officer)
    assessing.record_diligence(assessment_id=case.pk, findings=ANSWERS["diligence"], actor=officer)
    assessing.decide(
        assessment_id=case.pk, outcome=AssessmentOutcome.SHORTLISTED, reason=ANSWERS["decision"], actor=manager
    )
