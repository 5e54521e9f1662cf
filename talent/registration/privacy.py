"""What privacy adds to the shared floor: navigation, the person's own data, its share of the demonstration."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from innovation.accounts import own_data
from innovation.accounts.models import User
from innovation.accounts.own_data import Part
from innovation.core import demo, navigation
from innovation.core.navigation import NavItem
from innovation.core.views import signed_in
from talent.demo.privacy import make_consents
from talent.queries.own import copy_of, person_of


def collected(user: User) -> dict[str, Any] | None:
    """The copy of one's record in the registry; None where there is none."""
    person = person_of(user)
    return copy_of(person) if person is not None else None


def register(section: Promise) -> None:
    """Called once with the heading of the talent part."""
    navigation.register(NavItem(section, _("My data and consents"), "talent:consents", visible=signed_in, order=390))
    own_data.register(
        Part(
            "talent", _("Registry of talent"), collect=collected, order=50,
            deleted=_("Names, words, files, consents and everything else that says who you are."),
            kept=_("A number without a name, so that past figures stay right."),
        )
    )  # fmt: skip
    demo.register("Consents and reads", make_consents, order=490)
