"""The report of credentials that end soon: whose, when, and how far their credits are."""

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from innovation.accounts.choices import Role
from innovation.reports.choices import ColumnKind
from innovation.reports.content import Column, Count, Day, Figure, ReportData, Row, Section, Table, Text, Unknown
from innovation.reports.registry import DefaultSchedule, ParametersForm, ReportKind
from talent.choices.credentials import CredentialState
from talent.models import Credential, Scheme
from talent.queries.credentials import count_cycle, ending, open_cycle
from talent.reports.ring import credits_text

CODE = "credentials_ending"
TITLE = gettext_lazy("Credentials that end soon")
DAYS = 180


class EndingParameters(ParametersForm):
    """How far ahead, and which scheme."""

    days = forms.IntegerField(label=gettext_lazy("Within days"), min_value=1, max_value=1100, initial=DAYS)
    scheme = forms.ModelChoiceField(
        Scheme.objects.order_by("code"), label=pgettext_lazy("credential", "Scheme"), required=False,
        empty_label=gettext_lazy("All schemes"),
    )  # fmt: skip


def build(params: dict[str, Any], *, as_of: date, known_at: datetime, language: str) -> ReportData:
    """Credentials in force that end from ``as_of`` on, within the asked days, as the register stands now."""
    rows = ending(as_of + timedelta(days=params["days"]), since=as_of)
    if params.get("scheme"):
        rows = rows.filter(version__scheme=params["scheme"])
    found = list(rows)
    filed = sum(row.state == CredentialState.RENEWAL_SUBMITTED for row in found)
    section = Section(
        str(TITLE),
        figures=(
            Figure(_("Ending"), Count(len(found))),
            Figure(_("Renewal filed"), Count(filed)),
            Figure(_("No renewal yet"), Count(len(found) - filed)),
        ),
        tables=(_table(found, as_of),),
        notes=(_("The register keeps present states: for a past day the list shows what is in force today."),),
    )
    return ReportData(title=str(TITLE), sections=(section,))


def _table(found: list[Credential], as_of: date) -> Table:
    columns = (
        Column(_("Holder")), Column(_("Credential")), Column(_("Ends"), ColumnKind.DAY),
        Column(_("Days left"), ColumnKind.COUNT), Column(_("State")), Column(_("Credits")),
    )  # fmt: skip
    rows = tuple(
        Row(
            (
                Text(one.person.shown_name), Text(str(one)), Day(one.expires_on),
                Count((one.expires_on - as_of).days), Text(one.names.staff), _credits(one),
            ),
            one.get_absolute_url(),
        )
        for one in found
        if one.expires_on is not None
    )  # fmt: skip
    return Table(str(TITLE), columns, rows, empty=_("No credential ends within these days."))


def _credits(one: Credential) -> Text | Unknown:
    cycle = open_cycle(one)
    if cycle is None:
        return Unknown(_("Asks for no credits"))
    counted = count_cycle(cycle)
    if counted.required is None:
        return Unknown(_("The credit values are not known"))
    return Text(f"{credits_text(counted.counted_total)} / {credits_text(counted.required)}")


KIND = ReportKind(
    code=CODE,
    title=TITLE,
    description=gettext_lazy("Whose credentials end within the next half year, and how far each renewal is."),
    parameters=EndingParameters,
    build=build,
    roles=frozenset({Role.TALENT_OFFICER, Role.AUDITOR, Role.ADMINISTRATOR}),
    default_schedule=DefaultSchedule(day=3, parameters={"days": DAYS}),
)
