"""The check of a case as it stands: newest run, gates with their overrides, texts that are alike, duplicates."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from innovation.calls.choices import ApplicationState, GateOutcome
from innovation.calls.models import (
    Application,
    GateOverride,
    GateResult,
    RubricDefinition,
    Screening,
    SharedDetail,
    Submission,
    TextLikeness,
)
from innovation.calls.queries.definitions import rubric_on
from innovation.calls.rules import shared
from innovation.calls.rules.rubric_facts import facts_from_answers

PPM = 1_000_000
RECHECK = "recheck"


@dataclass(frozen=True)
class Judged:
    """A gate as computed, with the override that counts (None: as computed)."""

    result: GateResult
    override: GateOverride | None

    @property
    def outcome(self) -> GateOutcome:
        return GateOutcome(self.override.outcome if self.override else self.result.outcome)


def latest_submission(case: Application) -> Submission | None:
    """The newest submission with its form."""
    return case.submissions.select_related("form").order_by("-serial").first()


def standing_screening(case: Application) -> Screening | None:
    """The newest run over the newest submission; None when that has not been judged."""
    run = case.screenings.select_related("rubric", "submission", "ran_by").order_by("-pk").first()
    newest = case.submissions.order_by("-serial").values_list("pk", flat=True).first()
    return run if run is not None and run.submission_id == newest else None


def judged_gates(case: Application) -> list[Judged]:
    """The gates of the standing run with the newest override of each; empty without one."""
    return judged_in(standing_screening(case))


def judged_in(run: Screening | None) -> list[Judged]:
    """The gates of one run with the newest override of each."""
    if run is None:
        return []
    found = []
    for result in run.gates.prefetch_related("overrides__by"):
        overrides = list(result.overrides.all())
        found.append(Judged(result, overrides[-1] if overrides else None))
    return found


def likenesses(case: Application) -> QuerySet[TextLikeness]:
    """Pairs of texts in which one is the newest of ``case``, with the other's case."""
    newest = case.submissions.order_by("-serial").values("pk")[:1]
    return TextLikeness.objects.filter(Q(submission__in=newest) | Q(other__in=newest)).select_related(
        "submission__application__call", "submission__application__organisation",
        "other__application__call", "other__application__organisation",
    )  # fmt: skip


def same_applicant(case: Application) -> QuerySet[Application]:
    """Other submitted cases of the same organisation, newest first: duplicates, and money asked for twice."""
    hidden = [ApplicationState.DRAFT, ApplicationState.DELETED]
    rows: Any = Application.objects.exclude(state__in=hidden).exclude(pk=case.pk)
    if case.organisation_id is None:
        return rows.filter(organisation=None, created_by=case.created_by_id).select_related("call", "organisation")
    return rows.filter(organisation=case.organisation_id).select_related("call", "organisation")


def compared_text(submission: Submission) -> str:
    """The long texts of a submission, in which copies are looked for."""
    long = [
        field["key"]
        for section in submission.form.content["sections"]
        for field in section["fields"]
        if field["type"] == "long_text"
    ]
    return "\n".join(str(submission.answers[key]) for key in long if submission.answers.get(key))


def marks_of(submission: Submission) -> dict[shared.Mark, str]:
    """What a submission, its files and the register tell of how its applicant can be reached and paid."""
    found = shared.marks(submission.form.content, submission.answers, submission.files)
    organisation = submission.application.organisation
    address = organisation.address if organisation else ""
    plain = shared.plain_form(shared.ADDRESS, address)
    return {(shared.ADDRESS, plain): address, **found} if plain else found


def same_side(case: Application, other: Application) -> bool:
    """Whether one applicant stands behind both."""
    if case.organisation_id is None:
        return other.organisation_id is None and other.created_by_id == case.created_by_id
    return other.organisation_id == case.organisation_id


def application_kind_of(submission: Submission) -> str:
    """Whether somebody applies anew or has a title checked again, as the answers say."""
    return RECHECK if submission.answers.get("application_kind") == RECHECK else "new"


def rubric_of(case: Application, submission: Submission) -> RubricDefinition | None:
    """The version that judges: the one which the call froze, unless its family has another one whose window is open
    for re-checks on the day of the submission.
    """
    frozen = case.call.rubric
    if frozen is None or application_kind_of(submission) != RECHECK:
        return frozen
    found = rubric_on(frozen.family, RECHECK, timezone.localdate(submission.submitted_at))
    return frozen if found is None else found[0]


def facts_of(submission: Submission, content: Mapping[str, Any]) -> dict[str, Any]:
    """What the answers tell, and what the office's own records tell about the applicant."""
    facts = facts_from_answers(content, submission.form.content, submission.answers)
    organisation, day = submission.application.organisation, timezone.localdate(submission.submitted_at)
    wanted = content.get("facts", {})
    if "barred" in wanted and organisation is not None:
        facts["barred"] = any(bar.holds_on(day) for bar in organisation.application_bars.all())
    founded = organisation.founded if organisation else None
    if "months_founded" in wanted and founded is not None:
        whole = (day.year - founded.year) * 12 + day.month - founded.month - (day.day < founded.day)
        facts.setdefault("months_founded", max(0, whole))
    return facts


@dataclass(frozen=True)
class Shared:
    """Another applicant's case, what it has in common with this one, and whether one group controls both."""

    case: Application
    details: list[SharedDetail]
    one_group: bool


def shared_with(case: Application) -> list[Shared]:
    """Cases of other applicants that have something in common with any submission of ``case``, newest first."""
    rows = (
        SharedDetail.objects.filter(Q(submission__application=case) | Q(other__application=case))
        .select_related("submission__application__call", "submission__application__organisation",
                        "other__application__call", "other__application__organisation")
    )  # fmt: skip
    found: dict[int, Shared] = {}
    for row in rows:
        there = row.other.application if row.submission.application_id == case.pk else row.submission.application
        standing = found.setdefault(there.pk, Shared(there, [], one_group=_one_group(case, there)))
        if all((one.kind, one.text) != (row.kind, row.text) for one in standing.details):
            standing.details.append(row)
    return sorted(found.values(), key=lambda one: -one.case.pk)


def _one_group(case: Application, other: Application) -> bool:
    sides = [one.organisation for one in (case, other)]
    heads = {side.controlling_group_id or side.pk for side in sides if side is not None}
    return None not in sides and len(heads) == 1
