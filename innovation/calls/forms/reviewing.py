"""Forms of the reviewer's desk: the declaration, the score sheet, giving a review back, own relations."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from innovation.calls.actions.reviewing import Written
from innovation.calls.choices import RelationKind
from innovation.calls.shown import in_language
from innovation.core.forms import OneTimeToken
from innovation.organisations.models import Organisation


class DeclareForm(OneTimeToken, forms.Form):
    conflict = forms.TypedChoiceField(
        label=gettext_lazy("Do you have a conflict of interest?"),
        choices=[("no", gettext_lazy("No, I have none")), ("yes", gettext_lazy("Yes, I must not review this case"))],
        coerce=lambda value: value == "yes", widget=forms.RadioSelect, empty_value=None,
        help_text=gettext_lazy(
            "Employment or study there, money, family, a joint project or patent in the last three years, a dispute."
        ),
    )  # fmt: skip
    note = forms.CharField(
        label=gettext_lazy("Which conflict"), required=False, max_length=300,
        help_text=gettext_lazy("Needed where you have one."),
    )  # fmt: skip


class ReasonForm(OneTimeToken, forms.Form):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class SheetForm(OneTimeToken, forms.Form):
    """The score sheet of a call: points from 0 to the scale, or "not applicable" where the sheet allows it."""

    def __init__(self, *args: Any, sheet: Mapping[str, Any], revising: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sheet, self.revising = sheet, revising
        scale = sheet["scale"]
        for row in sheet["criteria"]:
            key = row["key"]
            weight = _("Weight %(weight)s; 0 to %(scale)s points.") % {"weight": row["weight"], "scale": scale}
            self.fields[f"points_{key}"] = forms.IntegerField(
                label=in_language(row["text"]), min_value=0, max_value=scale, required=False,
                help_text=f"{in_language(row.get('help'))} {weight}".strip(),
            )  # fmt: skip
            if row.get("not_applicable"):
                self.fields[f"none_{key}"] = forms.BooleanField(
                    label=_("Not applicable: %(criterion)s") % {"criterion": in_language(row["text"])}, required=False
                )
            self.fields[f"text_{key}"] = forms.CharField(
                label=_("Reasons: %(criterion)s") % {"criterion": in_language(row["text"])}, required=False,
                max_length=2_000, widget=forms.Textarea(attrs={"rows": 2}),
            )  # fmt: skip
        self.fields["comment"] = forms.CharField(
            label=_("Overall comment"), required=False, max_length=5_000, widget=forms.Textarea(attrs={"rows": 4})
        )
        self.fields["divergence_text"] = forms.CharField(
            label=_("Why your score lies far from the others"), required=False, max_length=3_000,
            widget=forms.Textarea(attrs={"rows": 3}), help_text=_("Asked for only where it does."),
        )  # fmt: skip
        if revising:
            self.fields["reason"] = forms.CharField(
                label=_("Why you revise your review"), required=False, max_length=500,
                widget=forms.Textarea(attrs={"rows": 2}),
            )  # fmt: skip

    @staticmethod
    def initial_of(draft: Mapping[str, Any]) -> dict[str, Any]:
        """What a stored draft puts into the fields."""
        points, texts = draft.get("points", {}), draft.get("texts", {})
        return {
            **{f"points_{key}": value for key, value in points.items() if value is not None},
            **{f"none_{key}": value is None for key, value in points.items()},
            **{f"text_{key}": text for key, text in texts.items()},
            "comment": draft.get("comment", ""),
            "divergence_text": draft.get("divergence_text", ""),
        }

    def written(self) -> Written:
        """What was typed. Unanswered criteria are absent, not applicable ones None."""
        data = self.cleaned_data
        points: dict[str, int | None] = {}
        for row in self.sheet["criteria"]:
            key = row["key"]
            if data.get(f"none_{key}"):
                points[key] = None
            elif data.get(f"points_{key}") is not None:
                points[key] = data[f"points_{key}"]
        texts = {row["key"]: data.get(f"text_{row['key']}", "") for row in self.sheet["criteria"]}
        return Written(points, texts, data.get("comment", ""), data.get("divergence_text", ""))


class OwnRelationForm(OneTimeToken, forms.Form):
    organisation = forms.CharField(
        label=gettext_lazy("Organisation"), max_length=200,
        help_text=gettext_lazy("Its unified social credit code or its full name; tied to you in the last three years."),
    )  # fmt: skip
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=RelationKind.choices)
    note = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=300)

    def clean_organisation(self) -> Organisation:
        typed = self.cleaned_data["organisation"].strip()
        named = Q(uscc=typed.upper()) | Q(local_code=typed) | Q(name_zh=typed) | Q(name_en__iexact=typed)
        found = Organisation.objects.current().filter(named).first()
        if found is None:
            raise forms.ValidationError(_("No organisation has this code or name."))
        return found


class ProfileForm(OneTimeToken, forms.Form):
    industries = forms.CharField(
        label=gettext_lazy("Industries"), required=False, max_length=300,
        help_text=gettext_lazy("Codes of GB/T 4754 with commas between, such as C39, M73."),
    )  # fmt: skip
    keywords = forms.CharField(
        label=gettext_lazy("Keywords"), required=False, max_length=500, help_text=gettext_lazy("With commas between.")
    )
    load_limit = forms.IntegerField(label=gettext_lazy("Most open reviews"), min_value=1, max_value=200)
    is_active = forms.BooleanField(label=gettext_lazy("I take reviews"), required=False)
    declared = forms.BooleanField(
        label=gettext_lazy("The list of my relations is complete as of today"), required=False,
        help_text=gettext_lazy("Holds for a year. Without it nobody can ask you for a review."),
    )  # fmt: skip

    def words(self, name: str) -> list[str]:
        """The entries of a list typed with commas, Chinese ones too."""
        return [word.strip() for word in self.cleaned_data[name].replace("，", ",").split(",") if word.strip()]


class ScoreFileForm(OneTimeToken, forms.Form):
    file = forms.FileField(label=gettext_lazy("Workbook (XLSX)"))
    hand_in = forms.BooleanField(
        label=gettext_lazy("Hand in the reviews that are complete"), required=False,
        help_text=gettext_lazy("Otherwise the points are kept as drafts, to be handed in on their pages."),
    )  # fmt: skip


class ScoreConfirmForm(OneTimeToken, forms.Form):
    kept = forms.CharField(widget=forms.HiddenInput)
