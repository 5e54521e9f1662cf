"""Funds side by side, at two times of the reader's choice."""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from funds.forms import MomentForm
from funds.forms.moments import LARGEST_KEY
from funds.queries.compare import MOST, Compared, candidates, compare
from funds.reports.compare import CompareRow, Shown, compare_rows
from funds.reports.results import at_moment
from funds.views.funds import FundList
from funds.views.moments import MomentPage
from innovation.core import figures
from innovation.core.display import unit_of
from innovation.core.tables import Table, TableColumn
from innovation.core.views import Crumb


class CompareForm(MomentForm):
    """A group, where no single funds are ticked."""

    group = forms.IntegerField(required=False, min_value=1, max_value=LARGEST_KEY, label=_("Group"))


def shown_cell(number: int) -> Callable[[CompareRow], SafeString | str]:
    """The figure of one fund as a link to its own page; a dash with its reason where there is none."""

    def cell(row: CompareRow) -> SafeString | str:
        found: Shown = row.cells[number]
        return format_html('<a href="{}">{}</a>', found.href, found.text) if found.text else figures.unknown(found.why)

    return cell


def compare_columns(found: Sequence[Compared]) -> list[TableColumn]:
    """What is compared, then one column a fund."""
    columns = [
        TableColumn(_("Part"), "part", key="part"),
        TableColumn(_("Figure"), "label", key="label", heading=True),
    ]
    return columns + [
        TableColumn(each.fund.name, lambda row, n=number: row.cells[n].text, key=f"fund-{each.fund.pk}",
                    cell=shown_cell(number))
        for number, each in enumerate(found)
    ]  # fmt: skip


class ComparePage(MomentPage):
    """Up to six ticked funds, or the funds of a group, each figure a link to the page it comes from."""

    template_name = "funds/compare.html"
    title = _("Funds side by side")
    form_class: Any = CompareForm

    @property
    def asked(self) -> list[int]:
        """The keys of the ticked funds; what is no key is left out."""
        return [int(key) for key in self.request.GET.getlist("fund") if key.isdecimal() and int(key) <= LARGEST_KEY]

    @cached_property
    def found(self) -> list[Compared]:
        rows = candidates(self.request.user, self.moment, funds=self.asked, group=self.form.cleaned_data.get("group"))
        return compare(rows, self.moment)

    @property
    def note(self) -> str:
        """Says that more was asked for than stands side by side."""
        if len(set(self.asked)) <= MOST and len(self.found) < MOST:
            return ""
        return gettext("At most %(most)s funds stand side by side: the first by code.") % {"most": MOST}

    @cached_property
    def table(self) -> Table:
        return Table(
            self.request, compare_columns(self.found), compare_rows(self.found, self.moment, unit_of(self.request)),
            self.title, as_of=self.as_of, known_at=self.known_at, refusal=self.refusal, page_sizes=(50,),
            notes=[self.note] if self.note else [],
        )  # fmt: skip

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(FundList.title, reverse("funds:funds")), (self.title, None)]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.respond([self.table])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        performance = at_moment(reverse("funds:performance"), self.moment)
        return super().get_context_data(
            found=self.found, table=self.table, note=self.note, performance_url=performance, **kwargs
        )
