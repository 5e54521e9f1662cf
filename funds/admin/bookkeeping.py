"""The keeping of books in the office: terms, proposals with their decision, proofs, heads, documents."""

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from funds.actions.books import set_book_terms
from funds.actions.entries import approve_entry, refuse_entry
from funds.admin.columns import UnitField, in_wan
from funds.choices.ledger import ProposalState
from funds.models import BookDocument, BookTerms, EntryProposal, LedgerAnchor, LedgerProof
from funds.reports.books import result_words
from innovation.core.admin import ActForm, ActionAdmin, ActionForm, ReadOnlyAdmin
from innovation.core.money import Unit, parse_fen


class _TermsFields(forms.Form):
    limit = forms.CharField(
        label=_("second person above"), required=False, widget=UnfoldAdminTextInputWidget,
        help_text=_("Entries that move more money or cost wait until another person approves them. Empty: none waits."),
    )  # fmt: skip
    unit = UnitField()

    def limit_fen(self) -> int | None:
        typed = self.cleaned_data["limit"].strip()
        return parse_fen(typed, Unit(self.cleaned_data["unit"])) if typed else None


class BookTermsForm(_TermsFields, ActionForm):
    fact_fields = {"approval_limit_fen": "limit"}

    class Meta:
        model = BookTerms
        fields = ["fund", "is_complete"]

    def act(self) -> BookTerms:
        data = self.cleaned_data
        return set_book_terms(
            fund_id=data["fund"].pk, approval_limit_fen=self.limit_fen(), is_complete=data["is_complete"],
            actor=self.actor,
        )  # fmt: skip


class ChangeTermsForm(_TermsFields, ActForm):
    title = _("Set other terms")
    permission = "funds.change_bookterms"
    fact_fields = {"approval_limit_fen": "limit"}

    class Meta:
        model = BookTerms
        fields = ["is_complete"]

    def act(self) -> BookTerms:
        complete = self.cleaned_data["is_complete"]
        return set_book_terms(
            fund_id=self.instance.fund_id, approval_limit_fen=self.limit_fen(), is_complete=complete, actor=self.actor
        )


@admin.register(BookTerms)
class BookTermsAdmin(ActionAdmin):
    add_form = BookTermsForm
    acts = {"set": ChangeTermsForm}
    list_display = ["fund", "limit", "is_complete", "changed_by", "changed_at"]
    list_filter = ["is_complete"]
    search_fields = ["fund__code", "fund__name_zh", "fund__name_en"]

    @admin.display(description=_("second person above (万元)"), ordering="approval_limit_fen")
    def limit(self, terms: BookTerms) -> str:
        return in_wan(terms.approval_limit_fen)


class ApproveForm(ActForm):
    title = _("Approve and book")
    permission = "funds.decide_entryproposal"
    reason = forms.CharField(label=_("reason"), max_length=400, required=False, widget=UnfoldAdminTextareaWidget)

    class Meta:
        model = EntryProposal
        fields: list[str] = []

    @classmethod
    def fits(cls, record: EntryProposal) -> bool:
        return record.state == ProposalState.WAITING

    def act(self) -> EntryProposal:
        return approve_entry(proposal_id=self.instance.pk, actor=self.actor, reason=self.cleaned_data["reason"])


class RefuseForm(ApproveForm):
    title = _("Refuse")
    reason = forms.CharField(label=_("reason"), max_length=400, widget=UnfoldAdminTextareaWidget)

    def act(self) -> EntryProposal:
        return refuse_entry(proposal_id=self.instance.pk, actor=self.actor, reason=self.cleaned_data["reason"])


@admin.register(EntryProposal)
class EntryProposalAdmin(ActionAdmin):
    acts = {"approve": ApproveForm, "refuse": RefuseForm}
    list_display = ["id", "fund", "kind", "value_date", "amount", "relieved", "state", "proposed_by", "decided_by"]
    list_filter = ["state", "kind", "proposed_at"]
    search_fields = ["fund__code", "fund__name_zh", "document"]
    date_hierarchy = "proposed_at"
    raw_id_fields = ["call_line", "distribution_line"]

    def has_add_permission(self, request: Any) -> bool:
        """An entry is proposed where it is recorded: on the pages of its fund, which show its effect first."""
        return False

    @admin.display(description=_("amount (万元)"), ordering="amount_fen")
    def amount(self, proposal: EntryProposal) -> str:
        return in_wan(proposal.amount_fen)

    @admin.display(description=_("cost relieved (万元)"), ordering="cost_relieved_fen")
    def relieved(self, proposal: EntryProposal) -> str:
        return in_wan(proposal.cost_relieved_fen)

    def view_on_site(self, proposal: EntryProposal) -> str:
        return proposal.get_absolute_url()


@admin.register(LedgerProof)
class LedgerProofAdmin(ReadOnlyAdmin):
    list_display = ["proved_at", "fund", "occasion", "result", "funds", "entries", "anchors", "seconds", "actor"]
    list_filter = ["occasion", "proved_at"]
    search_fields = ["fund__code", "fund__name_zh"]
    date_hierarchy = "proved_at"

    @admin.display(description=_("result"))
    def result(self, proof: LedgerProof) -> str:
        return result_words(proof)


@admin.register(LedgerAnchor)
class LedgerAnchorAdmin(ReadOnlyAdmin):
    list_display = ["day", "fund", "seq", "head", "made_at"]
    list_filter = ["day"]
    search_fields = ["fund__code", "fund__name_zh"]
    date_hierarchy = "day"
    exclude = ["hash"]
    readonly_fields = ["head"]

    @admin.display(description=_("hash"))
    def head(self, anchor: LedgerAnchor) -> str:
        return bytes(anchor.hash).hex()


@admin.register(BookDocument)
class BookDocumentAdmin(ReadOnlyAdmin):
    list_display = ["name", "fund", "size", "sha256", "uploaded_by", "uploaded_at"]
    search_fields = ["name", "sha256", "fund__code"]
    date_hierarchy = "uploaded_at"
    exclude = ["file"]
