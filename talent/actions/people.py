"""People of the registry: recorded, corrected, their ORCID iD, their place in the directory."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from innovation.accounts.models import User
from innovation.core.errors import RuleViolation
from talent.actions.consents import settle_directory
from talent.choices.people import DirectoryField, OrcidState
from talent.models import Person
from talent.rules import orcid

OFFICE = "talent.change_person"
ASKED_AGAIN_DAYS = 90
"""Days after which a person is asked whether they are still available (domain section 6)."""
OWN_FIELDS = ("family_name", "given_name", "name_en", "former_names", "home", "offers")


@transaction.atomic
def register_person(*, actor: User, user: User | None = None, orcid_text: str = "", **names: Any) -> Person:
    """A new person of the registry; ``names`` are among ``OWN_FIELDS``. ``user`` is the account, if they have one.

    Raises ``NOT_PERMITTED``, ``NAME_MISSING``, ``REGISTERED_ALREADY``, ``ORCID``, ``ORCID_TAKEN``.
    """
    if not actor.has_perm("talent.add_person") and user != actor:
        raise RuleViolation("NOT_PERMITTED", _("Your role does not allow this step."))
    if user is not None and Person.objects.filter(user=user).exists():
        raise RuleViolation("REGISTERED_ALREADY", _("This account belongs to a person of the registry already."))
    person = Person(user=user)
    _write(person, names)
    _declare(person, orcid_text)
    person.save(force_insert=True)
    return person


def own_person(user: User) -> Person:
    """The person of an account, made from the account's name at the first visit of its profile."""
    found = Person.objects.filter(user=user).first()
    if found is not None:
        return found
    family, given = split_name(user.name or user.email.partition("@")[0])
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        return Person.objects.filter(user=user).first() or register_person(
            actor=user, user=user, family_name=family, given_name=given
        )


def split_name(name: str) -> tuple[str, str]:
    """Family and given name: the first character of a Chinese name, the last word of another. A person corrects it."""
    name = " ".join(name.split())
    if not name[:1].isascii():
        return name[:1], name[1:]
    given, _space, family = name.rpartition(" ")
    return family, given


@transaction.atomic
def change_person(*, person_id: int, actor: User, orcid_text: str | None = None, **changes: Any) -> Person:
    """Correct a person's own record; ``changes`` are among ``OWN_FIELDS``. ``orcid_text`` None leaves the iD alone.

    Raises ``NOT_PERMITTED``, ``NAME_MISSING``, ``GONE``, ``ORCID``, ``ORCID_TAKEN``.
    """
    person = _locked(person_id, actor)
    _write(person, changes)
    if orcid_text is not None and orcid_text != (person.orcid or ""):
        _declare(person, orcid_text)
    person.save()
    return person


@transaction.atomic
def verify_orcid(*, person_id: int, actor: User) -> Person:
    """Note that the person signed in at ORCID with the declared iD (the officer has seen the answer of the sign-in).

    Raises ``NOT_PERMITTED``, ``NO_ORCID``, ``OWN_PROFILE``.
    """
    if not actor.has_perm(OFFICE):
        raise RuleViolation("NOT_PERMITTED", _("Your role does not allow this step."))
    person = Person.objects.select_for_update(of=("self",)).get(pk=person_id)
    if person.user_id == actor.pk:
        raise RuleViolation("OWN_PROFILE", _("Nobody verifies their own profile."))
    if person.orcid_state != OrcidState.SELF_DECLARED:
        raise RuleViolation("NO_ORCID", _("There is no self-declared ORCID iD to verify."))
    person.orcid_state, person.orcid_verified_at = OrcidState.VERIFIED, timezone.now()
    person.save(update_fields=["orcid_state", "orcid_verified_at"])
    return person


@transaction.atomic
def set_directory(*, person_id: int, actor: User, text_id: int | None, shown: Sequence[str] = ()) -> Person:
    """Enter or leave the public directory, by the person alone; ``shown`` are ``DirectoryField`` values.

    ``text_id`` is the text of the separate consent to be published, as it was shown; None leaves and withdraws it, in
    effect with this transaction. Raises ``NOT_YOURS``, ``GONE``, ``CONSENT_TEXT_CHANGED``.
    """
    person = Person.objects.select_for_update(of=("self",)).get(pk=person_id)
    if person.user_id is None or person.user_id != actor.pk:
        raise RuleViolation("NOT_YOURS", _("Only the person decides on the directory."))
    require_current(person)
    person.is_listed = text_id is not None
    person.shown_fields = [field for field in DirectoryField.values if field in shown]
    person.save(update_fields=["is_listed", "shown_fields"])
    settle_directory(person_id=person.pk, text_id=text_id, actor=actor)
    return person


@transaction.atomic
def say_available(*, person_id: int, actor: User, is_available: bool) -> Person:
    """The person says that they take mandates, or not now; asked again after ``ASKED_AGAIN_DAYS``."""
    person = _locked(person_id, actor)
    today = timezone.localdate()
    person.available_until = today + timedelta(days=ASKED_AGAIN_DAYS if is_available else -1)
    person.save(update_fields=["available_until"])
    return person


def _locked(person_id: int, actor: User) -> Person:
    person = Person.objects.select_for_update(of=("self",)).get(pk=person_id)
    if not actor.has_perm(OFFICE) and person.user_id != actor.pk:
        raise RuleViolation("NOT_PERMITTED", _("Your role does not allow this step."))
    require_current(person)
    return person


def require_current(person: Person) -> None:
    """Raises ``GONE``."""
    if person.erased_at is not None or person.merged_into_id is not None:
        raise RuleViolation("GONE", _("This record was erased or merged into another one."))


def _write(person: Person, values: dict[str, Any]) -> None:
    for name, value in values.items():
        if name not in OWN_FIELDS:
            raise ValueError(name)
        setattr(person, name, " ".join(value.split()) if isinstance(value, str) else value)
    if not person.family_name and not person.given_name:
        raise RuleViolation("NAME_MISSING", _("Give a name."), field="family_name")


def _declare(person: Person, text: str) -> None:
    """Set the iD from what was typed. Another iD than the verified one is self-declared again."""
    found = orcid.canonical(text) if text.strip() else None
    if text.strip() and found is None:
        message = _("This is no ORCID iD: sixteen characters with a right check character, such as %(example)s.")
        raise RuleViolation("ORCID", message % {"example": "0000-0002-1825-0097"}, field="orcid")
    if found == person.orcid:
        return
    if found is not None and Person.objects.filter(orcid=found).exclude(pk=person.pk).exists():
        raise RuleViolation("ORCID_TAKEN", _("Another person of the registry has this ORCID iD."), field="orcid")
    person.orcid, person.orcid_verified_at = found, None
    person.orcid_state = OrcidState.NONE if found is None else OrcidState.SELF_DECLARED
