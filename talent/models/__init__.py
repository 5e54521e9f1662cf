"""Records of the talent part, one module per noun."""

from talent.models.access_log import AccessLog
from talent.models.affiliation import Affiliation, Laboratory
from talent.models.consent import Consent, ConsentText
from talent.models.person import Person, RoleProfile
from talent.models.privacy_work import Breach, ExportRequest, ImpactAssessment, PrivacyProof, RetentionRun
from talent.models.ratio import RatioDefinition, RatioMonthEnd, RatioSnapshot
from talent.models.rights import DataHold, ErasureCase, RightsRequest
from talent.models.skills import Evidence, Skill, SkillClaim
from talent.models.staffing import LaboratoryProgramme, ProgrammeLaboratory, StaffPlan, StaffReturn

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
    "LaboratoryProgramme",
    "Person",
    "PrivacyProof",
    "ProgrammeLaboratory",
    "RatioDefinition",
    "RatioMonthEnd",
    "RatioSnapshot",
    "RetentionRun",
    "RightsRequest",
    "RoleProfile",
    "Skill",
    "SkillClaim",
    "StaffPlan",
    "StaffReturn",
]
