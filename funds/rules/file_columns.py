"""The columns of portfolio files: what each may hold, and the headings by which it is known without asking."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from funds.choices.files import Layout
from funds.rules import valuation_file
from innovation.core.errors import RuleViolation
from innovation.core.money import Unit


@dataclass(frozen=True, slots=True)
class FileField:
    """A fact that a row may carry; ``names`` are headings that are taken for it without asking.

    ``when`` says when a column that is not ``required`` is needed all the same.
    """

    key: str
    label: str | Promise
    names: tuple[str, ...]
    required: bool = False
    when: str | Promise = ""

    @property
    def needed(self) -> str | Promise:
        """Whether the file must hold it, in words."""
        return _("yes") if self.required else self.when or _("no")


_ONE_NAME = _("one of investment code, company name and credit code")
_COMMON = (
    FileField(
        "fund", _("fund code"), ("fund_code", "fund", "基金代码", "基金编号", "基金"),
        when=_("yes, unless one fund is chosen for all rows"),
    ),
    FileField(
        "investment", _("investment code"), ("investment_code", "project_code", "项目代码", "项目编号"), when=_ONE_NAME,
    ),
    FileField(
        "company", _("company name"), ("company", "company_name", "name", "企业名称", "公司名称", "项目名称"),
        when=_("for a holding that is not recorded yet"),
    ),
    FileField(
        "uscc", _("company's social credit code"), ("uscc", "统一社会信用代码", "信用代码"), when=_ONE_NAME,
    ),
    FileField("stage", _("stage at entry"), ("stage", "阶段", "投资阶段")),
)  # fmt: skip
FIELDS: Mapping[str, tuple[FileField, ...]] = {
    Layout.LEDGER: (
        *_COMMON,
        FileField("kind", _("kind of event"), ("kind", "event", "类型", "事项", "业务类型"), required=True),
        FileField("value_date", _("value date"), ("value_date", "date", "日期", "发生日期", "起息日"), required=True),
        FileField("amount", _("amount"), ("amount", "金额", "发生额"), required=True),
        FileField(
            "cost_relieved", _("cost relieved"), ("cost_relieved", "结转成本"), when=_("for exits and write-offs")
        ),
        FileField("award", _("award code"), ("award_code", "award", "资助编号", "资助项目编号"), when=_("for grants")),
        FileField("document", _("source document"), ("document", "凭证", "凭证号", "依据")),
    ),
    Layout.HOLDINGS: (
        *_COMMON,
        FileField(
            "value_date", _("date of investment"), ("invested_on", "first_funding_at", "投资日期"), required=True
        ),
        FileField("amount", _("amount invested"), ("amount", "funding_total_usd", "投资金额"), required=True),
        FileField("outcome", _("outcome"), ("status", "outcome", "状态"), when=_("to name total losses")),
        FileField("lost_on", _("date of the loss"), ("closed_at", "lost_on", "损失日期")),
    ),
    Layout.VALUATIONS: (
        _COMMON[0],
        replace(_COMMON[1], required=True),
        FileField("value_date", _("valid at"), ("valid_at", "date", "估值日", "估值基准日"), required=True),
        FileField("amount", _("fair value"), ("fair_value", "value", "公允价值", "估值")),
        *(FileField(*entry) for entry in valuation_file.FIELDS),
    ),
}


def guess_columns(layout: str, header: Sequence[str]) -> dict[str, str]:
    """Field → heading for the headings that are known by name."""
    return guess_from(FIELDS[layout], header)


def guess_from(fields: Sequence[FileField], header: Sequence[str]) -> dict[str, str]:
    """The same for any table of fields."""
    plain = {_plain(heading): heading for heading in reversed(header)}
    found = {}
    for entry in fields:
        heading = next((plain[name] for name in map(_plain, entry.names) if name in plain), None)
        if heading is not None:
            found[entry.key] = heading
    return found


def stated_unit(header: Sequence[str]) -> str:
    """The unit that a heading states in brackets, as in 金额(万元); empty when none or several do."""
    units = set()
    for heading in header:
        for inside in re.findall(r"[(（\[]([^)）\]]+)[)）\]]", heading):
            try:
                units.add(Unit.from_text(inside).value)
            except RuleViolation:
                continue
    return units.pop() if len(units) == 1 else ""


def _plain(heading: str) -> str:
    """A heading without its unit, case and space."""
    return re.sub(r"[(（\[].*", "", heading).strip().casefold().replace(" ", "_")
