"""Fields and mixins that several forms of the talent part share."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from innovation.core.fields import AgreementField
from innovation.core.forms import TOKEN_FIELD, OneTimeToken
from innovation.core.resident_ids import find
from innovation.organisations.models import Organisation
from talent.models import ConsentText

CONFIRM = "no_identity_number"


class AskingForm(OneTimeToken, forms.Form):
    """Base of the forms in which people write about themselves: asks about what looks like an identity number.

    A right number is refused by every text field of the product; one with a wrong check character may be a slip of
    the pen or something else, so the person is asked once and may go on.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[CONFIRM] = forms.BooleanField(
            label=_("None of what I typed is the number of an identity card"), required=False,
            widget=forms.HiddenInput,
        )  # fmt: skip

    def clean(self) -> dict[str, Any] | None:
        data = super().clean() or self.cleaned_data
        asked = [name for name, value in data.items() if isinstance(value, str) and find(value).suspects]
        is_confirmed = data.pop(CONFIRM, False)
        data.pop(TOKEN_FIELD, None)
        if asked:
            self.fields[CONFIRM].widget = forms.CheckboxInput()
        if asked and not is_confirmed:
            for name in asked:
                self.add_error(name, _("This looks like the number of an identity card. Take it out, or say below "
                                       "that it is none."))  # fmt: skip
        return data


def consent_field(text: ConsentText, *, box: Any = None, **options: Any) -> AgreementField:
    """The words of a consent with their version, above one box; gives the key of the text when it is ticked."""
    return AgreementField(key=str(text.pk), words=text.words, box=box or _("I agree"), label=text.title, **options)


class OrganisationField(forms.CharField):
    """An organisation by its code or its exact name, as people have it at hand."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("Its unified social credit code or its whole name."))
        super().__init__(max_length=200, **kwargs)

    def clean(self, value: Any) -> Organisation | None:
        text = super().clean(value)
        if not text:
            return None
        code = text.replace(" ", "").upper()
        named = Q(uscc=code) | Q(local_code=text) | Q(name_zh=text) | Q(name_en__iexact=text)
        found = Organisation.objects.current().filter(named)[:2]
        if len(found) != 1:
            raise forms.ValidationError(_("No organisation, or more than one, is known by this. Use its code."))
        return found[0]

    def prepare_value(self, value: Any) -> Any:
        return value.code if isinstance(value, Organisation) else value
