"""What exemption cases add to the shared floor: navigation, cards, notices, the register, the demonstration."""

from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from funds.actions.case_mails import NOTICE
from funds.choices.cases import CaseState
from funds.demo.cases import MANAGER_EMAIL, make_cases, make_fund_manager
from funds.models import ExemptionCase
from funds.models.reinvestment import managed_funds
from funds.models.visibility import sees_funds
from funds.queries.work import sits_on_panels
from funds.registration.groups import POLICY_WORK
from funds.reports import exemption
from funds.views.cases import sees_cases
from funds.views.my_cases import TITLE, may_have_cases
from innovation.accounts import notifications
from innovation.accounts.demo import PASSWORD
from innovation.core import demo, home, navigation
from innovation.core.home import Card
from innovation.core.navigation import NavItem
from innovation.reports import registry


def finds_cases(user: Any) -> bool:
    """Whether the rail shows the cases: to the office, and to whoever sits on the panel of one."""
    return sees_cases(user) and (sees_funds(user) or sits_on_panels(user))


def speaks_for_funds(user: Any) -> bool:
    """Whether the navigation shows a manager the way to its cases."""
    return may_have_cases(user) and managed_funds(user).exists()


def cards(user: Any) -> list[Card]:
    """Statements that wait for a manager; what waits for the office and for panels stands in the work list."""
    return statement_cards(user) if may_have_cases(user) else []


def statement_cards(user: Any) -> list[Card]:
    """Cases in which the manager's statement is awaited."""
    rows = ExemptionCase.objects.spoken_for_by(user).filter(state=CaseState.STATEMENT)
    count = rows.distinct().count()
    title = _("Exemption cases that wait for your statement")
    return [Card(title, reverse("funds:my_cases"), figure=str(count), urgent=True)] if count else []


def register(section: Promise) -> None:
    """Called once with the heading of the funds part."""
    title = _("Exemption cases")
    navigation.register(NavItem(section, title, "funds:cases", visible=finds_cases, order=250, group=POLICY_WORK))
    navigation.register(NavItem(section, TITLE, "funds:my_cases", visible=speaks_for_funds, order=255))
    # Everybody can sit on a panel or speak for a manager, so that the choice is everybody's.
    notifications.register(notifications.Kind(NOTICE, title))
    home.register(cards, order=215)
    registry.register(exemption.KIND)
    demo.register("The manager of the guidance fund", make_fund_manager, order=335)
    demo.register("Exemption cases", make_cases, order=340)
    demo.add_login("fund_manager", MANAGER_EMAIL, PASSWORD)
