"""The addresses of the whole product."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from innovation.core import health
from innovation.core.api.urls import urlpatterns as api_urlpatterns
from innovation.core.pages import Display, Favicon, Gallery, Home, Progress

# Before the admin's addresses are read: its own login page has neither limits nor a second factor.
admin.site.login = secure_admin_login(admin.site.login)

handler400 = "innovation.core.error_pages.bad_request"
handler403 = "innovation.core.error_pages.permission_denied"
handler404 = "innovation.core.error_pages.page_not_found"
handler500 = "innovation.core.error_pages.server_error"

urlpatterns = [
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics_page, name="metrics"),
    path("", Home.as_view(), name="home"),
    path("components/", Gallery.as_view(), name="gallery"),
    path("components/progress/<int:percent>/", Progress.as_view(), name="gallery_progress"),
    path("display/", Display.as_view(), name="display"),
    # Browsers and programs ask for it by this name, whatever a page says.
    path("favicon.ico", Favicon.as_view(), name="favicon"),
    path("account/", include("innovation.accounts.urls")),
    path("admin/password_change/", RedirectView.as_view(pattern_name="account_change_password")),
    path("organisations/", include("innovation.organisations.urls")),
    path("calls/", include("innovation.calls.urls")),
    path("reports/", include("innovation.reports.urls")),
    path("reviews/", include("innovation.calls.urls.reviews")),
    path("funds/", include("funds.urls")),
    path("talent/", include("talent.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", include((api_urlpatterns(), "api"))),
]
