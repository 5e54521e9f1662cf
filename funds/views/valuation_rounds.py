"""Valuation rounds: the list, one round with every live holding, opening and locking."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from funds.actions.valuation_rounds import lock_round, open_round
from funds.forms.valuations import OpenRoundForm
from funds.models import ValuationRound
from funds.models.visibility import sees_funds
from funds.queries.valuation_work import LINE_STATES, VALUED, Line, lines_of, progress_of
from funds.views.valuation_words import TONES
from funds.views.valuations import prepares
from innovation.core.components import Fact, Status, Tone
from innovation.core.exports import Kind
from innovation.core.icons import status_html
from innovation.core.tables import Table, TableColumn
from innovation.core.views import ConfirmPage, Crumb, FormPage, PageView, TableView


def opens_rounds(user: Any) -> bool:
    return bool(user.is_authenticated and user.has_perm("funds.add_valuationround"))


def locks_rounds(user: Any) -> bool:
    return bool(user.is_authenticated and user.has_perm("funds.lock_valuationround"))


def round_status(state: str) -> Status:
    locked = state == ValuationRound.State.LOCKED
    return Status(ValuationRound.State(state).label, Tone.OK if locked else Tone.INFO)


def _trail(*last: Crumb) -> list[Crumb]:
    return [(_("Valuations"), reverse("funds:valuations")), *last]


class RoundList(TableView):
    """All quarter ends, the last one first."""

    title = _("Valuation rounds")
    lead = _("At each quarter end every live holding gets a fair value; the round is locked when all are approved.")
    template_name = "funds/valuations/rounds.html"
    allowed = staticmethod(sees_funds)
    default_sort = "-quarter"
    empty_title = _("No round was opened yet")
    empty_text = _("The clock opens one after each quarter; an officer may open an earlier one.")
    columns = (
        TableColumn(
            _("Quarter end"), "quarter_end", Kind.DATE, key="quarter", order_by=("quarter_end",), heading=True,
            link=lambda row: row.get_absolute_url(),
        ),
        TableColumn(
            _("State"), lambda row: row.get_state_display(), key="state", order_by=("state",),
            cell=lambda row: status_html(round_status(row.state)),
        ),
        TableColumn(_("Due on"), "due_on", Kind.DATE, key="due", order_by=("due_on",)),
        TableColumn(_("Opened"), "opened_at", Kind.DATETIME, key="opened"),
        TableColumn(_("Locked"), "locked_at", Kind.DATETIME, key="locked", unknown=_("Not locked")),
        TableColumn(_("Locked by"), lambda row: str(row.locked_by or ""), key="by"),
    )  # fmt: skip

    def get_queryset(self) -> Any:
        return ValuationRound.objects.visible_to(self.request.user).select_related("locked_by")

    def breadcrumbs(self) -> Sequence[Crumb]:
        return _trail((self.title, None))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(may_open=opens_rounds(self.request.user), **kwargs)


class RoundMixin:
    """The round that the address names."""

    @cached_property
    def round(self) -> ValuationRound:
        rows = ValuationRound.objects.visible_to(self.request.user).select_related("locked_by", "opened_by")
        found = rows.filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found

    @cached_property
    def lines(self) -> list[Line]:
        return lines_of(self.round.quarter_end)


class RoundPage(RoundMixin, PageView):
    """Every live holding of the quarter with its value, or the work on it, or the way to begin."""

    template_name = "funds/valuations/round.html"
    allowed = staticmethod(sees_funds)

    def get_title(self) -> str:
        return str(self.round)

    def breadcrumbs(self) -> Sequence[Crumb]:
        return _trail((RoundList.title, reverse("funds:valuation_rounds")), (self.round.quarter_end.isoformat(), None))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.table.export_format:
            return self.table.export()
        return super().get(request, *args, **kwargs)

    @cached_property
    def table(self) -> Table:
        return Table(
            self.request, line_columns(self.round, may_start=prepares(self.request.user)), self.lines,
            gettext("What is due"), name="lines",
            default_sort="fund", empty_title=_("No holding was live at this quarter end"), as_of=self.round.quarter_end,
        )  # fmt: skip

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        progress = progress_of(self.lines)
        total, done = len(self.lines), progress[VALUED]
        return super().get_context_data(
            round=self.round,
            status=round_status(self.round.state),
            next_step=ValuationRound.state_names[self.round.state].next_step,
            facts=self.facts(total, done),
            percent=100 * done // total if total else 100,
            counts=[(LINE_STATES[state], progress[state]) for state in LINE_STATES if progress[state]],
            table=self.table,
            may_lock=self.round.state == "OPEN" and total == done and locks_rounds(self.request.user),
            **kwargs,
        )

    def facts(self, total: int, done: int) -> list[Fact]:
        row = self.round
        return [
            Fact(_("Due on"), row.due_on.isoformat()),
            Fact(_("Holdings with an approved value"), f"{done} / {total}"),
            Fact(_("Locked by"), f"{row.locked_by} · {row.locked_at:%Y-%m-%d}" if row.locked_by else None,
                 unknown=_("Not locked")),
        ]  # fmt: skip


def line_columns(row: ValuationRound, *, may_start: bool) -> tuple[TableColumn, ...]:
    """The columns of a round; the holding leads to its paper or value, or for who prepares values to a new paper."""

    def link(line: Line) -> str:
        if line.paper is not None:
            return line.paper.get_absolute_url()
        if line.value is not None or not may_start:
            return reverse("funds:holding", args=[line.investment.pk])
        query = urlencode({"investment": line.investment.pk, "valid_at": row.quarter_end.isoformat()})
        return f"{reverse('funds:valuation_start')}?{query}"

    return (
        TableColumn(_("Fund"), lambda line: line.investment.fund.code, key="fund", order_by=("fund",)),
        TableColumn(
            _("Holding"), lambda line: f"{line.investment.code} {line.investment.company.name}", key="holding",
            order_by=("holding",), link=link, heading=True,
        ),
        TableColumn(
            _("State"), lambda line: str(line.state_label), key="state", order_by=("state",),
            cell=lambda line: status_html(Status(line.state_label, TONES[line.state])),
        ),
        TableColumn(_("Remaining cost"), "remaining", Kind.MONEY, key="remaining", order_by=("remaining",)),
        TableColumn(
            _("Value before"), lambda line: line.previous.fair_value_fen if line.previous else None, Kind.MONEY,
            key="before", unknown=_("Never valued"),
        ),
        TableColumn(
            _("Fair value"), lambda line: line.value.fair_value_fen if line.value else None, Kind.MONEY, key="value",
            unknown=_("No approved value yet"),
        ),
        TableColumn(
            _("Prepared by"), lambda line: str(line.paper.prepared_by) if line.paper else "", key="by",
            unknown=_("No paper of this round"),
        ),
    )  # fmt: skip


class OpenRound(FormPage):
    title = _("Open a round")
    allowed = staticmethod(opens_rounds)
    form_class = OpenRoundForm
    submit_label = _("Open the round")

    def breadcrumbs(self) -> Sequence[Crumb]:
        return _trail((RoundList.title, reverse("funds:valuation_rounds")), (self.title, None))

    def act(self, form: BaseForm) -> None:
        self.made = open_round(
            actor=self.request.user, **{name: form.cleaned_data[name] for name in OpenRoundForm.base_fields}
        )

    def get_success_url(self) -> str:
        return self.made.get_absolute_url()


class LockRound(RoundMixin, ConfirmPage):
    allowed = staticmethod(locks_rounds)
    submit_label = _("Lock the round")
    warning = _("A locked round is never opened again: a later value of the quarter needs a reason.")

    def get_title(self) -> str:
        return gettext("Lock: %(round)s") % {"round": self.round}

    def facts(self) -> Sequence[Fact]:
        done = progress_of(self.lines)[VALUED]
        return [Fact(_("Holdings with an approved value"), f"{done} / {len(self.lines)}")]

    def act(self, form: BaseForm) -> None:
        lock_round(round_id=self.round.pk, actor=self.request.user)

    def get_success_url(self) -> str:
        return self.round.get_absolute_url()
