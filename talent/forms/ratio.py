"""What may be asked of the ratio pages: a scope, a plan, a name for it, a day on which a list is complete."""

import json
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innovation.core.errors import RuleViolation
from innovation.core.fields import DateField, MoneyField
from innovation.core.forms import OneTimeToken
from innovation.organisations.models import Organisation
from talent.choices.ratio import GrowthMode, RatioCode
from talent.forms.shares import PercentField, PostsField
from talent.models import LaboratoryProgramme, RatioMonthEnd
from talent.queries.plans import MOST_QUARTERS, PlanInputs

PRICES = {"hire_fen": "hire", "trainee_fen": "trainee", "shared_post_fen": "shared_post", "kept_post_fen": "kept_post"}
"""Inputs of a plan that are money → the fields in which they are typed."""


class BoardForm(forms.Form):
    """The scope of a board as the address carries it."""

    as_of = forms.ModelChoiceField(
        RatioMonthEnd.objects.all(), label=_("Month end"), required=False, to_field_name="as_of",
        empty_label=_("The latest"),
    )  # fmt: skip
    definition = forms.ChoiceField(
        label=_("Definition"), required=False, choices=[("", _("The city's own")), *RatioCode.choices]
    )
    organisation = forms.ModelChoiceField(
        Organisation.objects.filter(Q(laboratories__isnull=False)).distinct().order_by("pinyin", "pk"),
        label=_("Organisation"), required=False, empty_label=_("All organisations"),
    )  # fmt: skip
    programme = forms.ModelChoiceField(
        LaboratoryProgramme.objects.all(), label=_("Programme"), required=False, empty_label=_("All laboratories")
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("organisation") and data.get("programme"):
            self.add_error("programme", _("Choose an organisation or a programme, not both."))
        return data


def _quarter(label: Any, **options: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=1, max_value=MOST_QUARTERS, **options)


class PlanForm(forms.Form):
    """Rates, levers and prices of a plan; its fields bear the names of ``PlanInputs``."""

    growth = PercentField(label=_("Professionals grow a quarter (%)"), min_value=-100)
    mode = forms.ChoiceField(label=_("Growth counts"), choices=GrowthMode.choices)
    attrition = PercentField(label=_("Supporting staff leave a quarter (%)"))
    pass_rate = PercentField(label=_("Trainees pass (%)"))
    placement_rate = PercentField(label=_("Of these placed (%)"))
    growth_spread = PercentField(label=_("Growth may differ by (points)"))
    attrition_spread = PercentField(label=_("Leaving may differ by (points)"))
    pass_spread = PercentField(label=_("Passing may differ by (points)"))
    placement_spread = PercentField(label=_("Placing may differ by (points)"))
    quarters = _quarter(_("Quarters to look ahead"))
    cohort_size = forms.IntegerField(label=_("Seats in a cohort"), min_value=1, max_value=100_000)
    hires = PostsField(label=_("Posts hired a quarter"))
    hires_first = _quarter(_("From quarter"))
    hire = MoneyField(label=_("Cost of a hire, once"))
    trainees = PostsField(label=_("Trainees a quarter"))
    trained_first = _quarter(_("Output from quarter"))
    trained_last = _quarter(_("To quarter"), required=False, help_text=_("Empty: to the end."))
    trainees_after = PostsField(label=_("Trainees a quarter after that"), required=False)
    trainee = MoneyField(label=_("Cost of a trainee, once"))
    shared = PercentField(label=_("Posts above need that are lent (%)"))
    shared_first = _quarter(_("From quarter"))
    shared_post = MoneyField(label=_("Cost of a shared post a quarter"))
    retained = PercentField(label=_("Points less attrition a quarter"))
    retained_first = _quarter(_("From quarter"))
    kept_post = MoneyField(label=_("Cost of a post that is kept"))

    def __init__(self, data: Mapping[str, Any] | None, *, initial: PlanInputs) -> None:
        shown = {PRICES.get(name, name): getattr(initial, name) for name in PlanInputs.__dataclass_fields__}
        super().__init__(data, initial=shown, auto_id="%s")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors:
            try:
                data["inputs"] = self._inputs(data).check()
            except RuleViolation as violation:
                field = PRICES.get(violation.field or "", violation.field or "")
                self.add_error(field if field in self.fields else None, str(violation))
        return data

    @staticmethod
    def _inputs(data: Mapping[str, Any]) -> PlanInputs:
        given = {name: data[PRICES.get(name, name)] for name in PlanInputs.__dataclass_fields__}
        given |= {"mode": GrowthMode(data["mode"]), "trainees_after": data["trainees_after"] or Fraction(0)}
        return PlanInputs(**given)


class SavePlanForm(OneTimeToken, forms.Form):
    """A name for a plan; what is in it comes in a hidden field."""

    name = forms.CharField(label=_("Name"), max_length=100)
    note = forms.CharField(label=_("Note"), required=False, max_length=2_000, widget=forms.Textarea({"rows": 2}))
    inputs = forms.CharField(widget=forms.HiddenInput, max_length=5_000)

    def clean_inputs(self) -> PlanInputs:
        try:
            data = json.loads(self.cleaned_data["inputs"])
            return PlanInputs.from_data(data).check()
        except (json.JSONDecodeError, RuleViolation, TypeError) as error:
            raise forms.ValidationError(_("These inputs of a plan cannot be read.")) from error


class CompleteForm(OneTimeToken, forms.Form):
    """The day as of which a list of posts is complete."""

    as_of = DateField(label=_("Complete as of"), initial=timezone.localdate)
    note = forms.CharField(label=_("Note"), required=False, max_length=200)
