"""Forms about one's own data."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from innovation.core.fields import DateField
from innovation.core.forms import OneTimeToken
from talent.choices.privacy import RightsKind, SharedField
from talent.forms.fields import OrganisationField


class ShareForm(OneTimeToken, forms.Form):
    """With whom, what, until when."""

    recipient = OrganisationField(label=_("Organisation"))
    shared = forms.MultipleChoiceField(
        label=_("What it may read"), choices=SharedField.choices, widget=forms.CheckboxSelectMultiple
    )
    expires_on = DateField(label=_("Until"), help_text=_("At most one year from today."))


class CorrectionForm(OneTimeToken, forms.Form):
    """The person's own facts as they stand, to be changed, and words for everything else."""

    FACTS = ("family_name", "given_name", "name_en", "former_names", "orcid")

    family_name = forms.CharField(label=_("Family name"), max_length=60, required=False)
    given_name = forms.CharField(label=_("Given name"), max_length=100, required=False)
    name_en = forms.CharField(label=_("Name in Latin letters"), max_length=160, required=False)
    former_names = forms.CharField(label=_("Former names"), max_length=300, required=False)
    orcid = forms.CharField(label=_("ORCID iD"), max_length=60, required=False)
    words = forms.CharField(
        label=_("What else is wrong"), required=False, max_length=4_000, widget=forms.Textarea({"rows": 4}),
        help_text=_("For posts, skills or credentials: say which, and what is right."),
    )  # fmt: skip


class RequestForm(OneTimeToken, forms.Form):
    """Access, an objection, another question."""

    kind = forms.ChoiceField(
        label=_("What you ask for"),
        choices=[
            (kind.value, kind.label) for kind in (RightsKind.ACCESS, RightsKind.OBJECTION, RightsKind.OTHER)
        ],
    )  # fmt: skip
    subject = forms.CharField(label=_("About"), max_length=120, required=False)
    words = forms.CharField(label=_("In your words"), max_length=4_000, required=False, widget=forms.Textarea)


class EraseForm(OneTimeToken, forms.Form):
    """The code of the list that was shown."""

    code = forms.CharField(label=_("Code"), max_length=12, required=False)

    def __init__(self, *args: Any, code: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.right_code = code

    def clean_code(self) -> str:
        typed = self.cleaned_data["code"].strip().upper()
        if typed != self.right_code:
            raise ValidationError(_("Type the code that stands above the field."))
        return typed


class CarryOutForm(OneTimeToken, forms.Form):
    """The code typed by who carries an erasure out; the action compares it with the list as it is then."""

    code = forms.CharField(label=_("Code"), max_length=12, required=False)


class AnswerForm(OneTimeToken, forms.Form):
    """Grant or refuse, with words for the person."""

    decision = forms.ChoiceField(
        label=_("Decision"), choices=[("grant", _("Grant")), ("refuse", _("Refuse"))], widget=forms.RadioSelect
    )
    words = forms.CharField(label=_("Answer to the person"), max_length=4_000, widget=forms.Textarea({"rows": 4}))

    def __init__(self, *args: Any, erasure: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if erasure:  # it is granted by carrying it out
            self.fields["decision"].choices = [("refuse", _("Refuse"))]  # type: ignore[attr-defined]
            self.fields["decision"].initial = "refuse"
