"""The office's view of people and of what happened at the door."""

from collections.abc import Callable
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from innovation.accounts import actions
from innovation.accounts.choices import Role
from innovation.accounts.models import ApiToken, DigestEntry, LoginEvent, User
from innovation.core.admin import Admin, ReadOnlyAdmin
from innovation.core.errors import RuleViolation

# Roles are declared in code, and rows of the packages hold secrets or are shown with the person.
for model in (Group, EmailAddress, Authenticator, UserSession):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


class RolesForm(forms.ModelForm):
    """Name, language and roles of a person; roles go through ``actions.set_roles``."""

    roles = forms.MultipleChoiceField(
        label=_("Roles"), choices=Role.choices, required=False, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )
    language = forms.ChoiceField(
        label=_("Language"),
        choices=[("", _("Of the browser")), *settings.LANGUAGES],
        required=False,
        widget=UnfoldAdminSelectWidget,
    )

    class Meta:
        model = User
        fields = ["email", "name", "language"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "roles" in self.fields:
            self.fields["roles"].initial = sorted(self.instance.groups.values_list("name", flat=True))


class ReasonForm(BaseDialogForm):
    reason = forms.CharField(label=_("Reason"), widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}))


def _dialog(title: Any, description: Any, button: Any) -> dict[str, Any]:
    return {"title": title, "description": description, "form_class": ReasonForm, "form_submit_text": button}


class MfaFilter(admin.SimpleListFilter):
    title = _("second factor")
    parameter_name = "mfa"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Present")), ("no", _("Missing"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        return queryset.filter(has_mfa=self.value() == "yes") if self.value() in {"yes", "no"} else queryset


class RoleFilter(admin.SimpleListFilter):
    title = _("role")
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(Role.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        return queryset.filter(groups__name=self.value()) if self.value() else queryset


@admin.register(User)
class UserAdmin(Admin):
    """People. Only an administrator changes them; each act with weight asks for a reason, which stays."""

    form = RolesForm
    list_display = ["email", "name", "role_names", "is_staff", "mfa", "is_active", "last_login"]
    list_filter = [RoleFilter, MfaFilter, "is_staff", "is_active", "last_login"]
    search_fields = ["email", "name"]
    ordering = ["email"]
    exclude = ["groups", "user_permissions", "password"]
    date_hierarchy = "date_joined"
    readonly_fields = ["mfa", "is_staff", "is_active", "is_superuser", "last_login", "date_joined", "sessions_open"]
    actions_detail = ["close_account", "open_account", "reset_second_factors", "end_all_sessions", "send_password_link"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).with_mfa().prefetch_related("groups")

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> list[tuple[Any, dict[str, Any]]]:
        own = ["email", "name", "language", "roles"]
        if not self.has_change_permission(request, obj):
            own[-1] = "role_names"
        state = ["is_active", "is_staff", "is_superuser", "mfa", "sessions_open", "last_login", "date_joined"]
        return [(None, {"fields": own})] + ([(_("State"), {"fields": state})] if obj else [])

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        fixed = [*super().get_readonly_fields(request, obj), "role_names"]
        return [*fixed, "email"] if obj else fixed

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Accounts are closed, not deleted: what people did must keep its name."""
        return False

    @display(description=_("roles"))
    def role_names(self, user: User) -> str:
        return ", ".join(str(Role(name).label) for name in sorted(user.roles))

    @display(description=_("second factor"), boolean=True, ordering="has_mfa")
    def mfa(self, user: User) -> bool:
        return user.has_mfa

    @display(description=_("sessions"))
    def sessions_open(self, user: User) -> int:
        return UserSession.objects.filter(user=user).count()

    def save_model(self, request: HttpRequest, obj: User, form: RolesForm, change: bool) -> None:
        roles = [Role(name) for name in form.cleaned_data["roles"]]
        try:
            if change:
                super().save_model(request, obj, form, change)
                actions.set_roles(user=obj, roles=roles, actor=request.user)
            else:
                made = actions.invite(
                    email=obj.email, name=obj.name, language=obj.language, roles=roles, actor=request.user
                )
                obj.pk, obj._state.adding = made.pk, False
        except RuleViolation as violation:
            messages.error(request, str(violation))

    def _act(self, request: HttpRequest, object_id: str, act: Callable[[User], Any], done: str) -> HttpResponse:
        user = get_object_or_404(self.get_queryset(request), pk=object_id)
        try:
            act(user)
        except RuleViolation as violation:
            messages.error(request, str(violation))
        else:
            messages.success(request, done)
        return redirect("admin:accounts_user_change", object_id)

    def has_administrator_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return request.user.has_role(Role.ADMINISTRATOR)

    @action(
        description=_("Close the account"),
        url_path="close",
        icon="lock",
        permissions=["administrator"],
        dialog=_dialog(_("Close the account"), _("All sessions end now and tokens stop."), _("Close the account")),
    )
    def close_account(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        reason = form.cleaned_data["reason"]
        return self._act(
            request,
            object_id,
            lambda user: actions.deactivate(user=user, actor=request.user, reason=reason),
            now_("The account is closed."),
        )

    @action(
        description=_("Open the account again"),
        url_path="open",
        icon="lock_open",
        permissions=["administrator"],
        dialog=_dialog(_("Open the account again"), _("The person can sign in again."), _("Open the account again")),
    )
    def open_account(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        reason = form.cleaned_data["reason"]
        return self._act(
            request,
            object_id,
            lambda user: actions.reactivate(user=user, actor=request.user, reason=reason),
            now_("The account is open."),
        )

    @action(
        description=_("Reset second factors"),
        url_path="reset-mfa",
        icon="phonelink_erase",
        permissions=["administrator"],
        dialog=_dialog(
            _("Reset second factors"),
            _("For a person who lost the phone. Be sure who asks you. All sessions end and the person gets a mail."),
            _("Reset second factors"),
        ),
    )
    def reset_second_factors(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        reason = form.cleaned_data["reason"]
        return self._act(
            request,
            object_id,
            lambda user: actions.reset_mfa(user=user, actor=request.user, reason=reason),
            now_("The second factors are removed."),
        )

    @action(
        description=_("End all sessions"),
        url_path="end-sessions",
        icon="logout",
        permissions=["administrator"],
        dialog=_dialog(_("End all sessions"), _("The person must sign in again everywhere."), _("End all sessions")),
    )
    def end_all_sessions(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        reason = form.cleaned_data["reason"]
        return self._act(
            request,
            object_id,
            lambda user: actions.end_sessions(user=user, actor=request.user, reason=reason),
            now_("The sessions are ended."),
        )

    @action(
        description=_("Send a link to choose a password"),
        url_path="send-link",
        icon="mail",
        permissions=["administrator"],
        dialog=_dialog(
            _("Send a link to choose a password"), _("The link goes to the person's address."), _("Send the link")
        ),
    )
    def send_password_link(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        return self._act(
            request,
            object_id,
            lambda user: actions.send_password_link(user=user, actor=request.user),
            now_("The link is on its way."),
        )


@admin.register(LoginEvent)
class LoginEventAdmin(ReadOnlyAdmin):
    list_display = ["at", "kind", "email", "user", "actor", "ip", "reason"]
    list_filter = ["kind", "at"]
    search_fields = ["email", "ip", "user__name"]
    date_hierarchy = "at"

    def get_queryset(self, request: HttpRequest) -> QuerySet[LoginEvent]:
        return super().get_queryset(request).visible_to(request.user)


@admin.register(DigestEntry)
class DigestEntryAdmin(ReadOnlyAdmin):
    list_display = ["subject", "user", "kind", "created_at", "sent_at"]
    list_filter = ["kind", "sent_at"]
    search_fields = ["subject", "user__email", "user__name"]
    date_hierarchy = "created_at"

    def get_queryset(self, request: HttpRequest) -> QuerySet[DigestEntry]:
        return super().get_queryset(request).visible_to(request.user)


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnlyAdmin):
    list_display = ["name", "user", "public_id", "created_at", "expires_at", "last_used_at", "revoked_at"]
    list_filter = ["created_at", "expires_at", "revoked_at"]
    search_fields = ["name", "public_id", "user__email", "user__name"]
    fields = list_display
    actions = ["revoke"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApiToken]:
        return super().get_queryset(request).visible_to(request.user)

    def has_administrator_permission(self, request: HttpRequest) -> bool:
        return request.user.has_role(Role.ADMINISTRATOR)

    @admin.action(description=_("Revoke"), permissions=["administrator"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        self.run_action(
            request,
            queryset,
            lambda token: actions.revoke_token(token_id=token.pk, actor=request.user),
            now_("%(count)s tokens revoked."),
        )
