"""What funds, books, policies and alerts add to the shared floor: navigation, cards, reports, demonstration."""

from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from funds.actions import post
from funds.actions.alerts import NOTICE as ALERT_NOTICE
from funds.actions.alerts import TOLD_ROLES
from funds.actions.special_tiers import NOTICE as TIER_NOTICE
from funds.choices.tolerance import AlertState, ToleranceStatus, WarningLevel
from funds.demo import make_funds
from funds.demo.books import make_books
from funds.demo.notices import make_notice_file
from funds.demo.records import keep_history, make_records
from funds.imports.demo import save_mappings
from funds.models import Alert
from funds.models.visibility import sees_funds
from funds.queries.register import nearest_to_its_cap
from funds.registration.groups import BOOKS, FILES, POLICY_WORK, WATCH
from funds.reports import restatements
from funds.reports.register import KIND as REGISTER
from funds.reports.tolerance import KIND, TITLE
from funds.views.alerts import TONES
from innovation.accounts import notifications
from innovation.accounts.choices import Role
from innovation.core import demo, home, navigation
from innovation.core.components import Status, Tone
from innovation.core.figures import percent_text
from innovation.core.home import Card
from innovation.core.navigation import NavItem
from innovation.reports import registry

LEVELS = (WarningLevel.RED, WarningLevel.ORANGE, WarningLevel.YELLOW)
NEAREST = _("%(name)s is nearest to its cap of %(cap)s. As of %(day)s, the last month end that is kept.")
EXCEEDED = _("%(name)s exceeds its cap of %(cap)s by most. As of %(day)s, the last month end that is kept.")


def cards(user: Any) -> list[Card]:
    """The loss rate that is nearest to its cap, and the alerts that stand. Two statements."""
    return [tolerance_card(), *alert_cards()] if sees_funds(user) else []


def tolerance_card() -> Card:
    """The kept result that uses most of its cap at the last month end, with the way to all of them."""
    address = reverse("funds:tolerance")
    nearest = nearest_to_its_cap()
    if nearest is None or nearest.rate is None:
        return Card(TITLE, address, _("How much of each loss cap is used, as of any day."))
    subject = nearest.fund or nearest.group
    status = Status(nearest.get_status_display(), TONES.get(WarningLevel(nearest.level), Tone.OK))
    words = EXCEEDED if nearest.status == ToleranceStatus.EXCEEDED else NEAREST
    text = words % {
        "name": subject.name if subject else "", "cap": percent_text(nearest.cap_share), "day": nearest.as_of,
    }  # fmt: skip
    # The page behind it shows the same day: the figure on the card is the one that is found there.
    return Card(TITLE, f"{address}?as_of={nearest.as_of}", text, percent_text(nearest.rate), status)


def alert_cards() -> list[Card]:
    """The alerts that nobody has closed, by level."""
    rows = Alert.objects.exclude(state=AlertState.CLOSED).order_by()
    counts = dict(rows.values_list("level").annotate(number=Count("pk")))
    if not counts:
        return []
    words = ", ".join(f"{level.label} {counts[level]}" for level in LEVELS if level in counts)
    return [Card(_("Alerts that stand"), reverse("funds:alerts"), words, str(sum(counts.values())))]


def register(section: Promise) -> None:
    """Called once with the heading of the funds part."""
    for label, url_name, order, group in (
        (_("All funds"), "funds:funds", 199, ""),
        (TITLE, "funds:tolerance", 200, WATCH),
        (_("Alerts"), "funds:alerts", 205, WATCH),
        (_("History of status"), "funds:results", 207, WATCH),
        (_("Policies"), "funds:policies", 245, POLICY_WORK),
        (_("Special tiers"), "funds:special_tiers", 245, POLICY_WORK),
        (_("Entries to approve"), "funds:proposals", 243, BOOKS),
        (_("Proofs of the books"), "funds:proofs", 244, BOOKS),
        (_("Imports"), "funds:imports", 290, FILES),
    ):
        navigation.register(NavItem(section, label, url_name, visible=sees_funds, order=order, group=group))
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
    demo.register("A file of capital calls", make_notice_file, order=315)
    demo.register("Keeping of the books", make_books, order=320)
    manager, officer = Role.PROGRAMME_MANAGER, Role.FUND_OFFICER
    demo.suggest("approve the entry that waits for a second person", "/funds/proposals/", manager)
    demo.suggest(
        "see how much of each loss cap is used, and open any figure down to its bookings", "/funds/tolerance/", manager
    )
    demo.suggest("import the example file, and see it before it is written", "/funds/imports/send/", officer)
    demo.suggest("ask for the monthly report as PDF and workbook", "/reports/", manager)
