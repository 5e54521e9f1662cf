"""The office of companies: quarters recorded by their action, cap tables and files read."""

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminDateWidget,
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from funds.actions.cap_entries import record_entry, take_back_entry
from funds.actions.companies import record_quarter
from funds.admin.columns import AmountField, UnitField, fen_of, in_wan
from funds.choices.companies import CapEntryKind
from funds.models import CapRecord, CapReversal, CompanyFile, CompanyQuarter
from funds.rules.cap_securities import Entry
from innovation.core.admin import ActForm, ActionAdmin, ActionForm, ReadOnlyAdmin


def _text(label: Any, length: int, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label, max_length=length, required=False, help_text=help_text, widget=UnfoldAdminTextInputWidget
    )


def _number(label: Any, help_text: Any = "") -> forms.DecimalField:
    return forms.DecimalField(
        label=label, max_digits=30, decimal_places=10, required=False, help_text=help_text,
        widget=UnfoldAdminDecimalFieldWidget,
    )  # fmt: skip


class QuarterForm(ActionForm):
    """A quarter by the same action as the page; what is left empty is not reported."""

    revenue = AmountField(label=_("revenue"), required=False)
    rd_spend = AmountField(label=_("R&D spend"), required=False)
    tax = AmountField(label=_("tax paid"), required=False)
    unit = UnitField()
    fact_fields = {"revenue_fen": "revenue", "rd_spend_fen": "rd_spend", "tax_fen": "tax"}

    class Meta:
        model = CompanyQuarter
        fields = ["company", "quarter_end", "headcount", "rd_staff", "patents", "source", "paper", "reason"]
        widgets = dict.fromkeys(("headcount", "rd_staff", "patents"), UnfoldAdminIntegerFieldWidget)

    def act(self) -> CompanyQuarter:
        data = dict(self.cleaned_data)
        amounts = {
            f"{name}_fen": fen_of(data, name) if data.get(name) else None for name in ("revenue", "rd_spend", "tax")
        }
        plain = {name: data[name] for name in ("quarter_end", "headcount", "rd_staff", "patents", "source", "reason")}
        paper = data.get("paper")
        return record_quarter(
            company_id=data["company"].pk, paper_id=paper.pk if paper else None, actor=self.actor, **plain, **amounts
        )


@admin.register(CompanyQuarter)
class CompanyQuarterAdmin(ActionAdmin):
    add_form = QuarterForm
    list_display = [
        "company", "quarter_end", "revenue", "headcount", "rd_staff", "rd_spend", "patents", "tax", "source",
        "recorded_at", "superseded_at",
    ]  # fmt: skip
    list_filter = ["source", "quarter_end"]
    search_fields = ["company__name_zh", "company__name_en", "company__uscc"]
    date_hierarchy = "quarter_end"
    list_select_related = ["company"]

    @admin.display(description=_("revenue (万元)"), ordering="revenue_fen")
    def revenue(self, row: CompanyQuarter) -> str:
        return in_wan(row.revenue_fen)

    @admin.display(description=_("R&D spend (万元)"), ordering="rd_spend_fen")
    def rd_spend(self, row: CompanyQuarter) -> str:
        return in_wan(row.rd_spend_fen)

    @admin.display(description=_("tax paid (万元)"), ordering="tax_fen")
    def tax(self, row: CompanyQuarter) -> str:
        return in_wan(row.tax_fen)


class CapEntryAdminForm(ActionForm):
    """A transaction by the same action as the page; its kind decides which of the fields it needs."""

    object_type = forms.ChoiceField(
        label=_("transaction"), choices=CapEntryKind.choices, widget=UnfoldAdminSelectWidget
    )
    on = forms.DateField(label=_("day"), widget=UnfoldAdminDateWidget)
    security_id = _text(_("security"), 120, _("Upon what it is made: the security_id of the object of its issuance."))
    stakeholder = _text(_("holder"), 200)
    is_institution = forms.BooleanField(
        label=_("the holder is an institution"), required=False, initial=True, widget=UnfoldBooleanWidget
    )
    plan = _text(_("plan"), 200)
    reserved = _number(_("shares that the plan may give"))
    stock_class = _text(_("class of shares"), 100)
    is_preferred = forms.BooleanField(label=_("these are preferred shares"), required=False, widget=UnfoldBooleanWidget)
    quantity = _number(_("number of shares"), _("Empty upon a security: all of it."))
    amount = _number(_("amount (yuan)"), _("Empty upon a security: all of it."))
    new_shares = _number(_("new shares received"))
    price = _number(_("price of a share (yuan)"))
    expires_on = forms.DateField(label=_("can be exercised until"), required=False, widget=UnfoldAdminDateWidget)
    reason = _text(_("reason"), 300)
    number = _text(_("number of the certificate"), 60)

    class Meta:
        model = CapRecord
        fields = ["company"]

    def act(self) -> CapRecord:
        data = dict(self.cleaned_data)
        company, kind = data.pop("company"), CapEntryKind(data.pop("object_type"))
        return record_entry(company_id=company.pk, entry=Entry(kind=kind, **data), actor=self.actor)[-1]


class TakeBackForm(ActForm):
    """Take back the entry made by hand that the object belongs to."""

    title = _("Take the entry back")
    permission = "funds.add_capreversal"
    reason = forms.CharField(label=_("reason"), max_length=300, widget=UnfoldAdminTextInputWidget)

    class Meta:
        model = CapRecord
        fields: list[str] = []

    @classmethod
    def fits(cls, record: Any) -> bool:
        return record.is_entry

    def act(self) -> CapRecord:
        done = take_back_entry(record_id=self.instance.pk, reason=self.cleaned_data["reason"], actor=self.actor)
        return done.record


@admin.register(CapRecord)
class CapRecordAdmin(ActionAdmin):
    add_form = CapEntryAdminForm
    acts = {"take-back": TakeBackForm}
    list_display = ["company", "kind", "ocf_id", "effective_on", "recorded_at", "superseded_at"]
    list_filter = ["kind"]
    search_fields = ["company__name_zh", "company__uscc", "ocf_id"]
    date_hierarchy = "recorded_at"
    list_select_related = ["company"]


@admin.register(CapReversal)
class CapReversalAdmin(ReadOnlyAdmin):
    list_display = ["record", "company", "reason", "reversed_by", "reversed_at"]
    search_fields = ["record__company__name_zh", "record__company__uscc", "record__ocf_id", "reason"]
    date_hierarchy = "reversed_at"
    list_select_related = ["record__company", "reversed_by"]

    @admin.display(description=_("company"), ordering="record__company")
    def company(self, row: CapReversal) -> str:
        return row.record.company.name


@admin.register(CompanyFile)
class CompanyFileAdmin(ReadOnlyAdmin):
    list_display = ["id", "kind", "company", "file_name", "created_by", "created_at", "written_at"]
    list_filter = ["kind"]
    search_fields = ["file_name", "sha256", "company__name_zh"]
    date_hierarchy = "created_at"
    list_select_related = ["company", "created_by"]

    def view_on_site(self, row: Any) -> str:
        return row.get_absolute_url()
