"""The office of credentials: schemes with their versions, credentials by acts, entries, samples."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.widgets import (
    UnfoldAdminDateWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from innovation.core.admin import ActForm, ActionAdmin, ActionForm, Admin, ReadInline
from talent.actions import credentials, renewals, schemes
from talent.admin.personal import PersonalAdmin
from talent.choices.credentials import CredentialState
from talent.models import (
    CpdCycle,
    Credential,
    GrantCheck,
    Scheme,
    SchemeVersion,
)

DECIDE = "talent.decide_credential"


def reason_field(label: Any, *, required: bool = True) -> forms.CharField:
    return forms.CharField(label=label, max_length=500, required=required, widget=UnfoldAdminTextareaWidget)


def day_field(label: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=UnfoldAdminDateWidget, initial=timezone.localdate)


# ── Schemes ──────────────────────────────────────────────────────────────────────────────────────
class VersionInline(ReadInline):
    model = SchemeVersion
    fields = ["version", "authority", "valid_from", "valid_to", "status", "source"]
    show_change_link = True


@admin.register(Scheme)
class SchemeAdmin(Admin):
    list_display = ["code", "name_zh", "name_en", "issuer", "kind", "recognition_scope"]
    list_filter = [("kind", ChoicesDropdownFilter)]
    search_fields = ["code", "name_zh", "name_en", "issuer"]
    inlines = [VersionInline]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class VersionForm(ActionForm):
    class Meta:
        model = SchemeVersion
        fields = [
            "scheme", "version", "authority", "valid_from", "valid_to", "date_precision", "source", "open_points",
            "rules",
        ]  # fmt: skip

    def act(self) -> SchemeVersion:
        data = dict(self.cleaned_data)
        scheme = data.pop("scheme")
        return schemes.save_version(scheme_id=scheme.pk, actor=self.actor, **data)


class CompleteVersionForm(ActForm):
    title = _("Complete the version")
    permission = "talent.add_schemeversion"

    class Meta:
        model = SchemeVersion
        fields = [name for name in VersionForm.Meta.fields if name != "scheme"]

    @classmethod
    def fits(cls, record: SchemeVersion) -> bool:
        return not record.is_verified

    def act(self) -> SchemeVersion:
        record = self.instance
        return schemes.save_version(
            scheme_id=record.scheme_id, version_id=record.pk, actor=self.actor, **self.cleaned_data
        )


class ConfirmVersionForm(ActForm):
    title = _("Confirm the rules")
    permission = "talent.change_schemeversion"
    read = forms.CharField(label=_("Text that you read"), max_length=300, widget=UnfoldAdminTextInputWidget)
    fact_fields = {"source": "read"}

    class Meta:
        model = SchemeVersion
        fields: list[str] = []

    @classmethod
    def fits(cls, record: SchemeVersion) -> bool:
        return not record.is_verified

    def act(self) -> SchemeVersion:
        return schemes.confirm_version(version_id=self.instance.pk, source=self.cleaned_data["read"], actor=self.actor)


class EndVersionForm(ActForm):
    title = _("Set the last day")
    permission = "talent.change_schemeversion"
    last_day = day_field(_("Last day"))
    fact_fields = {"valid_to": "last_day"}

    class Meta:
        model = SchemeVersion
        fields: list[str] = []

    def act(self) -> SchemeVersion:
        return schemes.end_version(
            version_id=self.instance.pk, valid_to=self.cleaned_data["last_day"], actor=self.actor
        )


@admin.register(SchemeVersion)
class SchemeVersionAdmin(ActionAdmin):
    """Versions are recorded, completed while unverified, confirmed, ended; verified rules never change."""

    add_form = VersionForm
    acts = {"complete": CompleteVersionForm, "confirm": ConfirmVersionForm, "end": EndVersionForm}
    list_display = ["scheme", "version", "authority", "valid_from", "valid_to", "status", "source"]
    list_filter = [("status", ChoicesDropdownFilter), ("scheme__kind", ChoicesDropdownFilter)]
    search_fields = ["version", "authority", "source", "scheme__code", "scheme__name_zh", "scheme__name_en"]
    list_select_related = ["scheme"]


# ── Credentials ──────────────────────────────────────────────────────────────────────────────────
class CandidateForm(ActionForm):
    class Meta:
        model = Credential
        fields = ["person", "version", "level"]

    def act(self) -> Credential:
        data = self.cleaned_data
        return credentials.open_credential(
            person_id=data["person"].pk, version_id=data["version"].pk, level=data["level"], actor=self.actor
        )


class _StateForm(ActForm):
    """An act that fits in some states."""

    permission = DECIDE
    states: frozenset[str] = frozenset()

    class Meta:
        model = Credential
        fields: list[str] = []

    @classmethod
    def fits(cls, record: Any) -> bool:
        return record.state in cls.states


class ApplyForm(_StateForm):
    title = _("Ask for the assessment")
    permission = "talent.change_credential"
    states = frozenset({CredentialState.CANDIDATE})

    def act(self) -> Credential:
        return credentials.apply_for_assessment(credential_id=self.instance.pk, actor=self.actor)


class GrantForm(_StateForm):
    title = _("Grant")
    states = frozenset({CredentialState.UNDER_ASSESSMENT})
    day = day_field(_("Day of the grant"))
    certificate = forms.CharField(
        label=pgettext_lazy("credential", "Number of the certificate"),
        max_length=60,
        required=False,
        widget=UnfoldAdminTextInputWidget,
    )
    note = reason_field(_("What was checked, and how"))
    fact_fields = {"granted_on": "day", "number": "certificate"}

    def act(self) -> Credential:
        data = self.cleaned_data
        return credentials.grant(
            credential_id=self.instance.pk, granted_on=data["day"], number=data["certificate"], note=data["note"],
            actor=self.actor,
        )  # fmt: skip


class RenewForm(_StateForm):
    title = _("Renew")
    states = frozenset({CredentialState.RENEWAL_SUBMITTED})
    note = reason_field(_("Note"), required=False)

    def act(self) -> Credential:
        return renewals.renew(credential_id=self.instance.pk, note=self.cleaned_data["note"], actor=self.actor)


class _ReasonedForm(_StateForm):
    """A step that needs its reason; ``work`` is the action."""

    work: Any = None
    reason = reason_field(_("Reason"))

    def act(self) -> Credential:
        return type(self).work(credential_id=self.instance.pk, reason=self.cleaned_data["reason"], actor=self.actor)


class ReturnForm(_ReasonedForm):
    title = _("Return the assessment")
    states = frozenset({CredentialState.UNDER_ASSESSMENT})
    work = staticmethod(credentials.return_candidate)


class ReturnRenewalForm(_ReasonedForm):
    title = _("Return the renewal")
    states = frozenset({CredentialState.RENEWAL_SUBMITTED})
    work = staticmethod(renewals.return_renewal)


class RefuseRenewalForm(_ReasonedForm):
    title = _("Refuse the renewal")
    states = frozenset({CredentialState.RENEWAL_SUBMITTED})
    work = staticmethod(renewals.refuse_renewal)


class RevokeForm(_StateForm):
    title = _("Revoke")
    states = frozenset({CredentialState.GRANTED, CredentialState.RENEWAL_OPEN, CredentialState.RENEWAL_SUBMITTED})
    hearing = day_field(_("Day of the hearing"))
    reason = reason_field(_("Reason"))
    fact_fields = {"heard_on": "hearing"}

    def act(self) -> Credential:
        data = self.cleaned_data
        return credentials.revoke(
            credential_id=self.instance.pk, reason=data["reason"], heard_on=data["hearing"], actor=self.actor
        )


class CycleInline(ReadInline):
    model = CpdCycle
    fields = ["purpose", "starts_on", "ends_on", "version", "closed_on", "is_met", "total_num", "total_den"]
    show_change_link = True


class CheckInline(ReadInline):
    model = GrantCheck
    fields = ["granted_on", "version", "note", "checked_by"]
    show_change_link = True


@admin.register(Credential)
class CredentialAdmin(PersonalAdmin, ActionAdmin):
    """Every step is an act; the state, the days and the public code are never typed."""

    add_form = CandidateForm
    acts = {
        "apply": ApplyForm, "grant": GrantForm, "return": ReturnForm, "renew": RenewForm,
        "return-renewal": ReturnRenewalForm, "refuse-renewal": RefuseRenewalForm, "revoke": RevokeForm,
    }  # fmt: skip
    list_display = ["person", "version", "level", "number", "state", "granted_on", "expires_on"]
    list_filter = [("state", ChoicesDropdownFilter), ("version__scheme__kind", ChoicesDropdownFilter)]
    search_fields = ["number", "person__name_zh", "person__name_en", "version__scheme__code"]
    date_hierarchy = "expires_on"
    list_select_related = ["person", "version__scheme"]
    inlines = [CycleInline, CheckInline]
