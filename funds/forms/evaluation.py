"""Forms of self-evaluation and of the filing extract."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from funds.models import EvaluationIndicator, EvaluationScheme, Fund
from innovation.core.fields import DateField
from innovation.core.forms import OneTimeToken


class YearForm(OneTimeToken, forms.Form):
    fund = forms.ModelChoiceField(label=_("Fund"), queryset=Fund.objects.order_by("code"))
    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].initial = timezone.localdate().year - 1


class RunForm(YearForm):
    scheme = forms.ModelChoiceField(label=_("Scheme"), queryset=EvaluationScheme.objects.all())


class ScoreForm(OneTimeToken, forms.Form):
    indicator = forms.ModelChoiceField(label=_("Indicator"), queryset=EvaluationIndicator.objects.none())
    score = forms.DecimalField(label=_("Score, 0 to 100"), min_value=0, max_value=100, decimal_places=2)
    reason = forms.CharField(label=_("Reason and evidence"), widget=forms.Textarea({"rows": 4}))
    upload = forms.FileField(label=_("Document"), required=False)

    def __init__(self, *args: Any, indicators: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if indicators is not None:
            self.fields["indicator"].queryset = indicators


class CommitmentForm(OneTimeToken, forms.Form):
    commitment = forms.CharField(
        label=_("Truth commitment"), widget=forms.Textarea({"rows": 4}),
        initial=_("I have looked through this extract. It is true, complete and in time."),
    )  # fmt: skip


class FiledForm(OneTimeToken, forms.Form):
    filed_on = DateField(label=_("Filed on"), initial=timezone.localdate)
    receipt = forms.CharField(label=_("Receipt"), max_length=200)
