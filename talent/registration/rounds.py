"""What rounds add to the shared floor: navigation, cards, notices, the demonstration; and the proof of managers."""

from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from innovation.accounts import notifications
from innovation.accounts.choices import Role
from innovation.core import demo, home, navigation
from innovation.core.home import Card
from innovation.core.navigation import NavItem
from talent.actions import manager_proofs, round_mails
from talent.choices.rounds import RoundState
from talent.demo.rounds import make_rounds
from talent.models import ManagerProof, MatchRound, Ranking
from talent.models.visibility import sees_people, sees_talent_figures, works_on_people
from talent.registration.credentials import GROUP
from talent.views import managers
from talent.views.rounds import own
from talent.views.rounds.base import OWN_ROUNDS, ROUNDS


def cards(user: Any) -> list[Card]:
    """Rounds that wait for the office, managers without a credential; rankings that wait for a person or a side."""
    if sees_talent_figures(user):
        return _office_cards() if works_on_people(user) and user.has_perm("talent.change_matchround") else []
    if not own.ranks(user):
        return []
    mine = Ranking.objects.submitted().filter(round=OuterRef("pk")).visible_to(user)
    waiting = MatchRound.objects.of(user).filter(~Exists(mine), state=RoundState.RANKING)
    count = waiting.filter(hosts_by__gte=timezone.localdate()).count()
    title = _("Rounds that wait for your ranking")
    return [Card(title, reverse("talent:own_rounds"), figure=str(count), urgent=True)] if count else []


def _office_cards() -> list[Card]:
    waiting = MatchRound.objects.filter(Q(state=RoundState.CLOSED) | Q(state=RoundState.MATCHED)).count()
    proof = ManagerProof.objects.only("findings").first()
    told = (
        (_("Rounds to match or to publish"), reverse("talent:rounds"), waiting),
        (managers.TITLE, reverse("talent:uncovered_managers"), len(proof.findings) if proof else 0),
    )
    return [Card(title, href, figure=str(count), urgent=True) for title, href, count in told if count]


def register(section: Promise) -> None:
    """Called once with the heading of the talent part."""
    navigation.register(NavItem(section, OWN_ROUNDS, "talent:own_rounds", visible=own.ranks, order=304))
    navigation.register(NavItem(section, ROUNDS, "talent:rounds", visible=sees_people, order=333))
    navigation.register(
        NavItem(section, managers.TITLE, "talent:uncovered_managers", visible=sees_people, order=326, group=GROUP)
    )
    notifications.register(notifications.Kind(round_mails.NOTICE, _("Matching rounds: open, soon over, result")))
    notifications.register(
        notifications.Kind(
            manager_proofs.NOTICE, _("Technology managers without a credential"), roles=frozenset({Role.TALENT_OFFICER})
        )
    )
    home.register(cards, order=311)
    demo.register("Rounds of stable matching", make_rounds, order=535)
    demo.suggest("publish the round of assistants and laboratories", "/talent/rounds/", Role.TALENT_OFFICER)
