"""What funds, books, policies and alerts add to the shared floor: navigation, cards, reports, demonstration."""

from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from funds.actions import post
from funds.actions.alerts import NOTICE as ALERT_NOTICE
from funds.actions.alerts import TOLD_ROLES
from funds.actions.special_tiers import NOTICE as TIER_NOTICE
from funds.choices.ledger import ProposalState
from funds.choices.tolerance import AlertState, WarningLevel
from funds.demo import make_funds
from funds.demo.books import make_books
from funds.demo.records import keep_history, make_records
from funds.imports.demo import save_mappings
from funds.models import Alert, EntryProposal, LedgerProof, SpecialTierApproval
from funds.models.visibility import sees_funds
from funds.queries.notices import overdue_calls
from funds.reports import restatements
from funds.reports.register import KIND as REGISTER
from funds.reports.tolerance import KIND, TITLE
from innovation.accounts import notifications
from innovation.core import demo, home, navigation
from innovation.core.home import Card
from innovation.core.navigation import NavItem
from innovation.reports import registry

LISTED = 5
"""Cards of one kind on the start page."""


def cards(user: Any) -> list[Card]:
    """The way to the tolerance pages, and special cases that wait for whoever decides them."""
    if not sees_funds(user):
        return []
    found = [Card(TITLE, reverse("funds:tolerance"), _("How much of each loss cap is used, as of any day."))]
    if user.has_perm("funds.decide_special_tier"):
        waiting = SpecialTierApproval.objects.filter(state=SpecialTierApproval.State.REQUESTED).count()
        if waiting:
            address = f"{reverse('funds:special_tiers')}?state=REQUESTED"
            found.append(Card(_("Special cases to decide"), address, figure=str(waiting), urgent=True))
    return [*found, *book_cards(user), *alert_cards(user)]


def book_cards(user: Any) -> list[Card]:
    """Entries that wait for this person, and books that did not hold in the last proof."""
    found = []
    if user.has_perm("funds.decide_entryproposal"):
        waiting = EntryProposal.objects.filter(state=ProposalState.WAITING).exclude(proposed_by=user).count()
        if waiting:
            href = f"{reverse('funds:proposals')}?state={ProposalState.WAITING}"
            found.append(Card(_("Entries to approve"), href, figure=str(waiting), urgent=True))
    if user.has_perm("funds.issue_notice"):
        late = overdue_calls(timezone.localdate()).select_related("fund")[:LISTED]
        title = _("Capital call overdue")
        found += [Card(title, call.get_absolute_url(), call.fund.name, str(call.number), urgent=True) for call in late]
    if user.has_perm("funds.prove_ledger"):
        proof = LedgerProof.objects.filter(fund=None).first()
        if proof and not proof.is_sound:
            text = _("Somebody wrote to the database itself. Look at once.")
            found.append(
                Card(_("The books do not verify"), reverse("funds:proofs"), text, str(len(proof.findings)), urgent=True)
            )
    return found


def alert_cards(user: Any) -> list[Card]:
    """Alerts that nobody has acknowledged yet, for those who handle them. One statement."""
    if not user.has_perm("funds.handle_alert"):
        return []
    counts = dict(
        Alert.objects.filter(state=AlertState.OPEN).order_by().values_list("level").annotate(number=Count("pk"))
    )
    if not counts:
        return []
    order = [WarningLevel.RED, WarningLevel.ORANGE, WarningLevel.YELLOW]
    words = ", ".join(f"{level.label} {counts[level]}" for level in order if level in counts)
    address = f"{reverse('funds:alerts')}?state=OPEN"
    return [Card(_("Alerts to acknowledge"), address, words, figure=str(sum(counts.values())), urgent=True)]


def register(section: Promise) -> None:
    """Called once with the heading of the funds part."""
    for label, url_name, order in (
        (TITLE, "funds:tolerance", 200),
        (_("All funds"), "funds:funds", 220),
        (_("Policies"), "funds:policies", 230),
        (_("Proposed entries"), "funds:proposals", 250),
        (_("Proofs of the books"), "funds:proofs", 260),
        (_("Alerts"), "funds:alerts", 205),
        (_("History of status"), "funds:results", 207),
        (_("Special tiers"), "funds:special_tiers", 235),
        (_("Imports"), "funds:imports", 290),
    ):
        navigation.register(NavItem(section, label, url_name, visible=sees_funds, order=order))
    registry.register(KIND)
    registry.register(REGISTER)
    registry.register(restatements.KIND)
    for notice in post.kinds(_("Entries that wait for a second person")):
        notifications.register(notice)
    notifications.register(
        notifications.Kind(ALERT_NOTICE, _("Alerts on funds and loss tolerance"), roles=frozenset(TOLD_ROLES))
    )
    notifications.register(
        notifications.Kind(TIER_NOTICE, _("Special tiers: requests, decisions, ends"), roles=frozenset(TOLD_ROLES))
    )
    home.register(cards, order=200)
    demo.register("Funds, books and policies", make_funds, order=300)
    demo.register("Commitments, terms and limits of funds", make_records, order=305)
    demo.register("Kept results and alerts", keep_history, order=390)
    demo.register("Saved mapping of portfolio files", save_mappings, order=310)
    demo.register("Keeping of the books", make_books, order=320)
    demo.suggest("Approve the entry that waits for a second person, as programme manager", "/funds/proposals/")
    demo.suggest("See how much of each loss cap is used, and open any figure down to its bookings", "/funds/tolerance/")
    demo.suggest("Import the example file as fund officer, and see it before it is written", "/funds/imports/send/")
    demo.suggest("Ask for the monthly report as PDF and workbook", "/reports/")
