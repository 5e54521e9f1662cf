"""The books of a fund as a list: every figure of the tolerance page is a sum over some of its rows."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from funds.filters.portfolio import LedgerFilters
from funds.forms import MomentForm
from funds.models import Fund, LedgerEvent
from funds.queries.events import FIGURES, counted, sums
from funds.reports import words
from funds.reports.amounts import fen
from funds.views.moments import MomentPage
from innovation.core.components import Fact, Status, Tone
from innovation.core.display import unit_of
from innovation.core.exports import Kind
from innovation.core.figures import unit_behind
from innovation.core.icons import status_html
from innovation.core.money import format_fen
from innovation.core.tables import Table, TableColumn
from innovation.core.views import Crumb, TableView

LATE = timedelta(days=60)
"""An event recorded this long after its value date is marked as late: it changed figures already read."""


def standing(event: LedgerEvent) -> str:
    """Whether an event still counts, in words."""
    if event.reverses_id is not None:
        return gettext("Takes back no. %(seq)s") % {"seq": event.reverses.seq}
    if event.is_taken_back:
        return gettext("Taken back")
    return gettext("Recorded late") if event.recorded_at.date() - event.value_date > LATE else ""


def standing_html(event: LedgerEvent) -> SafeString | str:
    """The same as a tag where there is something to say."""
    text = standing(event)
    if not text:
        return ""
    tone = Tone.NOTICE if event.reverses_id is None and not event.is_taken_back else Tone.IDLE
    return format_html("{}", status_html(Status(text, tone)))


def subject_link(event: LedgerEvent) -> str | None:
    """The page of the holding or award that an event names."""
    if event.award is not None:
        return event.award.get_absolute_url()
    return reverse("funds:holding", args=[event.investment_id]) if event.investment_id else None


EVENT_COLUMNS = (
    TableColumn(
        _("No."),
        "seq",
        Kind.INTEGER,
        key="seq",
        order_by=("seq",),
        link=lambda row: reverse("funds:entry", args=[row.pk]),
    ),
    TableColumn(_("Value date"), "value_date", Kind.DATE, key="date", order_by=("value_date", "seq")),
    TableColumn(_("Recorded"), "recorded_at", Kind.DATETIME, key="recorded", order_by=("recorded_at", "seq")),
    TableColumn(_("Event"), lambda row: row.get_kind_display(), key="kind", order_by=("kind",), heading=True),
    TableColumn(_("Standing"), standing, key="standing", cell=standing_html),
)
AMOUNT_COLUMNS = (
    TableColumn(_("Amount"), "amount_fen", Kind.MONEY, key="amount_fen", order_by=("amount_fen",)),
    TableColumn(
        _("Cost relieved"), "cost_relieved_fen", Kind.MONEY, key="cost_relieved_fen", order_by=("cost_relieved_fen",)
    ),
    TableColumn(_("Realised loss"), "loss_fen", Kind.MONEY, key="loss_fen", order_by=("loss_fen",)),
    TableColumn(_("Source document"), "document", key="document", unknown=_("None named")),
    TableColumn(_("Reason"), "reason", key="reason", unknown=_("None given")),
)
HOLDING_COLUMN = TableColumn(
    _("Holding or award"),
    lambda row: (row.investment or row.award) and str(row.investment or row.award),
    key="holding",
    order_by=("investment__code", "award__code"),
    link=subject_link,
    unknown=_("Event of the fund itself"),
)


class Ledger(MomentPage, TableView):
    """The events of one fund that count at a moment, reversals beside what they take back, with their sums."""

    template_name = "funds/ledger.html"
    form_class = MomentForm
    filterset_class = LedgerFilters
    default_sort = "-seq"
    columns = (*EVENT_COLUMNS, HOLDING_COLUMN, *AMOUNT_COLUMNS)
    empty_title = _("No event counts at this moment")
    empty_text = _("Choose a later day, or import the portfolio of this fund.")

    @cached_property
    def fund(self) -> Fund:
        fund = Fund.objects.visible_to(self.request.user).filter(pk=self.kwargs["pk"]).first()
        if fund is None:
            raise Http404
        return fund

    def get_title(self) -> str:
        return gettext("Ledger of %(fund)s") % {"fund": self.fund.name}

    def breadcrumbs(self) -> Sequence[Crumb]:
        fund = (self.fund.name, reverse("funds:fund", args=[self.fund.pk]))
        return [(_("Funds"), reverse("funds:funds")), fund, (gettext("Ledger"), None)]

    def get_queryset(self) -> QuerySet[LedgerEvent]:
        events = counted(self.moment).filter(fund=self.fund)
        return events.select_related("investment__company", "award__recipient", "reverses")

    def table_options(self) -> dict[str, Any]:
        return {"totals": sums, "as_of": self.as_of, "known_at": self.known_at, "refusal": self.refusal}

    def get_context_data(self, *, table: Table, **kwargs: Any) -> dict[str, Any]:
        may_record = self.request.user.has_perm("funds.add_ledgerevent")
        return super().get_context_data(
            table=table, fund=self.fund, sum_facts=self.sum_facts(table), may_record=may_record, **kwargs
        )

    def sum_facts(self, table: Table) -> list[Fact]:
        """The figure that the listed events make, for the whole fund and for the government's share of it."""
        figure = FIGURES.get(self.request.GET.get("figure", ""))
        if figure is None or table.filterset is None:
            return []
        unit = unit_of(self.request)
        total = sums(table.filterset.qs)[figure.column]
        share = self.fund.government_share
        behind = unit_behind(unit)
        return [
            Fact(
                gettext("%(figure)s, whole fund: the sum of these events") % {"figure": figure.label},
                f"{format_fen(total, unit)} {behind}",
            ),
            Fact(gettext("Government share of the fund"), words.share_words(share)),
            Fact(gettext("Part of the government"), f"{format_fen(fen(total * share), unit)} {behind}"),
        ]
