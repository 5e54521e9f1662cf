"""What a reviewer reads. One record for pages, files, API and mail; that of a blind call has no place for identity.

``BlindPacket`` is made from the submission without its identifying fields; names that the office knows are masked in
what is left, and files are not handed on at all. ``NamedPacket`` adds who applies, and the files.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from innovation.accounts.models import User
from innovation.calls.choices import WAITING_REVIEWS, ReviewState
from innovation.calls.models import AnswerFile, Application, Review, Submission
from innovation.calls.queries.codes import code_names
from innovation.calls.queries.screening import latest_submission
from innovation.calls.queries.topics import field_of, newest_fields
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


def _field_text(code: str, names: dict[str, Industry]) -> str:
    return f"{code} {names[code].name}" if code in names else code


def packet_of(review: Review) -> BlindPacket | None:
    """What the reviewer may read; None before the declaration, after a conflict, and when the review was given away."""
    if review.state not in READABLE or review.conflict is not False:
        return None
    case = review.application
    submission = latest_submission(case)
    if submission is None:
        return None
    return _blind(case, submission) if case.call.is_blind else _named(case, submission)


def _blind(case: Application, submission: Submission) -> BlindPacket:
    names = identity_of(case, submission)
    content, answers = forms.without_identity(submission.form.content, submission.answers)
    answers = masked(answers, names)
    shown = shown_sections(content, answers, code_names(content, answers), answers.keys())
    return BlindPacket(
        sections=tuple(shown), title=masked(_title(submission, case), names), **_common(case, submission)
    )


def _named(case: Application, submission: Submission) -> NamedPacket:
    content, answers = submission.form.content, submission.answers
    handed_in: dict[str, list[ShownFile]] = {}
    for file in files_of(case):
        handed_in.setdefault(file.key, []).append(ShownFile(file.file_name, file.size, pk=file.pk, sha256=file.sha256))
    keys = answers.keys() | handed_in.keys()
    shown = shown_sections(content, answers, code_names(content, answers), keys, handed_in)
    return NamedPacket(
        sections=tuple(shown), title=_title(submission, case), **_common(case, submission),
        applicant=str(case.organisation or case.created_by), partners=tuple(str(one) for one in case.partners.all()),
    )  # fmt: skip


def _common(case: Application, submission: Submission) -> dict[str, Any]:
    code = field_of(submission)
    return {
        "number": case.number or "", "call": case.call.title,
        "field": _field_text(code, Industry.objects.in_bulk([code] if code else [])),
        "form": f"{submission.form.title} · {submission.form.version}", "sha256": submission.sha256,
        "submitted_on": submission.submitted_at.date(),
    }  # fmt: skip


def _title(submission: Submission, case: Application) -> str:
    return str(submission.answers.get("title") or case.title)


def files_of(case: Application) -> Sequence[AnswerFile]:
    """The files that a reviewer of a named call may open."""
    return [] if case.call.is_blind else list(case.files.filter(removed_at=None))


def identity_of(case: Application, submission: Submission) -> set[str]:
    """Every name by which the office knows who is behind a case: organisations under all their names and codes,
    persons, addresses, and what the identifying fields say.
    """
    found = identifying_words(submission.form.content, submission.answers)
    people = [(case.created_by.name, case.created_by.email), (submission.submitted_label, "")]
    people += list(case.members.values_list("user__name", "user__email"))
    organisations = {case.organisation_id} - {None}
    for partner in case.partners.select_related("user"):
        people.append((partner.name, partner.email))
        organisations |= {partner.organisation_id} - {None}
        if partner.user is not None:
            people.append((partner.user.name, partner.user.email))
    for row in Organisation.objects.filter(pk__in=organisations):
        found |= {row.name_zh, row.name_en, row.code or "", row.website}
    for names in OrganisationName.objects.filter(organisation__in=organisations).values_list(
        "name_zh", "name_en", "code"
    ):
        found |= set(names)
    for name, email in people:
        found |= {name, email, *_PARTS.findall(name)}
    return {word for word in found if word}
