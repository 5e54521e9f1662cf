"""The form that asks for a report: the kind's own parameters, then the two times and the language."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from innovation.core.forms import OneTimeToken
from innovation.reports.registry import ParametersForm, ReportKind, canonical_parameters


class QuestionFields(OneTimeToken, ParametersForm):
    """What every question has beside the kind's parameters."""

    as_of = forms.DateField(
        label=_("As of"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The day the figures are true for. Empty means today."),
    )
    known_at = forms.DateTimeField(
        label=_("Known at"),
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("Only what had been recorded until this moment counts, China Standard Time. Empty means now."),
    )
    language = forms.ChoiceField(label=_("Language of the report"), choices=settings.LANGUAGES)
    mail_to_asker = forms.BooleanField(label=_("Mail me when it is ready"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].initial = translation.get_language()


def question_form(kind: ReportKind) -> type[QuestionFields]:
    """The form class of one kind: its parameters come first."""
    return type("QuestionForm", (QuestionFields, kind.parameters), {})


def parameters_of(form: QuestionFields, kind: ReportKind) -> dict[str, Any]:
    """The kind's own parameters in a valid ``form``, as JSON values."""
    return canonical_parameters({name: form.cleaned_data.get(name) for name in kind.parameters.base_fields})
