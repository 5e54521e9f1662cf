"""The report on fairness: exact figures from the vault, what is small hidden everywhere, for the auditor alone."""

from datetime import timedelta
from fractions import Fraction

import pytest
from django.conf import settings
from django.utils import timezone, translation

from innovation.accounts.choices import Role
from innovation.core.translations import compile_all
from innovation.reports import registry
from innovation.reports.content import Count, Times, Unknown, canonical_json
from talent.choices.assessment import AssessmentState, BlindReviewState
from talent.models import Assessment, BlindReview, Person, PersonVault, Score
from talent.queries.audit import audit_of
from talent.reports import bias
from talent.rules.sealing import key_of, seal
from tests.factories.accounts import UserFactory
from tests.factories.talent_assessment import KEYS, make_round

pytestmark = pytest.mark.django_db
BORN = {"<35": 2000, "35-44": 1985, "45-54": 1975, "55+": 1965, "not_stated": None}


def make_decided(round_, counts):
    """People by band with (assessed, awarded), set-based; two reviewers give each the same marks."""
    now = timezone.now()
    rows = [(band, place < awarded) for band, (n, awarded) in counts.items() for place in range(n)]
    people = Person.objects.bulk_create(Person(family_name="甲", given_name=str(place)) for place in range(len(rows)))
    key = key_of(settings.TALENT_VAULT_KEY)
    PersonVault.objects.bulk_create(
        PersonVault(person=person, sealed=seal(BORN[band], key), consent_version="1", consent_language="en")
        for person, (band, _got) in zip(people, rows, strict=True) if BORN[band]
    )  # fmt: skip
    cases = Assessment.objects.bulk_create(
        Assessment(round=round_, person=person, number=f"P-{place:06d}", state=AssessmentState.BLIND_SCORING)
        for place, person in enumerate(people)
    )
    judges = [UserFactory(role=Role.REVIEWER) for _number in range(2)]
    reviews = BlindReview.objects.bulk_create(
        BlindReview(assessment=case, reviewer=judge, state=BlindReviewState.OPEN, conflict=False)
        for case in cases for judge in judges
    )  # fmt: skip
    Score.objects.bulk_create(
        Score(review=review, criterion=key, mark=3 if place % 2 else 2, reason="x")
        for place, review in enumerate(reviews) for key in KEYS
    )  # fmt: skip
    BlindReview.objects.update(state=BlindReviewState.SUBMITTED)
    for case, (_band, got) in zip(cases, rows, strict=True):
        case.state, case.outcome = AssessmentState.CLOSED, "awarded" if got else "not_selected"
        case.locked_at = case.unblinded_at = case.decided_at = now
    Assessment.objects.bulk_update(cases, ["state", "outcome", "locked_at", "unblinded_at", "decided_at"])


def build(round_, language="en"):
    later = timezone.now() + timedelta(minutes=1)
    with translation.override(language):
        return registry.get(bias.CODE).build(
            {"round": round_}, as_of=timezone.localdate(), known_at=later, language=language
        )


def rows_of(report, title):
    (table,) = [one for section in report.sections for one in section.tables if str(one.title) == title][-1:]
    return {row.cells[0].value: row.cells for row in table.rows}


def test_the_worked_figures_of_the_domain_text_come_out_exactly():
    today = timezone.localdate()
    round_ = make_round(opened_on=today.replace(year=2026, month=1, day=1), scores_due_on=today)
    make_decided(round_, {"<35": (60, 30), "35-44": (80, 40), "45-54": (50, 18), "55+": (20, 6), "not_stated": (9, 5)})
    report = build(round_)
    contrast, bands = rows_of(report, "Declared contrast"), rows_of(report, "By band")
    assert contrast["45+"][4] == Times(Fraction(24, 35))
    assert contrast["45+"][6].value == "0.0392"
    # Those who gave no year have the highest rate, but nine people are too few to measure others against.
    assert bands["45-54"][4].value == Fraction(18, 25)
    assert "Below four fifths" in contrast["45+"][7].value
    scores = rows_of(report, "Scores")
    assert scores["<35"][2].value == "62.5"
    reviewers = rows_of(report, "Reviewers")
    assert {row[1].value for row in reviewers.values()} == {"-25.0", "25.0"}
    assert canonical_json(build(round_)) == canonical_json(report)
    compile_all()
    words = canonical_json(build(round_, "zh-hans")).decode()
    assert "公平性" in words
    assert not [word for word in ("Band", "Reviewer", "People", "Hidden") if word in words]


def test_what_is_small_is_hidden_in_every_table_and_another_key_opens_nothing(settings):
    today = timezone.localdate()
    round_ = make_round(opened_on=today.replace(year=2026, month=1, day=1), scores_due_on=today)
    make_decided(round_, {"<35": (30, 12), "35-44": (22, 9), "45-54": (9, 6), "55+": (3, 2), "not_stated": (6, 5)})
    report = build(round_)
    people = rows_of(report, "People by band")
    assert [type(people[band][1]) for band in ("<35", "35-44", "45-54", "55+")] == [Count, Count, Unknown, Unknown]
    for title in ("By band", "Scores"):
        assert all(isinstance(cell, Unknown) for cell in rows_of(report, title)["55+"][1:]), title
    settings.TALENT_VAULT_KEY = "another"
    assert audit_of(round_, today, timezone.now() + timedelta(minutes=1)).stated == 0


def test_only_the_auditor_may_ask():
    for role in Role:
        kinds = {kind.code for kind in registry.kinds_for(UserFactory(role=role))}
        assert (bias.CODE in kinds) == (role == Role.AUDITOR), role
