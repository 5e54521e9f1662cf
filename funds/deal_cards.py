"""What waits on the start page for whoever works on proposals: decisions, tranches, questions, holdings to look at."""

from typing import Any

from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from funds.choices.deals import DealState, DiligenceState, TrancheState
from funds.models import Deal, DiligenceItem, MonitoringNote, Tranche
from funds.queries.deals import with_payment
from innovation.core.home import Card


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
