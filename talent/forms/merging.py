"""The form of a merge: whose value wins where the two records differ, and why they are one person."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from talent.actions.merging import LOSER, SURVIVOR, Preview
from talent.forms.fields import AskingForm


class MergeForm(AskingForm):
    reason = forms.CharField(label=_("Why are they one person?"), max_length=300)

    def __init__(self, *args: Any, preview: Preview, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.differing = [choice for choice in preview.fields if choice.differs]
        for choice in self.differing:
            self.fields[f"keep_{choice.name}"] = forms.ChoiceField(
                label=capfirst(choice.label), initial=choice.kept, widget=forms.RadioSelect,
                choices=[(SURVIVOR, self._shown(choice.survivor)), (LOSER, self._shown(choice.loser))],
            )  # fmt: skip

    def _shown(self, value: Any) -> str:
        return str(value) if value not in (None, "") else str(_("(empty)"))

    def choices(self) -> dict[str, str]:
        """Whose value is kept, by field."""
        return {choice.name: self.cleaned_data[f"keep_{choice.name}"] for choice in self.differing}
