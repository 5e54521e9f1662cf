"""Credentials through their actions: rules and terms, grant, credits, renewal, the clock, the audit sample."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from innovation.accounts.choices import Role
from innovation.accounts.demo import email_of, make_person
from innovation.accounts.models import User
from innovation.core.days import months_later
from innovation.core.models import OutboxMessage
from talent.actions import cpd, credentials, renewals, schemes
from talent.choices.credentials import AuditVerdict, CredentialState, EntryState
from talent.demo.credentials import make_credentials
from talent.models import AuditLook, Cohort, CpdEntry, Credential, GrantCheck, SchemeVersion
from talent.queries.credentials import count_cycle, levels_of, open_cycle
from talent.rules.audit import drawn
from talent.rules.cpd import exact
from talent.rules.schemes import faults
from talent.rules.terms import file_by, reminder_due, renewal_opens, term_end
from tests.factories.accounts import UserFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.talent import AffiliationFactory, PersonFactory, RoleProfileFactory
from tests.factories.talent_credentials import category, entry_of, held, office, proof, rules, version_of
from tests.refusals import refused_by_rule

TODAY = timezone.localdate


# ── Rules ────────────────────────────────────────────────────────────────────────────────────────
def test_a_term_ends_with_a_month_and_its_renewal_has_days():
    ends = term_end(date(2022, 5, 17), 36)
    assert ends == date(2025, 5, 31)
    assert term_end(date(2022, 2, 28), 12) == date(2023, 2, 28)
    assert term_end(date(2023, 2, 28), 12) == date(2024, 2, 29)
    assert term_end(date(2022, 5, 17), None) is None
    assert renewal_opens(ends) == date(2024, 5, 31)
    assert file_by(ends, {"renewal": {"submit_at_least_months_before": 1}}) == date(2025, 4, 30)
    assert file_by(ends, {}) == ends
    assert [reminder_due(ends, ends - timedelta(days=days)) for days in (366, 365, 181, 180, 8, 0)] == [
        None, 365, 365, 180, 30, 7,
    ]  # fmt: skip
    assert reminder_due(ends, ends + timedelta(days=1)) is None


def test_the_sample_is_the_same_for_its_seed_whatever_the_order():
    keys = list(range(1, 41))
    sample = drawn(keys, seed="2026", share=Fraction(1, 10))
    assert len(sample) == 4
    assert sample == drawn(reversed(keys), seed="2026", share=Fraction(1, 10))
    assert sample != drawn(keys, seed="2027", share=Fraction(1, 10))
    assert len(drawn([7], seed="x", share=Fraction(1, 100))) == 1
    with pytest.raises(ValueError, match="share"):
        drawn(keys, seed="x", share=Fraction(0))


def test_rules_say_what_is_wrong_with_them():
    assert not list(faults(rules()))
    wrong = rules(term_months="x", cpd={"required": 1.5, "categories": {"a": category()}})
    assert [line.split(":")[0] for line in faults(wrong)] == ["term_months", "cpd"]
    grouped = {
        "required": 1,
        "categories": {"a": category()},
        "group_minima": [{"label": "g", "categories": ["b"], "min": 1}],
    }
    assert list(faults({"points": grouped})) == ["group_minima g: b"]
    with pytest.raises(ValueError, match="exact"):
        exact(0.5)


# ── Actions ──────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.django_db
def test_the_shipped_schemes_are_rows_with_their_status():
    assert SchemeVersion.objects.filter(status="verified").count() == 5
    found = SchemeVersion.objects.get(version="CLP-CE-before-2021-05")
    assert found.credit_rules.required == 40
    assert found.credit_rules.categories["employment"].unit_size == 2
    new = SchemeVersion.objects.get(version="CLP-CPD-2021-05")
    assert new.credit_rules is None
    assert not new.is_verified
    refused_by_rule("RULES_INCOMPLETE", schemes.confirm_version, version_id=new.pk, source="read", actor=office())
    assert SchemeVersion.objects.get(version="PraxisAuril-application").point_rules.group_minima[0].minimum == 45


@pytest.mark.django_db
def test_a_credential_is_renewed_by_its_credits_and_carries_what_is_left():
    today = TODAY()
    granted = months_later(today, -34)
    one = held(granted_on=granted, number="Z-1")
    assert one.expires_on == term_end(granted, 36)
    cycle = open_cycle(one)
    assert (cycle.starts_on, cycle.ends_on) == (granted, one.expires_on)
    for place in range(4):
        entry_of(one, day=today - timedelta(days=place), quantity=9, verified=True)
    talk = entry_of(one, day=today, quantity=5, category="talk")
    assert count_cycle(open_cycle(one)).missing_total == 4
    assert count_cycle(open_cycle(one), foresee=True).is_met
    assert renewals.keep_terms(today)["opened"] == 1
    assert renewals.keep_terms(today) == {"opened": 0, "lapsed": 0, "reminded": 0}
    renewals.file_renewal(credential_id=one.pk, actor=one.person.user)
    refused_by_rule("CREDITS_MISSING", renewals.renew, credential_id=one.pk, note="", actor=office())
    cpd.verify_entry(entry_id=talk.pk, verdict="accepted", method="issuer", note="", actor=office())
    renewed = renewals.renew(credential_id=one.pk, note="", actor=office())
    assert (renewed.state, renewed.expires_on) == (CredentialState.GRANTED, term_end(one.expires_on, 36))
    closed = one.cycles.get(closed_on__isnull=False)
    # 36 of courses and 15 of talks, of which 10 count.
    assert (closed.total, closed.carry_over, closed.is_met) == (46, 5, True)
    assert {row.category: row.credits_num for row in closed.credits.all()} == {"course": 36, "talk": 10}
    following = open_cycle(one)
    assert (following.starts_on, following.carry_in) == (one.expires_on + timedelta(days=1), 5)
    assert OutboxMessage.objects.filter(recipient=one.person.user.email).count() == 2


@pytest.mark.django_db
def test_the_clock_lapses_what_was_not_filed_and_waits_for_what_was():
    today = TODAY()
    version = version_of(given=rules(renewal={}))
    silent, filed = (held(granted_on=months_later(today, -36), version=version) for _ in range(2))
    ends = silent.expires_on
    renewals.keep_terms(ends)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("talent.actions.renewals.timezone.localdate", lambda: ends)
        renewals.file_renewal(credential_id=filed.pk, actor=filed.person.user)
    assert renewals.keep_terms(ends + timedelta(days=1))["lapsed"] == 1
    states = dict(Credential.objects.values_list("pk", "state"))
    assert states == {silent.pk: CredentialState.LAPSED, filed.pk: CredentialState.RENEWAL_SUBMITTED}
    assert levels_of(on=ends).keys() == {filed.person_id}
    refused = renewals.refuse_renewal(credential_id=filed.pk, reason="No credits.", actor=office())
    assert (refused.state, refused.end_reason) == (CredentialState.LAPSED, "No credits.")


@pytest.mark.django_db
def test_rules_decide_only_when_verified_valid_and_by_somebody_else():
    today, officer = TODAY(), office()
    version = version_of(verified=False)
    person = PersonFactory(user=officer)
    one = credentials.open_credential(person_id=person.pk, version_id=version.pk, level="senior", actor=officer)
    credentials.apply_for_assessment(credential_id=one.pk, actor=officer)
    facts = {"credential_id": one.pk, "granted_on": today, "number": "", "note": "read"}
    refused_by_rule("RULES_UNVERIFIED", credentials.grant, **facts, actor=office())
    schemes.confirm_version(version_id=version.pk, source="read", actor=officer)
    refused_by_rule("NOT_PERMITTED", credentials.grant, **facts, actor=officer)
    refused_by_rule("IN_FUTURE", credentials.grant, **facts | {"granted_on": today + timedelta(days=1)}, actor=office())
    refused_by_rule("RULES_NOT_VALID", credentials.grant, **facts | {"granted_on": date(2014, 1, 1)}, actor=office())
    post = AffiliationFactory(person=person, fte_centi=50)
    near = office()
    AffiliationFactory(person=PersonFactory(user=near), organisation=post.organisation, fte_centi=50)
    refused_by_rule("SAME_UNIT", credentials.grant, **facts, actor=near)
    granted = credentials.grant(**facts, actor=office())
    assert levels_of(on=today)[person.pk].rank == 4
    # What changes later takes nothing away.
    schemes.end_version(version_id=version.pk, valid_to=today - timedelta(days=1), actor=officer)
    assert Credential.objects.get(pk=granted.pk).state == CredentialState.GRANTED
    refused_by_rule("NOT_HEARD", credentials.revoke, credential_id=one.pk, reason="x", heard_on=None, actor=office())
    ended = credentials.revoke(credential_id=one.pk, reason="False papers.", heard_on=today, actor=office())
    assert (ended.state, ended.heard_on) == (CredentialState.REVOKED, today)
    assert not levels_of(on=today)


@pytest.mark.django_db
def test_a_first_award_counts_points_before_it_is_granted():
    today = TODAY()
    version = SchemeVersion.objects.get(version="ATTP-pathway")
    person = PersonFactory(with_account=True)
    one = credentials.open_credential(person_id=person.pk, version_id=version.pk, level="registered", actor=person.user)
    facts = {"version_id": version.pk, "level": "registered", "actor": person.user}
    refused_by_rule("INVALID", credentials.open_credential, person_id=person.pk, **facts)
    refused_by_rule(
        "LEVEL_UNKNOWN", credentials.open_credential, person_id=person.pk, **facts | {"level": "captain"}
    )  # fmt: skip
    with pytest.raises(PermissionDenied):
        credentials.open_credential(person_id=PersonFactory().pk, **facts)
    entry_of(one, day=today, quantity=34, category="conference", verified=True)
    entry_of(one, day=today - timedelta(days=1), quantity=29, category="face_to_face", verified=True)
    credentials.apply_for_assessment(credential_id=one.pk, actor=person.user)
    given = {"credential_id": one.pk, "granted_on": today, "number": "", "note": "read", "actor": office()}
    refused_by_rule("POINTS_MISSING", credentials.grant, **given)
    credentials.return_candidate(credential_id=one.pk, reason="One hour more.", actor=office())
    entry_of(one, day=today - timedelta(days=2), quantity=1, category="face_to_face", verified=True)
    credentials.apply_for_assessment(credential_id=one.pk, actor=person.user)
    granted = credentials.grant(**given)
    assert (granted.expires_on, granted.cycles.get().total) == (None, 60)
    assert GrantCheck.objects.get().facts == {"points": "60", "required": "60"}


@pytest.mark.django_db
def test_an_entry_needs_its_proof_and_counts_once():
    today = TODAY()
    one = held(granted_on=months_later(today, -6))
    cycle, holder = open_cycle(one), one.person.user
    facts = {"cycle_id": cycle.pk, "category": "course", "title": "Course", "day": today, "quantity": Fraction(3, 2)}

    def file(**more):
        return cpd.file_entry(**{"upload": proof("a"), "actor": holder} | facts | more)

    refused_by_rule("EVIDENCE_MISSING", file, upload=None)
    refused_by_rule("CATEGORY_UNKNOWN", file, category="dance")
    refused_by_rule("OUTSIDE_CYCLE", file, day=cycle.starts_on - timedelta(days=1))
    refused_by_rule("IN_FUTURE", file, day=today + timedelta(days=1))
    entry = file()
    refused_by_rule("EVIDENCE_USED", file, category="talk")
    cpd.withdraw_entry(entry_id=entry.pk, actor=holder)
    entry = file(category="talk")
    with pytest.raises(PermissionDenied):
        cpd.verify_entry(entry_id=entry.pk, verdict="accepted", method="document", note="", actor=holder)
    verdict = {"entry_id": entry.pk, "method": "document", "note": ""}
    refused_by_rule("NOTE_MISSING", cpd.verify_entry, verdict="refused", actor=office(), **verdict)
    assert cpd.verify_entry(verdict="accepted", actor=office(), **verdict).state == EntryState.VERIFIED
    refused_by_rule("NOT_WAITING", cpd.verify_entry, verdict="accepted", actor=office(), **verdict)
    refused_by_rule("NOT_WAITING", cpd.withdraw_entry, entry_id=entry.pk, actor=holder)
    assert count_cycle(open_cycle(one)).counted_total == Fraction(9, 2)


@pytest.mark.django_db
def test_an_officer_never_verifies_an_own_entry():
    officer = office()
    one = held(granted_on=TODAY(), person=PersonFactory(user=officer))
    entry = entry_of(one, day=TODAY())
    refused_by_rule(
        "OWN_ENTRY", cpd.verify_entry, entry_id=entry.pk, verdict="accepted", method="document", note="", actor=officer
    )


@pytest.mark.django_db
def test_a_second_look_is_taken_by_another_and_stops_what_is_wrong():
    today, officer = TODAY(), office()
    one = held(granted_on=months_later(today, -2))
    entries = [entry_of(one, day=today - timedelta(days=place), verified=True) for place in range(3)]
    share = {"seed": "s", "share": Fraction(1), "verified_from": today, "verified_to": today}
    refused_by_rule("NOTHING_TO_DRAW", cpd.draw_sample, **share | {"verified_from": date(2020, 1, 1),
                    "verified_to": date(2020, 1, 2)}, actor=officer)  # fmt: skip
    sample = cpd.draw_sample(**share, actor=officer)
    assert [look.entry_id for look in sample.looks.all()] == [entry.pk for entry in entries]
    look = sample.looks.get(entry=entries[0])
    first = entries[0].verifications.get().verifier
    found = {"look_id": look.pk, "verdict": AuditVerdict.WRONG, "note": "Never took place."}
    refused_by_rule("SAME_PERSON", cpd.look_again, **found, actor=first)
    refused_by_rule("NOTE_MISSING", cpd.look_again, **found | {"note": " "}, actor=officer)
    cpd.look_again(**found, actor=officer)
    refused_by_rule("LOOKED_ALREADY", cpd.look_again, **found, actor=officer)
    assert CpdEntry.objects.get(pk=entries[0].pk).state == EntryState.REFUSED
    assert count_cycle(open_cycle(one)).counted_total == 20
    with pytest.raises(PermissionDenied):
        cpd.draw_sample(**share, actor=UserFactory(role=Role.AUDITOR))


@pytest.mark.django_db
def test_the_demonstration_shows_every_step_and_is_made_once():
    for role in (Role.TALENT_OFFICER, Role.ADMINISTRATOR, Role.APPLICANT):
        make_person(email_of(role), f"Person {role}", role)
    PersonFactory(user=User.objects.get(email=email_of(Role.APPLICANT)))
    OrganisationFactory(name_zh="之江大学")
    for _place in range(20):
        RoleProfileFactory(kind="tech_manager")
    make_credentials()
    make_credentials()
    states = set(Credential.objects.values_list("state", flat=True))
    assert states == {"candidate", "granted", "renewal_open", "renewal_submitted", "lapsed"}
    assert AuditLook.objects.exists()
    assert set(Cohort.objects.values_list("state", flat=True)) == {"finished", "running"}
    assert CpdEntry.objects.all().to_verify().count() > 5
