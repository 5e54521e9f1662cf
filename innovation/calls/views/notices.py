"""Public notices without log-in: the list, one notice, an objection and its confirmation."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from innovation.calls.actions.notices import by_token, confirm_objection, object_to
from innovation.calls.forms.objecting import ObjectionForm
from innovation.calls.models import Notice, Objection
from innovation.calls.queries.notices import is_running
from innovation.core.components import Fact, Status, Tone
from innovation.core.display import unit_of
from innovation.core.errors import RuleViolation
from innovation.core.exports import Kind
from innovation.core.icons import status_html
from innovation.core.money import format_fen
from innovation.core.tables import TableColumn
from innovation.core.views import ConfirmPage, Crumb, FormPage, PageView, TableView, everyone


def notice_status(notice: Notice) -> Status:
    """Where a notice stands, in a word."""
    if notice.ended_at is None and notice.stopped_on is not None:
        return Status(_("Stopped: an objection is examined"), Tone.NOTICE)
    if is_running(notice, timezone.localdate()):
        return Status(_("Objections are possible"), Tone.INFO)
    return Status(_("Over"), Tone.IDLE)


class NoticeList(TableView):
    """All notices, the newest first."""

    title = _("Public notices")
    lead = _("Decisions that anybody may object to before an agreement is signed or a title issued.")
    allowed = staticmethod(everyone)
    default_sort = "-published"
    empty_title = _("No decision is on notice")
    empty_text = _("Decisions stand here for five or seven working days.")
    columns = (
        TableColumn(_("Project"), "title", key="title", heading=True, link=lambda row: row.get_absolute_url()),
        TableColumn(_("Applicant"), "applicant", key="applicant"),
        TableColumn(_("Call"), lambda row: row.application.call.title, key="call"),
        TableColumn(pgettext_lazy("amount", "Award"), "award_fen", Kind.MONEY, key="award", order_by=("award_fen",)),
        TableColumn(_("Published"), "published_at", Kind.DATETIME, key="published", order_by=("published_at",)),
        TableColumn(_("Last day"), "ends_on", Kind.DATE, key="ends", order_by=("ends_on",)),
        TableColumn(
            _("State"),
            lambda row: str(notice_status(row).label),
            key="state",
            cell=lambda row: status_html(notice_status(row)),
        ),
    )

    def get_queryset(self) -> QuerySet[Notice]:
        return Notice.objects.visible_to(self.request.user).select_related("application__call")


class _OneNotice:
    kwargs: dict[str, Any]

    @cached_property
    def notice(self) -> Notice:
        found = Notice.objects.select_related("application__call").filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(_("Public notices"), reverse("calls:notices")), (self.notice.title, None)]


class NoticePage(_OneNotice, PageView):
    """One notice: what was decided, until when anybody may object, and how."""

    template_name = "calls/following/notice.html"
    allowed = staticmethod(everyone)

    def get_title(self) -> str:
        return self.notice.title

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        notice = self.notice
        unit = unit_of(self.request)
        facts = [
            Fact(_("Applicant"), notice.applicant),
            Fact(_("Call"), notice.application.call.title),
            Fact(pgettext_lazy("application", "Number"), notice.application.number),
            Fact(
                pgettext_lazy("amount", "Award"),
                format_fen(notice.award_fen, unit, with_unit=True) if notice.award_fen else None,
                unknown=_("No money is awarded."),
            ),
            Fact(_("Published"), f"{timezone.localtime(notice.published_at):%Y-%m-%d %H:%M}"),
            Fact(
                _("Last day"), f"{notice.ends_on:%Y-%m-%d} 24:00" if notice.ends_on else None,
                unknown=_("The working days of that year are not known yet."),
            ),
        ]  # fmt: skip
        may_object = notice.ended_at is None and bool(notice.stopped_on or is_running(notice, timezone.localdate()))
        return super().get_context_data(
            notice=notice, status=notice_status(notice), facts=facts, may_object=may_object, **kwargs
        )


class ObjectPage(_OneNotice, FormPage):
    """The form of an objection."""

    allowed = staticmethod(everyone)
    form_class = ObjectionForm
    title = _("Object to this decision")
    submit_label = _("Send the objection")

    @property
    def cancel_url(self) -> str:
        return self.notice.get_absolute_url()

    def form_valid(self, form: ObjectionForm) -> HttpResponse:
        data = {name: form.cleaned_data[name] for name in ("name", "email", "phone", "text")}
        object_to(notice_id=self.notice.pk, uploads=form.cleaned_data["files"], **data)
        messages.success(
            self.request, gettext("We have sent you a mail. Open its link so that your objection is examined.")
        )
        return redirect(self.notice.get_absolute_url())


class ConfirmObjection(ConfirmPage):
    """Where the link of the mail leads: one button, because some mail programs open links by themselves."""

    allowed = staticmethod(everyone)
    title = _("Confirm your objection")
    submit_label = _("Confirm the objection")

    @cached_property
    def objection(self) -> Objection:
        try:
            return by_token(self.kwargs["token"])
        except RuleViolation as unknown:
            raise Http404 from unknown

    def facts(self) -> Sequence[Fact]:
        return [Fact(_("Decision"), self.objection.notice.title), Fact(_("Objection"), self.objection.text)]

    def form_valid(self, form: Any) -> HttpResponse:
        confirm_objection(token=self.kwargs["token"])
        messages.success(self.request, gettext("Your objection is examined. You will be told the result by mail."))
        return redirect(self.objection.notice.get_absolute_url())
