"""The forms of capital calls and distributions."""

import hashlib
import json
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innovation.core.fields import DateField, MoneyField
from innovation.core.forms import OneTimeToken

RECALLABLE = {
    "call": (
        _("Of which calls distributions back"),
        _("This part counts as paid in once more and not against the commitment."),
    ),
    "distribution": (_("Of which may be called again"), _("What the agreement allows to be called again (可回拨).")),
}


class NoticeForm(OneTimeToken, forms.Form):
    """One notice of a fund; it is split over the investors by their commitments."""

    amount_fen = MoneyField(label=_("Amount of all investors"))
    recallable_fen = MoneyField(required=False)
    notice_on = DateField(label=_("Day of the notice"))
    due_on = DateField(label=_("Due"))
    purpose = forms.CharField(label=_("Purpose"), max_length=200)
    document = forms.CharField(label=_("Source document"), max_length=200, required=False)
    is_last = forms.BooleanField(
        label=_("The fund's last distribution"), required=False,
        help_text=_("Nothing comes after it: what is missing of the capital is a loss, and a first loss is settled."),
    )  # fmt: skip

    def __init__(self, *args: Any, word: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        label, help_text = RECALLABLE[word]
        self.fields["recallable_fen"].label, self.fields["recallable_fen"].help_text = label, help_text
        if word == "call":
            del self.fields["is_last"]
        self.fields["notice_on"].initial = timezone.localdate()

    def facts(self) -> dict[str, Any]:
        """The answers as the action takes them."""
        data = {name: self.cleaned_data[name] for name in self.base_fields if name in self.cleaned_data}
        return data | {"recallable_fen": data.get("recallable_fen") or 0}

    def digest(self) -> str:
        """Names the answers, so that only what was previewed is issued."""
        return hashlib.sha256(json.dumps(self.facts(), default=str, sort_keys=True).encode()).hexdigest()


class PaymentForm(OneTimeToken, forms.Form):
    """What came in or went out for one line."""

    value_date = DateField(label=_("Value date"), help_text=_("The day on the bank slip."))
    amount_fen = MoneyField(label=_("Amount"))
    document = forms.CharField(label=_("Source document"), max_length=200, required=False)
    reason = forms.CharField(label=_("Reason"), max_length=400, required=False)
    late = forms.BooleanField(label=_("Book into the closed period"), required=False)


class PayAllForm(OneTimeToken, forms.Form):
    """All open lines of a notice paid on one day."""

    value_date = DateField(label=_("Value date"), help_text=_("The day on the bank slip."))
    document = forms.CharField(label=_("Source document"), max_length=200, required=False)
