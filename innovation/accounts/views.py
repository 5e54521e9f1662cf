"""Pages about one's own account that django-allauth does not have."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.webauthn.views import LoginWebAuthnView, RemoveWebAuthnView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.mixins import LoginRequiredMixin
from django.forms import Form
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.generic import FormView, TemplateView, UpdateView, View

from innovation.accounts import actions, events, own_data, sessions
from innovation.accounts.choices import LoginEventKind, Role
from innovation.accounts.erasing import erase_own_account
from innovation.accounts.forms import DeleteAccountForm, NotificationForm, ProfileForm, TokenForm
from innovation.accounts.models import ApiToken, User
from innovation.accounts.notices import digest_hour
from innovation.accounts.notifications import kinds_for
from innovation.core.errors import RuleViolation


def back(request: HttpRequest) -> str:
    """The page the reader came from, if it is ours; else the start page."""
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if safe else reverse("home")


class Language(View):
    """Switch the language and stay on the page; kept with the person, or in a cookie for whoever has no account."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        response = HttpResponseRedirect(back(request))
        chosen = request.POST.get("language", "")
        if chosen in dict(settings.LANGUAGES):
            if request.user.is_authenticated:
                actions.choose_language(user=request.user, language=chosen)
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                chosen,
                max_age=365 * 24 * 3600,
                secure=settings.LANGUAGE_COOKIE_SECURE,
                samesite=settings.LANGUAGE_COOKIE_SAMESITE,
                httponly=True,
            )
        return response


class Settings(LoginRequiredMixin, UpdateView):
    """Name and language, and the ways to everything else about the account."""

    form_class = ProfileForm
    context_object_name = "person"
    template_name = "accounts/settings.html"
    success_url = reverse_lazy("account_settings")

    def get_object(self, queryset: Any = None) -> User:
        # A copy: the name in the frame stays true while the form shows its errors.
        return User.objects.get(pk=self.request.user.pk)

    def get_initial(self) -> dict[str, Any]:
        return {"language": self.request.user.language or self.request.LANGUAGE_CODE}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        roles = self.request.user.roles
        return super().get_context_data(**kwargs) | {"role_labels": [role.label for role in Role if role in roles]}

    def form_valid(self, form: ProfileForm) -> HttpResponse:
        response = super().form_valid(form)
        with override(form.cleaned_data["language"]):
            messages.success(self.request, _("Saved."))
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, form.cleaned_data["language"], httponly=True)
        return response


class Notices(LoginRequiredMixin, FormView):
    """How each kind of notice should come."""

    form_class = NotificationForm
    template_name = "accounts/notices.html"
    success_url = reverse_lazy("account_notices")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.request.user, "kinds": kinds_for(self.request.user)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        entries = self.request.user.digest_entries.waiting().order_by("pk")
        return super().get_context_data(entries=entries, digest_hour=digest_hour(), **kwargs)

    def form_valid(self, form: NotificationForm) -> HttpResponse:
        form.save()
        messages.success(self.request, _("Saved."))
        return super().form_valid(form)


@method_decorator(reauthentication_required(allow_get=True, app="allauth.mfa"), name="dispatch")
class Tokens(LoginRequiredMixin, FormView):
    """API tokens: list, make, revoke. A new key waits in the session, encrypted, for the one page that shows it."""

    form_class = TokenForm
    template_name = "accounts/tokens.html"
    success_url = reverse_lazy("account_tokens")

    def form_valid(self, form: TokenForm) -> HttpResponse:
        token, key = actions.make_token(user=self.request.user, **form.cleaned_data)
        self.request.session["new_token"] = {"name": token.name, "key": get_mfa_adapter().encrypt(key)}
        return super().form_valid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        made = self.request.session.pop("new_token", None)
        key = get_mfa_adapter().decrypt(made["key"]) if made else ""
        tokens = ApiToken.objects.filter(user=self.request.user)
        return super().get_context_data(**kwargs) | {"tokens": tokens, "made": made, "key": key}

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        response = super().render_to_response(context, **kwargs)
        response.headers["Cache-Control"] = "no-store"
        return response


class OwnData(LoginRequiredMixin, TemplateView):
    """What is kept about oneself, why and for how long; everything to take along, and the way to delete it."""

    template_name = "accounts/data.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(parts=own_data.parts(), **kwargs)


@method_decorator(reauthentication_required(allow_get=False, app="allauth.mfa"), name="dispatch")
class OwnArchive(LoginRequiredMixin, View):
    """Everything about oneself in one ZIP, made when it is asked for, by whoever has just shown the password."""

    def get(self, request: HttpRequest) -> FileResponse:
        name = f"{_('my-data')}-{timezone.localdate():%Y-%m-%d}.zip"
        content = own_data.archive(request.user)
        response = FileResponse(content, as_attachment=True, filename=name, content_type="application/zip")
        response.headers["Cache-Control"] = "no-store"
        return response


@method_decorator(reauthentication_required(allow_get=True, app="allauth.mfa"), name="dispatch")
class DeleteAccount(LoginRequiredMixin, FormView):
    """What goes and what stays; then the own address typed once more deletes the account."""

    form_class = DeleteAccountForm
    template_name = "accounts/delete.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        return super().get_context_data(
            parts=own_data.parts(), obstacles=own_data.obstacles(user), is_office=user.works_for_programme, **kwargs
        )

    def form_valid(self, form: DeleteAccountForm) -> HttpResponse:
        try:
            erase_own_account(user=self.request.user, confirmation=form.cleaned_data["confirmation"])
        except RuleViolation as refused:
            form.add_error("confirmation" if refused.field else None, str(refused))
            return self.form_invalid(form)
        logout(self.request)
        messages.success(self.request, _("Your account is deleted."))
        return redirect("home")


class RevokeToken(LoginRequiredMixin, View):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        token = get_object_or_404(ApiToken.objects.filter(user=request.user), pk=pk)
        actions.revoke_token(token_id=token.pk, actor=request.user)
        messages.success(request, _("“%(name)s” no longer works.") % {"name": token.name})
        return redirect("account_tokens")


class EndSession(LoginRequiredMixin, View):
    """End one session of one's own; ending the present one signs out."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if sessions.end(request.user, only=pk):
            events.record(LoginEventKind.SESSIONS_ENDED, user=request.user, count=1)
            messages.success(request, _("The session was ended."))
        return redirect("usersessions_list")


class PasskeyLogin(LoginWebAuthnView):
    """Sign in by passkey and go where the person wanted to go."""

    def form_valid(self, form: Form) -> HttpResponse:
        response = super().form_valid(form)
        target = get_next_redirect_url(self.request)
        return HttpResponseRedirect(target) if target and self.request.user.is_authenticated else response


class RemovePasskey(RemoveWebAuthnView):
    """Staff keep at least one second factor, also when that is a passkey."""

    def form_valid(self, form: Form) -> HttpResponse:
        adapter = get_mfa_adapter()
        if not adapter.can_delete_authenticator(self.get_object()):
            messages.error(self.request, str(adapter.error_messages["cannot_delete_authenticator"]))
            return redirect("mfa_index")
        return super().form_valid(form)
