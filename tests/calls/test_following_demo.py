"""The demonstration's cases after the review stand where the handbook says."""

import pytest

from innovation.calls.models import Application
from innovation.core import demo

pytestmark = pytest.mark.django_db
PARTS = {100, 200, 500, 560}


def test_one_case_waits_one_is_on_notice_one_runs_and_one_has_ended():
    made = [part for part in demo.parts() if part.order in PARTS]
    for part in made:
        part.make()
    cases = Application.objects.filter(call__code="rd-2025", agenda_items__isnull=False)
    assert sorted(cases.values_list("state", flat=True)) == ["active", "closed", "noticed", "ranked"]
    running = cases.get(state="active")
    assert [payment.state for payment in running.payments.all()] == ["PAID"]
    assert cases.get(state="closed").lesson
    made[-1].make()
    assert cases.count() == 4
