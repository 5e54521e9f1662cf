"""Organisations, the classifications they carry, and what ties them to people and to each other."""

from innovation.organisations.models.classifications import Division, Industry
from innovation.organisations.models.fields import UsccField
from innovation.organisations.models.merges import OrganisationMerge
from innovation.organisations.models.organisation import Organisation, OrganisationName
from innovation.organisations.models.people import Contact, Membership
from innovation.organisations.models.roles import OrganisationRole, RoleKind

__all__ = [
    "Contact",
    "Division",
    "Industry",
    "Membership",
    "Organisation",
    "OrganisationMerge",
    "OrganisationName",
    "OrganisationRole",
    "RoleKind",
    "UsccField",
]
