"""Both sides of a mandate are asked, reminded and told by mail, in their language and as they chose."""

from datetime import timedelta

import pytest
from django.utils import timezone

from innovation.accounts.choices import Role
from innovation.accounts.models import DigestEntry, NotificationChoice
from innovation.core.models import OutboxMessage
from innovation.core.translations import compile_all
from talent import tasks
from talent.actions import mandates, match_inputs
from talent.actions.mandate_mails import NOTICE
from talent.models import Mandate
from tests.factories.accounts import UserFactory
from tests.factories.organisations import MembershipFactory
from tests.factories.talent_matching import DemandFactory, MatchProfileFactory, declared_none

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def subjects(user):
    """What was written to ``user`` since the last look."""
    rows = OutboxMessage.objects.filter(recipient=user.email).order_by("pk")
    found = [row.subject for row in rows]
    rows.delete()
    return found


def test_both_sides_are_asked_reminded_and_told(django_user_model):
    compile_all()
    officer = UserFactory(role=Role.TALENT_OFFICER, language="en")
    profile, demand = MatchProfileFactory(person__with_account=True), DemandFactory(name_en="Chip", name_zh="芯片")
    person = profile.person.user
    django_user_model.objects.filter(pk=person.pk).update(language="zh-hans")
    lead = MembershipFactory(organisation=demand.organisation, role="lead", user__language="en").user
    reader = MembershipFactory(organisation=demand.organisation, role="viewer", user__language="en").user
    declared_none(profile, demand)
    facts = {"person_id": profile.person_id, "demand_id": demand.pk, "actor": officer, "reason": "Knows the chip"}
    mandate = mandates.propose(**facts)
    words = OutboxMessage.objects.get(recipient=lead.email).payload["text"]
    assert f"by {mandate.answer_by}" in words
    assert mandate.get_absolute_url() in words
    assert not any(name in words for name in (profile.person.whole_name, "Knows the chip"))
    assert subjects(lead) == ["Mandate “Chip”: Proposed"]
    assert subjects(person) == ["委托“芯片”：已提议"]
    assert subjects(reader) == subjects(officer) == []

    Mandate.objects.update(answer_by=TODAY + timedelta(days=5))
    assert tasks.expire_mandates() == {"expired": 0, "reminded": 2}
    assert tasks.expire_mandates()["reminded"] == 0
    assert subjects(lead) == ["5 days left to answer: “Chip”"]
    mandates.take_step(mandate_id=mandate.pk, event="accept", actor=person)
    Mandate.objects.update(answer_by=TODAY + timedelta(days=1))
    assert tasks.expire_mandates()["reminded"] == 1
    assert subjects(lead) == ["Mandate “Chip”: Accepted by the person", "1 day left to answer: “Chip”"]
    assert subjects(person) == ["距答复期限还有 5 天：“芯片”"]
    Mandate.objects.update(answer_by=TODAY - timedelta(days=1))
    assert tasks.expire_mandates() == {"expired": 1, "reminded": 0}
    assert subjects(lead) == subjects(officer) == ["Mandate “Chip”: Expired"]
    subjects(person)

    NotificationChoice.objects.create(user=lead, kind=NOTICE, in_product=True, mail="digest")
    again = mandates.propose(**facts)
    for event, actor in (("accept", person), ("agree", lead)):
        mandates.take_step(mandate_id=again.pk, event=event, actor=actor)
    match_inputs.declare(
        person_id=profile.person_id, organisation_id=demand.organisation_id, source="equity", actor=person
    )
    assert subjects(lead) == []
    told = list(DigestEntry.objects.filter(user=lead).order_by("pk").values_list("subject", flat=True))
    assert told == [f"Mandate “Chip”: {state}" for state in ("Proposed", "Accepted by the person", "Suspended")]
    mandates.object_to(mandate_id=again.pk, text="Sold my shares.", actor=person)
    mandates.answer_objection(mandate_id=again.pk, text="Noted.", actor=officer)
    assert subjects(person)[-1] == "您的异议已得到答复：“芯片”"
