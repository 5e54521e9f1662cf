"""Schemes: the versions with how well they are known, one version with its rules, new, confirmed and ended ones."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from innovation.calls.rules.differences import differences
from innovation.core.components import Fact, Status, Tone
from innovation.core.exports import Kind
from innovation.core.icons import status_html
from innovation.core.tables import TableColumn
from innovation.core.views import Crumb, FormPage, PageView, TableView, signed_in
from talent.actions import schemes as actions
from talent.choices.credentials import CyclePurpose, ReferenceLevel
from talent.filters.credentials import VersionFilters
from talent.forms.credentials import UNITS
from talent.forms.schemes import ConfirmVersionForm, EndVersionForm, VersionForm
from talent.models import Scheme, SchemeVersion
from talent.models.schemes import in_language
from talent.reports.ring import credits_text

TITLE = _("Credential schemes")
REFERENCE = _("Reference only; no equivalence is meant.")


def keeps_schemes(user: Any) -> bool:
    """Whether ``user`` records and confirms versions."""
    return bool(user.is_authenticated and user.has_perm("talent.add_schemeversion"))


def version_status(version: SchemeVersion) -> Status:
    return Status(version.get_status_display(), Tone.OK if version.is_verified else Tone.NOTICE)


class SchemeList(TableView):
    """Every version of every scheme."""

    title = TITLE
    lead = _("Who awards what, by which rules. Unverified rules decide no case until an officer confirms them.")
    allowed = staticmethod(signed_in)
    filterset_class = VersionFilters
    default_sort = "scheme"
    columns = (
        TableColumn(pgettext_lazy("credential", "Scheme"), lambda row: row.scheme.name, key="scheme",
                    order_by=("scheme__code", "version"), heading=True, link=lambda row: row.get_absolute_url()),
        TableColumn(_("Version"), "version", key="version", order_by=("version",)),
        TableColumn(_("Authority"), "authority", key="authority", order_by=("authority",), unknown=_("Not known")),
        TableColumn(_("Kind"), lambda row: row.scheme.get_kind_display(), key="kind", order_by=("scheme__kind",)),
        TableColumn(_("Valid from"), "valid_from", Kind.DATE, key="from", order_by=("valid_from",),
                    unknown=_("The first day is not known")),
        TableColumn(_("Valid to"), "valid_to", Kind.DATE, key="to", order_by=("valid_to",), unknown=_("without end")),
        TableColumn(_("Status"), lambda row: row.get_status_display(), key="status", order_by=("status",),
                    cell=lambda row: status_html(version_status(row))),
    )  # fmt: skip

    def get_queryset(self) -> QuerySet[SchemeVersion]:
        return SchemeVersion.objects.visible_to(self.request.user).select_related("scheme")

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(gettext("Start"), reverse("home")), (self.title, None)]


class SchemePage(PageView):
    """One scheme: levels, recognition, versions."""

    template_name = "talent/credentials/scheme.html"
    allowed = staticmethod(signed_in)

    @cached_property
    def scheme(self) -> Scheme:
        found = Scheme.objects.visible_to(self.request.user).filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found

    def get_title(self) -> str:
        return self.scheme.name

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(TITLE, reverse("talent:schemes")), (self.get_title(), None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        versions = list(self.scheme.versions.select_related("scheme"))
        for version in versions:
            version.shown = version_status(version)
        return super().get_context_data(
            scheme=self.scheme, facts=scheme_facts(self.scheme), levels=level_rows(self.scheme), versions=versions,
            may_keep=keeps_schemes(self.request.user), reference=REFERENCE, **kwargs,
        )  # fmt: skip


def scheme_facts(scheme: Scheme) -> list[Fact]:
    return [
        Fact(_("Issuer"), scheme.issuer),
        Fact(_("Kind"), scheme.get_kind_display()),
        Fact(_("Recognised by"), ", ".join(scheme.recognised_by) or None, unknown=_("Not recorded")),
        Fact(_("Not recognised by"), ", ".join(scheme.refused_by) or None, unknown=_("Nobody recorded")),
        Fact(_("Reach of the recognition"), scheme.recognition_scope or None, unknown=_("Not recorded")),
    ]


def level_rows(scheme: Scheme) -> list[tuple[str, Any]]:
    """Levels with the place on the reference scale."""
    return [(scheme.level_name(one["code"]), _reference(one.get("map_level"))) for one in scheme.levels]


def _reference(level: str | None) -> Any:
    return ReferenceLevel(level).label if level else "–"


class VersionMixin:
    """The version that the address names."""

    request: Any
    kwargs: dict[str, Any]

    @cached_property
    def version(self) -> SchemeVersion:
        rows = SchemeVersion.objects.visible_to(self.request.user).select_related("scheme", "confirmed_by")
        found = rows.filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found

    def trail(self) -> list[Crumb]:
        scheme = self.version.scheme
        return [
            (TITLE, reverse("talent:schemes")), (scheme.name, scheme.get_absolute_url()),
            (self.version.version, self.version.get_absolute_url()),
        ]  # fmt: skip


class VersionPage(VersionMixin, PageView):
    """One version: its source, what is open, its credit tables, what differs from the version before."""

    template_name = "talent/credentials/version.html"
    allowed = staticmethod(signed_in)

    def get_title(self) -> str:
        return f"{self.version.scheme.name} · {self.version.version}"

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [*self.trail()[:2], (self.version.version, None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        one = self.version
        before = earlier(one)
        return super().get_context_data(
            version=one, status=version_status(one), facts=version_facts(one), tables=credit_tables(one),
            before=before, changes=list(differences(before.rules, one.rules)) if before else [],
            rules=plain_rules(one),
            may_keep=keeps_schemes(self.request.user), **kwargs,
        )  # fmt: skip


def plain_rules(version: SchemeVersion) -> str:
    """The rules as indented JSON."""
    return str(VersionForm.base_fields["rules"].prepare_value(version.rules))


def earlier(version: SchemeVersion) -> SchemeVersion | None:
    """The version of the same scheme and authority that began before."""
    rows = SchemeVersion.objects.filter(scheme=version.scheme_id, authority=version.authority).exclude(pk=version.pk)
    if version.valid_from is None:
        return None
    former = [row for row in rows if row.valid_from is None or row.valid_from < version.valid_from]
    return max(former, key=lambda row: (row.valid_from is not None, str(row.valid_from), row.pk), default=None)


def version_facts(version: SchemeVersion) -> list[Fact]:
    confirmed = version.confirmed_on
    return [
        Fact(_("Authority"), version.authority or None, unknown=_("Not known")),
        Fact(
            _("Valid from"), f"{version.valid_from}" if version.valid_from else None,
            unknown=_("The first day is not known"),
        ),
        Fact(_("Valid to"), f"{version.valid_to}" if version.valid_to else None, unknown=_("without end")),
        Fact(_("Dates are known"), version.get_date_precision_display()),
        Fact(
            _("Term, months"), f"{version.term_months}" if version.term_months else None,
            unknown=_("Does not expire, or not known"),
        ),
        Fact(_("Source"), version.source),
        *([Fact(_("Confirmed"), f"{confirmed} · {version.confirmed_by or ''}")] if confirmed else []),
    ]  # fmt: skip


def credit_tables(version: SchemeVersion) -> list[dict[str, Any]]:
    """The credits of the first award and those of a renewal, as rows for a table."""
    found = []
    for purpose in CyclePurpose:
        rules = version.rules_for(purpose)
        if rules is None:
            continue
        names = {key: in_language(one.name_zh, one.name_en) or key for key, one in rules.categories.items()}
        rows = [
            {
                "name": names[key],
                "unit": f"{credits_text(category.unit_size)} {UNITS.get(category.unit, category.unit)}",
                "credits": credits_text(category.credits_per_unit), "whole": not category.partial_units,
                "entry": _cap(category.cap_per_entry), "year": _cap(category.cap_per_year),
                "cycle": _cap(category.cap_per_cycle), "minimum": _cap(category.min_per_cycle),
            }
            for key, category in rules.categories.items()
        ]  # fmt: skip
        groups = [
            (", ".join(names[key] for key in one.categories), credits_text(one.minimum)) for one in rules.group_minima
        ]
        found.append(
            {
                "title": purpose.label, "rows": rows, "groups": groups, "required": credits_text(rules.required),
                "carry": credits_text(rules.carry_over_max),
            }
        )  # fmt: skip
    return found


def _cap(value: Any) -> str:
    return "" if value is None else credits_text(value)


class _VersionForm(VersionMixin, FormPage):
    allowed = staticmethod(keeps_schemes)

    @property
    def cancel_url(self) -> str:  # type: ignore[override]
        return self.version.get_absolute_url()

    def get_success_url(self) -> str:
        return self.version.get_absolute_url()

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [*self.trail(), (self.get_title(), None)]


class NewVersion(_VersionForm):
    """A version that follows the one of the address; it begins as a copy."""

    title = _("Record a new version")
    lead = _("Begins as a copy, unverified. Cycles that run keep the version they began with.")
    form_class = VersionForm
    submit_label = _("Record the version")
    made: SchemeVersion

    def get_initial(self) -> dict[str, Any]:
        own = {"version": "", "valid_from": None, "valid_to": None, "source": ""}
        return VersionForm.initial_of(self.version) | own

    def act(self, form: Any) -> None:
        scheme = self.version.scheme_id
        self.made = actions.save_version(scheme_id=scheme, actor=self.request.user, **form.values())

    def get_success_url(self) -> str:
        return self.made.get_absolute_url()


class EditVersion(_VersionForm):
    """Complete a version that is not verified yet."""

    title = _("Complete the version")
    form_class = VersionForm

    def get_initial(self) -> dict[str, Any]:
        return VersionForm.initial_of(self.version)

    def act(self, form: Any) -> None:
        actions.save_version(
            scheme_id=self.version.scheme_id, version_id=self.version.pk, actor=self.request.user, **form.values()
        )


class ConfirmVersion(_VersionForm):
    """Vouch for a version."""

    title = _("Confirm the rules")
    lead = _("You have read the text of the rule and it says what stands here. From then on the rules never change.")
    form_class = ConfirmVersionForm
    submit_label = _("Confirm")

    def get_initial(self) -> dict[str, Any]:
        return {"source": self.version.source}

    def act(self, form: Any) -> None:
        actions.confirm_version(version_id=self.version.pk, source=form.cleaned_data["source"], actor=self.request.user)


class EndVersion(_VersionForm):
    """Set the last day."""

    title = _("Set the last day")
    lead = _("What was granted stays; cycles that began under the version end under it.")
    form_class = EndVersionForm

    def act(self, form: Any) -> None:
        actions.end_version(version_id=self.version.pk, valid_to=form.cleaned_data["valid_to"], actor=self.request.user)
