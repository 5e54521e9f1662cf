"""The form of a period's management fee."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innovation.core.fields import DateField
from innovation.core.forms import OneTimeToken


class FeeForm(OneTimeToken, forms.Form):
    """The period, both days included, and the day on which the fee was paid."""

    since = DateField(label=_("From"))
    until = DateField(label=_("To"), help_text=_("Both days count."))
    value_date = DateField(label=_("Paid on"))
    document = forms.CharField(label=_("Source document"), max_length=200, required=False)

    @staticmethod
    def initial_period(last: date | None, starts_on: date) -> dict[str, Any]:
        """The year after the last charged day, or the first year of the fund."""
        today = timezone.localdate()
        since = date.fromordinal(last.toordinal() + 1) if last else starts_on
        return {"since": since, "until": date(since.year, 12, 31), "value_date": today}

    def facts(self) -> dict[str, Any]:
        """The answers as the action takes them."""
        return {name: self.cleaned_data[name] for name in ("since", "until", "value_date", "document")}
