"""What every stress page stands on: a fund or group at two times, its answer, and the names of its holdings."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from funds.forms import ScopeForm
from funds.models import Fund, FundGroup, Investment
from funds.models.visibility import sees_funds
from funds.permissions.stress import ROLES
from funds.queries.answers import Answer
from funds.queries.questions import Target
from funds.queries.stressed import NotStressed, Stressed, names_of, stressed
from funds.queries.sums import Moment
from funds.queries.whatif import Loaded, load
from funds.reports import words
from funds.reports.results import moment_query, scope_code
from funds.views.moments import WHEN, AtTimes
from funds.views.scopes import scope_choices
from innovation.accounts.choices import Role
from innovation.core.display import unit_of
from innovation.core.views import Crumb
from innovation.reports.content import ReportData, Section
from innovation.reports.rendering.view import ShownSection, shown

STRESS = _("Stress")


def _granted(permission: str) -> tuple[Role, ...]:
    return (Role.ADMINISTRATOR, *(role for role, rights in ROLES.items() if permission in rights))


SAVERS, ASKERS = _granted("funds.add_scenario"), _granted("funds.add_stressrun")
"""Whom the pages offer it; the roles of a person are loaded anyway, and the actions ask for the permission itself."""


def saves_scenarios(user: Any) -> bool:
    """Whether ``user`` may save what-if scenarios."""
    return bool(sees_funds(user) and user.has_role(*SAVERS))


def asks_runs(user: Any) -> bool:
    """Whether ``user`` may ask for simulations."""
    return bool(sees_funds(user) and user.has_role(*ASKERS))


class StressScope(AtTimes):
    """Mixin of pages whose address names a fund or group, two times, and maybe a policy document."""

    request: HttpRequest

    @property
    def address(self) -> Mapping[str, str]:
        """Where the scope stands: the address, also of a form that is sent to it."""
        return self.request.GET

    @cached_property
    def asked(self) -> ScopeForm:
        form = ScopeForm(self.address, auto_id="%s")
        form.is_valid()
        return form

    @property
    def times_form(self) -> ScopeForm:
        return self.asked

    @cached_property
    def known_at(self) -> datetime:
        return self.asked.cleaned_data.get("known_at") or timezone.now()

    @property
    def as_of(self) -> date:
        return self.asked.cleaned_data.get("as_of") or timezone.localdate(self.known_at)

    @property
    def moment(self) -> Moment:
        chosen = {name for name in WHEN if self.asked.cleaned_data.get(name)}
        return Moment(self.as_of, self.known_at, frozenset(chosen))

    @cached_property
    def target(self) -> Target:
        kind, key = self.asked.scope_parts() or ("", 0)
        user = self.request.user
        group = FundGroup.objects.visible_to(user).filter(pk=key).first() if kind == "group" else None
        fund = Fund.objects.visible_to(user).filter(pk=key).first() if kind == "fund" else None
        if group is not None:
            return Target.of_group(group)
        if fund is None:
            raise Http404
        return Target.of_fund(fund)

    @cached_property
    def loaded(self) -> Loaded:
        return load(self.target, self.moment)

    @cached_property
    def answer(self) -> Answer:
        return self.loaded.chosen(self.asked.cleaned_data.get("document"))

    @cached_property
    def on(self) -> Stressed | NotStressed:
        return stressed(self.loaded.view, self.answer)

    @cached_property
    def names(self) -> dict[int, Investment]:
        return names_of(self.loaded.view, self.on)

    def scope_query(self, **more: Any) -> str:
        """The address of this scope and of the times that were chosen."""
        document = self.asked.cleaned_data.get("document") or ""
        query = {"scope": scope_code(self.target), "document": document} | moment_query(self.moment) | more
        return urlencode({name: value for name, value in query.items() if value})

    def url(self, name: str, **more: Any) -> str:
        """Another stress page about the same scope and times."""
        return f"{reverse(f'funds:{name}')}?{self.scope_query(**more)}"

    def fixed_url(self, name: str) -> str:
        """A page that keeps what this one shows: both times are written out."""
        return self.url(name, as_of=self.as_of.isoformat(), known_at=timezone.localtime(self.known_at).isoformat())

    def trail(self, *last: Crumb) -> Sequence[Crumb]:
        name = words.name_of(self.target)
        return [(STRESS, reverse("funds:stress")), (name, self.url("stress") if last else None), *last]

    def draw(self, *sections: Section) -> list[ShownSection]:
        """Parts of a report as the page shows them."""
        return shown(ReportData("", sections), unit_of(self.request), links=True).sections

    def scope_context(self) -> dict[str, Any]:
        """What the scope chooser and the time chips need."""
        return self.times_context | {
            "asked": self.asked,
            "scopes": scope_choices(self.request.user, self.target),
            "target": self.target,
        }
