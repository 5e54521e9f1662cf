"""What valuation and policy work adds to the shared floor: navigation, cards, reports, demonstration."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from funds.demo.valuations import make_valuations
from funds.models import ValuationPaper, ValuationRound
from funds.models.visibility import sees_funds
from funds.reports import backtest
from innovation.core import demo, home, navigation
from innovation.core.home import Card
from innovation.core.navigation import NavItem
from innovation.reports import registry


def cards(user: Any) -> list[Card]:
    """What waits for this person in valuation and policy work."""
    return valuation_cards(user) if sees_funds(user) else []


def valuation_cards(user: Any) -> list[Card]:
    """Values to approve or mend, and the round that is open."""
    found: list[Card] = []
    states = ValuationPaper.State
    if user.has_perm("funds.approve_valuation"):
        waiting = ValuationPaper.objects.filter(state=states.SUBMITTED).exclude(prepared_by=user).count()
        if waiting:
            address = f"{reverse('funds:valuations')}?state=SUBMITTED"
            found.append(Card(_("Fair values to approve"), address, figure=str(waiting), urgent=True))
    if user.has_perm("funds.add_valuationpaper"):
        returned = ValuationPaper.objects.filter(state=states.RETURNED, prepared_by=user).count()
        if returned:
            address = f"{reverse('funds:valuations')}?state=RETURNED"
            found.append(Card(_("Fair values to mend"), address, figure=str(returned), urgent=True))
    row = ValuationRound.objects.filter(state=ValuationRound.State.OPEN).order_by("quarter_end").first()
    if row is not None and (user.has_perm("funds.add_valuationpaper") or user.has_perm("funds.lock_valuationround")):
        text = _("Due on %(day)s") % {"day": row.due_on}
        found.append(Card(str(row), row.get_absolute_url(), text, urgent=timezone.localdate() > row.due_on))
    return found


def register() -> None:
    """Called once by ``funds.registration.register``."""
    for label, url_name, order in (
        (_("Valuations"), "funds:valuations", 240),
        (_("Valuation rounds"), "funds:valuation_rounds", 242),
    ):
        navigation.register(NavItem(_("Funds"), label, url_name, visible=sees_funds, order=order))
    registry.register(backtest.KIND)
    home.register(cards, order=210)
    demo.register("Valuation round of the last quarter", make_valuations, order=330)
