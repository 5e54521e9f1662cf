"""Numbers that identify organisations and funds: checks without look-ups.

USCC: GB 32100-2015. Organisation code inside it: GB 11714-1997. AMAC fund and manager codes carry no check digit.
"""

import re
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I, O, S, V, Z
USCC_LENGTH = 18
_USCC_WEIGHTS = tuple(pow(3, place, 31) for place in range(USCC_LENGTH - 1))
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_HYPHENS = str.maketrans("", "", "-‐‑‒–—−")
USCC_MESSAGES: dict[str, Promise] = {
    "length": _("A unified social credit code has 18 characters."),
    "characters": _("The code holds a character that does not exist in it. The letters I, O, S, V and Z are not used."),
    "division": _("Characters 3 to 8 of the code are the division and must be digits."),
    "check_character": _("The code's last character does not fit the others. Check for a typing error."),
}


@dataclass(frozen=True)
class UsccResult:
    """Outcome of :func:`check_uscc`. ``reason`` is one of USCC_MESSAGES' keys, None when valid.

    ``division`` (6 digits), ``organisation_code`` (9 characters) and ``organisation_code_ok`` are None when invalid.
    """

    valid: bool
    normalised: str
    reason: str | None = None
    division: str | None = None
    organisation_code: str | None = None
    organisation_code_ok: bool | None = None

    @property
    def message(self) -> Promise | None:
        """What is wrong, for people; None when the code is valid."""
        return USCC_MESSAGES[self.reason] if self.reason else None

    @property
    def warnings(self) -> list[Promise]:
        """What looks odd in a valid code but occurs in registers."""
        found = []
        if self.organisation_code_ok is False:
            found.append(_("The organisation code inside (characters 9 to 17) has a wrong check character."))
        if self.valid and not self.normalised[0].isdigit() and self.normalised[0] not in "ANY":
            found.append(_("The first character names no known registration authority."))
        return found


def check_uscc(code: str) -> UsccResult:
    """Check a unified social credit code (GB 32100-2015).

    White space and hyphens are dropped and letters made upper case. Tests in order: length, characters, division,
    check character (31 − Σ index·3^k mod 31, where 31 counts as 0). A wrong organisation code inside is a warning.
    """
    normalised = "".join(code.split()).translate(_HYPHENS).upper()
    reason = None
    if len(normalised) != USCC_LENGTH:
        reason = "length"
    elif any(sign not in USCC_ALPHABET for sign in normalised):
        reason = "characters"
    elif not normalised[2:8].isdigit():
        reason = "division"
    elif normalised[-1] != uscc_check_character(normalised[:-1]):
        reason = "check_character"
    if reason:
        return UsccResult(False, normalised, reason)  # noqa: FBT003 - the field's meaning is in the class above
    inner = normalised[8:17]
    return UsccResult(
        valid=True,
        normalised=normalised,
        division=normalised[2:8],
        organisation_code=inner,
        organisation_code_ok=inner[-1] == organisation_check_character(inner[:-1]),
    )


def uscc_check_character(body: str) -> str:
    """The 18th character that belongs to the first 17."""
    total = sum(USCC_ALPHABET.index(sign) * weight for sign, weight in zip(body, _USCC_WEIGHTS, strict=True))
    return USCC_ALPHABET[-total % 31]


def organisation_check_character(body: str) -> str:
    """The ninth character of an organisation code (GB 11714-1997) that belongs to the first eight (0-9, A-Z)."""
    total = sum(int(sign, 36) * weight for sign, weight in zip(body, _ORGANISATION_WEIGHTS, strict=True))
    check = (11 - total % 11) % 11
    return "X" if check == 10 else str(check)  # noqa: PLR2004 - the standard writes ten as X


def amac_fund_code_warning(code: str) -> Promise | None:
    """None when ``code`` looks like an AMAC fund number (S and five letters or digits), else what looks odd."""
    if re.fullmatch(r"S[0-9A-Z]{5}", code):
        return None
    return _("AMAC fund numbers are usually S and five letters or digits.")


def amac_manager_code_warning(code: str) -> Promise | None:
    """None when ``code`` looks like an AMAC manager number (P and seven digits), else what looks odd."""
    if re.fullmatch(r"P[0-9]{7}", code):
        return None
    return _("AMAC manager numbers are usually P and seven digits.")
