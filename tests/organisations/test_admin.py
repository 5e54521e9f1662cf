import io

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from innovation.accounts.choices import Role
from innovation.organisations.models import Organisation, OrganisationMerge
from tests.factories.accounts import as_role, in_turn
from tests.factories.organisations import ContactFactory, OrganisationFactory, RoleFactory, uscc

pytestmark = pytest.mark.django_db
LIST = "/admin/organisations/organisation/"
LIST_QUERIES = 13
EDITORS = {Role.FUND_OFFICER, Role.TALENT_OFFICER, Role.PATENT_OFFICER, Role.PROGRAMME_MANAGER, Role.ADMINISTRATOR}
READERS = EDITORS | {Role.FINANCE, Role.PRIVACY_OFFICER, Role.AUDITOR}


def text(response):
    return response.content.decode()


@pytest.mark.usefixtures("undrawn")
def test_who_opens_what_in_the_office(client):
    for role in in_turn(client, Role):
        one, other = OrganisationFactory(), OrganisationFactory(uscc=None)
        merge = f"{LIST}merge/?survivor={one.pk}&loser={other.pk}"
        expected = {
            LIST: role in READERS,
            f"{LIST}{one.pk}/change/": role in READERS,
            f"{LIST}add/": role in EDITORS,
            f"{LIST}import/": role in EDITORS,
            f"{LIST}duplicates/": role in EDITORS,
            merge: role in EDITORS,
            "/admin/organisations/industry/": role in READERS,
            "/admin/organisations/division/": role in READERS,
            "/admin/organisations/division/add/": False,
        }
        assert {url: client.get(url).status_code == 200 for url in expected} == expected
        client.post(merge, {"reason": "x", "name_zh": "survivor", "name_en": "loser"})
        assert OrganisationMerge.objects.exists() is (role in EDITORS)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_a_constant_number_of_queries(client, rows, django_assert_num_queries):
    as_role(client, Role.ADMINISTRATOR)
    for number in range(rows):
        organisation = OrganisationFactory(division_id="330106", industry_id=f"C2{number + 1}")
        RoleFactory(organisation=organisation)
        RoleFactory(organisation=organisation, code="investor")
    client.get(LIST)
    with django_assert_num_queries(LIST_QUERIES):
        client.get(LIST)


def test_staff_search_by_pinyin_and_filter(client):
    as_role(client, Role.FUND_OFFICER)
    OrganisationFactory(name_zh="杭州微光科技有限公司", name_en="", division_id="330106", industry_id="C27")
    OrganisationFactory(name_zh="宁波远洋渔业有限公司", name_en="", division_id="330203", industry_id="A04")
    for query in ("q=weiguang", "place=330100", "section=C"):
        page = text(client.get(f"{LIST}?{query}"))
        assert "杭州微光" in page
        assert "宁波远洋" not in page


def test_autocomplete_offers_places_and_living_records_only(client):
    as_role(client, Role.FUND_OFFICER)
    true = OrganisationFactory(name_zh="微光", name_en="")
    OrganisationFactory(uscc=None, name_zh="微光旧", name_en="", merged_into=true)

    def offered(field, term):
        asked = {"app_label": "organisations", "model_name": "organisation", "field_name": field, "term": term}
        return [row["text"] for row in client.get("/admin/autocomplete/", asked).json()["results"]]

    assert offered("parent", "weiguang") == ["微光"]
    assert offered("division", "110100") == []
    assert offered("division", "xihu")
    assert offered("industry", "yiyao")


def test_a_wrong_code_is_told_at_its_field(client):
    as_role(client, Role.FUND_OFFICER)
    organisation = OrganisationFactory()
    url = reverse("admin:organisations_organisation_change", args=[organisation.pk])
    inlines = ("roles", "contacts", "memberships", "other_names")
    data = {f"{name}-{part}": 0 for name in inlines for part in ("TOTAL_FORMS", "INITIAL_FORMS")}
    data |= {"name_zh": "甲公司", "sector": "I", "status": "active"}
    page = client.post(url, data | {"uscc": "91110000600037342L"})
    assert "last character does not fit" in text(page)
    assert client.post(url, data | {"uscc": "9111 0000-6000 3734 2p"}, follow=True).status_code == 200
    organisation.refresh_from_db()
    assert organisation.uscc == "91110000600037342P"


def test_two_selected_records_are_compared_and_merged(client):
    user = as_role(client, Role.PROGRAMME_MANAGER)
    loser = OrganisationFactory(uscc=None, address="B")
    survivor = OrganisationFactory(address="A")
    ContactFactory(organisation=loser)
    chosen = {"action": "merge_selected", "_selected_action": [loser.pk, survivor.pk]}
    response = client.post(LIST, chosen)
    assert response.url.endswith(f"survivor={survivor.pk}&loser={loser.pk}")
    page = text(client.get(response.url))
    assert "Contacts – organisation" in page
    response = client.post(response.url, {"address": "loser", "name_zh": "survivor", "name_en": "survivor"})
    assert response.status_code == 302
    survivor.refresh_from_db()
    assert (survivor.address, survivor.contacts.count()) == ("B", 1)
    assert OrganisationMerge.objects.get().actor == user
    assert client.post(LIST, chosen | {"_selected_action": [survivor.pk]}).status_code in {200, 302}


def test_a_merge_that_is_refused_says_why(client):
    as_role(client, Role.PROGRAMME_MANAGER)
    one, other = OrganisationFactory(), OrganisationFactory()
    url = f"{LIST}merge/?survivor={one.pk}&loser={other.pk}"
    assert "two legal persons" in text(client.get(url))
    page = text(client.post(url, {"name_zh": "survivor", "name_en": "survivor"}))
    assert "two legal persons" in page
    assert not OrganisationMerge.objects.exists()


def test_candidates_are_listed_with_their_reason(client):
    as_role(client, Role.PROGRAMME_MANAGER)
    one = OrganisationFactory(name_zh="微光科技有限公司")
    OrganisationFactory(uscc=None, name_zh="微光科技 有限公司")
    for url in (f"{LIST}duplicates/", f"{LIST}duplicates/?of={one.pk}"):
        assert "Same name" in text(client.get(url))


def test_the_filtered_list_is_exported(client):
    as_role(client, Role.AUDITOR)
    OrganisationFactory(name_zh="杭州微光", division_id="330106")
    OrganisationFactory(name_zh="宁波远洋")
    response = client.get(f"{LIST}export/?q=weiguang")
    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[-1] == "Rows,1"
    assert "杭州微光" in lines[-2]


# ── Import ───────────────────────────────────────────────────────────────────────────────────────
def hand_in(client, content, name="list.csv"):
    content = content.encode() if isinstance(content, str) else content
    file = SimpleUploadedFile(name, content)
    return client.post(f"{LIST}import/", {"import_file": file, "format": "0", "resource": "0"})


def confirm(client, response):
    data = response.context["confirm_form"].initial
    return client.post(f"{LIST}process_import/", data)


def test_a_file_is_shown_first_and_written_on_confirmation(client):
    as_role(client, Role.FUND_OFFICER)
    known = OrganisationFactory(uscc="91110000600037341L", name_zh="旧名", address="A")
    response = hand_in(
        client,
        "统一社会信用代码,中文名称,部门类别,行业,行政区划,上级机构,成立日期\n"
        "9111 0000 6000 3734 1l,新名,,C27 医药制造业,330106,,\n"
        "91330102MA2TE5T010,杭州微光,高校或科研院所,I65,3301,91110000600037341L,2020/5/8\n"
        ",本地机构,G,,,,\n",
    )
    assert response.status_code == 200
    assert Organisation.objects.count() == 1
    response = confirm(client, response)
    assert response.status_code == 302
    known.refresh_from_db()
    assert (known.name_zh, known.address, known.industry_id, known.division_id) == ("新名", "A", "C27", "330106")
    added = Organisation.objects.get(uscc="91330102MA2TE5T010")
    assert (added.sector, added.division_id, added.parent, str(added.founded)) == ("U", "330100", known, "2020-05-08")
    assert Organisation.objects.get(name_zh="本地机构").local_code
    assert known.history.last().pgh_context["actor_label"]


def test_the_same_file_again_changes_nothing(client):
    as_role(client, Role.FUND_OFFICER)
    file = "uscc,name_zh,industry\n91330102MA2TE5T010,杭州微光,I65\n"
    for _time in range(2):
        confirm(client, hand_in(client, file))
    assert Organisation.objects.get().history.count() == 1


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("91110000600037342L,甲,,,", "last character does not fit"),
        ("9.1110000600037E+17,甲,,,", "has 18 characters"),
        (",甲,X,,", "none of"),
        (",甲,,Z99,", "There is no industry"),
        (",甲,,,110100", "There is no administrative division"),
        (",,,,", "No valid data"),
        (",已有,,,", "in the register already"),
    ],
)
def test_a_wrong_row_says_what_is_wrong_and_nothing_is_written(client, row, message):
    as_role(client, Role.FUND_OFFICER)
    OrganisationFactory(name_zh="已有", name_en="")
    good = "" if message == "No valid data" else "91330102MA2TE5T010,好,,,\n"
    response = hand_in(client, f"uscc,name_zh,sector,industry,division\n{good}{row}\n")
    assert message in text(response)
    assert Organisation.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"just,some\nwords,here\n", "No line with column heads"),
        (b"uscc,USCC\n1,2\n", "same head"),
        (b"PK\x03\x04 broken", "damaged"),
        (b"%PDF-1.7", "neither a CSV file"),
        (b"uscc,name_zh\n" + b"".join(b",n%d\n" % n for n in range(5001)), "5,000"),
    ],
)
def test_a_file_that_is_no_list_is_refused(client, content, message):
    as_role(client, Role.FUND_OFFICER)
    assert message in text(hand_in(client, content))
    assert not Organisation.objects.exists()


def test_a_workbook_is_read_and_digits_stay_a_code(client):
    as_role(client, Role.FUND_OFFICER)
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet = book.add_worksheet()
    for place, row in enumerate([["Register of firms"], ["uscc", "name_zh", "division"], [uscc(9), "甲公司", 330106]]):
        sheet.write_row(place, 0, row)
    book.close()
    confirm(client, hand_in(client, target.getvalue(), "list.xlsx"))
    assert Organisation.objects.get(uscc=uscc(9)).division_id == "330106"


def test_an_exported_list_can_be_corrected_and_handed_in(client):
    as_role(client, Role.FUND_OFFICER)
    one = OrganisationFactory(name_zh="=甲公司", division_id="330106", industry_id="C27", sector="U")
    exported = b"".join(client.get(f"{LIST}export/").streaming_content).decode("utf-8-sig")
    confirm(client, hand_in(client, exported.replace("甲公司", "乙公司")))
    one.refresh_from_db()
    assert (one.name_zh, one.division_id, one.sector) == ("=乙公司", "330106", "U")
    assert Organisation.objects.count() == 1


def test_a_file_that_is_gone_at_confirmation_is_asked_for_again(client):
    as_role(client, Role.FUND_OFFICER)
    response = hand_in(client, "uscc,name_zh\n91330102MA2TE5T010,甲\n")
    confirm(client, response)
    again = confirm(client, response)
    assert again.status_code == 302
    assert Organisation.objects.count() == 1
