"""Records of the funds part, one module per noun."""

from funds.models.bindings import FundPolicyBinding, SpecialTierApproval
from funds.models.fund import Fund, FundGroup, FundGroupMember
from funds.models.imports import ColumnMapping, PortfolioImport
from funds.models.investment import Investment
from funds.models.ledger import LedgerEvent, PeriodClose
from funds.models.market_index import IndexSeries, IndexUpload, IndexValue
from funds.models.pacing import PacingModel
from funds.models.policy import CatalogueItem, LossRateDefinition, PolicyDocument, PolicyTerm, ToleranceRule
from funds.models.valuation import Valuation

__all__ = [
    "CatalogueItem",
    "ColumnMapping",
    "Fund",
    "FundGroup",
    "FundGroupMember",
    "FundPolicyBinding",
    "IndexSeries",
    "IndexUpload",
    "IndexValue",
    "Investment",
    "LedgerEvent",
    "LossRateDefinition",
    "PacingModel",
    "PeriodClose",
    "PolicyDocument",
    "PolicyTerm",
    "PortfolioImport",
    "SpecialTierApproval",
    "ToleranceRule",
    "Valuation",
]
