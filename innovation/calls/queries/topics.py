"""What a case is about, in the words of the reviewers' profiles: industries and keywords."""

from collections.abc import Mapping, Sequence
from typing import Any

from innovation.calls.models import Application, FormDefinition, ReviewerProfile, Submission
from innovation.calls.rules import forms

DIVISION_SIGNS = 3
"""Letter and two digits of an industry code: fields are matched at this level (C39, M73)."""


def newest_submissions(cases: Sequence[Application]) -> dict[int, Submission]:
    """Case → its newest submission with its form; one query."""
    rows = Submission.objects.filter(application__in=[case.pk for case in cases]).select_related("form")
    return {row.application_id: row for row in rows.order_by("application_id", "-serial").distinct("application_id")}


def newest_fields(cases: Sequence[int]) -> dict[int, str]:
    """Case → the field that its newest submission names, as ``field_of`` reads it; two queries, no other answer."""
    sent = Submission.objects.filter(application__in=cases)
    found = sent.order_by("application", "-serial").distinct("application")
    forms_used = FormDefinition.objects.filter(pk__in=sent.order_by().values("form"))
    keys = {form.pk: _industry_keys(form.content) for form in forms_used}
    wanted = sorted({key for each in keys.values() for key in each})
    rows = found.values_list("application", "form", *(f"answers__{key}" for key in wanted))
    fields = {}
    for case, form, *values in rows:
        answers = dict(zip(wanted, values, strict=True))
        codes = [answers[key] for key in keys[form] if isinstance(answers[key], str)]
        fields[case] = codes[0] if codes else ""
    return fields


def field_of(submission: Submission | None) -> str:
    """The first industry code that the answers name outside of what identifies the applicant; empty for none."""
    codes = _industries(submission) if submission else []
    return codes[0] if codes else ""


def topics_of_profile(profile: ReviewerProfile) -> frozenset[str]:
    codes = {str(code)[:DIVISION_SIGNS].upper() for code in profile.industries}
    return frozenset(codes | {str(word).casefold() for word in profile.keywords})


def topics_of_case(submission: Submission | None, keywords: frozenset[str]) -> frozenset[str]:
    """Industries that the answers name, and those of ``keywords`` that stand in its texts."""
    if submission is None:
        return frozenset()
    text = " ".join(_texts(submission.answers)).casefold()
    codes = {code[:DIVISION_SIGNS].upper() for code in _industries(submission)}
    return frozenset(codes | {word for word in keywords if word and word in text})


def _industries(submission: Submission) -> list[str]:
    keys = _industry_keys(submission.form.content)
    return [str(submission.answers[key]) for key in keys if isinstance(submission.answers.get(key), str)]


def _industry_keys(content: Mapping[str, Any]) -> list[str]:
    return [field["key"] for _section, field in forms.fields(content) if field["type"] == "industry"]


def _texts(answers: Mapping[str, Any]) -> list[str]:
    return [value for value in answers.values() if isinstance(value, str)]
