"""Forms of the own profile: name and iD, the directory, posts, a step of a role profile."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from innovation.core.fields import DateField
from innovation.organisations.models import Division
from talent.choices.people import (
    DirectoryField,
    FrascatiClass,
    PostClass,
    PostDuty,
    ResearcherProfile,
    RoleKind,
)
from talent.forms.fields import AskingForm, OrganisationField, consent_field
from talent.models import ConsentText, Laboratory

NOT_SAID = ("", _("Not said"))


class ConsentingForm(AskingForm):
    """Asks for the consent that carries the registry of who has not given it; ``consent`` is its text, else None."""

    def __init__(self, *args: Any, consent: ConsentText | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if consent is not None:
            self.fields["agreed"] = consent_field(consent)


class PersonForm(ConsentingForm):
    """Names, division, ORCID iD and what the person offers."""

    family_name = forms.CharField(label=_("Family name"), max_length=60, required=False)
    given_name = forms.CharField(label=_("Given name"), max_length=100, required=False)
    name_en = forms.CharField(label=_("Name in Latin letters"), max_length=160, required=False)
    former_names = forms.CharField(label=_("Former names"), max_length=300, required=False)
    home = forms.CharField(
        label=_("Division"), max_length=6, required=False, help_text=_("Its code of six digits, such as 330106.")
    )
    orcid = forms.CharField(
        label=_("ORCID iD"), max_length=60, required=False,
        help_text=_("With or without hyphens, or as an address of orcid.org."),
    )  # fmt: skip
    offers = forms.CharField(
        label=_("What I offer"), max_length=600, required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("In your own words, for those who look for somebody like you. No health, family or identity data."),
    )  # fmt: skip

    def clean_home(self) -> Division | None:
        code = self.cleaned_data["home"]
        if not code:
            return None
        found = Division.objects.filter(pk=code).first()
        if found is None:
            raise forms.ValidationError(_("There is no division of this code."))
        return found


class DirectoryForm(AskingForm):
    """Whether one stands in the public directory, and with what."""

    shown = forms.MultipleChoiceField(
        label=_("Also show"), choices=DirectoryField.choices, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Name and kinds are always shown. You can leave at any moment."),
    )  # fmt: skip
    field_order = ["is_listed", "shown"]

    def __init__(self, *args: Any, consent: ConsentText, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["is_listed"] = consent_field(consent, box=_("Show me in the public directory"), required=False)
        self.order_fields(self.field_order)


class PostForm(AskingForm):
    """A post, as the person tells it; the organisation confirms."""

    organisation = OrganisationField(label=_("Organisation"))
    laboratory = forms.CharField(label=_("Code of the laboratory"), max_length=30, required=False)
    title = forms.CharField(label=_("Post"), max_length=120)
    duty = forms.ChoiceField(label=_("Kind of work"), choices=PostDuty.choices)
    post_class = forms.ChoiceField(label=_("Class of post"), choices=PostClass.choices)
    r_profile = forms.ChoiceField(
        label=_("Researcher profile"), choices=[NOT_SAID, *ResearcherProfile.choices], required=False
    )
    frascati_class = forms.ChoiceField(label=_("Frascati class"), choices=FrascatiClass.choices)
    fte_centi = forms.IntegerField(
        label=_("Share of full working time (hundredths)"), min_value=1, max_value=100, initial=100,
        help_text=_("100 is full time, 50 is half."),
    )  # fmt: skip
    valid_from = DateField(label=_("From"))
    valid_to = DateField(label=_("To"), required=False, help_text=_("Empty while you hold it."))
    funding = forms.CharField(label=_("Paid from"), max_length=120, required=False)

    def clean(self) -> dict[str, Any] | None:
        data = super().clean() or {}
        code, organisation = data.get("laboratory"), data.get("organisation")
        if code and organisation is not None:
            data["laboratory"] = Laboratory.objects.filter(organisation=organisation, code=code).first()
            if data["laboratory"] is None:
                self.add_error("laboratory", _("This organisation has no laboratory of this code."))
        else:
            data["laboratory"] = None
        return data


class NewRoleForm(ConsentingForm):
    kind = forms.ChoiceField(label=_("What do you want to be registered as?"), choices=RoleKind.choices)


class StepForm(ConsentingForm):
    reason = forms.CharField(label=_("Why"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 4}))
