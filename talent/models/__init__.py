"""Records of the talent part, one module per noun."""

from talent.models.affiliation import Affiliation, Laboratory
from talent.models.person import Person, RoleProfile

__all__ = ["Affiliation", "Laboratory", "Person", "RoleProfile"]
