"""What people do to an organisation's contacts. Merging has its own module."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from innovation.accounts.models import User
from innovation.core.errors import RuleViolation
from innovation.organisations.choices import MembershipRole
from innovation.organisations.models import Contact, Organisation


def may_keep_contacts(user: User | AnonymousUser, organisation_id: int) -> bool:
    """Staff who keep the register, and the leads of the organisation itself."""
    if not user.is_authenticated:
        return False
    if user.has_perm("organisations.change_contact"):
        return True
    return Organisation.objects.of_member(user, MembershipRole.LEAD).filter(pk=organisation_id).exists()


@transaction.atomic
def save_contact(*, organisation_id: int, actor: User, contact_id: int | None = None, **values: Any) -> Contact:
    """Add a contact, or change the one of ``contact_id``. A new main contact takes the place of the old.

    ``values`` are name, position, phone, email, is_main. Raises RuleViolation ``NOT_PERMITTED``, ``NO_CONTACT``;
    ValidationError for values that the record refuses.
    """
    organisation = _locked(organisation_id, actor)
    contact = Contact(organisation=organisation)
    if contact_id is not None:
        contact = _contact(organisation, contact_id)
    for name, value in values.items():
        setattr(contact, name, value)
    if contact.is_main:
        organisation.contacts.filter(is_main=True).exclude(pk=contact.pk).update(is_main=False)
    contact.full_clean()
    contact.save()
    return contact


@transaction.atomic
def remove_contact(*, organisation_id: int, contact_id: int, actor: User) -> None:
    """Remove a contact. Raises RuleViolation ``NOT_PERMITTED`` or ``NO_CONTACT``."""
    _contact(_locked(organisation_id, actor), contact_id).delete()


def _locked(organisation_id: int, actor: User) -> Organisation:
    organisation = Organisation.objects.current().select_for_update(of=("self",)).filter(pk=organisation_id).first()
    if organisation is None or not may_keep_contacts(actor, organisation_id):
        raise RuleViolation("NOT_PERMITTED", _("You may not change the contacts of this organisation."))
    return organisation


def _contact(organisation: Organisation, contact_id: int) -> Contact:
    contact = organisation.contacts.filter(pk=contact_id).first()
    if contact is None:
        raise RuleViolation("NO_CONTACT", _("This contact does not exist any more."))
    return contact
