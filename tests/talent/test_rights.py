"""What people ask for on their data: a copy, corrections, an erasure that leaves a number and nothing else; exports."""

import json
import uuid
from datetime import timedelta
from io import BytesIO

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.generic import View
from rest_framework.test import APIClient

from innovation.accounts import own_data
from innovation.accounts.attempts import Limit
from innovation.accounts.choices import Role
from innovation.accounts.erasing import erase_own_account
from innovation.core import history, transitions
from innovation.core.forms import new_token
from innovation.core.models import OutboxMessage
from talent.actions import rights
from talent.actions.erasing import erase_confirmed, erase_person
from talent.actions.exports import ask_export, decide_export, take_export
from talent.actions.reading import record_reads
from talent.choices.people import RoleState
from talent.choices.privacy import Purpose
from talent.imports.lines import cerif_lines
from talent.models import AccessLog, DataHold, ErasureCase, ExportRequest, Person, RightsRequest
from talent.queries.erasable import code_of, places
from talent.views.limits import DirectoryLimit
from tests.factories.accounts import PASSWORD, UserFactory, as_role
from tests.factories.talent import AffiliationFactory, RoleProfileFactory
from tests.factories.talent_privacy import agree, make_person
from tests.refusals import refused, refused_by_rule

pytestmark = pytest.mark.django_db
EN = {"HTTP_ACCEPT_LANGUAGE": "en"}
NAME = "欧阳"


def whole_person():
    """A person with words in every place: posts, roles, consents, a request, history under the own name."""
    user = UserFactory(role=Role.APPLICANT, name="欧阳思远")
    with history.acting_as(user):
        person = make_person(user=user, family_name=NAME, given_name="思远", former_names="欧阳小远")
        person.name_en = "Ouyang Siyuan"
        person.save()
    AffiliationFactory(person=person, title=f"{NAME}的助理", fte_centi=50)
    role = RoleProfileFactory(person=person)
    officer = UserFactory(role=Role.TALENT_OFFICER)
    facts = {"reason_given": True, "is_self": False, "decided_before": False}
    transitions.apply(role, "suspend", actor=officer, reason=f"{NAME}出国", facts=facts)
    agree(person, Purpose.REGISTRY)
    rights.ask(person_id=person.pk, kind="other", words=f"我叫{NAME}", actor=user)
    return person


def privacy_officer():
    return UserFactory(role=Role.PRIVACY_OFFICER)


def names_left(person):
    """Tables of the part, history included, in which the family name still stands."""
    return [
        model.__name__
        for model in apps.get_app_config("talent").get_models()
        if any(NAME in str(list(row.values())) for row in model._base_manager.values())
    ]


def test_an_erasure_leaves_a_number_and_the_counts(client):
    person, officer = whole_person(), privacy_officer()
    record_reads(officer, person, ["name_zh"], "case")
    counts = {model: model.objects.count() for model in (Person, AccessLog)}
    asked = rights.ask(person_id=person.pk, kind="erasure", actor=person.user)
    refused_by_rule("ERASURE_ASKED", rights.ask, person_id=person.pk, kind="erasure", actor=person.user)
    found = places(person)
    assert {"Person", "Person.history", "Affiliation", "RightsRequest"} <= {place.key for place in found}
    facts = {"request_id": asked.pk, "actor": officer}
    refused_by_rule("CODE_MISSING", lambda: erase_confirmed(code="  ", **facts))
    refused_by_rule("CODE_WRONG", lambda: erase_confirmed(code="NO", **facts))
    hold = rights.hold(person_id=person.pk, reason="court", until=None, actor=officer)
    code = code_of(person, places(person))
    refused_by_rule("ERASURE_HELD", lambda: erase_confirmed(code=code, **facts))
    rights.lift_hold(hold_id=hold.pk, actor=officer)
    mail = person.user.email
    case = erase_confirmed(code=code_of(person, places(person)), **facts)
    assert names_left(person) == []
    placeholder = Person.objects.get(pk=person.pk)
    assert (placeholder.user, placeholder.uuid == person.uuid, str(placeholder)) == (None, False, f"#{person.pk}")
    assert {model: model.objects.count() for model in counts} == counts
    assert set(person.roles.values_list("state", flat=True)) == {RoleState.ERASED}
    assert not person.consents.filter(ended_at=None).exists()
    assert case.kept["Affiliation"] == person.affiliations.count() == 1
    assert OutboxMessage.objects.get(key=f"talent-erased-{person.pk}").recipient == mail
    asked.refresh_from_db()
    assert (asked.state, asked.answered_by) == ("granted", officer)
    refused("append_only", lambda: ErasureCase.objects.update(cause="else"))
    refused_by_rule("PERSON_GONE", erase_person, person_id=person.pk, cause="request", actor=officer)


def test_who_deletes_the_account_is_erased_from_the_registry_too():
    person = whole_person()
    erase_own_account(user=person.user, confirmation=person.user.email)
    assert names_left(person) == []
    assert ErasureCase.objects.get().cause == "account"


def test_a_hold_keeps_the_account_from_going():
    person = make_person()
    rights.hold(person_id=person.pk, reason="court", until=None, actor=privacy_officer())
    assert any("court" in words for words in own_data.obstacles(person.user))
    refused("talent_hold_known", lambda: DataHold.objects.create(person=person, kind="legal"))


def test_a_correction_waits_for_the_officer_and_asks_for_proof_again(client):
    person, officer = make_person(), privacy_officer()
    role = RoleProfileFactory(person=person, state=RoleState.ACTIVE)
    client.force_login(person.user)
    facts = {"family_name": "周", "given_name": "语桐", "words": "", "form_token": new_token()}
    sent = client.post(reverse("talent:correct"), facts, follow=True, **EN)
    asked = RightsRequest.objects.get()
    assert asked.changes == {"given_name": {"from": "雨桐", "to": "语桐"}}
    assert "雨桐 → 语桐" in sent.text
    assert timezone.localdate() + timedelta(days=15) <= asked.due_on <= timezone.localdate() + timedelta(days=40)
    person.refresh_from_db()
    assert person.given_name == "雨桐"
    client.force_login(officer)
    queue = client.get(reverse("talent:rights_queue"), **EN)
    assert asked.get_absolute_url() in queue.text
    client.post(reverse("talent:rights_take_up", args=[asked.pk]))
    form = {"act": "answer", "decision": "grant", "words": "已更正", "form_token": new_token()}
    assert client.post(asked.get_absolute_url(), form).status_code == 302
    person.refresh_from_db()
    role.refresh_from_db()
    assert (person.given_name, role.state) == ("语桐", RoleState.IN_VERIFICATION)
    client.get(asked.get_absolute_url())
    assert person.reads.filter(purpose="rights", reader=officer).exists()


def test_the_officer_erases_on_the_page_after_typing_the_code(client):
    person, officer = whole_person(), privacy_officer()
    client.force_login(person.user)
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    page = client.get(reverse("talent:erase"), **EN)
    wrong = client.post(reverse("talent:erase"), {"code": "", "form_token": new_token()}, **EN)
    assert (wrong.status_code, RightsRequest.objects.filter(kind="erasure").count()) == (422, 0)
    client.post(reverse("talent:erase"), {"code": page.context["code"], "form_token": new_token()})
    asked = RightsRequest.objects.get(kind="erasure")
    client.force_login(officer)
    page = client.get(asked.get_absolute_url(), **EN)
    form = {"act": "erase", "code": page.context["code"], "form_token": new_token()}
    done = client.post(asked.get_absolute_url(), form, follow=True, **EN)
    assert "Receipt of the erasure" in done.text
    assert names_left(person) == []


def test_the_copy_holds_what_the_register_calls_open_and_no_readers_name(client):
    person, reader = whole_person(), UserFactory(role=Role.TALENT_OFFICER, name="某官员")
    record_reads(reader, person, ["name_zh"], "case")
    client.force_login(person.user)
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    answer = client.get(reverse("talent:own_copy", args=["json"]))
    data = json.loads(answer.content)
    assert data["Person"][0]["family_name"] == NAME
    assert data["Affiliation"][0]["organisation"]
    assert data["AccessLog"][0]["reader_unit"] == "talent_officer"
    assert "某官员" not in answer.content.decode()
    assert own_data.collected(person.user)["talent"].keys() == data.keys()
    paper = client.get(reverse("talent:own_copy", args=["pdf"]))
    assert paper.content.startswith(b"%PDF")


def test_a_long_list_takes_two_people_and_names_who_took_it(client, monkeypatch):
    asker, second = UserFactory(role=Role.TALENT_OFFICER), UserFactory(role=Role.PRIVACY_OFFICER)
    people = [make_person(user=False, given_name=f"名{number}") for number in range(3)]
    facts = {"list_key": "people", "filters": {}, "actor": asker}
    refused_by_rule("REASON_MISSING", ask_export, reason="short", **facts)
    small = ask_export(reason="Invitation to the yearly meeting", **facts)
    table = take_export(request_id=small.pk, actor=asker)
    mark = table.columns[-1].read(people[0])
    assert (asker.email in mark, str(small) in mark, mark in table.notes) == (True, True, True)
    assert AccessLog.objects.filter(purpose="export").count() == 3
    monkeypatch.setattr("talent.actions.exports.APPROVER_ABOVE", 2)
    refused_by_rule("EXPORT_GROWN", take_export, request_id=small.pk, actor=asker)
    large = ask_export(reason="Invitation to the yearly meeting", **facts)
    refused_by_rule("EXPORT_NOT_READY", take_export, request_id=large.pk, actor=asker)
    decide = {"request_id": large.pk, "approve": True, "reason": ""}
    refused_by_rule("OWN_EXPORT", decide_export, actor=asker, **decide)
    client.force_login(second)
    form = {"decision": "approve", "reason": "", "form_token": new_token()}
    client.post(large.get_absolute_url(), form)
    refused_by_rule("EXPORT_NOT_YOURS", take_export, request_id=large.pk, actor=second)
    client.force_login(asker)
    got = client.post(reverse("talent:export_take", args=[large.pk, "csv"]))
    assert b"".join(got.streaming_content).decode().count(asker.email) == 4
    AffiliationFactory(person=people[0], title="组长 <甲>")
    Person.objects.filter(pk=people[0].pk).update(orcid="0000-0002-1825-0097", orcid_state="self_declared")
    cerif = client.post(reverse("talent:export_take", args=[large.pk, "xml"]))
    assert asker.email in cerif.content.decode()
    lines = [line.cells for line in cerif_lines(BytesIO(cerif.content))]
    post = people[0].affiliations.get()
    assert sorted(line["given_name"] for line in lines) == ["名0", "名1", "名2"]
    assert next(line for line in lines if line["given_name"] == "名0") == {
        "family_name": "周", "given_name": "名0", "orcid": "https://orcid.org/0000-0002-1825-0097",
        "organisation": post.organisation.code, "title": "组长 <甲>", "valid_from": post.valid_from.isoformat(),
        "valid_to": "",
    }  # fmt: skip
    row = ExportRequest.objects.filter(pk=large.pk)
    refused("talent_export_two_people", lambda: row.update(decided_by=asker))
    refused("talent_export_large_decided", lambda: row.update(rows=101, decided_by=None))


@pytest.mark.parametrize("role", [*Role, None])
@pytest.mark.usefixtures("undrawn")
def test_who_opens_the_queue_and_the_exports(role, client):
    asked = rights.ask(person_id=make_person().pk, kind="access", actor=None)
    as_role(client, role)
    overseers = {Role.PRIVACY_OFFICER, Role.AUDITOR, Role.ADMINISTRATOR}
    wanted = {
        reverse("talent:rights_queue"): overseers,
        reverse("talent:exports"): overseers | {Role.TALENT_OFFICER},
        reverse("talent:export_ask"): {Role.TALENT_OFFICER, Role.ADMINISTRATOR},
    }
    for address, roles in wanted.items():
        expected = 302 if role is None else 200 if role in roles else 403
        assert client.get(address).status_code == expected, address
    expected = 302 if role is None else 200 if role in overseers else 404
    assert client.get(asked.get_absolute_url()).status_code == expected


def test_the_api_asks_answers_and_erases():
    person, officer, api = whole_person(), privacy_officer(), APIClient()
    api.force_authenticate(person.user)
    asked = api.post("/api/v1/rights-requests/", {"kind": "erasure"}, format="json").json()
    proposed = {"kind": "correction", "values": {"given_name": "思原", "home": "no"}}
    correction = api.post("/api/v1/rights-requests/", proposed, format="json").json()
    assert correction["changes"] == {"given_name": {"from": "思远", "to": "思原"}}
    address = f"/api/v1/rights-requests/{asked['id']}"
    assert api.get(f"{address}/dry-run/").status_code == 403
    api.force_authenticate(officer)
    answer = {"grant": True, "words": "已更正"}
    done = api.post(f"/api/v1/rights-requests/{correction['id']}/answer/", answer, format="json")
    assert done.json()["state"] == "granted"
    shown = api.get(f"{address}/dry-run/").json()
    assert shown["obstacles"] == []
    assert api.post(f"{address}/erase/", {"code": ""}, format="json").status_code in {400, 409, 422}
    receipt = api.post(f"{address}/erase/", {"code": shown["code"]}, format="json").json()
    assert (receipt["person"], names_left(person)) == (person.pk, [])


def test_the_administration_leaves_a_trace_of_lists_and_records_and_gives_no_file(client):
    officer = as_role(client, Role.TALENT_OFFICER)
    people = [make_person(user=False, given_name=f"名{number}") for number in range(3)]
    client.get(reverse("admin:talent_person_changelist"))
    client.get(reverse("admin:talent_person_change", args=[people[0].pk]))
    doors = list(AccessLog.objects.filter(reader=officer).values_list("door", flat=True))
    assert sorted(doors) == ["admin", "list", "list", "list"]
    assert client.get(reverse("admin:talent_person_export")).status_code == 403


def test_the_directory_is_not_taken_away_page_by_page(rf, monkeypatch):
    class Page(DirectoryLimit, View):
        limit = Limit(f"test-{uuid.uuid4()}", tries=2, seconds=60)

        def get(self, request):
            return HttpResponse()

    def status(user):
        request = rf.get("/")
        request.user, request.session = user, {}
        return Page.as_view()(request).status_code

    reader, office = UserFactory(role=Role.APPLICANT), UserFactory(role=Role.TALENT_OFFICER)
    assert [status(reader) for _ in range(3)] == [200, 200, 429]
    assert [status(office) for _ in range(3)] == [200] * 3
    assert status(AnonymousUser()) == 200


def test_pages_and_api_leave_a_trace_and_give_no_long_file(client, monkeypatch):
    officer, api = as_role(client, Role.TALENT_OFFICER), APIClient()
    posts = [AffiliationFactory() for _number in range(2)]
    AffiliationFactory(organisation=posts[0].organisation)
    person = posts[0].person
    assert client.get(reverse("talent:people"), {"export": "csv"}).status_code == 422
    client.get(reverse("talent:people"))
    api.force_authenticate(officer)
    api.get(f"/api/v1/people/{person.pk}/")
    lead = UserFactory(role=Role.APPLICANT)
    lead.organisation_memberships.create(organisation=posts[0].organisation, role="lead")
    client.force_login(lead)
    mine = reverse("talent:unit_posts")
    client.get(mine)
    got = client.get(mine, {"export": "csv"})
    assert b"".join(got.streaming_content).decode().count(lead.email) == 3  # the head and two rows
    doors = AccessLog.objects.filter(person=person).values_list("door", "purpose")
    assert sorted(doors) == [("api", "case"), ("file", "export"), ("list", "case"), ("list", "unit")]
    monkeypatch.setattr("talent.views.personal.APPROVER_ABOVE", 1)
    assert client.get(mine, {"export": "csv"}).status_code == 422
