"""Forms of training: a cohort, a seat, a result, a placement, the filing."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from innovation.core.fields import DateField
from innovation.core.forms import OneTimeToken
from talent.choices.credentials import TrainingResult
from talent.forms.fields import OrganisationField
from talent.forms.typed import PersonField


class CohortForm(OneTimeToken, forms.Form):
    number = forms.CharField(label=_("Cohort"), max_length=30, help_text=_("Such as 2026-3."))
    seats = forms.IntegerField(label=_("Seats"), min_value=1, max_value=1000)
    starts_on = DateField(label=_("From"))
    ends_on = DateField(label=_("To"))

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("number", "seats", "starts_on", "ends_on")}


class EnrolForm(OneTimeToken, forms.Form):
    person = PersonField(label=_("Person"))


class ResultForm(OneTimeToken, forms.Form):
    attended_hours = forms.IntegerField(label=_("Hours attended"), min_value=0, max_value=5000)
    result = forms.ChoiceField(label=_("Result"), choices=TrainingResult.choices)


class PlacementForm(OneTimeToken, forms.Form):
    organisation = OrganisationField(label=_("Placed at"))
    placed_on = DateField(label=_("Since"))


class FilingForm(OneTimeToken, forms.Form):
    """One field for the unified number of each person who passed."""

    filed_on = DateField(label=_("Day of the filing"))

    def __init__(self, *args: Any, passed: Any = (), numbered: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.keys = [enrolment.pk for enrolment in passed]
        for enrolment in passed:
            label = _("Number of %(person)s") % {"person": enrolment.person}
            self.fields[f"number_{enrolment.pk}"] = forms.CharField(label=label, max_length=60, required=numbered)

    def numbers(self) -> dict[int, str]:
        return {key: self.cleaned_data[f"number_{key}"] for key in self.keys}
