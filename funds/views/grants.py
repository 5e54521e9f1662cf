"""Awards of a fund of grant money: the list, one award with its entries, a new one, other terms."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from funds.actions.grants import change_award, record_award
from funds.choices.ledger import EventKind
from funds.choices.records import FundKind
from funds.forms import MomentForm
from funds.forms.grants import AwardForm, AwardTermsForm
from funds.models import Fund, GrantAward, LedgerEvent
from funds.models.visibility import sees_funds
from funds.queries.events import counted
from funds.queries.grants import award_line, awards_at
from funds.queries.sums import Moment
from funds.reports.grants import NO_RATE, award_columns, award_facts
from funds.views.entries import fund_of, records_entries
from funds.views.ledger import AMOUNT_COLUMNS, EVENT_COLUMNS
from funds.views.moments import MomentPage
from innovation.core.display import unit_of
from innovation.core.views import Crumb, FormPage, TableView


def makes_awards(user: Any) -> bool:
    """Whether ``user`` may promise grants."""
    return sees_funds(user) and user.has_perm("funds.add_grantaward")


def changes_awards(user: Any) -> bool:
    """Whether ``user`` may change what was promised."""
    return sees_funds(user) and user.has_perm("funds.change_grantaward")


def crumbs(fund: Fund, *last: Crumb) -> list[Crumb]:
    """The way to a page of a fund's awards."""
    awards = (_("Awards"), reverse("funds:awards", args=[fund.pk]) if last else None)
    return [
        (_("Funds"), reverse("funds:funds")), (fund.name, reverse("funds:fund", args=[fund.pk])), awards, *last
    ]  # fmt: skip


def grant_fund_of(view: Any) -> Fund:
    """The fund that the address names; 404 for who may not see it and for funds that give no grants."""
    fund = fund_of(view)
    if fund.kind != FundKind.GRANT:
        raise Http404
    return fund


def award_of(view: Any) -> GrantAward:
    """The award that the address names."""
    rows = GrantAward.objects.visible_to(view.request.user).select_related("fund", "recipient")
    found = rows.filter(pk=view.kwargs["pk"]).first()
    if found is None:
        raise Http404
    return found


class AwardList(MomentPage, TableView):
    """The awards of one fund with what was paid and returned at a moment."""

    template_name = "funds/grants/list.html"
    form_class = MomentForm
    lead = NO_RATE
    default_sort = "code"
    columns = award_columns()
    empty_title = _("No award was made yet")
    empty_text = _("A fund officer records awards; payments name them.")

    @cached_property
    def fund(self) -> Fund:
        return grant_fund_of(self)

    def get_title(self) -> str:
        return gettext("Awards of %(fund)s") % {"fund": self.fund.name}

    def breadcrumbs(self) -> Sequence[Crumb]:
        return crumbs(self.fund)

    def get_queryset(self) -> QuerySet[GrantAward]:
        return awards_at(self.moment).filter(fund=self.fund)

    def table_options(self) -> dict[str, Any]:
        return {"as_of": self.as_of, "known_at": self.known_at, "refusal": self.refusal}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may = makes_awards(self.request.user)
        return super().get_context_data(fund=self.fund, may_award=may, **kwargs)


class AwardPage(TableView):
    """One award: its terms, its money, the entries that name it."""

    template_name = "funds/grants/award.html"
    allowed = staticmethod(sees_funds)
    default_sort = "-seq"
    columns = (
        *EVENT_COLUMNS,
        *(column for column in AMOUNT_COLUMNS if column.key in {"amount_fen", "document", "reason"}),
    )
    empty_title = _("Nothing was paid yet")
    empty_text = _("Payments and returns under this award are listed here.")

    @cached_property
    def award(self) -> GrantAward:
        return award_of(self)

    def get_title(self) -> str:
        return gettext("Award %(code)s: %(title)s") % {"code": self.award.code, "title": self.award.title}

    def breadcrumbs(self) -> Sequence[Crumb]:
        return crumbs(self.award.fund, (self.award.code, None))

    @cached_property
    def moment(self) -> Moment:
        now = timezone.now()
        return Moment(timezone.localdate(now), now)

    def get_queryset(self) -> QuerySet[LedgerEvent]:
        return counted(self.moment).filter(award=self.award).select_related("reverses")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        award, user = self.award, self.request.user
        kinds = [EventKind.GRANT, EventKind.GRANT_RETURN] if records_entries(user) else []
        books = [
            (kind.label, f"{reverse('funds:record', args=[award.fund_id, kind.lower()])}?award={award.pk}")
            for kind in kinds
        ]
        facts = award_facts(award_line(award.pk, self.moment), unit_of(self.request))
        return super().get_context_data(
            award=award, facts=facts, books=books, may_change=changes_awards(user), **kwargs
        )


class MakeAward(FormPage):
    """Promise a grant."""

    title = _("Make an award")
    lead = _("The award is recorded; nothing is paid by it.")
    form_class = AwardForm
    allowed = staticmethod(makes_awards)
    submit_label = _("Record the award")

    @cached_property
    def fund(self) -> Fund:
        return grant_fund_of(self)

    @property
    def cancel_url(self) -> str:
        return reverse("funds:awards", args=[self.fund.pk])

    def breadcrumbs(self) -> Sequence[Crumb]:
        return crumbs(self.fund, (self.title, None))

    def form_valid(self, form: Any) -> HttpResponse:
        award = record_award(fund_id=self.fund.pk, actor=self.request.user, **form.terms())
        messages.success(self.request, gettext("Recorded."))
        return HttpResponseRedirect(award.get_absolute_url())


class ChangeAward(FormPage):
    """Change the terms of an award; its history keeps what was there."""

    title = _("Change this award")
    lead = _("It may not grant less than what is paid under it already.")
    form_class = AwardTermsForm
    allowed = staticmethod(changes_awards)
    submit_label = _("Change the award")

    @cached_property
    def award(self) -> GrantAward:
        return award_of(self)

    @property
    def cancel_url(self) -> str:
        return self.award.get_absolute_url()

    def get_initial(self) -> dict[str, Any]:
        return AwardTermsForm.initial_of(self.award)

    def breadcrumbs(self) -> Sequence[Crumb]:
        return crumbs(self.award.fund, (self.award.code, self.award.get_absolute_url()), (self.title, None))

    def form_valid(self, form: Any) -> HttpResponse:
        change_award(award_id=self.award.pk, actor=self.request.user, **form.terms())
        messages.success(self.request, gettext("Recorded."))
        return HttpResponseRedirect(self.award.get_absolute_url())
