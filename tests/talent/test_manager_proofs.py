"""Invariant 4: a technology manager in force of a level holds a credential of it that has not lapsed."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from innovation.accounts.choices import Role
from innovation.core.models import OutboxMessage
from talent import tasks
from talent.choices.credentials import CredentialState
from talent.choices.people import RoleKind
from talent.models import Credential, ManagerProof
from talent.queries.managers import Uncovered, uncovered
from tests.factories.accounts import UserFactory
from tests.factories.talent_credentials import held
from tests.factories.talent_matching import MatchProfileFactory
from tests.refusals import refusal

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def test_managers_without_a_credential_of_their_level_are_found_told_and_shown(client):
    officer = UserFactory(role=Role.TALENT_OFFICER, language="en")
    good, low, none = (MatchProfileFactory(level=level) for level in (3, 4, 1))
    for profile in (good, low):  # "middle" of the scheme stands for the third of the four levels
        held(granted_on=TODAY - timedelta(days=30), person=profile.person)
    MatchProfileFactory(role=RoleKind.FOUNDER)
    expected = [Uncovered(low.person_id, 4, 3), Uncovered(none.person_id, 1, 0)]
    assert uncovered(TODAY) == (3, expected)
    assert uncovered(TODAY + timedelta(days=4000))[1][0] == Uncovered(good.person_id, 3, 0)  # the term is over
    mails = OutboxMessage.objects.filter(recipient=officer.email, subject__contains="without a credential")
    assert tasks.prove_managers() == 2
    assert mails.get().subject == "2 technology managers without a credential of the level"
    assert good.person.whole_name not in str(mails.get().payload)
    assert tasks.prove_managers() == 2
    assert mails.count() == 1
    proof = ManagerProof.objects.first()
    assert (proof.managers, [row["person_id"] for row in proof.findings]) == (3, [low.person_id, none.person_id])
    with refusal("talent_manager_proof_stays"):
        ManagerProof.objects.filter(pk=proof.pk).update(findings=[])

    client.force_login(officer)
    assert "Technology managers without a credential" in client.get("/", follow=True).text
    shown = client.get(reverse("talent:uncovered_managers")).text
    assert str(none.person) in shown
    assert "Suspend the profile until a credential is in force" in shown
    assert str(good.person) not in shown
    assert client.get(reverse("admin:talent_managerproof_changelist")).status_code == 200
    # A lapsed credential leaves the manager uncovered; rules that change later do not.
    Credential.objects.filter(person=good.person).update(state=CredentialState.LAPSED, ended_on=TODAY, end_reason="x")
    assert Uncovered(good.person_id, 3, 0) in uncovered(TODAY)[1]
