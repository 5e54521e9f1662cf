"""Pages, API, admin and report of credentials: who opens what, constant queries, both languages, a holder's way."""

from datetime import date, timedelta

import pytest
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from innovation.accounts.choices import Role
from innovation.core.days import months_later
from innovation.core.forms import new_token
from innovation.reports.actions import request_run
from innovation.reports.models import ReportFile
from talent.actions import cpd, credentials, training
from talent.admin.personal import PeopleBeside
from talent.choices.credentials import CredentialState, EntryState, TrainingResult
from talent.models import (
    AccessLog,
    AuditLook,
    AuditSample,
    CategoryCredit,
    Cohort,
    CpdCycle,
    CpdEntry,
    Credential,
    Enrolment,
    GrantCheck,
    Scheme,
    SchemeVersion,
    TrainingProgramme,
    Verification,
)
from tests.factories.accounts import UserFactory, as_role
from tests.factories.organisations import MembershipFactory, OrganisationFactory
from tests.factories.reports import finished
from tests.factories.talent import PersonFactory
from tests.factories.talent_credentials import entry_of, held, office, version_of
from tests.refusals import refused_by_rule

pytestmark = pytest.mark.django_db
OFFICERS = {Role.TALENT_OFFICER, Role.ADMINISTRATOR}
READERS = {*OFFICERS, Role.PRIVACY_OFFICER, Role.AUDITOR}
TRAINING = {*READERS, Role.PROGRAMME_MANAGER}
ALL = set(Role)
MODELS = (
    AuditLook, AuditSample, CategoryCredit, Cohort, CpdCycle, CpdEntry, Credential, Enrolment, GrantCheck, Scheme,
    SchemeVersion, TrainingProgramme, Verification,
)  # fmt: skip


def programme_of(version=None, **values):
    version = version or version_of()
    base = values.pop("base", None) or OrganisationFactory()
    facts = {"code": f"P-{version.pk}", "name_zh": "研修班", "hours": 40, "level": "senior"} | values
    return TrainingProgramme.objects.create(base=base, version=version, **facts)


def cohort_of(programme, *, seats=3, number="1"):
    days = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 2, 1)}
    return training.open_cohort(programme_id=programme.pk, number=number, seats=seats, actor=office(), **days)


@pytest.fixture
def scene():
    """A credential under way with an entry that waits and one in a sample, a candidate, a cohort."""
    today = timezone.localdate()
    one = held(granted_on=months_later(today, -20), number="N-1")
    waiting = entry_of(one, day=today - timedelta(days=3))
    entry_of(one, day=today - timedelta(days=2), verified=True)
    sample = cpd.draw_sample(seed="s", share=1, verified_from=today, verified_to=today, actor=office())
    asked = credentials.open_credential(
        person_id=PersonFactory(with_account=True).pk, version_id=one.version_id, level="senior", actor=office()
    )
    credentials.apply_for_assessment(credential_id=asked.pk, actor=office())
    cohort = cohort_of(programme_of(one.version))
    seat = training.enrol(cohort_id=cohort.pk, person_id=one.person_id, actor=office())
    return {
        "one": one, "waiting": waiting, "sample": sample, "look": sample.looks.get(), "asked": asked,
        "cohort": cohort, "seat": seat, "version": one.version, "open": version_of(verified=False),
    }  # fmt: skip


PAGES = {
    "certificates": (lambda s: [], ALL),
    "certificate": (lambda s: [s["one"].code], ALL),
    "my_credentials": (lambda s: [], ALL),
    "schemes": (lambda s: [], ALL),
    "scheme": (lambda s: [s["version"].scheme_id], ALL),
    "scheme_version": (lambda s: [s["version"].pk], ALL),
    "version_new": (lambda s: [s["version"].pk], OFFICERS),
    "version_edit": (lambda s: [s["open"].pk], OFFICERS),
    "version_confirm": (lambda s: [s["open"].pk], OFFICERS),
    "version_end": (lambda s: [s["version"].pk], OFFICERS),
    "credentials": (lambda s: [], READERS),
    "credentials_to_decide": (lambda s: [], READERS),
    "entries": (lambda s: [], READERS),
    "audit_samples": (lambda s: [], READERS),
    "audit_sample": (lambda s: [s["sample"].pk], READERS),
    "audit_sample_new": (lambda s: [], OFFICERS),
    "audit_look": (lambda s: [s["look"].pk], OFFICERS),
    "entry": (lambda s: [s["waiting"].pk], OFFICERS),
    "cohorts": (lambda s: [], TRAINING),
}
HIDDEN = {
    "credential": (lambda s: [s["one"].pk], READERS),
    "credential_pdf": (lambda s: [s["one"].pk], READERS),
    "entry_file": (lambda s: [s["waiting"].pk], READERS),
    "entry_withdraw": (lambda s: [s["waiting"].pk], READERS),
    "entry_new": (lambda s: [s["one"].pk], OFFICERS),
    "credential_grant": (lambda s: [s["asked"].pk], OFFICERS),
    "credential_return": (lambda s: [s["asked"].pk], OFFICERS),
    "credential_revoke": (lambda s: [s["one"].pk], OFFICERS),
    "credential_renew": (lambda s: [s["one"].pk], OFFICERS),
    "credential_name": (lambda s: [s["one"].pk], set()),
    "cohort": (lambda s: [s["cohort"].pk], TRAINING),
    "cohort_new": (lambda s: [s["cohort"].programme_id], OFFICERS),
    "cohort_enrol": (lambda s: [s["cohort"].pk], OFFICERS),
    "cohort_move": (lambda s: [s["cohort"].pk, "running"], OFFICERS),
    "enrolment_result": (lambda s: [s["seat"].pk], OFFICERS),
}
"""Pages of records that others do not even know of: 404 where the role sees no such record."""


@pytest.mark.usefixtures("undrawn")
def test_who_opens_what(client, scene):
    for role in Role:
        as_role(client, role)
        for name, (arguments, allowed) in PAGES.items():
            answer = client.get(reverse(f"talent:{name}", args=arguments(scene)))
            assert answer.status_code == (200 if role in allowed else 403), (role, name)
        for name, (arguments, allowed) in HIDDEN.items():
            answer = client.get(reverse(f"talent:{name}", args=arguments(scene)))
            assert answer.status_code in ({200} if role in allowed else {403, 404}), (role, name)
    as_role(client, None)
    for name, (arguments, _allowed) in (PAGES | HIDDEN).items():
        public = name in {"certificates", "certificate"}
        answer = client.get(reverse(f"talent:{name}", args=arguments(scene)))
        assert answer.status_code == (200 if public else 302), name


def test_every_page_reads_in_chinese(client, scene):
    as_role(client, Role.ADMINISTRATOR)
    for name, (arguments, allowed) in (PAGES | HIDDEN).items():
        if Role.ADMINISTRATOR in allowed and name not in {"credential_pdf", "entry_file"}:
            answer = client.get(
                reverse(f"talent:{name}", args=arguments(scene)), headers={"accept-language": "zh-hans"}
            )
            assert "证书" in answer.text or "培训" in answer.text, name


def test_lists_cost_the_same_for_one_row_and_three(client, scene, django_assert_max_num_queries):
    as_role(client, Role.AUDITOR)
    today = timezone.localdate()
    lists = ("credentials", "entries", "schemes", "cohorts", "audit_samples")
    counts = {name: [] for name in lists}
    for more in (0, 2):
        for place in range(more):
            one = held(granted_on=months_later(today, -20))
            entry_of(one, day=today)
            cohort_of(programme_of(one.version), number=f"{place}-2")
        for name in lists:
            client.get(reverse(f"talent:{name}"))
            with django_assert_max_num_queries(20) as queries:
                client.get(reverse(f"talent:{name}"))
            counts[name].append(len(queries))
    assert all(first == second for first, second in counts.values()), counts


def post(client, name, args, **fields):
    return client.post(reverse(f"talent:{name}", args=args), fields | {"form_token": new_token()})


def test_a_holder_goes_from_an_entry_to_the_renewal_and_the_public_page(client):
    today = timezone.localdate()
    one = held(granted_on=months_later(today, -30), number="N-7")
    client.force_login(one.person.user)
    english = {"accept-language": "en"}
    upload = SimpleUploadedFile("proof.csv", b"course,40 hours\n")
    answer = post(
        client, "entry_new", [one.pk], category="course", title="Long course", day=str(today), quantity="40.5",
        file=upload,
    )  # fmt: skip
    assert answer.status_code == 302, answer.text
    entry = CpdEntry.objects.get()
    assert str(entry.quantity) == "81/2"
    page = client.get(one.get_absolute_url(), headers=english).text
    assert "0 of 40 credits counted, 40.5 wait for verification" in page
    officer = Client()
    officer.force_login(office())
    done = post(officer, "entry", [entry.pk], verdict="accepted", method="document", note="")
    assert done.status_code == 302
    assert CpdEntry.objects.get().state == EntryState.VERIFIED
    page = client.get(reverse("talent:my_credentials"), headers=english).text
    assert "The credits are complete" in page
    Credential.objects.filter(pk=one.pk).update(state=CredentialState.RENEWAL_OPEN)
    assert post(client, "credential_file_renewal", [one.pk]).status_code == 302
    assert post(officer, "credential_renew", [one.pk], note="").status_code == 302
    one.refresh_from_db()
    assert (one.state, one.cycles.count()) == (CredentialState.GRANTED, 2)
    # Anybody reads whether it is in force; the name only once the holder shows it.
    stranger = Client()
    found = stranger.get(reverse("talent:certificates"), {"code": f" {one.code.lower()} "}, follow=True)
    assert "In force" in found.text or "有效" in found.text
    assert '<svg class="qr-code"' in found.text
    assert one.person.whole_name not in found.text
    assert post(client, "credential_name", [one.pk]).status_code == 302
    assert one.person.whole_name in stranger.get(
        reverse("talent:certificate", args=[one.code]), headers={"accept-language": "zh-hans"}
    ).text  # fmt: skip
    pdf = client.get(reverse("talent:credential_pdf", args=[one.pk]))
    assert pdf.content.startswith(b"%PDF")
    assert b"".join(officer.get(reverse("talent:entry_file", args=[entry.pk])).streaming_content).startswith(b"course")
    credentials.revoke(credential_id=one.pk, reason="False papers.", heard_on=today, actor=office())
    closed = stranger.get(reverse("talent:certificate", args=[one.code]), headers=english).text
    assert "Revoked" in closed
    assert "False papers." not in closed
    api = APIClient().get(reverse("api:certificate-detail", args=[one.code])).json()
    assert (api["in_force"], api["state"]) == (False, "revoked")


def test_a_training_base_runs_its_cohort_and_the_office_files_it(client):
    version = version_of()
    programme = programme_of(version)
    lead = MembershipFactory(organisation=programme.base, role="lead").user
    client.force_login(lead)
    days = {"starts_on": "2026-01-01", "ends_on": "2026-02-01"}
    assert post(client, "cohort_new", [programme.pk], number="2026-1", seats="2", **days).status_code == 302
    cohort = Cohort.objects.get()
    people = [PersonFactory(with_account=True) for _ in range(3)]
    for person in people[:2]:
        assert post(client, "cohort_enrol", [cohort.pk], person=person.user.email).status_code == 302
    full = post(client, "cohort_enrol", [cohort.pk], person=str(people[2].uuid))
    assert full.status_code == 422
    assert post(client, "cohort_move", [cohort.pk, "running"]).status_code == 302
    first, second = Enrolment.objects.order_by("pk")
    short = post(client, "enrolment_result", [first.pk], attended_hours="31", result="passed")
    assert short.status_code == 422
    assert post(client, "enrolment_result", [first.pk], attended_hours="32", result="passed").status_code == 302
    refused_by_rule("RESULTS_MISSING", training.move_cohort, cohort_id=cohort.pk, state="finished", actor=lead)
    assert post(client, "enrolment_result", [second.pk], attended_hours="9", result="failed").status_code == 302
    assert post(client, "cohort_move", [cohort.pk, "finished"]).status_code == 302
    assert client.get(reverse("talent:cohort_file", args=[cohort.pk])).status_code == 403
    officer = Client()
    officer.force_login(office())
    filing = {"filed_on": str(timezone.localdate())}
    assert post(officer, "cohort_file", [cohort.pk], **filing).status_code == 422
    assert post(officer, "cohort_file", [cohort.pk], **filing, **{f"number_{first.pk}": "U-1"}).status_code == 302
    first.refresh_from_db()
    assert (first.unified_number, first.credential.state, first.credential.number) == ("U-1", "granted", "U-1")
    placed = {"organisation": programme.base.name_zh, "placed_on": "2026-02-20"}
    assert post(client, "enrolment_placement", [first.pk], **placed).status_code == 302
    page = officer.get(reverse("talent:cohorts"), headers={"accept-language": "en"}).text
    assert "50.0" in page
    refused_by_rule(
        "FILED_ALREADY", training.record_result, enrolment_id=second.pk, attended_hours=40,
        result=TrainingResult.PASSED, actor=lead,
    )  # fmt: skip


def test_the_api_shows_each_their_own_and_files_entries(scene, django_assert_num_queries):
    lists = ("credential", "cpdcycle", "cpdentry", "enrolment", "auditsample", "auditlook")
    for role in Role:
        client = APIClient()
        client.force_authenticate(UserFactory(role=role))
        for name in lists:
            rows = client.get(reverse(f"api:{name}-list")).json()["results"]
            assert bool(rows) == (role in READERS), (role, name)
        assert client.get(reverse("api:schemeversion-list")).json()["results"]
    one = scene["one"]
    holder = APIClient()
    holder.force_authenticate(one.person.user)
    # Two for the rows; three see that they are the reader's own, which is not written down.
    with django_assert_num_queries(5):
        assert len(holder.get(reverse("api:cpdentry-list")).json()["results"]) == 2
    assert not AccessLog.objects.filter(reader=one.person.user).exists()
    assert AccessLog.objects.filter(person=one.person, door="api").exists()
    facts = {"cycle": one.cycles.get().pk, "category": "talk", "title": "Talk", "day": str(timezone.localdate())}
    upload = SimpleUploadedFile("talk.csv", b"talk,2\n")
    made = holder.post(reverse("api:cpdentry-list"), facts | {"quantity": "2", "file": upload}, format="multipart")
    assert (made.status_code, made.json()["state"]) == (201, "claimed")
    held_now = holder.get(reverse("api:credential-standing", args=[one.pk])).json()
    assert (held_now["counted_total"], held_now["missing_total"]) == ("10", "30")
    verdict = {"verdict": "accepted", "method": "document"}
    address = reverse("api:cpdentry-verify", args=[made.json()["id"]])
    assert holder.post(address, verdict).status_code == 403
    officer = APIClient()
    officer.force_authenticate(office())
    assert officer.post(address, verdict).json()["state"] == "verified"
    stranger = APIClient()
    assert stranger.get(reverse("api:credential-list")).status_code == 401
    assert stranger.get(reverse("api:certificate-detail", args=["NOTHING"])).status_code == 404


def test_the_office_reads_everything_and_grants_in_the_admin(client, scene):
    user = as_role(client, Role.TALENT_OFFICER)
    read = AccessLog.objects.filter(reader=user)
    for model in MODELS:
        name = f"admin:talent_{model._meta.model_name}"
        before = read.filter(door="admin").count()
        assert client.get(reverse(f"{name}_changelist")).status_code == 200, model
        row = model.objects.order_by("pk").first()
        if row is not None:
            assert client.get(reverse(f"{name}_change", args=[row.pk])).status_code == 200, model
            people = isinstance(admin.site._registry[model], PeopleBeside)
            assert read.filter(door="admin").count() == before + people, model
        assert model in admin.site._registry
    asked = scene["asked"]
    address = reverse("admin:talent_credential_act", args=[asked.pk, "grant"])
    answer = client.post(address, {"day": str(timezone.localdate()), "certificate": "A-9", "note": "read"})
    assert answer.status_code == 302, answer.text
    asked.refresh_from_db()
    assert (asked.number, asked.checks.get().checked_by) == ("A-9", user)
    as_role(client, Role.PROGRAMME_MANAGER)
    assert client.get(reverse("admin:talent_credential_changelist")).status_code == 403


def test_the_report_lists_what_ends_within_half_a_year():

    today = timezone.localdate()
    version = version_of()
    soon = held(granted_on=months_later(today, -33), version=version)
    held(granted_on=months_later(today, -20), version=version)
    run, _new = request_run(
        kind="credentials_ending", parameters={"days": "180"}, actor=UserFactory(role=Role.TALENT_OFFICER),
        as_of=today, known_at=timezone.now(), language="en",
    )  # fmt: skip
    finished(run)
    files = {file.format: bytes(file.content) for file in ReportFile.objects.filter(run=run)}
    lines = [line for line in files["csv"].decode("utf-8-sig").splitlines() if str(soon.expires_on) in line]
    assert len(lines) == 1
    assert "0 / 40" in lines[0]
    assert files["pdf"].startswith(b"%PDF")
