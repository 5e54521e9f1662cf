"""The kinds of report. An app registers its own in ``AppConfig.ready``; reports never imports that app.

    register(ReportKind(
        code="tolerance", title=_("Portfolio and loss tolerance"), description=_("…"),
        parameters=ToleranceParameters, build=build_tolerance, roles=frozenset({Role.FUND_OFFICER, …}), version="1",
        default_schedule=DefaultSchedule(every=Every.MONTH, day=5, day_rule=DayRule.WORKING),
    ))

The values that a builder returns are in ``innovation.reports.content``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import IO, TYPE_CHECKING, Any, Protocol

from django import forms
from django.db.models import Model, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from innovation.accounts.choices import Role
from innovation.core.errors import RuleViolation
from innovation.reports.choices import DayRule, Every
from innovation.reports.content import ReportData

if TYPE_CHECKING:
    from innovation.accounts.models import User


class Builder(Protocol):
    """Builds the report from typed parameters (the form's ``cleaned_data``).

    Called inside one read-only snapshot of the database, with ``language`` active. ``as_of`` is the day the figures
    are true for, ``known_at`` the moment whose knowledge counts; both inclusive. Reads no clock and no user, so that
    the same arguments on the same records give an equal ``ReportData``.
    """

    def __call__(
        self, params: dict[str, Any], *, as_of: date, known_at: datetime, language: str
    ) -> ReportData: ...  # pragma: no cover


class ParametersForm(forms.Form):
    """Base of every kind's parameters. ``user`` narrows choices to what that person may see; None means all."""

    def __init__(self, *args: Any, user: "User | None" = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user


@dataclass(frozen=True)
class DefaultSchedule:
    """The schedule that a new installation gets. ``day`` counts calendar or working days after the period ends."""

    every: Every = Every.MONTH
    day: int = 5
    day_rule: DayRule = DayRule.WORKING
    at: time = time(8)
    languages: tuple[str, ...] = ("zh-hans", "en")
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Spread:
    """A parameter that a schedule may leave open: it then asks once for each of ``values(day)``, as of that day."""

    parameter: str
    values: Callable[[date], list[Any]]
    open_label: str | Promise  # what the open choice is called, such as "Every active fund"


class Workbook(Protocol):
    """Writes the workbook of a kind whose sheets are too long to be held at once; arguments as ``Builder``.

    Returns a file that is ready to read. The other files are rendered from the kind's ``ReportData``.
    """

    def __call__(
        self, params: dict[str, Any], *, as_of: date, known_at: datetime, language: str
    ) -> IO[bytes]: ...  # pragma: no cover


@dataclass(frozen=True)
class ReportKind:
    """One question the product can answer: who may ask it, with which parameters, and how it is answered."""

    code: str
    title: str | Promise
    description: str | Promise
    parameters: type[ParametersForm]
    build: Builder | Callable[..., ReportData]
    roles: frozenset[Role]
    version: str = "1"  # raise it when the same inputs give other figures
    default_schedule: DefaultSchedule | None = None
    spread: Spread | None = None
    workbook: Workbook | None = None

    def form(self, *, scheduled: bool = False, **arguments: Any) -> ParametersForm:
        """The form of the parameters; that of a schedule may leave the spread one open."""
        form = self.parameters(**arguments)
        if scheduled and self.spread is not None:
            field = form.fields[self.spread.parameter]
            field.required = False
            if isinstance(field, forms.ModelChoiceField):
                field.empty_label = self.spread.open_label
        return form

    def questions(self, parameters: Mapping[str, Any], day: date) -> list[dict[str, Any]]:
        """The canonical parameters that a schedule with ``parameters`` asks with for a period that ends on ``day``."""
        if self.spread is None or parameters.get(self.spread.parameter):
            return [dict(parameters)]
        return [{**parameters, self.spread.parameter: _parameter(value)} for value in self.spread.values(day)]

    def clean(self, raw: Mapping[str, Any], *, user: "User | None" = None, scheduled: bool = False) -> dict[str, Any]:
        """Typed parameters of ``raw`` (form data or stored JSON). Raises RuleViolation REPORT_PARAMETERS."""
        form = self.form(data=raw, user=user, scheduled=scheduled)
        if form.is_valid():
            return form.cleaned_data
        name, errors = next(iter(form.errors.items()))
        raise RuleViolation(
            "REPORT_PARAMETERS",
            f"{form.fields[name].label or name}: {errors[0]}" if name in form.fields else errors[0],
            field=name if name in form.fields else None,
            facts={"errors": {key: list(map(str, value)) for key, value in form.errors.items()}},
        )


RESERVED = frozenset({"as_of", "known_at", "language", "mail_to_asker", "form_token"})
"""Every question has these beside the kind's own parameters, see ``forms.QuestionFields``."""
_kinds: dict[str, ReportKind] = {}


def register(kind: ReportKind) -> None:
    """Add ``kind``. Raises ValueError for a code or parameter name that is taken, or a kind open to applicants."""
    if taken := RESERVED & kind.parameters.base_fields.keys():
        raise ValueError(f"Report kind {kind.code} cannot name a parameter {', '.join(sorted(taken))}")
    if Role.APPLICANT in kind.roles:
        raise ValueError(f"Report kind {kind.code} must not be open to applicants")
    if _kinds.setdefault(kind.code, kind) is not kind:
        raise ValueError(f"Report kind {kind.code} is registered twice")


def get(code: str) -> ReportKind:
    """The kind of that code. Raises RuleViolation REPORT_KIND_UNKNOWN."""
    try:
        return _kinds[code]
    except KeyError:
        raise RuleViolation("REPORT_KIND_UNKNOWN", _("There is no such report."), facts={"kind": code}) from None


def title_of(code: str) -> str | Promise:
    """Title of the kind, or the bare code when this installation no longer has it."""
    return _kinds[code].title if code in _kinds else code


def parameter_labels(code: str) -> dict[str, str]:
    """What the form of the kind calls its parameters; nothing for a kind this installation no longer has."""
    fields = _kinds[code].parameters.base_fields if code in _kinds else {}
    return {name: str(field.label or name) for name, field in fields.items()}


def all_kinds() -> list[ReportKind]:
    """Every kind, by code."""
    return [_kinds[code] for code in sorted(_kinds)]


def kinds_for(user: "User") -> list[ReportKind]:
    """The kinds that one of the person's roles may ask."""
    if not user.is_authenticated or not user.is_active:
        return []
    return [kind for kind in all_kinds() if user.has_role(*kind.roles)]


def canonical_parameters(cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """Typed parameters as sorted JSON values: records by primary key, days in ISO form, empty ones left out."""
    stored = {name: _parameter(value) for name, value in sorted(cleaned.items())}
    return {name: value for name, value in stored.items() if value not in (None, "", [])}


def _parameter(value: Any) -> Any:
    if isinstance(value, Model):
        return value.pk
    if isinstance(value, QuerySet | list | tuple | set | frozenset):
        return sorted((_parameter(item) for item in value), key=str)
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, bool | int) or value is None:
        return value
    return str(value)
