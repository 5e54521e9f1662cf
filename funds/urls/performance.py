"""Addresses of performance."""

from django.urls import URLPattern, path

from funds.views import exports, indices, pacing, performance

urlpatterns: list[URLPattern] = [
    path("performance/", performance.PerformancePage.as_view(), name="performance"),
    path("performance/rows/", performance.RateRowsPage.as_view(), name="rate_rows"),
    path("<int:pk>/performance/", performance.FundPerformancePage.as_view(), name="fund_performance"),
    path("indices/", indices.IndexList.as_view(), name="indices"),
    path("indices/new/", indices.NewIndex.as_view(), name="index_new"),
    path("indices/<int:pk>/", indices.IndexPage.as_view(), name="index"),
    path("indices/<int:pk>/change/", indices.ChangeIndex.as_view(), name="index_change"),
    path("indices/<int:pk>/levels/", indices.SendLevels.as_view(), name="index_levels"),
    path("indices/files/<int:pk>/", indices.UploadPage.as_view(), name="index_upload"),
    path("pacing/", pacing.PacingList.as_view(), name="pacing"),
    path("pacing/new/", pacing.NewPacingModel.as_view(), name="pacing_new"),
    path("pacing/<int:pk>/", pacing.PacingPage.as_view(), name="pacing_model"),
    path("pacing/<int:pk>/next/", pacing.NextPacingModel.as_view(), name="pacing_next"),
    path("exports/templates/", exports.ExportTemplates.as_view(), name="export_templates"),
    path("exports/templates/<int:pk>/", exports.ExportTemplatePage.as_view(), name="export_template"),
]
