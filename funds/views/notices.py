"""Capital calls and distributions of a fund: list, new with its split shown first, payments line by line."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from funds.actions.notices import cancel_notice, issue_notice, pay_all, pay_line, plan_notice
from funds.choices.records import NoticeState
from funds.forms.entries import ReasonForm
from funds.forms.notices import NoticeForm, PayAllForm, PaymentForm
from funds.models import EntryProposal, Fund
from funds.models.notices import NOTICES
from funds.models.visibility import sees_funds
from funds.queries.commitments import investor_names
from funds.queries.notices import LINES, accounts, lines_of, with_paid
from funds.queries.waterfall import distribution
from funds.reports.notice_file import notice_csv
from funds.reports.notices import (
    POSITION_NOTE,
    line_columns,
    notice_columns,
    notice_facts,
    part_rows,
    position_columns,
    position_totals,
    status_of,
)
from funds.reports.waterfall import step_lines
from funds.views.entries import crumbs, fund_of, records_entries
from innovation.core.display import unit_of
from innovation.core.errors import RuleViolation
from innovation.core.exports import disposition
from innovation.core.forms import add_violation
from innovation.core.tables import Table
from innovation.core.views import Crumb, FormPage, PageMixin, PageView

PLANNED = ("amount_fen", "recallable_fen", "notice_on", "due_on", "is_last")
"""The answers that decide the split."""
NEW = {"call": _("New capital call"), "distribution": _("New distribution")}


def issues_notices(user: Any) -> bool:
    return sees_funds(user) and user.has_perm("funds.issue_notice")


def word_of(view: Any) -> str:
    """``call`` or ``distribution``, as the address says; 404 for anything else."""
    word = view.kwargs["word"]
    if word not in NOTICES:
        raise Http404
    return word


class Notices(PageView):
    """A fund's calls and distributions, and what may still be called from whom."""

    title = _("Calls and distributions")
    template_name = "funds/notices/list.html"
    allowed = staticmethod(sees_funds)

    @cached_property
    def fund(self) -> Fund:
        return fund_of(self)

    def breadcrumbs(self) -> Sequence[Crumb]:
        return crumbs(self.fund, (self.title, None))

    @cached_property
    def tables(self) -> list[Table]:
        today = timezone.localdate()
        found = [
            Table(
                self.request, notice_columns(today), with_paid(model.objects.filter(fund=self.fund)),
                model._meta.verbose_name_plural.capitalize(), name=word, default_sort="-number",
                empty_title=_("Nothing was issued yet"),
                empty_text=_("A new notice is split over the investors by their commitments."),
            )
            for word, model in NOTICES.items()
        ]  # fmt: skip
        places = accounts(self.fund, today)
        names = investor_names({place.stake.investor_id for place in places})
        return [
            *found,
            Table(
                self.request, position_columns(names), places, _("Investors today"), name="investors",
                totals=position_totals, notes=[POSITION_NOTE],
                empty_title=_("No commitment is recorded"),
                empty_text=_("Record the investors' commitments with the fund; calls are split by them."),
            ),
        ]  # fmt: skip

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        for table in self.tables:
            if table.export_format:
                return table.export()
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may_issue = issues_notices(self.request.user)
        return super().get_context_data(fund=self.fund, tables=self.tables, may_issue=may_issue, **kwargs)


class NewNotice(FormPage):
    """A new notice: its split is shown first, then it is issued as shown."""

    template_name = "funds/notices/new.html"
    allowed = staticmethod(issues_notices)

    @cached_property
    def fund(self) -> Fund:
        return fund_of(self)

    @property
    def word(self) -> str:
        return word_of(self)

    def get_title(self) -> str:
        return str(NEW[self.word])

    def breadcrumbs(self) -> Sequence[Crumb]:
        here = (Notices.title, reverse("funds:notices", args=[self.fund.pk]))
        return crumbs(self.fund, here, (self.get_title(), None))

    def get_form(self, form_class: Any = None) -> NoticeForm:
        return NoticeForm(word=self.word, **self.get_form_kwargs())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = self.get_form()
        if not form.is_valid() or ("issue" in request.POST and request.POST.get("seen") == form.digest()):
            return super().post(request, *args, **kwargs)
        facts = {name: form.facts()[name] for name in PLANNED if name in form.facts()}
        try:
            parts = plan_notice(word=self.word, fund=self.fund, **facts)
        except RuleViolation as violation:
            add_violation(form, violation)
            return self.form_invalid(form)
        names = investor_names({part.position.stake.investor_id for part in parts})
        unit = unit_of(self.request)
        shown = {"parts": part_rows(parts, names, unit), "unit_name": unit.label, "seen": form.digest()}
        if facts.get("is_last"):
            shown["settled"] = True
        elif self.word == "distribution":
            steps = distribution(self.fund, facts["amount_fen"], facts["due_on"])
            shown["steps"] = step_lines(steps, unit) if steps else []
        return self.render_to_response(self.get_context_data(form=form, **shown))

    def form_valid(self, form: Any) -> HttpResponse:
        notice = issue_notice(word=self.word, fund_id=self.fund.pk, actor=self.request.user, **form.facts())
        messages.success(self.request, gettext("Issued as no. %(number)s.") % {"number": notice.number})
        return HttpResponseRedirect(notice.get_absolute_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(fund=self.fund, **kwargs)


class _OfNotice:
    """A page about the notice in its address."""

    request: HttpRequest
    kwargs: dict[str, Any]

    @property
    def word(self) -> str:
        return word_of(self)

    @cached_property
    def notice(self) -> Any:
        model = NOTICES[self.word]
        rows = with_paid(model.objects.visible_to(self.request.user)).select_related("fund", "issued_by")
        notice = rows.filter(pk=self.kwargs["pk"]).first()
        if notice is None:
            raise Http404
        return notice

    def get_title(self) -> str:
        return gettext("%(kind)s no. %(number)s") % {
            "kind": str(self.notice._meta.verbose_name).capitalize(), "number": self.notice.number,
        }  # fmt: skip

    def breadcrumbs(self) -> Sequence[Crumb]:
        fund = self.notice.fund
        return crumbs(fund, (Notices.title, reverse("funds:notices", args=[fund.pk])), (self.get_title(), None))

    def get_success_url(self) -> str:
        return self.notice.get_absolute_url()

    @property
    def cancel_url(self) -> str:
        return self.notice.get_absolute_url()


class NoticePage(_OfNotice, PageView):
    """One notice with the standing of every line."""

    template_name = "funds/notices/detail.html"
    allowed = staticmethod(sees_funds)

    @cached_property
    def lines(self) -> Table:
        may_pay = records_entries(self.request.user)
        columns = line_columns(self.notice, self.word, timezone.localdate(), may_pay=may_pay)
        return Table(
            self.request, columns, lines_of(self.notice), _("Lines"), name="lines", default_sort="position"
        )  # fmt: skip

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.lines.export() if self.lines.export_format else super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        notice, user = self.notice, self.request.user
        is_open = notice.state == NoticeState.ISSUED
        return super().get_context_data(
            notice=notice,
            lines=self.lines,
            facts=notice_facts(notice, unit_of(self.request)),
            status=status_of(notice, timezone.localdate()),
            may_pay=is_open and records_entries(user) and notice.paid_fen < notice.amount_fen,
            may_cancel=is_open and issues_notices(user) and not notice.paid_fen,
            **kwargs,
        )


class NoticeFile(_OfNotice, PageMixin, View):
    """The notice as a file that the import of notices reads."""

    allowed = staticmethod(sees_funds)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        notice = self.notice
        name = f"{notice.fund.code}-{self.word}-{notice.number}"
        headers = {"Content-Disposition": disposition(name, "csv")}
        return HttpResponse(notice_csv(notice), content_type="text/csv; charset=utf-8", headers=headers)


class CancelNotice(_OfNotice, FormPage):
    """Cancel a notice of which nothing is paid."""

    form_class = ReasonForm
    allowed = staticmethod(issues_notices)
    submit_label = _("Cancel the notice")
    done_message = _("The notice is cancelled.")
    lead = _("It stays in the list as cancelled and no longer counts as called.")

    def act(self, form: Any) -> None:
        cancel_notice(
            word=self.word, notice_id=self.notice.pk, reason=form.cleaned_data["reason"], actor=self.request.user
        )


class PayAll(_OfNotice, FormPage):
    """Everything that is open was paid on one day."""

    form_class = PayAllForm
    allowed = staticmethod(records_entries)
    submit_label = _("Book all open lines as paid")
    lead = _("One entry is booked for each line.")

    def get_initial(self) -> dict[str, Any]:
        return {"value_date": min(self.notice.due_on, timezone.localdate())}

    def act(self, form: Any) -> None:
        count = pay_all(word=self.word, notice_id=self.notice.pk, actor=self.request.user, **_plain(form))
        messages.success(self.request, gettext("%(count)s lines are booked or wait for approval.") % {"count": count})


class PayLine(_OfNotice, FormPage):
    """What was paid of one line."""

    form_class = PaymentForm
    allowed = staticmethod(records_entries)
    submit_label = _("Book the payment")

    @cached_property
    def line(self) -> Any:
        line = LINES[NOTICES[self.word]].objects.filter(pk=self.kwargs["line"]).first()
        if line is None:
            raise Http404
        return lines_of(line.notice).get(pk=line.pk)

    @cached_property
    def notice(self) -> Any:
        return with_paid(NOTICES[self.word].objects.select_related("fund")).get(pk=self.line.notice_id)

    def get_title(self) -> str:
        return gettext("Payment of %(investor)s") % {"investor": self.line.investor.name}

    def get_initial(self) -> dict[str, Any]:
        line = self.line
        day = min(self.notice.due_on, timezone.localdate())
        return {"value_date": day, "amount_fen": line.amount_fen - line.paid_fen}

    def act(self, form: Any) -> None:
        made = pay_line(word=self.word, line_id=self.line.pk, actor=self.request.user, **_plain(form))
        if isinstance(made, EntryProposal):
            messages.info(self.request, gettext("The entry waits for another person and is not in the books yet."))
        else:
            messages.success(self.request, gettext("Booked as no. %(seq)s.") % {"seq": made.seq})


def _plain(form: Any) -> dict[str, Any]:
    """The answers without the form's own token."""
    return {name: value for name, value in form.cleaned_data.items() if name != "form_token"}
