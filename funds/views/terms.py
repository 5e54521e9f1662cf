"""The terms of a fund at a moment: who committed what, periods, fees, waterfall, limits, sub-funds; and their forms."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from funds.actions import terms
from funds.actions.fund_states import move_fund, state_facts
from funds.forms.terms import FACTS, EndFactForm, FactForm, MoveFundForm, WithdrawFactForm
from funds.models import Fund
from funds.models.dated import DatedRecord
from funds.models.visibility import sees_funds
from funds.queries.commitments import investor_names, share_check, stakes_at
from funds.queries.holdings import Books, books_of
from funds.queries.interests import shares_below
from funds.queries.limits import check_limits
from funds.queries.waterfall import Sold, sold
from funds.reports.waterfall import party_table, sold_facts, step_table
from funds.views.funds import FundList
from funds.views.moments import MomentPage
from funds.views.terms_tables import TABLES, below_table, limits_table
from innovation.core import transitions
from innovation.core.display import unit_of
from innovation.core.tables import Table
from innovation.core.views import Crumb, FormPage


class OfFund:
    """What pages of one fund's terms share."""

    request: HttpRequest
    kwargs: dict[str, Any]
    title: Any = ""

    @cached_property
    def fund(self) -> Fund:
        return get_object_or_404(Fund.objects.visible_to(self.request.user), pk=self.kwargs["pk"])

    @property
    def address(self) -> str:
        return reverse("funds:terms", args=[self.fund.pk])

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [
            (FundList.title, reverse("funds:funds")),
            (self.fund.name, reverse("funds:fund", args=[self.fund.pk])),
            (_("Terms"), None if isinstance(self, FundTermsPage) else self.address),
            *([] if isinstance(self, FundTermsPage) else [(self.title, None)]),
        ]


class FundTermsPage(OfFund, MomentPage):
    """Everything that is agreed about a fund, as it holds on a day and was known at a moment."""

    template_name = "funds/terms/page.html"

    def get_title(self) -> str:
        return str(_("Terms of %(fund)s") % {"fund": self.fund.name})

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        for table in (*(section["table"] for section in self.sections), *self.sold_tables):
            if table.export_format:
                return table.export()
        return super().get(request, *args, **kwargs)

    @cached_property
    def sections(self) -> list[dict[str, Any]]:
        """One a kind of fact: its rows known at the moment, of all days, and the way to record another."""
        may = self.request.user.has_perm
        fund, moment = self.fund, self.moment
        found = []
        for word, (model, make) in TABLES.items():
            rows = list(make.rows(fund).known(moment.known_at))
            table = make.table(self.request, rows, moment, may_change=may(f"funds.change_{model._meta.model_name}"))
            record = reverse("funds:fact_record", args=[fund.pk, word])
            found.append(
                {
                    "word": word, "table": table, "title": make.title,
                    "record": record if may(f"funds.add_{model._meta.model_name}") else "",
                    "label": FACTS[word].title,
                }
            )  # fmt: skip
        return found

    @cached_property
    def books(self) -> Books:
        return books_of([self.fund], self.moment)[self.fund.pk]

    @cached_property
    def sold(self) -> Sold | None:
        """Who gets what if everything were sold at fair value."""
        return sold(self.fund, self.moment, self.books)

    @cached_property
    def sold_tables(self) -> list[Table]:
        if self.sold is None:
            return []
        names = investor_names({party.key[0] for party in self.sold.parties if isinstance(party.key, tuple)})
        return [step_table(self.request, self.sold), party_table(self.request, self.sold, names)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        fund, moment, books = self.fund, self.moment, self.books
        stakes = stakes_at(moment, [fund.pk]).get(fund.pk, [])
        check = share_check(fund, stakes)
        limits = fund.limits.counted(moment.as_of, moment.known_at).select_related("policy")
        checks = check_limits(limits, books, check)
        below = shares_below(fund.pk, moment)
        funds = Fund.objects.in_bulk(below)
        return super().get_context_data(
            fund=fund,
            sections=self.sections,
            check=check,
            limits=limits_table(self.request, checks) if checks else None,
            below=below_table(self.request, [(funds[pk], share) for pk, share in below.items()]) if below else None,
            sold_tables=self.sold_tables,
            sold_facts=sold_facts(self.sold, unit_of(self.request)) if self.sold else [],
            moves=moves_of(fund, self.request.user),
            state_name=fund.state_names[fund.state],
            **kwargs,
        )


def moves_of(fund: Fund, user: Any) -> list[dict[str, Any]]:
    """The steps of its life that ``user`` may take, each with what still stands against it."""
    table = fund.transitions.get(fund.state, {})
    if not any(transitions.may(step, fund, user) for step in table.values()):
        return []
    found = transitions.available(fund, user, state_facts(fund))
    return [
        {
            "label": table[event].label, "against": against,
            "href": "" if against else reverse("funds:move", args=[fund.pk, event]),
        }
        for event, against in found.items()
    ]  # fmt: skip


class RecordFact(OfFund, FormPage):
    """Record one dated fact of the fund."""

    allowed = staticmethod(sees_funds)
    submit_label = _("Record")

    @cached_property
    def form_type(self) -> type[FactForm]:
        found = FACTS.get(self.kwargs["kind"])
        if found is None:
            raise Http404
        return found

    @property
    def cancel_url(self) -> str:
        return self.address

    def get_title(self) -> Any:
        return self.form_type.title

    @property
    def title(self) -> Any:
        return self.form_type.title

    def get_form(self, form_class: Any = None) -> FactForm:
        return self.form_type(fund=self.fund, **self.get_form_kwargs())

    def form_valid(self, form: Any) -> HttpResponse:
        form.record(self.request.user)
        messages.success(self.request, _("Recorded."))
        return HttpResponseRedirect(self.address)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        terms.dated.require(request.user, f"funds.add_{self.form_type.model._meta.model_name}")
        return super().get(request, *args, **kwargs)


class ChangeFact(OfFund, FormPage, ABC):
    """Base of ending and withdrawing one dated fact."""

    allowed = staticmethod(sees_funds)

    @cached_property
    def record(self) -> DatedRecord:
        form = FACTS.get(self.kwargs["kind"])
        if form is None:
            raise Http404
        return get_object_or_404(form.model.objects.visible_to(self.request.user), pk=self.kwargs["row"])

    @cached_property
    def fund(self) -> Fund:
        return get_object_or_404(Fund.objects.visible_to(self.request.user), pk=self.record.owner_id)

    @property
    def cancel_url(self) -> str:
        return self.address

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        terms.dated.require(request.user, f"funds.change_{self.record._meta.model_name}")
        return super().get(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        self.change(form.cleaned_data)
        messages.success(self.request, _("Recorded."))
        return HttpResponseRedirect(self.address)

    @abstractmethod
    def change(self, data: dict[str, Any]) -> None:
        """Do to the fact what the form asks for; may raise RuleViolation."""


class EndFact(ChangeFact):
    title = _("End this entry")
    lead = _("It holds through the last day; the days before keep it.")
    form_class = EndFactForm
    submit_label = _("End it")

    def change(self, data: dict[str, Any]) -> None:
        terms.end_fact(record=self.record, last_day=data["last_day"], actor=self.request.user)


class WithdrawFact(ChangeFact):
    title = _("Withdraw this entry")
    lead = _("It was a mistake and no longer counts from now on. What was known before stays answerable.")
    form_class = WithdrawFactForm
    submit_label = _("Withdraw it")

    def change(self, data: dict[str, Any]) -> None:
        terms.withdraw_fact(record=self.record, reason=data["reason"], actor=self.request.user)


def moves_funds(user: Any) -> bool:
    """Whether ``user`` may move funds through their life."""
    return bool(user.is_authenticated and user.has_perm("funds.move_fund"))


class MoveFund(OfFund, FormPage):
    """One step of a fund's life, with its reason."""

    allowed = staticmethod(moves_funds)
    form_class = MoveFundForm

    @cached_property
    def step(self) -> transitions.Transition:
        found = self.fund.transitions.get(self.fund.state, {}).get(self.kwargs["event"])
        if found is None:
            raise Http404
        return found

    @property
    def title(self) -> Any:
        return self.step.label

    @property
    def submit_label(self) -> Any:
        return self.step.label

    @property
    def cancel_url(self) -> str:
        return self.address

    def get_title(self) -> Any:
        return self.step.label

    def form_valid(self, form: Any) -> HttpResponse:
        reason = form.cleaned_data["reason"]
        move_fund(fund_id=self.fund.pk, event=self.kwargs["event"], reason=reason, actor=self.request.user)
        messages.success(self.request, _("The fund has taken this step."))
        return HttpResponseRedirect(self.address)
