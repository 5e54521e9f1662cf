"""How a fund's books are kept: limit, completeness, cash, closed periods and what changed them since."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from funds.actions.books import set_book_terms
from funds.actions.events import close_period, reopen_period
from funds.forms.entries import BookTermsForm, ClosePeriodForm, ReasonForm
from funds.models import BookDocument, Fund, LedgerProof, PeriodClose
from funds.models.visibility import sees_funds
from funds.queries.books import cash_by_day, terms_of
from funds.queries.restatements import closes, restatements_of, then_and_now
from funds.reports.books import book_facts, close_columns, compared, restatement_columns
from funds.views.entries import crumbs, fund_of, records_entries
from innovation.core.display import unit_of
from innovation.core.exports import disposition
from innovation.core.tables import Table
from innovation.core.views import Crumb, FormPage, PageMixin, PageView


def sets_terms(user: Any) -> bool:
    return sees_funds(user) and user.has_perm("funds.change_bookterms")


def closes_periods(user: Any) -> bool:
    return sees_funds(user) and user.has_perm("funds.add_periodclose")


def reopens_periods(user: Any) -> bool:
    return sees_funds(user) and user.has_perm("funds.reopen_period")


class _OfFund(PageMixin):
    """A page about the books of the fund in its address."""

    allowed = staticmethod(sees_funds)

    @cached_property
    def fund(self) -> Fund:
        return fund_of(self)

    @property
    def books_url(self) -> str:
        return reverse("funds:books", args=[self.fund.pk])

    def breadcrumbs(self) -> Sequence[Crumb]:
        return crumbs(self.fund, (BooksPage.title, self.books_url), (self.get_title(), None))

    def get_success_url(self) -> str:
        return self.books_url

    @property
    def cancel_url(self) -> str:
        return self.books_url


class BooksPage(_OfFund, PageView):
    """Everything about the keeping of one fund's books."""

    title = _("Keeping of the books")
    template_name = "funds/books/detail.html"

    def get_title(self) -> str:
        return gettext("Books of %(fund)s") % {"fund": self.fund.name}

    def breadcrumbs(self) -> Sequence[Crumb]:
        return crumbs(self.fund, (self.title, None))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.periods.export() if self.periods.export_format else super().get(request, *args, **kwargs)

    @cached_property
    def periods(self) -> Table:
        return Table(
            self.request, close_columns(may_reopen=reopens_periods(self.request.user)), closes(self.fund),
            _("Closed periods"), name="periods", default_sort="-through", empty_title=_("No period is closed yet"),
            empty_text=_("Finance closes a period when its figures are published."),
        )  # fmt: skip

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, terms, line = self.request.user, terms_of(self.fund.pk), cash_by_day(self.fund.pk)
        proof = LedgerProof.objects.filter(fund=None).first()
        return super().get_context_data(
            fund=self.fund,
            terms=terms,
            facts=book_facts(self.fund, terms, line, proof, unit_of(self.request)),
            periods=self.periods,
            waiting=self.fund.proposals.filter(state="WAITING").count(),
            may_set=sets_terms(user),
            may_close=closes_periods(user),
            may_record=records_entries(user),
            **kwargs,
        )


class SetTerms(_OfFund, FormPage):
    """Set the limit for a second person and whether the books are complete."""

    title = _("Limit and completeness")
    form_class = BookTermsForm
    allowed = staticmethod(sets_terms)
    submit_label = _("Set")
    done_message = _("The terms of the books are set.")

    def get_initial(self) -> dict[str, Any]:
        terms = terms_of(self.fund.pk)
        return {"approval_limit_fen": terms.approval_limit_fen, "is_complete": terms.is_complete}

    def act(self, form: Any) -> None:
        data = form.cleaned_data
        set_book_terms(
            fund_id=self.fund.pk, approval_limit_fen=data["approval_limit_fen"], is_complete=data["is_complete"],
            actor=self.request.user,
        )  # fmt: skip


class ClosePeriod(_OfFund, FormPage):
    """Close the books through a day."""

    title = _("Close a period")
    lead = _("Entries with a value date up to this day then need their own permission and a reason.")
    form_class = ClosePeriodForm
    allowed = staticmethod(closes_periods)
    submit_label = _("Close the period")

    def act(self, form: Any) -> None:
        close_period(fund_id=self.fund.pk, through=form.cleaned_data["through"], actor=self.request.user)
        day = form.cleaned_data["through"]
        messages.success(self.request, gettext("The books are closed through %(day)s.") % {"day": day})


class _OfClose(_OfFund):
    """A page about one closed period."""

    @cached_property
    def close(self) -> PeriodClose:
        rows = PeriodClose.objects.visible_to(self.request.user).select_related("fund", "closed_by", "reopened_by")
        close = rows.filter(pk=self.kwargs["pk"]).first()
        if close is None:
            raise Http404
        return close

    @cached_property
    def fund(self) -> Fund:
        return self.close.fund


class ReopenPeriod(_OfClose, FormPage):
    """Open the last closed period again."""

    title = _("Open a closed period again")
    lead = _("Whoever closed it cannot open it. Figures that were read meanwhile stay answerable.")
    form_class = ReasonForm
    allowed = staticmethod(reopens_periods)
    submit_label = _("Open the period again")
    done_message = _("The period is open again.")

    def act(self, form: Any) -> None:
        reopen_period(close_id=self.close.pk, reason=form.cleaned_data["reason"], actor=self.request.user)


class RestatementPage(_OfClose, PageView):
    """What changed the figures of one closed period, and by how much."""

    template_name = "funds/books/restatements.html"

    def get_title(self) -> str:
        return gettext("Changes since the close of %(day)s") % {"day": self.close.through}

    @cached_property
    def rows(self) -> Table:
        return Table(
            self.request, restatement_columns(), restatements_of(self.close), _("What became known later"),
            name="late", default_sort="recorded", empty_title=_("Nothing became known later"),
            empty_text=_("The figures of this period stand as they were closed."),
        )  # fmt: skip

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.rows.export() if self.rows.export_format else super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        then, now = then_and_now(self.close, timezone.now())
        effect = compared(then, now, unit_of(self.request))
        return super().get_context_data(close=self.close, effect=effect, rows=self.rows, **kwargs)


class DocumentFile(PageMixin, View):
    """A kept document, as it was handed in."""

    allowed = staticmethod(sees_funds)

    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        document = BookDocument.objects.visible_to(request.user).filter(pk=pk).first()
        if document is None:
            raise Http404
        extension = document.file.name.rsplit(".", 1)[-1]
        return FileResponse(
            document.file.open("rb"), content_type="application/octet-stream",
            headers={"Content-Disposition": disposition(document.name, extension)},
        )  # fmt: skip
