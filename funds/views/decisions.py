"""Decisions of the committees: the register, one decision with its votes, and the forms that record one."""

from collections.abc import Sequence
from typing import Any

from django.db.models import F, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from funds.actions.decisions import decide_deal, decide_holding
from funds.choices.deals import DecisionOutcome, PaperKind, VoteChoice
from funds.filters.deals import DecisionFilters
from funds.forms.decisions import DecisionForm, HoldingDecisionForm
from funds.models import Committee, Decision
from funds.models.visibility import sees_funds
from funds.queries.deals import committees_of
from funds.queries.decisions import count_of, decisions_with_votes, still_reads_as_sealed
from funds.reports.words import share_words
from funds.views.deal_base import DealAct, HoldingAct, holds, money, paper_of
from funds.views.deals import deal_facts
from funds.views.papers import paper_facts
from innovation.core.components import Fact, Status, Tab, Tone
from innovation.core.display import unit_of
from innovation.core.exports import Kind
from innovation.core.icons import status_html
from innovation.core.tables import Table, TableColumn
from innovation.core.views import Crumb, PageView, TableView

OUTCOMES = {
    DecisionOutcome.APPROVED: Tone.OK,
    DecisionOutcome.REJECTED: Tone.BAD,
    DecisionOutcome.POSTPONED: Tone.NOTICE,
}


def outcome_of(decision: Decision) -> Status:
    return Status(decision.get_outcome_display(), OUTCOMES[DecisionOutcome(decision.outcome)])


def votes_in_words(decision: Decision) -> str:
    """``4 for, 1 against, 0 abstained; 1 recused``."""
    count = count_of(decision)
    return gettext("%(for)s for, %(against)s against, %(abstained)s abstained; recused: %(recused)s") % {
        "for": count.for_,
        "against": count.against,
        "abstained": count.abstained,
        "recused": count.recused,
    }


class DecisionList(TableView):
    """Every decision with its votes."""

    title = _("Committee decisions")
    lead = _("What the committees decided, by whose votes. A decision is sealed and never changed.")
    allowed = staticmethod(sees_funds)
    filterset_class = DecisionFilters
    default_sort = "-met"
    empty_title = _("No decision is recorded yet")
    empty_text = _("A decision is recorded from the proposal that lies before the committee, or from a holding.")
    columns = (
        TableColumn(
            _("Number"), "number", key="number", order_by=("number",), heading=True,
            link=lambda row: row.get_absolute_url(),
        ),
        TableColumn(_("Met on"), "met_on", Kind.DATE, key="met", order_by=("met_on",)),
        TableColumn(_("Fund"), lambda row: row.fund.name, key="fund", order_by=("fund__code",)),
        TableColumn(
            _("Company"), lambda row: (row.investment or row.deal).company.name, key="company",
        ),
        TableColumn(_("Subject"), lambda row: row.get_subject_display(), key="subject", order_by=("subject",)),
        TableColumn(
            _("Outcome"), lambda row: row.get_outcome_display(), key="outcome", order_by=("outcome",),
            cell=lambda row: status_html(outcome_of(row)),
        ),
        TableColumn(_("Approved"), "amount_fen", Kind.MONEY, key="amount", unknown=_("No amount")),
        TableColumn(_("Votes"), votes_in_words, key="votes"),
    )  # fmt: skip

    def get_queryset(self) -> QuerySet[Decision]:
        rows = decisions_with_votes().select_related("deal__company")
        return rows.visible_to(self.request.user)

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(_("Funds"), reverse("funds:funds")), (self.title, None)]


class DecisionPage(PageView):
    """One decision: votes with recusals, reasons, minutes, papers, and the proof that it reads as it was sealed."""

    template_name = "funds/deals/decision.html"
    allowed = staticmethod(sees_funds)

    @cached_property
    def decision(self) -> Decision:
        rows = decisions_with_votes().select_related("deal__company").visible_to(self.request.user)
        decision = rows.filter(pk=self.kwargs["pk"]).first()
        if decision is None:
            raise Http404
        return decision

    def get_title(self) -> str:
        return gettext("Decision %(number)s") % {"number": self.decision.number}

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(DecisionList.title, reverse("funds:decisions")), (self.decision.number, None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        decision = self.decision
        return super().get_context_data(
            decision=decision,
            status=outcome_of(decision),
            facts=decision_facts(decision, unit_of(self.request)),
            votes=self.votes(),
            papers=[paper_facts(paper) for paper in decision.papers.all()],
            intact=still_reads_as_sealed(decision),
            **kwargs,
        )

    def votes(self) -> Table:
        columns = (
            TableColumn(_("Member"), "name", key="name", heading=True),
            TableColumn(_("Position"), "position", key="position", unknown=_("Not recorded")),
            TableColumn(
                _("Vote"), lambda vote: vote.get_choice_display(), key="choice",
                cell=lambda vote: status_html(Status(vote.get_choice_display(), VOTES[VoteChoice(vote.choice)])),
            ),
            TableColumn(_("Reason"), "reason", key="reason", unknown=_("None given")),
        )  # fmt: skip
        return Table(self.request, columns, list(self.decision.votes.all()), gettext("Votes"), name="votes")


VOTES = {
    VoteChoice.FOR: Tone.OK,
    VoteChoice.AGAINST: Tone.BAD,
    VoteChoice.ABSTAIN: Tone.NOTICE,
    VoteChoice.RECUSED: Tone.INFO,
    VoteChoice.ABSENT: Tone.IDLE,
}


def decision_facts(decision: Decision, unit: Any) -> list[Fact]:
    """The meeting, its rules and what came of it."""
    deal, holding = decision.deal, decision.investment
    company = (holding or deal).company
    return [
        Fact(_("Fund"), decision.fund.name, reverse("funds:fund", args=[decision.fund_id])),
        Fact(_("Company"), company.name, reverse("funds:company", args=[company.pk])),
        Fact(_("Subject"), decision.get_subject_display()),
        Fact(_("Proposal"), deal.code if deal else None, deal.get_absolute_url() if deal else "", unknown=_("None")),
        Fact(
            _("Holding"),
            holding.code if holding else None,
            reverse("funds:holding", args=[holding.pk]) if holding else "",
            unknown=_("None"),
        ),
        Fact(_("Committee"), decision.committee.name),
        Fact(_("Met on"), decision.met_on.isoformat()),
        Fact(_("Quorum"), str(decision.quorum)),
        Fact(_("Majority of those present"), share_words(decision.majority)),
        Fact(_("Votes"), votes_in_words(decision)),
        Fact(
            _("Approved amount"),
            money(decision.amount_fen, unit) if decision.amount_fen else None,
            unknown=_("No amount"),
        ),
        Fact(_("Conditions"), decision.conditions or None, unknown=_("None")),
        Fact(_("Recorded by"), str(decision.recorded_by) if decision.recorded_by else None, unknown=_("Taken over")),
        Fact(_("Fingerprint (SHA-256)"), decision.sha256),
    ]


# ── Recording ────────────────────────────────────────────────────────────────────────────────────
class _Deciding:
    """Chooses the committee: the one named in the address, else the first that decides for the fund."""

    template_name = "funds/deals/decide.html"
    submit_label = _("Record and seal the decision")
    done_message = _("The decision is recorded and sealed.")
    allowed = holds("funds.add_decision", "funds.add_paper")
    fund_id: int

    @cached_property
    def committees(self) -> list[Committee]:
        return list(committees_of(self.fund_id).order_by(F("fund_id").asc(nulls_last=True), "pk"))

    @cached_property
    def committee(self) -> Committee | None:
        asked = self.request.GET.get("committee", "")
        chosen = [one for one in self.committees if str(one.pk) == asked] or self.committees
        return chosen[0] if chosen else None

    def get_form(self, form_class: Any = None) -> Any:
        if self.committee is None:
            raise Http404
        return super().get_form(form_class)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"committee": self.committee}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        tabs = [Tab(one.name, f"?committee={one.pk}", one == self.committee) for one in self.committees]
        return super().get_context_data(tabs=tabs if len(tabs) > 1 else [], committee=self.committee, **kwargs)


class DecideDeal(_Deciding, DealAct):
    title = _("Record the decision")
    form_class = DecisionForm

    @property
    def fund_id(self) -> int:
        return self.deal.fund_id

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(facts=deal_facts(self.deal, unit_of(self.request)), **kwargs)

    def act(self, form: DecisionForm) -> None:
        deal, actor = self.deal, self.request.user
        papers = list(deal.paper_links.values_list("paper_id", flat=True))
        minutes = paper_of(form.cleaned_data["file"], kind=PaperKind.MINUTES, actor=actor, company_id=deal.company_id)
        decide_deal(
            deal_id=deal.pk, committee_id=self.committee.pk, ballots=form.ballots(), actor=actor,
            paper_ids=[*papers, *([minutes] if minutes else [])], **form.values(),
        )  # fmt: skip


class DecideHolding(_Deciding, HoldingAct):
    title = _("Record a decision about this holding")
    form_class = HoldingDecisionForm

    @property
    def fund_id(self) -> int:
        return self.investment.fund_id

    def act(self, form: HoldingDecisionForm) -> None:
        holding, actor = self.investment, self.request.user
        minutes = paper_of(
            form.cleaned_data["file"], kind=PaperKind.MINUTES, actor=actor, company_id=holding.company_id
        )
        decide_holding(
            investment_id=holding.pk, committee_id=self.committee.pk, ballots=form.ballots(), actor=actor,
            paper_ids=[minutes] if minutes else [], **form.values(),
        )  # fmt: skip
