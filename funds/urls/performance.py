"""Addresses of performance."""

from django.urls import URLPattern, path

from funds.views import exports, performance

urlpatterns: list[URLPattern] = [
    path("performance/", performance.PerformancePage.as_view(), name="performance"),
    path("performance/rows/", performance.RateRowsPage.as_view(), name="rate_rows"),
    path("<int:pk>/performance/", performance.FundPerformancePage.as_view(), name="fund_performance"),
    path("exports/templates/", exports.ExportTemplates.as_view(), name="export_templates"),
    path("exports/templates/<int:pk>/", exports.ExportTemplatePage.as_view(), name="export_template"),
]
