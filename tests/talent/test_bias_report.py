"""The report on fairness: exact figures from the vault, what is small hidden everywhere, for the auditor alone."""

from datetime import timedelta
from fractions import Fraction

import pytest
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone, translation

from innovation.accounts.choices import Role
from innovation.core.models import TransitionRecord
from innovation.core.translations import compile_all
from innovation.reports import registry
from innovation.reports.content import Count, Percent, Times, Unknown, canonical_json
from talent.choices.assessment import AssessmentState, BlindReviewState
from talent.models import (
    Assessment,
    BlindReview,
    Demand,
    Mandate,
    MatchProposal,
    MatchRun,
    Person,
    PersonVault,
    Score,
)
from talent.queries.audit import audit_of
from talent.reports import bias, matching_bias
from talent.rules.sealing import key_of, seal
from tests.factories.accounts import UserFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.talent_assessment import KEYS, make_round

pytestmark = pytest.mark.django_db
BORN = {"<35": 2000, "35-44": 1985, "45-54": 1975, "55+": 1965, "not_stated": None}
AGES = {"<35": 30, "35-44": 40, "45-54": 50, "55+": 60}


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


def test_matching_is_audited_from_the_pool_to_the_work():
    today, now = timezone.localdate(), timezone.now()
    key, officer = key_of(settings.TALENT_VAULT_KEY), UserFactory(role=Role.TALENT_OFFICER)
    counts = {"<35": (30, 20, 15), "35-44": (25, 15, 10), "45-54": (20, 6, 5), "55+": (20, 6, 5)}
    rows = [(band, place) for band, (pool, *_rest) in counts.items() for place in range(pool)]
    people = Person.objects.bulk_create(Person(family_name="乙", given_name=str(each)) for each in range(len(rows)))
    PersonVault.objects.bulk_create(
        PersonVault(
            person=person, sealed=seal(today.year - AGES[band], key), consent_version="1", consent_language="en"
        )
        for person, (band, _place) in zip(people, rows, strict=True)
    )  # fmt: skip
    run = MatchRun.objects.create(
        role_kind="tech_manager", state="done", served=47, finished_at=now, inputs_hash="x",
        snapshot={"people": [{"id": person.pk} for person in people]},
    )  # fmt: skip
    owner = OrganisationFactory()
    chosen = [(person, place < counts[band][2]) for person, (band, place) in zip(people, rows, strict=True)
              if place < counts[band][1]]  # fmt: skip
    demands = Demand.objects.bulk_create(
        Demand(code=f"D{place}", name_zh="需求", organisation=owner, starts_on=today, ends_on=today)
        for place in range(len(chosen))
    )
    proposals = MatchProposal.objects.bulk_create(
        MatchProposal(run=run, demand=demand, person=person, fit=50, parts={})
        for demand, (person, _begun) in zip(demands, chosen, strict=True)
    )
    mandates = Mandate.objects.bulk_create(
        Mandate(person=one.person, demand=one.demand, proposal=one, load=1, starts_on=today, ends_on=today,
                answer_by=today, proposed_by=officer)
        for one in proposals
    )  # fmt: skip
    TransitionRecord.objects.bulk_create(
        TransitionRecord(
            content_type=ContentType.objects.get_for_model(Mandate), object_pk=str(mandate.pk), event="agree",
            from_state="accepted_by_person", to_state="active",
        )
        for mandate, (_person, begun) in zip(mandates, chosen, strict=True) if begun
    )  # fmt: skip
    later = timezone.now() + timedelta(minutes=1)
    compile_all()
    made = {}
    for language in ("en", "zh-hans"):
        with translation.override(language):
            made[language] = registry.get(matching_bias.CODE).build(
                {"role_kind": "tech_manager"}, as_of=today, known_at=later, language=language
            )
    contrasts = [
        {row.cells[0].value: row.cells for row in table.rows}
        for section in made["en"].sections for table in section.tables if str(table.title) == "Declared contrast"
    ]  # fmt: skip
    # 35 of 55 below 45 and 12 of 40 from 45 on were proposed; the officer confirmed all; 25 and 10 began to work.
    assert contrasts[0]["45+"][4] == Times(Fraction(12, 40) / Fraction(35, 55))
    assert contrasts[1]["45+"][3] == Percent(Fraction(1))
    assert contrasts[3]["45+"][4] == Times(Fraction(10, 40) / Fraction(25, 55))
    assert "Below four fifths" in contrasts[0]["45+"][7].value
    words = canonical_json(made["zh-hans"]).decode()
    assert not [word for word in ("Band", "pool", "People", "Hidden", "matcher", "Reading") if word in words]
    roles = {role for role in Role if matching_bias.CODE in {
        kind.code for kind in registry.kinds_for(UserFactory(role=role))}}  # fmt: skip
    assert roles == {Role.AUDITOR}
