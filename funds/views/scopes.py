"""What the scope chooser of the tolerance page offers."""

from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Value
from django.utils.translation import gettext_lazy as _

from funds.models import Fund, FundGroup, Investment
from funds.queries.tolerance import Target, ToleranceView
from funds.reports import words
from funds.reports.results import scope_code
from innovation.organisations.models import Organisation


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class ChoiceGroup:
    label: Any
    choices: list[Choice]


def scope_choices(user: Any, target: Target | None) -> list[ChoiceGroup]:
    """Groups and funds by name, in one statement; the chosen one is that of the target's fund or group."""
    chosen = ""
    if target is not None:
        chosen = scope_code(target if target.group is not None else Target.of_fund(target.fund))
    columns = ("pk", "code", "name_zh", "name_en", "part")
    parts = [
        rows.visible_to(user).annotate(part=Value(part, CharField())).order_by()
        for part, rows in (("group", FundGroup.objects), ("fund", Fund.objects))
    ]
    found = parts[0].values_list(*columns).union(parts[1].values_list(*columns)).order_by("part", "code")
    groups: dict[str, list[Choice]] = {"group": [], "fund": []}
    for key, _code, name_zh, name_en, part in found:
        value = f"{part}-{key}"
        name = Fund(name_zh=name_zh, name_en=name_en).name
        groups[part].append(Choice(value, name, value == chosen))
    labels = {"group": _("Groups of funds"), "fund": _("Funds")}
    return [ChoiceGroup(labels[part], choices) for part, choices in groups.items() if choices]


def project_choices(user: Any, target: Target) -> list[Choice]:
    """The projects of the target's fund, or of its stage, by code, in one statement; none for a group."""
    if target.fund is None:
        return []
    rows = Investment.objects.visible_to(user).filter(fund=target.fund).order_by("code")
    if target.stage:
        rows = rows.filter(stage=target.stage)
    chosen = target.investment and target.investment.pk
    columns = ("pk", "code", "company__name_zh", "company__name_en")
    return [
        Choice(str(key), f"{code} {Organisation(name_zh=name_zh, name_en=name_en).name}", key == chosen)
        for key, code, name_zh, name_en in rows.values_list(*columns)
    ]


def stage_choices(view: ToleranceView, target: Target) -> list[Choice]:
    """The stages that occur in the fund or group of the target; none for a project."""
    if target.investment is not None:
        return []
    stages = sorted({h.stage for fund in view.funds for h in view.books[fund.pk].holdings if h.cost})
    return [Choice(stage, words.stage_label(stage), stage == target.stage) for stage in stages]
