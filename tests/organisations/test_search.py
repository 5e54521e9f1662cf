import pytest
from django.db import connection

from innovation.organisations import queries
from innovation.organisations.models import Division, Industry, Organisation, OrganisationName
from innovation.organisations.rules import search_query
from tests.factories.organisations import OrganisationFactory, RoleFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def weiguang():
    OrganisationFactory(uscc="91110000600037341L", name_zh="宁波远洋渔业有限公司", name_en="Ocean Fishery")
    OrganisationFactory(name_zh="光微材料研究院", name_en="Light Materials Institute")
    return OrganisationFactory(uscc="91330102MA2TE5T010", name_zh="杭州微光智能科技有限公司", name_en="Weiguang AI")


@pytest.mark.parametrize(
    "text",
    ["微光", "杭州微光", "智能 微光", "微", "weiguang", "wgzn", "hangzhouwei", "hzwg", "WEIGUANG ai", "zhineng",
     "91330102MA2TE5T010", "91330102ma2te", "微光　智能", "ＷＧＺＮ", "微光 weiguang"],
)  # fmt: skip
def test_an_organisation_is_found_by_words_pinyin_initials_and_code(weiguang, text):
    assert weiguang in queries.search(text)
    assert "宁波" not in {row.name_zh[:2] for row in queries.search(text)}


@pytest.mark.parametrize("text", ["微渔", "光微智能", "eiguang", "ningbo weiguang", "91330102MA2TE5T1XP"])
def test_what_does_not_fit_is_not_found(weiguang, text):
    assert not queries.search(text).exists()


def test_two_characters_in_the_other_order_are_another_word(weiguang):
    assert [row.name_zh for row in queries.search("光微")] == ["光微材料研究院"]


def test_former_names_and_aliases_find_too(weiguang):
    Organisation.objects.filter(pk=weiguang.pk).update(name_zh="杭州曦和智能科技有限公司")
    assert list(queries.search("微光")) == [weiguang]
    assert list(queries.search("weiguang")) == [weiguang]
    alias = OrganisationName.objects.create(organisation=weiguang, name_en="Helios")
    assert list(queries.search("helios")) == [weiguang]
    alias.delete()
    assert not queries.search("helios").exists()


def test_nothing_typed_finds_all_and_signs_alone_find_nothing(weiguang):
    assert queries.search(" ").count() == 3
    assert not queries.search("，。!&|:*'\\").exists()


@pytest.mark.parametrize("text", ["'; DROP TABLE x; --", "a & b | c", "a:*b", "\\'", "''", "微光' | 'x", "\0"])
def test_what_people_type_is_never_an_expression(text):
    assert not queries.search(text).exists()


def test_a_query_asks_for_pairs_and_beginnings():
    assert search_query("杭州微光 AI") == "'杭州' & '州微' & '微光' & 'ai':*"
    assert search_query("微") == "'微'"
    assert search_query("!") is None


def test_the_index_can_answer(weiguang):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # so few rows are read faster without any index
    assert "organisation_search" in Organisation.objects.search("微光").order_by().explain()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("西湖区", "330106"),
        ("杭州西湖", "330106"),
        ("浙江省杭州市", "330106"),
        ("xihu", "330106"),
        ("xhq", "330106"),
        ("330106", "330106"),
        ("hangzhou", "330100"),
    ],
)
def test_divisions_are_found(text, code):
    assert code in set(Division.objects.search(text).values_list("code", flat=True))


@pytest.mark.parametrize(("text", "code"), [("医药制造", "C27"), ("yiyao", "C27"), ("C39", "C39"), ("software", "I65")])
def test_industries_are_found(text, code):
    assert code in set(Industry.objects.search(text).values_list("code", flat=True))


def test_a_place_holds_the_places_inside_it():
    xihu = OrganisationFactory(division_id="330106")
    city = OrganisationFactory(division_id="330100")
    ningbo = OrganisationFactory(division_id="330203")
    OrganisationFactory(division_id="110101")

    def found(text):
        return set(Organisation.objects.filter(queries.in_division(text)))

    assert found("33") == found("330000") == found("浙江省") == {xihu, city, ningbo}
    assert found("3301") == found("330100") == found("杭州") == {xihu, city}
    assert found("西湖区") == {xihu}
    assert found("无此地") == set()


def test_an_industry_holds_those_inside_it():
    chips = OrganisationFactory(industry_id="C3973")
    OrganisationFactory(industry_id="I65")
    for text in ("C", "C39", "c3973", "制造业", "集成电路制造"):
        assert list(Organisation.objects.filter(queries.in_industry(text))) == [chips]


def test_roles_of_today_filter():
    role = RoleFactory(code="chain_leader")
    RoleFactory(code="investor")
    assert list(Organisation.objects.filter(queries.holding("chain_leader"))) == [role.organisation]
