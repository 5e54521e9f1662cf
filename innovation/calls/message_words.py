"""The placeholders of mail texts in words, for lists of what is missing."""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

PLACEHOLDER_WORDS: dict[str, Promise] = {
    "name": _("name of the person"),
    "number": pgettext_lazy("application", "number"),
    "title": _("title"),
    "call": _("title of the call"),
    "applicant": _("applicant"),
    "state": _("state"),
    "next_step": _("what happens next"),
    "due": _("due day"),
    "sent_at": _("moment of submission"),
    "reason": _("your words"),
    "link": _("address of the page"),
    "contact": _("contact of the call"),
    "amount": _("award"),
}


def missing_words(names: Iterable[str]) -> str:
    """``due, award`` for a reader."""
    return ", ".join(str(PLACEHOLDER_WORDS.get(name, name)) for name in names)
