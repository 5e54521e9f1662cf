"""Who finds what where: the navigation of the pages, registered by each app for its own tasks."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise

Text = str | Promise
MOST_SIDE_BY_SIDE = 7
"""More entries than this in a top bar fold into one menu a section."""


@dataclass(frozen=True)
class NavItem:
    """One entry. ``visible`` decides by the person alone; the page behind it checks again for itself.

    ``section`` is the heading it stands under, ``order`` its place there (lower is earlier). ``group`` gathers entries
    of one task under a smaller heading that folds; entries without one stand above the groups.
    """

    section: Text
    label: Text
    url_name: str
    visible: Callable[[Any], bool]
    order: int = 100
    group: Text = ""


@dataclass(frozen=True)
class NavLink:
    label: Text
    url: str
    current: bool


@dataclass
class NavGroup:
    """The entries of one task; open where the reader is in it."""

    label: Text
    links: list[NavLink] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        return any(link.current for link in self.links)


@dataclass
class NavSection:
    label: Text
    links: list[NavLink] = field(default_factory=list)
    groups: list[NavGroup] = field(default_factory=list)

    @property
    def all_links(self) -> list[NavLink]:
        """The entries of the section with those of its groups, in order."""
        return [*self.links, *(link for group in self.groups for link in group.links)]

    @property
    def is_open(self) -> bool:
        return any(link.current for link in self.all_links)

    def add(self, group: Text, link: NavLink) -> None:
        """Put ``link`` into the group of that name, or above the groups where it has none."""
        if not group:
            self.links.append(link)
            return
        found = next((each for each in self.groups if str(each.label) == str(group)), None)
        if found is None:
            found = NavGroup(group)
            self.groups.append(found)
        found.links.append(link)


_items: list[NavItem] = []


def register(item: NavItem) -> None:
    """Add ``item`` to the navigation; called from ``AppConfig.ready``. The same item twice counts once."""
    if item not in _items:
        _items.append(item)
        _items.sort(key=lambda each: each.order)


def sections_for(user: Any, path: str) -> list[NavSection]:
    """The sections ``user`` may see, in order; the link with the longest address that begins ``path`` is current."""
    seen = [(item, reverse(item.url_name)) for item in _items if item.visible(user)]
    matching = [address for _item, address in seen if path == address or _inside(address, path)]
    current = max(matching, key=len, default=None)
    sections: dict[str, NavSection] = {}
    for item, address in seen:
        section = sections.setdefault(str(item.section), NavSection(item.section))
        section.add(item.group, NavLink(item.label, address, address == current))
    return list(sections.values())


def _inside(address: str, path: str) -> bool:
    return address != "/" and path.startswith(address)


def staff_only(user: Any) -> bool:
    """Whoever works in the office and may open the admin."""
    return bool(user.is_active and user.is_staff)


def administrator_only(user: Any) -> bool:
    """Whoever keeps the installation itself."""
    return bool(user.is_active and user.is_staff and "administrator" in user.roles)


class Navigation:
    """What ``base.html`` asks for; computed when the template first needs it, so that plain responses stay free."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self._sections: list[NavSection] | None = None

    @property
    def sections(self) -> list[NavSection]:
        if self._sections is None:
            place = getattr(self._request, "place", "") or self._request.path
            self._sections = sections_for(self._request.user, place)
        return self._sections

    @property
    def folds(self) -> bool:
        """Whether the entries are too many to stand side by side."""
        return sum(len(section.all_links) for section in self.sections) > MOST_SIDE_BY_SIDE

    @property
    def has_rail(self) -> bool:
        """Staff and reviewers work by task in a left rail; the public and applicants have one column."""
        user = self._request.user
        return user.is_authenticated and works_in_office(user) and bool(self.sections)


def works_in_office(user: Any) -> bool:
    """Whether ``user`` works with other people's cases: staff, or any role but that of applicant."""
    return user.is_staff or bool(user.roles - {"applicant"})


def context(request: HttpRequest) -> dict[str, Any]:
    """Context processor: ``navigation``."""
    return {"navigation": Navigation(request)} if hasattr(request, "user") else {}
