"""What matching adds to the shared floor: navigation, cards, the report, the demonstration."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from innovation.accounts import notifications
from innovation.accounts.choices import Role
from innovation.core import demo, home, navigation
from innovation.core.home import Card
from innovation.core.navigation import NavItem
from talent.actions.mandate_mails import NOTICE
from talent.choices.matching import ENDED_MANDATES, WAITING_MANDATES, MandateState, ProposalState
from talent.demo.matching import make_matching
from talent.models import Mandate, MatchProposal
from talent.models.visibility import sees_people, sees_talent_figures, works_on_people
from talent.queries.matching import above_capacity
from talent.queries.standing import in_registry
from talent.views.matching import mandates, offers
from talent.views.matching.base import DEMANDS, MANDATES, MATCHING


def cards(user: Any) -> list[Card]:
    """What waits for an officer; mandates that wait for a person or an owner."""
    if sees_talent_figures(user):
        return _office_cards() if works_on_people(user) and user.has_perm("talent.change_mandate") else []
    if not mandates.has_mandates(user):
        return []
    mine = Mandate.objects.visible_to(user).filter(state__in=WAITING_MANDATES)
    count = mine.exclude(state=MandateState.BY_PERSON, person__user=user).count()
    return [Card(_("Mandates that wait for your answer"), reverse("talent:mandates"), figure=str(count), urgent=True)
            ] if count else []  # fmt: skip


def _office_cards() -> list[Card]:
    listed = reverse("talent:mandates")
    told = (
        (_("Proposals of the matcher to decide"), reverse("talent:match_runs"),
         MatchProposal.objects.filter(state=ProposalState.OPEN, demand__mandates=None).count()),
        (_("Objections that wait for an answer"), listed,
         Mandate.objects.filter(objected_at__isnull=False, objection_answer="").count()),
        (_("Suspended mandates"), f"{listed}?state=suspended",
         Mandate.objects.filter(state=MandateState.SUSPENDED).count()),
        (_("Ended mandates without an outcome"), listed,
         Mandate.objects.filter(state__in=ENDED_MANDATES, outcomes=None).count()),
        (_("People whose mandates exceed their capacity"), listed, len(above_capacity(timezone.localdate()))),
    )  # fmt: skip
    return [Card(title, href, figure=str(count), urgent=True) for title, href, count in told if count]


def register(section: Promise) -> None:
    """Called once with the heading of the talent part."""
    for item in (
        NavItem(section, offers.TITLE, "talent:offer", visible=in_registry, order=302),
        NavItem(section, mandates.MY_MANDATES, "talent:mandates", visible=mandates.has_mandates, order=303),
        NavItem(section, DEMANDS, "talent:demands", visible=sees_talent_figures, order=330),
        NavItem(section, MATCHING, "talent:match_runs", visible=sees_people, order=332),
        NavItem(section, MANDATES, "talent:mandates", visible=sees_talent_figures, order=334),
    ):
        navigation.register(item)
    notifications.register(notifications.Kind(NOTICE, _("Mandates and proposals")))
    home.register(cards, order=310)
    demo.register("Demands, a matching and its mandates", make_matching, order=530)
    demo.suggest("decide on the proposals of the last matching", "/talent/matching/", Role.TALENT_OFFICER)
