"""Records of the talent part, one module per noun."""

from talent.models.access_log import AccessLog
from talent.models.affiliation import Affiliation, Laboratory
from talent.models.consent import Consent, ConsentText
from talent.models.person import Person, RoleProfile
from talent.models.privacy_work import Breach, ExportRequest, ImpactAssessment, PrivacyProof, RetentionRun
from talent.models.rights import DataHold, ErasureCase, RightsRequest
from talent.models.skills import Evidence, Skill, SkillClaim

__all__ = [
    "AccessLog",
    "Affiliation",
    "Breach",
    "Consent",
    "ConsentText",
    "DataHold",
    "ErasureCase",
    "Evidence",
    "ExportRequest",
    "ImpactAssessment",
    "Laboratory",
    "Person",
    "PrivacyProof",
    "RetentionRun",
    "RightsRequest",
    "RoleProfile",
    "Skill",
    "SkillClaim",
]
