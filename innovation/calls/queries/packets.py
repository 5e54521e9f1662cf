"""What a reviewer reads. One record for pages, files, API and mail; that of a blind call has no place for identity.

``BlindPacket`` is made from the submission without its identifying fields; names that the office knows are masked in
what is left, and files are not handed on at all. ``NamedPacket`` adds who applies, and the files.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import prefetch_related_objects

from innovation.accounts.models import User
from innovation.calls.choices import WAITING_REVIEWS, ReviewState
from innovation.calls.models import AnswerFile, Application, Review, Submission
from innovation.calls.queries.codes import Names, names_of_codes
from innovation.calls.queries.screening import latest_submission
from innovation.calls.queries.topics import field_of, newest_fields, newest_submissions
from innovation.calls.rules import forms
from innovation.calls.rules.blinding import identifying_words, masked
from innovation.calls.shown import ShownFile, ShownSection, shown_sections
from innovation.organisations.models import Industry, Organisation, OrganisationName

SHOWN = (
    "state", "due_on", "invited_at", "submitted_at", "total_num", "total_den", "application__number",
    "application__call__title_zh", "application__call__title_en",
)  # fmt: skip
READABLE = (ReviewState.OPEN, ReviewState.SUBMITTED)
_PARTS = re.compile(r"[㐀-鿿·]{2,}|[A-Za-z][A-Za-z .'-]+[A-Za-z]")


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """A review in the list: number and field of the case, nothing else of it."""

    pk: int
    number: str
    call: str
    field: str
    state: str
    due_on: date | None
    invited_at: datetime
    submitted_at: datetime | None
    total: Any
    href: str

    def is_overdue(self, today: date) -> bool:
        return self.state in {ReviewState.INVITED, ReviewState.OPEN} and self.due_on is not None and self.due_on < today


@dataclass(frozen=True, slots=True)
class BlindPacket:
    """A case as a blind reviewer gets it. There is no field in which an applicant could stand."""

    number: str
    call: str
    field: str
    title: str
    sections: tuple[ShownSection, ...]
    form: str
    sha256: str
    submitted_on: date


@dataclass(frozen=True, slots=True)
class NamedPacket(BlindPacket):
    """A case as a reviewer gets it where the call is not blind."""

    applicant: str = ""
    partners: tuple[str, ...] = ()


def lines_of(user: User) -> tuple[list[ReviewLine], list[ReviewLine]]:
    """The reviews asked of ``user``: those that wait, and those that are over; four queries at any number."""
    rows = Review.objects.of(user).select_related("application__call").order_by("due_on", "pk")
    reviews = list(rows.only(*SHOWN))
    fields = newest_fields([review.application_id for review in reviews])
    names = Industry.objects.only("code", "name_zh", "name_en").in_bulk(set(fields.values()) - {""})
    waiting: list[ReviewLine] = []
    done: list[ReviewLine] = []
    for review in reviews:
        line = _line(review, _field_text(fields.get(review.application_id, ""), names))
        (waiting if review.state in WAITING_REVIEWS else done).append(line)
    return waiting, done


def line_of(review: Review) -> ReviewLine:
    """One review before its declaration."""
    code = field_of(latest_submission(review.application))
    return _line(review, _field_text(code, Industry.objects.in_bulk([code] if code else [])))


def _line(review: Review, field: str) -> ReviewLine:
    return ReviewLine(
        review.pk, review.application.number or "", review.application.call.title, field, review.state,
        review.due_on, review.invited_at, review.submitted_at, review.total, review.get_absolute_url(),
    )  # fmt: skip


def _field_text(code: str, names: Mapping[str, Industry]) -> str:
    return f"{code} {names[code].name}" if code in names else code


def packet_of(review: Review) -> BlindPacket | None:
    """What the reviewer may read; None before the declaration, after a conflict, and when the review was given away."""
    return next((packet for _review, packet in packets_of([review])), None)


def packets_of(reviews: Sequence[Review]) -> list[tuple[Review, BlindPacket]]:
    """Those of ``reviews`` that may be read, each with its packet; the same few queries for one and for many."""
    readable = [review for review in reviews if review.state in READABLE and review.conflict is False]
    cases = [review.application for review in readable]
    known = _gathered(cases)
    return [
        (review, _blind(case, known) if case.call.is_blind else _named(case, known))
        for review, case in zip(readable, cases, strict=True)
        if case.pk in known.submissions
    ]


@dataclass(frozen=True)
class _Gathered:
    """What the packets of several cases are made from: each kind of record is read at once."""

    submissions: Mapping[int, Submission]
    names: Names
    fields: Mapping[str, Industry]
    words: Mapping[int, set[str]]
    """Organisation → its names and codes, for those behind blind cases."""


def _gathered(cases: Sequence[Application]) -> _Gathered:
    prefetch_related_objects([case for case in cases if case.call.is_blind], "members__user", "partners__user")
    prefetch_related_objects([case for case in cases if not case.call.is_blind], "partners", "files")
    submissions = newest_submissions(cases) if cases else {}
    sent = list(submissions.values())
    names = names_of_codes([(one.form.content, one.answers) for one in sent])
    codes = {field_of(one) for one in sent} - {""}
    behind = {pk for case in cases if case.call.is_blind for pk in organisations_of(case)}
    return _Gathered(
        submissions, names, Industry.objects.in_bulk(codes) if codes else {}, _organisation_words(behind)
    )  # fmt: skip


def _blind(case: Application, known: _Gathered) -> BlindPacket:
    submission = known.submissions[case.pk]
    names = identity_of(case, submission, known.words)
    content, answers = forms.without_identity(submission.form.content, submission.answers)
    answers = masked(answers, names)
    shown = shown_sections(content, answers, known.names, answers.keys())
    return BlindPacket(
        sections=tuple(shown), title=masked(_title(submission, case), names), **_common(case, known)
    )  # fmt: skip


def _named(case: Application, known: _Gathered) -> NamedPacket:
    submission = known.submissions[case.pk]
    content, answers = submission.form.content, submission.answers
    handed_in: dict[str, list[ShownFile]] = {}
    for file in files_of(case):
        handed_in.setdefault(file.key, []).append(ShownFile(file.file_name, file.size, pk=file.pk, sha256=file.sha256))
    keys = answers.keys() | handed_in.keys()
    shown = shown_sections(content, answers, known.names, keys, handed_in)
    return NamedPacket(
        sections=tuple(shown), title=_title(submission, case), **_common(case, known),
        applicant=str(case.organisation or case.created_by), partners=tuple(str(one) for one in case.partners.all()),
    )  # fmt: skip


def _common(case: Application, known: _Gathered) -> dict[str, Any]:
    submission = known.submissions[case.pk]
    return {
        "number": case.number or "", "call": case.call.title,
        "field": _field_text(field_of(submission), known.fields),
        "form": f"{submission.form.title} · {submission.form.version}", "sha256": submission.sha256,
        "submitted_on": submission.submitted_at.date(),
    }  # fmt: skip


def _title(submission: Submission, case: Application) -> str:
    return str(submission.answers.get("title") or case.title)


def files_of(case: Application) -> Sequence[AnswerFile]:
    """The files that a reviewer of a named call may open."""
    return [] if case.call.is_blind else [file for file in case.files.all() if file.removed_at is None]


def organisations_of(case: Application) -> set[int]:
    """The applicant's organisation and those of the partners."""
    return {case.organisation_id, *(partner.organisation_id for partner in case.partners.all())} - {None}


def _organisation_words(organisations: Collection[int]) -> dict[int, set[str]]:
    """Every name, present and past, code and address by which each of ``organisations`` is known; two queries."""
    found: dict[int, set[str]] = {}
    if not organisations:
        return found
    for row in Organisation.objects.filter(pk__in=organisations):
        found[row.pk] = {row.name_zh, row.name_en, row.code or "", row.website}
    past = OrganisationName.objects.filter(organisation__in=organisations)
    for pk, *names in past.values_list("organisation", "name_zh", "name_en", "code"):
        found[pk] |= set(names)
    return found


def identity_of(case: Application, submission: Submission, words: Mapping[int, set[str]]) -> set[str]:
    """Every name by which the office knows who is behind a case: organisations under all their names and codes
    (``words``), persons, addresses, and what the identifying fields say.
    """
    found = identifying_words(submission.form.content, submission.answers)
    people = [(case.created_by.name, case.created_by.email), (submission.submitted_label, "")]
    people += [(member.user.name, member.user.email) for member in case.members.all()]
    for partner in case.partners.all():
        people.append((partner.name, partner.email))
        if partner.user is not None:
            people.append((partner.user.name, partner.user.email))
    for pk in organisations_of(case):
        found |= words.get(pk, set())
    for name, email in people:
        found |= {name, email, *_PARTS.findall(name)}
    return {word for word in found if word}
