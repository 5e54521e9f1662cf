"""The office's forms: open an assessment, add evidence, redact, ask and release reviewers, take a step."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from innovation.core.components import Fact, Moment
from innovation.core.views import Crumb, FormPage
from talent.actions import assessing, redacting
from talent.actions.reading import record_reads
from talent.choices.privacy import ReadPurpose
from talent.forms.assessment import AskReviewerForm, EvidenceEntryForm, OpenForm, ReasonEntryForm, RedactForm
from talent.models import Assessment, AssessmentEvidence, BlindReview
from talent.queries.blind import said
from talent.queries.identity import known_names
from talent.rules import blinding
from talent.views.assessment_steps import STEPS, Step, may_step
from talent.views.assessment_words import TITLE
from talent.views.assessments import CasePage
from talent.views.finding_words import FINDING_WORDS


def holds(permission: str) -> Any:
    """A page's ``allowed``: people with ``permission``."""

    def allowed(user: Any) -> bool:
        return bool(user.is_authenticated and user.has_perm(permission))

    return staticmethod(allowed)


class OpenAssessment(FormPage):
    """Begin an assessment of a person of the registry."""

    title = _("Open an assessment")
    form_class = OpenForm
    submit_label = _("Open the assessment")
    allowed = holds("talent.add_assessment")

    @property
    def cancel_url(self) -> str:  # type: ignore[override]
        return reverse("talent:assessments")

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(TITLE, reverse("talent:assessments")), (self.title, None)]

    def form_valid(self, form: Any) -> HttpResponse:
        data = form.cleaned_data
        made = assessing.open_assessment(
            round_id=data["round"].pk, person_id=data["person"].pk, actor=self.request.user
        )
        return HttpResponseRedirect(made.get_absolute_url())


class CaseForm(CasePage, FormPage):
    """A form upon one assessment; it leads back to the case."""

    allowed = holds("talent.change_assessment")

    @property
    def cancel_url(self) -> str:  # type: ignore[override]
        return self.case.get_absolute_url()

    def get_success_url(self) -> str:
        return self.case.get_absolute_url()

    def breadcrumbs(self) -> Sequence[Crumb]:
        case = self.case
        return [
            (TITLE, reverse("talent:assessments")),
            (case.number, case.get_absolute_url()),
            (self.get_title(), None),
        ]


class AddEvidence(CaseForm):
    """Attach a piece of evidence."""

    title = _("Add evidence")
    form_class = EvidenceEntryForm
    submit_label = _("Add the evidence")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"rubric": self.case.round.rubric}

    def act(self, form: Any) -> None:
        assessing.add_evidence(assessment_id=self.case.pk, actor=self.request.user, **form.values())


class AskReviewer(CaseForm):
    """Ask somebody to score blind."""

    title = _("Ask a reviewer")
    lead = _("Neither the person assessed, nor anybody of the same organisation, nor who handled the evidence.")
    form_class = AskReviewerForm
    submit_label = _("Ask")

    def act(self, form: Any) -> None:
        assessing.assign_reviewer(
            assessment_id=self.case.pk, reviewer_id=form.cleaned_data["reviewer"].pk, actor=self.request.user
        )


class StepPage(CaseForm):
    """One step of the case."""

    allowed = staticmethod(lambda user: bool(user.is_authenticated))

    @cached_property
    def step(self) -> Step:
        step = STEPS.get(self.kwargs["step"])
        if step is None:
            raise Http404
        return step

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not may_step(self.case, kwargs["step"], request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_title(self) -> Any:
        return self.step.label

    @property
    def lead(self) -> Any:  # type: ignore[override]
        return self.step.lead

    @property
    def submit_label(self) -> Any:  # type: ignore[override]
        return self.step.label

    def get_form_class(self) -> Any:
        return self.step.form

    def act(self, form: Any) -> None:
        self.step.act(self.case.pk, form.cleaned_data, self.request.user)


class ReleaseReviewer(FormPage):
    """Let a reviewer go who has not handed in."""

    title = _("Release a reviewer")
    form_class = ReasonEntryForm
    submit_label = _("Release")
    allowed = holds("talent.change_assessment")

    @cached_property
    def review(self) -> BlindReview:
        rows = BlindReview.objects.visible_to(self.request.user).select_related("assessment", "reviewer")
        review = rows.filter(pk=self.kwargs["pk"]).first()
        if review is None:
            raise Http404
        return review

    @property
    def cancel_url(self) -> str:  # type: ignore[override]
        return self.review.assessment.get_absolute_url()

    def get_success_url(self) -> str:
        return self.review.assessment.get_absolute_url()

    def breadcrumbs(self) -> Sequence[Crumb]:
        case = self.review.assessment
        return [(TITLE, reverse("talent:assessments")), (case.number, case.get_absolute_url()), (self.title, None)]

    def act(self, form: Any) -> None:
        assessing.release_reviewer(
            review_id=self.review.pk, reason=form.cleaned_data["reason"], actor=self.request.user
        )


class RedactPage(FormPage):
    """The redaction desk: the text with every finding marked, a proposal, and the log of what was done before."""

    title = _("Redact evidence")
    lead = _("Reviewers read only what you leave here. The detector is an aid: read every line yourself.")
    template_name = "talent/assessments/redact.html"
    form_class = RedactForm
    submit_label = _("Record the redaction")
    allowed = holds("talent.change_assessment")

    @cached_property
    def evidence(self) -> AssessmentEvidence:
        rows = AssessmentEvidence.objects.visible_to(self.request.user).select_related(
            "assessment__person__user", "assessment__round__rubric"
        )
        evidence = rows.filter(pk=self.kwargs["pk"]).first()
        if evidence is None:
            raise Http404
        return evidence

    @cached_property
    def findings(self) -> list[blinding.Finding]:
        return blinding.find(self.evidence.text, known_names(self.evidence.assessment.person))

    @property
    def case(self) -> Assessment:
        return self.evidence.assessment

    @property
    def cancel_url(self) -> str:  # type: ignore[override]
        return self.case.get_absolute_url()

    def get_success_url(self) -> str:
        return self.case.get_absolute_url()

    def breadcrumbs(self) -> Sequence[Crumb]:
        case = self.case
        return [(TITLE, reverse("talent:assessments")), (case.number, case.get_absolute_url()), (self.title, None)]

    def get_initial(self) -> dict[str, Any]:
        standing = redacting.redaction_of(self.evidence)
        if standing is not None:
            return {"text": standing.text, "left_reason": standing.left_reason}
        year = self.case.round.opened_on.year
        return {"text": blinding.proposed(self.evidence.text, self.findings, year)}

    def act(self, form: Any) -> None:
        data = form.cleaned_data
        redacting.redact(
            evidence_id=self.evidence.pk, text=data["text"], left_reason=data["left_reason"], upload=data["upload"],
            actor=self.request.user,
        )  # fmt: skip

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        evidence = self.evidence
        record_reads(self.request.user, self.case.person, ("text",), ReadPurpose.ASSESSMENT)
        parts = [
            (text, FINDING_WORDS[kind] if kind else "") for text, kind in blinding.split(evidence.text, self.findings)
        ]
        titles = {row["key"]: said(row["title"]) for row in self.case.round.rubric.content["criteria"]}
        facts = [
            Fact(_("Criterion"), titles.get(evidence.criterion, evidence.criterion)),
            Fact(pgettext_lazy("evidence", "What it is"), evidence.get_form_display()),
            Fact(_("File"), evidence.file_name or None, unknown=_("None attached"),
                 href=reverse("talent:evidence_file", args=[evidence.pk]) if evidence.file else ""),
        ]  # fmt: skip
        log = [
            Moment(row.at, gettext("Redacted"), _counts_text(row), who=str(row.by))
            for row in evidence.redactions.select_related("by").order_by("-pk")
        ]
        return super().get_context_data(parts=parts, facts=facts, log=log, evidence=evidence, **kwargs)


def _counts_text(row: Any) -> str:
    """What the detector saw before and after, by kind."""
    parts = [
        f"{FINDING_WORDS[blinding.Kind(kind)]} {count}" for kind, count in row.found.items() if kind in FINDING_WORDS
    ]
    text = gettext("Found: %(found)s.") % {"found": ", ".join(parts) or gettext("nothing")}
    return f"{text} {row.left_reason}".strip()
