"""Addresses of companies."""

from django.urls import URLPattern, path

from funds.views import cap_entries, companies, company_acts

urlpatterns: list[URLPattern] = [
    path("companies/", companies.CompanyList.as_view(), name="companies"),
    path("companies/quarters/send/", company_acts.SendQuarters.as_view(), name="quarters_send"),
    path("companies/quarters/template.csv", company_acts.QuartersTemplate.as_view(), name="quarters_template"),
    path("companies/cap-table-example.zip", company_acts.CapTableExample.as_view(), name="cap_table_example"),
    path("companies/files/<int:pk>/", company_acts.FileDetail.as_view(), name="company_file"),
    path("companies/<int:pk>/", companies.CompanyPage.as_view(), name="company"),
    path("companies/<int:pk>/quarter/", company_acts.ReportQuarter.as_view(), name="company_quarter"),
    path("companies/<int:pk>/cap-table/", company_acts.SendCapTable.as_view(), name="company_cap_table"),
    path("companies/<int:pk>/cap-table.zip", company_acts.CapTableExport.as_view(), name="company_ocf"),
    path("companies/<int:pk>/cap-table/<slug:kind>/", cap_entries.RecordCapEntry.as_view(), name="cap_entry"),
    path("companies/cap-table/<int:record>/take-back/", cap_entries.TakeBack.as_view(), name="cap_take_back"),
    path("my-companies/", company_acts.OwnCompanies.as_view(), name="own_companies"),
    path("my-companies/<int:pk>/quarter/", company_acts.OwnQuarter.as_view(), name="own_quarter"),
]
