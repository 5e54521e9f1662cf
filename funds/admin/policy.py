"""The policy workbench: documents, rules, bindings, special cases and the shared catalogues."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminDateWidget, UnfoldAdminRadioSelectWidget, UnfoldAdminTextareaWidget

from funds.actions import policies, special_tiers
from funds.admin.columns import as_percent
from funds.models import (
    CatalogueItem,
    FundPolicyBinding,
    LossRateDefinition,
    PolicyDocument,
    PolicyTerm,
    SpecialTierApproval,
    TierEvidence,
    ToleranceRule,
)
from innovation.core.admin import ActForm, ActionAdmin, ActionForm, ActsAdmin, Admin, ReadOnlyAdmin, TabularInline


class RuleInline(TabularInline):
    model = ToleranceRule
    fields = ["code", "scope", "fund_filter", "cap_state", "cap_num", "cap_den", "status"]
    state_fields = ()


class TermInline(TabularInline):
    model = PolicyTerm
    fields = ["key", "value", "unit", "status"]
    state_fields = ()


class FrozenOnceBoundAdmin(ActsAdmin):
    """A bound policy is read-only: its next version is edited instead."""

    state_fields = ()

    def is_bound(self, obj: Any) -> bool:
        raise NotImplementedError

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or not self.is_bound(obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class NewVersionForm(ActForm):
    title = _("Make the next version")
    permission = "funds.add_policydocument"

    class Meta:
        model = PolicyDocument
        fields: list[str] = []

    def act(self) -> PolicyDocument:
        return policies.new_version(document_id=self.instance.pk, actor=self.actor)


@admin.register(PolicyDocument)
class PolicyDocumentAdmin(FrozenOnceBoundAdmin):
    list_display = ["code", "version", "jurisdiction_zh", "title_zh", "number", "effective_from", "status", "bound"]
    list_filter = ["kind", "status", "jurisdiction_level"]
    search_fields = ["code", "title_zh", "number", "jurisdiction_zh", "jurisdiction_en"]
    inlines = [RuleInline, TermInline]
    acts = {"version": NewVersionForm}

    def get_queryset(self, request: HttpRequest) -> QuerySet[PolicyDocument]:
        bindings = FundPolicyBinding.objects.filter(document=OuterRef("pk"))
        return super().get_queryset(request).annotate(binds=Exists(bindings))

    @admin.display(description=_("bound"), boolean=True, ordering="binds")
    def bound(self, document: Any) -> bool:
        return document.binds

    def is_bound(self, obj: PolicyDocument) -> bool:
        return obj.bindings.exists()


@admin.register(ToleranceRule)
class ToleranceRuleAdmin(FrozenOnceBoundAdmin):
    list_display = ["code", "document", "scope", "fund_filter", "stages", "cap", "special", "cap_state", "status"]
    list_filter = ["scope", "rule_type", "cap_state", "status"]
    search_fields = ["code", "document__code", "fund_filter", "wording_zh"]
    list_select_related = ["document"]

    @admin.display(description=_("cap"))
    def cap(self, rule: ToleranceRule) -> str:
        return as_percent(rule.cap)

    @admin.display(description=_("special cap"))
    def special(self, rule: ToleranceRule) -> str:
        return as_percent(rule.special_cap)

    def is_bound(self, obj: ToleranceRule) -> bool:
        return obj.document.bindings.exists()


class BindForm(ActionForm):
    class Meta:
        model = FundPolicyBinding
        fields = ["document", "fund", "group", "valid_from", "valid_to"]

    def act(self) -> FundPolicyBinding:
        data = self.cleaned_data
        return policies.bind_policy(
            document_id=data["document"].pk,
            fund_id=data["fund"].pk if data["fund"] else None,
            group_id=data["group"].pk if data["group"] else None,
            valid_from=data["valid_from"],
            valid_to=data["valid_to"],
            actor=self.actor,
        )


class EndBindingForm(ActForm):
    title = _("End this binding")
    permission = "funds.change_fundpolicybinding"
    valid_to = forms.DateField(label=_("last day"), widget=UnfoldAdminDateWidget)

    class Meta:
        model = FundPolicyBinding
        fields: list[str] = []

    @classmethod
    def fits(cls, record: FundPolicyBinding) -> bool:
        return record.superseded_at is None

    def act(self) -> FundPolicyBinding:
        valid_to = self.cleaned_data["valid_to"]
        return policies.end_binding(binding_id=self.instance.pk, valid_to=valid_to, actor=self.actor)


@admin.register(FundPolicyBinding)
class FundPolicyBindingAdmin(ActionAdmin):
    add_form = BindForm
    acts = {"end": EndBindingForm}
    list_display = ["document", "fund", "group", "valid_from", "valid_to", "recorded_at", "superseded_at"]
    list_filter = ["valid_from", "superseded_at"]
    search_fields = ["document__code", "fund__code", "group__code"]
    list_select_related = ["document", "fund", "group"]


class SpecialTierForm(ActionForm):
    class Meta:
        model = SpecialTierApproval
        fields = ["binding", "rule", "evidence", "valid_from", "valid_to"]

    def act(self) -> SpecialTierApproval:
        data = self.cleaned_data
        return special_tiers.request_special_tier(
            binding_id=data["binding"].pk,
            rule_id=data["rule"].pk,
            evidence=data["evidence"],
            valid_from=data["valid_from"],
            valid_to=data["valid_to"],
            actor=self.actor,
        )


class DecideForm(ActForm):
    title = _("Decide this special case")
    permission = "funds.decide_special_tier"
    decision = forms.ChoiceField(
        label=_("decision"), choices=[("approve", _("Approve")), ("refuse", _("Refuse"))],
        widget=UnfoldAdminRadioSelectWidget,
    )  # fmt: skip
    decision_reason = forms.CharField(label=_("reason"), widget=UnfoldAdminTextareaWidget)

    class Meta:
        model = SpecialTierApproval
        fields: list[str] = []

    @classmethod
    def fits(cls, record: SpecialTierApproval) -> bool:
        return record.state == SpecialTierApproval.State.REQUESTED

    def act(self) -> SpecialTierApproval:
        data = self.cleaned_data
        return special_tiers.decide_special_tier(
            approval_id=self.instance.pk,
            approve=data["decision"] == "approve",
            reason=data["decision_reason"],
            actor=self.actor,
        )


class EvidenceInline(TabularInline):
    """The files handed in; they are attached on the pages of the request."""

    model = TierEvidence
    fields = readonly_fields = ["file_name", "size", "sha256", "added_at", "added_by"]
    show_change_link = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[TierEvidence]:
        return super().get_queryset(request).select_related("added_by")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(SpecialTierApproval)
class SpecialTierApprovalAdmin(ActionAdmin):
    add_form = SpecialTierForm
    acts = {"decide": DecideForm}
    list_display = ["rule", "binding", "state", "valid_from", "valid_to", "requested_by", "decided_by", "decided_at"]
    list_filter = ["state"]
    search_fields = ["rule__code", "binding__fund__code"]
    list_select_related = [
        "rule",
        "binding__document",
        "binding__fund",
        "binding__group",
        "requested_by",
        "decided_by",
    ]

    def get_inlines(self, request: HttpRequest, obj: SpecialTierApproval | None) -> list[type[TabularInline]]:
        return [EvidenceInline] if obj else []


@admin.register(CatalogueItem)
class CatalogueItemAdmin(Admin):
    list_display = ["kind", "code", "zh", "en", "status"]
    list_filter = ["kind", "status"]
    search_fields = ["code", "zh", "en"]


@admin.register(LossRateDefinition)
class LossRateDefinitionAdmin(ReadOnlyAdmin):
    list_display = ["version", "note", "recorded_at"]
    search_fields = ["version"]
