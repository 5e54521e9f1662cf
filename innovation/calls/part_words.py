"""Of what inputs each part of a definition is made, and what the parts are called."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from innovation.calls.choices import ApplicationState
from innovation.calls.models.application_states import EVENT_NAMES
from innovation.calls.rules import workflow
from innovation.calls.rules.deadlines import KINDS as DEADLINE_KINDS
from innovation.calls.rules.forms import shape
from innovation.calls.rules.message_texts import PLACEHOLDERS
from innovation.calls.rules.workflow import processes
from innovation.calls.trying_words import APPLICATION_KINDS, EVENTS, FIELD_TYPES, ITEM_TYPES
from innovation.core.money import Unit

Words = str | Promise
Options = list[tuple[str, Any]]


@dataclass(frozen=True)
class Entry:
    """One input. ``kind``: words (in both languages; ``is_long``), flat (the same as ``zh`` and ``en`` of the part),
    text, integer, number, money, yes_no, choice, several, rule, options (``flat_options``), bands, sums, names.
    ``types``: only for parts of these types; ``is_new``: only while the part is made.
    """

    key: str
    kind: str
    label: Words
    help: Words = ""
    options: Options | None = None
    types: frozenset[str] = frozenset()
    needed: bool = False
    is_long: bool = False
    is_new: bool = False


PART_NAMES: dict[str, Words] = {
    "sections": _("Sections"), "fields": _("Questions"), "columns": _("Columns of the table"),
    "rules": _("Checks over several questions"), "windows": _("Windows"), "facts": _("Facts"),
    "gates": _("Conditions"), "direct": _("Direct paths"), "groups": _("Groups of points"), "items": _("Items"),
    "deadlines": _("Deadlines"), "criteria": _("Criteria"), "routes": _("Steps that lead elsewhere"),
}  # fmt: skip
ADD: dict[str, Words] = {
    "sections": _("Add a section"), "fields": _("Add a question"), "columns": _("Add a column"),
    "rules": _("Add a check"), "windows": _("Add a window"), "facts": _("Add a fact"),
    "gates": _("Add a condition"), "direct": _("Add a direct path"), "groups": _("Add a group"),
    "items": _("Add an item"), "deadlines": _("Add a deadline"), "criteria": _("Add a criterion"),
    "routes": _("Add a step"),
}  # fmt: skip
WHOLE: dict[str, Words] = {
    "form": _("Legal basis"), "rubric": _("What passes"), "process": _("Name, states and numbers"),
    "score_sheet": _("Scale"), "message": _("Subject and text"),
}  # fmt: skip
KEY = _("Small letters, digits and underscores. Rules, formulas and reports name it by this key.")
RULE = _('For example: own_share >= 50 and not (stage == "pilot"). Known are and, or, not, brackets, >= > <= < == !=.')
STATES: Options = list(ApplicationState.choices)
OPEN: Options = [(one, ApplicationState(one).label) for one in
                 ("submitted", "eligible", "in_review", "approved", "noticed", "active", "closed")]  # fmt: skip
SHOW: Options = [(one, ApplicationState(one).label) for one in
                 ("draft", "returned", "submitted", "eligible", "in_review", "ranked", "approved", "noticed", "active",
                  "closed")]  # fmt: skip
EDIT: Options = [(one, ApplicationState(one).label) for one in ("draft", "returned", "approved", "noticed", "active")]
LEFT = frozenset({"max_of", "expert_in_band"})
"""Types of items whose bands are written as JSON."""
ITEM_FACTS = frozenset({"band_high", "band_low", "choice", "step", "multi_cap", "number", "expert_in_band"})
REQUIREMENT_NAMES: dict[str, Words] = {
    "technology_manager": _("A technology manager takes part"), "trl_gate": _("Readiness levels are judged"),
    "own_share": _("Own money is judged"), "need_owner_signs": _("The owner of the need signs"),
    "market_check": _("The market is judged"), "contributed_rights": _("Rights are contributed"),
}  # fmt: skip
DEADLINE_NAMES: dict[str, Words] = {
    "absolute": _("On a fixed day"), "working_days": _("Working days after an event"),
    "calendar_days": _("Days after an event, moved to a working day"), "yearly": _("On the same day every year"),
    "window": _("From one day to another"),
}  # fmt: skip
EVENT_OPTIONS: Options = [*STATES, *EVENTS.items()]
_MINMAX = frozenset({"number", "percent", "trl"})
_CLOSING = Entry("rule.closing", "text", _("Hour of the end"), _("Like 17:00. Empty: the end of the day."))


def _min(types: frozenset[str], kind: str) -> tuple[Entry, Entry]:
    return (
        Entry("limits.min", kind, _("At least"), types=types),
        Entry("limits.max", kind, _("At most"), types=types),
    )


_LIMITS = (
    *_min(_MINMAX, "number"), *_min(frozenset({"money"}), "money"), *_min(frozenset({"date"}), "text"),
    Entry("limits.decimals", "integer", _("Most decimals"), types=frozenset({"number", "percent"})),
    Entry("limits.min_length", "integer", _("Fewest characters"), types=shape.WRITTEN),
    Entry("limits.max_length", "integer", _("Most characters"), types=shape.WRITTEN),
    Entry("limits.min_chosen", "integer", _("Fewest to choose"), types=frozenset({"multi"})),
    Entry("limits.max_chosen", "integer", _("Most to choose"), types=frozenset({"multi"})),
    Entry("limits.min_rows", "integer", _("Fewest rows"), types=frozenset({"table"})),
    Entry("limits.max_rows", "integer", _("Most rows"), types=frozenset({"table"})),
)  # fmt: skip
_HEAD = (
    Entry("key", "text", _("key"), KEY, needed=True),
    Entry("type", "choice", _("type"), options=list(FIELD_TYPES.items()), needed=True, is_new=True),
    Entry("label", "words", _("question"), needed=True),
    Entry("help", "words", _("help"), is_long=True),
)
_COLUMN_TYPE = Entry(
    "type", "choice", _("type"), needed=True, is_new=True,
    options=[(code, text) for code, text in FIELD_TYPES.items() if code not in shape.NOT_IN_TABLES],
)  # fmt: skip
_MONEY_UNIT = Entry("unit", "choice", _("unit"), options=[("", "–"), *Unit.choices], types=frozenset({"money"}))
_UNIT = Entry("unit", "words", _("unit"), types=frozenset({"number"}))
_OPTIONS = Entry(
    "options", "options", _("answers to choose from"), _("One a line: key | 中文 | English"),
    types=shape.CHOOSING,
)  # fmt: skip
_FLAGS = (
    Entry("personal_data", "yes_no", _("holds data of a person")),
    Entry("identifying", "yes_no", _("tells who applies: hidden from blind reviewers")),
)
SHAPES: dict[str, tuple[Entry, ...]] = {
    "form": (
        Entry("legal_basis", "text", _("legal basis of questions that judge by age"),
              _("Empty where nothing judges by age.")),
    ),
    "section": (
        Entry("key", "text", _("key"), KEY, needed=True),
        Entry("title", "words", _("title"), needed=True),
        Entry("help", "words", _("help"), is_long=True),
        Entry("visible_when", "rule", _("shown only when"), RULE),
    ),
    "field": (
        *_HEAD, _MONEY_UNIT, _UNIT, _OPTIONS, *_LIMITS,
        Entry("formula", "text", _("formula"),
              _("Only for computed answers, for example: own / (requested + own) * 100, sum(costs.grant)"),
              types=shape.NUMERIC),
        Entry("source", "text", _("taken from the register"), _("For example profile:name_zh. Empty: it is typed."),
              types=frozenset({"text", "industry", "division", "organisation"})),
        Entry("required_at", "several", _("has to be answered by"), options=OPEN),
        Entry("visible_at", "several", _("shown only in"), _("None ticked: in every state."), options=SHOW),
        Entry("editable_at", "several", _("may be written in"), _("None ticked: in the draft."), options=EDIT),
        Entry("visible_when", "rule", _("shown only when"), RULE),
        Entry("evidence_required", "yes_no", _("needs a file that proves it")),
        Entry("limits.types", "names", _("kinds of file"), _("For example: pdf, docx, png. Empty: all.")),
        Entry("limits.max_mb", "integer", _("largest file in MB")),
        Entry("limits.max_files", "integer", _("most files")),
        *_FLAGS,
        Entry("column", "choice", _("read by reports as"), options=[
            ("", "–"), ("title", _("title of the application")), ("requested_fen", _("amount asked for")),
            ("own_fen", _("own money")),
        ], types=frozenset({"text", "money"})),
    ),
    "column": (
        _HEAD[0], _COLUMN_TYPE, *_HEAD[2:], _MONEY_UNIT, _UNIT, _OPTIONS, *_LIMITS[:-2],
        Entry("required_at", "several", _("has to be answered by"), options=OPEN), *_FLAGS,
    ),
    "check": (
        Entry("key", "text", _("key"), KEY, needed=True),
        Entry("rule", "rule", _("has to hold"), RULE, needed=True),
        Entry("message", "words", _("what is told when it does not"), needed=True),
        Entry("level", "choice", _("level"), options=[
            ("error", _("keeps the application from being sent")), ("warning", _("only warns")),
        ]),
    ),
    "score_sheet": (Entry("scale", "integer", _("most points of a criterion"), needed=True),),
    "criterion": (
        Entry("key", "text", _("key"), KEY, needed=True),
        Entry("text", "words", _("criterion"), needed=True),
        Entry("help", "words", _("help"), is_long=True),
        Entry("weight", "number", _("weight"), needed=True),
        Entry("not_applicable", "yes_no", _("a reviewer may leave it out")),
    ),
    "deadline": (
        Entry("key", "text", _("key"), KEY, needed=True),
        Entry("title", "words", _("title"), needed=True),
        Entry("rule.kind", "choice", _("kind"), options=[(one, DEADLINE_NAMES[one]) for one in DEADLINE_KINDS],
              needed=True, is_new=True),
        Entry("rule.event", "choice", _("counts from"), options=EVENT_OPTIONS,
              types=frozenset({"working_days", "calendar_days"})),
        Entry("rule.days", "integer", _("days"), _("Below zero: before the event."),
              types=frozenset({"working_days", "calendar_days"})),
        Entry("rule.on", "text", _("day"), _("Like 2026-05-31."), types=frozenset({"absolute"})),
        Entry("rule.month_day", "text", _("day of the year"), _("Like 05-31."), types=frozenset({"yearly"})),
        Entry("rule.opens", "text", _("opens"), _("Like 2026-05-31."), types=frozenset({"window"})),
        Entry("rule.closes", "text", _("closes"), _("Like 2026-05-31."), types=frozenset({"window"})),
        _CLOSING,
    ),
    "message": (
        Entry("notice", "choice", _("kind of notice"), options=[
            ("calls_status", _("Steps of my applications")), ("calls_reminder", _("Deadlines of my applications")),
            ("calls_review", _("Reviews asked of me")), ("calls_news", _("Changes of calls")),
        ], needed=True),
        Entry("subject", "words", _("subject"), needed=True),
        Entry("text", "words", _("text"), " ".join(f"{{{{ {name} }}}}" for name in PLACEHOLDERS), needed=True,
              is_long=True),
    ),
    "process": (
        Entry("title", "words", _("title"), needed=True),
        Entry("states", "several", _("states"), options=[(one, ApplicationState(one).label)
              for one in workflow.STATES if one in ApplicationState.values], needed=True),
        Entry("start", "choice", _("begins with"), options=[(one, ApplicationState(one).label)
              for one in processes.STARTS if one in ApplicationState.values]),
        Entry("left_out", "several", _("steps that it does not have"), options=list(EVENT_NAMES.items())),
        Entry("notice_days", "integer", _("working days of the public notice")),
        Entry("reviewers_needed", "integer", _("reviewers of each case")),
        Entry("min_bids", "integer", _("fewest bids")),
        Entry("return_days", "integer", _("working days to answer questions")),
        Entry("change_days", "integer", _("working days to answer a request for a change")),
        Entry("max_pause_days", "integer", _("longest pause in working days")),
        Entry("entitlement_months", "integer", _("months that the title is valid")),
        Entry("decision_days", "integer", _("days from submission to decision")),
        Entry("kpi_mode", "choice", _("targets"), options=[
            ("targets", _("targets by year")), ("none", _("no targets by year")),
        ]),
        Entry("requires", "several", _("asks for"), options=list(REQUIREMENT_NAMES.items())),
    ),
    "route": (
        Entry("from", "choice", _("state"), options=STATES, needed=True),
        Entry("event", "choice", _("event"), options=list(EVENT_NAMES.items()), needed=True),
        Entry("to", "choice", _("leads to"), options=STATES, needed=True),
    ),
    "rubric": (
        Entry("zh", "text", _("name (Chinese)"), needed=True),
        Entry("en", "text", _("name (English)"), needed=True),
        Entry("pass.total_min", "number", _("points that pass")),
        Entry("pass.exclusive", "yes_no", _("the total has to be above them")),
        Entry("pass.group_min", "sums", _("least points of a group"), _("One a line: key of the group = points")),
        Entry("validity_months", "integer", _("months that the title is valid")),
        Entry("legal_basis", "text", _("legal basis of questions that judge by age"),
              _("Empty where nothing judges by age.")),
    ),
    "window": (
        Entry("application_kind", "choice", _("kind"), options=list(APPLICATION_KINDS.items()), needed=True),
        Entry("from", "text", _("from"), _("Like 2026-05-31."), needed=True),
        Entry("to", "text", _("to"), _("Empty: without end.")),
    ),
    "fact": (
        Entry("", "text", _("key"), KEY, needed=True, is_new=True),
        Entry("type", "choice", _("type"), options=[
            ("number", FIELD_TYPES["number"]), ("money", FIELD_TYPES["money"]), ("boolean", FIELD_TYPES["yes_no"]),
            ("choice", FIELD_TYPES["choice"]), ("multi", FIELD_TYPES["multi"]),
            ("money_list", pgettext_lazy("fact", "amounts of several years")),
        ], needed=True, is_new=True),
        Entry("flat", "flat", _("question"), needed=True),
        Entry("unit", "text", _("unit"), _("ratio is shown as percent; else years, persons, points …"),
              types=frozenset({"number"})),
        Entry("claim", "yes_no", _("counts as no when nothing is said"), types=frozenset({"boolean"})),
        Entry("options", "flat_options", _("answers to choose from"), _("One a line: key | 中文 | English"),
              types=frozenset({"choice", "multi"})),
    ),
    "gate": (
        Entry("id", "text", _("key"), KEY, needed=True),
        Entry("flat", "flat", _("condition"), needed=True),
        Entry("rule", "rule", _("has to hold"), RULE, needed=True),
        Entry("waiver", "rule", _("waived when"), RULE),
        Entry("veto", "yes_no", _("no exception is possible")),
        Entry("manual", "yes_no", _("the office judges it")),
    ),
    "group": (
        Entry("id", "text", _("key"), KEY, needed=True),
        Entry("flat", "flat", _("title"), needed=True),
        Entry("max", "number", _("most points")),
        Entry("cap", "number", _("points above are cut at")),
    ),
    "item": (
        Entry("id", "text", _("key"), KEY, needed=True),
        Entry("type", "choice", _("type"), options=[(one, text) for one, text in ITEM_TYPES.items() if one not in LEFT],
              needed=True, is_new=True),
        Entry("flat", "flat", _("item"), needed=True),
        Entry("fact", "text", _("key of the fact"), types=ITEM_FACTS),
        Entry("bands", "bands", _("bands"), _("Best first, one a line: limit = points. The last line: else = points."),
              types=frozenset({"band_high", "band_low"})),
        Entry("options", "sums", _("points of each answer"), _("One a line: answer = points"),
              types=frozenset({"choice"})),
        Entry("options", "names", _("marks that count"), types=frozenset({"multi_cap"})),
        Entry("each", "number", _("points of each mark"), types=frozenset({"multi_cap"})),
        Entry("per", "number", _("a full step is"), types=frozenset({"step"})),
        Entry("points", "number", _("points of each step"), types=frozenset({"step"})),
        Entry("max", "number", _("most points"), types=frozenset({"step", "multi_cap", "number"})),
        Entry("lo", "number", _("least points"), types=frozenset({"expert_range"})),
        Entry("hi", "number", _("most points"), types=frozenset({"expert_range"})),
    ),
}  # fmt: skip
