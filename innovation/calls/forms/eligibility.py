"""The questions of a rubric as a form; nothing has to be answered, and nothing is kept."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from innovation.calls.rules.exact import decimal_text, number
from innovation.calls.rules.questions import Question, questions, with_told
from innovation.calls.shown import amount_text
from innovation.calls.shown import in_language as words
from innovation.core.errors import RuleViolation
from innovation.core.money import Unit, parse_fen

FEN = 100
UNITS = {
    "years": pgettext_lazy("unit", "years"), "months": _("months"), "persons": _("persons"), "points": _("points"),
    "days": _("days"), "level": _("level"), "rank": _("rank"), "items/year": _("a year"),
}  # fmt: skip
YES_NO = [("", _("I do not know")), ("true", _("Yes")), ("false", _("No"))]


class ExactField(forms.DecimalField):
    """A number as typed; percent becomes a share."""

    def __init__(self, *, percent: bool = False, **options: Any) -> None:
        super().__init__(max_digits=18, decimal_places=6, localize=False, **options)
        self.percent = percent
        self.widget = forms.TextInput({"inputmode": "decimal", "autocomplete": "off"})

    def clean(self, value: Any) -> Any:
        found = super().clean(value)
        if found is None:
            return None
        return Fraction(found) / FEN if self.percent else Fraction(found)


class YuanField(forms.CharField):
    """An amount in 10,000 yuan (another unit may be written behind it); cleans to yuan."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            max_length=40, widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}), **options
        )

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        if not typed:
            return None
        try:
            return Fraction(parse_fen(typed, Unit.WAN), FEN)
        except RuleViolation as violation:
            raise forms.ValidationError(str(violation.message)) from violation


class QuestionForm(forms.Form):
    """One field a question and year; ``facts()`` gives what was answered."""

    def __init__(self, rubric: Mapping[str, Any], *args: Any, gates_alone: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rubric = rubric
        self.asked = questions(rubric, gates_alone=gates_alone)
        for question in self.asked:
            for year in range(question.years):
                self.fields[_name(question, year)] = _field(question, year)

    def facts(self) -> dict[str, Any]:
        """Facts by name; what was left open is left out. Claims that were shown and not ticked are not made."""
        found: dict[str, Any] = {}
        for question in self.asked:
            values = [self.cleaned_data.get(_name(question, year)) for year in range(question.years)]
            if question.key == "claims":
                found |= {option["value"]: option["value"] in values[0] for option in question.options}
            elif None not in values and values not in ([""], [[]]):
                found[question.key] = values if question.years > 1 else _fact(question, values[0])
        return with_told(self.rubric, found)


def typed(rubric: Mapping[str, Any], facts: Mapping[str, Any], *, gates_alone: bool = True) -> dict[str, Any]:
    """``facts`` (money in yuan, shares as such) as somebody would have typed them into the questions of ``rubric``."""
    found: dict[str, Any] = {}
    for question in questions(rubric, gates_alone=gates_alone):
        if question.key == "claims":
            found[question.key] = [one["value"] for one in question.options if facts.get(one["value"]) is True]
            continue
        value = facts.get(question.key)
        years = list(value) if question.years > 1 and isinstance(value, list) else [value]
        for year, one in enumerate(years[-question.years :]):
            if one is not None:
                found[_name(question, year)] = _text(question, one)
    return found


def _text(question: Question, value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    exact = number(value)
    if exact is None:
        return value
    if question.kind == "money":
        return amount_text(int(exact * FEN), Unit.WAN)
    return decimal_text(exact * FEN if question.kind == "percent" else exact)


def _name(question: Question, year: int) -> str:
    return question.key if question.years == 1 else f"{question.key}-{year}"


def _fact(question: Question, value: Any) -> Any:
    return value == "true" if question.kind == "boolean" else value


def _field(question: Question, year: int) -> forms.Field:
    label = words({"zh": question.zh, "en": question.en})
    if question.years > 1:
        ago = question.years - year
        label = f"{label} · {_('last year') if ago == 1 else _('%(count)s years ago') % {'count': ago}}"
    options = [(one["value"], words(one)) for one in question.options]
    if question.kind == "money":
        return YuanField(label=f"{label} ({Unit.WAN.label})", required=False)
    if question.kind == "boolean":
        return forms.ChoiceField(label=label, choices=YES_NO, required=False, widget=forms.RadioSelect)
    if question.kind == "choice":
        choices = [("", _("I do not know")), *options]
        return forms.ChoiceField(label=label, choices=choices, required=False, widget=forms.RadioSelect)
    if question.kind == "multi":
        return forms.MultipleChoiceField(
            label=label, choices=options, required=False, widget=forms.CheckboxSelectMultiple
        )
    unit = "%" if question.kind == "percent" else UNITS.get(question.unit or "", "")
    return ExactField(label=f"{label} ({unit})" if unit else label, percent=question.kind == "percent", required=False)
