"""The desk of assessments: the list, one case, what it is made of, and who scores it.

Managers come to the same pages by number: for them there is no name, no evidence and no reviewer on them.
"""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from innovation.core import transitions
from innovation.core.components import Fact, Moment, Status, Task, TaskState, Tone
from innovation.core.exports import Kind
from innovation.core.icons import status_html
from innovation.core.tables import TableColumn
from innovation.core.uploads import CONTENT_TYPES, FileKind
from innovation.core.views import Crumb, PageMixin, PageView, TableView
from talent.actions.reading import record_reads
from talent.actions.redacting import redaction_of
from talent.choices.assessment import (
    AFTER_LOCK,
    AssessmentOutcome,
    AssessmentState,
    BlindReviewState,
)
from talent.choices.privacy import ReadDoor, ReadPurpose
from talent.filters.assessment import AssessmentFilters
from talent.models import Assessment, AssessmentEvidence, BlindReview, ScoreChange
from talent.models.assessments import DECIDES
from talent.models.visibility import sees_people
from talent.queries.blind import said
from talent.queries.identity import known_names
from talent.queries.results import Result, result_of
from talent.rules.blinding import find
from talent.rules.rubric import rubric_of, score
from talent.views.assessment_steps import acts_for
from talent.views.assessment_words import TITLE, points_text, state_of

REVIEW_TONES = {
    BlindReviewState.INVITED: Tone.NOTICE, BlindReviewState.OPEN: Tone.INFO, BlindReviewState.SUBMITTED: Tone.OK,
    BlindReviewState.CONFLICTED: Tone.BAD,
}  # fmt: skip


def runs_assessments(user: Any) -> bool:
    """Who comes to the desk: the office, whom the law appoints, and managers by number."""
    return sees_people(user) or bool(user.is_authenticated and user.has_role(*DECIDES))


class AssessmentList(TableView):
    """All assessments by their pseudonyms, the newest first."""

    title = TITLE
    lead = _("Cases are called by a pseudonym. Reviewers score redacted evidence; the name comes after the lock.")
    allowed = staticmethod(runs_assessments)
    template_name = "talent/assessments/list.html"
    filterset_class = AssessmentFilters
    default_sort = "-opened"
    empty_title = _("No assessment yet")
    empty_text = _("The talent office opens one for a person of the registry, within a round.")
    columns = (
        TableColumn(
            _("Pseudonym"), "number", key="number", order_by=("number",), heading=True,
            link=lambda row: row.get_absolute_url(),
        ),
        TableColumn(_("Round of assessment"), lambda row: str(row.round), key="round", order_by=("round",)),
        TableColumn(
            _("State"), lambda row: row.get_state_display(), key="state", order_by=("state",),
            cell=lambda row: status_html(state_of(row)),
        ),
        TableColumn(
            _("Score at the lock (0–100)"), lambda row: points_text(row.locked_score), Kind.NUMBER, key="score",
            unknown=_("Not locked yet"),
        ),
        TableColumn(_("Outcome"), lambda row: row.get_outcome_display() or None, key="outcome", order_by=("outcome",),
                    unknown=_("Not decided yet")),
        TableColumn(_("Opened"), "opened_at", Kind.DATETIME, key="opened", order_by=("opened_at",)),
    )  # fmt: skip

    def get_queryset(self) -> QuerySet[Assessment]:
        return Assessment.objects.by_number(self.request.user).select_related("round")

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(_("Start"), reverse("home")), (self.title, None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(may_open=self.request.user.has_perm("talent.add_assessment"), **kwargs)


class CasePage(PageMixin):
    """What pages of one assessment share."""

    kwargs: dict[str, Any]
    request: HttpRequest
    allowed = staticmethod(runs_assessments)

    @cached_property
    def case(self) -> Assessment:
        rows = Assessment.objects.by_number(self.request.user).select_related(
            "round__rubric", "person__user", "decided_by"
        )
        case = rows.filter(pk=self.kwargs["pk"]).first()
        if case is None:
            raise Http404
        return case

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(TITLE, reverse("talent:assessments")), (self.case.number, None)]


class AssessmentPage(CasePage, PageView):
    """One assessment: where it stands, what can be done, evidence with its redaction, reviews, scores, steps."""

    template_name = "talent/assessments/case.html"

    def get_title(self) -> str:
        return gettext("Assessment %(number)s") % {"number": self.case.number}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        case, user = self.case, self.request.user
        named = sees_people(user)
        if named:
            record_reads(user, case.person, ("name_zh", "outcome"), ReadPurpose.ASSESSMENT)
        runs = named and user.has_perm("talent.change_assessment")
        scored = result_of(case) if case.state in AFTER_LOCK else None
        return super().get_context_data(
            case=case, status=state_of(case), next_step=Assessment.state_names[case.state].next_step,
            facts=case_facts(case, named=named), acts=acts_for(case, user), runs=runs, named=named,
            evidence=evidence_tasks(case, runs=runs) if named else [],
            gathering=case.state == AssessmentState.OPEN,
            assigning=runs and case.state in {AssessmentState.OPEN, AssessmentState.BLIND_SCORING},
            reviews=review_rows(case, runs=runs) if named else [],
            scores=score_rows(case, scored) if scored else [], score_heads=score_heads(scored) if scored else [],
            apart=bool(scored and scored.apart), changes=change_moments(case) if scored else [],
            steps=[step_moment(step, named=named) for step in transitions.steps_of(case)], **kwargs,
        )  # fmt: skip


def case_facts(case: Assessment, *, named: bool) -> list[Fact]:
    """What the case is; with the person only for who may read names."""
    rows = [Fact(_("Person"), str(case.person))] if named else []
    rows += [
        Fact(_("Round of assessment"), str(case.round)),
        Fact(_("Rubric"), f"{case.round.rubric} ({case.round.rubric.get_status_display()})"),
        Fact(_("Reviews due"), case.round.scores_due_on.isoformat()),
        Fact(_("Score at the lock (0–100)"), points_text(case.locked_score), unknown=_("Not locked yet")),
    ]
    if case.diligence:
        rows.append(Fact(_("Findings of due diligence"), case.diligence))
    if case.outcome:
        rows += [Fact(_("Outcome"), str(AssessmentOutcome(case.outcome).label)), Fact(_("Reasons"), case.reason)]
    if case.appeal:
        rows.append(Fact(_("Appeal"), case.appeal))
    if case.answer:
        rows.append(Fact(_("Answer to the appeal"), case.answer))
    return rows


def evidence_tasks(case: Assessment, *, runs: bool) -> list[Task]:
    """The pieces of evidence as a task list: each is to be redacted before scoring begins."""
    names = known_names(case.person)
    titles = {row["key"]: said(row["title"]) for row in case.round.rubric.content["criteria"]}
    tasks = []
    for one in case.evidence.prefetch_related("redactions"):
        done = redaction_of(one) is not None
        marks = len(find(one.text, names))
        hint = gettext("%(count)d passages give something away") % {"count": marks}
        tasks.append(
            Task(
                f"{titles.get(one.criterion, one.criterion)}: {one.get_form_display()}",
                reverse("talent:redact", args=[one.pk]) if runs else "",
                TaskState.DONE if done else TaskState.TODO,
                gettext("Redacted") if done else hint,
            )
        )
    return tasks


def review_rows(case: Assessment, *, runs: bool) -> list[dict[str, Any]]:
    """Who was asked, and how far they are; never a mark."""
    rows = BlindReview.objects.filter(assessment=case).select_related("reviewer")
    return [
        {
            "reviewer": str(row.reviewer),
            "status": Status(row.get_state_display(), REVIEW_TONES.get(BlindReviewState(row.state), Tone.IDLE)),
            "note": row.conflict_note or row.end_reason,
            "release": reverse("talent:release_reviewer", args=[row.pk])
            if runs and row.state in {BlindReviewState.INVITED, BlindReviewState.OPEN}
            else "",
        }
        for row in rows
    ]


def score_heads(result: Result) -> list[str]:
    return [gettext("Reviewer %(letter)s") % {"letter": chr(65 + place)} for place in range(len(result.sheets))]


def score_rows(case: Assessment, result: Result) -> list[dict[str, Any]]:
    """Criterion by reviewer, as it stands, with what was locked where it differs; the score of each last."""
    rubric = rubric_of(case.round.rubric.content)
    rows = [
        {
            "title": said(row["title"]), "weight": row["weight"], "apart": row["key"] in result.apart,
            "marks": [
                (one.standing[row["key"]], one.locked[row["key"]], one.reasons[row["key"]]) for one in result.sheets
            ],
        }
        for row in case.round.rubric.content["criteria"]
    ]  # fmt: skip
    totals = [(points_text(score(rubric, one.standing)), points_text(score(rubric, one.locked)), "")
              for one in result.sheets]  # fmt: skip
    rows.append({"title": gettext("Score"), "weight": 100, "apart": False, "marks": totals, "total": True})
    return rows


def change_moments(case: Assessment) -> list[Moment]:
    """Every mark changed after the lock, with its reason."""
    titles = {row["key"]: said(row["title"]) for row in case.round.rubric.content["criteria"]}
    rows = ScoreChange.objects.filter(score__review__assessment=case).select_related("score").order_by("pk")
    return [
        Moment(
            row.at, f"{titles.get(row.score.criterion, row.score.criterion)}: {row.before} → {row.after}", row.reason,
            who=row.get_stage_display(), tone=Tone.NOTICE,
        )
        for row in rows
    ]  # fmt: skip


def step_moment(step: Any, *, named: bool) -> Moment:
    """A step of the case; reasons are for all, who acted for who reads names."""
    label = next(
        (table[step.event].label for table in Assessment.transitions.values() if step.event in table), step.event
    )
    return Moment(step.at, label, step.reason, who=step.actor_label if named else "")


class EvidenceFile(PageMixin, View):
    """The file as handed in: for the office and the person, never for a reviewer."""

    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        evidence = (
            AssessmentEvidence.objects.visible_to(request.user)
            .exclude(file="")
            .filter(pk=pk)
            .select_related("assessment__person")
            .first()
        )
        if evidence is None:
            raise Http404
        person = evidence.assessment.person
        record_reads(request.user, person, ("file",), ReadPurpose.ASSESSMENT, ReadDoor.FILE)
        return FileResponse(
            evidence.file.open("rb"), as_attachment=True, filename=evidence.file_name,
            content_type=CONTENT_TYPES[FileKind(evidence.file_kind)],
        )  # fmt: skip
