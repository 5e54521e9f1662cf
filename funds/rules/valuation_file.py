"""A row of a valuation file as a paper: method, level, the inputs on both days, their source."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise, lazy
from django.utils.translation import gettext_lazy as _

from funds.choices.records import ValuationMethod
from funds.rules.valuation_methods import METHODS, Input, read
from innovation.core.errors import RuleViolation
from innovation.core.money import Unit

INPUTS: dict[str, Input] = {entry.key: entry for method in METHODS.values() for entry in method.inputs}
METHOD_WORDS = {str(method): str(method) for method in ValuationMethod} | {
    "参考最近融资价格": "RECENT_ROUND", "最近融资价格法": "RECENT_ROUND", "市场乘数": "MARKET_MULTIPLES",
    "市场乘数法": "MARKET_MULTIPLES", "行业指标": "INDUSTRY_INDICATORS", "行业指标法": "INDUSTRY_INDICATORS",
    "现金流折现": "DISCOUNTED_CASH_FLOW", "现金流折现法": "DISCOUNTED_CASH_FLOW", "净资产": "NET_ASSETS",
    "净资产法": "NET_ASSETS",
}  # fmt: skip
LEVELS = ("1", "2", "3")
Field = tuple[str, str | Promise, tuple[str, ...], bool]


def _label_at_entry(label: str | Promise) -> str:
    return str(_("%(input)s, on the day of entry") % {"input": label})


at_entry = lazy(_label_at_entry, str)
_PLAIN: tuple[Field, ...] = (
    ("method", _("method"), ("method", "估值方法"), True),
    ("level", _("fair-value level"), ("level", "公允价值层次"), False),
    ("source", _("source of the inputs"), ("source", "数据来源"), False),
    ("document", _("source document"), ("document", "依据", "凭证"), False),
    ("adjustment_reason", _("reason of the adjustment"), ("adjustment_reason", "调整理由"), False),
    ("correction_reason", _("reason of the correction"), ("correction_reason", "更正理由"), False),
)
FIELDS: tuple[Field, ...] = (
    *_PLAIN,
    *((f"now_{key}", entry.label, (key, f"now_{key}"), False) for key, entry in INPUTS.items()),
    *((f"entry_{key}", at_entry(one.label), (f"entry_{key}", f"{key}_entry"), False) for key, one in INPUTS.items()),
)


@dataclass(frozen=True, slots=True)
class PaperLine:
    """What a row says about a value besides its amount; inputs as typed, in the unit of the file."""

    method: str
    level: str
    has_value: bool
    now: dict[str, str] = field(default_factory=dict)
    entry: dict[str, str] = field(default_factory=dict)
    source: str = ""
    adjustment_reason: str = ""
    correction_reason: str = ""


def read_paper(texts: Mapping[str, str], unit: Unit) -> tuple[PaperLine | None, list[RuleViolation]]:
    """The paper of a row and what is wrong with its cells, each refusal naming its column."""
    method = METHOD_WORDS.get(texts.get("method", "")) or METHOD_WORDS.get(texts.get("method", "").upper())
    if method is None:
        message = _("This is none of the five methods.")
        return None, [RuleViolation("METHOD_UNKNOWN", message, field="method")]
    problems = []
    level = texts.get("level") or "3"
    if level not in LEVELS:
        problems.append(RuleViolation("LEVEL_UNKNOWN", _("A fair-value level is 1, 2 or 3."), field="level"))
    columns: dict[str, dict[str, str]] = {}
    for column in ("now", "entry"):
        prefix = f"{column}_"
        given = {key.removeprefix(prefix): text for key, text in texts.items() if key.startswith(prefix) and text}
        columns[column] = {key: text for key, text in given.items() if key in {i.key for i in METHODS[method].inputs}}
        try:
            read(method, columns[column], unit)
        except RuleViolation as refused:
            problems.append(RuleViolation(refused.code, refused.message, field=f"{prefix}{refused.field}"))
    line = PaperLine(
        method, level, bool(texts.get("amount")), columns["now"], columns["entry"], texts.get("source", ""),
        texts.get("adjustment_reason", ""), texts.get("correction_reason", ""),
    )  # fmt: skip
    return line, problems
