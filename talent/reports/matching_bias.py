"""Report kind "fairness of matching": adverse impact from the pool to work that began, for the auditor alone.

The sections are those of the fairness of an assessment round, over the proposals of the matcher.
"""

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from innovation.accounts.choices import Role
from innovation.reports.content import Count, Figure, ReportData, Section
from innovation.reports.registry import ParametersForm, ReportKind
from talent.choices.people import RoleKind
from talent.queries.audit import matching_audit_of
from talent.reports.bias import (
    flags_of,
    hidden_in,
    method,
    people_figures,
    people_table,
    sources,
    stage_section,
)
from talent.rules.suppression import INSIDE

CODE = "talent_matching_fairness"
TITLE = gettext_lazy("Fairness of matching")


class MatchingFairnessParameters(ParametersForm):
    """One kind of people; the year is that of the as-of day. Nothing else can be cut anew."""

    role_kind = forms.ChoiceField(
        label=gettext_lazy("Kind of people"), choices=RoleKind.choices, initial=RoleKind.TECH_MANAGER
    )


def build(params: dict[str, Any], *, as_of: date, known_at: datetime, language: str) -> ReportData:
    """The fairness of the matchings of one kind of people in the year of ``as_of``."""
    kind = RoleKind(params["role_kind"]).label
    audit = matching_audit_of(params["role_kind"], as_of, known_at)
    hidden = hidden_in(audit.stages)
    pool = sum(audit.stages[0].n.values())
    words = _("%(pool)d people stood before the matcher, %(stated)d of them gave a year of birth; "
              "%(flags)d rates to look into.")  # fmt: skip
    flags = sum(flags_of(stage, hidden) for stage in audit.stages)
    is_small = audit.stated < INSIDE or pool < INSIDE
    overview = Section(
        _("Who stood before the matcher"),
        figures=(
            *people_figures(_("People in the pool"), pool, audit.stated),
            Figure(_("Matchings"), Count(audit.runs)),
        ),
        tables=(people_table(audit.stages[0].n, hidden),),
    )  # fmt: skip
    return ReportData(
        title=_("Fairness of matching: %(kind)s, %(year)s") % {"kind": kind, "year": as_of.year},
        summary=_("Too few people gave a year of birth to say anything.")
        if is_small else words % {"pool": pool, "stated": audit.stated, "flags": flags},
        sections=(
            overview,
            *(stage_section(stage, hidden) for stage in audit.stages),
            method(
                _("Each person counts once in a year. The age is the one reached in that year; the matcher never "
                  "knows it."),
                _("On a flag: look at the parts of the fit and at what the demands ask for. Never quotas by age."),
            ),
        ),
        sources=sources(),
        scope=((_("Kind of people"), str(kind)), (_("Year"), str(as_of.year))),
    )  # fmt: skip


KIND = ReportKind(
    code=CODE,
    title=TITLE,
    description=gettext_lazy("Rates by band from the pool to a proposal, the officer's decision and the work."),
    parameters=MatchingFairnessParameters,
    build=build,
    roles=frozenset({Role.AUDITOR}),
)
