"""Addresses about one's own account. Those of django-allauth stand below ours, which replace some of them."""

from django.urls import include, path

from innovation.accounts import views

urlpatterns = [
    path("", views.Settings.as_view(), name="account_settings"),
    path("language/", views.Language.as_view(), name="set_language"),
    path("notices/", views.Notices.as_view(), name="account_notices"),
    path("data/", views.OwnData.as_view(), name="account_data"),
    path("data/archive/", views.OwnArchive.as_view(), name="account_archive"),
    path("data/delete/", views.DeleteAccount.as_view(), name="account_delete"),
    path("tokens/", views.Tokens.as_view(), name="account_tokens"),
    path("tokens/<int:pk>/revoke/", views.RevokeToken.as_view(), name="account_token_revoke"),
    path("sessions/<int:pk>/end/", views.EndSession.as_view(), name="account_session_end"),
    path("2fa/webauthn/login/", views.PasskeyLogin.as_view(), name="mfa_login_webauthn"),
    path("2fa/webauthn/keys/<int:pk>/remove/", views.RemovePasskey.as_view(), name="mfa_remove_webauthn"),
    path("", include("allauth.urls")),
]
