"""Forms of the officer's desk: check, questions, overrides, who is in charge, reviewers, discussion."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from innovation.accounts.models import User
from innovation.calls.choices import GateOutcome, Relation
from innovation.calls.models import Application, ReviewerProfile
from innovation.calls.queries.relations import Standing
from innovation.calls.queries.screening import Judged
from innovation.calls.rules import forms as form_rules
from innovation.calls.shown import in_language
from innovation.core.forms import OneTimeToken

LONG = {"rows": 3}


class FailForm(OneTimeToken, forms.Form):
    """A text to the applicant for each gate that is not met, and one for all."""

    def __init__(self, *args: Any, failed: Iterable[Judged], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in failed:
            self.fields[f"gate_{one.result.gate}"] = forms.CharField(
                label=one.result.text, required=False, max_length=500, widget=forms.Textarea(attrs=LONG),
                help_text=_("What the applicant reads about this condition."),
            )  # fmt: skip
        self.fields["text"] = forms.CharField(
            label=_("To the applicant"), required=False, max_length=2_000, widget=forms.Textarea(attrs=LONG)
        )

    def reasons(self) -> dict[str, str]:
        return {key.removeprefix("gate_"): text for key, text in self.cleaned_data.items() if key.startswith("gate_")}


class AskForm(OneTimeToken, forms.Form):
    text = forms.CharField(label=gettext_lazy("What you ask"), max_length=3_000, widget=forms.Textarea(attrs=LONG))
    fields_asked = forms.MultipleChoiceField(
        label=gettext_lazy("Fields that the applicant may change"), widget=forms.CheckboxSelectMultiple
    )
    due_on = forms.DateField(
        label=gettext_lazy("Answer due"), required=False, widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("Empty: by the deadlines of the call, else ten working days."),
    )  # fmt: skip

    def __init__(self, *args: Any, case: Application, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fields_asked"].choices = [
            (in_language(section["title"]), [(field["key"], in_language(field["label"])) for field in fields])
            for section in case.form.content["sections"]
            if (fields := [field for field in section["fields"] if not form_rules.is_computed(field)])
        ]


class OverrideForm(OneTimeToken, forms.Form):
    outcome = forms.ChoiceField(
        label=gettext_lazy("You judge"), widget=forms.RadioSelect,
        choices=[(one.value, one.label) for one in (GateOutcome.MET, GateOutcome.NOT_MET)],
    )  # fmt: skip
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500, widget=forms.Textarea(attrs=LONG))


class OfficerForm(OneTimeToken, forms.Form):
    officer = forms.ModelChoiceField(label=gettext_lazy("Officer in charge"), queryset=User.objects.none())

    def __init__(self, *args: Any, officers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["officer"].queryset = officers


class AssignForm(OneTimeToken, forms.Form):
    """Somebody of the list who is free of relations; who is not stands there with the reason and cannot be chosen."""

    reviewer = forms.ChoiceField(label=gettext_lazy("Reviewer"), widget=forms.RadioSelect)
    due_on = forms.DateField(
        label=gettext_lazy("Review due"), required=False, widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("Empty: by the deadlines of the call, else twenty working days."),
    )  # fmt: skip

    def __init__(self, *args: Any, candidates: list[tuple[ReviewerProfile, Standing]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reviewer"].choices = [
            (
                profile.user_id,
                _("%(name)s: %(load)s of %(limit)s reviews; %(topics)s")
                % {
                    "name": profile.user, "load": profile.load, "limit": profile.load_limit,
                    "topics": ", ".join([*profile.industries, *profile.keywords]) or "–",
                },
            )
            for profile, standing in candidates
            if standing.relation is Relation.NONE
        ]  # fmt: skip


class ReplaceForm(AssignForm):
    """The reason, and who is asked instead; nobody for the time being."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300, widget=forms.Textarea(attrs=LONG))
    field_order = ["reason", "reviewer", "due_on"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reviewer"].label = gettext_lazy("Asked instead")
        self.fields["reviewer"].choices = [*self.fields["reviewer"].choices, ("", gettext_lazy("Nobody yet"))]
        self.fields["reviewer"].required = False


class DiscussionForm(OneTimeToken, forms.Form):
    note = forms.CharField(
        label=gettext_lazy("What is to be discussed"), max_length=2_000, widget=forms.Textarea(attrs=LONG)
    )
    due_on = forms.DateField(label=gettext_lazy("Until"), widget=forms.DateInput(attrs={"type": "date"}))
