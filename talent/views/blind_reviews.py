"""The blind reviewer's pages: own cases by pseudonym, the declaration, evidence beside the marks, redacted files.

Nothing here reads a person: pages draw ``queries.blind`` records, which have no field for one.
"""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from innovation.accounts.choices import Role
from innovation.core.components import Fact, Moment, Status, Tone
from innovation.core.exports import Kind
from innovation.core.icons import status_html
from innovation.core.tables import Table, TableColumn
from innovation.core.uploads import CONTENT_TYPES, FileKind
from innovation.core.views import Crumb, FormPage, PageMixin, PageView
from talent.actions import blind_scoring
from talent.actions.reading import record_reads
from talent.choices.assessment import AssessmentState, BlindReviewState
from talent.choices.privacy import ReadPurpose
from talent.forms.assessment import ReasonEntryForm
from talent.forms.blind_review import BlindDeclareForm, ChangeMarkForm, ConflictForm, MarksForm
from talent.models import BlindReview, Score
from talent.queries import blind
from talent.queries.blind import BlindLine, BlindPacket

TITLE = _("Cases to score blind")
TONES = {
    BlindReviewState.INVITED: Tone.NOTICE, BlindReviewState.OPEN: Tone.INFO, BlindReviewState.SUBMITTED: Tone.OK,
    BlindReviewState.CONFLICTED: Tone.BAD,
}  # fmt: skip
WHEN = {"recent": _("Within 5 years"), "earlier": _("Earlier")}


def is_reviewer(user: Any) -> bool:
    """Whoever holds the role of a reviewer."""
    return bool(user.is_authenticated and user.has_role(Role.REVIEWER))


def state_of(state: str) -> Status:
    return Status(BlindReviewState(state).label, TONES.get(BlindReviewState(state), Tone.IDLE))


def _due(line: BlindLine) -> Any:
    if not line.is_overdue(timezone.localdate()):
        return line.due_on.isoformat()
    return format_html("{} {}", line.due_on.isoformat(), status_html(Status(gettext("Overdue"), Tone.BAD)))


COLUMNS = (
    TableColumn(_("Pseudonym"), "number", key="number", heading=True, order_by=("number",), link=lambda row: row.href),
    TableColumn(_("Round of assessment"), "round", key="round", order_by=("round",)),
    TableColumn(_("State"), lambda row: str(state_of(row.state).label), key="state", order_by=("state",),
                cell=lambda row: status_html(state_of(row.state))),
    TableColumn(_("Due"), "due_on", Kind.DATE, key="due", order_by=("due_on",), cell=_due),
)  # fmt: skip


class BlindReviewList(PageView):
    """What waits, and what is over."""

    title = TITLE
    lead = _("You read redacted evidence under a pseudonym. Say first whether you know of a conflict of interest.")
    template_name = "core/table_page.html"
    allowed = staticmethod(is_reviewer)

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(gettext("Start"), reverse("home")), (self.title, None)]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        table = Table(
            request, COLUMNS, blind.lines_of(request.user), TITLE,
            empty_title=_("Nothing waits for you"), empty_text=_("The office writes to you when it asks for scores."),
        )  # fmt: skip
        return self.respond([table], table=table)


class OwnBlindReview(PageMixin):
    """A page of one of the reader's own blind reviews; nobody else's exists here."""

    allowed = staticmethod(is_reviewer)
    kwargs: dict[str, Any]
    request: HttpRequest

    @cached_property
    def review(self) -> BlindReview:
        rows = BlindReview.objects.of(self.request.user).exclude(assessment__state=AssessmentState.OPEN)
        found = rows.select_related("assessment__round__rubric").filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found

    @cached_property
    def packet(self) -> BlindPacket | None:
        return blind.packet_of(self.review)

    def get_title(self) -> str:
        return gettext("Case %(number)s") % {"number": self.review.assessment.number}

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(TITLE, reverse("talent:blind_reviews")), (self.get_title(), None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"review": self.review} | kwargs)


class BlindReviewPage(OwnBlindReview, FormPage):
    """Evidence by criterion beside its anchors, with the mark and the reason for it."""

    template_name = "talent/assessments/blind_review.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        waits = is_reviewer(request.user) and self.review.state == BlindReviewState.INVITED
        if waits and self.review.assessment.state == AssessmentState.BLIND_SCORING:
            return HttpResponseRedirect(reverse("talent:blind_declare", args=[self.review.pk]))
        return super().dispatch(request, *args, **kwargs)

    @property
    def writable(self) -> bool:
        scoring = self.review.assessment.state == AssessmentState.BLIND_SCORING
        return scoring and self.review.state == BlindReviewState.OPEN and self.packet is not None

    def get_form(self, form_class: Any = None) -> MarksForm:
        criteria = self.packet.criteria if self.packet else ()
        initial = MarksForm.initial_of(self.review.draft)
        return MarksForm(criteria=criteria, **self.get_form_kwargs() | {"initial": initial})

    def form_valid(self, form: Any) -> HttpResponse:
        user = self.request.user
        if "submit" in self.request.POST:
            blind_scoring.submit(review_id=self.review.pk, sheet=form.sheet(), actor=user)
            messages.success(self.request, gettext("Your scores were handed in and cannot be changed."))
            return HttpResponseRedirect(reverse("talent:blind_reviews"))
        blind_scoring.save_draft(review_id=self.review.pk, sheet=form.sheet(), actor=user)
        messages.success(self.request, gettext("Your draft was saved."))
        return HttpResponseRedirect(self.review.get_absolute_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        review, packet = self.review, self.packet
        if isinstance(packet, blind.NamedPacket):
            record_reads(self.request.user, [review.assessment.person_id], ("name_zh",), ReadPurpose.ASSESSMENT)
        return super().get_context_data(
            packet=packet, writable=self.writable, facts=self.facts(), when=WHEN,
            own=self.own_marks() if review.state == BlindReviewState.SUBMITTED else [],
            may_report=review.state in {BlindReviewState.OPEN, BlindReviewState.SUBMITTED}
            and review.assessment.decided_at is None, **kwargs,
        )  # fmt: skip

    def facts(self) -> list[Fact]:
        review, packet = self.review, self.packet
        rows = [
            Fact(_("Round of assessment"), str(review.assessment.round)),
            Fact(_("State"), str(review.get_state_display())),
            Fact(_("Due"), review.assessment.round.scores_due_on.isoformat()),
        ]
        if packet is not None and packet.domains is not None:
            rows.append(Fact(_("Effective number of fields among the results"), f"{packet.domains:.2f}"))
        if isinstance(packet, blind.NamedPacket):
            rows.append(Fact(_("Person"), packet.person))
        return rows

    def own_marks(self) -> list[dict[str, Any]]:
        """The reader's own marks with every change; where one may still change, the address for it."""
        stage = blind_scoring.STAGES.get(AssessmentState(self.review.assessment.state))
        titles = {one.key: one.title for one in self.packet.criteria} if self.packet else {}
        rows = Score.objects.filter(review=self.review).prefetch_related("changes").order_by("pk")
        return [
            {
                "title": titles.get(row.criterion, row.criterion), "mark": row.mark, "reason": row.reason,
                "changes": [
                    Moment(one.at, f"{one.before} → {one.after}", one.reason, who=one.get_stage_display())
                    for one in row.changes.all()
                ],
                "href": reverse("talent:blind_change", args=[self.review.pk, row.pk]) if stage else "",
            }
            for row in rows
        ]  # fmt: skip


class BlindDeclare(OwnBlindReview, FormPage):
    """Yes or no, before anything can be read."""

    form_class = BlindDeclareForm
    submit_label = _("Declare")
    template_name = "talent/assessments/declare.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if is_reviewer(request.user) and self.review.state != BlindReviewState.INVITED:
            return HttpResponseRedirect(self.review.get_absolute_url())
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        data = form.cleaned_data
        done = blind_scoring.declare(
            review_id=self.review.pk, conflict=data["conflict"], note=data["note"], actor=self.request.user
        )
        if done.conflict:
            messages.success(self.request, gettext("Thank you. The case goes to somebody else."))
            return HttpResponseRedirect(reverse("talent:blind_reviews"))
        return HttpResponseRedirect(done.get_absolute_url())


class _Act(OwnBlindReview, FormPage):
    """A small act upon an own review."""

    @property
    def cancel_url(self) -> str:  # type: ignore[override]
        return self.review.get_absolute_url()

    def breadcrumbs(self) -> Sequence[Crumb]:
        review = self.review
        return [
            (TITLE, reverse("talent:blind_reviews")),
            (review.assessment.number, review.get_absolute_url()),
            (self.title, None),
        ]

    def get_title(self) -> Any:
        return self.title


class BlindDecline(_Act):
    """Give the case back."""

    title = _("Give the case back")
    form_class = ReasonEntryForm
    submit_label = _("Give the case back")
    done_message = _("The office was told; somebody else will score the case.")

    def get_success_url(self) -> str:
        return reverse("talent:blind_reviews")

    def act(self, form: Any) -> None:
        reason = form.cleaned_data["reason"]
        blind_scoring.decline(review_id=self.review.pk, reason=reason[:300], actor=self.request.user)


class BlindConflict(_Act):
    """Report a conflict that was seen later."""

    title = _("Report a conflict of interest")
    lead = _("Scores that you gave no longer count, and you read nothing more of the case.")
    form_class = ConflictForm
    submit_label = _("Report the conflict")
    done_message = _("Thank you. The case goes to somebody else.")

    def get_success_url(self) -> str:
        return reverse("talent:blind_reviews")

    def act(self, form: Any) -> None:
        blind_scoring.report_conflict(review_id=self.review.pk, note=form.cleaned_data["note"], actor=self.request.user)


class BlindChange(_Act):
    """Change one mark after the lock, with a reason that is logged."""

    title = _("Change a mark")
    lead = _("The locked mark stays on record; the change is logged with your reason.")
    form_class = ChangeMarkForm
    submit_label = _("Log the change")

    def get_success_url(self) -> str:
        return self.review.get_absolute_url()

    def act(self, form: Any) -> None:
        data = form.cleaned_data
        score = Score.objects.filter(review=self.review, pk=self.kwargs["score"]).first()
        if score is None:
            raise Http404
        blind_scoring.change_mark(
            score_id=score.pk, mark=data["mark"], reason=data["reason"], actor=self.request.user
        )  # fmt: skip


class BlindFile(OwnBlindReview, View):
    """A redacted file of the case, under a name that says nothing."""

    def get(self, request: HttpRequest, pk: int, file: int) -> FileResponse:
        redaction = blind.file_of(self.review, file)
        if redaction is None or not redaction.file:
            raise Http404
        name = f"{self.review.assessment.number}-{redaction.pk}.{redaction.file_kind}"
        return FileResponse(
            redaction.file.open("rb"), as_attachment=True, filename=name,
            content_type=CONTENT_TYPES[FileKind(redaction.file_kind)],
        )  # fmt: skip
