"""The ratio board for managers and the talent office: one month end by one definition."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from innovation.core.components import Status, Tone
from innovation.core.display import unit_of
from innovation.core.exports import Kind
from innovation.core.icons import status_html
from innovation.core.tables import Table, TableColumn
from innovation.core.views import Crumb, PageView
from innovation.reports.content import ReportData, Section
from innovation.reports.rendering.view import shown
from talent.choices.ratio import BandFlag
from talent.forms.ratio import BoardForm
from talent.models import RatioDefinition, RatioMonthEnd
from talent.models.visibility import sees_talent_figures
from talent.queries.ratio import Board, Line, Scope, alternates, board_of, latest_month, past_of
from talent.reports import ratio as reports
from talent.reports.support_ratio import CODE, chosen_definition, scope_words, workload_tables
from talent.rules.support_ratio import Band
from talent.views.ratio_bars import need_bar, ratio_dot, scale_of

TITLE = reports.TITLE
PAGES = (20, 50, 100, 200)


def _band_tag(line: Line) -> str:
    flag = line.answer.band_flag
    if flag is None:
        return status_html(Status(line.answer.status.label, Tone.IDLE))
    return status_html(Status(BandFlag(flag).label, Tone(reports.FLAGS[BandFlag(flag)])))


def laboratory_columns(lines: tuple[Line, ...], band: Band, *, named: bool) -> list[TableColumn]:
    """The columns of a table of laboratories; ``named`` tells the organisation too."""
    end, none = scale_of(lines), reports.REASONS["unknown"]

    def answer(name: str) -> Any:
        return lambda line: getattr(line.answer, name)

    columns = [
        TableColumn(_("Laboratory"), reports.name_of, key="name", order_by=("name",), heading=True),
        TableColumn(_("Organisation"), lambda line: line.organisation.name, key="organisation", order_by=("o",)),
        TableColumn(_("P (full-time)"), lambda line: _posts(line.figures.p_fte_centi), Kind.NUMBER, key="p",
                    order_by=("p",), unknown=none),
        TableColumn(_("S (full-time)"), lambda line: _posts(line.figures.s_fte_centi), Kind.NUMBER, key="s",
                    order_by=("s",), unknown=none),
        TableColumn(_("Needed posts"), answer("required_posts"), Kind.INTEGER, key="needed", order_by=("n",),
                    unknown=none),
        TableColumn(_("Missing posts"), answer("gap_posts"), Kind.INTEGER, key="gap", order_by=("g",), unknown=none),
        TableColumn(_("In place, missing, above"), answer("gap"), Kind.NUMBER, key="bar",
                    cell=lambda line: need_bar(line, end), unknown=none),
        TableColumn(_("Coverage"), answer("coverage"), Kind.PERCENT, key="coverage", order_by=("c",), unknown=none),
        TableColumn(_("Per ten"), answer("ratio_per_10"), Kind.NUMBER, key="ratio", order_by=("r",), unknown=none,
                    cell=lambda line: ratio_dot(line.answer.ratio_per_10, band)),
        TableColumn(_("Band"), lambda line: str((line.answer.band_flag or line.answer.status).label), key="band",
                    cell=_band_tag),
        TableColumn(_("List complete as of"), "declared_on", Kind.DATE, key="declared", order_by=("d",),
                    unknown=_("The organisation has not said so.")),
    ]  # fmt: skip
    return [column for column in columns if named or column.key != "organisation"]


def _posts(centi: int | None) -> Any:
    return None if centi is None else reports.fte(centi).value


class RatioScope:
    """Mixin of pages whose address names a month end, a definition, an organisation or a programme."""

    request: HttpRequest
    allowed = staticmethod(sees_talent_figures)

    @cached_property
    def asked(self) -> BoardForm:
        form = BoardForm(self.request.GET, auto_id="%s")
        form.is_valid()
        return form

    @cached_property
    def month(self) -> RatioMonthEnd | None:
        return self.asked.cleaned_data.get("as_of") or latest_month()

    @cached_property
    def scope(self) -> Scope:
        data = self.asked.cleaned_data
        return Scope(data.get("organisation"), data.get("programme"))

    @cached_property
    def definition(self) -> RatioDefinition | None:
        code = self.asked.cleaned_data.get("definition") or ""
        return None if self.month is None else chosen_definition(self.month, code)

    @cached_property
    def board(self) -> Board | None:
        if self.month is None or self.definition is None:
            return None
        return board_of(self.month, self.definition, self.scope)

    def scope_query(self) -> dict[str, Any]:
        """What the address says of the scope, for links to pages of the same scope."""
        names = ("as_of", "definition", "organisation", "programme")
        return {name: self.request.GET[name] for name in names if self.request.GET.get(name)}

    def url(self, name: str) -> str:
        query = self.scope_query()
        return reverse(f"talent:{name}") + (f"?{urlencode(query)}" if query else "")

    def draw(self, *sections: Section) -> Any:
        return shown(ReportData("", sections), unit_of(self.request), links=True).sections


class RatioBoard(RatioScope, PageView):
    """How many supporting staff stand beside ten professionals, and what is missing."""

    title = TITLE
    template_name = "talent/ratio/board.html"

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(TITLE, None)]

    @cached_property
    def table(self) -> Table | None:
        board = self.board
        if board is None:
            return None
        return Table(
            self.request, laboratory_columns(board.lines, board.definition.band, named=True), board.lines,
            _("Laboratories"), default_sort="-gap", page_sizes=PAGES, as_of=board.as_of,
            notes=reports.definition_notes(board.definition), export_name=_("Ratio of supporting staff"),
            empty_title=_("No laboratory here"), empty_text=_("No laboratory of this scope has kept figures."),
        )  # fmt: skip

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.respond([self.table] if self.table else [])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = {"asked": self.asked, "month": self.month, "board": self.board}
        if self.month is not None and self.board is not None:
            context |= self.shown_board(self.month, self.board)
        return super().get_context_data(**context | kwargs)

    def report_url(self) -> str:
        """Where the same board is asked for as files."""
        query = {name: value for name, value in self.scope_query().items() if name != "as_of"}
        if self.month is not None:
            query["as_of"] = self.month.as_of.isoformat()
        return f"{reverse('reports:ask', args=[CODE])}?{urlencode(query)}"

    def shown_board(self, month: RatioMonthEnd, board: Board) -> dict[str, Any]:
        """Headline, tables and what they mean."""
        past = past_of(month, board.definition, board.scope)
        several = len(board.organisations) > 1
        parts = [
            reports.board_section(board, past),
            Section("", tables=(reports.organisations_table(board),) if several else ()),
            Section(
                "",
                tables=(reports.alternates_table(alternates(month, board.definition, board.scope)),),
                notes=reports.definition_notes(board.definition),
            ),
            Section("", tables=workload_tables(board)),
        ]
        headline, organisations, meaning, workload = self.draw(*parts)
        return {
            "lead": reports.sentence(board), "headline": headline, "meaning": meaning, "workload": workload,
            "organisations": organisations if several else None, "table": self.table,
            "scope_name": scope_words(board.scope), "days_old": (timezone.localdate() - board.as_of).days,
            "source_words": reports.source_words(board.definition), "target": reports.target_words(board.definition),
            "plan_url": self.url("ratio_plan"), "plans_url": reverse("talent:staff_plans"),
            "report_url": self.report_url(), "within": board.gap_within_organisations,
        }  # fmt: skip
