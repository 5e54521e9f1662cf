from django.urls import path, register_converter

from innovation.reports import views
from innovation.reports.choices import Format


class FormatConverter:
    """The last part of a download's address: one of the formats."""

    regex = "|".join(Format.values)

    def to_python(self, value: str) -> Format:
        return Format(value)

    def to_url(self, value: str) -> str:
        return Format(value).value


register_converter(FormatConverter, "report_format")

app_name = "reports"
urlpatterns = [
    path("", views.Kinds.as_view(), name="kinds"),
    path("runs/", views.Runs.as_view(), name="runs"),
    path("runs/<int:pk>/", views.Run.as_view(), name="run"),
    path("runs/<int:pk>/retry/", views.Retry.as_view(), name="retry"),
    path("runs/<int:pk>/files/<report_format:format>/", views.Download.as_view(), name="download"),
    path("schedules/<int:pk>/subscription/", views.Subscribe.as_view(), name="subscribe"),
    path("new/<slug:kind>/", views.Ask.as_view(), name="ask"),
]
