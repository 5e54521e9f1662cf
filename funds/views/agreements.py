"""Agreements, their tranches, and notes on holdings: the forms behind the holding's page."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from funds.actions.agreements import give_up_tranche, meet_condition, note_holding, sign_agreement
from funds.actions.tranches import pay_tranche
from funds.choices.deals import PaperKind
from funds.forms.agreements import AgreementForm, MetForm, PayForm
from funds.forms.deals import NoteForm, ReasonForm
from funds.models import Decision, LedgerEvent, Tranche
from funds.views.deal_base import ActPage, HoldingAct, holding_trail, holds, money, paper_of
from innovation.core.components import Fact
from innovation.core.display import unit_of
from innovation.core.views import Crumb


class SignAgreement(HoldingAct):
    """Record what was signed."""

    title = _("Record a signed agreement")
    form_class = AgreementForm
    submit_label = _("Record agreement")
    done_message = _("The agreement is recorded.")
    allowed = holds("funds.add_agreement", "funds.add_paper")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"investment": self.investment}

    def get_initial(self) -> dict[str, Any]:
        found = Decision.objects.sealed().filter(investment=self.investment, amount_fen__isnull=False)
        decision = found.order_by("-met_on", "-pk").first()
        known = {"decision": decision.pk, "amount_fen": decision.amount_fen} if decision else {}
        return super().get_initial() | {"instrument": self.investment.instrument} | known

    def act(self, form: AgreementForm) -> None:
        holding, actor = self.investment, self.request.user
        upload, more = form.cleaned_data["file"], form.values()
        paper = paper_of(
            upload, kind=PaperKind.AGREEMENT, title=more["number"], actor=actor, company_id=holding.company_id
        )
        sign_agreement(investment_id=holding.pk, promises=form.promises(), paper_id=paper, actor=actor, **more)


class NoteHolding(HoldingAct):
    """Note what was seen."""

    title = _("Note what was seen")
    form_class = NoteForm
    submit_label = _("Keep note")
    done_message = _("The note is kept.")
    allowed = holds("funds.add_monitoringnote", "funds.add_paper")

    def act(self, form: NoteForm) -> None:
        data, actor = dict(form.cleaned_data), self.request.user
        paper = paper_of(data.pop("file"), kind=PaperKind.REPORT, actor=actor, company_id=self.investment.company_id)
        names = ("kind", "rating", "text", "noted_on", "next_on")
        values = {name: data[name] for name in names}
        note_holding(investment_id=self.investment.pk, paper_id=paper, actor=actor, **values)


class TrancheAct(ActPage):
    """An act upon a tranche; it leads back to the holding."""

    template_name = "funds/deals/act.html"

    @cached_property
    def tranche(self) -> Tranche:
        rows = Tranche.objects.visible_to(self.request.user).select_related(
            "agreement__investment__fund", "agreement__investment__company"
        )
        tranche = rows.filter(pk=self.kwargs["pk"]).first()
        if tranche is None:
            raise Http404
        return tranche

    @property
    def cancel_url(self) -> str:
        return reverse("funds:holding", args=[self.tranche.agreement.investment_id])

    def get_success_url(self) -> str:
        return self.cancel_url

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [*holding_trail(self.tranche.agreement.investment), (self.get_title(), None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(facts=self.facts(), **kwargs)

    def facts(self) -> list[Fact]:
        tranche = self.tranche
        return [
            Fact(_("Company"), tranche.agreement.investment.company.name),
            Fact(_("Agreement"), tranche.agreement.number),
            Fact(_("Tranche"), str(tranche.number)),
            Fact(_("Amount"), money(tranche.amount_fen, unit_of(self.request))),
            Fact(_("Condition"), tranche.condition or None, unknown=_("None")),
        ]


class MeetCondition(TrancheAct):
    title = _("Condition met")
    form_class = MetForm
    submit_label = _("Record")
    allowed = holds("funds.change_tranche", "funds.add_paper")

    def act(self, form: MetForm) -> None:
        data, actor = form.cleaned_data, self.request.user
        company = self.tranche.agreement.investment.company_id
        paper = paper_of(data["file"], kind=PaperKind.OTHER, actor=actor, company_id=company)
        meet_condition(
            tranche_id=self.tranche.pk, met_on=data["met_on"], note=data["note"], paper_id=paper, actor=actor
        )


class GiveUpTranche(TrancheAct):
    title = _("Give up this tranche")
    form_class = ReasonForm
    submit_label = _("Give up")
    allowed = holds("funds.change_tranche")

    def act(self, form: ReasonForm) -> None:
        give_up_tranche(tranche_id=self.tranche.pk, reason=form.cleaned_data["reason"], actor=self.request.user)


class PayTranche(TrancheAct):
    """Book the entry that pays a tranche; above the fund's limit a second person approves it first."""

    title = _("Pay this tranche")
    form_class = PayForm
    submit_label = _("Book the payment")
    allowed = holds("funds.add_ledgerevent")

    def act(self, form: PayForm) -> None:
        data = form.cleaned_data
        booked = pay_tranche(
            tranche_id=self.tranche.pk, value_date=data["value_date"], document=data["document"],
            actor=self.request.user,
        )  # fmt: skip
        if isinstance(booked, LedgerEvent):
            messages.success(self.request, gettext("The payment is in the books: %(entry)s.") % {"entry": booked})
        else:
            messages.info(self.request, gettext("The payment waits for a second person."))
