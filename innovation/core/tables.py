"""One description of a list: its columns, filters, order and page on screen, and the same rows as a file."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import F, Model, QuerySet
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django_filters import FilterSet

from innovation.core import exports, figures
from innovation.core.display import unit_of
from innovation.core.exports import Kind
from innovation.core.money import Unit, format_fen
from innovation.core.search_pages import SearchPages

Text = str | Promise
PAGE_SIZES = (25, 50, 100, 200)
NUMERIC = frozenset({Kind.INTEGER, Kind.NUMBER, Kind.MONEY, Kind.PERCENT})
EXPORT_CHUNK = 2_000


@dataclass(frozen=True)
class TableColumn(exports.Column):
    """A column on screen and in files.

    ``key`` names it in the address; ``order_by`` holds the ORM paths it sorts by (for lists of plain rows any true
    value makes it sort by its own value); ``link`` gives the address a cell opens; ``cell`` draws a cell itself,
    while files still get ``value``; ``unknown`` says why a value may be missing; ``decimals`` is for numbers. One with
    ``files_only`` has a place of its own in files alone: on screen another column's ``cell`` shows its value.
    """

    key: str = ""
    order_by: tuple[str, ...] = ()
    link: Callable[[Any], str | None] | None = None
    cell: Callable[[Any], SafeString | str] | None = None
    unknown: Text = ""
    decimals: int = 2
    heading: bool = False
    files_only: bool = False

    @property
    def is_numeric(self) -> bool:
        return self.kind in NUMERIC


@dataclass(frozen=True)
class Heading:
    label: str
    css: str
    url: str | None
    direction: str  # "", "ascending" or "descending": the value of aria-sort
    key: str


@dataclass(frozen=True)
class Cell:
    """``label`` repeats the heading of its column, which a narrow screen shows beside the value."""

    label: str
    html: SafeString | str
    css: str
    heading: bool


@dataclass(frozen=True)
class Applied:
    """A filter in force: its words, and the address of the list without it."""

    label: str
    value: str
    without: str


@dataclass
class Table:
    """A list for one request. ``rows`` is a queryset (filtered by ``filterset_class``) or a sequence of plain rows.

    ``name`` keeps the parameters of several tables of one page apart; the only table of a page needs none.
    ``totals`` gives the value of each column key in the last line, computed over all filtered rows.
    ``refusal`` says why no file may be made of these rows; they are shown all the same.
    ``searched`` says that few of many rows are wanted: they are found, counted and put in order in one statement.
    """

    request: HttpRequest
    columns: Sequence[TableColumn]
    rows: QuerySet[Any] | Sequence[Any]
    caption: Text
    name: str = ""
    filterset_class: type[FilterSet] | None = None
    default_sort: str = ""
    page_sizes: Sequence[int] = PAGE_SIZES
    empty_title: Text = ""
    empty_text: Text = ""
    totals: Callable[[Any], Mapping[str, Any]] | None = None
    as_of: date | None = None
    known_at: datetime | None = None
    notes: Sequence[Text] = ()
    export_name: Text = ""
    refusal: Text = ""
    searched: bool = False
    filterset: FilterSet | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.unit = unit_of(self.request)
        self._filtered = self.rows
        if self.filterset_class:
            self.filterset = self.filterset_class(
                self.request.GET or None, queryset=self.rows, request=self.request, prefix=self.name or None
            )
            self._filtered = self.filterset.qs
        self._page: Page | None = None

    # ── State in the address ─────────────────────────────────────────────────────────────────────
    def parameter(self, name: str) -> str:
        return f"{self.name}-{name}" if self.name else name

    @property
    def id(self) -> str:
        return f"table-{self.name}" if self.name else "table"

    def url(self, **changes: Any) -> str:
        """This address with some of the table's parameters changed; None removes one."""
        query = self.request.GET.copy()
        query.pop(self.parameter("export"), None)
        for name, value in changes.items():
            _set(query, self.parameter(name), value)
        return f"?{query.urlencode()}"

    def kept_parameters(self) -> list[tuple[str, str]]:
        """What the filter form sends on unchanged: everything in the address that it has no field or reset for."""
        own = {self.parameter("page"), self.parameter("export"), self.parameter("size")}
        if self.filterset:
            own |= {name for key in self.filterset.form.fields for name in self._names(key)}
        return [(key, value) for key, values in self.request.GET.lists() if key not in own for value in values]

    def _names(self, key: str) -> list[str]:
        """The parameters of filter ``key``: its own name, and those of a range's two ends."""
        name = self.filterset.form.add_prefix(key)
        widget = self.filterset.form.fields[key].widget
        ends = [f"{name}{suffix}" for suffix in getattr(widget, "widgets_names", [])]
        return [name, *ends, *(f"{name}_{suffix}" for suffix in getattr(widget, "suffixes", []))]

    # ── Order and page ───────────────────────────────────────────────────────────────────────────
    @property
    def sort(self) -> tuple[TableColumn | None, bool]:
        """The column the list is sorted by and whether downwards."""
        asked = self.request.GET.get(self.parameter("sort"), self.default_sort)
        for text in (asked, self.default_sort):
            column = next((c for c in self.columns if c.order_by and c.key == text.removeprefix("-")), None)
            if column:
                return column, text.startswith("-")
        return None, False

    def ordered(self) -> Any:
        """All filtered rows in the order of the screen; unknown values last, ties by the record's number."""
        column, downwards = self.sort
        if not isinstance(self._filtered, QuerySet):
            return _sorted_rows(self._filtered, column, downwards)
        if column is None:
            return self._filtered if self._filtered.ordered else self._filtered.order_by("pk")
        paths = [F(path.removeprefix("-")) for path in column.order_by]
        order = [path.desc(nulls_last=True) if downwards else path.asc(nulls_last=True) for path in paths]
        return self._filtered.order_by(*order, "pk")

    @property
    def size(self) -> int:
        asked = self.request.GET.get(self.parameter("size"), "")
        return int(asked) if asked.isdecimal() and int(asked) in self.page_sizes else self.page_sizes[0]

    @property
    def page(self) -> Page:
        if self._page is None:
            pages = (SearchPages if self.searched else Paginator)(self.ordered(), self.size)
            self._page = pages.get_page(self.request.GET.get(self.parameter("page")))
        return self._page

    @property
    def count(self) -> int:
        return self.page.paginator.count

    def page_links(self) -> list[tuple[int | None, str]]:
        """Page numbers with addresses; None stands for a gap."""
        pages = self.page.paginator
        numbers = pages.get_elided_page_range(self.page.number, on_each_side=1, on_ends=1)
        return [(n, self.url(page=n)) if isinstance(n, int) else (None, "") for n in numbers]

    @property
    def previous_url(self) -> str:
        return self.url(page=self.page.previous_page_number()) if self.page.has_previous() else ""

    @property
    def next_url(self) -> str:
        return self.url(page=self.page.next_page_number()) if self.page.has_next() else ""

    def size_links(self) -> list[tuple[int, str, bool]]:
        return [(size, self.url(size=size, page=None), size == self.size) for size in self.page_sizes]

    # ── What the template draws ──────────────────────────────────────────────────────────────────
    @property
    def on_screen(self) -> list[TableColumn]:
        return [column for column in self.columns if not column.files_only]

    def headings(self) -> list[Heading]:
        sorted_by, downwards = self.sort
        result = []
        for column in self.on_screen:
            url, direction = None, ""
            if column.order_by:
                current = column is sorted_by
                direction = ("descending" if downwards else "ascending") if current else ""
                url = self.url(sort=f"-{column.key}" if current and not downwards else column.key, page=None)
            result.append(
                Heading(self._label(column), "number" if column.is_numeric else "", url, direction, column.key)
            )
        return result

    def _label(self, column: TableColumn) -> str:
        return f"{column.label} ({self.unit.label})" if column.kind is Kind.MONEY else str(column.label)

    def body(self) -> list[list[Cell]]:
        shown = [(column, self._label(column), _css(column)) for column in self.on_screen]
        return [
            [Cell(label, self._drawn(column, row), css, column.heading) for column, label, css in shown]
            for row in self.page.object_list
        ]

    def body_html(self) -> SafeString:
        """The rows of the page. Drawn here and not by the template, which would take most of a page's time."""
        opened: dict[tuple[str, bool], str] = {}
        rows = []
        for cells in self.body():
            parts = []
            for cell in cells:
                start = opened.get((cell.label, cell.heading))
                if start is None:
                    start = opened[cell.label, cell.heading] = _opening(cell)
                parts.append(f"{start}{conditional_escape(cell.html)}</{'th' if cell.heading else 'td'}>")
            rows.append(f'<tr role="row">{"".join(parts)}</tr>')
        return mark_safe("\n".join(rows))  # noqa: S308 - each part is escaped

    def foot(self) -> list[Cell]:
        """The line of totals over all filtered rows; empty without ``totals``."""
        if self.totals is None or not self.count:
            return []
        values = self.totals(self._filtered)
        cells = [
            Cell(
                self._label(column),
                show(values[column.key], column, self.unit) if column.key in values else "",
                "number" if column.is_numeric else "",
                heading=False,
            )
            for column in self.on_screen
        ]
        return [Cell("", _("Total of %(count)s rows") % {"count": f"{self.count:,}"}, "", heading=True), *cells[1:]]

    def _drawn(self, column: TableColumn, row: Any) -> SafeString | str:
        html = column.cell(row) if column.cell else show(column.read(row), column, self.unit)
        address = column.link(row) if column.link else None
        return format_html('<a href="{}">{}</a>', address, html) if address else html

    def applied(self) -> list[Applied]:
        """The filters in force, in words."""
        if not self.filterset or not self.filterset.is_bound:
            return []
        form, result = self.filterset.form, []
        form.is_valid()
        for key, value in form.cleaned_data.items():
            if value in (None, "", []) or (hasattr(value, "exists") and not value):
                continue
            query = self.request.GET.copy()
            for name in (*self._names(key), self.parameter("page")):
                query.pop(name, None)
            label = form.fields[key].label or key
            result.append(Applied(str(label), _in_words(value, form.fields[key]), f"?{query.urlencode()}"))
        return result

    # ── Files ────────────────────────────────────────────────────────────────────────────────────
    @property
    def export_format(self) -> str:
        asked = self.request.GET.get(self.parameter("export"), "")
        return asked if asked in {"csv", "xlsx"} else ""

    @property
    def no_file(self) -> Text:
        """Why these rows cannot be had as a file, since they are not those that were asked for; empty if they can."""
        if self.refusal:
            return self.refusal
        wrong = self.filterset is not None and self.filterset.is_bound and not self.filterset.form.is_valid()
        return _("No files: a filter is wrong. Correct it first.") if wrong else ""

    def export_links(self) -> list[tuple[str, str]]:
        return [("CSV", self.url(export="csv", page=None)), ("XLSX", self.url(export="xlsx", page=None))]

    def export(self) -> HttpResponseBase:
        """The rows of the screen, all pages, same filters, order and unit, as the asked file."""
        rows: Iterable[Any] = self.ordered()
        if isinstance(rows, QuerySet):
            rows = rows.iterator(chunk_size=EXPORT_CHUNK)
        title = str(self.export_name or self.caption)
        table = exports.Table(
            title=title,
            columns=self.columns,
            rows=rows,
            as_of=self.as_of,
            known_at=self.known_at,
            filters=[(applied.label, applied.value) for applied in self.applied()],
            unit=self.unit,
            notes=self.notes,
        )
        name = exports.file_stamp(title, self.as_of)
        if self.export_format == "xlsx":
            return exports.xlsx_response(table, file_name=name)
        return exports.csv_response(table, name)


def _css(column: TableColumn) -> str:
    return "number" if column.is_numeric else "day" if column.kind is Kind.DATE else ""


def _opening(cell: Cell) -> str:
    css = format_html(' class="{}"', cell.css) if cell.css else ""
    if cell.heading:
        return f'<th scope="row" role="rowheader"{css}>'
    return format_html('<td role="cell"{} data-label="{}">', css, cell.label)


def show(value: Any, column: TableColumn, unit: Unit) -> SafeString | str:
    """One value as people read it, escaped."""
    if value is None or value == "":
        return figures.unknown(column.unknown)
    return _SHOWN[column.kind](value, column, unit)


_SHOWN: dict[Kind, Callable[[Any, TableColumn, Unit], SafeString | str]] = {
    Kind.TEXT: lambda value, column, unit: conditional_escape(value),
    Kind.MONEY: lambda value, column, unit: format_fen(value, unit),
    Kind.PERCENT: lambda value, column, unit: figures.percent_text(value),
    Kind.INTEGER: lambda value, column, unit: figures.number_text(value),
    Kind.NUMBER: lambda value, column, unit: figures.number_text(value, column.decimals),
    Kind.DATE: lambda value, column, unit: value.isoformat(),
    Kind.DATETIME: lambda value, column, unit: timezone.localtime(value).strftime("%Y-%m-%d %H:%M"),
    Kind.BOOLEAN: lambda value, column, unit: _("yes") if value else _("no"),
}


def _set(query: QueryDict, name: str, value: Any) -> None:
    if value is None:
        query.pop(name, None)
    else:
        query[name] = str(value)


def _sorted_rows(rows: Sequence[Any], column: TableColumn | None, downwards: bool) -> Sequence[Any]:
    """Plain rows by the values of ``column``; unknown ones last in both directions."""
    if column is None:
        return rows
    known = [row for row in rows if column.read(row) is not None]
    missing = [row for row in rows if column.read(row) is None]
    return sorted(known, key=column.read, reverse=downwards) + missing


def _in_words(value: Any, form_field: Any) -> str:
    """A filter's value as people read it: the label of a choice, the names of records, a range's two ends."""
    if isinstance(value, slice):
        return f"{'' if value.start is None else value.start} – {'' if value.stop is None else value.stop}"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Model):
        return str(value)
    if isinstance(value, list | tuple | QuerySet):
        return ", ".join(_in_words(part, form_field) for part in value)
    labels = {str(key): str(label) for key, label in getattr(form_field, "choices", None) or [] if key is not None}
    return labels.get(str(value), str(value))
