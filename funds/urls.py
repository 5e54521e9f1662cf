"""Addresses of the funds part."""

from django.urls import path

from funds.views import imports, records

app_name = "funds"
urlpatterns = [
    path("", records.FundList.as_view(), name="funds"),
    path("imports/", imports.Imports.as_view(), name="imports"),
    path("imports/send/", imports.Send.as_view(), name="import_send"),
    path("imports/template.<str:kind>", imports.TemplateFile.as_view(), name="import_template"),
    path("imports/<int:pk>/", imports.ImportDetail.as_view(), name="import"),
    path("imports/<int:pk>/columns/", imports.Columns.as_view(), name="import_columns"),
    path("imports/<int:pk>/progress/", imports.ImportProgress.as_view(), name="import_progress"),
]
