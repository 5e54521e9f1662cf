"""The addresses of the whole product."""

from django.contrib import admin
from django.urls import include, path

from innovation.core.api.urls import urlpatterns as api_urlpatterns
from innovation.core.pages import Display, Gallery, Home, Progress

urlpatterns = [
    path("", Home.as_view(), name="home"),
    path("components/", Gallery.as_view(), name="gallery"),
    path("components/progress/<int:percent>/", Progress.as_view(), name="gallery_progress"),
    path("display/", Display.as_view(), name="display"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
    path("api/v1/", include((api_urlpatterns(), "api"))),
]
