"""What-if on the page: suppose losses, new money or another reading, and read the exact answer. Nothing is written."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from funds.actions import stress
from funds.actions.stress import NOT_STRESSED
from funds.forms import SaveScenarioForm, WhatIfForm
from funds.queries.stressed import NotStressed, Stressed
from funds.queries.whatif import WhatIf
from funds.reports import whatif as reports
from funds.reports import words
from funds.reports.amounts import fen
from funds.views.stress.scope import StressScope, saves_scenarios
from innovation.core.display import unit_of
from innovation.core.errors import RuleViolation
from innovation.core.money import format_fen
from innovation.core.views import Crumb, FormPage, PageView
from innovation.reports.content import Section

MOST_ROWS = 60
LONGEST_ADDRESS = 3_500
"""Servers cut longer addresses; such a supposition is answered where it was sent."""
NOT_PART_OF_IT = frozenset({"csrfmiddlewaretoken", "find"})


@dataclass(frozen=True)
class HoldingLine:
    """One holding of the form: what it is, what its failure would add, and what was typed for it."""

    pk: int
    name: str
    stage: str
    remaining: str
    value: str
    adds: str
    down: str
    off: bool


class WhatIfPage(StressScope, PageView):
    """The form and, once something is supposed, the answer. A sent form leads to its own address, to keep and send."""

    template_name = "funds/stress/whatif.html"

    def get_title(self) -> str:
        return gettext("What if: %(name)s") % {"name": words.name_of(self.target)}

    def breadcrumbs(self) -> Sequence[Crumb]:
        return self.trail((_("What if"), None))

    @property
    def address(self) -> Mapping[str, str]:
        return self.request.POST if self.request.method == "POST" else self.request.GET

    @cached_property
    def form(self) -> WhatIfForm:
        document = self.answer.document
        form = WhatIfForm(self.address, funds=self.loaded.view.funds, document=document and document.pk)
        form.is_valid()
        return form

    @cached_property
    def found(self) -> WhatIf | None:
        """The answer; None while nothing is supposed or the supposition does not fit."""
        supposed = self.form.supposed
        if supposed.is_empty or self.form.errors:
            return None
        try:
            return self.loaded.suppose(supposed)
        except RuleViolation as violation:
            field = violation.field if violation.field in self.form.fields else None
            self.form.add_error(field, str(violation))
            return None

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Lead to the address of the supposition, so that it can be kept; the answer itself when that is too long."""
        kept = QueryDict(mutable=True)
        for name, values in request.POST.lists():
            if name not in NOT_PART_OF_IT and any(values):
                kept.setlist(name, [value for value in values if value])
        if not kept.get("amount_amount"):
            for name in ("amount_unit", "stage", "fund", "lost", "called"):
                kept.pop(name, None)
        address = f"{request.path}?{kept.urlencode()}#answer"
        if len(address) <= LONGEST_ADDRESS:
            return HttpResponseRedirect(address)
        return self.get(request)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        context = self.get_context_data()
        status = HTTPStatus.UNPROCESSABLE_ENTITY if self.form.errors else HTTPStatus.OK
        return self.render_to_response(context, status=status)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = self.found
        lines, more = self.lines()
        context = self.scope_context() | {
            "whatif": self.form,
            "lines": lines,
            "more": more,
            "unit_label": unit_of(self.request).label,
            "find": self.address.get("find", ""),
            "reason": NOT_STRESSED[self.on] if isinstance(self.on, NotStressed) else "",
            "stress_url": self.url("stress"),
            "fresh_url": self.url("whatif"),
            "hidden": [(name, value) for name, value in self.hidden() if value],
        }
        if found is not None:
            context |= self.answered(found)
        return super().get_context_data(**context | kwargs)

    def hidden(self) -> list[tuple[str, str]]:
        """The scope as hidden fields of the form."""
        return [(name, self.address.get(name, "")) for name in ("scope", "as_of", "known_at", "document", "unit")]

    def answered(self, found: WhatIf) -> dict[str, Any]:
        """The answer, and the form that saves it."""
        figures = Section("", figures=reports.answer_figures(found), tables=reports.comparison_tables(found))
        save = None
        if saves_scenarios(self.request.user):
            save = SaveScenarioForm(initial={"changes": json_of(found)}, auto_id="save-%s")
        return {
            "found": found,
            "outcome": reports.outcome(found),
            "supposed": reports.supposed_lines(found.supposed, self.names, self.loaded.view.funds),
            "section": self.draw(figures)[0],
            "save": save,
            "save_url": self.fixed_url("scenario_save"),
        }

    def lines(self) -> tuple[list[HoldingLine], int]:
        """The holdings that can still lose something, the largest failures first, and how many are left out."""
        unit, typed = unit_of(self.request), self.form.typed
        adds = {each.holding.id: each.position.delta for each in self.on.held} if isinstance(self.on, Stressed) else {}
        find = self.address.get("find", "").strip().casefold()
        rows = [h for h in self.loaded.view.holdings if h.remaining or h.id in typed]
        rows.sort(key=lambda h: (-adds.get(h.id, h.remaining), h.id))
        shown = []
        left = 0
        for holding in rows:
            investment = self.names.get(holding.id)
            name = f"{investment.company.name} ({investment.code})" if investment else str(holding.id)
            if holding.id not in typed and (find not in name.casefold() or len(shown) >= MOST_ROWS):
                left += 1
                continue
            down, off = typed.get(int(holding.id), ("", False))
            amounts = (holding.remaining, holding.fair_value, adds.get(holding.id))
            remaining, value, added = ("–" if a is None else format_fen(fen(a), unit) for a in amounts)
            stage = words.stage_label(holding.stage)
            shown.append(HoldingLine(int(holding.id), name, stage, remaining, value, added, down, off))
        return shown, left


def json_of(found: WhatIf) -> str:
    """A supposition as the form that saves it carries it."""
    return json.dumps(found.supposed.as_data())


class SaveScenario(StressScope, FormPage):
    """Keep a supposition under a name."""

    title = _("Save this scenario")
    allowed = staticmethod(saves_scenarios)
    form_class = SaveScenarioForm
    submit_label = _("Save the scenario")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return HttpResponseRedirect(self.url("whatif"))

    def breadcrumbs(self) -> Sequence[Crumb]:
        return self.trail((self.title, None))

    def form_valid(self, form: SaveScenarioForm) -> HttpResponseBase:
        data = form.cleaned_data
        saved = stress.save_scenario(
            target=self.target, moment=self.moment, supposed=data["changes"], name=data["name"], note=data["note"],
            actor=self.request.user,
        )  # fmt: skip
        return HttpResponseRedirect(reverse("funds:scenario", args=[saved.pk]))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(cancel_url=self.url("whatif"), **kwargs)
