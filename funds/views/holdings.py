"""The table of holdings: sortable, filterable, paged, exported; its contributions sum to the loss."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from funds.queries.portfolio import HoldingRow
from funds.reports import words
from funds.reports.amounts import parts_in_fen
from funds.reports.sections import Result
from funds.views.moments import same_times
from innovation.core.exports import Kind
from innovation.core.tables import Table, TableColumn

ONLY = (
    ("lost", gettext_lazy("Lost wholly")),
    ("loss", gettext_lazy("With a loss contribution")),
    ("held", gettext_lazy("Still held")),
)


@dataclass(frozen=True)
class HoldingLine:
    """One holding with its amounts in whole fen, so that they sum to the shown totals."""

    pk: int
    code: str
    company: str
    other_name: str
    fund: str
    stage: str
    stage_code: str
    cost: int
    relieved: int
    remaining: int
    fair_value: int
    realised_loss: int
    unrealised_loss: int
    contribution: int
    is_total_loss: bool
    fund_pk: int


def lines_of(rows: Sequence[HoldingRow]) -> list[HoldingLine]:
    """Rows ready to show; each column is rounded along its running total."""
    figures = [row.figures for row in rows]
    columns = [
        parts_in_fen(values)
        for values in (
            [f.cost for f in figures], [f.relieved for f in figures], [f.remaining for f in figures],
            [f.fair_value for f in figures], [f.realised_loss for f in figures],
            [row.unrealised_loss for row in rows], [row.contribution for row in rows],
        )
    ]  # fmt: skip
    return [
        HoldingLine(
            row.investment.pk,
            row.investment.code,
            row.investment.company.name,
            f"{row.investment.company.name_zh} {row.investment.company.name_en}",
            row.fund.name,
            words.stage_label(row.investment.stage),
            row.investment.stage,
            *amounts,
            is_total_loss=row.figures.is_total_loss,
            fund_pk=row.fund.pk,
        )
        for row, amounts in zip(rows, zip(*columns, strict=True), strict=True)
    ]


class HoldingFilters:
    """Filters of plain rows, with the parts of a FilterSet that ``core.tables`` asks for."""

    def __init__(
        self, data: Any, *, queryset: Sequence[HoldingLine], request: HttpRequest, prefix: str | None = None
    ) -> None:
        self.is_bound = data is not None
        self.form = HoldingFilterForm(data, prefix=prefix)
        stages = {line.stage_code: line.stage for line in queryset}
        self.form.fields["stage"].choices = [("", _("All")), *sorted(stages.items())]
        self._rows = queryset

    @property
    def qs(self) -> list[HoldingLine]:
        if not self.is_bound or not self.form.is_valid():
            return list(self._rows)
        asked = self.form.cleaned_data
        word = asked["q"].strip().casefold()
        return [
            line
            for line in self._rows
            if word in f"{line.code} {line.other_name}".casefold()
            and asked["stage"] in ("", line.stage_code)
            and _kept(line, asked["only"])
        ]


def _kept(line: HoldingLine, only: str) -> bool:
    return {"lost": line.is_total_loss, "loss": line.contribution > 0, "held": line.remaining > 0}.get(only, True)


class HoldingFilterForm(forms.Form):
    q = forms.CharField(label=gettext_lazy("Company or code"), required=False, max_length=80)
    stage = forms.ChoiceField(label=gettext_lazy("Stage"), required=False)
    only = forms.ChoiceField(label=gettext_lazy("Only"), required=False, choices=[("", gettext_lazy("All")), *ONLY])


def holdings_table(request: HttpRequest, result: Result, *, refusal: str) -> Table:
    """The holdings of a result as a list of the page, named ``holdings`` in the address."""
    view = result.view
    name = TableColumn(
        _("Company"), "company", key="company", order_by=("company",), heading=True,
        link=lambda line: holding_address(request, line.pk),
    )  # fmt: skip
    fund = TableColumn(
        _("Fund"), "fund", key="fund", order_by=("fund",),
        link=lambda line: same_times(request, f"{reverse('funds:tolerance')}?scope=fund-{line.fund_pk}"),
    )  # fmt: skip
    amounts = (
        (_("Cost"), "cost"), (_("Relieved"), "relieved"), (_("Remaining"), "remaining"),
        (_("Fair value"), "fair_value"), (_("Realised loss"), "realised_loss"),
        (_("Unrealised loss"), "unrealised_loss"), (_("Loss contribution"), "contribution"),
    )  # fmt: skip
    columns = [
        TableColumn(_("Code"), "code", key="code", order_by=("code",)),
        name,
        *([fund] if view.target.group is not None else []),
        TableColumn(_("Stage"), "stage", key="stage", order_by=("stage",)),
        *(TableColumn(label, key, Kind.MONEY, key=key, order_by=(key,)) for label, key in amounts),
    ]
    return Table(
        request,
        columns,
        lines_of(result.rows),
        _("Holdings"),
        name="holdings",
        filterset_class=HoldingFilters,
        default_sort="-contribution",
        totals=lambda lines: {key: sum(getattr(line, key) for line in lines) for _label, key in amounts},
        as_of=view.moment.as_of,
        known_at=view.moment.known_at,
        refusal=refusal,
        export_name=f"{words.name_of(view.target)} – {_('Holdings')}",
        empty_title=_("Nothing was invested by this day"),
        empty_text=_("Record an investment in the administration, or import a portfolio from a file."),
    )


def holding_address(request: HttpRequest, pk: int) -> str:
    """A holding's page at the same two times."""
    return same_times(request, reverse("funds:holding", args=[pk]))
