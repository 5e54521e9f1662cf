"""Addresses of the funds part."""

from django.urls import path

from funds.views import funds, holding, imports, ledger, overview, policies
from funds.views.tolerance import TimelinePage

app_name = "funds"
urlpatterns = [
    path("", funds.FundList.as_view(), name="funds"),
    path("tolerance/", overview.tolerance, name="tolerance"),
    path("tolerance/timeline/", TimelinePage.as_view(), name="timeline"),
    path("<int:pk>/", funds.FundPage.as_view(), name="fund"),
    path("<int:pk>/ledger/", ledger.Ledger.as_view(), name="ledger"),
    path("holdings/<int:pk>/", holding.HoldingPage.as_view(), name="holding"),
    path("policies/", policies.PolicyList.as_view(), name="policies"),
    path("policies/<int:pk>/", policies.PolicyPage.as_view(), name="policy"),
    path("imports/", imports.Imports.as_view(), name="imports"),
    path("imports/send/", imports.Send.as_view(), name="import_send"),
    path("imports/template.<str:kind>", imports.TemplateFile.as_view(), name="import_template"),
    path("imports/<int:pk>/", imports.ImportDetail.as_view(), name="import"),
    path("imports/<int:pk>/columns/", imports.Columns.as_view(), name="import_columns"),
    path("imports/<int:pk>/progress/", imports.ImportProgress.as_view(), name="import_progress"),
]
