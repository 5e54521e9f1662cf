import csv
import io

import pytest
from django.urls import reverse

from innovation.accounts.choices import STAFF_ROLES, Role
from innovation.organisations.models import Contact, Organisation, OrganisationName
from tests.factories.accounts import UserFactory, as_role
from tests.factories.organisations import ContactFactory, MembershipFactory, OrganisationFactory, RoleFactory

pytestmark = pytest.mark.django_db
DIRECTORY = "/organisations/"
PAGE_QUERIES = 18


def text(response):
    return response.content.decode()


def whole():
    """An organisation with everything that a page can show."""
    group = OrganisationFactory()
    organisation = OrganisationFactory(
        division_id="330106", industry_id="C27", parent=group, controlling_group=group, remarks="Watch the lease"
    )
    OrganisationFactory(parent=organisation, controlling_group=group)
    RoleFactory(organisation=organisation)
    RoleFactory(organisation=organisation, code="investor")
    OrganisationName.objects.create(organisation=organisation, name_zh="旧名")
    ContactFactory(organisation=organisation, email="secret@example.org")
    MembershipFactory(organisation=organisation)
    return organisation


# ── Directory ────────────────────────────────────────────────────────────────────────────────────
def test_strangers_are_sent_to_the_door(client):
    for url in (DIRECTORY, f"{DIRECTORY}{OrganisationFactory().pk}/"):
        assert client.get(url).status_code == 302


@pytest.mark.parametrize("role", Role)
def test_every_role_sees_the_directory(client, role):
    as_role(client, role)
    OrganisationFactory(name_zh="杭州微光科技有限公司", name_en="Weiguang")
    response = client.get(DIRECTORY)
    assert response.status_code == 200
    assert "Weiguang" in text(response)


def test_a_merged_record_is_not_listed_and_leads_to_the_true_one(client):
    as_role(client, Role.APPLICANT)
    true = OrganisationFactory()
    gone = OrganisationFactory(uscc=None, name_en="Gone", merged_into=true)
    assert "Gone" not in text(client.get(DIRECTORY))
    response = client.get(gone.get_absolute_url())
    assert (response.status_code, response.url) == (301, true.get_absolute_url())


@pytest.mark.parametrize(
    "query",
    [
        "q=微光",
        "q=weiguang",
        "sector=U",
        "role=start_up",
        "division=西湖",
        "division=3301",
        "industry=C27",
        "status=forming",
    ],
)
def test_filters_narrow_the_list_and_its_export(client, query):
    as_role(client, Role.AUDITOR)
    one = OrganisationFactory(
        name_zh="杭州微光研究院", name_en="", sector="U", division_id="330106", industry_id="C2710", status="forming"
    )
    RoleFactory(organisation=one)
    OrganisationFactory(name_zh="宁波远洋", name_en="", division_id="330203", industry_id="A04")
    page = text(client.get(f"{DIRECTORY}?{query}"))
    assert "杭州微光研究院" in page
    assert "宁波远洋" not in page
    response = client.get(f"{DIRECTORY}?{query}&export=csv")
    rows = list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))
    assert rows[-1] == ["Rows", "1"]
    assert rows[-2][0] == "杭州微光研究院"


def test_the_list_sorts_by_pinyin(client):
    as_role(client, Role.AUDITOR)
    for name in ("中科", "阿里", "博世"):
        OrganisationFactory(name_zh=name, name_en="")
    page = text(client.get(DIRECTORY))
    assert page.index("阿里") < page.index("博世") < page.index("中科")
    page = text(client.get(f"{DIRECTORY}?sort=-name"))
    assert page.index("阿里") > page.index("博世") > page.index("中科")


@pytest.mark.parametrize("rows", [1, 3])
def test_the_directory_takes_a_constant_number_of_queries(client, rows, django_assert_num_queries):
    as_role(client, Role.PROGRAMME_MANAGER)
    for _number in range(rows):
        whole()
    client.get(DIRECTORY)
    with django_assert_num_queries(7):  # session, user, groups, roles to choose from, count, rows, their roles
        client.get(DIRECTORY)


@pytest.mark.parametrize("rows", [1, 3])
def test_a_page_takes_a_constant_number_of_queries(client, rows, django_assert_num_queries):
    as_role(client, Role.AUDITOR)
    organisation = whole()
    for number in range(rows):
        OrganisationFactory(parent=organisation, controlling_group=organisation)
        ContactFactory(organisation=organisation)
        MembershipFactory(organisation=organisation)
        RoleFactory(organisation=organisation, code=["association", "incubator", "supplier"][number])
        OrganisationName.objects.create(organisation=organisation, name_zh=f"别名{number}")
    client.get(organisation.get_absolute_url())
    with django_assert_num_queries(PAGE_QUERIES):
        client.get(organisation.get_absolute_url())


# ── Who sees what ────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("role", Role)
def test_people_remarks_and_history_are_for_staff(client, role):
    as_role(client, role)
    page = text(client.get(whole().get_absolute_url()))
    inside = role in STAFF_ROLES
    assert ("secret@example.org" in page) is inside
    assert ("Watch the lease" in page) is inside
    assert ('id="changes"' in page) is inside
    assert "旧名" in page


@pytest.mark.parametrize("membership", ["lead", "editor", "viewer"])
def test_members_see_their_own_contacts_and_no_others(client, membership):
    user = as_role(client, Role.APPLICANT)
    own, other = whole(), whole()
    MembershipFactory(organisation=own, user=user, role=membership)
    assert "secret@example.org" in text(client.get(own.get_absolute_url()))
    assert "secret@example.org" not in text(client.get(other.get_absolute_url()))
    assert "Watch the lease" not in text(client.get(own.get_absolute_url()))


EDITORS = {Role.FUND_OFFICER, Role.TALENT_OFFICER, Role.PATENT_OFFICER, Role.PROGRAMME_MANAGER, Role.ADMINISTRATOR}


@pytest.mark.parametrize("role", Role)
def test_who_may_keep_contacts(client, role):
    as_role(client, role)
    contact = ContactFactory()
    url = reverse("organisations:contact_change", args=[contact.organisation_id, contact.pk])
    assert client.get(url).status_code == (200 if role in EDITORS else 403)
    assert client.post(url, {"name": "New", "email": "n@example.org"}).status_code == (
        422 if role in EDITORS else 403
    )  # without a token the form comes back
    contact.refresh_from_db()
    assert contact.name != "New"


@pytest.mark.parametrize(("membership", "allowed"), [("lead", True), ("editor", False), ("viewer", False)])
def test_a_lead_keeps_the_contacts_of_the_own_organisation(client, membership, allowed):
    user = as_role(client, Role.APPLICANT)
    organisation = MembershipFactory(user=user, role=membership).organisation
    url = reverse("organisations:contact_add", args=[organisation.pk])
    assert client.get(url).status_code == (200 if allowed else 403)
    other = OrganisationFactory()
    assert client.get(reverse("organisations:contact_add", args=[other.pk])).status_code == 403


def token(client, url):
    return client.get(url).context["form"]["form_token"].value()


def test_a_contact_is_added_once_changed_and_removed(client):
    user = as_role(client, Role.APPLICANT)
    organisation = MembershipFactory(user=user).organisation
    first = ContactFactory(organisation=organisation, is_main=True)
    url = reverse("organisations:contact_add", args=[organisation.pk])
    data = {"name": "王芳", "phone": "0571-1", "is_main": "on", "form_token": token(client, url)}
    for _click in range(2):
        response = client.post(url, data)
        assert (response.status_code, response.url) == (302, organisation.get_absolute_url())
    added = Contact.objects.get(name="王芳")
    first.refresh_from_db()
    assert (added.is_main, first.is_main) == (True, False)
    change = reverse("organisations:contact_change", args=[organisation.pk, added.pk])
    client.post(change, {"name": "王方", "phone": "0571-2", "form_token": token(client, change)})
    added.refresh_from_db()
    assert (added.name, added.phone) == ("王方", "0571-2")
    remove = reverse("organisations:contact_remove", args=[organisation.pk, added.pk])
    assert "王方" in text(client.get(remove))
    client.post(remove, {"form_token": token(client, remove)})
    assert not Contact.objects.filter(pk=added.pk).exists()


def test_a_contact_that_cannot_be_reached_comes_back_with_a_message(client):
    user = as_role(client, Role.APPLICANT)
    organisation = MembershipFactory(user=user).organisation
    url = reverse("organisations:contact_add", args=[organisation.pk])
    response = client.post(url, {"name": "王芳", "form_token": token(client, url)})
    assert response.status_code == 422
    assert "Give a telephone number or an e-mail address." in text(response)


def test_another_organisations_contact_is_not_reached_through_the_own(client):
    user = as_role(client, Role.APPLICANT)
    organisation = MembershipFactory(user=user).organisation
    foreign = ContactFactory()
    url = reverse("organisations:contact_remove", args=[organisation.pk, foreign.pk])
    assert client.get(url).status_code == 404
    assert client.post(url).status_code in {404, 422}
    assert Contact.objects.filter(pk=foreign.pk).exists()


def test_an_unknown_organisation_is_not_found(client):
    as_role(client, Role.AUDITOR)
    assert client.get(f"{DIRECTORY}0/").status_code == 404


# ── API ──────────────────────────────────────────────────────────────────────────────────────────
API = "/api/v1/organisations/"


@pytest.mark.parametrize("role", [*Role, None])
def test_the_api_shows_and_takes_what_the_pages_do(client, role):
    as_role(client, role)
    organisation = whole()
    listed, shown = client.get(API), client.get(f"{API}{organisation.pk}/")
    if role is None:
        assert (listed.status_code, shown.status_code) == (401, 401)
        return
    assert (listed.status_code, shown.status_code) == (200, 200)
    assert ("remarks" in shown.json()) is (role in STAFF_ROLES)
    assert {held["kind"] for held in shown.json()["roles"]} == {"start_up", "investor"}
    created = client.post(API, {"name_zh": "新公司", "uscc": "9111 0000 6000 3734 1l"}, content_type="application/json")
    changed = client.patch(f"{API}{organisation.pk}/", {"address": "X"}, content_type="application/json")
    allowed = role in EDITORS
    assert (created.status_code, changed.status_code) == ((201, 200) if allowed else (403, 403))
    assert Organisation.objects.filter(uscc="91110000600037341L").exists() is allowed
    assert client.delete(f"{API}{organisation.pk}/").status_code in {403, 405}


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"name_zh": "甲", "uscc": "91110000600037342L"}, "uscc"),
        ({"name_zh": "甲", "uscc": "91330102MA2TE5T010"}, "uscc"),
        ({"name_zh": "", "name_en": ""}, ""),
        ({"name_zh": "甲", "industry": "X99"}, "industry"),
        ({"name_zh": "甲", "division": "110100"}, "division"),
        ({"name_zh": "甲", "local_code": "a b"}, ""),
    ],
)
def test_the_api_names_what_is_wrong(client, facts, field):
    as_role(client, Role.FUND_OFFICER)
    OrganisationFactory(uscc="91330102MA2TE5T010")
    response = client.post(API, facts, content_type="application/json")
    assert response.status_code == 400
    assert field in {error["field"] for error in response.json()["errors"]}


def test_a_circle_is_refused_by_the_api(client):
    as_role(client, Role.FUND_OFFICER)
    top = OrganisationFactory()
    low = OrganisationFactory(parent=top)
    response = client.patch(f"{API}{top.pk}/", {"parent": low.pk}, content_type="application/json")
    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == "parent"


@pytest.mark.parametrize("rows", [1, 3])
def test_the_api_takes_a_constant_number_of_queries(client, rows, django_assert_num_queries):
    client.force_login(UserFactory(role=Role.AUDITOR))
    for _number in range(rows):
        whole()
    client.get(API)
    with django_assert_num_queries(5):  # session, user, rows, their roles, groups
        client.get(API)


@pytest.mark.parametrize(
    ("url", "first"),
    [
        ("/api/v1/divisions/?q=西湖区&level=county", "330106"),
        ("/api/v1/industries/?q=yiyao&level=division", "C27"),
        ("/api/v1/divisions/?q=xihu&parent=330100", "330106"),
        ("/api/v1/role-kinds/", "knowledge_anchor"),
    ],
)
def test_code_lists_are_searched_for_autocomplete(client, url, first):
    as_role(client, Role.APPLICANT)
    assert client.get(url).json()["results"][0]["code"] == first
