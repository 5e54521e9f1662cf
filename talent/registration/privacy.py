"""What privacy adds to the shared floor: navigation, the person's own data, its share of the demonstration."""

from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from innovation.accounts import own_data
from innovation.accounts.models import User
from innovation.accounts.own_data import Part
from innovation.core import demo, navigation
from innovation.core.navigation import NavItem
from innovation.core.views import signed_in
from talent.actions.erasing import erase_person
from talent.demo.privacy import make_consents
from talent.demo.privacy_work import make_privacy_work
from talent.models.rights import sees_requests
from talent.queries.erasable import obstacles
from talent.queries.own import copy_of, person_of
from talent.views.exports import sees_exports


def collected(user: User) -> dict[str, Any] | None:
    """The copy of one's record in the registry; None where there is none."""
    person = person_of(user)
    return copy_of(person) if person is not None else None


def standing(user: User) -> list[str]:
    """What has to be ended before the person can be erased."""
    person = person_of(user)
    return obstacles(person, timezone.localdate()) if person is not None else []


def erase(user: User) -> None:
    """The account goes, and the record of the registry with it."""
    person = person_of(user)
    if person is not None:
        erase_person(person_id=person.pk, cause="account", actor=user)


def register(section: Promise) -> None:
    """Called once with the heading of the talent part."""
    navigation.register(NavItem(section, _("My data and consents"), "talent:consents", visible=signed_in, order=390))
    navigation.register(
        NavItem(section, _("Requests on one's data"), "talent:rights_queue", visible=sees_requests, order=391)
    )
    navigation.register(NavItem(section, _("Exports of people"), "talent:exports", visible=sees_exports, order=392))
    own_data.register(
        Part(
            "talent", _("Registry of talent"), collect=collected, obstacles=standing, erase=erase, order=25,
            deleted=_("Names, words, files, consents and everything else that says who you are."),
            kept=_("A number without a name, so that past figures stay right."),
        )
    )  # fmt: skip
    demo.register("Consents and reads", make_consents, order=490)
    demo.register("Requests on data and exports", make_privacy_work, order=491)
