"""People with what they agreed to, for tests of privacy."""

from typing import Any

from innovation.accounts.choices import Role
from innovation.accounts.models import User
from talent.actions.consents import give_consent
from talent.choices.privacy import Purpose
from talent.models import Consent, ConsentText, Person
from tests.factories.accounts import UserFactory


def make_person(user: User | None = None, **facts: Any) -> Person:
    """A person of the registry, with an account unless ``user`` is False."""
    owner = UserFactory(role=Role.APPLICANT) if user is None else user or None
    return Person.objects.create(user=owner, **{"family_name": "周", "given_name": "雨桐"} | facts)


def agree(person: Person, purpose: Purpose) -> Consent:
    """``person`` agrees to the text in force."""
    text = ConsentText.objects.current().get(purpose=purpose)
    return give_consent(person_id=person.pk, purpose=purpose, text_id=text.pk, actor=person.user)
