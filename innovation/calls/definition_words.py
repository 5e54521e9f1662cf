"""What is wrong with a definition, in plain words for the officer who writes it."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_SHAPE = _("This part does not have the shape that it must have.")
_UNKNOWN_KEY = _("“%(key)s” is not known here. Take it out or correct its spelling.")
_KEY = _("A key begins with a small letter and holds small letters, digits and underscores.")
_TWICE = _("This key stands twice.")
_TEXT = _("Words are needed in Chinese and in English.")
_NUMBER = _("This number cannot stand here.")
_RULE = _("This rule cannot be read.")
_FORMULA = _("This formula cannot be read.")
_DAY = _("Write days like 2026-05-31, yearly days like 05-31, hours like 17:00.")
WORDS: dict[str, str | Promise] = {
    **dict.fromkeys(
        (
            "not_a_form",
            "not_a_rubric",
            "not_a_process",
            "not_a_sheet",
            "not_a_message",
            "not_a_deadline",
            "not_readable",
            "no_deadlines",
            "not_a_definition",
            "missing_part",
        ),
        _SHAPE,
    ),
    **dict.fromkeys(("unknown_key", "deadline_unknown_key"), _UNKNOWN_KEY),
    "wrong_key": _KEY,
    **dict.fromkeys(("duplicate_key", "duplicate_id", "duplicate_option", "twice"), _TWICE),
    **dict.fromkeys(("no_text", "no_title"), _TEXT),
    **dict.fromkeys(("wrong_number", "wrong_scale", "wrong_weight", "wrong_limit", "empty_range"), _NUMBER),
    **dict.fromkeys(("deadline_wrong_day", "deadline_wrong_closing", "wrong_window"), _DAY),
    "unknown_type": _("This type is not known. Known are: %(allowed)s"),
    "unknown_state": _("This state is not known or not part of this process."),
    "unknown_event": _("This event is not known."),
    "unreachable": _("No way leads to the state “%(state)s”."),
    "dead_end": _("No way leads out of the state “%(state)s”."),
    "no_way_to_withdraw": _("Applicants must be able to withdraw."),
    "route_not_allowed": _("This event cannot lead there: it would grant what only a decision may grant."),
    "no_options": _("A choice needs options, each with a value and words in both languages."),
    "no_columns": _("A table needs columns."),
    "wrong_column": _("This column cannot stand here."),
    "scores_age": _("This judges by age. Name the legal basis that allows it, or take it out."),
    "formula_cycle": _("This formula waits for its own result."),
    "condition_cycle": _("This condition depends on itself."),
    "formula_field": _("The formula reads “%(name)s”, which is no number, amount, date or table of this form."),
    "rule_unknown_fact": _("The rule reads something that does not exist here."),
    "no_window": _("A rubric needs at least one window: for which kind of application, from which day."),
    "wrong_order": _("Limits must fall, or rise, from one line to the next."),
    "no_last_band": _("The last band has no limit, so that it takes the rest."),
    "no_pass_rule": _("Say how many points pass."),
    "unknown_placeholder": _("“%(name)s” is no placeholder. Known are: %(allowed)s"),
    "stray_brace": _("There are braces that are no placeholder."),
    "too_long": _("This is longer than %(most)s characters."),
    "not_json": _("This is not JSON."),
    "wrong_format": _("This file is not an exported definition of this version."),
    "wrong_hash": _("The content does not fit its hash: the file was changed after it was exported."),
    "unknown_kind": _("This kind of definition is not known."),
}


def fault_words(code: str, facts: Mapping[str, Any]) -> str:
    """One sentence in the reader's language; codes without words of their own show the code."""
    text = WORDS.get(code)
    if text is None:
        text = _RULE if code.startswith("rule_") else _FORMULA if code.startswith("formula_") else None
    if text is None:
        return f"{_SHAPE} ({code})"
    told = {
        name: ", ".join(map(str, value)) if isinstance(value, list | tuple) else value for name, value in facts.items()
    }
    try:
        return str(text) % told
    except KeyError:
        return str(_SHAPE)
