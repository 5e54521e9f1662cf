"""What blind assessments add to the shared floor: navigation, cards, notices, the bias report, the demonstration."""

from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from innovation.accounts import notifications
from innovation.accounts.choices import Role
from innovation.core import demo, home, navigation
from innovation.core.home import Card
from innovation.core.navigation import NavItem
from innovation.reports import registry
from talent.actions.assessment_mails import REVIEW_NOTICE, SUBJECT_NOTICE
from talent.demo.assessments import make_assessments
from talent.queries.blind import waiting_count
from talent.queries.standing import in_registry, standing_of
from talent.reports import bias, matching_bias
from talent.views.assessment_words import TITLE
from talent.views.assessments import runs_assessments
from talent.views.blind_reviews import TITLE as REVIEWS_TITLE
from talent.views.own_assessments import OWN_TITLE
from talent.views.vault import VAULT_TITLE


def scores_blind(user: Any) -> bool:
    """Whether the navigation shows a reviewer the way to cases: some were asked of the person."""
    return bool(user.is_authenticated and user.has_role(Role.REVIEWER) and standing_of(user).scores_blind)


def is_assessed(user: Any) -> bool:
    """Whether the navigation shows a person the way to assessments of their own."""
    return standing_of(user).is_assessed


def cards(user: Any) -> list[Card]:
    """Cases that wait for a reviewer; two queries for reviewers, none for others."""
    if not scores_blind(user):
        return []
    count, is_late = waiting_count(user)
    text = _("One is overdue.") if is_late else ""
    href = reverse("talent:blind_reviews")
    return [Card(REVIEWS_TITLE, href, text=text, figure=str(count), urgent=True)] if count else []


def register(section: Promise) -> None:
    """Called once with the heading of the talent part."""
    navigation.register(NavItem(section, TITLE, "talent:assessments", visible=runs_assessments, order=560))
    navigation.register(NavItem(section, REVIEWS_TITLE, "talent:blind_reviews", visible=scores_blind, order=561))
    navigation.register(NavItem(section, OWN_TITLE, "talent:own_assessments", visible=is_assessed, order=562))
    navigation.register(NavItem(section, VAULT_TITLE, "talent:vault", visible=in_registry, order=590))
    notifications.register(
        notifications.Kind(REVIEW_NOTICE, _("Cases to score blind"), roles=frozenset({Role.REVIEWER}))
    )
    notifications.register(notifications.Kind(SUBJECT_NOTICE, _("News of my assessments")))
    home.register(cards, order=560)
    registry.register(bias.KIND)
    registry.register(matching_bias.KIND)
    demo.register("Blind assessments", make_assessments, order=560)
