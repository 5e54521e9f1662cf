"""Entries above their fund's limit, waiting for a second person; and the proofs of the books."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from funds.actions.books import prove_books
from funds.actions.entries import approve_entry, refuse_entry, rehearse, request_of, withdraw_entry
from funds.choices.ledger import ProofOccasion, ProposalState
from funds.filters.portfolio import ProposalFilters
from funds.forms.entries import DecisionForm
from funds.models import EntryProposal, LedgerProof
from funds.models.visibility import sees_funds
from funds.queries.effects import position_of
from funds.reports.books import PROPOSAL_TONES, proof_columns, proposal_columns
from funds.reports.effects import Change, changes
from funds.reports.entries import proposal_facts
from funds.views.entries import crumbs
from innovation.core.components import Fact, Status
from innovation.core.display import unit_of
from innovation.core.errors import RuleViolation
from innovation.core.views import ConfirmPage, Crumb, FormPage, TableView


def decides_proposals(user: Any) -> bool:
    return sees_funds(user) and user.has_perm("funds.decide_entryproposal")


def proves_books(user: Any) -> bool:
    return sees_funds(user) and user.has_perm("funds.prove_ledger")


class Proposals(TableView):
    """All proposed entries, those that wait first."""

    title = _("Proposed entries")
    lead = _("Entries above their fund's limit are booked when another person has approved them.")
    allowed = staticmethod(sees_funds)
    columns = proposal_columns()
    filterset_class = ProposalFilters
    default_sort = "-id"
    empty_title = _("No entry waits")
    empty_text = _("A fund's limit is set on the page of its books.")

    def get_queryset(self) -> QuerySet[EntryProposal]:
        return EntryProposal.objects.visible_to(self.request.user).select_related("fund", "proposed_by")

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(_("Funds"), reverse("funds:funds")), (self.title, None)]


class _OfProposal:
    """A page about the proposal in its address."""

    request: HttpRequest
    kwargs: dict[str, Any]

    @cached_property
    def proposal(self) -> EntryProposal:
        rows = EntryProposal.objects.visible_to(self.request.user).select_related(
            "fund", "investment__company", "proposed_by", "decided_by", "event", "reverses"
        )
        proposal = rows.filter(pk=self.kwargs["pk"]).first()
        if proposal is None:
            raise Http404
        return proposal

    def get_title(self) -> str:
        facts = {"id": self.proposal.pk, "kind": self.proposal.get_kind_display()}
        return gettext("Proposal %(id)s: %(kind)s") % facts

    def breadcrumbs(self) -> Sequence[Crumb]:
        return crumbs(self.proposal.fund, (Proposals.title, reverse("funds:proposals")), (self.get_title(), None))

    def get_success_url(self) -> str:
        return self.proposal.get_absolute_url()


class ProposalPage(_OfProposal, FormPage):
    """One proposed entry with its effect as of now; another person decides here."""

    template_name = "funds/books/proposal.html"
    form_class = DecisionForm
    allowed = staticmethod(sees_funds)
    submit_label = _("Decide")

    def act(self, form: Any) -> None:
        facts = {"proposal_id": self.proposal.pk, "reason": form.cleaned_data["reason"], "actor": self.request.user}
        if form.cleaned_data["decision"] == "approve":
            seq = approve_entry(**facts).event.seq
            messages.success(self.request, gettext("Booked as no. %(seq)s.") % {"seq": seq})
        else:
            refuse_entry(**facts)
            messages.success(self.request, gettext("The entry is refused; nothing was booked."))

    def effect(self) -> tuple[list[Change], str]:
        """What approval would do now, or why it would be refused."""
        row = self.proposal
        request = request_of(row)
        before = position_of(row.fund, row.investment_id, row.award_id)
        try:
            after = rehearse(
                request=request,
                actor=row.proposed_by,
                look=lambda event: position_of(row.fund, row.investment_id, row.award_id),
            )
        except RuleViolation as violation:
            return [], str(violation)
        except PermissionDenied:
            return [], gettext("Who proposed it may no longer record entries.")
        return changes(before, after, row.fund, unit_of(self.request)), ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row, user = self.proposal, self.request.user
        waits = row.state == ProposalState.WAITING
        effect, hindrance = self.effect() if waits else ([], "")
        return super().get_context_data(
            proposal=row,
            facts=proposal_facts(row, unit_of(self.request)),
            status=Status(row.get_state_display(), PROPOSAL_TONES[row.state]),
            effect=effect,
            hindrance=hindrance,
            may_decide=waits and decides_proposals(user) and row.proposed_by_id != user.pk,
            may_withdraw=waits and row.proposed_by_id == user.pk,
            **kwargs,
        )


class WithdrawProposal(_OfProposal, ConfirmPage):
    """Take one's own proposal back."""

    allowed = staticmethod(sees_funds)
    submit_label = _("Withdraw the proposal")
    done_message = _("The proposal is withdrawn.")
    warning = _("Nothing is booked. The proposal stays in the list as withdrawn.")

    def facts(self) -> list[Fact]:
        return proposal_facts(self.proposal, unit_of(self.request))

    def act(self, form: Any) -> None:
        withdraw_entry(proposal_id=self.proposal.pk, actor=self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs | {"cancel_url": self.proposal.get_absolute_url()})


class Proofs(TableView):
    """Every proof of the books with its result."""

    title = _("Proofs of the books")
    lead = _(
        "Each entry's hash covers the entry and the hash before it. A proof recomputes all of them, compares the "
        "heads kept each night, and sums up costs, cash and calls."
    )
    template_name = "funds/books/proofs.html"
    allowed = staticmethod(sees_funds)
    columns = proof_columns()
    default_sort = "-proved"
    empty_title = _("Nothing was proved yet")
    empty_text = _("The books are proved every night at 2:40. You can have it done now.")

    def get_queryset(self) -> QuerySet[LedgerProof]:
        return LedgerProof.objects.visible_to(self.request.user).select_related("fund", "actor")

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(_("Funds"), reverse("funds:funds")), (self.title, None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may_prove = proves_books(self.request.user)
        return super().get_context_data(may_prove=may_prove, last=self.get_queryset().first(), **kwargs)


class ProveNow(ConfirmPage):
    """Prove all books, or those of one fund, at once."""

    title = _("Prove the books now")
    lead = _("Two million entries take about half a minute.")
    allowed = staticmethod(proves_books)
    submit_label = _("Prove the books")

    def act(self, form: Any) -> None:
        proof = prove_books(
            occasion=ProofOccasion.ON_DEMAND, actor=self.request.user, anchor_on=timezone.localdate()
        )  # fmt: skip
        if proof.is_sound:
            messages.success(self.request, gettext("All is well: %(count)s entries.") % {"count": proof.entries})
        else:
            messages.error(self.request, gettext("%(count)s found wrong") % {"count": len(proof.findings)})

    def get_success_url(self) -> str:
        return reverse("funds:proofs")

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(Proofs.title, reverse("funds:proofs")), (self.title, None)]
