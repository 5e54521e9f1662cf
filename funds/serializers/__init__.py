"""Records of the funds part as the API shows and takes them, one module per noun."""

from funds.serializers.market import (
    IndexSeriesSerializer,
    IndexUploadSerializer,
    IndexValueSerializer,
    PacingModelSerializer,
)
from funds.serializers.records import (
    FundGroupSerializer,
    FundPolicyBindingSerializer,
    FundSerializer,
    InvestmentSerializer,
    LedgerEventSerializer,
    MoveFundSerializer,
    PolicyDocumentSerializer,
    PortfolioImportSerializer,
    ReverseSerializer,
    ValuationSerializer,
)

__all__ = [
    "FundGroupSerializer",
    "FundPolicyBindingSerializer",
    "FundSerializer",
    "IndexSeriesSerializer",
    "IndexUploadSerializer",
    "IndexValueSerializer",
    "InvestmentSerializer",
    "LedgerEventSerializer",
    "MoveFundSerializer",
    "PacingModelSerializer",
    "PolicyDocumentSerializer",
    "PortfolioImportSerializer",
    "ReverseSerializer",
    "ValuationSerializer",
]
