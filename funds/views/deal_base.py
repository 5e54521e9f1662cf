"""What the pages of proposals, decisions and agreements share."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from funds.actions.papers import store_paper
from funds.models import Deal, Investment
from innovation.accounts.models import User
from innovation.core.money import format_fen
from innovation.core.views import Crumb, FormPage


def holds(*permissions: str) -> Any:
    """A page's ``allowed``: people with every one of ``permissions``."""

    def allowed(user: Any) -> bool:
        return bool(user.is_authenticated and user.has_perms(permissions))

    return staticmethod(allowed)


def paper_of(upload: Any, *, kind: str, actor: User, company_id: int, title: str = "") -> int | None:
    """The number of the stored paper, None when nothing was attached."""
    if not upload:
        return None
    return store_paper(upload=upload, kind=kind, title=title, actor=actor, company_id=company_id).pk


def money(fen: int, unit: Any) -> str:
    return format_fen(fen, unit, with_unit=True)


class ActPage(FormPage):
    """A page of one form that acts upon one record; it leads back to that record's page."""

    def get_initial(self) -> dict[str, Any]:
        """Days begin as today, so that only the unusual is typed."""
        days = {"met_on", "signed_on", "noted_on", "value_date", "opened_on"}
        return {name: timezone.localdate() for name in days} | super().get_initial()


class DealAct(ActPage):
    """An act upon a proposal."""

    @cached_property
    def deal(self) -> Deal:
        rows = Deal.objects.visible_to(self.request.user).select_related("fund", "company", "lead", "investment")
        deal = rows.filter(pk=self.kwargs["pk"]).first()
        if deal is None:
            raise Http404
        return deal

    @property
    def cancel_url(self) -> str:
        return self.deal.get_absolute_url()

    def get_success_url(self) -> str:
        return self.deal.get_absolute_url()

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [*deal_trail(self.deal), (self.get_title(), None)]


class HoldingAct(ActPage):
    """An act upon a holding."""

    @cached_property
    def investment(self) -> Investment:
        rows = Investment.objects.visible_to(self.request.user).select_related("fund", "company")
        investment = rows.filter(pk=self.kwargs["pk"]).first()
        if investment is None:
            raise Http404
        return investment

    @property
    def cancel_url(self) -> str:
        return reverse("funds:holding", args=[self.investment.pk])

    def get_success_url(self) -> str:
        return self.cancel_url

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [*holding_trail(self.investment), (self.get_title(), None)]


def deal_trail(deal: Deal) -> list[Crumb]:
    return [(_("Investment proposals"), reverse("funds:deals")), (deal.code, deal.get_absolute_url())]


def holding_trail(investment: Investment) -> list[Crumb]:
    fund = investment.fund
    return [
        (_("Funds"), reverse("funds:funds")),
        (fund.name, reverse("funds:fund", args=[fund.pk])),
        (investment.code, reverse("funds:holding", args=[investment.pk])),
    ]
