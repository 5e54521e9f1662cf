"""Numbers and symbols of patents: Chinese application numbers (ZC 0006-2003), symbols of the IPC and the CPC."""

import re
import unicodedata
from dataclasses import dataclass

from patents.choices.register import NumberFault, Right

WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
RIGHTS = {
    "1": Right.INVENTION,
    "2": Right.UTILITY_MODEL,
    "3": Right.DESIGN,
    "8": Right.PCT_INVENTION,
    "9": Right.PCT_UTILITY_MODEL,
}
OLD, NEW = 8, 12
FIRST_NEW_YEAR = 2003
OLD_YEARS = {f"{year % 100:02d}": year for year in range(1985, 2004)}
_NUMBER = re.compile(r"(\d+)\.?([0-9X])([A-Z]\d?)?")
_SYMBOL = re.compile(r"([A-HY]\d{2}[A-Z]) ?(\d{1,4}/\d{2,6})")


@dataclass(frozen=True)
class ApplicationNumber:
    """What an application number says. ``check`` is the character that belongs at its end."""

    fault: NumberFault | None
    normalised: str | None = None
    weighted_sum: int | None = None
    check: str | None = None
    right: Right | None = None
    year: int | None = None

    @property
    def valid(self) -> bool:
        return self.fault is None


def application_number(text: str, *, latest_year: int | None = None) -> ApplicationNumber:
    """Read a Chinese application number in any usual spelling.

    Full-width characters, blanks, hyphens, one prefix ``ZL`` or ``CN``, a missing dot and a trailing kind code are
    allowed. ``latest_year`` refuses years after it. The first fault found is given.
    """
    plain = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text).upper())
    match = _NUMBER.fullmatch(plain.removeprefix("ZL") if plain.startswith("ZL") else plain.removeprefix("CN"))
    if match is None:
        return ApplicationNumber(NumberFault.FORMAT)
    body, given = match[1], match[2]
    if len(body) not in (OLD, NEW):
        return ApplicationNumber(NumberFault.LENGTH)
    year = OLD_YEARS.get(body[:2], 0) if len(body) == OLD else int(body[:4])
    if (len(body) == NEW and year < FIRST_NEW_YEAR) or not year or (latest_year and year > latest_year):
        return ApplicationNumber(NumberFault.YEAR)
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, body, strict=False))
    check = "X" if total % 11 == 10 else str(total % 11)  # noqa: PLR2004 - the remainder that has no digit
    right = RIGHTS.get(body[2] if len(body) == OLD else body[4])
    fault = NumberFault.TYPE_DIGIT if right is None else None if check == given else NumberFault.CHECK_DIGIT
    return ApplicationNumber(fault, f"{body}.{given}", total, check, right, year)


def classification_symbol(text: str, scheme: str) -> str | None:
    """The symbol with one blank before its group, or None. Section Y exists in the CPC alone."""
    match = _SYMBOL.fullmatch(text.strip().upper())
    if match is None or (match[1].startswith("Y") and scheme != "CPC"):
        return None
    return f"{match[1]} {match[2]}"
