"""The controls of one section of an application's form: what the template draws for each field of each type."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from innovation.calls.forms.posted import REFERENCE_PARTS
from innovation.calls.rules import forms
from innovation.calls.rules.forms.shape import REFERENCES
from innovation.calls.shown import Names, ShownFile, amount_text, in_language, unit_of, value_text
from innovation.core.money import Unit
from innovation.core.uploads import DOCUMENTS

Definition = Mapping[str, Any]
PART_LABELS: dict[str, str | Promise] = {
    "name": _("Name"),
    "uscc": _("Unified social credit code"),
    "number": pgettext_lazy("application", "Number"),
}
LOOKED_UP = {"industry", "division", "organisation"}
LONG_FROM = 120  # characters above which a count of the letters left is shown
FEW_OPTIONS = 7  # as radio buttons; more as a list to choose from


@dataclass(frozen=True)
class Option:
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class Part:
    """One box of a reference: name, code."""

    name: str
    label: str | Promise
    text: str
    code: str


@dataclass
class Cell:
    """One thing to type into; ``kind`` chooses how it is drawn."""

    name: str
    label: str
    kind: str
    text: str = ""
    unit: str = ""
    options: Sequence[Option] = ()
    parts: Sequence[Part] = ()
    limit: int | None = None
    lookup: str = ""
    is_wrong: bool = False
    describedby: str = ""

    @property
    def id(self) -> str:
        return f"id_{self.name}"

    @property
    def shows_count(self) -> bool:
        return bool(self.limit and self.limit > LONG_FROM and self.kind in {"text", "long_text"})


@dataclass
class Control:
    """A field on its page. ``cell`` is what is typed into, ``rows`` those of a table, ``readonly`` its text else."""

    key: str
    label: str
    kind: str
    hint: str = ""
    is_required: bool = False
    is_open: bool = True
    is_shown: bool = True
    revision: int = 0
    cell: Cell | None = None
    heads: Sequence[str] = ()
    rows: list[list[Cell]] = field(default_factory=list)
    readonly: str = ""
    is_computed: bool = False
    takes_files: bool = False
    file_endings: str = ""
    file_limits: Mapping[str, Any] = field(default_factory=dict)
    files: Sequence[ShownFile] = ()
    faults: Sequence[str] = ()
    theirs: str | None = None
    theirs_by: str = ""
    found: Sequence[tuple[str, str]] = ()
    source: str = ""

    @property
    def target(self) -> str:
        """Id that a link to the field goes to."""
        if self.rows:
            return self.rows[0][0].id
        if self.kind == "file":
            return f"id_u-{self.key}"
        if self.cell is None:
            return f"field-{self.key}"
        if self.cell.parts:
            return f"id_{self.cell.parts[0].name}"
        return f"{self.cell.id}_0" if self.is_group else self.cell.id

    @property
    def is_group(self) -> bool:
        """Whether several boxes answer it, which stand under one legend."""
        return bool(self.rows or (self.cell and (self.cell.parts or self.cell.kind in {"radio", "checks"})))


@dataclass(frozen=True)
class Scene:
    """What the controls of a page are made from; all by the key of the field."""

    answers: Mapping[str, Any]
    computed: Mapping[str, Any]
    revisions: Mapping[str, int]
    files: Mapping[str, Sequence[ShownFile]]
    faults: Mapping[str, Sequence[str]]
    shown: Collection[str]
    open_now: Collection[str]
    names: Names
    theirs: Mapping[str, tuple[Any, int, str]] = field(default_factory=dict)
    found: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)
    blanks: Mapping[str, int] = field(default_factory=dict)
    goal: str = "submitted"


def controls(section: Definition, scene: Scene) -> list[Control]:
    """The controls of a section in order; what is hidden by a condition is made too, marked ``is_shown`` false."""
    return [control(one, scene) for one in section["fields"]]


def control(definition: Definition, scene: Scene) -> Control:
    """The control of one field."""
    key, kind = definition["key"], definition["type"]
    is_computed = forms.is_computed(definition)
    made = Control(
        key=key, label=in_language(definition["label"]), kind=kind, hint=in_language(definition.get("help")),
        is_required=scene.goal in (definition.get("required_at") or ()), is_open=key in scene.open_now,
        is_shown=key in scene.shown, revision=scene.revisions.get(key, 0), is_computed=is_computed,
        files=scene.files.get(key, ()), faults=scene.faults.get(key, ()), found=scene.found.get(key, ()),
        takes_files=kind == "file" or bool(definition.get("evidence_required")),
        source=definition.get("source", "typed"),
    )  # fmt: skip
    value = scene.computed.get(key) if is_computed else scene.answers.get(key)
    if made.takes_files:
        endings = forms.limit(definition, "types") or sorted(str(each) for each in DOCUMENTS)
        made.file_endings = ",".join(f".{ending}" for ending in endings)
        made.file_limits = {name: forms.limit(definition, name) for name in ("max_mb", "max_files")}
    if key in scene.theirs:
        theirs, _revision, made.theirs_by = scene.theirs[key]
        made.theirs = _as_text(definition, theirs, scene.names) or ""
    # A field that a condition hides now is drawn too, so that the page can show it without being made again.
    if is_computed or kind == "file" or (not made.is_open and made.is_shown):
        made.readonly = _as_text(definition, value, scene.names)
        return made
    if kind == "table":
        made.heads = [in_language(column["label"]) for column in definition["columns"]]
        made.rows = _rows(definition, value, scene)
    else:
        made.cell = _cell(definition, value, f"f-{key}")
        made.cell.is_wrong = bool(made.faults)
    _describe(made)
    return made


def _describe(made: Control) -> None:
    """Tie hint and faults to the box, for screen readers."""
    ids = [f"hint-{made.key}"] if made.hint else []
    ids += [f"faults-{made.key}"]
    if made.cell is not None:
        made.cell.describedby = " ".join([*ids, *([f"count-{made.key}"] if made.cell.shows_count else [])])


def _as_text(definition: Definition, value: Any, names: Names) -> str:
    if definition["type"] == "table" and isinstance(value, list):
        lines = [
            "; ".join(
                filter(None, (value_text(column, row.get(column["key"]), names) for column in definition["columns"]))
            )
            for row in value
        ]
        return "\n".join(lines)
    return value_text(definition, value, names)


def _rows(definition: Definition, value: Any, scene: Scene) -> list[list[Cell]]:
    stored = list(value) if isinstance(value, list) else []
    rows = [*stored, *({} for _blank in range(max(scene.blanks.get(definition["key"], 0), 0 if stored else 1)))]
    return [
        [_cell(column, row.get(column["key"]), f"f-{definition['key']}-{place}-{column['key']}", row=place)
         for column in definition["columns"]]
        for place, row in enumerate(rows)
    ]  # fmt: skip


def _cell(definition: Definition, value: Any, name: str, row: int | None = None) -> Cell:
    kind, label = definition["type"], in_language(definition["label"])
    made = Cell(name, label, kind, unit=unit_of(definition), text=typed_text(definition, value))
    if kind in {"text", "long_text"}:
        made.limit = forms.limit(definition, "max_length")
    elif kind == "yes_no":
        made.kind = "radio" if row is None else "select"
        made.options = [
            Option("true", str(_("Yes")), value is True), Option("false", str(_("No")), value is False),
        ]  # fmt: skip
    elif kind in {"choice", "multi", "trl"}:
        made.options = _options(definition, value)
        many = row is not None or len(made.options) > FEW_OPTIONS
        made.kind = "checks" if kind == "multi" else "select" if many else "radio"
    elif kind in REFERENCES:
        given = value if isinstance(value, Mapping) else {}
        made.parts = [
            Part(f"{name}-{part}", PART_LABELS[part], str(given.get(part) or made.text * (part == "name")), part)
            for part in REFERENCE_PARTS[kind]
        ]
    if kind in LOOKED_UP:
        made.lookup = kind
    return made


def _options(definition: Definition, value: Any) -> list[Option]:
    if definition["type"] == "trl":
        levels = range(int(forms.limit(definition, "min")), int(forms.limit(definition, "max")) + 1)
        return [Option(str(level), f"TRL {level}", value == level) for level in levels]
    chosen = value if isinstance(value, list) else [value]
    return [
        Option(option["value"], in_language(option["label"]), option["value"] in chosen)
        for option in definition["options"]
    ]


def typed_text(definition: Definition, value: Any) -> str:
    """A stored answer as it stands in its box; what could not be read stands there as it was typed."""
    if value is None or isinstance(value, list):
        return ""
    if isinstance(value, Mapping):
        return str(value.get(forms.TYPED, ""))
    if definition["type"] == "money":
        return amount_text(value, Unit(definition.get("unit") or Unit.YUAN))
    return str(value)
