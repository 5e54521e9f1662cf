"""The form with which anybody objects to a decision on notice."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from innovation.core.forms import OneTimeToken


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files; cleans to a list, empty when none was chosen."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        chosen = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(one, initial) for one in chosen if one]


class ObjectionForm(OneTimeToken, forms.Form):
    """Who objects, how to reach them, why, and what proves it."""

    name = forms.CharField(label=_("Your name"), max_length=100)
    email = forms.EmailField(
        label=_("E-mail"), help_text=_("We send a link that you open to confirm; without it nothing is examined.")
    )
    phone = forms.CharField(label=_("Telephone"), max_length=40, required=False)
    text = forms.CharField(
        label=_("What you object to, and why"), widget=forms.Textarea({"rows": 7}), max_length=5000,
        help_text=_("Name facts that can be checked. Your name is not published."),
    )  # fmt: skip
    files = FilesField(
        label=_("Proof"), required=False, help_text=_("At most five files: PDF, pictures, texts, tables.")
    )
