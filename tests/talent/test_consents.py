"""Consent is given and withdrawn purpose by purpose; every read by others is kept and shown to the person."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from innovation.accounts.choices import Role
from innovation.core.forms import new_token
from talent.actions.consents import expire_shares, give_consent, publish_text, share_with, withdraw_consent
from talent.actions.reading import record_reads
from talent.choices.privacy import Purpose, ReadDoor, ReadPurpose
from talent.models import AccessLog, Consent, ConsentText, Person
from talent.queries.consents import holders, holds
from tests.factories.accounts import UserFactory, as_role
from tests.factories.organisations import OrganisationFactory
from tests.factories.talent_privacy import agree, make_person
from tests.refusals import refused, refused_by_rule, refused_sql

pytestmark = pytest.mark.django_db
EN = {"HTTP_ACCEPT_LANGUAGE": "en"}


def test_a_new_text_asks_again_and_withdrawing_ends_at_once():
    person = make_person()
    first = agree(person, Purpose.DIRECTORY)
    assert agree(person, Purpose.DIRECTORY) == first
    assert list(holders(Purpose.DIRECTORY)) == [person]
    text = publish_text(purpose=Purpose.DIRECTORY, text_zh="新的文字", text_en="New words", actor=None)
    assert (text.version, text.is_separate, holds(person, Purpose.DIRECTORY)) == (2, True, False)
    facts = {"person_id": person.pk, "purpose": Purpose.DIRECTORY, "actor": person.user}
    refused_by_rule("CONSENT_TEXT_CHANGED", give_consent, text_id=first.text_id, **facts)
    second = give_consent(text_id=text.pk, **facts)
    first.refresh_from_db()
    assert (first.ended_as, holds(person, Purpose.DIRECTORY)) == ("renewed", True)
    withdraw_consent(consent_id=first.pk, actor=person.user)  # replaced by the second: nothing follows
    assert list(Person.objects.filter(is_listed=True)) == [person]
    ended = withdraw_consent(consent_id=second.pk, actor=person.user)
    assert (ended.ended_as, holds(person, Purpose.DIRECTORY)) == ("withdrawn", False)
    assert withdraw_consent(consent_id=second.pk, actor=person.user).ended_at == ended.ended_at


def test_the_database_keeps_consents_texts_and_reads_as_they_were():
    person = make_person()
    consent = agree(person, Purpose.MATCHING)
    record_reads(UserFactory(role=Role.TALENT_OFFICER), person, ["name_zh"], ReadPurpose.CASE)
    mine = Consent.objects.filter(pk=consent.pk)
    refused("append_only", lambda: mine.update(language="fr"))
    refused("append_only", lambda: ConsentText.objects.update(text_en="else"))
    refused("kept_reads", lambda: AccessLog.objects.update(purpose=ReadPurpose.AUDIT))
    refused("kept_reads", lambda: AccessLog.objects.all().delete())
    refused_sql("kept_reads_whole", "TRUNCATE talent_accesslog")
    other = {"person": person, "text": consent.text, "language": "en"}
    refused("talent_consent_once", lambda: Consent.objects.create(purpose="matching", **other))
    refused("talent_consent_share_names_all", lambda: Consent.objects.create(purpose="share", **other))
    refused("talent_read_says_why", lambda: AccessLog.objects.create(person=person, fields=[], purpose="case"))
    old = AccessLog.objects.create(
        person=person, fields=["x"], purpose="case", at=timezone.now() - timedelta(days=1_097)
    )
    assert AccessLog.objects.filter(pk=old.pk).delete()[0] == 1


def test_reads_are_kept_in_two_statements_and_never_of_oneself(django_assert_num_queries):
    reader = UserFactory(role=Role.TALENT_OFFICER)
    people = [make_person(user=False) for _ in range(3)]
    own = make_person(user=reader)
    assert reader.roles
    with django_assert_num_queries(4):  # with the savepoint of the action
        assert record_reads(reader, Person.objects.all(), ["orcid", "name_zh"], "case", ReadDoor.LIST) == 3 or own
    row = AccessLog.objects.filter(person=people[0]).get()
    assert (row.reader, row.reader_unit, row.fields) == (reader, "talent_officer", ["name_zh", "orcid"])
    assert not own.reads.exists()
    assert record_reads(None, people[:1], ["name_zh"], "directory") == 1


def test_the_centre_gives_shares_and_withdraws_in_one_click(client):
    person = make_person()
    client.force_login(person.user)
    centre = reverse("talent:consents")
    text = ConsentText.objects.current().get(purpose=Purpose.DIRECTORY)
    page = client.get(centre, **EN).text
    assert page.count("You have not agreed") == 4
    client.post(reverse("talent:consent_give", args=["directory"]), {"text": text.pk})
    consent = Consent.objects.get()
    assert (consent.purpose, consent.given_by, consent.channel) == ("directory", person.user, "web")
    firm = OrganisationFactory()
    until = timezone.localdate() + timedelta(days=10)
    facts = {"recipient": firm.uscc or firm.name_zh, "shared": ["name"], "form_token": new_token()}
    late = client.post(reverse("talent:share"), facts | {"expires_on": until + timedelta(days=400)}, **EN)
    assert (late.status_code, "within a year" in late.text) == (422, True)
    client.post(reverse("talent:share"), facts | {"expires_on": until, "form_token": new_token()})
    assert str(firm) in client.get(centre, **EN).text
    member = UserFactory(role=Role.APPLICANT)
    member.organisation_memberships.create(organisation=firm, role="lead")
    client.force_login(member)
    shared = client.get(reverse("talent:shared_with_us"), **EN)
    assert "周雨桐" in shared.text
    assert "Not shared" in shared.text
    assert client.post(reverse("talent:consent_withdraw", args=[consent.pk])).status_code == 404
    client.force_login(person.user)
    looked = client.get(reverse("talent:reads"), **EN).text
    assert firm.name_zh in looked
    assert member.name not in looked
    for each in person.consents.all():
        client.post(reverse("talent:consent_withdraw", args=[each.pk]))
    assert not person.consents.live().exists()


def test_shares_run_out_by_themselves():
    person, firm, today = make_person(), OrganisationFactory(), timezone.localdate()
    share = share_with(person_id=person.pk, recipient=firm, fields=["name"], expires_on=today, actor=person.user)
    assert holds(person, Purpose.SHARE)
    assert expire_shares(today) == 0
    assert expire_shares(today + timedelta(days=1)) == 1
    share.refresh_from_db()
    assert share.ended_as == "expired"


@pytest.mark.parametrize("role", [*Role, None])
def test_who_sees_which_consents_and_reads(role, client):
    agree(make_person(), Purpose.REGISTRY)
    person = Person.objects.get()
    record_reads(UserFactory(role=Role.REVIEWER), person, ["name_zh"], ReadPurpose.CASE)
    user = as_role(client, role)
    api = APIClient()
    api.force_authenticate(user)
    overseers = {Role.PRIVACY_OFFICER, Role.AUDITOR, Role.ADMINISTRATOR}
    found = {name: api.get(f"/api/v1/{name}/") for name in ("consents", "reads")}
    if role is None:
        assert {answer.status_code for answer in found.values()} <= {401, 403}
        assert client.get(reverse("talent:consents")).status_code == 302
        return
    counts = {name: len(answer.json()["results"]) for name, answer in found.items()}
    office = overseers | {Role.TALENT_OFFICER}
    assert counts == {"consents": int(role in office), "reads": 2 * (role in overseers)}, "the look at the consent too"
    assert client.get(reverse("talent:consents")).status_code == 200
    assert client.get(reverse("talent:reads")).status_code == 404  # no record of the own
    assert client.get(reverse("talent:field_register")).status_code == 200


def test_the_api_gives_and_withdraws_in_ones_own_name_alone():
    person, api = make_person(), APIClient()
    other = agree(make_person(), Purpose.MATCHING)
    api.force_authenticate(person.user)
    text = ConsentText.objects.current().get(purpose=Purpose.MATCHING)
    given = api.post("/api/v1/consents/", {"purpose": "matching", "text": text.pk}, format="json")
    assert (given.status_code, given.json()["channel"], given.json()["person"]) == (201, "api", person.pk)
    assert api.post("/api/v1/consents/", {"purpose": "share"}, format="json").status_code == 400
    assert api.post(f"/api/v1/consents/{other.pk}/withdraw/").status_code == 404
    ended = api.post(f"/api/v1/consents/{given.json()['id']}/withdraw/")
    assert ended.json()["ended_as"] == "withdrawn"
