"""The keeping of books in words: its terms, closed periods, restatements and proofs."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from funds.choices.ledger import ProofFinding
from funds.models import BookTerms, EntryProposal, Fund, LedgerProof, PeriodClose
from funds.queries.restatements import Restatement
from funds.queries.tolerance import ToleranceView
from funds.reports.amounts import fen
from funds.reports.effects import Change
from funds.reports.entries import moment_text, person
from innovation.core.components import Fact, Status, Tone
from innovation.core.exports import Kind
from innovation.core.figures import percent_text
from innovation.core.icons import status_html
from innovation.core.money import Unit, format_fen
from innovation.core.tables import TableColumn

PROPOSAL_TONES = {"WAITING": Tone.NOTICE, "APPROVED": Tone.OK, "REFUSED": Tone.BAD, "WITHDRAWN": Tone.IDLE}


def book_facts(
    fund: Fund, terms: BookTerms, line: Sequence[tuple[date, int]], proof: LedgerProof | None, unit: Unit
) -> list[Fact]:
    """Limit, completeness, cash and the last proof of a fund's books."""
    limit = terms.approval_limit_fen
    lowest = min(line, key=lambda point: point[1]) if line else None
    mine = [f for f in proof.findings if f["fund_id"] == fund.pk] if proof else []
    sound = gettext("All is well") if not mine else gettext("%(count)s found wrong") % {"count": len(mine)}
    return [
        Fact(
            _("A second person above"), format_fen(limit, unit, with_unit=True) if limit is not None else None,
            unknown=_("No limit is set"),
        ),
        Fact(
            _("Books complete"),
            _("Yes: cash is never below zero, calls never above the commitment") if terms.is_complete
            else _("No: cash and calls are shown, but not tested"),
        ),
        Fact(_("Cash now"), format_fen(line[-1][1] if line else 0, unit, with_unit=True)),
        Fact(
            _("Lowest cash on any day"),
            gettext("%(amount)s on %(day)s")
            % {"amount": format_fen(lowest[1], unit, with_unit=True), "day": lowest[0]} if lowest else None,
            unknown=_("No money has moved"),
        ),
        Fact(
            _("Last proof"), f"{moment_text(proof.proved_at)} · {sound}" if proof else None,
            reverse("funds:proofs"), unknown=_("Not proved yet"),
        ),
    ]  # fmt: skip


def close_columns(*, may_reopen: bool) -> tuple[TableColumn, ...]:
    """Closed periods with what came after them."""

    def standing(close: PeriodClose) -> str:
        if close.reopened_at is None:
            return gettext("Closed")
        return gettext("Opened again by %(person)s: %(reason)s") % {
            "person": person(close.reopened_by), "reason": close.reopen_reason,
        }  # fmt: skip

    def act(close: PeriodClose) -> SafeString | str:
        if close.reopened_at or not may_reopen:
            return ""
        href = reverse("funds:period_reopen", args=[close.pk])
        return format_html('<a href="{}">{}</a>', href, gettext("Open again"))

    columns = (
        TableColumn(
            _("Closed through"), "through", Kind.DATE, key="through", order_by=("through", "pk"), heading=True,
            link=lambda close: reverse("funds:restatements", args=[close.pk]),
        ),
        TableColumn(_("Closed"), "closed_at", Kind.DATETIME, key="closed", order_by=("closed_at",)),
        TableColumn(pgettext_lazy("who closed the period", "By"), lambda close: person(close.closed_by), key="by"),
        TableColumn(_("Late entries"), "late_entries", Kind.INTEGER, key="entries"),
        TableColumn(_("Late values"), "late_values", Kind.INTEGER, key="values"),
        TableColumn(_("Standing"), standing, key="standing"),
    )  # fmt: skip
    return (*columns, TableColumn(_("Act"), lambda close: "", key="act", cell=act)) if may_reopen else columns


def restatement_columns() -> tuple[TableColumn, ...]:
    """Late facts with both their times."""
    return (
        TableColumn(_("Became known"), lambda row: row.recorded_at, Kind.DATETIME, key="recorded", order_by=("r",)),
        TableColumn(_("Value date"), lambda row: row.value_date, Kind.DATE, key="date", order_by=("d",)),
        TableColumn(_("What"), what, key="what", heading=True, link=_entry_link),
        TableColumn(
            _("Holding"), lambda row: row.holding or None, key="holding", unknown=_("Event of the fund itself")
        ),
        TableColumn(_("Amount"), lambda row: row.amount_fen, Kind.MONEY, key="amount"),
        TableColumn(_("Cost relieved"), lambda row: row.cost_relieved_fen, Kind.MONEY, key="relieved"),
        TableColumn(_("Reason"), lambda row: row.reason or None, key="reason", unknown=_("None given")),
    )


def what(row: Restatement) -> str:
    """The kind of a late fact."""
    return row.what or gettext("Fair value")


def _holding(row: Restatement) -> str | None:
    return row.holding or None


def _entry_link(row: Restatement) -> str | None:
    return reverse("funds:entry", args=[row.entry_id]) if row.entry_id else None


def compared(then: ToleranceView, now: ToleranceView, unit: Unit) -> list[Change]:
    """The figures of a fund at one day, as known at two moments."""
    return [
        Change(label, before, after)
        for (label, before), (__, after) in zip(_figures(then, unit), _figures(now, unit), strict=True)
    ]


def _figures(view: ToleranceView, unit: Unit) -> list[tuple[str, str]]:
    books = view.books[view.funds[0].pk]
    held = books.holdings
    amounts = (
        (gettext("Paid-in"), books.fund.paid_in),
        (gettext("Distributions"), books.fund.distributions),
        (gettext("Invested cost"), sum(h.cost for h in held)),
        (gettext("Realised losses"), sum(h.realised_loss for h in held)),
        (gettext("Fair value of holdings"), sum(h.fair_value for h in held)),
        (gettext("Cash"), books.fund.cash(held)),
        (gettext("Net asset value"), books.fund.nav(held)),
    )
    rate = view.main.rate.rate
    return [
        *((label, format_fen(fen(amount), unit, with_unit=True)) for label, amount in amounts),
        (gettext("Loss rate"), percent_text(rate) if rate is not None else gettext("nothing was invested by this day")),
    ]


def proposal_columns() -> tuple[TableColumn, ...]:
    """Proposed entries of all funds."""

    def state(row: EntryProposal) -> SafeString:
        return status_html(Status(row.get_state_display(), PROPOSAL_TONES[row.state]))

    return (
        TableColumn(
            _("Proposal"), lambda row: row.pk, Kind.INTEGER, key="id", order_by=("id",),
            link=lambda row: row.get_absolute_url(),
        ),
        TableColumn(_("Fund"), lambda row: row.fund.name, key="fund", order_by=("fund__code",), heading=True),
        TableColumn(_("Kind"), lambda row: row.get_kind_display(), key="kind", order_by=("kind",)),
        TableColumn(_("Value date"), "value_date", Kind.DATE, key="date", order_by=("value_date",)),
        TableColumn(_("Amount"), "amount_fen", Kind.MONEY, key="amount", order_by=("amount_fen",)),
        TableColumn(_("Cost relieved"), "cost_relieved_fen", Kind.MONEY, key="relieved"),
        TableColumn(_("Proposed by"), lambda row: person(row.proposed_by), key="by"),
        TableColumn(_("Proposed at"), "proposed_at", Kind.DATETIME, key="proposed", order_by=("proposed_at",)),
        TableColumn(
            _("State"), lambda row: row.get_state_display(), key="state", order_by=("state",), cell=state
        ),
    )  # fmt: skip


def proof_columns() -> tuple[TableColumn, ...]:
    """Proofs with their results."""

    def result(row: LedgerProof) -> Any:
        return status_html(Status(result_words(row), Tone.OK if row.is_sound else Tone.BAD))

    return (
        TableColumn(_("Proved"), "proved_at", Kind.DATETIME, key="proved", order_by=("proved_at",), heading=True),
        TableColumn(_("Fund"), lambda row: row.fund.name if row.fund else gettext("All funds"), key="fund"),
        TableColumn(_("Occasion"), lambda row: row.get_occasion_display(), key="occasion", order_by=("occasion",)),
        TableColumn(_("Asked for by"), lambda row: person(row.actor), key="by", unknown=_("The clock")),
        TableColumn(_("Result"), result_words, key="result", cell=result),
        TableColumn(_("Ledgers"), "funds", Kind.INTEGER, key="funds"),
        TableColumn(_("Entries"), "entries", Kind.INTEGER, key="entries"),
        TableColumn(_("Heads compared"), "anchors", Kind.INTEGER, key="anchors"),
        TableColumn(_("Seconds"), "seconds", Kind.NUMBER, key="seconds"),
    )


def result_words(proof: LedgerProof) -> str:
    """What a proof found: all well, or the first findings with their places."""
    if proof.is_sound:
        return gettext("All is well")
    told = [
        f"{found['fund']}{' #' + str(found['seq']) if found['seq'] else ''}: {ProofFinding(found['finding']).label}"
        for found in proof.findings[:5]
    ]
    return "; ".join(told) + (" …" if len(proof.findings) > 5 else "")  # noqa: PLR2004
