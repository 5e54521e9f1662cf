"""Grant money in words, figures and tables: awards with what was paid, returned and is left."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from funds.models import Fund, GrantAward
from funds.queries.grants import AwardLine, GrantTotals, RecipientYears, award_lines, recipient_years, totals_of
from funds.queries.sums import Moment
from innovation.core.components import Fact
from innovation.core.exports import Kind
from innovation.core.money import Unit, format_fen
from innovation.core.tables import TableColumn
from innovation.reports.choices import ColumnKind
from innovation.reports.content import Column, Count, Day, Figure, Money, Row, Section, Table, Text, Unknown

NO_RATE = gettext_lazy("Grant money is given away: it has neither cost nor fair value, no return and no loss rate.")


def grants_section(fund: Fund, moment: Moment) -> Section:
    """The awards of a grant fund at a moment, then what each recipient got by year. Four statements."""
    lines = award_lines(fund.pk, moment)
    return Section(
        _("Grants"),
        figures=totals_figures(totals_of(lines)),
        tables=(awards_table(lines), recipients_table(recipient_years(fund.pk, moment))),
        notes=(str(NO_RATE),),
    )


def totals_figures(totals: GrantTotals) -> tuple[Figure, ...]:
    return (
        Figure(_("Awards"), Count(totals.awards)),
        Figure(_("Granted"), Money(totals.granted)),
        Figure(_("Grants paid"), Money(totals.paid)),
        Figure(_("Grants returned"), Money(totals.returned)),
        Figure(_("Left to pay"), Money(totals.left), note=_("granted less paid, plus returned")),
    )


def awards_table(lines: Iterable[AwardLine]) -> Table:
    own = list(lines)
    columns = (
        Column(_("Award")), Column(_("Recipient")), Column(_("Title")), Column(_("Begins"), ColumnKind.DAY),
        Column(_("Years"), ColumnKind.COUNT), Column(_("Review on"), ColumnKind.DAY),
        Column(_("Granted"), ColumnKind.MONEY), Column(_("Paid"), ColumnKind.MONEY),
        Column(_("Returned"), ColumnKind.MONEY), Column(_("Left to pay"), ColumnKind.MONEY),
    )  # fmt: skip
    rows = tuple(
        Row(
            (
                Text(line.award.code), Text(line.award.recipient.name), Text(line.award.title),
                Day(line.award.starts_on), Count(line.award.years),
                Day(line.award.review_on) if line.award.review_on else Unknown(_("No review is set")),
                Money(line.award.committed_fen), Money(line.paid), Money(line.returned), Money(line.left),
            ),
            line.award.get_absolute_url(),
        )
        for line in own
    )  # fmt: skip
    return Table(_("Awards"), columns, rows, empty=_("No award was made yet."))


def grant_funds_table(found: Iterable[tuple[Fund, GrantTotals]]) -> Table:
    """One row a fund of grant money: what stands in place of a return."""
    columns = (
        Column(_("Fund")), Column(_("Awards"), ColumnKind.COUNT), Column(_("Granted"), ColumnKind.MONEY),
        Column(_("Paid"), ColumnKind.MONEY), Column(_("Returned"), ColumnKind.MONEY),
        Column(_("Left to pay"), ColumnKind.MONEY),
    )  # fmt: skip
    rows = tuple(
        Row(
            (
                Text(fund.name), Count(totals.awards), Money(totals.granted), Money(totals.paid),
                Money(totals.returned), Money(totals.left),
            ),
            reverse("funds:fund", args=[fund.pk]),
        )
        for fund, totals in found
    )  # fmt: skip
    return Table(_("Grant money"), columns, rows)


def recipients_table(found: list[RecipientYears]) -> Table:
    """Paid less returned; a recipient's returns of a year may exceed what it got in that year."""
    years = sorted({year for one in found for year in one.by_year})
    columns = (
        Column(_("Recipient")), *(Column(str(year), ColumnKind.MONEY) for year in years),
        Column(_("Sum"), ColumnKind.MONEY),
    )  # fmt: skip
    rows = tuple(
        Row((Text(one.recipient), *(Money(one.by_year.get(year, 0)) for year in years), Money(one.total)))
        for one in found
    )
    return Table(
        _("By recipient and year"), columns, rows, note=_("Paid less returned, by value date."),
        empty=_("Nothing was paid yet."),
    )  # fmt: skip


def award_columns() -> tuple[TableColumn, ...]:
    """The list of awards, with what was paid and returned at its moment."""
    return (
        TableColumn(
            gettext_lazy("Award"), "code", key="code", order_by=("code",), heading=True,
            link=lambda row: row.get_absolute_url(),
        ),
        TableColumn(
            gettext_lazy("Recipient"), lambda row: row.recipient.name, key="recipient",
            order_by=("recipient__name_zh",),
        ),
        TableColumn(gettext_lazy("Title"), "title", key="title"),
        TableColumn(gettext_lazy("Begins"), "starts_on", Kind.DATE, key="begins", order_by=("starts_on",)),
        TableColumn(gettext_lazy("Years"), "years", Kind.INTEGER, key="years", order_by=("years",)),
        TableColumn(
            gettext_lazy("Review on"), "review_on", Kind.DATE, key="review", order_by=("review_on",),
            unknown=gettext_lazy("No review is set"),
        ),
        TableColumn(
            gettext_lazy("Granted"), "committed_fen", Kind.MONEY, key="granted", order_by=("committed_fen",)
        ),
        TableColumn(gettext_lazy("Paid"), "paid_fen", Kind.MONEY, key="paid", order_by=("paid_fen",)),
        TableColumn(gettext_lazy("Returned"), "returned_fen", Kind.MONEY, key="returned", order_by=("returned_fen",)),
        TableColumn(
            gettext_lazy("Left to pay"), lambda row: row.committed_fen - row.paid_fen + row.returned_fen, Kind.MONEY,
            key="left",
        ),
    )  # fmt: skip


def award_facts(line: AwardLine, unit: Unit) -> list[Fact]:
    """Everything that one award says."""
    award: GrantAward = line.award

    def money(fen: int) -> str:
        return format_fen(fen, unit, with_unit=True)

    recipient = award.recipient
    return [
        Fact(gettext_lazy("Award"), award.code),
        Fact(gettext_lazy("Recipient"), recipient.name, recipient.get_absolute_url()),
        Fact(gettext_lazy("Title"), award.title),
        Fact(gettext_lazy("Fund"), award.fund.name, reverse("funds:fund", args=[award.fund_id])),
        Fact(gettext_lazy("Begins"), award.starts_on.isoformat()),
        Fact(gettext_lazy("Years"), str(award.years)),
        Fact(
            gettext_lazy("Review on"), award.review_on and award.review_on.isoformat(),
            unknown=gettext_lazy("No review is set"),
        ),
        Fact(gettext_lazy("Source document"), award.document or None, unknown=gettext_lazy("None named")),
        Fact(gettext_lazy("Granted"), money(award.committed_fen)),
        Fact(gettext_lazy("Paid"), money(line.paid)),
        Fact(gettext_lazy("Returned"), money(line.returned)),
        Fact(gettext_lazy("Left to pay"), money(line.left)),
    ]  # fmt: skip
