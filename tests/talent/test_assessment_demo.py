"""The demonstration's assessments: a closed round that can be measured, and a running one in every phase."""

from datetime import timedelta

import pytest
from django.utils import timezone

from innovation.accounts.choices import Role
from innovation.accounts.demo import make_people
from talent.demo.assessments import CLOSED, RUNNING, make_assessments
from talent.models import Assessment, AssessmentRound, PersonVault, ScoreChange
from talent.queries.audit import audit_of
from talent.reports import bias
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def test_both_rounds_are_made_once_and_the_report_has_figures():
    make_people()
    for _number in range(3):
        UserFactory(role=Role.REVIEWER)
    make_assessments()
    made = Assessment.objects.count()
    make_assessments()
    assert Assessment.objects.count() == made
    running = Assessment.objects.filter(round__code=RUNNING)
    assert sorted(running.values_list("state", flat=True)) == ["blind_scoring", "decided", "moderation", "open"]
    assert ScoreChange.objects.count() == 1
    closed = AssessmentRound.objects.get(code=CLOSED)
    later = timezone.now() + timedelta(minutes=1)
    audit = audit_of(closed, timezone.localdate(), later)
    assert audit.stated == PersonVault.objects.count() > 100
    report = bias.build({"round": closed}, as_of=timezone.localdate(), known_at=later, language="en")
    shown = [row for section in report.sections for table in section.tables for row in table.rows]
    assert len(shown) > 30
