"""Files of people, of a research system and of ESCO: dry run, what is refused, what is hidden, what is written."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from innovation.accounts.choices import Role
from innovation.core import jobs, translations
from innovation.core.errors import RuleViolation
from innovation.core.forms import new_token
from talent.imports.steps import confirm_file, send_file, work_on
from talent.models import Person, RoleProfile, Skill, TalentImport
from tests.factories.accounts import UserFactory, as_role
from tests.factories.organisations import OrganisationFactory
from tests.factories.talent import PersonFactory

pytestmark = pytest.mark.django_db
HEAD = "姓,名,曾用名,orcid,类别,单位,岗位,fte,from,to\n"
CERIF = """<?xml version="1.0"?>
<CERIF xmlns="https://www.openaire.eu/cerif-profile/1.1/"><Person id="1"><PersonName><FamilyNames>Curie</FamilyNames>
<FirstNames>Marie</FirstNames></PersonName><Gender>f</Gender><ORCID>https://orcid.org/0000-0002-1825-0097</ORCID>
<Affiliation startDate="2025-01-01"><OrgUnit id="{code}"/></Affiliation></Person></CERIF>"""
ESCO = "conceptType,conceptUri,preferredLabel\nK,http://data.europa.eu/esco/skill/{id},{label}\n"


@pytest.fixture
def office():
    return UserFactory(role=Role.TALENT_OFFICER)


def sent(text, actor, kind="people", name="people.csv", **more):
    row = send_file(upload=SimpleUploadedFile(name, text.encode()), kind=kind, actor=actor, **more)
    jobs.run(TalentImport, row.pk, work_on)
    row.refresh_from_db()
    return row


def written(row, actor):
    confirm_file(import_id=row.pk, actor=actor)
    jobs.run(TalentImport, row.pk, work_on)
    row.refresh_from_db()
    return row


def test_people_are_checked_then_written_with_posts_and_profiles(office, django_capture_on_commit_callbacks):
    translations.compile_all()
    unit = OrganisationFactory()
    PersonFactory(family_name="孙", given_name="思邈")
    text = (
        f"{HEAD}钱,学森,旧名11010519491231002X,0000-0002-1694-233x,技术经理人,{unit.uscc},研究员,80%,2025/09/01,\n"
        f"孙,思邈,,,assistant,{unit.name_zh},,,2025-09-01,2026-08-31\n李,冰,,,,,,,,\n"
    )
    row = sent(text, office)
    assert (row.errors, row.report["rows"], row.report["masked"], row.report["namesakes"]) == ([], 3, 1, 1)
    assert Person.objects.count() == 1
    stored = row.file.name
    with django_capture_on_commit_callbacks(execute=True):
        written(row, office)
    assert row.written_at is not None
    assert row.report["shown"] == []
    assert not row.file
    assert not TalentImport._meta.get_field("file").storage.exists(stored)
    person = Person.objects.get(orcid="0000-0002-1694-233X")
    assert (person.name_zh, person.former_names) == ("钱学森", f"旧名{'*' * 18}")
    assert Person.objects.search("qxs").get() == person
    post = person.affiliations.get()
    assert (post.organisation, post.fte_centi, post.confirmed_by) == (unit, 80, office)
    assert set(RoleProfile.objects.values_list("kind", "state")) == {
        ("tech_manager", "submitted"), ("assistant", "submitted"),
    }  # fmt: skip
    assert Person.objects.get(family_name="李").affiliations.count() == 0
    with pytest.raises(RuleViolation) as again:
        send_file(upload=SimpleUploadedFile("again.csv", text.encode()), kind="people", actor=office)
    assert again.value.code == "ALREADY_IMPORTED"


def test_each_wrong_line_is_named_and_nothing_is_written(office):
    PersonFactory(orcid="0000-0002-1825-0097", orcid_state="self_declared")
    unit = OrganisationFactory().uscc
    lines = (
        ",,,,,,,,,",
        "钱,学森,,0000-0002-1825-0098,,,,,,", "钱,学森,,0000-0002-1825-0097,,,,,,", "钱,学森,,,wizard,,,,,",
        "钱,学森,,,,unknown,,,2025-01-01,", f"钱,学森,,,,{unit},,,,", f"钱,学森,,,,{unit},,101,2025-01-01,",
        f"钱,学森,,,,{unit},,,2025-01-01,2024-01-01", f"钱,学森,,,,{unit},,,soon,", ",,旧名,,,,,,,",
    )  # fmt: skip
    row = sent(HEAD + "\n".join(lines), office)
    assert [one["column"] for one in row.errors] == [
        "orcid", "orcid", "kind", "organisation", "valid_from", "fte", "valid_to", "valid_from", "family_name",
    ]  # fmt: skip
    with pytest.raises(RuleViolation) as refused:
        confirm_file(import_id=row.pk, actor=office)
    assert refused.value.code == "IMPORT_NOT_READY"
    assert Person.objects.count() == 1


def test_cerif_gives_people_with_their_post_and_no_sex(office):
    unit = OrganisationFactory()
    row = sent(CERIF.format(code=unit.uscc), office, kind="cerif", name="people.xml")
    assert row.errors == []
    written(row, office)
    person = Person.objects.get()
    assert (person.name_zh, person.orcid) == ("Marie Curie", "0000-0002-1825-0097")
    assert person.affiliations.get().organisation == unit
    for text in ("<CERIF/>", "<Person>", '<!DOCTYPE a [<!ENTITY b "c">]><Person>&b;</Person>'):
        failed = sent(text, office, kind="cerif", name="bad.xml")
        assert failed.state == "failed"
        assert "CERIF" in failed.error or "person" in failed.error


def test_a_release_of_esco_adds_and_renews_and_keeps_our_chinese(office):
    with pytest.raises(RuleViolation) as refused:
        sent(ESCO.format(id="a", label="weld"), office, kind="esco")
    assert refused.value.code == "RELEASE_MISSING"
    written(sent(ESCO.format(id="a", label="weld"), office, kind="esco", release="v1.1"), office)
    skill = Skill.objects.get(vocabulary="esco")
    Skill.objects.filter(pk=skill.pk).update(name_zh="焊接")
    written(sent(ESCO.format(id="a", label="weld metal"), office, kind="esco", release="v1.2"), office)
    skill.refresh_from_db()
    assert (skill.name_en, skill.name_zh, skill.release) == ("weld metal", "焊接", "v1.2")
    assert Skill.objects.search("metal").get() == skill


def test_the_pages_are_for_the_office_and_show_check_and_receipt(client, office):
    row = sent(f"{HEAD}钱,学森,,,,,,,,\n", office)
    pages = [
        reverse("talent:imports"), reverse("talent:import_send"), reverse("talent:import", args=[row.pk]),
        reverse("talent:import_template", args=["cerif"]), reverse("admin:talent_talentimport_changelist"),
    ]  # fmt: skip
    for role in (Role.APPLICANT, Role.PROGRAMME_MANAGER, Role.AUDITOR, Role.TALENT_OFFICER):
        as_role(client, role)
        answers = [client.get(page).status_code for page in pages[:4]]
        assert answers == [200 if role == Role.TALENT_OFFICER else 403] * 4, role
    assert client.get(pages[4]).status_code == 200
    assert "钱学森" in client.get(pages[2]).text
    assert client.post(pages[2], {"form_token": new_token()}).status_code == 302
    jobs.run(TalentImport, row.pk, work_on)
    assert "This page is the receipt" in client.get(pages[2]).text
    upload = SimpleUploadedFile("more.csv", f"{HEAD}李,冰,,,,,,,,\n".encode())
    answers = {"kind": "people", "release": "", "file": upload, "form_token": new_token()}
    assert client.post(pages[1], answers).url == TalentImport.objects.first().get_absolute_url()
    named = SimpleUploadedFile("11010519491231002X.xml", b"<CERIF/>")
    refused = client.post(pages[1], answers | {"kind": "cerif", "file": named, "form_token": new_token()})
    assert "such numbers are never kept" in refused.text
