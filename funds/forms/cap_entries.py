"""Forms of entries into a cap table: the fields that each kind of entry needs."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from funds.choices.companies import CAP_ENTRY_FIELDS, CapEntryKind
from funds.rules.cap_entries import NO_NUMBER
from funds.rules.cap_securities import Entry
from innovation.core.fields import DateField
from innovation.core.forms import OneTimeToken

LABELS = {
    (CapEntryKind.TRANSFER, "stakeholder"): _("New holder"),
    (CapEntryKind.TRANSFER, "price"): _("Price paid for a share (yuan)"),
    (CapEntryKind.REPURCHASE, "price"): _("Price paid for a share (yuan)"),
    (CapEntryKind.GRANT, "price"): _("Price of exercise (yuan)"),
    (CapEntryKind.GRANT, "expires_on"): _("Can be exercised until"),
    (CapEntryKind.CONVERSION, "stock_class"): _("New class of shares"),
    (CapEntryKind.CONVERTIBLE_CONVERSION, "reason"): _("What led to the conversion"),
    (CapEntryKind.REPURCHASE, "reason"): _("Remark"),
}  # fmt: skip
"""Labels that say more than the usual one of the field."""
WITH = {"stakeholder": "is_institution", "stock_class": "is_preferred"}
"""Ticks that are asked beside a name, for the case that the name is new."""


class CapEntryForm(OneTimeToken, forms.Form):
    """One entry. ``kind`` decides which fields are asked, ``securities`` upon what it can be made."""

    security_id = forms.ChoiceField(label=_("Upon"))
    stakeholder = forms.CharField(label=_("Holder"), max_length=200)
    is_institution = forms.BooleanField(label=_("The holder is an institution"), required=False, initial=True)
    plan = forms.CharField(label=_("Plan"), max_length=200)
    reserved = forms.DecimalField(
        label=_("Shares that the plan may give"), max_digits=30, decimal_places=10, required=False,
        help_text=_("Only where the plan is new."),
    )  # fmt: skip
    stock_class = forms.CharField(label=_("Class of shares"), max_length=100)
    is_preferred = forms.BooleanField(label=_("These are preferred shares"), required=False)
    quantity = forms.DecimalField(label=_("Number of shares"), max_digits=30, decimal_places=10)
    amount = forms.DecimalField(label=_("Amount (yuan)"), max_digits=30, decimal_places=10)
    new_shares = forms.DecimalField(label=_("New shares received"), max_digits=30, decimal_places=10)
    price = forms.DecimalField(label=_("Price of a share (yuan)"), max_digits=30, decimal_places=10)
    expires_on = DateField(label=_("Until"))
    reason = forms.CharField(label=_("Reason"), max_length=300)
    on = DateField(label=_("Day"))
    number = forms.CharField(label=_("Number of the certificate"), max_length=60)

    def __init__(self, *args: Any, kind: CapEntryKind, securities: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        needed, allowed = CAP_ENTRY_FIELDS[kind]
        asked = {"on", *needed, *allowed}
        asked |= {tick for name, tick in WITH.items() if name in asked}
        for name in [name for name in self.base_fields if name not in asked]:
            del self.fields[name]
        for name in allowed:
            self.fields[name].required = False
        for name in {"quantity", "amount"} & set(allowed):
            self.fields[name].help_text = _("Empty: all of it.")
        if "price" in allowed:
            self.fields["price"].help_text = _("Empty: what was paid first is kept.")
        for (of, name), label in LABELS.items():
            if of == kind:
                self.fields[name].label = label
        if "security_id" in self.fields:
            self.fields["security_id"].choices = [("", ""), *securities]
            if not securities:
                self.fields["security_id"].help_text = _("The cap table holds nothing on which this entry is possible.")

    def entry(self) -> Entry:
        """What was filled in."""
        given = {name: value for name, value in self.cleaned_data.items() if name in self.base_fields}
        return Entry(kind=self.kind, **given)


class TakeBackForm(OneTimeToken, forms.Form):
    """Why an entry is taken back."""

    reason = forms.CharField(label=_("Reason"), max_length=300, help_text=_("It stays beside the entry for ever."))
    anew = forms.BooleanField(
        label=_("Enter it anew afterwards: the form opens with what was typed"), required=False, initial=True
    )


def typed(entry: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> dict[str, Any]:
    """What was typed into an entry, as initial values of its form.

    ``entry`` holds its objects, the transaction last; ``names`` those of holders, classes and plans by their id.
    """
    last, by_kind = entry[-1], {str(item["object_type"]): item for item in entry}
    issued = {item["security_id"]: item for item in entry if str(item["object_type"]).endswith("_ISSUANCE")}
    is_new = last["security_id"] in issued
    made = issued.get((last.get("resulting_security_ids") or [last["security_id"]])[0], {})
    # Without a price what was paid first is kept, and then the basis says so.
    paid = None if made.get("cost_basis") else made.get("share_price")
    price = last.get("price") or made.get("exercise_price") or paid or {}
    money = last.get("investment_amount") or last.get("amount") or {}
    found = {
        "on": last["date"],
        "security_id": None if is_new else last["security_id"],
        "stakeholder": names.get(made.get("stakeholder_id", "")),
        "stock_class": names.get(made.get("stock_class_id", "")),
        "plan": names.get(made.get("stock_plan_id", "")),
        "reserved": by_kind.get("STOCK_PLAN", {}).get("initial_shares_reserved"),
        "quantity": last.get("quantity") or last.get("quantity_converted"),
        "amount": money.get("amount"),
        "new_shares": None if is_new else made.get("quantity"),
        "price": price.get("amount"),
        "expires_on": last.get("expiration_date"),
        "reason": last.get("reason_text") or last.get("consideration_text"),
        "number": made.get("custom_id"),
        "is_institution": by_kind.get("STAKEHOLDER", {}).get("stakeholder_type", "INSTITUTION") == "INSTITUTION",
        "is_preferred": by_kind.get("STOCK_CLASS", {}).get("class_type") == "PREFERRED",
    }
    return {name: value for name, value in found.items() if value not in {None, NO_NUMBER}}
