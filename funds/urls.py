"""Addresses of the funds part."""

from django.urls import path

from funds.office_urls import office_patterns
from funds.performance_urls import performance_patterns
from funds.views import (
    alerts,
    books,
    entries,
    fees,
    funds,
    holding,
    imports,
    ledger,
    notices,
    overview,
    policies,
    proposals,
    special_tiers,
)
from funds.views.deal_urls import urlpatterns as deal_urls
from funds.views.tolerance import TimelinePage

app_name = "funds"
urlpatterns = [
    path("", funds.FundList.as_view(), name="funds"),
    path("tolerance/", overview.tolerance, name="tolerance"),
    path("tolerance/timeline/", TimelinePage.as_view(), name="timeline"),
    path("<int:pk>/", funds.FundPage.as_view(), name="fund"),
    path("<int:pk>/ledger/", ledger.Ledger.as_view(), name="ledger"),
    path("<int:pk>/record/", entries.ChooseKind.as_view(), name="record_choose"),
    path("<int:pk>/record/<slug:kind>/", entries.RecordEntry.as_view(), name="record"),
    path("<int:pk>/books/", books.BooksPage.as_view(), name="books"),
    path("<int:pk>/books/terms/", books.SetTerms.as_view(), name="book_terms"),
    path("<int:pk>/books/close/", books.ClosePeriod.as_view(), name="period_close"),
    path("<int:pk>/fees/", fees.Fees.as_view(), name="fees"),
    path("<int:pk>/fees/compute/", fees.ChargeFee.as_view(), name="fee_charge"),
    path("<int:pk>/notices/", notices.Notices.as_view(), name="notices"),
    path("<int:pk>/notices/<slug:word>/new/", notices.NewNotice.as_view(), name="notice_new"),
    path("notices/<slug:word>/<int:pk>/", notices.NoticePage.as_view(), name="notice"),
    path("notices/<slug:word>/<int:pk>/cancel/", notices.CancelNotice.as_view(), name="notice_cancel"),
    path("notices/<slug:word>/<int:pk>/pay/", notices.PayAll.as_view(), name="notice_pay_all"),
    path("notices/<slug:word>/lines/<int:line>/pay/", notices.PayLine.as_view(), name="notice_pay"),
    path("periods/<int:pk>/", books.RestatementPage.as_view(), name="restatements"),
    path("periods/<int:pk>/reopen/", books.ReopenPeriod.as_view(), name="period_reopen"),
    path("book-documents/<int:pk>/", books.DocumentFile.as_view(), name="book_document"),
    path("entries/<int:pk>/", entries.EntryPage.as_view(), name="entry"),
    path("entries/<int:pk>/take-back/", entries.TakeBack.as_view(), name="take_back"),
    path("entries/<int:pk>/correct/", entries.Correct.as_view(), name="correct"),
    path("proposals/", proposals.Proposals.as_view(), name="proposals"),
    path("proposals/<int:pk>/", proposals.ProposalPage.as_view(), name="proposal"),
    path("proposals/<int:pk>/withdraw/", proposals.WithdrawProposal.as_view(), name="proposal_withdraw"),
    path("proofs/", proposals.Proofs.as_view(), name="proofs"),
    path("proofs/now/", proposals.ProveNow.as_view(), name="prove"),
    path("holdings/<int:pk>/", holding.HoldingPage.as_view(), name="holding"),
    path("policies/", policies.PolicyList.as_view(), name="policies"),
    path("policies/<int:pk>/", policies.PolicyPage.as_view(), name="policy"),
    path("imports/", imports.Imports.as_view(), name="imports"),
    path("imports/send/", imports.Send.as_view(), name="import_send"),
    path("imports/template.<str:kind>", imports.TemplateFile.as_view(), name="import_template"),
    path("imports/<int:pk>/", imports.ImportDetail.as_view(), name="import"),
    path("imports/<int:pk>/columns/", imports.Columns.as_view(), name="import_columns"),
    path("imports/<int:pk>/progress/", imports.ImportProgress.as_view(), name="import_progress"),
    *office_patterns,
    *performance_patterns,
    path("alerts/", alerts.AlertList.as_view(), name="alerts"),
    path("alerts/<int:pk>/", alerts.AlertPage.as_view(), name="alert"),
    path("special-tiers/", special_tiers.SpecialTierList.as_view(), name="special_tiers"),
    path("special-tiers/request/", special_tiers.RequestTier.as_view(), name="special_tier_request"),
    path("special-tiers/<int:pk>/", special_tiers.SpecialTierPage.as_view(), name="special_tier"),
    path("special-tiers/evidence/<int:pk>/", special_tiers.EvidenceFile.as_view(), name="tier_evidence"),
    *deal_urls,
]
