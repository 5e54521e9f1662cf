"""The office of continuing education: entries, cycles, verifications, the audit sample."""

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.widgets import UnfoldAdminSelectWidget

from innovation.core.admin import ActForm, ActionAdmin, ReadInline, ReadOnlyAdmin
from talent.actions import cpd
from talent.admin.credentials import DECIDE, reason_field
from talent.admin.personal import PeopleBeside, PersonalAdmin
from talent.choices.credentials import AuditVerdict, EntryState, Verdict, VerificationMethod
from talent.models import AuditLook, AuditSample, CategoryCredit, CpdCycle, CpdEntry, GrantCheck, Verification


class VerifyForm(ActForm):
    title = _("Verify")
    permission = DECIDE
    verdict = forms.ChoiceField(label=_("Verdict"), choices=Verdict.choices, widget=UnfoldAdminSelectWidget)
    method = forms.ChoiceField(
        label=_("Verified by"), choices=VerificationMethod.choices, widget=UnfoldAdminSelectWidget
    )
    note = reason_field(_("Note"), required=False)

    class Meta:
        model = CpdEntry
        fields: list[str] = []

    @classmethod
    def fits(cls, record: CpdEntry) -> bool:
        return record.state == EntryState.CLAIMED

    def act(self) -> CpdEntry:
        data = self.cleaned_data
        return cpd.verify_entry(
            entry_id=self.instance.pk, verdict=data["verdict"], method=data["method"], note=data["note"],
            actor=self.actor,
        )  # fmt: skip


class VerificationInline(ReadInline):
    model = Verification
    fields = ["verdict", "method", "note", "verifier", "at"]
    show_change_link = True


@admin.register(CpdEntry)
class CpdEntryAdmin(PersonalAdmin, ActionAdmin):
    """Filed on the holder's page with its proof; verified here or in the queue."""

    acts = {"verify": VerifyForm}
    list_display = ["title", "person", "category", "day", "credits_claimed", "state", "filed_at"]
    list_filter = [("state", ChoicesDropdownFilter)]
    search_fields = ["title", "person__name_zh", "person__name_en", "sha256"]
    date_hierarchy = "day"
    list_select_related = ["person"]
    inlines = [VerificationInline]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description=_("quantity"))
    def credits_claimed(self, entry: CpdEntry) -> str:
        return str(entry.quantity)


@admin.register(CpdCycle)
class CpdCycleAdmin(PersonalAdmin, ReadOnlyAdmin):
    list_display = ["credential", "purpose", "starts_on", "ends_on", "version", "closed_on", "is_met"]
    list_filter = [("purpose", ChoicesDropdownFilter), "is_met"]
    search_fields = ["credential__person__name_zh", "credential__number"]
    date_hierarchy = "ends_on"
    list_select_related = ["credential__version__scheme", "version__scheme"]


@admin.register(CategoryCredit)
class CategoryCreditAdmin(PersonalAdmin, ReadOnlyAdmin):
    list_display = ["cycle", "category", "credits_num", "credits_den"]
    search_fields = ["category"]
    list_select_related = ["cycle"]


@admin.register(GrantCheck)
class GrantCheckAdmin(PersonalAdmin, ReadOnlyAdmin):
    list_display = ["credential", "version", "granted_on", "note", "checked_by", "checked_at"]
    search_fields = ["note", "credential__number"]
    date_hierarchy = "granted_on"
    list_select_related = ["credential__version__scheme", "version__scheme", "checked_by"]


@admin.register(Verification)
class VerificationAdmin(PersonalAdmin, ReadOnlyAdmin):
    list_display = ["entry", "verdict", "method", "note", "verifier", "at"]
    list_filter = [("verdict", ChoicesDropdownFilter), ("method", ChoicesDropdownFilter)]
    search_fields = ["note", "entry__title"]
    date_hierarchy = "at"
    list_select_related = ["entry", "verifier"]


# ── The audit sample ─────────────────────────────────────────────────────────────────────────────
class LookInline(ReadInline):
    model = AuditLook
    fields = ["entry", "verdict", "note", "looked_by", "looked_at"]
    show_change_link = True


@admin.register(AuditSample)
class AuditSampleAdmin(PeopleBeside, ReadOnlyAdmin):
    people_path = "looks__entry__person"
    list_display = ["verified_from", "verified_to", "seed", "share", "population", "drawn_by", "drawn_at"]
    search_fields = ["seed"]
    date_hierarchy = "drawn_at"
    list_select_related = ["drawn_by"]
    inlines = [LookInline]

    @admin.display(description=_("share"))
    def share(self, sample: AuditSample) -> str:
        return str(sample.share)


class LookForm(ActForm):
    title = _("Second look")
    permission = "talent.change_auditlook"
    verdict = forms.ChoiceField(label=_("Finding"), choices=AuditVerdict.choices, widget=UnfoldAdminSelectWidget)
    found = reason_field(_("Note"), required=False)
    fact_fields = {"note": "found"}

    class Meta:
        model = AuditLook
        fields: list[str] = []

    @classmethod
    def fits(cls, record: AuditLook) -> bool:
        return not record.verdict

    def act(self) -> AuditLook:
        data = self.cleaned_data
        return cpd.look_again(look_id=self.instance.pk, verdict=data["verdict"], note=data["found"], actor=self.actor)


@admin.register(AuditLook)
class AuditLookAdmin(PersonalAdmin, ActionAdmin):
    acts = {"look": LookForm}
    list_display = ["entry", "sample", "verdict", "note", "looked_by", "looked_at"]
    list_filter = [("verdict", ChoicesDropdownFilter)]
    search_fields = ["entry__title", "note"]
    list_select_related = ["entry", "sample", "looked_by"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False
