"""People of the registry for tests: ``RoleProfileFactory(kind="assistant", state="active")``."""

from datetime import date

import factory

from talent.choices.people import FrascatiClass, PostClass, PostDuty, RoleKind, RoleState
from talent.models import Affiliation, Laboratory, Person, RoleProfile
from talent.rules.roles import last_day
from tests.factories.accounts import UserFactory
from tests.factories.organisations import OrganisationFactory

GIVEN = ("子涵", "明远", "若溪", "思齐", "景行", "知微")
FAMILIES = ("赵", "钱", "孙", "李", "周", "吴", "郑", "王")


class PersonFactory(factory.django.DjangoModelFactory):
    """A person; ``with_account=True`` gives an applicant's account."""

    class Meta:
        model = Person

    class Params:
        with_account = factory.Trait(user=factory.SubFactory(UserFactory, role="applicant"))

    family_name = factory.Sequence(lambda number: FAMILIES[number % len(FAMILIES)])
    given_name = factory.Sequence(lambda number: f"{GIVEN[number % len(GIVEN)]}{number}")
    name_en = factory.Sequence(lambda number: f"Trial Person {number}")


class RoleProfileFactory(factory.django.DjangoModelFactory):
    """A profile in any state; one in force has its term from the first of 2026."""

    class Meta:
        model = RoleProfile

    person = factory.SubFactory(PersonFactory)
    kind = RoleKind.ASSISTANT
    state = RoleState.ACTIVE
    valid_from = factory.LazyAttribute(lambda row: None if row.state == RoleState.DRAFT else date(2026, 1, 1))
    valid_until = factory.LazyAttribute(lambda row: row.valid_from and last_day(row.valid_from))


class LaboratoryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Laboratory

    organisation = factory.SubFactory(OrganisationFactory)
    code = factory.Sequence(lambda number: f"LAB-{number:03d}")
    name_zh = factory.Sequence(lambda number: f"试验实验室{number}")
    name_en = factory.Sequence(lambda number: f"Trial Laboratory {number}")


class AffiliationFactory(factory.django.DjangoModelFactory):
    """A full-time researcher's post since 2024 without end; name a ``laboratory`` and its organisation follows."""

    class Meta:
        model = Affiliation

    person = factory.SubFactory(PersonFactory)
    laboratory = None
    organisation = factory.LazyAttribute(
        lambda post: post.laboratory.organisation if post.laboratory else OrganisationFactory()
    )
    title = "研究员"
    duty = PostDuty.RESEARCH
    post_class = PostClass.TECHNICAL
    frascati_class = FrascatiClass.RESEARCHER
    fte_centi = 100
    valid_from = date(2024, 1, 1)
