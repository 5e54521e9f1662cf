"""The history of status: what every rule answered at kept month ends."""

from collections.abc import Sequence

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from funds.choices.tolerance import WarningLevel
from funds.filters.portfolio import ResultFilters
from funds.models import ToleranceResult
from funds.models.visibility import sees_funds
from funds.reports.tables import binding_title
from innovation.core.components import Status, Tone
from innovation.core.exports import Kind
from innovation.core.icons import status_html
from innovation.core.tables import TableColumn
from innovation.core.views import Crumb, TableView

TONES = {
    WarningLevel.NONE: Tone.IDLE, WarningLevel.GREEN: Tone.OK, WarningLevel.YELLOW: Tone.NOTICE,
    WarningLevel.ORANGE: Tone.NOTICE, WarningLevel.RED: Tone.BAD,
}  # fmt: skip


def result_status(row: ToleranceResult) -> Status:
    """Status in words, coloured by the level."""
    return Status(row.get_status_display(), TONES[WarningLevel(row.level)])


def subject_url(row: ToleranceResult) -> str:
    """The same question on the tolerance page, at the two times of the result."""
    scope = f"fund-{row.fund_id}" if row.fund_id else f"group-{row.group_id}"
    known_at = row.known_at.isoformat().replace("+", "%2B")
    return f"{reverse('funds:tolerance')}?scope={scope}&as_of={row.as_of}&known_at={known_at}"


class ResultList(TableView):
    """One line a fund or group, policy and kept month end."""

    title = _("History of status")
    lead = _("What every policy answered at the end of each month, as it was kept. Each row can be computed again.")
    allowed = staticmethod(sees_funds)
    filterset_class = ResultFilters
    default_sort = "-as_of"
    empty_title = _("No result is kept yet")
    empty_text = _("The monthly run keeps the first results after the month ends.")
    columns = (
        TableColumn(_("As of"), "as_of", Kind.DATE, key="as_of", order_by=("as_of", "pk")),
        TableColumn(
            _("Fund or group"), lambda row: (row.fund or row.group).name, key="subject", heading=True,
            order_by=("fund__code", "group__code", "as_of"), link=subject_url,
        ),
        TableColumn(
            _("Policy"), lambda row: row.document and binding_title(row.document), key="policy",
            unknown=_("No policy was in force"),
        ),
        TableColumn(
            _("Loss rate"), "rate", Kind.PERCENT, key="rate", order_by=("rate_bp",), unknown=_("Nothing invested")
        ),
        TableColumn(_("Cap in effect"), "cap_share", Kind.PERCENT, key="cap", unknown=_("No cap is tested.")),
        TableColumn(
            _("Status"), lambda row: row.get_status_display(), key="status", order_by=("status",),
            cell=lambda row: status_html(result_status(row)),
        ),
        TableColumn(_("Level"), lambda row: row.get_level_display(), key="level", order_by=("level",)),
        TableColumn(_("Binding"), "binding", Kind.BOOLEAN, key="binding"),
        TableColumn(_("Known at"), "known_at", Kind.DATETIME, key="known", order_by=("known_at",)),
    )  # fmt: skip

    def get_queryset(self) -> QuerySet[ToleranceResult]:
        rows = ToleranceResult.objects.visible_to(self.request.user)
        return rows.select_related("fund", "group", "document")

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(_("Funds"), reverse("funds:funds")), (self.title, None)]
