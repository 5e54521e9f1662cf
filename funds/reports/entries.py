"""An entry of the books, or a proposed one, in words."""

from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from funds.models import BookDocument, EntryProposal, GrantAward, LedgerEvent
from innovation.accounts.models import User
from innovation.core.components import Fact
from innovation.core.money import Unit, format_fen

HASH_MARK = "sha256:"


def moment_text(moment: datetime) -> str:
    """A moment to the minute in the office's zone."""
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M")


def person(user: User | None) -> str | None:
    """A person by name, else by address."""
    return (user.name or user.email) if user else None


def entry_facts(entry: LedgerEvent, unit: Unit) -> list[Fact]:
    """Everything that one entry says, with links to what it speaks of."""
    holding, reverses = entry.investment, entry.reverses
    proposal: EntryProposal | None = getattr(entry, "proposal", None)
    taken_back: LedgerEvent | None = getattr(entry, "reversed_by", None)
    return [
        Fact(_("Kind"), entry.get_kind_display()),
        _belongs(entry.award, holding),
        Fact(_("Value date"), entry.value_date.isoformat()),
        Fact(_("Amount"), format_fen(entry.amount_fen, unit, with_unit=True)),
        Fact(_("Cost relieved"), format_fen(entry.cost_relieved_fen, unit, with_unit=True)),
        _document(entry),
        Fact(_("Reason"), entry.reason or None, unknown=_("None given")),
        Fact(_("Recorded"), moment_text(entry.recorded_at)),
        Fact(_("Recorded by"), person(entry.actor), unknown=_("An import or the start of the books")),
        Fact(
            _("Approved by"), person(proposal.decided_by) if proposal else None,
            proposal.get_absolute_url() if proposal else "", unknown=_("No second person was needed"),
        ),
        Fact(_("Takes back"), f"#{reverses.seq}" if reverses else None, _entry(reverses), unknown=_("Nothing")),
        Fact(
            _("Taken back by"), f"#{taken_back.seq}" if taken_back else None, _entry(taken_back),
            unknown=_("Not taken back"),
        ),
        Fact(_("Hash"), bytes(entry.hash).hex()),
        Fact(_("Hash before"), bytes(entry.prev_hash).hex()),
    ]  # fmt: skip


def proposal_facts(proposal: EntryProposal, unit: Unit) -> list[Fact]:
    """What a proposal asks for, who asked, who decided."""
    return [
        Fact(_("Kind"), proposal.get_kind_display()),
        _belongs(proposal.award, proposal.investment),
        Fact(_("Value date"), proposal.value_date.isoformat()),
        Fact(_("Amount"), format_fen(proposal.amount_fen, unit, with_unit=True)),
        Fact(_("Cost relieved"), format_fen(proposal.cost_relieved_fen, unit, with_unit=True)),
        Fact(
            _("Takes back"), f"#{proposal.reverses.seq}" if proposal.reverses else None, _entry(proposal.reverses),
            unknown=_("Nothing"),
        ),
        Fact(_("Source document"), proposal.document or None, unknown=_("None named")),
        Fact(_("Reason"), proposal.reason or None, unknown=_("None given")),
        Fact(_("Proposed by"), person(proposal.proposed_by)),
        Fact(_("Proposed at"), moment_text(proposal.proposed_at)),
        Fact(_("Decided by"), person(proposal.decided_by), unknown=_("Not decided yet")),
        Fact(_("Reason of the decision"), proposal.decision_reason or None, unknown=_("None given")),
        Fact(
            _("Entry"), f"#{proposal.event.seq}" if proposal.event else None, _entry(proposal.event),
            unknown=_("Not in the books"),
        ),
    ]  # fmt: skip


def _belongs(award: GrantAward | None, holding: object) -> Fact:
    return Fact(_("Award"), str(award), award.get_absolute_url()) if award else _holding(holding)


def _holding(holding: object) -> Fact:
    if holding is None:
        return Fact(_("Holding"), None, unknown=_("Event of the fund itself"))
    return Fact(_("Holding"), str(holding), reverse("funds:holding", args=[holding.pk]))  # type: ignore[attr-defined]


def _entry(entry: LedgerEvent | None) -> str:
    return reverse("funds:entry", args=[entry.pk]) if entry else ""


def _document(entry: LedgerEvent) -> Fact:
    """The source document; one that was kept as a file can be opened."""
    __, marked, digest = entry.document.partition(HASH_MARK)
    kept = BookDocument.objects.filter(fund=entry.fund_id, sha256=digest).first() if marked else None
    href = reverse("funds:book_document", args=[kept.pk]) if kept else ""
    return Fact(_("Source document"), entry.document or None, href, unknown=_("None named"))
