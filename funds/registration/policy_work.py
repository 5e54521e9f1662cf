"""What valuation and policy work adds to the shared floor: navigation, cards, reports, demonstration."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from funds.demo.policy_work import make_claims, make_landed_projects, make_yearly_work
from funds.demo.valuations import make_valuations
from funds.models import ClawBack, EvaluationRun, FilingExtract, ReinvestmentClaim, ValuationPaper, ValuationRound
from funds.models.reinvestment import managed_funds
from funds.models.visibility import sees_funds
from funds.reports import backtest, evaluation, progress
from innovation.core import demo, home, navigation
from innovation.core.home import Card
from innovation.core.navigation import NavItem
from innovation.reports import registry


def cards(user: Any) -> list[Card]:
    """What waits for this person in valuation and policy work."""
    if sees_funds(user):
        return [*valuation_cards(user), *claim_cards(user), *claw_back_cards(user), *yearly_cards(user)]
    return manager_cards(user)


def claim_cards(user: Any) -> list[Card]:
    """Claims that wait for whoever decides them."""
    if not user.has_perm("funds.decide_reinvestment"):
        return []
    states = ReinvestmentClaim.State
    waiting = ReinvestmentClaim.objects.filter(state__in=[states.SUBMITTED, states.UNDER_REVIEW])
    count = waiting.exclude(created_by=user).count()
    return [Card(_("Claims to decide"), reverse("funds:claims"), figure=str(count), urgent=True)] if count else []


def claw_back_cards(user: Any) -> list[Card]:
    """Claw-backs that wait for whoever decides them."""
    if not user.has_perm("funds.decide_clawback"):
        return []
    waiting = ClawBack.objects.filter(state=ClawBack.State.PROPOSED).exclude(proposed_by=user)
    count = waiting.count()
    address = f"{reverse('admin:funds_clawback_changelist')}?state__exact=PROPOSED"
    return [Card(_("Claw-backs to decide"), address, figure=str(count), urgent=True)] if count else []


def yearly_cards(user: Any) -> list[Card]:
    """Self-evaluations and extracts that wait for whoever confirms them; filings that are late."""
    found: list[Card] = []
    if user.has_perm("funds.confirm_evaluation"):
        waiting = EvaluationRun.objects.filter(state="SUBMITTED").exclude(prepared_by=user).count()
        if waiting:
            found.append(
                Card(_("Evaluations to confirm"), reverse("funds:evaluations"), figure=str(waiting), urgent=True)
            )
    if user.has_perm("funds.commit_filing") or user.has_perm("funds.add_filingextract"):
        late = FilingExtract.objects.exclude(state="FILED").filter(due_on__lt=timezone.localdate()).count()
        if late:
            found.append(Card(_("Filings that are late"), reverse("funds:filings"), figure=str(late), urgent=True))
    return found


def manager_cards(user: Any) -> list[Card]:
    """The way of a fund's manager to its claims."""
    if not user.is_authenticated or not managed_funds(user).exists():
        return []
    text = _("Local investment of the funds that you manage: claim it, and see what was recognised.")
    return [Card(_("Local reinvestment"), reverse("funds:claims"), text)]


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


def register(section: Promise) -> None:
    """Called once with the heading of the funds part."""
    for label, url_name, order in (
        (_("Valuations"), "funds:valuations", 240),
        (_("Valuation rounds"), "funds:valuation_rounds", 242),
        (progress.TITLE, "funds:progress", 244),
        (_("Local reinvestment"), "funds:claims", 246),
        (_("Landed projects"), "funds:landed_list", 248),
        (_("Performance evaluation"), "funds:evaluations", 282),
        (_("Filings to the national register"), "funds:filings", 284),
    ):
        navigation.register(NavItem(section, label, url_name, visible=sees_funds, order=order))
    registry.register(backtest.KIND)
    registry.register(progress.KIND)
    registry.register(evaluation.KIND)
    home.register(cards, order=210)
    demo.register("Valuation round of the last quarter", make_valuations, order=330)
    demo.register("Claims of local reinvestment", make_claims, order=340)
    demo.register("Landing agreements", make_landed_projects, order=350)
    demo.register("Self-evaluations and filings", make_yearly_work, order=360)
