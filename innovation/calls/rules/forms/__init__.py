"""Forms as data: definitions, answers, and what both together mean in a state of the case (specification 5.4)."""

from innovation.calls.rules.forms.checks import DefinitionFault, check_definition
from innovation.calls.rules.forms.documents import Schemas, schemas
from innovation.calls.rules.forms.judge import (
    Fault,
    FileFacts,
    Files,
    Level,
    Progress,
    Status,
    missing_and_wrong,
    progress,
)
from innovation.calls.rules.forms.shape import COLUMNS, TYPES, by_key, fact_types, fields, is_computed, limit
from innovation.calls.rules.forms.states import (
    columns,
    computed,
    computed_answers,
    editable,
    facts,
    is_later,
    opens_in,
    visible,
    without_identity,
)
from innovation.calls.rules.forms.values import TYPED, Parsed, ValueFault, check_value, parse_value
from innovation.calls.rules.forms.versions import CellChange, Change, compare

__all__ = [
    "COLUMNS",
    "TYPED",
    "TYPES",
    "CellChange",
    "Change",
    "DefinitionFault",
    "Fault",
    "FileFacts",
    "Files",
    "Level",
    "Parsed",
    "Progress",
    "Schemas",
    "Status",
    "ValueFault",
    "by_key",
    "check_definition",
    "check_value",
    "columns",
    "compare",
    "computed",
    "computed_answers",
    "editable",
    "fact_types",
    "facts",
    "fields",
    "is_computed",
    "is_later",
    "limit",
    "missing_and_wrong",
    "opens_in",
    "parse_value",
    "progress",
    "schemas",
    "visible",
    "without_identity",
]
