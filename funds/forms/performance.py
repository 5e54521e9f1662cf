"""What a reader may ask the performance pages beside the two times."""

from datetime import date

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from funds.forms.moments import LARGEST_KEY, MomentForm
from funds.queries.performance import Cut
from funds.queries.rate_rows import Side


class PerformanceForm(MomentForm):
    """The market index by its code; empty takes the first total-return index, ``none`` compares with none."""

    index = forms.SlugField(required=False, max_length=40, label=_("Market index"))


class FundPerformanceForm(PerformanceForm):
    """Also the day on which the bridge begins, and the pacing model."""

    since = forms.DateField(
        label=_("Bridge from"), required=False, error_messages={"invalid": _("Write the day as 2026-06-30.")}
    )
    model = forms.IntegerField(required=False, min_value=1, max_value=LARGEST_KEY, label=_("Pacing model"))

    def clean_since(self) -> date | None:
        day = self.cleaned_data["since"]
        if day and day > (self.cleaned_data.get("as_of") or timezone.localdate()):
            raise forms.ValidationError(_("The bridge begins on or before the as-of day."))
        return day


class RateRowsForm(MomentForm):
    """Which rate is asked: a cut with its key, and the side of it."""

    cut = forms.ChoiceField(choices=[(cut.value, cut.value) for cut in Cut])
    key = forms.CharField(max_length=40)
    side = forms.ChoiceField(choices=[(side.value, side.value) for side in Side])
