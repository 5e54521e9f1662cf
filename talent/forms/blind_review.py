"""Forms of the blind reviewer: the declaration, the sheet of marks, a changed mark, a conflict seen later."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from innovation.core.forms import OneTimeToken
from talent.actions.blind_scoring import Sheet
from talent.queries.blind import BlindCriterion
from talent.rules.rubric import TOP_MARK

MARKS = [(mark, str(mark)) for mark in range(TOP_MARK + 1)]


class BlindDeclareForm(OneTimeToken, forms.Form):
    """Yes or no, knowing the pseudonym alone; a conflict is seen later too."""

    conflict = forms.TypedChoiceField(
        label=gettext_lazy("Do you have a conflict of interest?"),
        choices=[("no", gettext_lazy("None that I know of")), ("yes", gettext_lazy("Yes, I must not score this case"))],
        coerce=lambda value: value == "yes", widget=forms.RadioSelect, empty_value=None,
        help_text=gettext_lazy(
            "Employment, family, money, a joint project, patent or paper in the last three years. If you recognise the "
            "person later, report it then."
        ),
    )  # fmt: skip
    note = forms.CharField(
        label=gettext_lazy("Which conflict"), required=False, max_length=300,
        help_text=gettext_lazy("Needed where you have one."),
    )  # fmt: skip


class MarksForm(OneTimeToken, forms.Form):
    """A mark of 0 to 4 and a written reason for every criterion."""

    def __init__(self, *args: Any, criteria: Sequence[BlindCriterion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = criteria
        for row in criteria:
            self.fields[f"mark_{row.key}"] = forms.TypedChoiceField(
                label=_("Mark: %(criterion)s") % {"criterion": row.title}, choices=MARKS, coerce=int, required=False,
                empty_value=None, widget=forms.RadioSelect,
            )  # fmt: skip
            self.fields[f"reason_{row.key}"] = forms.CharField(
                label=_("Reason: %(criterion)s") % {"criterion": row.title}, required=False, max_length=2000,
                widget=forms.Textarea({"rows": 3}),
            )  # fmt: skip

    @staticmethod
    def initial_of(draft: dict[str, Any]) -> dict[str, Any]:
        """What a stored draft puts into the fields."""
        marks, reasons = draft.get("marks", {}), draft.get("reasons", {})
        return {f"mark_{key}": mark for key, mark in marks.items()} | {
            f"reason_{key}": text for key, text in reasons.items()
        }

    def sheet(self) -> Sheet:
        """What was typed; criteria without a mark are absent."""
        data = self.cleaned_data
        marks = {one.key: data[f"mark_{one.key}"] for one in self.criteria if data.get(f"mark_{one.key}") is not None}
        return Sheet(marks, {one.key: data.get(f"reason_{one.key}", "") for one in self.criteria})

    def blocks(self) -> list[tuple[BlindCriterion, Any, Any]]:
        """Each criterion with its two fields, for drawing them beside the evidence."""
        return [(one, self[f"mark_{one.key}"], self[f"reason_{one.key}"]) for one in self.criteria]


class ChangeMarkForm(OneTimeToken, forms.Form):
    """Another mark, with the reason for it."""

    mark = forms.TypedChoiceField(
        label=gettext_lazy("New mark"), choices=MARKS, coerce=int, widget=forms.RadioSelect
    )  # fmt: skip
    reason = forms.CharField(
        label=gettext_lazy("Why you change it"), max_length=2000, widget=forms.Textarea({"rows": 3})
    )


class ConflictForm(OneTimeToken, forms.Form):
    """A conflict that is seen while scoring or after."""

    note = forms.CharField(label=gettext_lazy("Which conflict"), max_length=300)
