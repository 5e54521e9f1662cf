"""The demonstration's cases: one sealed that verifies, one in its checklist, the others opened by their losses."""

import io
import zipfile

import pytest

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
    sealed = ExemptionCase.objects.get(state=CaseState.ARCHIVED)
    working = ExemptionCase.objects.get(state=CaseState.CHECKLIST)
    assert (sealed.outcome, broken_steps(sealed), broken_steps(working)) == (CaseOutcome.EXEMPT, [], [])
    with zipfile.ZipFile(io.BytesIO(bytes(sealed.sealed.content))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert verify_case.problems_of(parts) == []
    assert not OutboxMessage.objects.exists()
