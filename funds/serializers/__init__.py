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
    "PacingModelSerializer",
    "PolicyDocumentSerializer",
    "PortfolioImportSerializer",
    "ReverseSerializer",
    "ValuationSerializer",
]
