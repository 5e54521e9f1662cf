"""Mails about the books: each in its reader's language, written in the caller's transaction, once a key."""

from collections.abc import Callable, Iterable
from urllib.parse import urljoin

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import translation

from innovation.accounts.choices import Role
from innovation.accounts.models import User
from innovation.accounts.notices import send as send_notice
from innovation.accounts.notifications import Kind
from innovation.core import outbox

PROPOSALS = "funds.entry_proposals"


def kinds(label: object) -> list[Kind]:
    """The notices of the books that a person may switch off."""
    roles = frozenset({Role.FUND_OFFICER, Role.FINANCE, Role.PROGRAMME_MANAGER})
    return [Kind(PROPOSALS, label, roles=roles)]  # type: ignore[arg-type]


def deciders(*, but: User) -> QuerySet[User]:
    """Who may decide on proposed entries, without the person who proposed."""
    return holding("decide_entryproposal").exclude(pk=but.pk)


def holding(codename: str) -> QuerySet[User]:
    """Active people who hold a permission of the funds part through a role."""
    held = Q(groups__permissions__codename=codename, groups__permissions__content_type__app_label="funds")
    return User.objects.filter(held, is_active=True).distinct().order_by("pk")


def tell(
    people: Iterable[User],
    *,
    key: str,
    subject: Callable[[], str],
    text: Callable[[], str],
    path: str,
    kind: str | None = PROPOSALS,
) -> int:
    """Mail each person once; ``subject`` and ``text`` are called in each person's language.

    ``kind`` None cannot be switched off. Returns how many mails were written.
    """
    count = 0
    for person in people:
        with translation.override(person.language or settings.LANGUAGE_CODE):
            body = f"{text()}\n\n{urljoin(settings.SITE_URL, path)}\n"
            own_key = f"{key}-{person.pk}"
            if kind is None:
                count += outbox.send_mail(to=person.email, subject=subject(), text=body, key=own_key)
            else:
                count += send_notice(to=person, kind=kind, subject=subject(), text=body, key=own_key)
    return count
