"""What proposals and companies add to the shared floor: navigation, cards, demonstration."""

from typing import Any

from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from funds.actions.companies import reports_for
from funds.choices.deals import DealState, DiligenceState, TrancheState
from funds.demo.deals import make_deals
from funds.models import Deal, DiligenceItem, MonitoringNote, Tranche
from funds.models.visibility import sees_funds
from funds.queries.deals import with_payment
from innovation.core import demo, home, navigation
from innovation.core.home import Card
from innovation.core.navigation import NavItem


def deal_cards(user: Any) -> list[Card]:
    """At most four cards and as many statements; none for people whom they do not concern."""
    today = timezone.localdate()
    found = []
    if user.has_perm("funds.add_decision"):
        waiting = Deal.objects.filter(state=DealState.PROPOSED).exclude(lead=user).count()
        found.append((waiting, _("Proposals before the committee"), f"{reverse('funds:deals')}?state=PROPOSED", ""))
    if user.has_perm("funds.change_deal"):
        late = DiligenceItem.objects.filter(
            Q(responsible=user) | Q(deal__lead=user), state=DiligenceState.OPEN, due_on__lt=today
        ).count()
        found.append((late, _("Questions of due diligence overdue"), f"{reverse('funds:deals')}?state=DILIGENCE", ""))
    if user.has_perm("funds.add_ledgerevent"):
        ready = with_payment(Tranche.objects.filter(state=TrancheState.READY)).filter(is_paid=False).count()
        address = f"{reverse('admin:funds_tranche_changelist')}?state__exact=READY"
        found.append((ready, _("Tranches to be paid"), address, ""))
    if user.has_perm("funds.add_monitoringnote"):
        later = MonitoringNote.objects.filter(investment=OuterRef("investment"), noted_on__gt=OuterRef("noted_on"))
        due = MonitoringNote.objects.filter(~Exists(later), next_on__lt=today, next_on__gt=F("noted_on")).count()
        address = reverse("admin:funds_monitoringnote_changelist")
        found.append((due, _("Holdings to look at again"), address, ""))
    return [Card(title, href, text, figure=str(count), urgent=True) for count, title, href, text in found if count]


def reports_as_member(user: Any) -> bool:
    """Whether the person may report for a company; the office enters figures on the company's own page."""
    return bool(user.is_authenticated and not sees_funds(user) and reports_for(user).exists())


def register(section: Promise) -> None:
    """Called once with the heading of the funds part."""
    for label, url_name, order in (
        (_("Companies"), "funds:companies", 221),
        (_("Proposals"), "funds:deals", 222),
        (_("Committee decisions"), "funds:decisions", 224),
    ):
        navigation.register(NavItem(section, label, url_name, visible=sees_funds, order=order))
    navigation.register(
        NavItem(section, _("Quarterly reports"), "funds:own_companies", visible=reports_as_member, order=226)
    )
    home.register(deal_cards, order=205)
    demo.register("Proposals, decisions and quarters of companies", make_deals, order=330)
