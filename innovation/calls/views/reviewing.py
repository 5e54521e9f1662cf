"""The reviewer's desk: own reviews, the declaration, the packet with its score sheet, files, own relations."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.http import content_disposition_header
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from innovation.accounts.choices import Role
from innovation.calls.actions import assigning, reviewing
from innovation.calls.choices import Relation, ReviewState
from innovation.calls.forms.reviewing import DeclareForm, OwnRelationForm, ProfileForm, ReasonForm, SheetForm
from innovation.calls.models import Review, ReviewerProfile
from innovation.calls.packet_files import packet_pdf, packets_xlsx
from innovation.calls.queries import packets
from innovation.calls.queries.packets import BlindPacket, ReviewLine
from innovation.calls.rules.scoring import shown
from innovation.core.components import Fact, Moment, Status, Tone
from innovation.core.exports import Kind
from innovation.core.icons import status_html
from innovation.core.tables import Table, TableColumn
from innovation.core.uploads import CONTENT_TYPES, FileKind
from innovation.core.views import Crumb, FormPage, PageMixin, PageView

TONES = {
    ReviewState.INVITED: Tone.NOTICE, ReviewState.OPEN: Tone.INFO, ReviewState.SUBMITTED: Tone.OK,
}  # fmt: skip


def is_reviewer(user: Any) -> bool:
    """Whoever holds the role of a reviewer."""
    return bool(user.is_authenticated and user.has_role(Role.REVIEWER))


def state_of(line: ReviewLine | Review) -> Status:
    state = ReviewState(line.state)
    return Status(state.label, TONES.get(state, Tone.IDLE))


def _due(line: ReviewLine) -> Any:
    if line.due_on is None or not line.is_overdue(timezone.localdate()):
        return line.due_on.isoformat() if line.due_on else gettext("Calendar not known yet")
    return format_html("{} {}", line.due_on.isoformat(), status_html(Status(gettext("Overdue"), Tone.BAD)))


COLUMNS = (
    TableColumn(pgettext_lazy("application", "Number"), "number", key="number", heading=True, order_by=("number",),
                link=lambda row: row.href),
    TableColumn(_("Call"), "call", key="call", order_by=("call",)),
    TableColumn(pgettext_lazy("technology", "Field"), "field", key="field", order_by=("field",)),
    TableColumn(_("State"), lambda row: str(state_of(row).label), key="state", order_by=("state",),
                cell=lambda row: status_html(state_of(row))),
    TableColumn(_("Due"), "due_on", Kind.DATE, key="due", order_by=("due_on",), cell=_due),
)  # fmt: skip
DONE_COLUMNS = (
    *COLUMNS[:4],
    TableColumn(_("Handed in"), "submitted_at", Kind.DATETIME, key="at", order_by=("submitted_at",)),
    TableColumn(_("Total (0–100)"), lambda row: shown(row.total), Kind.NUMBER, key="total",
                unknown=_("Not handed in")),
)  # fmt: skip


class ReviewerDesk(PageView):
    """What waits, with due days and load, and the history of own reviews."""

    title = _("My reviews")
    lead = _("Say first whether you have a conflict of interest; then read and score.")
    template_name = "calls/reviewing/desk.html"
    allowed = staticmethod(is_reviewer)

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(gettext("Start"), reverse("home")), (self.title, None)]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        waiting, over = packets.lines_of(request.user)
        open_table = Table(
            request, COLUMNS, waiting, _("To be done"), name="open", default_sort="due",
            empty_title=_("Nothing waits for you"), empty_text=_("The office writes to you when it asks for a review."),
        )  # fmt: skip
        done = Table(
            request, DONE_COLUMNS, over, _("Earlier reviews"), name="done",
            default_sort="-at", empty_title=_("No earlier reviews"),
        )  # fmt: skip
        profile = ReviewerProfile.objects.filter(user=request.user).first()
        declared = profile.declared_on if profile else None
        facts = [
            Fact(_("Open reviews"), f"{len(waiting)} / {profile.load_limit}" if profile else str(len(waiting))),
            Fact(
                _("Relations declared on"), declared and declared.isoformat(),
                unknown=_("Not declared yet"), change=reverse("reviews:relations"),
            ),
        ]  # fmt: skip
        return self.respond([open_table, done], open_table=open_table, done=done, facts=facts)


class OwnReview(PageMixin):
    """A page of one of the person's own reviews; nobody else's exists here, for staff neither."""

    allowed = staticmethod(is_reviewer)
    kwargs: dict[str, Any]
    request: HttpRequest

    @cached_property
    def review(self) -> Review:
        rows = Review.objects.of(self.request.user).select_related(
            "application__call__score_sheet", "application__process", "application__organisation",
            "application__created_by", "application__discussion",
        )  # fmt: skip
        found = rows.filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found

    @cached_property
    def packet(self) -> BlindPacket:
        found = packets.packet_of(self.review)
        if found is None:
            raise Http404
        return found

    def get_title(self) -> str:
        return gettext("Review %(number)s") % {"number": self.review.application.number}

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(gettext("My reviews"), reverse("reviews:desk")), (self.get_title(), None)]


class ReviewPage(OwnReview, FormPage):
    """The declaration first; then the packet beside the score sheet, to be saved or handed in."""

    template_name = "calls/reviewing/review.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if is_reviewer(request.user) and self.review.state == ReviewState.INVITED:
            return HttpResponseRedirect(reverse("reviews:declare", args=[self.review.pk]))
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def revising(self) -> bool:
        return reviewing.may_revise(self.review, self.review.application)

    def is_writable(self) -> bool:
        return self.review.state == ReviewState.OPEN or self.revising

    def get_form(self, form_class: Any = None) -> SheetForm:
        sheet = self.review.application.call.score_sheet
        return SheetForm(
            sheet=sheet.content if sheet else {"scale": 10, "criteria": []}, revising=self.revising,
            **self.get_form_kwargs() | {"initial": SheetForm.initial_of(self.review.draft)},
        )  # fmt: skip

    def form_valid(self, form: SheetForm) -> HttpResponse:
        user, written = self.request.user, form.written()
        if "submit" in self.request.POST:
            reason = form.cleaned_data.get("reason", "")
            reviewing.submit_review(review_id=self.review.pk, written=written, actor=user, reason=reason)
            messages.success(self.request, gettext("Your review was handed in."))
            return HttpResponseRedirect(reverse("reviews:desk"))
        reviewing.save_draft(review_id=self.review.pk, written=written, actor=user)
        messages.success(self.request, gettext("Your draft was saved."))
        return HttpResponseRedirect(self.review.get_absolute_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        review = self.review
        packet = packets.packet_of(review)
        versions = list(review.versions.order_by("-serial"))
        moments = [
            Moment(row.at, gettext("Handed in: %(total)s points") % {"total": shown_total(row)}, row.reason)
            for row in versions
        ]
        return super().get_context_data(
            review=review, packet=packet, writable=packet is not None and self.is_writable(), revising=self.revising,
            discussion=getattr(review.application, "discussion", None) if self.revising else None, moments=moments,
            ended=review.state in {ReviewState.CONFLICTED, ReviewState.DECLINED},
            files=[(one, reverse("reviews:file", args=[review.pk, one.pk]))
                   for one in packets.files_of(review.application)] if packet else [],
            others=self.others(), facts=self.facts(packet), **kwargs,
        )  # fmt: skip

    def facts(self, packet: BlindPacket | None) -> list[Fact]:
        review = self.review
        rows = [
            Fact(_("Call"), review.application.call.title),
            Fact(_("State"), str(review.get_state_display())),
            Fact(_("Due"), review.due_on and review.due_on.isoformat(), unknown=_("Calendar not known yet")),
        ]
        if packet is not None:
            rows.append(Fact(pgettext_lazy("technology", "Field"), packet.field, unknown=_("Not named in the form")))
        if isinstance(packet, packets.NamedPacket):
            rows.append(Fact(_("Applicant"), packet.applicant))
        return rows

    def others(self) -> list[str]:
        """Totals of the others, without names, where the call opens them and the own review is in."""
        call = self.review.application.call
        if not call.rules.get("open_to_reviewers") or self.review.state != ReviewState.SUBMITTED:
            return []
        rows = self.review.application.reviews.filter(state=ReviewState.SUBMITTED).exclude(pk=self.review.pk)
        return sorted(str(shown(one.total)) for one in rows)


def shown_total(version: Any) -> str:
    """The total of a version, to two places."""
    return str(shown(Fraction(version.total_num, version.total_den)))


class DeclarePage(OwnReview, FormPage):
    """Yes or no, knowing number and field alone."""

    form_class = DeclareForm
    template_name = "calls/reviewing/declare.html"
    submit_label = _("Declare")
    cancel_url = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if is_reviewer(request.user) and self.review.state != ReviewState.INVITED:
            return HttpResponseRedirect(self.review.get_absolute_url())
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        line = packets.line_of(self.review)
        facts = [
            Fact(pgettext_lazy("application", "Number"), line.number), Fact(_("Call"), line.call),
            Fact(pgettext_lazy("technology", "Field"), line.field, unknown=_("Not named in the form")),
            Fact(_("Due"), line.due_on and line.due_on.isoformat(), unknown=_("Calendar not known yet")),
        ]  # fmt: skip
        return super().get_context_data(facts=facts, review=self.review, **kwargs)

    def form_valid(self, form: DeclareForm) -> HttpResponse:
        done = reviewing.declare(
            review_id=self.review.pk, conflict=form.cleaned_data["conflict"], note=form.cleaned_data["note"],
            actor=self.request.user,
        )  # fmt: skip
        if done.conflict:
            messages.success(self.request, gettext("Thank you. The case goes to somebody else."))
            return HttpResponseRedirect(reverse("reviews:desk"))
        return HttpResponseRedirect(done.get_absolute_url())


class DeclinePage(OwnReview, FormPage):
    """Give a review back."""

    form_class = ReasonForm
    submit_label = _("Give the review back")
    done_message = _("The office was told; somebody else will review the case.")

    @property
    def cancel_url(self) -> str:  # type: ignore[override]
        return self.review.get_absolute_url()

    def get_success_url(self) -> str:
        return reverse("reviews:desk")

    def act(self, form: Any) -> None:
        reviewing.decline(review_id=self.review.pk, reason=form.cleaned_data["reason"], actor=self.request.user)


class PacketPdf(OwnReview, View):
    """The packet as PDF, for reading without a network."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        content = packet_pdf(self.packet)
        name = content_disposition_header(as_attachment=True, filename=f"{self.packet.number}.pdf")
        return HttpResponse(content, content_type="application/pdf", headers={"Content-Disposition": str(name)})


class PacketsXlsx(PageMixin, View):
    """All packets that may be read, with their score sheets, as one workbook."""

    allowed = staticmethod(is_reviewer)

    def get(self, request: HttpRequest) -> FileResponse:
        rows = Review.objects.of(request.user).waiting().select_related(
            "application__call__score_sheet", "application__organisation", "application__created_by"
        )  # fmt: skip
        return FileResponse(
            packets_xlsx(packets.packets_of(rows)),
            as_attachment=True,
            filename="reviews.xlsx",
            content_type=CONTENT_TYPES[FileKind.XLSX],
        )


class PacketFile(OwnReview, View):
    """A file of a case whose call is not blind."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> FileResponse:
        self.packet  # noqa: B018 - a packet that may not be read has no files
        for file in packets.files_of(self.review.application):
            if file.pk == kwargs["file"]:
                return FileResponse(
                    file.file.open("rb"), as_attachment=True, filename=file.file_name,
                    content_type=CONTENT_TYPES[FileKind(file.file_kind)],
                )  # fmt: skip
        raise Http404


class RelationsPage(PageView):
    """What the reviewer knows and takes, and the ties to organisations: two small forms, each sent alone."""

    title = _("My field and relations")
    template_name = "calls/reviewing/relations.html"
    allowed = staticmethod(is_reviewer)

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(gettext("My reviews"), reverse("reviews:desk")), (self.title, None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        profile = ReviewerProfile.objects.filter(user=self.request.user).first()
        relations = self.request.user.reviewer_relations.select_related("organisation")
        return super().get_context_data(profile=profile, relations=relations, **kwargs)


class ProfilePage(FormPage):
    """Own expertise and load, and the yearly declaration."""

    title = _("My field and load")
    form_class = ProfileForm
    allowed = staticmethod(is_reviewer)
    done_message = _("Saved.")

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(gettext("My field and relations"), reverse("reviews:relations")), (self.title, None)]

    def get_initial(self) -> dict[str, Any]:
        profile = ReviewerProfile.objects.filter(user=self.request.user).first()
        if profile is None:
            return {"load_limit": 10, "is_active": True}
        return {
            "industries": ", ".join(profile.industries), "keywords": ", ".join(profile.keywords),
            "load_limit": profile.load_limit, "is_active": profile.is_active,
        }  # fmt: skip

    def get_success_url(self) -> str:
        return reverse("reviews:relations")

    def act(self, form: Any) -> None:
        user, data = self.request.user, form.cleaned_data
        assigning.save_profile(
            user_id=user.pk, industries=form.words("industries"), keywords=form.words("keywords"),
            load_limit=data["load_limit"], is_active=data["is_active"], actor=user,
        )  # fmt: skip
        if data["declared"]:
            assigning.declare_relations(user_id=user.pk, actor=user)


class RelationPage(FormPage):
    """Declare one relation to an organisation."""

    title = _("Declare a relation")
    form_class = OwnRelationForm
    allowed = staticmethod(is_reviewer)
    submit_label = pgettext_lazy("relation", "Declare")
    done_message = _("Recorded. You will not be asked for its cases.")

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(gettext("My field and relations"), reverse("reviews:relations")), (self.title, None)]

    def get_success_url(self) -> str:
        return reverse("reviews:relations")

    def act(self, form: Any) -> None:
        data, user = form.cleaned_data, self.request.user
        assigning.record_relation(
            user_id=user.pk, organisation_id=data["organisation"].pk, relation=Relation.CONFLICT, kind=data["kind"],
            note=data["note"], actor=user,
        )  # fmt: skip
