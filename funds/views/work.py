"""The work list: everything of the funds part that waits for the person who reads it."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from funds.filters.work import WorkFilters
from funds.queries.work import WorkItem, has_work, work_of
from funds.reports.work import (
    TITLE,
    address_of,
    count_words,
    fund_of,
    kind_of,
    next_of,
    record_of,
    status_of,
)  # fmt: skip
from innovation.core.components import Status, Tone
from innovation.core.exports import Kind
from innovation.core.icons import status_html
from innovation.core.tables import TableColumn
from innovation.core.views import Crumb, TableView


def due_cell(today: date) -> Callable[[WorkItem], SafeString | str]:
    """The due day, marked once it has passed; that there is none is said in words."""

    def cell(item: WorkItem) -> SafeString | str:
        if item.due_on is None:
            return format_html('<span class="quiet">{}</span>', gettext("No deadline"))
        if not item.is_overdue(today):
            return item.due_on.isoformat()
        return format_html("{} {}", item.due_on.isoformat(), status_html(Status(gettext("Overdue"), Tone.BAD)))

    return cell


def work_columns(today: date) -> list[TableColumn]:
    """When, what, which fund, which record, what next; files add whether it is overdue and mine."""
    return [
        TableColumn(
            _("Due"), "due_on", Kind.DATE, key="due", order_by=("due_on",), cell=due_cell(today),
            unknown=_("No deadline"),
        ),
        TableColumn(_("Waits since"), "since", Kind.DATE, key="since", order_by=("since",)),
        TableColumn(_("What"), kind_of, key="kind", order_by=("kind",)),
        TableColumn(
            _("State"), lambda item: str(status_of(item).label), key="state",
            cell=lambda item: status_html(status_of(item)),
        ),
        TableColumn(_("Fund"), fund_of, key="fund", order_by=("fund",), unknown=_("It is about no single fund")),
        TableColumn(_("Record"), record_of, key="record", order_by=("record",), heading=True, link=address_of),
        TableColumn(_("What to do next"), next_of, key="next"),
    ]  # fmt: skip


class WorkList(TableView):
    """Everything that waits for this person, what is due first on top."""

    title = TITLE
    allowed = staticmethod(has_work)
    filterset_class: Any = WorkFilters
    default_sort = "due"
    empty_title = _("Nothing waits for you")
    empty_text = _("What somebody asks of you, and what falls due within 30 days, appears here by itself.")

    @cached_property
    def items(self) -> list[WorkItem]:
        return work_of(self.request.user, timezone.localdate())

    @property
    def lead(self) -> str:
        return count_words(self.items, timezone.localdate())

    def get_columns(self) -> Sequence[TableColumn]:
        return work_columns(timezone.localdate())

    def get_queryset(self) -> list[WorkItem]:
        return self.items

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(self.title, None)]
