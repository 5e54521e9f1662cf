"""Report kind "tolerance register": all funds and groups under all rules, with status and its history."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from funds.choices.tolerance import ToleranceStatus, WarningLevel
from funds.models import Fund, ToleranceResult
from funds.models.visibility import SEES_FUNDS
from funds.queries.questions import Target
from funds.queries.register import Entry, StatusChange, register_at, status_changes
from funds.queries.sums import Moment
from funds.reports import words
from funds.reports.amounts import fen
from funds.reports.results import percent_or_unknown, tolerance_link
from funds.reports.tables import binding_title, cap_note
from innovation.core.money import Unit
from innovation.reports.choices import ColumnKind, DayRule, Every
from innovation.reports.content import (
    Column,
    Count,
    Day,
    Figure,
    Money,
    Percent,
    ReportData,
    Row,
    Section,
    Status,
    Table,
    Text,
    Unknown,
    Value,
)
from innovation.reports.registry import DefaultSchedule, ParametersForm, ReportKind

CODE = "tolerance_register"
TITLE = gettext_lazy("Tolerance register")


class RegisterParameters(ParametersForm):
    """Only the unit: the register is always of all funds and rules."""

    unit = forms.ChoiceField(label=gettext_lazy("Money in"), required=False, choices=Unit.choices, initial=Unit.WAN)


def build(params: dict[str, Any], *, as_of: date, known_at: datetime, language: str) -> ReportData:
    """Every line of the register at the two times, and every change of status at the kept month ends."""
    moment = Moment(as_of, known_at)
    entries, changes = register_at(moment), status_changes(as_of, known_at)
    tested = [one for one in entries if one.answer.tolerance.effective_cap is not None]
    above = [one for one in tested if one.answer.tolerance.status == ToleranceStatus.EXCEEDED]
    unverified = [one for one in entries if one.answer.unverified]
    return ReportData(
        title=str(TITLE),
        sections=(
            Section(
                _("All funds and rules"),
                figures=(
                    Figure(_("Lines of the register"), Count(len(entries))),
                    Figure(_("Caps tested"), Count(len(tested))),
                    Figure(
                        _("Above the cap"), Count(len(above)),
                        status=Status(_("Cap exceeded"), "bad") if above else None,
                    ),
                    Figure(_("Resting on unverified rules"), Count(len(unverified))),
                ),
                tables=(_lines(entries, moment),),
            ),
            Section(_("History of status"), tables=(_history(changes),)),
        ),
        summary=_("Caps tested: %(tested)s, above the cap: %(above)s")
        % {"tested": len(tested), "above": len(above)},
        unit=params.get("unit") or Unit.WAN.value,
        scope=((_("Scope"), _("All funds and groups, all rules")),),
    )  # fmt: skip


def _lines(entries: list[Entry], moment: Moment) -> Table:
    percent, money = ColumnKind.PERCENT, ColumnKind.MONEY
    return Table(
        _("All funds and rules"),
        (
            Column(_("Fund or group")), Column(_("Stage")), Column(_("Policy")), Column(_("Rule")),
            Column(_("Loss that counts"), money), Column(_("Base"), money), Column(_("Loss rate"), percent),
            Column(_("Cap in effect"), percent), Column(_("Share of the cap used"), percent),
            Column(_("Headroom"), money), Column(_("Status")), Column(_("Level")), Column(_("Force")),
        ),
        tuple(_line(one, moment) for one in entries),
        empty=_("No fund is recorded yet. Record one in the administration, or import a portfolio."),
    )  # fmt: skip


def _line(one: Entry, moment: Moment) -> Row:
    answer, tolerance = one.answer, one.answer.tolerance
    note = cap_note(answer)
    target = Target.of_fund(one.subject) if isinstance(one.subject, Fund) else Target.of_group(one.subject)
    headroom: Value = Unknown(note) if tolerance.headroom is None else Money(fen(tolerance.headroom))
    none = Text(_("None"))
    return Row(
        (
            Text(one.subject.name),
            Text(words.stage_label(one.stage) if one.stage else _("Whole")),
            Text(binding_title(answer.document)) if answer.document else none,
            Text(answer.rule.code) if answer.rule else Text(_("Weighted by stages")) if answer.mixed else none,
            Money(max(0, fen(answer.rate.numerator_signed))),
            Money(fen(answer.rate.denominator)),
            percent_or_unknown(answer.rate.rate, _("Nothing was invested by this day.")),
            percent_or_unknown(tolerance.effective_cap, note),
            percent_or_unknown(tolerance.utilisation, note),
            headroom,
            Text(tolerance.status.label),
            Text(WarningLevel(tolerance.level).label),
            Text(_("binding") if answer.binds else _("indicative")),
        ),
        tolerance_link(target, moment),
        unverified=answer.unverified,
    )


def _history(changes: list[StatusChange]) -> Table:
    percent = ColumnKind.PERCENT
    return Table(
        _("Changes of status, level or cap at kept month ends"),
        (
            Column(_("Fund or group")), Column(_("Policy")), Column(_("As of"), ColumnKind.DAY),
            Column(_("Loss rate"), percent), Column(_("Cap in effect"), percent), Column(_("Status before")),
            Column(_("Status")), Column(_("Level")),
        ),
        tuple(_change(one) for one in changes),
        note=_("Results are kept once a month and can be computed again from the books."),
        empty=_("No result of a month is kept yet. The first is kept after the month ends."),
    )  # fmt: skip


def _change(one: StatusChange) -> Row:
    now = one.now
    subject = now.fund or now.group
    cap: Value = Unknown(_("No cap is tested.")) if now.cap_share is None else Percent(now.cap_share)
    rate: Value = Unknown(_("Nothing was invested by this day.")) if now.rate is None else Percent(now.rate)
    return Row(
        (
            Text(subject.name if subject else ""),
            Text(binding_title(now.document)) if now.document else Text(_("None")),
            Day(now.as_of),
            rate,
            cap,
            Text(one.before.get_status_display()) if one.before else Text(_("first result")),
            Text(now.get_status_display()),
            Text(now.get_level_display()),
        ),
        _results_link(now),
        unverified=now.unverified,
    )


def _results_link(row: ToleranceResult) -> str:
    own = f"fund={row.fund_id}" if row.fund_id else f"group={row.group_id}"
    return f"{reverse('funds:results')}?{own}"


KIND = ReportKind(
    code=CODE,
    title=TITLE,
    description=gettext_lazy(
        "Every fund and group under every rule: rate, cap, headroom, status, level, and when the status changed."
    ),
    parameters=RegisterParameters,
    build=build,
    roles=frozenset(SEES_FUNDS),
    default_schedule=DefaultSchedule(every=Every.MONTH, day=4, day_rule=DayRule.WORKING),
)
