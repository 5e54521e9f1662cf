"""Addresses of performance."""

from django.urls import URLPattern, path

from funds.views import performance

urlpatterns: list[URLPattern] = [
    path("performance/", performance.PerformancePage.as_view(), name="performance"),
    path("performance/rows/", performance.RateRowsPage.as_view(), name="rate_rows"),
    path("<int:pk>/performance/", performance.FundPerformancePage.as_view(), name="fund_performance"),
]
