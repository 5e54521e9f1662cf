"""Skills with their evidence, the public directory, the unit's posts, the API and the demonstration."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from innovation.accounts.choices import Role
from innovation.accounts.demo import make_people as make_accounts
from innovation.core.errors import RuleViolation
from innovation.core.forms import new_token
from innovation.core.search_pages import SearchPages
from innovation.organisations.demo import make_organisations
from talent.actions import skills
from talent.demo.people import make_people
from talent.models import Affiliation, Evidence, Person, Skill, SkillClaim
from talent.queries.people import directory
from tests.factories.accounts import UserFactory
from tests.factories.organisations import MembershipFactory
from tests.factories.talent import AffiliationFactory, LaboratoryFactory, PersonFactory, RoleProfileFactory

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate
LOCAL = "urn:innovation:local:"


def skill_of(name):
    return Skill.objects.get(uri=LOCAL + name)


def code_of(act, **facts):
    with pytest.raises(RuleViolation) as refused:
        act(**facts)
    return refused.value.code


def test_shipped_vocabularies_have_their_structure_and_say_what_is_unchecked():
    def count(name):
        rows = Skill.objects.filter(vocabulary=name)
        return rows.filter(is_area=True).count(), rows.filter(is_area=False).count()

    counts = {name: count(name) for name in ("research_comp", "rm_comp", "credit")}
    assert counts == {"research_comp": (7, 38), "rm_comp": (7, 0), "credit": (1, 14)}
    assert not Skill.objects.filter(vocabulary="research_comp", is_verified=True).exists()
    assert Skill.objects.search("仪器").get() == skill_of("instrument-operation")


def test_a_claim_is_proven_by_evidence_falls_back_when_changed_and_grows_old():
    person, officer = PersonFactory(with_account=True), UserFactory(role=Role.TALENT_OFFICER)
    own = {"person_id": person.pk, "actor": person.user}
    claim = skills.claim_skill(**own, skill_id=skill_of("valuation").pk, level=2)
    paper = {"kind": "certificate", "title": "结业证书", "claim_ids": [claim.pk]}
    assert code_of(skills.judge_claim, claim_id=claim.pk, is_proven=True, actor=officer) == "NO_SUCH_TRANSITION"
    over = skills.add_evidence(**own, **paper, expires_on=TODAY() - timedelta(days=1))
    claim.refresh_from_db()
    assert (over.claims.get(), claim.state) == (claim, "claimed")
    evidence = skills.add_evidence(**own, **paper, expires_on=TODAY() + timedelta(days=30))
    assert code_of(skills.judge_claim, claim_id=claim.pk, is_proven=True, actor=person.user) == "NOT_PERMITTED"
    assert skills.judge_claim(claim_id=claim.pk, is_proven=True, actor=officer).state == "verified"
    assert skills.sweep(today=TODAY()) == 0
    assert skills.claim_skill(**own, skill_id=claim.skill_id, level=3).state == "supported"
    AffiliationFactory(person=person, organisation=MembershipFactory(user=officer).organisation)
    assert code_of(skills.judge_claim, claim_id=claim.pk, is_proven=True, actor=officer) == "SAME_UNIT"
    other = UserFactory(role=Role.TALENT_OFFICER)
    assert skills.judge_claim(claim_id=claim.pk, is_proven=True, actor=other).verified_by == other
    Evidence.objects.filter(pk=evidence.pk).update(expires_on=TODAY() - timedelta(days=1))
    assert skills.sweep(today=TODAY()) == 1
    claim.refresh_from_db()
    assert claim.state == "stale"
    stranger = PersonFactory(with_account=True).user
    assert code_of(skills.drop_claim, claim_id=claim.pk, actor=stranger) == "NOT_YOURS"
    named = {"person_id": person.pk, "actor": stranger, **paper}
    assert code_of(skills.add_evidence, **named) == "NOT_YOURS"
    area = Skill.objects.filter(is_area=True).first()
    assert code_of(skills.claim_skill, **own, skill_id=area.pk, level=1) == "NO_SUCH_SKILL"


def test_the_database_holds_each_skill_once_and_verified_since_a_day():
    claim = SkillClaim.objects.create(person=PersonFactory(), skill=skill_of("valuation"), level=1)
    twice = {"person": claim.person, "skill": claim.skill, "level": 2}
    for name, act in (
        ("talent_skill_claimed_once", lambda: SkillClaim.objects.create(**twice)),
        ("talent_claim_level", lambda: SkillClaim.objects.filter(pk=claim.pk).update(level=5)),
        ("talent_claim_verified_since", lambda: SkillClaim.objects.filter(pk=claim.pk).update(state="verified")),
        ("talent_skill_not_below_itself", lambda: Skill.objects.filter(pk=claim.skill_id).update(parent=claim.skill)),
        ("talent_skill_vocabulary_known", lambda: Skill.objects.filter(pk=claim.skill_id).update(vocabulary="x")),
        ("talent_evidence_days", lambda: Evidence.objects.create(
            person=claim.person, kind="other", title="A", issued_on=date(2026, 1, 2), expires_on=date(2026, 1, 1))),
        ("talent_evidence_file_kind", lambda: Evidence.objects.create(
            person=claim.person, kind="other", title="A", file_kind="exe")),
    ):  # fmt: skip
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            act()


def test_skills_and_evidence_on_the_own_pages(client):
    person = PersonFactory(with_account=True)
    client.force_login(person.user)
    add = reverse("talent:profile_skill_add")
    answers = {"skill": skill_of("valuation").pk, "level": "2", "note": "", "form_token": new_token()}
    assert client.post(add, answers).status_code == 302
    claim = person.skills.get()
    page = reverse("talent:profile_evidence")
    paper = {"claims": [claim.pk], "kind": "contract", "title": "聘书", "form_token": new_token()}
    pdf = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\nstartxref\n0\n%%EOF\n"
    refused = client.post(page, paper | {"file": SimpleUploadedFile("11010519491231002X.pdf", pdf)})
    assert refused.status_code == 422
    assert "such numbers are never kept" in refused.text
    assert client.post(page, paper | {"file": SimpleUploadedFile("letter.pdf", pdf)}).status_code == 302
    evidence = person.evidence.get()
    assert evidence.file_name == "letter.pdf"
    file = reverse("talent:skill_evidence_file", args=[evidence.pk])
    assert b"".join(client.get(file).streaming_content) == pdf
    shown = client.get(reverse("talent:profile")).text
    assert "聘书" in shown
    assert "Supported by evidence" in shown
    for role, status in ((Role.APPLICANT, 404), (Role.TALENT_OFFICER, 200), (Role.PROGRAMME_MANAGER, 404)):
        client.force_login(UserFactory(role=role))
        assert client.get(file).status_code == status
    client.force_login(person.user)
    assert client.post(reverse("talent:profile_skill_drop", args=[claim.pk]), {"form_token": new_token()}).url == (
        reverse("talent:profile")
    )
    assert not person.skills.exists()


def test_the_directory_shows_who_asked_with_what_they_show_and_nothing_else(
    client, django_assert_num_queries, django_assert_max_num_queries
):
    def listed(**facts):
        person = RoleProfileFactory(person=PersonFactory(is_listed=True, **facts)).person
        AffiliationFactory(person=person, title="高级实验师")
        SkillClaim.objects.create(
            person=person, skill=skill_of("valuation"), level=2, state="verified", verified_on=TODAY()
        )
        return person

    shy = listed(family_name="钱", given_name="学森", name_en="", former_names="旧名")
    page = reverse("talent:directory")
    assert "钱学森" in client.get(page, {"q": "qxs"}).text
    assert "高级实验师" not in client.get(page).text
    with django_assert_max_num_queries(12) as one:
        client.get(page)
    open_one = listed(family_name="孙", given_name="思邈", shown_fields=["organisation", "skills"])
    listed()
    with django_assert_max_num_queries(len(one)):
        assert "高级实验师" in client.get(page).text
    for asked, found in (
        ({"q": "旧名"}, []), ({"skill": "价值"}, [open_one]), ({"kind": "founder"}, []), ({"q": "思邈"}, [open_one]),
    ):  # fmt: skip
        table = client.get(page, asked).context["table"]
        assert [row.pk for row in table.page.object_list] == [person.pk for person in found]
    assert client.get(page, {"export": "csv"}).status_code == 422
    searched = SearchPages(Person.objects.order_by("pk"), 1)
    everybody = list(Person.objects.order_by("pk"))
    with django_assert_num_queries(1):
        second = searched.get_page("2")
        assert (list(second), searched.count, second.has_next()) == (everybody[1:2], len(everybody), len(everybody) > 2)
    assert SearchPages(searched.object_list, 1).get_page("99").number == len(everybody) > 1
    assert not SearchPages(searched.object_list.none(), 1).get_page("x").object_list
    detail = reverse("talent:directory_person", args=[shy.uuid])
    shown = client.get(detail).text
    assert "钱学森" in shown
    assert "高级实验师" not in shown
    assert "高级实验师" in client.get(reverse("talent:directory_person", args=[open_one.uuid])).text
    Person.objects.filter(pk=shy.pk).update(is_listed=False)
    assert client.get(detail).status_code == 404
    open_one.roles.update(state="suspended")
    assert not directory().filter(pk__in=[shy.pk, open_one.pk]).exists()


def test_the_register_is_for_those_who_may_see_people(client, django_assert_max_num_queries):
    person = AffiliationFactory(
        person=PersonFactory(family_name="钱", given_name="学森", name_en="", former_names="旧名")
    ).person
    RoleProfileFactory(person=person)
    page, detail = reverse("talent:people"), reverse("talent:person", args=[person.pk])
    allowed = {Role.TALENT_OFFICER, Role.PRIVACY_OFFICER, Role.AUDITOR, Role.ADMINISTRATOR}
    for role in Role:
        client.force_login(UserFactory(role=role))
        status = 200 if role in allowed else 403
        assert [client.get(address).status_code for address in (page, detail)] == [status, status], role
    client.get(page)
    with django_assert_max_num_queries(20) as one:
        assert "钱学森" in client.get(page, {"q": "旧名"}).text
    for _number in range(2):
        RoleProfileFactory(person=AffiliationFactory().person)
    with django_assert_max_num_queries(len(one)):
        client.get(page, {"q": ""})
    assert "学森" not in client.get(page, {"q": "0000-0002-1825-0097"}).text


def test_a_unit_confirms_its_posts(client):
    lead = MembershipFactory()
    post = AffiliationFactory(laboratory=LaboratoryFactory(organisation=lead.organisation))
    other = AffiliationFactory()
    client.force_login(lead.user)
    page = client.get(reverse("talent:unit_posts")).text
    assert post.person.shown_name in page
    assert other.person.shown_name not in page
    assert client.get(reverse("talent:unit_post_confirm", args=[other.pk])).status_code == 404
    confirm = reverse("talent:unit_post_confirm", args=[post.pk])
    assert client.post(confirm, {"form_token": new_token()}).status_code == 302
    post.refresh_from_db()
    assert post.confirmed_by == lead.user
    assert client.get(confirm).status_code == 404


def test_the_api_shows_what_the_pages_show_and_acts_by_the_same_rules(client):
    officer, person = UserFactory(role=Role.TALENT_OFFICER), PersonFactory(with_account=True)
    profile = RoleProfileFactory(person=person, state="submitted")
    laboratory = LaboratoryFactory()
    post = {
        "person": person.pk, "organisation": laboratory.organisation_id, "laboratory": laboratory.pk,
        "title": "工程师", "duty": "engineering", "post_class": "technical", "frascati_class": "researcher",
        "fte_centi": 100, "valid_from": "2026-01-01",
    }  # fmt: skip
    lists = ("people", "role-profiles", "posts", "skill-claims")
    client.force_login(officer)
    assert client.post("/api/v1/posts/", post, content_type="application/json").status_code == 201
    again = client.post("/api/v1/posts/", post, content_type="application/json")
    assert (again.status_code, again.json()["code"]) == (422, "FULL_TIME_EXCEEDED")
    bad = client.post("/api/v1/posts/", post | {"title": "11010519491231002X"}, content_type="application/json")
    assert (bad.status_code, bad.json()["errors"][0]["code"]) == (400, "RESIDENT_ID")
    step = f"/api/v1/role-profiles/{profile.pk}/steps/"
    assert client.post(step, {"event": "take_up"}, content_type="application/json").json()["state"] == "in_verification"
    skills.claim_skill(person_id=person.pk, skill_id=skill_of("valuation").pk, level=1, actor=person.user)
    for user, seen in ((officer, 1), (person.user, 1), (UserFactory(role=Role.APPLICANT), 0)):
        client.force_login(user)
        assert [len(client.get(f"/api/v1/{name}/").json()["results"]) for name in lists] == [seen] * len(lists)
        refused = client.post(step, {"event": "reject"}, content_type="application/json")
        assert refused.status_code == (422 if user == officer else 403 if seen else 404)
    RoleProfileFactory(person=PersonFactory(is_listed=True), kind="founder")
    entry = client.get("/api/v1/talent-directory/").json()["results"][0]
    assert (entry["kinds"], entry["post"], entry["skills"]) == (["founder"], None, [])


def test_the_demonstration_has_people_in_each_state_and_is_made_once():
    make_accounts()
    make_organisations()
    make_people()
    first = list(Person.objects.order_by("pk").values_list("name_zh", flat=True))
    assert len(first) == len(set(first)) == 43
    assert Affiliation.objects.filter(confirmed_at=None).count() == 0
    assert {"active", "renewal_due", "submitted", "in_verification"} <= set(
        Person.objects.values_list("roles__state", flat=True)
    )
    assert directory().count() > 20
    make_people()
    assert Person.objects.count() == 43
