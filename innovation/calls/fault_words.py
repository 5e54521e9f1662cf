"""What is missing or wrong in an answer, in the words of the person who typed it."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from innovation.calls.rules import forms
from innovation.calls.shown import in_language, money_text
from innovation.core.money import Unit
from innovation.core.resident_ids import REFUSED

WORDS: dict[str, str | Promise] = {
    "resident_id": REFUSED,
    "missing": _("This is still missing."),
    "file_missing": _("A file is still missing."),
    "evidence_missing": _("Add a file that proves this answer."),
    "not_a_number": _("Write a number with digits, for example 12.5."),
    "not_an_amount": _("Write an amount with digits, for example 1200.50."),
    "wrong_unit": _("Write the amount in the unit that stands beside the field."),
    "too_small": _("At least %(least)s."),
    "too_short": _("Write at least %(least)s characters."),
    "too_long": _("Write at most %(most)s characters."),
    "not_a_date": _("Write the day like 2026-05-31."),
    "not_yes_no": _("Choose yes or no."),
    "not_a_choice": _("Choose one of the answers offered."),
    "too_few_chosen": _("Choose at least %(least)s."),
    "too_many_chosen": _("Choose at most %(most)s."),
    "not_a_table": _("Fill in the rows of the table."),
    "too_few_rows": _("Fill in at least %(least)s rows."),
    "too_many_rows": _("Fill in at most %(most)s rows."),
    "not_a_reference": _("Give at least a name."),
    "wrong_code": _("This is not a code. Choose one of those found, or write the code."),
    "wrong_uscc": _("This is not a valid unified social credit code."),
    "not_text": _("Write text here."),
    "computed": _("This is calculated and cannot be typed."),
    "stored_apart": _("Add a file here."),
    "file_too_large": _("%(name)s is larger than %(most_mb)s MB."),
    "file_type": _("%(name)s is not of a kind that is taken here: %(types)s."),
    "too_many_files": _("At most %(most)s files."),
}


def fault_text(field: Mapping[str, Any], fault: forms.Fault | forms.ValueFault) -> str:
    """One sentence in the reader's language; a fault in a table names its row and column."""
    column = _column(field, fault.column)
    text = _sentence(column or field, fault)
    if fault.row is None:
        return text
    place = translate("Row %(row)s") % {"row": fault.row + 1}
    return f"{place}, {in_language(column['label'])}: {text}" if column else f"{place}: {text}"


def _column(field: Mapping[str, Any], key: str | None) -> Mapping[str, Any] | None:
    return next((column for column in field.get("columns", ()) if column["key"] == key), None)


def _sentence(field: Mapping[str, Any], fault: forms.Fault | forms.ValueFault) -> str:
    facts = {name: _fact(field, value) for name, value in fault.facts.items()}
    if fault.code == "rule_not_met":
        return in_language(fault.facts["message"])
    if fault.code == "rule_not_known":
        message = in_language(fault.facts["message"])
        return translate("This cannot be judged yet, an answer is missing: %(message)s") % {"message": message}
    if fault.code == "too_many_decimals":
        if "most" in facts:
            return translate("Write at most %(most)s decimals.") % facts
        return translate("Write the amount with fewer decimals.")
    if fault.code == "too_large":
        return translate("At most %(most)s.") % facts if "most" in facts else translate("This is too large.")
    return str(WORDS[fault.code]) % facts if facts else str(WORDS[fault.code])


def _fact(field: Mapping[str, Any], value: Any) -> Any:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    if field["type"] == "money" and isinstance(value, int):
        return money_text(value, Unit(field.get("unit") or Unit.YUAN))
    return value
