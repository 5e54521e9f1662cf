"""What may stand in the rules of a scheme's version, and reading its credits out of them."""

from collections.abc import Iterator, Mapping
from typing import Any

from talent.rules.cpd import Rules

FIRST_AWARD = "first_award"


def section_of(rules: Mapping[str, Any], purpose: str) -> Mapping[str, Any] | None:
    """The data of the credits for ``purpose``: those of the first award may stand among alternatives."""
    if purpose != FIRST_AWARD:
        return rules.get("cpd")
    if "points" in rules:
        return rules["points"]
    alternatives = (rules.get("skills") or {}).get("any_of") or ()
    return next((one["points"] for one in alternatives if "points" in one), None)


def rules_of(rules: Mapping[str, Any], purpose: str) -> Rules | None:
    """The credits asked for ``purpose``; None where there are none or their values are not known yet."""
    section = section_of(rules, purpose)
    return Rules.of(section) if section and section.get("categories") else None


def faults(rules: Any) -> Iterator[str]:
    """What is wrong with the rules, as ``place: reason`` in English for the file's author; nothing when all is well."""
    if not isinstance(rules, Mapping):
        yield "rules: no object"
        return
    months = rules.get("term_months")
    if months is not None and (isinstance(months, bool) or not isinstance(months, int) or months < 1):
        yield "term_months: no number of months"
    for purpose in (FIRST_AWARD, "renewal"):
        try:
            found = rules_of(rules, purpose)
        except (KeyError, TypeError, ValueError, AttributeError, ZeroDivisionError) as error:
            yield f"{'points' if purpose == FIRST_AWARD else 'cpd'}: {type(error).__name__} {error}"
            continue
        if found is not None:
            known = set(found.categories)
            for group in found.group_minima:
                unknown = [key for key in group.categories if key not in known]
                if unknown:
                    yield f"group_minima {group.label}: {', '.join(unknown)}"


def is_complete(rules: Mapping[str, Any]) -> bool:
    """Whether every credit table that the rules mention has its values, so that they can decide a case."""
    return all(
        section is None or bool(section.get("categories"))
        for section in (section_of(rules, FIRST_AWARD), section_of(rules, "renewal"))
    )


def files_with_authority(rules: Mapping[str, Any], level: str) -> bool:
    """Whether awards of ``level`` are filed with the authority for a unified number."""
    return level in ((rules.get("filing") or {}).get("levels") or ())
