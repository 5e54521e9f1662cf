"""Two hands at once on people, seats, credentials, exports and merges: one of them is refused, and nothing breaks."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone

from innovation.accounts.choices import Role
from innovation.core.errors import RuleViolation
from talent.actions import credentials, training
from talent.actions.exports import decide_export
from talent.actions.merging import merge_people
from talent.actions.people import change_person
from talent.choices.privacy import ExportState
from talent.models import Affiliation, Cohort, Credential, ExportRequest, Person, TrainingProgramme
from tests.concurrency.test_funds import at_once
from tests.factories.accounts import UserFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.talent import AffiliationFactory, PersonFactory
from tests.factories.talent_credentials import version_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_of_two_hands_wins_and_every_invariant_of_people_holds():
    officer, second = UserFactory(role=Role.TALENT_OFFICER), UserFactory(role=Role.PRIVACY_OFFICER)
    person, other, version = PersonFactory(), PersonFactory(), version_of()

    unit = OrganisationFactory()

    def post(_number):  # past the actions: the database alone keeps full time
        try:
            with transaction.atomic():
                AffiliationFactory(person=person, organisation=unit, fte_centi=60, valid_from=date(2025, 1, 1))
        except IntegrityError as error:
            raise RuleViolation("FULL_TIME", str(error)) from error

    assert sorted(at_once(post, 2), key=str) == ["FULL_TIME", None]
    assert Affiliation.objects.filter(person=person).aggregate(held=Sum("fte_centi"))["held"] == 60

    today = timezone.localdate()
    programme = TrainingProgramme.objects.create(
        code="TTM", name_zh="研修班", name_en="Course", base=unit, version=version, level="middle", hours=8
    )
    cohort = Cohort.objects.create(
        programme=programme, number="1", seats=1, starts_on=today, ends_on=today + timedelta(days=9)
    )
    pair = (person, other)

    def sit(number):
        training.enrol(cohort_id=cohort.pk, person_id=pair[number].pk, actor=officer)

    assert sorted(at_once(sit, 2), key=str) == ["NO_SEAT_LEFT", None]
    assert cohort.enrolments.count() == 1

    def begin(_number):
        credentials.open_credential(person_id=person.pk, version_id=version.pk, level="middle", actor=officer)

    assert sorted(at_once(begin, 2), key=str) == ["INVALID", None]
    assert Credential.objects.filter(person=person).count() == 1

    waiting = ExportRequest.objects.create(
        list_key="people", reason="Yearly meeting", rows=101, state=ExportState.WAITING, asked_by=officer
    )

    def decide(number):
        decide_export(request_id=waiting.pk, approve=number == 0, reason="", actor=second)

    assert sorted(at_once(decide, 2), key=str) == ["EXPORT_DECIDED", None]
    waiting.refresh_from_db()
    assert waiting.decided_by == second


def test_a_correction_during_a_merge_lands_before_it_or_not_at_all():
    officer = UserFactory(role=Role.TALENT_OFFICER)
    survivor, loser = (PersonFactory(family_name="钱", given_name="学森", former_names="") for _number in range(2))

    def act(number):
        if number:
            change_person(person_id=loser.pk, actor=officer, former_names="钱某")
        else:
            merge_people(survivor_id=survivor.pk, loser_id=loser.pk, actor=officer, reason="One person")

    refused = at_once(act, 2)
    assert refused in ([None, None], [None, "GONE"])
    loser.refresh_from_db()
    assert loser.merged_into == survivor
    kept = Person.objects.get(pk=survivor.pk).former_names
    assert ("钱某" in kept) is (refused[1] is None)
