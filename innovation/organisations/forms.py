"""Forms of the register: one organisation, a contact, a file to import, the choices of a merge."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.contrib.import_export.forms import ImportForm
from unfold.widgets import UnfoldAdminTextareaWidget

from innovation.core.errors import RuleViolation
from innovation.core.forms import OneTimeToken
from innovation.core.uploads import accept
from innovation.organisations.merging import FIELDS, LOSER, SURVIVOR, Preview
from innovation.organisations.models import Contact, Organisation


class OrganisationForm(forms.ModelForm):
    """The admin's form; codes may be typed with spaces and hyphens."""

    class Meta:
        model = Organisation
        fields = "__all__"  # noqa: DJ007 - the admin names its fields


class ContactForm(OneTimeToken, forms.ModelForm):
    """A contact, as the organisation's own lead keeps it."""

    class Meta:
        model = Contact
        fields = ["name", "position", "phone", "email", "is_main"]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if not (self.cleaned_data.get("phone") or self.cleaned_data.get("email") or self.errors.get("email")):
            self.add_error("phone", _("Give a telephone number or an e-mail address."))
        return cleaned

    def validate_constraints(self) -> None:
        """A second main contact is no fault here: it takes the place of the first."""

    def values(self) -> dict[str, Any]:
        """What ``actions.save_contact`` takes."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class SpreadsheetForm(ImportForm):
    """The file of an import, looked at before anything reads it."""

    def clean_import_file(self) -> Any:
        upload = self.cleaned_data["import_file"]
        try:
            accept(upload).content.close()
        except RuleViolation as violation:
            raise forms.ValidationError(str(violation), code=violation.code.lower()) from violation
        upload.seek(0)
        return upload


class MergeForm(forms.Form):
    """Whose value wins where the two records differ, and why they are one."""

    reason = forms.CharField(
        label=_("Reason"), required=False, widget=UnfoldAdminTextareaWidget({"rows": 2}), max_length=1000,
        help_text=_("Kept with the record of this merge."),
    )  # fmt: skip

    def __init__(self, preview: Preview, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.preview = preview
        for choice in preview.fields:
            if choice.differs:
                self.fields[choice.name] = forms.ChoiceField(
                    label=choice.label,
                    choices=[(SURVIVOR, _("Kept record")), (LOSER, _("Merged record"))],
                    initial=choice.kept,
                    widget=forms.RadioSelect,
                )

    def rows(self) -> list[dict[str, Any]]:
        """Each differing field with both values as shown and its two radio buttons."""
        return [
            {
                "field": self[choice.name],
                "sides": list(zip(self[choice.name], (_shown(choice, SURVIVOR), _shown(choice, LOSER)), strict=True)),
            }
            for choice in self.preview.fields
            if choice.differs
        ]

    def decision(self) -> dict[str, Any]:
        """Arguments of ``merging.merge_organisations``."""
        choices = {name: self.cleaned_data[name] for name in FIELDS if name in self.fields}
        return {"choices": choices, "reason": self.cleaned_data["reason"]}


def _shown(choice: Any, side: str) -> str:
    value = choice.survivor if side == SURVIVOR else choice.loser
    record = {"sector": "get_sector_display", "status": "get_status_display"}
    if choice.name in record and value:
        value = dict(Organisation._meta.get_field(choice.name).flatchoices)[value]
    return "" if value is None else str(value)


class RemoveForm(OneTimeToken, forms.Form):
    """Nothing but the token: the page names what goes."""
