"""What the database itself refuses about people, whoever writes."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from talent.models import Affiliation, Person, RoleProfile
from tests.factories.talent import AffiliationFactory, PersonFactory, RoleProfileFactory

pytestmark = pytest.mark.django_db


def refused(name, act):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        act()


def test_posts_never_exceed_full_time_on_any_day():
    post = AffiliationFactory(fte_centi=60, valid_from=date(2024, 1, 1), valid_to=date(2024, 6, 30))
    person, organisation = post.person, post.organisation
    more = {"person": person, "organisation": organisation, "fte_centi": 50}
    full = "talent_posts_within_full_time"
    refused("full time", lambda: AffiliationFactory(**more, valid_from=date(2024, 6, 30)))
    later = AffiliationFactory(**more, valid_from=date(2024, 7, 1))
    refused("full time", lambda: Affiliation.objects.filter(pk=later.pk).update(valid_from=date(2024, 6, 30)))
    second = AffiliationFactory(**more, valid_from=date(2025, 1, 1))
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        Affiliation.objects.filter(pk=second.pk).update(fte_centi=51)
    assert error.value.__cause__.diag.constraint_name == full
    other = AffiliationFactory(fte_centi=50)
    refused("full time", lambda: Affiliation.objects.filter(pk=other.pk).update(person=person))


def test_a_post_has_its_share_and_its_days_in_order():
    refused("talent_post_fte", lambda: AffiliationFactory(fte_centi=0))
    refused("talent_post_period", lambda: AffiliationFactory(valid_to=date(2023, 12, 31)))


def test_a_person_has_a_name_an_orcid_state_that_fits_and_is_not_merged_into_itself():
    person = PersonFactory()
    rows = Person.objects.filter(pk=person.pk)
    refused("named_or_erased", lambda: rows.update(family_name="", given_name=""))
    refused("named_or_erased", lambda: rows.update(erased_at=timezone.now()))
    refused("orcid_state_fits", lambda: rows.update(orcid="0000-0002-1825-0097"))
    refused("orcid_state_fits", lambda: rows.update(orcid="0000-0002-1825-0097", orcid_state="verified"))
    refused("merged_into_self", lambda: rows.update(merged_into=person))
    rows.update(is_listed=True)
    refused("listed_is_current", lambda: rows.update(merged_into=PersonFactory()))


def test_the_database_writes_names_as_their_script_joins_them():
    assert Person.objects.get(pk=PersonFactory(family_name="钱", given_name="学森").pk).name_zh == "钱学森"
    assert Person.objects.get(pk=PersonFactory(family_name="Curie", given_name="Marie").pk).name_zh == "Marie Curie"


def test_a_role_stands_once_and_in_force_says_since_when():
    profile = RoleProfileFactory()
    refused("talent_role_once", lambda: RoleProfileFactory(person=profile.person))
    RoleProfile.objects.filter(pk=profile.pk).update(state="withdrawn")
    rows = RoleProfile.objects.filter(pk=RoleProfileFactory(person=profile.person).pk)
    refused("in_force_has_term", lambda: rows.update(valid_from=None, valid_until=None))
    refused("talent_role_state_known", lambda: rows.update(state="semi-expired"))
    refused("talent_role_period", lambda: rows.update(valid_until=date(2025, 1, 1)))
