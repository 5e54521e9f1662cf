"""Addresses of the organisations' pages."""

from django.urls import path

from innovation.organisations import views

app_name = "organisations"
urlpatterns = [
    path("", views.Directory.as_view(), name="directory"),
    path("<int:pk>/", views.OrganisationPage.as_view(), name="detail"),
    path("<int:pk>/contacts/add/", views.ContactPage.as_view(), name="contact_add"),
    path("<int:pk>/contacts/<int:contact>/", views.ContactPage.as_view(), name="contact_change"),
    path("<int:pk>/contacts/<int:contact>/remove/", views.RemoveContactPage.as_view(), name="contact_remove"),
]
