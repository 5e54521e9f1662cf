"""Proposals: the list, one proposal, and the acts upon it."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from funds.actions import deals
from funds.choices.deals import EDITABLE_DEALS, DealState, DiligenceState, PaperKind
from funds.filters.deals import DealFilters
from funds.forms.deals import DealForm, ItemForm, PaperForm, ReasonForm
from funds.models import Deal, DiligenceItem
from funds.models.visibility import sees_funds
from funds.queries.deals import ask_of
from funds.rules.deals import ask_problems
from funds.views.deal_base import DealAct, deal_trail, holds, money, paper_of
from funds.views.papers import paper_facts
from innovation.core import transitions
from innovation.core.components import Fact, Moment, Status, Task, TaskState, Tone
from innovation.core.display import unit_of
from innovation.core.exports import Kind
from innovation.core.icons import status_html
from innovation.core.tables import TableColumn
from innovation.core.views import ConfirmPage, Crumb, FormPage, PageView, TableView

TONES = {
    DealState.SOURCING: Tone.IDLE,
    DealState.DILIGENCE: Tone.INFO,
    DealState.PROPOSED: Tone.NOTICE,
    DealState.APPROVED: Tone.OK,
    DealState.REJECTED: Tone.BAD,
    DealState.WITHDRAWN: Tone.IDLE,
}
ANSWERS = {
    DiligenceState.OPEN: TaskState.TODO,
    DiligenceState.CLEAR: TaskState.DONE,
    DiligenceState.CONCERN: TaskState.DONE,
    DiligenceState.NOT_NEEDED: TaskState.DONE,
    DiligenceState.BREACH: TaskState.PROBLEM,
}
FLOW = (DealState.SOURCING, DealState.DILIGENCE, DealState.PROPOSED, DealState.APPROVED)


def state_of(deal: Deal) -> Status:
    return Status(deal.get_state_display(), TONES[DealState(deal.state)])


class DealList(TableView):
    """All proposals, the newest first."""

    title = _("Investment proposals")
    lead = _("What the funds look at, from the first contact to the vote of the committee.")
    allowed = staticmethod(sees_funds)
    template_name = "funds/deals/list.html"
    filterset_class = DealFilters
    default_sort = "-opened"
    empty_title = _("No proposal is recorded yet")
    empty_text = _("A fund officer opens one for a company that the fund looks at.")
    columns = (
        TableColumn(
            _("Code"), "code", key="code", order_by=("code",), heading=True, link=lambda row: row.get_absolute_url()
        ),
        TableColumn(_("Company"), lambda row: row.company.name, key="company", order_by=("company__pinyin",)),
        TableColumn(_("Fund"), lambda row: row.fund.name, key="fund", order_by=("fund__code",)),
        TableColumn(_("Amount asked for"), "amount_fen", Kind.MONEY, key="amount", order_by=("amount_fen",)),
        TableColumn(_("Stage"), lambda row: row.get_stage_display(), key="stage", order_by=("stage",)),
        TableColumn(
            _("State"),
            lambda row: row.get_state_display(),
            key="state",
            order_by=("state",),
            cell=lambda row: status_html(state_of(row)),
        ),
        TableColumn(_("Responsible"), lambda row: str(row.lead), key="lead"),
        TableColumn(_("Opened"), "opened_on", Kind.DATE, key="opened", order_by=("opened_on",)),
    )

    def get_queryset(self) -> QuerySet[Deal]:
        return Deal.objects.visible_to(self.request.user).select_related("company", "fund", "lead")

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(_("Funds"), reverse("funds:funds")), (self.title, None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(may_open=self.request.user.has_perm("funds.add_deal"), **kwargs)


class DealPage(PageView):
    """One proposal: what is asked, the due diligence, its papers, the decision, and what can be done now."""

    template_name = "funds/deals/detail.html"
    allowed = staticmethod(sees_funds)

    @cached_property
    def deal(self) -> Deal:
        rows = (
            Deal.objects.visible_to(self.request.user)
            .select_related("fund", "company", "lead", "investment")
            .prefetch_related("items", "paper_links__paper", "decisions")
        )
        deal = rows.filter(pk=self.kwargs["pk"]).first()
        if deal is None:
            raise Http404
        return deal

    def get_title(self) -> str:
        return f"{self.deal.company.name} ({self.deal.code})"

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [*deal_trail(self.deal)[:1], (self.deal.code, None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        deal, unit = self.deal, unit_of(self.request)
        editable = deal.state in EDITABLE_DEALS and self.request.user.has_perm("funds.change_deal")
        is_open = deal.state in {*EDITABLE_DEALS, DealState.PROPOSED}
        return super().get_context_data(
            deal=deal,
            status=state_of(deal),
            next_step=Deal.state_names[deal.state].next_step,
            facts=deal_facts(deal, unit),
            editable=editable,
            acts=self.acts(),
            warnings=ask_problems(ask_of(deal)) if is_open else [],
            tasks=item_tasks(deal, editable=editable),
            papers=[paper_facts(link.paper) for link in deal.paper_links.all()],
            may_attach=self.request.user.has_perm("funds.change_deal"),
            decisions=[decision_moment(decision, unit) for decision in deal.decisions.all() if decision.sealed_at],
            steps=[step_moment(step) for step in transitions.steps_of(deal)],
            **kwargs,
        )

    def acts(self) -> list[tuple[Any, str]]:
        """Label and address of each step that the reader may take now."""
        deal, user = self.deal, self.request.user
        pages = {"begin": "deal_begin", "propose": "deal_propose", "withdraw": "deal_withdraw"}
        table = Deal.transitions.get(deal.state, {})
        found = [
            (step.label, reverse(f"funds:{pages[event]}", args=[deal.pk]))
            for event, step in table.items()
            if event in pages and transitions.may(step, deal, user)
        ]
        if "approve" in table and transitions.may(table["approve"], deal, user) and deal.lead_id != user.pk:
            found.insert(0, (_("Record the decision"), reverse("funds:deal_decide", args=[deal.pk])))
        return found


def deal_facts(deal: Deal, unit: Any) -> list[Fact]:
    """What is asked of the committee."""
    holding = deal.investment
    return [
        Fact(_("Fund"), deal.fund.name, reverse("funds:fund", args=[deal.fund_id])),
        Fact(_("Company"), deal.company.name, reverse("funds:company", args=[deal.company_id])),
        Fact(_("Amount asked for"), money(deal.amount_fen, unit)),
        Fact(
            _("Value of the company before the money"),
            money(deal.pre_money_fen, unit) if deal.pre_money_fen else None,
            unknown=_("Not recorded"),
        ),
        Fact(_("Instrument"), deal.get_instrument_display()),
        Fact(_("Stage at entry"), deal.get_stage_display()),
        Fact(_("Mode"), deal.get_mode_display()),
        Fact(_("How it was found"), deal.get_source_display()),
        Fact(_("Opened on"), deal.opened_on.isoformat()),
        Fact(_("Responsible"), str(deal.lead)),
        Fact(
            _("Holding"),
            holding.code if holding else None,
            reverse("funds:holding", args=[holding.pk]) if holding else "",
            unknown=_("Made by the approving decision"),
        ),
    ]


def item_tasks(deal: Deal, *, editable: bool) -> list[Task]:
    """The questions of due diligence as a task list."""
    return [
        Task(
            item.question,
            reverse("funds:deal_item", args=[deal.pk, item.pk]) if editable else "",
            ANSWERS[DiligenceState(item.state)],
            " · ".join(part for part in (item.get_area_display(), str(item.get_state_display()), item.finding) if part),
        )
        for item in deal.items.all()
    ]


def decision_moment(decision: Any, unit: Any) -> Moment:
    amount = f" · {money(decision.amount_fen, unit)}" if decision.amount_fen else ""
    tones = {"APPROVED": Tone.OK, "REJECTED": Tone.BAD, "POSTPONED": Tone.NOTICE}
    return Moment(
        decision.met_on, f"{decision.number}: {decision.get_outcome_display()}{amount}", decision.reason,
        tone=tones[decision.outcome], href=decision.get_absolute_url(),
    )  # fmt: skip


def step_moment(step: Any) -> Moment:
    names = {state: name.staff for state, name in Deal.state_names.items()}
    title = f"{names[step.from_state]} → {names[step.to_state]}"
    return Moment(step.at, title, step.reason, step.actor_label, Tone.IDLE)


# ── Acts ─────────────────────────────────────────────────────────────────────────────────────────
class NewDeal(FormPage):
    """Open a proposal."""

    title = _("Open a proposal")
    form_class = DealForm
    allowed = holds("funds.add_deal")
    submit_label = _("Open proposal")
    deal: Deal

    def get_initial(self) -> dict[str, Any]:
        return {"opened_on": timezone.localdate(), **self.request.GET.dict()}

    def act(self, form: DealForm) -> None:
        self.deal = deals.save_deal(actor=self.request.user, **form.values())

    def get_success_url(self) -> str:
        return self.deal.get_absolute_url()

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(_("Investment proposals"), reverse("funds:deals")), (self.title, None)]


class EditDeal(DealAct):
    """Change a proposal that is still being worked on."""

    title = _("Change the proposal")
    form_class = DealForm
    allowed = holds("funds.change_deal")

    def get_initial(self) -> dict[str, Any]:
        return DealForm.initial_of(self.deal)

    def act(self, form: DealForm) -> None:
        deals.save_deal(deal_id=self.deal.pk, actor=self.request.user, **form.values())


class BeginDiligence(DealAct, ConfirmPage):
    title = _("Begin due diligence")
    submit_label = _("Begin due diligence")
    allowed = holds("funds.change_deal")
    warning = _("The questions that every due diligence asks are put on the list; you can add others.")

    def act(self, form: Any) -> None:
        deals.begin_diligence(deal_id=self.deal.pk, actor=self.request.user)


class Propose(DealAct, ConfirmPage):
    title = _("Lay before the committee")
    submit_label = _("Lay before the committee")
    allowed = holds("funds.change_deal")
    warning = _("From then on the proposal and its due diligence stand as they are.")

    def facts(self) -> list[Fact]:
        return deal_facts(self.deal, unit_of(self.request))

    def act(self, form: Any) -> None:
        deals.propose(deal_id=self.deal.pk, actor=self.request.user)


class Withdraw(DealAct):
    title = _("Withdraw the proposal")
    form_class = ReasonForm
    allowed = holds("funds.change_deal")
    submit_label = _("Withdraw")

    def act(self, form: ReasonForm) -> None:
        deals.withdraw(deal_id=self.deal.pk, reason=form.cleaned_data["reason"], actor=self.request.user)


class ItemPage(DealAct):
    """Add a question of due diligence, or answer one."""

    form_class = ItemForm
    allowed = holds("funds.change_deal")

    def get_title(self) -> str:
        return gettext("Answer a question") if "item" in self.kwargs else gettext("Add a question")

    @cached_property
    def item(self) -> DiligenceItem | None:
        if "item" not in self.kwargs:
            return None
        item = self.deal.items.filter(pk=self.kwargs["item"]).first()
        if item is None:
            raise Http404
        return item

    def get_initial(self) -> dict[str, Any]:
        return ItemForm.initial_of(self.item) if self.item else {}

    def act(self, form: ItemForm) -> None:
        item_id = self.item.pk if self.item else None
        deals.save_item(deal_id=self.deal.pk, item_id=item_id, actor=self.request.user, **form.values())


class AttachPaper(DealAct):
    title = _("Attach a paper")
    form_class = PaperForm
    allowed = holds("funds.change_deal", "funds.add_paper")

    def get_initial(self) -> dict[str, Any]:
        return {"kind": PaperKind.PROPOSAL}

    def act(self, form: PaperForm) -> None:
        data, actor = form.cleaned_data, self.request.user
        paper = paper_of(
            data["file"], kind=data["kind"], title=data["title"], actor=actor, company_id=self.deal.company_id
        )
        if paper:
            deals.attach_paper(deal_id=self.deal.pk, paper_id=paper, actor=actor)
