"""The office of the talent part, one module per noun."""

from talent.admin import privacy, privacy_work
from talent.admin.people import AffiliationAdmin, LaboratoryAdmin, PersonAdmin, RoleProfileAdmin

__all__ = ["AffiliationAdmin", "LaboratoryAdmin", "PersonAdmin", "RoleProfileAdmin", "privacy", "privacy_work"]
