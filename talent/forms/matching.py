"""Forms of matching: demands and technologies, runs and decisions, mandates, and what a person offers."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innovation.core.fields import DateField
from innovation.core.forms import TOKEN_FIELD, OneTimeToken
from innovation.organisations.models import Division
from talent.choices.matching import (
    ConflictSource,
    DemandKind,
    Engagement,
    MandateRole,
    MatchLevel,
    MatchSector,
    MatchSkill,
    MatchStage,
    OutcomeOccasion,
    Tongue,
)
from talent.choices.people import RoleKind
from talent.forms.fields import OrganisationField
from talent.models import Demand, MatchProfile, Person, Technology
from talent.models.match_profile import MOST_POINTS
from talent.models.matching import MOST_SECONDS, OBJECTIVES

LONG = forms.Textarea({"rows": 4})


class Asking(OneTimeToken, forms.Form):
    """Base: ``values()`` are what the action takes."""

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != TOKEN_FIELD}


def several(label: Any, choices: Any, **options: Any) -> forms.MultipleChoiceField:
    """Some of a short list, as boxes to tick."""
    return forms.MultipleChoiceField(
        label=label, choices=choices, widget=forms.CheckboxSelectMultiple, required=False, **options
    )


class TechnologyForm(Asking):
    """A technology of an institute."""

    code = forms.CharField(label=_("Code"), max_length=30)
    name_zh = forms.CharField(label=_("Chinese name"), max_length=200)
    name_en = forms.CharField(label=_("English name"), max_length=200, required=False)
    organisation = OrganisationField(label=_("Institute"))
    sector = forms.ChoiceField(label=_("Sector"), choices=MatchSector.choices)
    trl = forms.IntegerField(label=_("Technology readiness level"), min_value=1, max_value=9)


class DemandForm(Asking):
    """Who is wanted, for whom, with what, when."""

    code = forms.CharField(label=_("Code"), max_length=30)
    name_zh = forms.CharField(label=_("Chinese name"), max_length=200)
    name_en = forms.CharField(label=_("English name"), max_length=200, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=DemandKind.choices)
    role_kind = forms.ChoiceField(label=_("Wanted"), choices=RoleKind.choices, initial=RoleKind.TECH_MANAGER)
    organisation = OrganisationField(label=_("Owner"))
    technology = forms.ModelChoiceField(label=_("Technology"), queryset=Technology.objects.none(), required=False)
    division = forms.ModelChoiceField(label=_("Division"), queryset=Division.objects.none(), required=False)
    sector = forms.ChoiceField(label=_("Sector"), choices=[("", "–"), *MatchSector.choices], required=False)
    stage = forms.ChoiceField(label=_("Stage"), choices=[("", "–"), *MatchStage.choices], required=False)
    skills = several(_("Skills needed"), MatchSkill.choices)
    languages = several(_("Languages needed"), Tongue.choices)
    level = forms.TypedChoiceField(label=_("Level needed"), choices=MatchLevel.choices, coerce=int)
    load = forms.IntegerField(
        label=_("Load (points)"), min_value=1, max_value=4, initial=2,
        help_text=_("One to four points, by stage and urgency."),
    )  # fmt: skip
    starts_on = DateField(label=_("From"))
    ends_on = DateField(label=_("To"))
    is_priority = forms.BooleanField(label=_("Served before others"), required=False)
    of_small_firm = forms.BooleanField(label=_("Of a small firm"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["technology"].queryset = Technology.objects.order_by("code")
        self.fields["division"].queryset = Division.objects.places().filter(code__startswith="33")

    @staticmethod
    def initial_of(demand: Demand) -> dict[str, Any]:
        chosen = {name: getattr(demand, name) for name in DemandForm.base_fields}
        return chosen | {"organisation": demand.organisation.uscc or demand.organisation.name}


class RunForm(Asking):
    """A question to the matcher."""

    role_kind = forms.ChoiceField(label=_("Kind of people"), choices=RoleKind.choices, initial=RoleKind.TECH_MANAGER)
    day = DateField(label=_("As of"), initial=timezone.localdate)
    objective = forms.ChoiceField(label=_("Objective"), choices=OBJECTIVES, widget=forms.RadioSelect)
    per_institute = forms.IntegerField(
        label=_("Most demands of one owner per person"), min_value=1, max_value=50, required=False
    )
    replan = forms.BooleanField(
        label=_("Plan running mandates anew"), required=False,
        help_text=_("Without it running mandates stay, and only what is left is matched."),
    )  # fmt: skip
    change_penalty = forms.IntegerField(
        label=_("Penalty of a moved mandate (points of fit)"), min_value=0, max_value=100, initial=10
    )
    seconds = forms.IntegerField(label=_("Time limit (seconds)"), min_value=5, max_value=MOST_SECONDS, initial=300)


class EngagementForm(Asking):
    """How the person will be engaged."""

    engagement = forms.ChoiceField(
        label=_("Engagement"), choices=Engagement.choices, widget=forms.RadioSelect, initial=Engagement.MANAGING
    )


class SetAsideForm(Asking):
    """Why a proposal is not followed, and who is proposed instead."""

    reason = forms.CharField(label=_("Reason"), widget=LONG, max_length=500)
    instead = forms.ModelChoiceField(
        label=_("Propose instead"), queryset=Person.objects.none(), required=False, empty_label=_("nobody for now")
    )

    def __init__(self, *args: Any, people: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["instead"].queryset = people if people is not None else Person.objects.none()


class ByHandForm(Asking):
    """A person chosen by hand."""

    person = forms.ModelChoiceField(label=_("Person"), queryset=Person.objects.none())
    role = forms.ChoiceField(label=_("Role"), choices=MandateRole.choices)
    engagement = forms.ChoiceField(label=_("Engagement"), choices=Engagement.choices)
    reason = forms.CharField(label=_("Reason"), widget=LONG, max_length=500)

    def __init__(self, *args: Any, people: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people if people is not None else Person.objects.none()


class WhyForm(Asking):
    """Why something is done."""

    reason = forms.CharField(label=_("Reason"), widget=LONG, max_length=500)


class TextForm(Asking):
    """A text of one's own."""

    text = forms.CharField(label=_("Text"), widget=LONG, max_length=1000)


class OutcomeForm(Asking):
    """What came of a mandate."""

    occasion = forms.ChoiceField(label=_("When"), choices=OutcomeOccasion.choices, widget=forms.RadioSelect)
    achieved = forms.IntegerField(label=_("Achieved of what was agreed (%)"), min_value=0, max_value=100)
    text = forms.CharField(label=_("What came of it"), widget=LONG, max_length=1000)


class OfferForm(Asking):
    """What the matcher may use of a person."""

    is_open = forms.BooleanField(
        label=_("I am open to proposals"), required=False,
        help_text=_("Without it the next matching leaves you out. What runs goes on."),
    )  # fmt: skip
    skills = several(_("Skills"), MatchSkill.choices)
    languages = several(_("Languages"), Tongue.choices)
    sectors = several(_("Sectors"), MatchSector.choices)
    stages = several(_("Stages with experience"), MatchStage.choices)
    capacity_points = forms.IntegerField(
        label=_("Capacity (points)"), min_value=0, max_value=MOST_POINTS, initial=10,
        help_text=_("A mandate takes one to four points, ten are full time."),
    )  # fmt: skip

    @staticmethod
    def initial_of(profile: MatchProfile) -> dict[str, Any]:
        return {name: getattr(profile, name) for name in OfferForm.base_fields}


class PeriodForm(Asking):
    """Days with less capacity."""

    valid_from = DateField(label=_("From"))
    valid_to = DateField(label=_("To"))
    points = forms.IntegerField(label=_("Capacity on these days (points)"), min_value=0, max_value=MOST_POINTS,
                                initial=0)  # fmt: skip


class InterestForm(Asking):
    """An interest in an organisation, or none."""

    organisation = OrganisationField(label=_("Organisation"))
    source = forms.ChoiceField(label=_("My interest"), choices=ConflictSource.choices, widget=forms.RadioSelect)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)
    valid_to = DateField(label=_("Until"), required=False)
