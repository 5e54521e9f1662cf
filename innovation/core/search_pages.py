"""Pages of a search: what few rows of many match is found first, then put in order."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Window


class SearchPages(Paginator):
    """Pages whose rows bring the count of all with them.

    PostgreSQL takes any words for rare and a page for cheap, and then walks through all rows in the order of the page
    to find the few that match. Counting in the same statement makes it find them first.
    """

    def get_page(self, number: Any) -> Page:
        """The page of this number, the last one for what is no page."""
        asked = int(number) if str(number).isdecimal() and int(number) else 1
        start = (asked - 1) * self.per_page
        counted = self.object_list.annotate(found_in_all=Window(Count("*")))
        if not (found := list(counted[start : start + self.per_page])):
            return super().get_page(number)
        self.__dict__["count"] = found[0].found_in_all  # what the cached property would ask for
        return self._get_page(found, asked, self)
