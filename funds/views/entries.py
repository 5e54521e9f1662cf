"""Recording into the books: choose a kind, fill in, see the effect, book; take back and correct from an entry."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView

from funds.actions.books import keep_document
from funds.actions.entries import is_above_limit, rehearse, submit_entry
from funds.choices.ledger import EventKind
from funds.choices.records import FundKind
from funds.forms.entries import AWARD, FUND, HOLDING, KIND_FORMS, EntryForm, RequestForm, TakeBackForm, kinds_of
from funds.models import EntryProposal, Fund, LedgerEvent
from funds.models.visibility import sees_funds
from funds.queries.books import closed_through, terms_of
from funds.queries.effects import position_of
from funds.reports.effects import Change, changes
from funds.reports.entries import entry_facts
from innovation.core.display import unit_of
from innovation.core.errors import RuleViolation
from innovation.core.forms import SubmitOnce, add_violation
from innovation.core.views import Crumb, PageMixin, PageView

UNPROCESSABLE = 422


def records_entries(user: Any) -> bool:
    """Whether ``user`` may write to ledgers."""
    return sees_funds(user) and user.has_perm("funds.add_ledgerevent")


def fund_of(view: Any) -> Fund:
    """The fund that a page's address names; 404 for who may not see it."""
    fund = Fund.objects.visible_to(view.request.user).filter(pk=view.kwargs["pk"]).first()
    if fund is None:
        raise Http404
    return fund


def entry_of(view: Any) -> LedgerEvent:
    """The entry that a page's address names, with what its page shows."""
    rows: QuerySet[LedgerEvent] = LedgerEvent.objects.visible_to(view.request.user)
    rows = rows.select_related(
        "fund", "investment__company", "award__recipient", "actor", "reverses", "reversed_by", "proposal__decided_by"
    )
    entry = rows.filter(pk=view.kwargs["pk"]).first()
    if entry is None:
        raise Http404
    return entry


def crumbs(fund: Fund, *last: Crumb) -> list[Crumb]:
    """The way to a page of a fund's books."""
    return [
        (_("Funds"), reverse("funds:funds")),
        (fund.name, reverse("funds:fund", args=[fund.pk])),
        (_("Ledger"), reverse("funds:ledger", args=[fund.pk])),
        *last,
    ]


class ChooseKind(PageView):
    """Which kind of event is to be recorded."""

    template_name = "funds/entries/choose.html"
    title = _("Record an entry")
    allowed = staticmethod(records_entries)

    @cached_property
    def fund(self) -> Fund:
        return fund_of(self)

    def breadcrumbs(self) -> Sequence[Crumb]:
        return crumbs(self.fund, (self.title, None))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        groups: dict[str, list[dict[str, Any]]] = {AWARD: [], HOLDING: [], FUND: []}
        for kind in kinds_of(self.fund, KIND_FORMS):
            spec = KIND_FORMS[kind]
            href = reverse("funds:record", args=[self.fund.pk, kind.lower()])
            of = spec.of if spec.of in groups else FUND if self.fund.kind == FundKind.GRANT else HOLDING
            groups[of].append({"label": kind.label, "text": spec.text, "href": href})
        titles = {AWARD: _("About an award"), HOLDING: _("About a holding"), FUND: _("About the fund")}
        titled = [(titles[of], kinds) for of, kinds in groups.items() if kinds]
        return super().get_context_data(fund=self.fund, groups=titled, **kwargs)


class RequestPage(SubmitOnce, PageMixin, FormView):
    """A form whose answers are rehearsed and shown with their effect first, and booked only as they were shown."""

    template_name = "funds/entries/form.html"
    allowed = staticmethod(records_entries)
    fund: Fund

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = self.get_form()
        if not form.is_valid():
            return self.form_invalid(form)
        try:
            self.keep_file(form)
            if "book" in request.POST and request.POST.get("seen") == form.digest():
                return super().post(request, *args, **kwargs)
            return self.show_effect(form)
        except RuleViolation as violation:
            add_violation(form, violation)
            return self.form_invalid(form)

    def keep_file(self, form: Any) -> None:
        """Keep an uploaded file at once, so that it need not be chosen again after the preview."""
        upload = form.cleaned_data.get("file")
        if upload:
            form.kept = keep_document(fund_id=self.fund.pk, upload=upload, actor=self.request.user)

    def show_effect(self, form: RequestForm) -> HttpResponse:
        request, of = form.request(), (self.fund, form.investment_id, form.award_id)
        before = position_of(*of)
        after = rehearse(request=request, actor=self.request.user, look=lambda event: position_of(*of))
        effect: list[Change] = changes(before, after, self.fund, unit_of(self.request))
        return self.render_to_response(
            self.get_context_data(
                form=form, effect=effect, seen=form.digest(), waits=is_above_limit(request=request),
                kept=getattr(form, "kept", None),
            )
        )  # fmt: skip

    def form_valid(self, form: Any) -> HttpResponse:
        made = submit_entry(request=form.request(), actor=self.request.user)
        if isinstance(made, EntryProposal):
            messages.info(self.request, gettext("The entry waits for another person and is not in the books yet."))
            return HttpResponseRedirect(made.get_absolute_url())
        messages.success(self.request, gettext("Booked as no. %(seq)s.") % {"seq": made.seq})
        return HttpResponseRedirect(reverse("funds:entry", args=[made.pk]))

    def form_invalid(self, form: Any) -> HttpResponse:
        kept = getattr(form, "kept", None)
        return self.render_to_response(self.get_context_data(form=form, kept=kept), status=UNPROCESSABLE)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"fund": self.fund, "user": self.request.user}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        terms = terms_of(self.fund.pk)
        rules = {"fund": self.fund, "terms": terms, "closed": closed_through(self.fund.pk)}
        return super().get_context_data(**rules | kwargs)


class RecordEntry(RequestPage):
    """A new entry of one kind."""

    @cached_property
    def kind(self) -> EventKind:
        name = self.kwargs["kind"].upper()
        if name not in KIND_FORMS or not kinds_of(self.fund, [EventKind(name)]):
            raise Http404
        return EventKind(name)

    @cached_property
    def fund(self) -> Fund:
        return fund_of(self)

    def get_form(self, form_class: Any = None) -> EntryForm:
        return EntryForm(kind=self.kind, **self.get_form_kwargs())

    def get_initial(self) -> dict[str, Any]:
        return {name: self.request.GET[name] for name in ("investment", "award") if name in self.request.GET}

    def get_title(self) -> str:
        return gettext("Record: %(kind)s") % {"kind": self.kind.label}

    def breadcrumbs(self) -> Sequence[Crumb]:
        choose = (ChooseKind.title, reverse("funds:record_choose", args=[self.fund.pk]))
        return crumbs(self.fund, choose, (self.kind.label, None))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(lead=KIND_FORMS[self.kind].text, **kwargs)


class _FromEntry(RequestPage):
    """A page that begins at an entry of the books."""

    @cached_property
    def entry(self) -> LedgerEvent:
        return entry_of(self)

    @cached_property
    def fund(self) -> Fund:
        return self.entry.fund

    def breadcrumbs(self) -> Sequence[Crumb]:
        entry = (gettext("No. %(seq)s") % {"seq": self.entry.seq}, reverse("funds:entry", args=[self.entry.pk]))
        return crumbs(self.fund, entry, (self.get_title(), None))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        facts = entry_facts(self.entry, unit_of(self.request))
        return super().get_context_data(entry=self.entry, entry_facts=facts, **kwargs)


class TakeBack(_FromEntry):
    """Reverse an entry, with the reason."""

    title = _("Take this entry back")

    def get_form(self, form_class: Any = None) -> TakeBackForm:
        return TakeBackForm(event=self.entry, **self.get_form_kwargs())


class Correct(_FromEntry):
    """Reverse an entry and book the right one in one step."""

    title = _("Correct this entry")
    lead = _("The entry is taken back with its value date, and the right one is booked in the same moment.")

    def get_form(self, form_class: Any = None) -> EntryForm:
        if self.entry.kind == EventKind.REVERSAL:
            raise Http404
        return EntryForm(kind=EventKind(self.entry.kind), corrects=self.entry, **self.get_form_kwargs())


class EntryPage(PageView):
    """One entry with everything behind it, and the way to take it back."""

    template_name = "funds/entries/entry.html"
    allowed = staticmethod(sees_funds)

    @cached_property
    def entry(self) -> LedgerEvent:
        return entry_of(self)

    def get_title(self) -> str:
        return gettext("No. %(seq)s: %(kind)s") % {"seq": self.entry.seq, "kind": self.entry.get_kind_display()}

    def breadcrumbs(self) -> Sequence[Crumb]:
        return crumbs(self.entry.fund, (gettext("No. %(seq)s") % {"seq": self.entry.seq}, None))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        entry = self.entry
        stands = entry.kind != EventKind.REVERSAL and not hasattr(entry, "reversed_by")
        return super().get_context_data(
            entry=entry,
            facts=entry_facts(entry, unit_of(self.request)),
            may_take_back=stands and records_entries(self.request.user),
            taken_back=getattr(entry, "reversed_by", None),
            **kwargs,
        )
