"""Lists of funds, holdings and books: what every figure of the tolerance page is made of."""

from collections.abc import Sequence

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from funds.filters import FundFilters
from funds.models import Fund
from funds.models.visibility import sees_funds
from innovation.core.exports import Kind
from innovation.core.tables import TableColumn
from innovation.core.views import Crumb, TableView


class FundList(TableView):
    """All funds with their terms."""

    title = _("Funds")
    lead = _("Government investment funds, their terms and managers.")
    allowed = staticmethod(sees_funds)
    filterset_class = FundFilters
    default_sort = "code"
    empty_title = _("No fund is recorded yet")
    empty_text = _("Fund officers record funds in the administration, or import a portfolio from a file.")
    columns = (
        TableColumn(_("Code"), "code", key="code", order_by=("code",)),
        TableColumn(_("Name"), "name", key="name", order_by=("name_zh",), heading=True),
        TableColumn(_("Class"), lambda row: row.get_fund_class_display(), key="class", order_by=("fund_class",)),
        TableColumn(_("State"), lambda row: row.get_state_display(), key="state", order_by=("state",)),
        TableColumn(_("Stage"), lambda row: row.get_stage_display() or _("Mixed"), key="stage", order_by=("stage",)),
        TableColumn(
            _("Manager"), lambda row: row.manager and row.manager.name, key="manager", unknown=_("Not recorded")
        ),
        TableColumn(_("Committed"), "committed_fen", Kind.MONEY, key="committed", order_by=("committed_fen",)),
        TableColumn(_("Government share"), "government_share", Kind.PERCENT, key="government"),
        TableColumn(_("Start of life"), "starts_on", Kind.DATE, key="start", order_by=("starts_on",)),
        TableColumn(
            _("End of life"), "ends_on", Kind.DATE, key="end", order_by=("ends_on",), unknown=_("No end is set")
        ),
    )

    def get_queryset(self) -> QuerySet[Fund]:
        return Fund.objects.visible_to(self.request.user).select_related("manager")

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(gettext("Start"), reverse("home")), (self.title, None)]
