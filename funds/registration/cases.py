"""What exemption cases add to the shared floor: navigation, cards, notices, the register, the demonstration."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from funds.actions.case_mails import NOTICE
from funds.actions.case_panel import SITTING
from funds.choices.cases import CaseState
from funds.demo.cases import make_cases
from funds.models import ExemptionCase, PanelMember
from funds.models.case_states import MANAGE, VOTE
from funds.queries.cases import overdue, waiting
from funds.reports import exemption
from funds.views.cases import sees_cases
from funds.views.my_cases import TITLE, may_have_cases
from innovation.accounts import notifications
from innovation.core import demo, home, navigation
from innovation.core.home import Card
from innovation.core.navigation import NavItem
from innovation.reports import registry


def cards(user: Any) -> list[Card]:
    """Cases that wait for the office, votes that wait for a member of a panel, statements that wait for a manager."""
    if may_have_cases(user):
        return statement_cards(user)
    return [*office_cards(user), *panel_cards(user)]


def office_cards(user: Any) -> list[Card]:
    """The work list of case officers: how many wait, how many are overdue."""
    if not user.has_perm(MANAGE):
        return []
    address = reverse("funds:cases")
    count = waiting(ExemptionCase.objects.all()).count()
    late = overdue(ExemptionCase.objects.all(), timezone.localdate()).count()
    found = []
    if late:
        found.append(Card(_("Exemption cases overdue"), f"{address}?due=overdue", figure=str(late), urgent=True))
    if count:
        found.append(Card(_("Exemption cases in work"), f"{address}?due=open", figure=str(count)))
    return found


def panel_cards(user: Any) -> list[Card]:
    """Cases on whose panel the person sits and has not voted yet."""
    if not user.has_perm(VOTE):
        return []
    seats = PanelMember.objects.filter(user=user, recused_at=None, votes=None, case__state__in=SITTING).count()
    title = _("Exemption cases that wait for your vote")
    return [Card(title, reverse("funds:cases"), figure=str(seats), urgent=True)] if seats else []


def statement_cards(user: Any) -> list[Card]:
    """Cases in which the manager's statement is awaited."""
    rows = ExemptionCase.objects.spoken_for_by(user).filter(state=CaseState.STATEMENT)
    count = rows.distinct().count()
    title = _("Exemption cases that wait for your statement")
    return [Card(title, reverse("funds:my_cases"), figure=str(count), urgent=True)] if count else []


def register(section: Promise) -> None:
    """Called once with the heading of the funds part."""
    navigation.register(NavItem(section, _("Exemption cases"), "funds:cases", visible=sees_cases, order=250))
    navigation.register(NavItem(section, TITLE, "funds:my_cases", visible=may_have_cases, order=255))
    # Everybody can sit on a panel or speak for a manager, so that the choice is everybody's.
    notifications.register(notifications.Kind(NOTICE, _("Exemption cases")))
    home.register(cards, order=215)
    registry.register(exemption.KIND)
    demo.register("Exemption cases", make_cases, order=340)
