"""The demonstration's cases: most sealed, one that verifies; one each at the statement and the checklist, two late."""

import io
import zipfile
from collections import Counter

import pytest
from django.utils import timezone

from funds.casefile import verify_case
from funds.choices.cases import CaseOutcome, CaseState
from funds.demo import make_funds
from funds.demo.cases import make_cases
from funds.models import ExemptionCase
from funds.queries.cases import broken_steps
from innovation.accounts.demo import make_people
from innovation.core.models import OutboxMessage
from innovation.organisations.demo import make_organisations

pytestmark = pytest.mark.django_db


def test_the_city_shows_a_sealed_case_and_one_in_work():
    make_people()
    make_organisations()
    make_funds()
    assert set(ExemptionCase.objects.values_list("state", flat=True)) == {CaseState.OPENED}
    make_cases()
    make_cases()
    states = Counter(ExemptionCase.objects.values_list("state", flat=True))
    late = ExemptionCase.objects.filter(due_on__lt=timezone.localdate()).exclude(state=CaseState.ARCHIVED)
    assert states.pop(CaseState.ARCHIVED) > 3
    assert states == {CaseState.STATEMENT: 1, CaseState.CHECKLIST: 1, CaseState.OPENED: 2}
    assert set(late.values_list("state", flat=True)) <= {CaseState.OPENED}
    sealed = ExemptionCase.objects.filter(state=CaseState.ARCHIVED).earliest("pk")
    working = ExemptionCase.objects.get(state=CaseState.CHECKLIST)
    assert (sealed.outcome, broken_steps(sealed), broken_steps(working)) == (CaseOutcome.EXEMPT, [], [])
    with zipfile.ZipFile(io.BytesIO(bytes(sealed.sealed.content))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert verify_case.problems_of(parts) == []
    assert not OutboxMessage.objects.exists()
