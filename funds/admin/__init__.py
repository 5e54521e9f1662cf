"""The fund officer's office, one module per noun."""

from funds.admin.agreements import AgreementAdmin, MonitoringNoteAdmin, TrancheAdmin, TranchePaymentAdmin
from funds.admin.alerts import AlertAdmin, AlertThresholdAdmin, RecordImportAdmin, ToleranceResultAdmin
from funds.admin.bookkeeping import (
    BookDocumentAdmin,
    BookTermsAdmin,
    EntryProposalAdmin,
    LedgerAnchorAdmin,
    LedgerProofAdmin,
)
from funds.admin.deals import CommitteeAdmin, DealAdmin, DecisionAdmin, DiligenceItemAdmin, PaperAdmin
from funds.admin.fund import FundAdmin, FundGroupAdmin, InvestmentAdmin
from funds.admin.imports import ColumnMappingAdmin, PortfolioImportAdmin
from funds.admin.ledger import LedgerEventAdmin, PeriodCloseAdmin
from funds.admin.notices import CallAdmin, DistributionAdmin, FeeChargeAdmin, PaymentAdmin
from funds.admin.performance import IndexSeriesAdmin, IndexUploadAdmin, IndexValueAdmin, PacingModelAdmin
from funds.admin.policy import (
    CatalogueItemAdmin,
    FundPolicyBindingAdmin,
    LossRateDefinitionAdmin,
    PolicyDocumentAdmin,
    SpecialTierApprovalAdmin,
    ToleranceRuleAdmin,
)
from funds.admin.reinvestment import ProofFileAdmin, ReinvestmentClaimAdmin
from funds.admin.terms import (
    CommitmentAdmin,
    FeeTermAdmin,
    FundLimitAdmin,
    FundTermAdmin,
    SubFundInterestAdmin,
    WaterfallTierAdmin,
)
from funds.admin.valuation import ThresholdAdmin, ValuationAdmin, ValuationPaperAdmin, ValuationRoundAdmin

__all__ = [
    "AgreementAdmin",
    "AlertAdmin",
    "AlertThresholdAdmin",
    "BookDocumentAdmin",
    "BookTermsAdmin",
    "CallAdmin",
    "CatalogueItemAdmin",
    "ColumnMappingAdmin",
    "CommitmentAdmin",
    "CommitteeAdmin",
    "DealAdmin",
    "DecisionAdmin",
    "DiligenceItemAdmin",
    "DistributionAdmin",
    "EntryProposalAdmin",
    "FeeChargeAdmin",
    "FeeTermAdmin",
    "FundAdmin",
    "FundGroupAdmin",
    "FundLimitAdmin",
    "FundPolicyBindingAdmin",
    "FundTermAdmin",
    "IndexSeriesAdmin",
    "IndexUploadAdmin",
    "IndexValueAdmin",
    "InvestmentAdmin",
    "LedgerAnchorAdmin",
    "LedgerEventAdmin",
    "LedgerProofAdmin",
    "LossRateDefinitionAdmin",
    "MonitoringNoteAdmin",
    "PacingModelAdmin",
    "PaperAdmin",
    "PaymentAdmin",
    "PeriodCloseAdmin",
    "PolicyDocumentAdmin",
    "PortfolioImportAdmin",
    "ProofFileAdmin",
    "RecordImportAdmin",
    "ReinvestmentClaimAdmin",
    "SpecialTierApprovalAdmin",
    "SubFundInterestAdmin",
    "ThresholdAdmin",
    "ToleranceResultAdmin",
    "ToleranceRuleAdmin",
    "TrancheAdmin",
    "TranchePaymentAdmin",
    "ValuationAdmin",
    "ValuationPaperAdmin",
    "ValuationRoundAdmin",
    "WaterfallTierAdmin",
]
