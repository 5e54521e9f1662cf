"""What a reviewer reads: records without a field in which a person could stand, for pages, API and files alike.

``BlindPacket`` is read from the frozen blind view alone. ``NamedPacket`` adds the name, after unblinding, for those
whose scores were locked before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language

from innovation.accounts.models import User
from talent.choices.assessment import (
    AFTER_UNBLINDING,
    WAITING_BLIND_REVIEWS,
    AssessmentState,
    BlindReviewState,
    EvidenceForm,
)
from talent.models import BlindReview, BlindView, Redaction
from talent.rules.rubric import effective_domains

READABLE = (BlindReviewState.OPEN, BlindReviewState.SUBMITTED)


@dataclass(frozen=True, slots=True)
class BlindLine:
    """A review in the reviewer's list."""

    pk: int
    number: str
    round: str
    state: str
    due_on: date
    invited_at: datetime
    submitted_at: datetime | None
    href: str

    @property
    def is_waiting(self) -> bool:
        return self.state in WAITING_BLIND_REVIEWS

    def is_overdue(self, today: date) -> bool:
        return self.is_waiting and self.due_on < today


@dataclass(frozen=True, slots=True)
class BlindItem:
    """One piece of evidence: redacted words, a band for when, a band for experience, maybe a redacted file."""

    form: str
    domain: str
    text: str
    when: str
    experience: str
    file: int | None


@dataclass(frozen=True, slots=True)
class BlindCriterion:
    """A criterion with its anchors and the evidence for it."""

    key: str
    title: str
    weight: int
    anchors: tuple[tuple[str, str], ...]
    asked: str
    items: tuple[BlindItem, ...]


@dataclass(frozen=True, slots=True)
class BlindPacket:
    """A case as a reviewer gets it. There is no field in which a person could stand."""

    number: str
    round: str
    rubric: str
    criteria: tuple[BlindCriterion, ...]
    domains: float | None
    sha256: str


@dataclass(frozen=True, slots=True)
class NamedPacket(BlindPacket):
    """The same after unblinding."""

    person: str = ""


def lines_of(user: User) -> list[BlindLine]:
    """The reviews asked of ``user``; one query. What waits comes first by its day, then the newest of what is over.

    None while the evidence is still gathered.
    """
    rows = (
        BlindReview.objects.of(user).exclude(assessment__state=AssessmentState.OPEN)
        .select_related("assessment__round").order_by("assessment__round__scores_due_on", "pk")
        .only("state", "invited_at", "submitted_at", "reviewer", "assessment__number", "assessment__round__title_zh",
              "assessment__round__title_en", "assessment__round__scores_due_on")
    )  # fmt: skip
    lines = [
        BlindLine(
            row.pk, row.assessment.number, str(row.assessment.round), row.state, row.assessment.round.scores_due_on,
            row.invited_at, row.submitted_at, row.get_absolute_url(),
        )
        for row in rows
    ]  # fmt: skip
    waiting, over = [one for one in lines if one.is_waiting], [one for one in lines if not one.is_waiting]
    return [*waiting, *reversed(over)]


def waiting_count(user: User) -> tuple[int, bool]:
    """How many reviews wait for ``user``, and whether one is overdue."""
    waiting = [line for line in lines_of(user) if line.is_waiting]
    return len(waiting), any(line.is_overdue(timezone.localdate()) for line in waiting)


def packet_of(review: BlindReview) -> BlindPacket | None:
    """What the reviewer may read; None before the declaration, with a conflict, and before scoring began."""
    if review.state not in READABLE or review.conflict is not False:
        return None
    view = BlindView.objects.filter(assessment=review.assessment_id).first()
    if view is None or not view.content:
        return None
    case = review.assessment
    # Who comes to an unblinded case anew (a conflict took a review away) still scores it blind.
    named = review.state == BlindReviewState.SUBMITTED and case.state in AFTER_UNBLINDING
    items: Sequence[Mapping[str, Any]] = view.content["items"]
    facts = {
        "number": view.content["number"], "round": str(case.round), "rubric": str(case.round.rubric),
        "criteria": tuple(_criterion(row, items) for row in case.round.rubric.content["criteria"]),
        "domains": _domains(items), "sha256": view.sha256,
    }  # fmt: skip
    return NamedPacket(**facts, person=str(case.person)) if named else BlindPacket(**facts)


def _criterion(row: Mapping[str, Any], items: Sequence[Mapping[str, Any]]) -> BlindCriterion:
    return BlindCriterion(
        row["key"], said(row["title"]), row["weight"],
        tuple((mark, said(row["anchors"][mark])) for mark in sorted(row["anchors"])), said(row.get("evidence", {})),
        tuple(
            BlindItem(str(EvidenceForm(one["form"]).label), one["domain"], one["text"], one["when"], one["experience"],
                      one["file"])
            for one in items if one["criterion"] == row["key"]
        ),
    )  # fmt: skip


def said(text: Mapping[str, str]) -> str:
    """A text of a rubric in the reader's language."""
    chinese = (get_language() or "").startswith("zh")
    return text.get("zh", "") if chinese else text.get("en") or text.get("zh", "")


def _domains(items: Sequence[Mapping[str, Any]]) -> float | None:
    """The effective number of fields among the results that name one, an aid to judging breadth."""
    named = [one["domain"].strip().casefold() for one in items if one["domain"].strip()]
    return effective_domains([Fraction(named.count(one), len(named)) for one in dict.fromkeys(named)])


def file_of(review: BlindReview, redaction_id: int) -> Redaction | None:
    """A redacted file of the case that the reviewer may open."""
    packet = packet_of(review)
    if packet is None:
        return None
    shown = {item.file for criterion in packet.criteria for item in criterion.items}
    return Redaction.objects.filter(pk=redaction_id).first() if redaction_id in shown else None
