"""Addresses of the funds part."""

from django.urls import path

from funds.views import records

app_name = "funds"
urlpatterns = [
    path("", records.FundList.as_view(), name="funds"),
]
