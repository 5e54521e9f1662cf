"""What a reader may ask the tolerance pages: scope, stage, two times."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

LARGEST_KEY = 10**18 - 1
SCOPE = r"^(fund|group|project)-([1-9][0-9]{0,17})$"


class MomentForm(forms.Form):
    """The two times of a question; empty means today and now."""

    as_of = forms.DateField(
        label=_("As of"), required=False, error_messages={"invalid": _("There is no such day. Write it as 2026-06-30.")}
    )
    known_at = forms.DateTimeField(
        label=_("Known at"),
        required=False,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%d"],
        error_messages={"invalid": _("There is no such moment. Write it as 2026-07-05T09:30.")},
    )

    def clean_as_of(self) -> date | None:
        day = self.cleaned_data["as_of"]
        if day and day > timezone.localdate():
            raise forms.ValidationError(_("This day is still to come. Choose today or an earlier day."))
        return day

    def clean_known_at(self) -> datetime | None:
        moment = self.cleaned_data["known_at"]
        if moment and moment > timezone.now():
            raise forms.ValidationError(_("This moment is still to come. Choose now or an earlier moment."))
        return moment


class ScopeForm(MomentForm):
    """Scope (``fund-12``, ``group-3``, ``project-7``), stage, project and document of a question, as in the address.

    The chooser names a project beside its fund; ``project-7`` alone is the shorter address of the same question.
    """

    scope = forms.RegexField(SCOPE, required=False, label=_("Fund or group"))
    stage = forms.SlugField(
        required=False,
        max_length=20,
        label=_("Stage"),
        error_messages={"invalid": _("There is no such stage. The whole fund is shown.")},
    )
    project = forms.IntegerField(required=False, min_value=1, max_value=LARGEST_KEY, label=_("Project"))
    document = forms.IntegerField(required=False, min_value=1, label=_("Policy document"))

    def scope_parts(self) -> tuple[str, int] | None:
        """Kind and key of the scope; None for the overview."""
        text: Any = self.cleaned_data.get("scope")
        if not text:
            return None
        kind, _dash, key = text.partition("-")
        return kind, int(key)
