"""What decisions and all that follows add to the shared floor: navigation, webhooks of public steps."""

from typing import Any

from django.db.models.signals import post_save
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from innovation.calls.actions.hooks import announce
from innovation.core import navigation
from innovation.core.models import TransitionRecord
from innovation.core.navigation import NavItem
from innovation.core.views import everyone


def tell_subscribers(instance: TransitionRecord, *, created: bool, **facts: Any) -> None:
    """Every step is written through one record, so that no door forgets the subscribers."""
    if created:
        announce(instance)


def register(section: Promise) -> None:
    """Called once with the heading of the part."""
    navigation.register(NavItem(section, _("Public notices"), "calls:notices", visible=everyone, order=118))
    post_save.connect(tell_subscribers, sender=TransitionRecord, dispatch_uid="calls.tell_subscribers")
