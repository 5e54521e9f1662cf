"""One part of a definition as a form: drawn from its shape, read back into the part, the rest of it left as it is."""

import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from innovation.calls.part_words import SHAPES, Entry
from innovation.calls.rules.rule_text import RuleTextError, rule_from_text, rule_to_text
from innovation.core.fields import MoneyField

LANGUAGES = (("zh", "中文"), ("en", "English"))
OPTION_PARTS = 3
ELSE = frozenset({"else", "其余", "其他"})
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


class PartForm(forms.Form):
    """Inputs for ``part`` of the shape ``shape``; ``value()`` is the part as it was written."""

    def __init__(self, *args: Any, shape: str, part: Mapping[str, Any], is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.part = part
        kind = _type_of(part)
        self.entries = [
            entry
            for entry in SHAPES[shape]
            if (entry.needed if is_new else not entry.is_new and (not entry.types or kind in entry.types))
        ]
        for entry in self.entries:
            for name, made in _inputs(entry, part).items():
                self.fields[name] = made

    @property
    def name(self) -> str:
        """The name under which a new part stands in a list by name; empty elsewhere."""
        return str(self.cleaned_data.get("name_of_part", ""))

    def value(self) -> dict[str, Any]:
        """The part with what was typed; empty inputs are left out of it."""
        made = deepcopy(dict(self.part))
        for entry in self.entries:
            if entry.kind == "flat":
                made |= {code: self.cleaned_data[_field(entry, code)] for code, _label in LANGUAGES}
            elif entry.key:
                _put(made, entry.key.split("."), _typed(entry, self.cleaned_data, self.part))
        if made.get("formula"):
            made["source"] = "computed"
        elif made.get("source") == "computed":
            del made["source"]
        return made


def _type_of(part: Mapping[str, Any]) -> str:
    rule = part.get("rule")
    if isinstance(rule, Mapping) and "kind" in rule:
        return str(rule["kind"])
    return str(part.get("type", ""))


def _field(entry: Entry, code: str = "") -> str:
    key = entry.key.replace(".", "__") or "name_of_part"
    return f"{key}_{code}" if code else key


def _get(part: Mapping[str, Any], key: str) -> Any:
    found: Any = part
    for step in key.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def _put(part: dict[str, Any], steps: list[str], value: Any) -> None:
    first, *rest = steps
    if rest:
        inner = part.get(first)
        inner = dict(inner) if isinstance(inner, Mapping) else {}
        _put(inner, rest, value)
        value = inner or None
    if value is None:
        part.pop(first, None)
    else:
        part[first] = value


def _inputs(entry: Entry, part: Mapping[str, Any]) -> dict[str, forms.Field]:
    """The fields of one entry by name."""
    held = part if entry.kind == "flat" else _get(part, entry.key) if entry.key else None
    if entry.kind in {"words", "flat"}:
        return {
            _field(entry, code): forms.CharField(
                label=translate("%(what)s (%(language)s)") % {"what": capfirst(entry.label), "language": label},
                required=entry.needed, help_text=entry.help, widget=forms.Textarea({"rows": 4}) if entry.is_long
                else forms.TextInput(), initial=_word(held, code), strip=not entry.is_long,
            )
            for code, label in LANGUAGES
        }  # fmt: skip
    usual = {"label": capfirst(entry.label), "required": entry.needed, "help_text": entry.help}
    made = _FIELDS[entry.kind](entry, part, held, usual)
    return {_field(entry): made}


def _word(held: Any, code: str) -> str:
    return str(held.get(code) or "") if isinstance(held, Mapping) else str(held or "")


class RuleField(forms.CharField):
    """A rule in words of its own small language."""

    widget = forms.Textarea({"rows": 3, "spellcheck": "false"})

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        try:
            return rule_from_text(typed)
        except RuleTextError as error:
            near = typed[error.position : error.position + 20]
            raise forms.ValidationError(
                translate("This cannot be read as a rule here: “%(near)s”") % {"near": near}
                if near else translate("The rule ends too early.")
            ) from error  # fmt: skip


class LinesField(forms.CharField):
    """Lines of ``left = right``; cleans to pairs."""

    widget = forms.Textarea({"rows": 6, "spellcheck": "false"})

    def clean(self, value: Any) -> list[tuple[str, Any]]:
        found = []
        for line in super().clean(value).splitlines():
            if not line.strip():
                continue
            left, sign, right = (one.strip() for one in line.replace("＝", "=").rpartition("="))
            points = _number(right)
            if not sign or not left or points is None:
                raise forms.ValidationError(translate("Write “what = number” in the line “%(line)s”.") % {"line": line})
            found.append((left, points))
        return found


class BandsField(LinesField):
    """Lines of ``limit = points``; the limit is a number, or ``else`` for the rest."""

    def clean(self, value: Any) -> list[tuple[str, Any]]:
        found = super().clean(value)
        for left, _points in found:
            if left.casefold() not in ELSE and _number(left) is None:
                raise forms.ValidationError(translate("“%(limit)s” is no number.") % {"limit": left})
        return found


class OptionsField(forms.CharField):
    """Lines of ``key | 中文 | English``; cleans to triples."""

    widget = forms.Textarea({"rows": 6, "spellcheck": "false"})

    def clean(self, value: Any) -> list[tuple[str, str, str]]:
        found = []
        for line in super().clean(value).splitlines():
            cells = [cell.strip() for cell in line.replace("｜", "|").split("|")]
            if not line.strip():
                continue
            if len(cells) != OPTION_PARTS or not all(cells):
                raise forms.ValidationError(
                    translate("Write “key | 中文 | English” in the line “%(line)s”.") % {"line": line}
                )
            found.append((cells[0], cells[1], cells[2]))
        return found


class NameField(forms.CharField):
    def clean(self, value: Any) -> str:
        typed = str(super().clean(value))
        if typed and not _NAME.fullmatch(typed):
            raise forms.ValidationError(
                _("A key begins with a small letter and holds small letters, digits and underscores.")
            )
        return typed


def _number(text: str) -> int | float | None:
    """A whole number, or a decimal as JSON holds it."""
    try:
        exact = Decimal(text)
    except InvalidOperation:
        return None
    if not exact.is_finite():
        return None
    return int(exact) if exact == exact.to_integral_value() else float(exact)


def _text_field(_entry: Entry, _part: Any, held: Any, usual: dict[str, Any]) -> forms.Field:
    return forms.CharField(initial="" if held is None else held, max_length=500, **usual)


def _key_field(entry: Entry, part: Any, held: Any, usual: dict[str, Any]) -> forms.Field:
    if entry.key in {"", "key", "id"}:
        return NameField(initial=held or "", max_length=40, **usual)
    return _text_field(entry, part, held, usual)


def _integer_field(_entry: Entry, _part: Any, held: Any, usual: dict[str, Any]) -> forms.Field:
    return forms.IntegerField(initial=held, **usual)


def _number_field(_entry: Entry, _part: Any, held: Any, usual: dict[str, Any]) -> forms.Field:
    return forms.DecimalField(initial=held, widget=forms.TextInput({"inputmode": "decimal"}), **usual)


def _money_field(_entry: Entry, _part: Any, held: Any, usual: dict[str, Any]) -> forms.Field:
    return MoneyField(initial=held if isinstance(held, int) else None, **usual)


def _yes_no_field(_entry: Entry, _part: Any, held: Any, usual: dict[str, Any]) -> forms.Field:
    return forms.BooleanField(initial=bool(held), **usual | {"required": False})


def _choice_field(entry: Entry, _part: Any, held: Any, usual: dict[str, Any]) -> forms.Field:
    options = list(entry.options or [])
    if held not in {None, "", *(code for code, _label in options)}:
        options.append((str(held), str(held)))
    return forms.ChoiceField(choices=options, initial=held, **usual)


def _several_field(entry: Entry, _part: Any, held: Any, usual: dict[str, Any]) -> forms.Field:
    offered = [code for code, _label in entry.options or []]
    return forms.MultipleChoiceField(
        choices=entry.options or [], initial=[one for one in held or [] if one in offered],
        widget=forms.CheckboxSelectMultiple, **usual,
    )  # fmt: skip


def _rule_field(_entry: Entry, _part: Any, held: Any, usual: dict[str, Any]) -> forms.Field:
    return RuleField(initial=rule_to_text(held) if isinstance(held, Mapping) else "", **usual)


def _options_field(_entry: Entry, _part: Any, held: Any, usual: dict[str, Any]) -> forms.Field:
    rows = held if isinstance(held, list) else []
    lines = [
        f"{row['value']} | {_worded(row, 'zh')} | {_worded(row, 'en')}" for row in rows if isinstance(row, Mapping)
    ]
    return OptionsField(initial="\n".join(lines), **usual)


def _worded(row: Mapping[str, Any], code: str) -> str:
    return _word(row.get("label", row), code)


def _sums_field(_entry: Entry, _part: Any, held: Any, usual: dict[str, Any]) -> forms.Field:
    rows = held.items() if isinstance(held, Mapping) else ()
    return LinesField(initial="\n".join(f"{name} = {points}" for name, points in rows), **usual)


def _bands_field(_entry: Entry, part: Any, held: Any, usual: dict[str, Any]) -> forms.Field:
    side = _side(part)
    rows = held if isinstance(held, list) else []
    lines = [f"{row.get(side, 'else')} = {row.get('points')}" for row in rows if isinstance(row, Mapping)]
    return BandsField(initial="\n".join(lines), **usual)


def _names_field(_entry: Entry, _part: Any, held: Any, usual: dict[str, Any]) -> forms.Field:
    return forms.CharField(initial=", ".join(map(str, held)) if isinstance(held, list) else "", **usual)


def _side(part: Mapping[str, Any]) -> str:
    return "max" if part.get("type") == "band_low" else "min"


_FIELDS = {
    "text": _key_field, "integer": _integer_field, "number": _number_field, "money": _money_field,
    "yes_no": _yes_no_field, "choice": _choice_field, "several": _several_field, "rule": _rule_field,
    "options": _options_field, "flat_options": _options_field, "sums": _sums_field, "bands": _bands_field,
    "names": _names_field,
}  # fmt: skip


def _typed(entry: Entry, data: Mapping[str, Any], part: Mapping[str, Any]) -> Any:
    """What belongs into ``part``; None takes it out."""
    if entry.kind == "words":
        words = {code: data[_field(entry, code)] for code, _label in LANGUAGES}
        return words if any(words.values()) else None
    value = data[_field(entry)]
    made = _READ[entry.kind](entry, value, part) if entry.kind in _READ else value
    if made is None or made is False or made in ("", [], {}):
        # What stood there as no, or as empty, stays so; what said something is taken out, a yes becomes a no.
        held = _get(part, entry.key)
        return False if isinstance(held, bool) else held if held in ("", [], {}) else None
    return made


def _several(entry: Entry, value: list[str], part: Mapping[str, Any]) -> list[str]:
    """What stood there keeps its order, and what is not offered stays."""
    offered = [code for code, _label in entry.options or []]
    kept = [one for one in _get(part, entry.key) or [] if one in value or one not in offered]
    return [*kept, *(one for one in value if one not in kept)]


def _bands(_entry: Entry, value: list[tuple[str, Any]], part: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {"points": points} if left.casefold() in ELSE else {_side(part): _number(left), "points": points}
        for left, points in value
    ]


_READ: dict[str, Callable[[Entry, Any, Mapping[str, Any]], Any]] = {
    "options": lambda _entry, value, _part: [{"value": key, "label": {"en": en, "zh": zh}} for key, zh, en in value],
    "flat_options": lambda _entry, value, _part: [{"value": key, "en": en, "zh": zh} for key, zh, en in value],
    "sums": lambda _entry, value, _part: dict(value),
    "bands": _bands,
    "several": _several,
    "number": lambda _entry, value, _part: None if value is None else _number(str(value)),
    "names": lambda _entry, value, _part: [one.casefold() for one in re.split(r"[,，、\s]+", value) if one],
}
