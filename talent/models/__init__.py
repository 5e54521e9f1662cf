"""Records of the talent part, one module per noun."""

from talent.models.access_log import AccessLog
from talent.models.affiliation import Affiliation, Laboratory
from talent.models.assessment_evidence import AssessmentEvidence, BlindView, Redaction
from talent.models.assessments import Assessment, AssessmentRound, AssessmentRubric
from talent.models.blind_reviews import BlindReview, Score, ScoreChange
from talent.models.consent import Consent, ConsentText
from talent.models.cpd import AuditLook, AuditSample, CategoryCredit, CpdCycle, CpdEntry, Verification
from talent.models.credentials import Credential, GrantCheck
from talent.models.demands import ConflictDeclaration, Demand, Technology
from talent.models.imports import TalentImport
from talent.models.manager_proofs import ManagerProof
from talent.models.mandates import Mandate, MandateOutcome
from talent.models.match_profile import CapacityPeriod, MatchProfile
from talent.models.matching import MatchProposal, MatchRun
from talent.models.merges import PersonMerge
from talent.models.person import Person, RoleProfile
from talent.models.placements import Placement
from talent.models.privacy_work import Breach, ExportRequest, ImpactAssessment, PrivacyProof, RetentionRun
from talent.models.ratio import RatioDefinition, RatioMonthEnd, RatioSnapshot
from talent.models.rights import DataHold, ErasureCase, RightsRequest
from talent.models.rounds import MatchRound, RankedChoice, Ranking, RoundHost, RoundOffer
from talent.models.schemes import Scheme, SchemeVersion
from talent.models.skills import Evidence, Skill, SkillClaim
from talent.models.staffing import LaboratoryProgramme, ProgrammeLaboratory, StaffPlan, StaffReturn
from talent.models.training import Cohort, Enrolment, TrainingProgramme
from talent.models.vault import PersonVault

__all__ = [
    "AccessLog",
    "Affiliation",
    "Assessment",
    "AssessmentEvidence",
    "AssessmentRound",
    "AssessmentRubric",
    "AuditLook",
    "AuditSample",
    "BlindReview",
    "BlindView",
    "Breach",
    "CapacityPeriod",
    "CategoryCredit",
    "Cohort",
    "ConflictDeclaration",
    "Consent",
    "ConsentText",
    "CpdCycle",
    "CpdEntry",
    "Credential",
    "DataHold",
    "Demand",
    "Enrolment",
    "ErasureCase",
    "Evidence",
    "ExportRequest",
    "GrantCheck",
    "ImpactAssessment",
    "Laboratory",
    "LaboratoryProgramme",
    "ManagerProof",
    "Mandate",
    "MandateOutcome",
    "MatchProfile",
    "MatchProposal",
    "MatchRound",
    "MatchRun",
    "Person",
    "PersonMerge",
    "PersonVault",
    "Placement",
    "PrivacyProof",
    "ProgrammeLaboratory",
    "RankedChoice",
    "Ranking",
    "RatioDefinition",
    "RatioMonthEnd",
    "RatioSnapshot",
    "Redaction",
    "RetentionRun",
    "RightsRequest",
    "RoleProfile",
    "RoundHost",
    "RoundOffer",
    "Scheme",
    "SchemeVersion",
    "Score",
    "ScoreChange",
    "Skill",
    "SkillClaim",
    "StaffPlan",
    "StaffReturn",
    "TalentImport",
    "Technology",
    "TrainingProgramme",
    "Verification",
]
