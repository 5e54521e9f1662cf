"""What the database itself refuses or keeps, whatever door a row comes through."""

import threading
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from innovation.core import history
from innovation.core.identifiers import USCC_ALPHABET, check_uscc, uscc_check_character
from innovation.organisations.models import Contact, Membership, Organisation, OrganisationName, OrganisationRole
from innovation.organisations.rules import pinyin_key, tokens
from innovation.organisations.tasks import renew_pinyin
from tests.factories.organisations import ContactFactory, MembershipFactory, OrganisationFactory, RoleFactory, uscc
from tests.refusals import refusal

pytestmark = pytest.mark.django_db


# ── Pinyin ───────────────────────────────────────────────────────────────────────────────────────
def test_pinyin_that_plain_sql_left_behind_is_renewed_at_night():
    changed, kept = OrganisationFactory(name_zh="杭州甲公司"), OrganisationFactory(name_zh="宁波乙公司")
    other = OrganisationName.objects.create(organisation=kept, name_zh="旧名")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE organisations_organisation SET name_zh = '重庆丙公司' WHERE id = %s", [changed.pk])
        cursor.execute("UPDATE organisations_organisationname SET name_zh = '新名' WHERE id = %s", [other.pk])
    assert list(Organisation.objects.search("chongqing")) == []
    assert renew_pinyin() == 2
    for record in (changed, kept, other):
        record.refresh_from_db()
        assert record.pinyin == pinyin_key(record.name_zh)
    assert changed.pinyin == "chong qing bing gong si"
    assert list(Organisation.objects.search("chongqing")) == [changed]
    assert history.history_of(changed)[0].actor == "nightly renewal of pinyin"
    assert renew_pinyin() == 0


# ── Codes ────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "code", ["91110000600037342L", "9111000060003734L", "91O10000600037341L", "911A0000600037341L", "X"]
)
def test_the_database_refuses_a_wrong_code(code):
    organisation = OrganisationFactory()
    with refusal("organisations_uscc_valid"), connection.cursor() as cursor:
        cursor.execute("UPDATE organisations_organisation SET uscc = %s WHERE id = %s", [code, organisation.pk])


@settings(max_examples=60, deadline=None)
@given(
    st.text(USCC_ALPHABET + "IOSVZ", min_size=2, max_size=2),
    st.integers(0, 999_999),
    st.text(USCC_ALPHABET, min_size=9, max_size=9),
    st.sampled_from(USCC_ALPHABET),
)
def test_the_databases_check_and_ours_agree(first, division, inner, check):
    body = f"{first}{division:06d}{inner}"
    codes = [body + check]
    if set(body) <= set(USCC_ALPHABET):
        codes.append(body + uscc_check_character(body))
    with connection.cursor() as cursor:
        for code in codes:
            cursor.execute("SELECT uscc_ok(%s)", [code])
            assert cursor.fetchone()[0] is check_uscc(code).valid


def test_a_code_is_stored_normalised_and_once():
    organisation = OrganisationFactory(uscc=" 9111-0000 6000 3734 １ｌ ")
    organisation.refresh_from_db()
    assert organisation.uscc == "91110000600037341L"
    assert Organisation.objects.get(uscc="91110000-600037341-l") == organisation
    with refusal("organisations_organisation_uscc_key"):
        OrganisationFactory(uscc="91110000600037341L")


def test_a_wrong_code_is_told_in_words_before_the_database_sees_it():
    with pytest.raises(ValidationError) as refusal:
        Organisation(uscc="91110000600037342L", name_zh="某公司").full_clean()
    assert refusal.value.error_dict["uscc"][0].code == "uscc_check_character"


def test_a_body_without_code_gets_a_local_one_and_keeps_it():
    first, second = OrganisationFactory(uscc=None), OrganisationFactory(uscc="")
    assert first.local_code.startswith("L")
    assert first.local_code != second.local_code
    first.uscc = uscc(77)
    first.save()
    first.refresh_from_db()
    assert first.local_code is not None
    assert first.code == uscc(77)
    Organisation.objects.bulk_create([Organisation(name_zh="某筹备组")])
    assert Organisation.objects.get(name_zh="某筹备组").local_code


def test_a_local_code_has_a_form_and_occurs_once():
    OrganisationFactory(uscc=None, local_code="DE-HRB-12")
    with refusal("organisations_organisation_local_code_key"):
        OrganisationFactory(uscc=None, local_code="DE-HRB-12")
    with refusal("organisations_local_code_form"):
        OrganisationFactory(uscc=None, local_code="a b")


def test_a_nameless_organisation_is_refused():
    with refusal("organisations_has_a_name"):
        OrganisationFactory(name_zh="", name_en="")


def test_every_tracked_change_is_in_the_history_but_search_upkeep_is_not():
    organisation = OrganisationFactory()
    Organisation.objects.filter(pk=organisation.pk).update(address="文三路 1 号")
    OrganisationName.objects.create(organisation=organisation, name_zh="别名")
    assert list(organisation.history.order_by("pgh_id").values_list("pgh_label", "address")) == [
        ("insert", ""),
        ("update", "文三路 1 号"),
    ]


# ── Above and below ──────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("link", ["parent", "controlling_group", "merged_into"])
def test_no_organisation_stands_above_itself(link):
    top = OrganisationFactory()
    middle = OrganisationFactory(**{link: top})
    low = OrganisationFactory(**{link: middle})
    for above in (top, middle, low):
        with refusal(f"organisations_{link}_no_cycle"):
            Organisation.objects.filter(pk=top.pk).update(**{link: above})
    low.refresh_from_db()
    assert getattr(low, link) == middle


def test_a_circle_is_told_in_words():
    top = OrganisationFactory()
    top.parent = OrganisationFactory(parent=top)
    with pytest.raises(ValidationError, match="above itself"):
        top.full_clean()


@pytest.mark.django_db(transaction=True)
def test_two_people_cannot_close_a_circle_together():
    one, other = OrganisationFactory(), OrganisationFactory()
    first_has_written, outcomes = threading.Event(), []

    def second():
        try:
            first_has_written.wait(5)
            Organisation.objects.filter(pk=other.pk).update(parent=one)
            outcomes.append("written")
        except IntegrityError:
            outcomes.append("refused")
        finally:
            connection.close()

    thread = threading.Thread(target=second)
    with transaction.atomic():
        Organisation.objects.filter(pk=one.pk).update(parent=other)
        thread.start()
        first_has_written.set()
        with connection.cursor() as cursor:  # until the other one waits for our lock
            for _attempt in range(500):
                cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
                if cursor.fetchone()[0]:
                    break
    thread.join(10)
    assert outcomes == ["refused"]


# ── Names ────────────────────────────────────────────────────────────────────────────────────────
def test_a_renaming_keeps_the_old_name_whatever_door_it_came_through():
    organisation = OrganisationFactory(name_zh="旧名有限公司", name_en="Old Ltd")
    Organisation.objects.filter(pk=organisation.pk).update(name_zh="新名有限公司")
    kept = organisation.other_names.get()
    assert (kept.name_zh, kept.name_en, kept.origin, kept.code) == ("旧名有限公司", "Old Ltd", "renamed", "")
    assert kept.until is not None
    organisation.refresh_from_db()
    organisation.address = "别处"
    organisation.save()
    assert organisation.other_names.count() == 1


def test_a_new_code_keeps_the_old_one():
    organisation = OrganisationFactory(uscc=uscc(1))
    organisation.uscc = uscc(2)
    organisation.save()
    assert organisation.other_names.get().code == uscc(1)
    assert list(Organisation.objects.search(uscc(1))) == [organisation]


def test_an_empty_other_name_is_refused():
    with refusal("organisations_other_name_says_something"):
        OrganisationName.objects.create(organisation=OrganisationFactory())


@settings(max_examples=50, deadline=None)
@given(st.text(st.sampled_from("杭州微光科技AIai09 ()（）Ｘ－é")))
def test_the_databases_tokens_and_ours_agree(text):
    with connection.cursor() as cursor:
        cursor.execute("SELECT search_tokens(%s)", [text])
        assert set(cursor.fetchone()[0]) == tokens(text)


def test_names_sort_by_pinyin():
    for name in ("中科", "阿里", "重庆", "博世", "AI 院"):
        OrganisationFactory(name_zh=name)
    assert [organisation.name_zh for organisation in Organisation.objects.all()] == [
        "阿里",
        "AI 院",
        "博世",
        "重庆",
        "中科",
    ]
    assert pinyin_key("杭州AI院（筹）") == "hang zhou ai yuan chou"


# ── Roles, people ────────────────────────────────────────────────────────────────────────────────
def test_a_role_is_held_once_at_a_time():
    role = RoleFactory(valid_from=date(2020, 1, 1), valid_to=date(2021, 12, 31))
    RoleFactory(organisation=role.organisation, code="investor", valid_from=date(2020, 1, 1))
    RoleFactory(valid_from=date(2020, 1, 1))
    RoleFactory(organisation=role.organisation, valid_from=date(2022, 1, 1))
    for days in (
        {"valid_from": date(2021, 12, 31), "valid_to": date(2021, 12, 31)},
        {},
        {"valid_from": date(2030, 1, 1)},
    ):
        with refusal("organisations_role_once_at_a_time"):
            RoleFactory(organisation=role.organisation, **days)


def test_an_overlapping_role_is_told_in_words():
    role = RoleFactory(valid_from=date(2020, 1, 1))
    with pytest.raises(ValidationError, match="already"):
        OrganisationRole(organisation=role.organisation, kind=role.kind, valid_from=date(2021, 1, 1)).full_clean()


def test_a_role_does_not_end_before_it_begins():
    with refusal("organisations_role_dates_in_order"):
        RoleFactory(valid_from=date(2021, 1, 2), valid_to=date(2021, 1, 1))


def test_roles_are_asked_for_by_day():
    role = RoleFactory(valid_from=date(2020, 1, 1), valid_to=date(2020, 12, 31))
    always = RoleFactory()
    assert set(OrganisationRole.objects.on(date(2020, 12, 31))) == {role, always}
    assert set(OrganisationRole.objects.on(date(2021, 1, 1))) == {always}


def test_one_main_contact_who_can_be_reached():
    contact = ContactFactory(is_main=True)
    with refusal("organisations_one_main_contact"):
        ContactFactory(organisation=contact.organisation, is_main=True)
    with refusal("organisations_contact_can_be_reached"):
        Contact.objects.create(organisation=contact.organisation, name="某人")


def test_a_person_is_a_member_once_with_a_known_role():
    membership = MembershipFactory()
    with refusal("organisations_member_once"):
        MembershipFactory(organisation=membership.organisation, user=membership.user)
    with refusal("organisations_member_role_known"):
        Membership.objects.update(role="boss")
