"""The API of the funds part."""

from funds.api import bank, books, cases, deals, fees, market, notices, office_work, records, stress, terms, watch, work
from funds.api.performance import PerformanceViewSet
from funds.api.tolerance import ToleranceViewSet

routes = [
    ("funds", records.FundViewSet, "fund"),
    ("fund-groups", records.FundGroupViewSet, "fundgroup"),
    ("investments", records.InvestmentViewSet, "investment"),
    ("ledger", records.LedgerViewSet, "ledger"),
    ("valuations", records.ValuationViewSet, "valuation"),
    ("policies", records.PolicyViewSet, "policy"),
    ("imports", records.PortfolioImportViewSet, "import"),
    ("policy-bindings", records.BindingViewSet, "policybinding"),
    ("capital-calls", notices.CallViewSet, "call"),
    ("distributions", notices.DistributionViewSet, "distribution"),
    ("management-fees", fees.FeeChargeViewSet, "feecharge"),
    ("bank-movements", bank.BankLineViewSet, "bankline"),
    ("book-terms", books.BookTermsViewSet, "bookterms"),
    ("closed-periods", books.PeriodCloseViewSet, "periodclose"),
    ("entry-proposals", books.EntryProposalViewSet, "entryproposal"),
    ("ledger-proofs", books.LedgerProofViewSet, "ledgerproof"),
    ("ledger-heads", books.LedgerAnchorViewSet, "ledgeranchor"),
    ("tolerance", ToleranceViewSet, "tolerance"),
    ("performance", PerformanceViewSet, "performance"),
    ("market-indices", market.IndexSeriesViewSet, "indexseries"),
    ("index-levels", market.IndexValueViewSet, "indexvalue"),
    ("index-uploads", market.IndexUploadViewSet, "indexupload"),
    ("pacing-models", market.PacingModelViewSet, "pacingmodel"),
    *terms.routes,
    *watch.routes,
    *deals.routes,
    *office_work.routes,
    ("exemption-cases", cases.ExemptionCaseViewSet, "exemptioncase"),
    *stress.routes,
    *work.routes,
]
