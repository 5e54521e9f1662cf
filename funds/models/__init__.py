"""Records of the funds part, one module per noun."""

from funds.models.bindings import FundPolicyBinding, SpecialTierApproval
from funds.models.fund import Fund, FundGroup, FundGroupMember
from funds.models.imports import ColumnMapping, PortfolioImport
from funds.models.investment import Investment
from funds.models.ledger import LedgerEvent, PeriodClose
from funds.models.policy import CatalogueItem, LossRateDefinition, PolicyDocument, PolicyTerm, ToleranceRule
from funds.models.valuation import Valuation

__all__ = [
    "CatalogueItem",
    "ColumnMapping",
    "Fund",
    "FundGroup",
    "FundGroupMember",
    "FundPolicyBinding",
    "Investment",
    "LedgerEvent",
    "LossRateDefinition",
    "PeriodClose",
    "PolicyDocument",
    "PolicyTerm",
    "PortfolioImport",
    "SpecialTierApproval",
    "ToleranceRule",
    "Valuation",
]
