"""The components of every page. ``{% load components %}``; each is shown in every state at ``/components/``."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.template import Context
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe

from innovation.core import components as parts
from innovation.core import icons
from innovation.core.charts import Chart, from_plain, render_svg, tabular
from innovation.core.components import Figure, Moment, Status, Tab, Task, Tone
from innovation.core.gauges import gauge_svg, gauge_text
from innovation.core.tables import Table

register = template.Library()
Text = str | Promise


@register.simple_tag
def icon(name: str) -> SafeString:
    return icons.icon(name)


@register.simple_tag
def status_tag(status: Status | str, label: Text = "") -> SafeString:
    """``{% status_tag status %}`` with a ``Status``, or ``{% status_tag "ok" label %}`` with a tone and a word."""
    return icons.status_html(status if isinstance(status, Status) else Status(label, Tone(status)))


@register.inclusion_tag("components/unverified.html")
def unverified(reason: Text = "") -> dict[str, Any]:
    """The flag of a rule whose figures are known at second hand."""
    return {"reason": reason}


@register.inclusion_tag("components/figure_card.html")
def figure_card(figure: Figure | None = None, **facts: Any) -> dict[str, Any]:
    """``{% figure_card figure %}`` or ``{% figure_card label=… value=… unit=… href=… note=… %}``."""
    return {"figure": figure or Figure(**facts)}


@register.inclusion_tag("components/gauge.html")
def gauge(gauge: parts.Gauge) -> dict[str, Any]:
    return {"gauge": gauge, "svg": gauge_svg(gauge), "text": gauge_text(gauge)}


@register.inclusion_tag("components/chart.html")
def chart(chart: Chart | Mapping[str, Any], *, with_table: bool = True) -> dict[str, Any]:
    """A chart of ``core.charts`` (or its plain form) under its title, with its numbers as a table to open beneath.

    ``with_table=False`` where the page shows a table of the same numbers itself.
    """
    chart = from_plain(chart) if isinstance(chart, Mapping) else chart
    return {
        "chart": chart,
        "wide": mark_safe(render_svg(chart)),  # noqa: S308 - Vega escapes every text
        "narrow": mark_safe(render_svg(chart, size="narrow")),  # noqa: S308
        "table": tabular(chart) if with_table else None,
    }


@register.inclusion_tag("components/timeline.html")
def timeline(moments: Sequence[Moment], empty: Text = "") -> dict[str, Any]:
    return {"moments": moments, "empty": empty}


@register.inclusion_tag("components/table.html", takes_context=True)
def table(context: Context, table: Table) -> dict[str, Any]:
    """A filterable, sortable, paged list with export; several can stand on one page when each has a name."""
    return {"table": table, "request": context.get("request")}


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms: BaseForm) -> dict[str, Any]:
    """What is wrong with the form(s), each line a link to its field; nothing when all is well."""
    wrong = [form for form in forms if form.is_bound and form.errors]
    general = [error for form in wrong for error in form.non_field_errors()]
    general += [error for form in wrong for field in form.hidden_fields() for error in field.errors]
    by_field = [
        (first_control(field), field.label, error)
        for form in wrong
        for field in form.visible_fields()
        for error in field.errors
    ]
    return {"general": general, "by_field": by_field}


def first_control(field: BoundField) -> str:
    """Id of the control that a link to ``field`` puts the focus on: of several, the first."""
    return f"{field.auto_id}_0" if field.use_fieldset else field.auto_id


@register.inclusion_tag("components/empty_state.html")
def empty_state(title: Text, text: Text = "", action: Text = "", href: str = "", kind: str = "empty") -> dict[str, Any]:
    """An empty list that says how to fill it; ``kind`` may be ``lock`` for what the person may not see."""
    return {"title": title, "text": text, "action": action, "href": href, "kind": kind}


@register.inclusion_tag("components/loading.html")
def loading(text: Text = "", href: str = "") -> dict[str, Any]:
    """A place whose content htmx loads from ``href``; without scripts a link opens it."""
    return {"text": text, "href": href}


@register.inclusion_tag("components/task_list.html")
def task_list(tasks: Sequence[Task], label: Text = "") -> dict[str, Any]:
    done = sum(task.state is parts.TaskState.DONE for task in tasks)
    return {"tasks": tasks, "label": label, "done": done, "count": len(tasks)}


@register.inclusion_tag("components/tabs.html")
def tabs(tabs: Sequence[Tab], label: Text) -> dict[str, Any]:
    return {"tabs": tabs, "label": label}


@register.inclusion_tag("components/facts.html")
def facts(facts: Sequence[parts.Fact]) -> dict[str, Any]:
    return {"facts": facts}


@register.inclusion_tag("components/banner.html")
def banner(tone: str, text: Text, title: Text = "", href: str = "", action: Text = "") -> dict[str, Any]:
    return {"tone": Tone(tone), "text": text, "title": title, "href": href, "action": action}


@register.inclusion_tag("components/progress.html")
def progress(percent: int, note: Text = "", poll: str = "", label: Text = "") -> dict[str, Any]:
    """Progress of a job, 0..100. While ``poll`` is given the component asks that address for itself every second."""
    return {"percent": max(0, min(100, percent)), "note": note, "poll": poll, "label": label}


@register.inclusion_tag("components/time_chips.html", takes_context=True)
def time_chips(
    context: Context, as_of: date | None, known_at: datetime | None, name: str = "", asked: BaseForm | None = None
) -> dict[str, Any]:
    """As-of and known-at of a page, with the form that asks for others; other parameters of the address stay.

    ``asked`` is the bound form with the fields ``as_of`` and ``known_at``: where one of them cannot be used the panel
    is open, and what is wrong stands at the field beside what was written.
    """
    request = context["request"]
    prefix = f"{name}-" if name else ""
    own = {f"{prefix}as_of", f"{prefix}known_at", "page"}
    kept = [(key, value) for key, values in request.GET.lists() if key not in own for value in values]
    wrong = {} if asked is None else {key: asked[key] for key in ("as_of", "known_at") if key in asked.errors}
    times = {"as_of": as_of, "known_at": known_at, "wrong": wrong}
    return times | {"prefix": prefix, "kept": kept, "path": request.path}
