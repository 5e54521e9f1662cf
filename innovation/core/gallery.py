"""Samples of every component in every state, for whoever builds pages. Nothing here comes from real records."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

from django import forms
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, FilterSet, ModelChoiceFilter

from innovation.core.charts import BarChart, Cap, Change, Multiples, Series, StackChart, StepChart
from innovation.core.components import (
    Fact,
    Figure,
    Gauge,
    Moment,
    Status,
    Tab,
    Task,
    TaskState,
    Tone,
)
from innovation.core.exports import Kind
from innovation.core.fields import DateField, MoneyField
from innovation.core.icons import status_html
from innovation.core.tables import Table, TableColumn

AS_OF = date(2026, 6, 30)
KNOWN_AT = datetime(2026, 7, 5, 1, 30, tzinfo=UTC)
WAN = 1_000_000
STATUSES = [
    Status(_("Within the cap"), Tone.OK),
    Status(_("Warning"), Tone.NOTICE),
    Status(_("Cap exceeded"), Tone.BAD),
    Status(_("Under review"), Tone.INFO),
    Status(_("Draft"), Tone.IDLE),
]
FIGURES = [
    Figure(_("Capital lost"), "21.0\u202f%", href="#tables", note=_("of 29.4 million yuan invested")),
    Figure(_("Companies closed"), "326", _("of 923"), href="#tables", note=_("35.3 % of companies")),
    Figure(_("Headroom"), "4,720.00", _("× 10,000 yuan"), status=Status(_("Warning"), Tone.NOTICE)),
    Figure(_("Internal rate of return"), None, unknown=_("No valuation is approved for this day.")),
    Figure(_("Overdue reports"), "0"),
]
GAUGES = [
    Gauge(
        _("Seed fund, whole fund"),
        Fraction(243, 1000),
        Fraction(2, 5),
        Status(_("Within the cap"), Tone.OK),
        Fraction(8, 25),
        [Fact(_("Headroom"), _("15.7 points")), Fact(_("In money"), "4,720.00")],
        href="#tables",
    ),
    Gauge(
        _("Angel stage"),
        Fraction(9, 25),
        Fraction(2, 5),
        Status(_("Warning"), Tone.NOTICE),
        Fraction(8, 25),
        unverified=_("The figure is known at second hand."),
    ),
    Gauge(_("Industry fund"), Fraction(47, 100), Fraction(2, 5), Status(_("Cap exceeded"), Tone.BAD), Fraction(8, 25)),
    Gauge(_("Sub-fund without a limit"), Fraction(31, 100), None, Status(_("No limit"), Tone.INFO)),
    Gauge(_("Fund whose cap is not known"), None, None, Status(_("Not evaluated"), Tone.IDLE)),
    Gauge(_("Nothing lost"), Fraction(0), Fraction(3, 5), Status(_("Within the cap"), Tone.OK), Fraction(12, 25)),
]
MONTH_ENDS = [date(2021 + month // 12, month % 12 + 1, 28) for month in range(66)]
GROSS = [Fraction(max(0, month * 5 - 20) + (20 if month % 9 == 0 else 0), 1000) for month in range(66)]
NET = [None] * 10 + [Fraction(month * 4 - 40, 1000) for month in range(10, 66)]
CAP = Cap(_("Cap"), Fraction(2, 5))
CHARTS = [
    StepChart(
        _("Loss rate reached 30.5 % in June, cap 40 %"),
        (
            Series(_("Losses only"), tuple(zip(MONTH_ENDS, GROSS, strict=True))),
            Series(_("Net of gains"), tuple(zip(MONTH_ENDS, NET, strict=True))),
        ),
        (
            Cap(_("Cap"), Fraction(3, 10), until=date(2024, 5, 12)),
            Cap(_("Cap"), Fraction(2, 5), since=date(2024, 5, 13)),
            Cap(_("Special tier"), Fraction(3, 5), since=date(2024, 5, 13)),
        ),
        (Change(date(2022, 3, 1), _("First policy bound")), Change(date(2024, 5, 13), _("Cap raised to 40 %"))),
    ),
    BarChart(
        _("Only the seed stage is above its cap"),
        ((_("Seed"), Fraction(41, 100)), (_("Angel"), Fraction(36, 100)), (_("Growth"), Fraction(8, 100)),
         (_("Not stated"), None)),
        cap=CAP,
    ),
    StackChart(
        _("Half of the money of 2025 went to the angel stage"),
        ("2022", "2023", "2024", "2025"),
        (
            (_("Seed"), (400 * WAN, 500 * WAN, 600 * WAN, 400 * WAN)),
            (_("Angel"), (400 * WAN, 700 * WAN, 600 * WAN, 800 * WAN)),
            (_("Growth"), (900 * WAN, 1_000 * WAN, 1_200 * WAN, 400 * WAN)),
        ),
    ),
    Multiples(
        _("One of three funds is above the cap"),
        tuple(
            Series(f"启明种子基金 {number} 号", tuple((day, value * number / 2) for day, value in
                   zip(MONTH_ENDS, GROSS, strict=True)))
            for number in (1, 2, 3)
        ),
        CAP,
    ),
]  # fmt: skip
TASKS = [
    Task(_("Describe the fund"), "#tasks", TaskState.DONE),
    Task(_("Name the managers"), "#tasks", TaskState.STARTED, _("Two of three are complete.")),
    Task(_("State the requested contribution"), "#tasks", TaskState.PROBLEM, _("It is above 40 % of the fund.")),
    Task(_("Attach the agreement"), "#tasks", TaskState.TODO),
    Task(_("Check and submit"), "", TaskState.BLOCKED, _("Complete the other tasks first.")),
]
MOMENTS = [
    Moment(
        datetime(2026, 7, 5, 1, 30, tzinfo=UTC), _("Valuation approved"), who="陈静", tone=Tone.OK, href="#timeline"
    ),
    Moment(
        date(2026, 6, 30),
        _("Write-off recorded"),
        _("The whole remaining cost; recovery may follow."),
        "Li Wei",
        Tone.BAD,
    ),
    Moment(date(2026, 3, 31), _("Policy changed: the cap rose from 30 % to 40 %"), tone=Tone.INFO),
    Moment(date(2024, 1, 15), _("First investment"), who="王磊"),
]
TABS = [
    Tab(_("Holdings"), "#tabs", current=True, count=42),
    Tab(_("Ledger"), "#tabs", count=310),
    Tab(_("Policies"), "#tabs"),
]
FACTS = [
    Fact(_("Organisation"), "青云启明生物科技有限公司", href="#facts"),
    Fact(_("Unified social credit code"), "91330102MA2B0AAA0X"),
    Fact(_("Stage at entry"), _("Angel"), change="#facts"),
    Fact(_("Website"), None, unknown=_("The company gave none.")),
]


class SampleForm(forms.Form):
    """One field of each sort."""

    name = forms.CharField(label=_("Name of the fund"), help_text=_("As in the partnership agreement."), max_length=80)
    contribution = MoneyField(label=_("Requested contribution"), help_text=_("The amount you ask the city for."))
    first_close = DateField(label=_("First closing"), required=False)
    stage = forms.ChoiceField(
        label=_("Stage"), widget=forms.RadioSelect, choices=[("seed", _("Seed")), ("angel", _("Angel"))]
    )
    fields_of_work = forms.MultipleChoiceField(
        label=_("Fields of work"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        choices=[
            ("bio", _("Life sciences")),
            ("chips", _("Integrated circuits")),
            ("ai", _("Artificial intelligence")),
        ],
    )
    division = forms.ChoiceField(label=_("District"), choices=[("", ""), ("1", "上城区"), ("2", "滨江区")])
    reason = forms.CharField(label=_("Strategy"), widget=forms.Textarea, required=False)
    agreement = forms.FileField(label=_("Draft agreement"), required=False, help_text=_("PDF, at most 10 MB."))
    correct = forms.BooleanField(label=_("What I state here is correct"))


class PermissionFilter(FilterSet):
    name = CharFilter(lookup_expr="icontains", label=_("Name contains"))
    content_type = ModelChoiceFilter(queryset=ContentType.objects.order_by("app_label", "model"), label=_("Record"))

    class Meta:
        model = Permission
        fields: list[str] = []


@dataclass(frozen=True)
class Holding:
    company: str
    cost_fen: int
    lost_fen: int | None
    status: Status
    entered: date

    @property
    def lost_share(self) -> Fraction | None:
        return None if self.lost_fen is None else Fraction(self.lost_fen, self.cost_fen)


NAMES = "青云启明 澄怀微电 半山生物 江畔智造 云栖量子 望潮新能 凤起光学 南屏机器人 天目材料 运河软件 六和医疗 西溪航空"
HOLDINGS = [
    Holding(
        company=f"{name}有限公司",
        cost_fen=(300 + 83 * place) * WAN,
        lost_fen=(place % 4) * 75 * WAN if place % 5 else None,
        status=STATUSES[place % 5],
        entered=date(2023, 1 + place % 12, 15),
    )
    for place, name in enumerate(NAMES.split())
]
HOLDING_COLUMNS = [
    TableColumn(_("Company"), "company", key="company", order_by=("company",), link=lambda row: "#tables",
                heading=True),
    TableColumn(_("Status"), lambda row: row.status.label, key="status", cell=lambda row: status_html(row.status)),
    TableColumn(_("Entered"), "entered", Kind.DATE, key="entered", order_by=("entered",)),
    TableColumn(_("Cost"), "cost_fen", Kind.MONEY, key="cost", order_by=("cost_fen",)),
    TableColumn(_("Lost"), "lost_fen", Kind.MONEY, key="lost", order_by=("lost_fen",), unknown=_("Not valued yet.")),
    TableColumn(_("Share lost"), "lost_share", Kind.PERCENT, key="share", order_by=("lost_share",),
                unknown=_("Not valued yet.")),
]  # fmt: skip
PERMISSION_COLUMNS = [
    TableColumn(_("Name"), "name", key="name", order_by=("name",), heading=True),
    TableColumn(_("Record"), "content_type.model", key="record", order_by=("content_type__app_label", "codename")),
    TableColumn(_("Code"), "codename", key="code", order_by=("codename",)),
]


def tables(request: HttpRequest) -> dict[str, Table]:
    """A list of plain rows with totals, a filtered list of records, and an empty one."""
    permissions: QuerySet[Permission] = Permission.objects.select_related("content_type")
    return {
        "holdings": Table(
            request, HOLDING_COLUMNS, HOLDINGS, _("Holdings of a sample fund"), name="holdings", page_sizes=(5, 10, 25),
            default_sort="-cost", as_of=AS_OF, known_at=KNOWN_AT,
            totals=lambda rows: {
                "cost": sum(row.cost_fen for row in rows), "lost": sum(row.lost_fen or 0 for row in rows),
            },
        ),
        "permissions": Table(
            request, PERMISSION_COLUMNS, permissions, _("Permissions"), name="permissions", page_sizes=(5, 10, 25),
            filterset_class=PermissionFilter, default_sort="record",
        ),
        "nothing": Table(
            request, HOLDING_COLUMNS, [], _("Holdings of a new fund"), name="nothing",
            empty_title=_("This fund holds nothing yet"), empty_text=_("Record an investment or import a portfolio."),
        ),
    }  # fmt: skip


def context(request: HttpRequest) -> dict[str, Any]:
    """Everything ``core/gallery.html`` draws."""
    wrong = SampleForm(
        {"wrong-name": "", "wrong-contribution_amount": "1,5", "wrong-contribution_unit": "wan"}, prefix="wrong"
    )
    return {
        "statuses": STATUSES, "figures": FIGURES, "gauges": GAUGES, "charts": CHARTS,
        "tasks": TASKS, "moments": MOMENTS, "tabs": TABS,
        "facts": FACTS, "tables": tables(request), "form": SampleForm(), "wrong_form": wrong,
        "as_of": AS_OF, "known_at": KNOWN_AT,
    }  # fmt: skip
