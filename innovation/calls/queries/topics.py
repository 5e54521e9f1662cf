"""What a case is about, in the words of the reviewers' profiles: industries and keywords."""

from collections.abc import Mapping, Sequence
from typing import Any

from innovation.calls.models import Application, ReviewerProfile, Submission
from innovation.calls.rules import forms

DIVISION_SIGNS = 3
"""Letter and two digits of an industry code: fields are matched at this level (C39, M73)."""


def newest_submissions(cases: Sequence[Application]) -> dict[int, Submission]:
    """Case → its newest submission with its form; one query."""
    rows = Submission.objects.filter(application__in=[case.pk for case in cases]).select_related("form")
    return {row.application_id: row for row in rows.order_by("application", "serial")}


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
    keys = [field["key"] for _section, field in forms.fields(submission.form.content) if field["type"] == "industry"]
    return [str(submission.answers[key]) for key in keys if isinstance(submission.answers.get(key), str)]


def _texts(answers: Mapping[str, Any]) -> list[str]:
    return [value for value in answers.values() if isinstance(value, str)]
