"""Organisations for tests, with valid codes: ``OrganisationFactory(division_id="330106")``."""

import factory

from innovation.core.identifiers import organisation_check_character, uscc_check_character
from innovation.organisations.choices import MembershipRole
from innovation.organisations.models import Contact, Membership, Organisation, OrganisationRole, RoleKind
from tests.factories.accounts import UserFactory


def uscc(number: int, division: str = "330106") -> str:
    """A valid code that belongs to nobody; one per ``number``."""
    inner = f"MA9{number:05d}"
    body = f"91{division}{inner}{organisation_check_character(inner)}"
    return body + uscc_check_character(body)


class OrganisationFactory(factory.django.DjangoModelFactory):
    """A company; ``uscc=None`` makes a body with a local code."""

    class Meta:
        model = Organisation

    uscc = factory.Sequence(uscc)
    name_zh = factory.Sequence(lambda number: f"试验企业{number}有限公司")
    name_en = factory.Sequence(lambda number: f"Trial Company {number}")


class RoleFactory(factory.django.DjangoModelFactory):
    """A role of a new organisation; ``code`` is that of a shipped kind."""

    class Meta:
        model = OrganisationRole

    class Params:
        code = "start_up"

    organisation = factory.SubFactory(OrganisationFactory)
    kind = factory.LazyAttribute(lambda role: RoleKind.objects.get(code=role.code))


class ContactFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Contact

    organisation = factory.SubFactory(OrganisationFactory)
    name = factory.Sequence(lambda number: f"联系人{number}")
    email = factory.Sequence(lambda number: f"contact{number}@example.org")


class MembershipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Membership

    organisation = factory.SubFactory(OrganisationFactory)
    user = factory.SubFactory(UserFactory)
    role = MembershipRole.LEAD
