"""Valuation work: the queue, the paper of one method with its calibration, submit, approve, return."""

from collections.abc import Sequence
from typing import Any

import django_filters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView

from funds.actions import valuation_papers as actions
from funds.choices.records import ValuationMethod
from funds.forms.valuations import DecisionForm, PaperForm, StartForm, initial_of
from funds.models import Investment, ValuationPaper
from funds.models.visibility import sees_funds
from funds.queries.valuation_work import entry_price, papers, value_before
from funds.rules.valuation_methods import METHODS
from funds.views.valuation_words import calibration_facts, input_rows, objection_lines, paper_facts, paper_status
from innovation.core.components import Fact
from innovation.core.display import unit_of
from innovation.core.exports import Kind
from innovation.core.filters import WordsFilter
from innovation.core.forms import SubmitOnce
from innovation.core.icons import status_html
from innovation.core.money import format_fen
from innovation.core.tables import TableColumn
from innovation.core.views import Crumb, FormPage, PageMixin, PageView, TableView


def prepares(user: Any) -> bool:
    """Whether ``user`` may prepare fair values."""
    return bool(user.is_authenticated and user.has_perm("funds.add_valuationpaper"))


def approves(user: Any) -> bool:
    """Whether ``user`` may approve the fair values of others."""
    return bool(user.is_authenticated and user.has_perm("funds.approve_valuation"))


class PaperFilters(django_filters.FilterSet):
    """By words, state, method, fund and day."""

    q = WordsFilter(
        "investment__code",
        "investment__fund__code",
        "investment__company__name_zh",
        "investment__company__name_en",
        label=_("Company or code"),
    )
    state = django_filters.ChoiceFilter(choices=ValuationPaper.State.choices, label=_("State"), empty_label=_("All"))
    method = django_filters.ChoiceFilter(choices=ValuationMethod.choices, label=_("Method"), empty_label=_("All"))

    class Meta:
        model = ValuationPaper
        fields = ["q", "state", "method"]


class PaperList(TableView):
    """All valuation work, what waits first."""

    title = _("Valuations")
    lead = _("Fair values on their way: prepared by one person, approved by another. Only approved ones count.")
    allowed = staticmethod(sees_funds)
    template_name = "funds/valuations/list.html"
    filterset_class = PaperFilters
    default_sort = "-day"
    empty_title = _("No valuation is worked on")
    empty_text = _("Choose a holding, a day and a method to begin.")
    columns = (
        TableColumn(
            _("Holding"), lambda row: f"{row.investment.code} {row.investment.company.name}", key="holding",
            order_by=("investment__code",), link=lambda row: row.get_absolute_url(), heading=True,
        ),
        TableColumn(_("Fund"), lambda row: row.investment.fund.name, key="fund", order_by=("investment__fund__code",)),
        TableColumn(_("Holds for"), "valid_at", Kind.DATE, key="day", order_by=("valid_at", "pk")),
        TableColumn(_("Fair value"), "fair_value_fen", Kind.MONEY, key="value", unknown=_("Not stated yet")),
        TableColumn(_("Price of entry"), "entry_price_fen", Kind.MONEY, key="entry", unknown=_("Nothing was invested")),
        TableColumn(
            _("Method at entry"), "calibrated_fen", Kind.MONEY, key="calibrated", unknown=_("Inputs are missing")
        ),
        TableColumn(_("Method"), lambda row: row.get_method_display(), key="method", order_by=("method",)),
        TableColumn(
            _("State"), lambda row: row.get_state_display(), key="state", order_by=("state",),
            cell=lambda row: status_html(paper_status(row.state)),
        ),
        TableColumn(_("Prepared by"), lambda row: str(row.prepared_by), key="by"),
        TableColumn(_("Submitted"), "submitted_at", Kind.DATETIME, key="sent", order_by=("submitted_at",)),
    )  # fmt: skip

    def get_queryset(self) -> QuerySet[ValuationPaper]:
        return papers(self.request.user)

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(_("Funds"), reverse("funds:funds")), (self.title, None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(may_prepare=prepares(self.request.user), **kwargs)


class Start(PageMixin, FormView):
    """Choose holding, day and method; the next page has them in its address."""

    title = _("Value a holding")
    allowed = staticmethod(prepares)
    template_name = "funds/valuations/start.html"
    form_class = StartForm

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(PaperList.title, reverse("funds:valuations")), (self.title, None)]

    def get_initial(self) -> dict[str, Any]:
        return {
            name: self.request.GET[name] for name in ("investment", "valid_at", "method") if name in self.request.GET
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(action=reverse("funds:valuation_new"), **kwargs)


class PaperEdit(SubmitOnce, PageMixin, FormView):
    """The paper of one holding and day: a new one, or a draft that is worked on."""

    allowed = staticmethod(prepares)
    template_name = "funds/valuations/form.html"

    @cached_property
    def paper(self) -> ValuationPaper | None:
        pk = self.kwargs.get("pk")
        if pk is None:
            return None
        paper = papers(self.request.user).filter(pk=pk, state__in=["DRAFT", "RETURNED"]).first()
        if paper is None:
            raise Http404
        return paper

    @cached_property
    def asked(self) -> dict[str, Any] | None:
        """Holding, day and method: those of the address, or of the paper; None when the address lacks one."""
        if self.paper is not None:
            method = self.request.GET.get("method", "")
            known = method if method in METHODS else self.paper.method
            return {"investment": self.paper.investment, "valid_at": self.paper.valid_at, "method": known}
        form = StartForm(self.request.GET)
        return form.cleaned_data if form.is_valid() else None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if prepares(request.user) and self.asked is None:
            return HttpResponseRedirect(f"{reverse('funds:valuation_start')}?{request.GET.urlencode()}")
        return super().dispatch(request, *args, **kwargs)

    @property
    def investment(self) -> Investment:
        return self.asked["investment"]

    def get_title(self) -> str:
        return gettext("Value %(holding)s") % {"holding": self.investment.company.name}

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(PaperList.title, reverse("funds:valuations")), (self.investment.code, None)]

    def get_form(self, form_class: Any = None) -> PaperForm:
        return PaperForm(method=self.asked["method"], **self.get_form_kwargs())

    def get_initial(self) -> dict[str, Any]:
        if self.paper is not None and self.paper.method == self.asked["method"]:
            return initial_of(self.paper)
        return {}

    def form_valid(self, form: PaperForm) -> HttpResponse:
        paper = actions.save_paper(
            investment_id=self.investment.pk,
            valid_at=self.asked["valid_at"],
            words=form.words(),
            actor=self.request.user,
            paper_id=self.paper.pk if self.paper else None,
        )
        if "submit" in self.request.POST:
            paper = actions.submit_paper(paper_id=paper.pk, actor=self.request.user)
        return HttpResponseRedirect(paper.get_absolute_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        day, unit = self.asked["valid_at"], unit_of(self.request)
        paid, before = entry_price(self.investment.pk, day), value_before(self.investment.pk, day)
        facts = [
            Fact(_("Fund"), self.investment.fund.name),
            Fact(_("The day the value holds for"), day.isoformat()),
            Fact(_("Method"), ValuationMethod(self.asked["method"]).label),
            Fact(_("Formula"), METHODS[self.asked["method"]].formula),
            Fact(_("Price of entry"), format_fen(paid, unit, with_unit=True) if paid is not None else None),
            Fact(_("Value before"), format_fen(before.fair_value_fen, unit, with_unit=True) if before else None),
        ]
        methods = [(value, label, value == self.asked["method"]) for value, label in ValuationMethod.choices]
        return super().get_context_data(facts=facts, paper=self.paper, methods=methods, asked=self.asked, **kwargs)


class PaperPage(PageView):
    """One paper: value, inputs on both days, calibration, what stands against it, and what may be done."""

    template_name = "funds/valuations/paper.html"
    allowed = staticmethod(sees_funds)

    @cached_property
    def paper(self) -> ValuationPaper:
        paper = papers(self.request.user).filter(pk=self.kwargs["pk"]).first()
        if paper is None:
            raise Http404
        return paper

    def get_title(self) -> str:
        return gettext("Value of %(holding)s at %(day)s") % {
            "holding": self.paper.investment.company.name, "day": self.paper.valid_at,
        }  # fmt: skip

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(PaperList.title, reverse("funds:valuations")), (self.paper.investment.code, None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        paper, user, unit = self.paper, self.request.user, unit_of(self.request)
        is_open = paper.state in {"DRAFT", "RETURNED"}
        against, warnings = actions.objections(paper)
        return super().get_context_data(
            paper=paper,
            status=paper_status(paper.state),
            next_step=ValuationPaper.state_names[paper.state].next_step,
            facts=paper_facts(paper, unit),
            calibration=calibration_facts(paper, unit),
            formula=METHODS[paper.method].formula,
            rows=input_rows(paper, unit),
            against=objection_lines(paper, against) if is_open else [],
            warnings=warnings,
            may_edit=is_open and prepares(user),
            may_decide=paper.state == "SUBMITTED" and approves(user) and paper.prepared_by_id != user.pk,
            own=paper.state == "SUBMITTED" and approves(user) and paper.prepared_by_id == user.pk,
            **kwargs,
        )


class PaperAct(FormPage):
    """Submit, approve or return: one page that asks for the reason, then does it."""

    form_class = DecisionForm
    acts = {
        "submit": (_("Submit for approval"), prepares, "DRAFT"),
        "approve": (_("Approve"), approves, "SUBMITTED"),
        "return": (_("Return"), approves, "SUBMITTED"),
    }

    @cached_property
    def paper(self) -> ValuationPaper:
        state = self.acts[self.kwargs["act"]][2]
        paper = papers(self.request.user).filter(pk=self.kwargs["pk"], state=state).first()
        if paper is None:
            raise Http404
        return paper

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.submit_label, allowed, _state = self.acts[kwargs["act"]]
        if request.user.is_authenticated and not allowed(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_title(self) -> str:
        return f"{self.submit_label}: {self.paper}"

    @property
    def cancel_url(self) -> str:
        return self.paper.get_absolute_url()

    def get_success_url(self) -> str:
        return self.paper.get_absolute_url()

    def act(self, form: BaseForm) -> None:
        pk, actor, reason = self.paper.pk, self.request.user, form.cleaned_data["reason"]
        if self.kwargs["act"] == "submit":
            actions.submit_paper(paper_id=pk, actor=actor)
        elif self.kwargs["act"] == "approve":
            actions.approve_paper(paper_id=pk, actor=actor, reason=reason)
        else:
            actions.return_paper(paper_id=pk, actor=actor, reason=reason)
