"""Pages of the person assessed: own assessments with outcome and reasons, evidence, appeal."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from innovation.core.components import Fact, Status, Tone
from innovation.core.icons import status_html
from innovation.core.tables import TableColumn
from innovation.core.views import Crumb, FormPage, PageMixin, PageView, TableView
from talent.actions import assessing
from talent.choices.assessment import AFTER_DECISION, AssessmentState
from talent.forms.assessment import AppealForm, EvidenceEntryForm
from talent.models import Assessment
from talent.queries.blind import said
from talent.queries.results import result_of
from talent.views.assessment_words import points_text

OWN_TITLE = _("My assessments")


def may_be_assessed(user: Any) -> bool:
    """Whoever is signed in; the pages show one's own and are empty for others."""
    return bool(user.is_authenticated)


def public_state(case: Assessment) -> Status:
    """The state in the person's words."""
    name = Assessment.state_names[case.state].public
    return Status(name, Tone.OK if case.state in AFTER_DECISION else Tone.INFO)


class OwnAssessments(TableView):
    """The assessments of the reader."""

    title = OWN_TITLE
    lead = _("Reviewers read your evidence without your name, school, years or age.")
    allowed = staticmethod(may_be_assessed)
    empty_title = _("You are not being assessed")
    empty_text = _("The talent office opens an assessment when you take part in a round.")
    columns = (
        TableColumn(_("Pseudonym"), "number", key="number", order_by=("number",), heading=True,
                    link=lambda row: reverse("talent:own_assessment", args=[row.pk])),
        TableColumn(_("Round of assessment"), lambda row: str(row.round), key="round"),
        TableColumn(_("State"), lambda row: str(public_state(row).label), key="state",
                    cell=lambda row: status_html(public_state(row))),
        TableColumn(_("Outcome"), lambda row: row.get_outcome_display() or None, key="outcome",
                    unknown=_("Not decided yet")),
    )  # fmt: skip

    def get_queryset(self) -> QuerySet[Assessment]:
        return Assessment.objects.of(self.request.user).select_related("round")

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(_("Start"), reverse("home")), (self.title, None)]


class OwnCase(PageMixin):
    """A page of one of the reader's own assessments."""

    allowed = staticmethod(may_be_assessed)
    kwargs: dict[str, Any]
    request: HttpRequest

    @cached_property
    def case(self) -> Assessment:
        rows = Assessment.objects.of(self.request.user).select_related("round__rubric", "person")
        case = rows.filter(pk=self.kwargs["pk"]).first()
        if case is None:
            raise Http404
        return case

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(OWN_TITLE, reverse("talent:own_assessments")), (self.case.number, None)]


class OwnAssessment(OwnCase, PageView):
    """Where it stands; after the decision scores and reasons, without who reviewed."""

    template_name = "talent/assessments/own.html"

    def get_title(self) -> str:
        return gettext("My assessment %(number)s") % {"number": self.case.number}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        case = self.case
        decided = case.state in AFTER_DECISION
        facts = [Fact(_("Round of assessment"), str(case.round))]
        if decided:
            facts += [
                Fact(_("Outcome"), case.get_outcome_display()), Fact(_("Reasons"), case.reason),
                Fact(_("Score (0–100)"), points_text(result_of(case).standing), unknown=_("Not locked yet")),
                Fact(_("Decided by"), gettext("A manager of the office, by pseudonym and scores")),
            ]  # fmt: skip
        if case.appeal:
            facts += [Fact(_("Your appeal"), case.appeal), Fact(_("Answer"), case.answer or None,
                                                               unknown=_("Being examined"))]  # fmt: skip
        return super().get_context_data(
            case=case, facts=facts, status=public_state(case), criteria=self.criteria() if decided else [],
            evidence=list(case.evidence.all()), gathering=case.state == AssessmentState.OPEN,
            may_appeal=case.state == AssessmentState.DECIDED, **kwargs,
        )  # fmt: skip

    def criteria(self) -> list[dict[str, Any]]:
        """Marks and reasons by criterion, in an order that names no reviewer."""
        sheets = result_of(self.case).sheets
        return [
            {
                "title": said(row["title"]),
                "given": sorted((one.standing[row["key"]], one.reasons[row["key"]]) for one in sheets),
            }
            for row in self.case.round.rubric.content["criteria"]
        ]


class OwnEvidence(OwnCase, FormPage):
    """Add a piece of evidence to one's own case."""

    title = _("Add evidence")
    form_class = EvidenceEntryForm
    submit_label = _("Add the evidence")
    done_message = _("Your evidence was added.")

    @property
    def cancel_url(self) -> str:  # type: ignore[override]
        return reverse("talent:own_assessment", args=[self.case.pk])

    def get_success_url(self) -> str:
        return self.cancel_url

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"rubric": self.case.round.rubric}

    def act(self, form: Any) -> None:
        assessing.add_evidence(assessment_id=self.case.pk, actor=self.request.user, **form.values())


class OwnAppeal(OwnCase, FormPage):
    """Object to a decision; a human who did not take it answers."""

    title = _("Appeal")
    lead = _("Somebody who did not take the decision answers you.")
    form_class = AppealForm
    submit_label = _("Send the appeal")
    done_message = _("Your appeal was sent.")

    @property
    def cancel_url(self) -> str:  # type: ignore[override]
        return reverse("talent:own_assessment", args=[self.case.pk])

    def get_success_url(self) -> str:
        return self.cancel_url

    def act(self, form: Any) -> None:
        assessing.appeal(assessment_id=self.case.pk, text=form.cleaned_data["text"], actor=self.request.user)
