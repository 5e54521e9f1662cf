"""What calls add to the shared floor: demonstration, kinds of notice."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from innovation.accounts import notifications
from innovation.accounts.choices import MailChoice, Role
from innovation.calls import kinds
from innovation.calls.choices import SME_TITLE
from innovation.calls.demo.calls import make_calls
from innovation.core import demo, navigation
from innovation.core.navigation import NavItem
from innovation.core.views import everyone

NOTICES = (
    notifications.Kind("calls_status", _("Steps of my applications")),
    notifications.Kind("calls_reminder", _("Deadlines of my applications")),
    notifications.Kind("calls_review", _("Reviews asked of me"), roles=frozenset({Role.REVIEWER})),
    notifications.Kind("calls_news", _("Changes of calls"), mail=MailChoice.DIGEST),
)


def register(section: Promise) -> None:
    """Called once with the heading of the part."""
    for kind in NOTICES:
        notifications.register(kind)
    kinds.register(kinds.Kind(SME_TITLE, _("SME title")))
    navigation.register(NavItem(section, _("Calls for applications"), "calls:calls", visible=everyone, order=110))
    demo.register("Goals, programmes and calls", make_calls, order=500)
