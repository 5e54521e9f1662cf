"""What the database itself refuses about credentials, credits and training, whoever writes."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from innovation.core.days import months_later
from talent.actions import credentials, renewals, training
from talent.models import (
    CategoryCredit,
    CpdCycle,
    CpdEntry,
    Credential,
    Enrolment,
    GrantCheck,
    SchemeVersion,
    Verification,
)
from talent.queries.credentials import open_cycle
from tests.factories.talent import PersonFactory
from tests.factories.talent_credentials import entry_of, held, office, rules, version_of
from tests.refusals import refused
from tests.talent.test_credential_doors import cohort_of, programme_of

pytestmark = pytest.mark.django_db


def sql(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_nothing_is_in_force_without_the_check_of_verified_rules():
    today, version = timezone.localdate(), version_of(valid_to=date(2020, 1, 1))
    loose = version_of(verified=False)
    for row in (version, loose):
        one = Credential.objects.create(person=PersonFactory(), version=row, level="middle")
        refused(
            "talent_credential_checked", lambda one=one: Credential.objects.filter(pk=one.pk).update(state="granted")
        )
        facts = {"credential": one, "version": row, "granted_on": today, "note": "x"}
        refused("talent_checked_by_valid_rules", lambda facts=facts: GrantCheck.objects.create(**facts))
    person = PersonFactory()
    refused(
        "talent_credential_checked",
        lambda: Credential.objects.create(person=person, version=version, state="granted", granted_on=today),
    )


def test_verified_rules_and_checks_stand():
    one = held(granted_on=timezone.localdate())
    rows = SchemeVersion.objects.filter(pk=one.version_id)
    refused("talent_version_frozen", lambda: rows.update(rules=rules(term_months=1)))
    refused("talent_version_frozen", lambda: rows.update(status="unverified"))
    refused("talent_version_frozen", lambda: rows.update(authority="other"))
    rows.update(valid_to=date(2030, 1, 1))
    refused("talent_grantcheck_append_only", lambda: GrantCheck.objects.update(note="other"))
    # An erased or revoked row says why it ended.
    refused(
        "talent_credential_revoked_after_hearing", lambda: Credential.objects.filter(pk=one.pk).update(state="revoked")
    )


def test_credits_count_once_in_one_open_cycle_of_their_person():
    today = timezone.localdate()
    one, other = held(granted_on=months_later(today, -5)), held(granted_on=months_later(today, -5))
    mine = entry_of(one, day=today, verified=True)
    second = entry_of(one, day=today, category="talk", verified=True)
    refused("talent_evidence_counts_once", lambda: CpdEntry.objects.filter(pk=second.pk).update(sha256=mine.sha256))
    cycle = open_cycle(other)
    for change in ({"cycle": cycle}, {"day": date(2000, 1, 1)}, {"category": "dance"}):
        refused("talent_entry_in_cycle", lambda change=change: CpdEntry.objects.filter(pk=mine.pk).update(**change))
    refused("talent_one_open_cycle", lambda: _cycle(one, starts_on=cycle.ends_on + timedelta(days=1)))
    CpdCycle.objects.filter(pk=open_cycle(one).pk).update(closed_on=today)
    refused("talent_entry_of_open_cycle", lambda: CpdEntry.objects.filter(pk=mine.pk).update(state="refused"))
    refused("talent_entry_of_open_cycle", lambda: sql("DELETE FROM talent_cpdentry WHERE id = %s", second.pk))
    refused("talent_cycles_in_line", lambda: _cycle(one, starts_on=cycle.ends_on))
    refused("talent_carried_once", lambda: _cycle(one, starts_on=cycle.ends_on + timedelta(days=1), carry_in_num=1))
    refused("talent_cycle_closed", lambda: CpdCycle.objects.filter(credential=one).update(is_met=True))
    # Wiping what names a person stays possible.
    assert CpdEntry.objects.filter(pk=mine.pk).update(title="", file_name="") == 1


def _cycle(credential, **values):
    facts = {"version": credential.version, "purpose": "renewal", "ends_on": date(2040, 1, 1)}
    return CpdCycle.objects.create(credential=credential, **facts | values)


def test_a_cycle_stays_within_caps_and_carries_what_its_version_allows():
    one = held(granted_on=months_later(timezone.localdate(), -5))
    cycle = open_cycle(one)
    facts = {"cycle": cycle, "category": "talk"}
    refused("talent_credit_within_cap", lambda: CategoryCredit.objects.create(**facts, credits_num=21, credits_den=2))
    CategoryCredit.objects.create(**facts, credits_num=10)
    closed = {"closed_on": cycle.ends_on, "is_met": True, "total_num": 99}
    rows = CpdCycle.objects.filter(pk=cycle.pk)
    refused("talent_carry_over_allowed", lambda: rows.update(**closed, carry_over_num=11, carry_over_den=2))
    refused("talent_cycle_met_when_closed", lambda: rows.update(is_met=True))
    rows.update(**closed, carry_over_num=5)
    refused(
        "talent_credit_within_cap", lambda: CategoryCredit.objects.create(cycle=cycle, category="course", credits_num=1)
    )


def test_a_renewal_needs_a_cycle_that_was_met():
    one = held(granted_on=months_later(timezone.localdate(), -34))
    renewals.keep_terms(timezone.localdate())
    renewals.file_renewal(credential_id=one.pk, actor=one.person.user)
    refused("talent_renewed_by_credits", lambda: Credential.objects.filter(pk=one.pk).update(state="granted"))


def test_nobody_verifies_their_own():
    one = held(granted_on=timezone.localdate())
    entry = entry_of(one, day=timezone.localdate())
    facts = {"method": "document", "verdict": "accepted", "verifier": one.person.user}
    refused("talent_verified_by_other", lambda: Verification.objects.create(entry=entry, **facts))


def test_seats_hold_and_a_pass_has_its_hours():
    cohort = cohort_of(programme_of(), seats=1)
    first = training.enrol(cohort_id=cohort.pk, person_id=PersonFactory().pk, actor=office())
    person = PersonFactory()
    refused("talent_cohort_seats", lambda: Enrolment.objects.create(cohort=cohort, person=person))
    rows = Enrolment.objects.filter(pk=first.pk)
    refused("talent_passed_after_attending", lambda: rows.update(result="passed", attended_hours=31))
    refused("talent_numbered_after_pass", lambda: rows.update(unified_number="U"))
    rows.update(result="left")
    Enrolment.objects.create(cohort=cohort, person=person)


def test_one_candidacy_at_a_time():
    version, person = version_of(), PersonFactory(with_account=True)
    facts = {"person_id": person.pk, "version_id": version.pk, "level": "middle", "actor": person.user}
    credentials.open_credential(**facts)
    refused("talent_credential_once", lambda: Credential.objects.create(person=person, version=version, level="middle"))
