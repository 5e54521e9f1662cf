"""Records of the funds part, one module per noun."""

from funds.models.agreements import Agreement, MonitoringNote, Tranche, TranchePayment
from funds.models.alert import Alert, AlertThreshold
from funds.models.bank import BankLine, BankMatch, BankStatement
from funds.models.bindings import FundPolicyBinding, SpecialTierApproval
from funds.models.bookkeeping import BookTerms, EntryProposal
from funds.models.case_file import CaseFreeze, Evidence, EvidenceFile, SealedFile
from funds.models.case_panel import Appeal, CaseDecision, PanelMember, PanelVote
from funds.models.case_work import CasePerson, ChecklistAnswer, DecisionVoter, Evaluation, NegativeFinding, Statement
from funds.models.cases import CapBreach, CaseDeadline, CaseProcedure, CaseStep, ExemptionCase
from funds.models.commitment import Commitment
from funds.models.companies import CapRecord, CapReversal, CompanyFile, CompanyQuarter
from funds.models.deals import Deal, DealPaper, DiligenceItem
from funds.models.decisions import Committee, CommitteeMember, Decision, DecisionPaper, Vote
from funds.models.documents import BookDocument
from funds.models.evaluation import EvaluationIndicator, EvaluationRun, EvaluationScheme, EvaluationScore
from funds.models.fees import FeeCharge
from funds.models.filing import FilingExtract, FilingField
from funds.models.fund import Fund, FundGroup, FundGroupMember
from funds.models.grants import GrantAward
from funds.models.ilpa import ExportLine, ExportTemplate
from funds.models.imports import ColumnMapping, PortfolioImport
from funds.models.interest import SubFundInterest
from funds.models.investment import Investment
from funds.models.landing import ClawBack, DutyActual, LandedDuty, LandedProject
from funds.models.ledger import LedgerEvent, PeriodClose
from funds.models.market_index import IndexSeries, IndexUpload, IndexValue
from funds.models.notices import Call, CallLine, Distribution, DistributionLine, Payment
from funds.models.pacing import PacingModel
from funds.models.papers import Paper
from funds.models.policy import CatalogueItem, LossRateDefinition, PolicyDocument, PolicyTerm, ToleranceRule
from funds.models.proofs import LedgerAnchor, LedgerProof
from funds.models.record_import import RecordImport
from funds.models.reinvestment import ProofFile, ReinvestmentClaim
from funds.models.stress import OutcomeParameter, Scenario, StressRun
from funds.models.terms import FeeTerm, FundLimit, FundTerm, WaterfallTier
from funds.models.thresholds import Threshold
from funds.models.tier_evidence import TierEvidence
from funds.models.tolerance_result import ToleranceResult
from funds.models.valuation import Valuation
from funds.models.valuation_work import ValuationPaper, ValuationRound

__all__ = [
    "Agreement",
    "Alert",
    "AlertThreshold",
    "Appeal",
    "BankLine",
    "BankMatch",
    "BankStatement",
    "BookDocument",
    "BookTerms",
    "Call",
    "CallLine",
    "CapBreach",
    "CapRecord",
    "CapReversal",
    "CaseDeadline",
    "CaseDecision",
    "CaseFreeze",
    "CasePerson",
    "CaseProcedure",
    "CaseStep",
    "CatalogueItem",
    "ChecklistAnswer",
    "ClawBack",
    "ColumnMapping",
    "Commitment",
    "Committee",
    "CommitteeMember",
    "CompanyFile",
    "CompanyQuarter",
    "Deal",
    "DealPaper",
    "Decision",
    "DecisionPaper",
    "DecisionVoter",
    "DiligenceItem",
    "Distribution",
    "DistributionLine",
    "DutyActual",
    "EntryProposal",
    "Evaluation",
    "EvaluationIndicator",
    "EvaluationRun",
    "EvaluationScheme",
    "EvaluationScore",
    "Evidence",
    "EvidenceFile",
    "ExemptionCase",
    "ExportLine",
    "ExportTemplate",
    "FeeCharge",
    "FeeTerm",
    "FilingExtract",
    "FilingField",
    "Fund",
    "FundGroup",
    "FundGroupMember",
    "FundLimit",
    "FundPolicyBinding",
    "FundTerm",
    "GrantAward",
    "IndexSeries",
    "IndexUpload",
    "IndexValue",
    "Investment",
    "LandedDuty",
    "LandedProject",
    "LedgerAnchor",
    "LedgerEvent",
    "LedgerProof",
    "LossRateDefinition",
    "MonitoringNote",
    "NegativeFinding",
    "OutcomeParameter",
    "PacingModel",
    "PanelMember",
    "PanelVote",
    "Paper",
    "Payment",
    "PeriodClose",
    "PolicyDocument",
    "PolicyTerm",
    "PortfolioImport",
    "ProofFile",
    "RecordImport",
    "ReinvestmentClaim",
    "Scenario",
    "SealedFile",
    "SpecialTierApproval",
    "Statement",
    "StressRun",
    "SubFundInterest",
    "Threshold",
    "TierEvidence",
    "ToleranceResult",
    "ToleranceRule",
    "Tranche",
    "TranchePayment",
    "Valuation",
    "ValuationPaper",
    "ValuationRound",
    "Vote",
    "WaterfallTier",
]
