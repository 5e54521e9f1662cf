"""The demonstration shows a case at each step, from the draft to the end, and makes nothing twice."""

from collections import Counter

import pytest

from innovation.accounts.choices import Role
from innovation.accounts.demo import email_of
from innovation.accounts.models import User
from innovation.calls.demo.talking import KEPT
from innovation.calls.models import (
    AgendaItem,
    Appeal,
    Application,
    DefinitionCase,
    EarlierAward,
    Entitlement,
    LateDocument,
    MessageBatch,
    ReviewSummary,
    SharedDetail,
    TextLikeness,
)
from innovation.core import demo, transitions
from innovation.organisations.choices import MembershipRole
from innovation.organisations.models import Organisation
from tests.factories.organisations import MembershipFactory

pytestmark = pytest.mark.django_db
PARTS = {100, 200, 500, 510, 520, 560, 570, 580, 585}
STATES = {
    "draft": 2, "submitted": 3, "returned": 2, "eligible": 3, "ineligible": 1, "withdrawn": 1, "in_review": 3,
    "ranked": 1, "approved_with_conditions": 1, "reserve": 1, "rejected": 1, "noticed": 2, "objected": 1, "active": 1,
    "in_change": 1, "suspended": 1, "closed": 1, "county_checked": 1, "city_checked": 1, "entitled": 1,
}  # fmt: skip


def test_every_step_of_a_case_can_be_seen_and_nothing_is_made_twice():
    made = [part for part in demo.parts() if part.order in PARTS]
    for part in made[:2]:
        part.make()
    user = User.objects.get(email=email_of(Role.APPLICANT))
    chips = Organisation.objects.get(name_zh__contains="锐捷达")
    MembershipFactory(organisation=chips, user=user, role=MembershipRole.EDITOR)
    for part in (*made[2:], *made[-6:]):
        part.make()
    cases = Application.objects.all()
    assert Counter(cases.values_list("state", flat=True)) == STATES
    assert set(ReviewSummary.objects.values_list("n", flat=True)) == {3}
    assert AgendaItem.objects.exclude(figures__rank=None).count() == 11
    running = cases.get(state="active")
    assert [one.from_state for one in transitions.steps_of(running)][:3] == ["draft", "submitted", "eligible"]
    assert [payment.state for payment in running.payments.all()] == ["PAID"]
    assert cases.get(state="closed").lesson
    assert TextLikeness.objects.count() == 1
    assert Entitlement.objects.get().valid_to
    assert sorted(Appeal.objects.values_list("state", flat=True)) == ["open", "withdrawn"]
    assert [bool(batch.confirmed_at) for batch in MessageBatch.objects.order_by("pk")] == [True, False]
    assert sorted(LateDocument.objects.values_list("state", flat=True)) == ["accepted", "waiting"]
    assert {one.kind for one in SharedDetail.objects.all()} == {"phone"}
    assert EarlierAward.objects.count() == 4
    assert DefinitionCase.objects.count() == len(KEPT)
    mine = cases.filter(members__user__email=email_of(Role.APPLICANT)).values_list("state", flat=True)
    assert sorted(mine) == ["active", "draft", "draft", "entitled", "noticed", "returned"]
