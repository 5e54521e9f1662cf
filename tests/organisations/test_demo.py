import pytest

from innovation.accounts import demo as people
from innovation.accounts.choices import Role
from innovation.core.identifiers import check_uscc
from innovation.organisations import demo
from innovation.organisations.models import Membership, Organisation, OrganisationRole

pytestmark = pytest.mark.django_db


def test_the_city_has_its_organisations_once():
    people.make_people()
    demo.make_organisations()
    first = list(Organisation.objects.values_list("pk", "uscc", "name_zh", "parent"))
    roles = OrganisationRole.objects.count()
    demo.make_organisations()
    assert list(Organisation.objects.values_list("pk", "uscc", "name_zh", "parent")) == first
    assert OrganisationRole.objects.count() == roles
    assert 110 <= len(first) <= 140
    assert Membership.objects.get().user.email == people.email_of(Role.APPLICANT)


def test_its_codes_are_valid_throughout_and_its_names_unique():
    plans = demo.plan()
    assert plans == demo.plan()
    codes = [one.uscc for one in plans if one.uscc]
    assert all(check_uscc(code).valid and not check_uscc(code).warnings for code in codes)
    assert len(set(codes)) == len(codes)
    assert len({one.name_zh or one.name_en for one in plans}) == len(plans)


def test_later_parts_find_their_firms_in_a_fixed_order():
    demo.make_organisations()
    managers, firms = demo.of_role("fund_manager"), demo.of_role("start_up")
    assert (len(managers), len(firms) >= 50) == (8, True)
    assert managers[0].name_zh == "之江观澜私募基金管理有限公司"
    assert [firm.uscc for firm in firms] == [firm.uscc for firm in demo.of_role("start_up")]
