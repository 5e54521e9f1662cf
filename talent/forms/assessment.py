"""Forms of the office and of the person assessed: open, evidence, redaction, reviewers, steps, appeal."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from innovation.accounts.choices import Role
from innovation.accounts.models import User
from innovation.core.forms import OneTimeToken
from talent.choices.assessment import AssessmentOutcome, EvidenceForm
from talent.models import AssessmentRound, Person
from talent.queries.blind import said

_LONG = forms.Textarea({"rows": 4})
_LONGER = forms.Textarea({"rows": 10})


class OpenForm(OneTimeToken, forms.Form):
    """Whom to assess, in which round."""

    round = forms.ModelChoiceField(label=_("Round of assessment"), queryset=AssessmentRound.objects.all())
    person = forms.CharField(
        label=_("Person"), max_length=40, help_text=_("Public number or the number of the record in the registry.")
    )

    def clean_person(self) -> Person:
        typed = self.cleaned_data["person"].strip().lstrip("#")
        by_number = {"pk": int(typed)} if typed.isdecimal() else {}
        rows = Person.objects.current()
        found = rows.filter(**by_number).first() if by_number else _by_uuid(rows, typed)
        if found is None:
            raise forms.ValidationError(_("The registry knows nobody of this number."))
        return found


def _by_uuid(rows: Any, typed: str) -> Person | None:
    try:
        return rows.filter(uuid=forms.UUIDField().clean(typed)).first()
    except forms.ValidationError:
        return None


class EvidenceEntryForm(OneTimeToken, forms.Form):
    """A piece of evidence, in the third person; what may give somebody away is asked apart from the text."""

    criterion = forms.ChoiceField(label=_("Criterion"))
    form = forms.ChoiceField(label=pgettext_lazy("evidence", "What it is"), choices=EvidenceForm.choices)
    domain = forms.CharField(
        label=_("Field of the result"), max_length=80, required=False,
        help_text=_("A field of knowledge, such as laser optics."),
    )  # fmt: skip
    text = forms.CharField(
        label=_("Text"), max_length=5000, widget=_LONGER,
        help_text=_(
            "Write in the third person: “the applicant”. Leave out names, schools, years and ages; the office takes "
            "out what is left before reviewers read it."
        ),
    )  # fmt: skip
    year = forms.IntegerField(
        label=_("Year of the result"), min_value=1950, max_value=2100, required=False,
        help_text=_("Reviewers read only whether it is within 5 years or earlier."),
    )  # fmt: skip
    experience_years = forms.IntegerField(
        label=_("Years in the same industry"), min_value=0, max_value=60, required=False,
        help_text=_("Reviewers read only a band: 0–2, 3–5, 6–9, 10 or more."),
    )  # fmt: skip
    upload = forms.FileField(
        label=_("File"), required=False, help_text=_("Reviewers never get this file, only a redacted copy of it.")
    )

    def __init__(self, *args: Any, rubric: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["criterion"].choices = [(row["key"], said(row["title"])) for row in rubric.content["criteria"]]

    def values(self) -> dict[str, Any]:
        """What ``actions.add_evidence`` takes."""
        return {name: value for name, value in self.cleaned_data.items() if name in self.base_fields}


class RedactForm(OneTimeToken, forms.Form):
    """What reviewers may read; a redacted copy of the file where there is one."""

    text = forms.CharField(label=_("Text for reviewers"), max_length=6000, widget=_LONGER)
    left_reason = forms.CharField(
        label=_("Why what is still marked may stay"), max_length=300, required=False,
        help_text=_("Only where the mark is a mistake, such as a number of units that looks like a year."),
    )  # fmt: skip
    upload = forms.FileField(
        label=_("Redacted copy of the file"), required=False,
        help_text=_("PDF, PNG or JPEG. Author, device, place and dates inside it are taken out here."),
    )  # fmt: skip


class AskReviewerForm(OneTimeToken, forms.Form):
    """Who shall score blind."""

    reviewer = forms.ModelChoiceField(label=_("Reviewer"), queryset=User.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(is_active=True, groups__name=Role.REVIEWER)
        self.fields["reviewer"].queryset = people.order_by("name", "email").distinct()


class ReasonEntryForm(OneTimeToken, forms.Form):
    """A step that needs a reason."""

    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=_LONG)


class DiligenceForm(OneTimeToken, forms.Form):
    """What due diligence found."""

    findings = forms.CharField(
        label=_("Findings"), max_length=5000, widget=_LONG,
        help_text=_("A manager decides by number and score and reads these words: name nobody."),
    )  # fmt: skip


class DecideForm(OneTimeToken, forms.Form):
    """The outcome with its reasons."""

    outcome = forms.ChoiceField(label=_("Outcome"), choices=AssessmentOutcome.choices, widget=forms.RadioSelect)
    reason = forms.CharField(label=_("Reasons, which the person reads"), max_length=3000, widget=_LONG)


class AnswerAppealForm(OneTimeToken, forms.Form):
    """The answer to an appeal; the outcome may stay or change."""

    outcome = forms.ChoiceField(label=_("Outcome"), choices=AssessmentOutcome.choices, widget=forms.RadioSelect)
    answer = forms.CharField(label=_("Answer, which the person reads"), max_length=3000, widget=_LONG)


class AppealForm(OneTimeToken, forms.Form):
    """The person's own objection."""

    text = forms.CharField(label=_("What you object to, and why"), max_length=3000, widget=_LONG)
