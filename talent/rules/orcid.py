"""ORCID iDs: check character by ISO 7064 MOD 11-2 and the one form in which they are kept (domain section 4.1).

A right check character is not ownership: only sign-in at ORCID verifies an iD.
"""

import re
import unicodedata

_STRICT = re.compile(r"(?:[0-9]{4}-){3}[0-9]{3}[0-9X]")
_PLAIN = re.compile(r"[0-9]{15}[0-9X]")
_ADDRESS = re.compile(r"https?://(?:www\.)?orcid\.org/", re.IGNORECASE)
_HYPHENS = str.maketrans("", "", "-‐‑‒–—―−")


def check_character(digits: str) -> str:
    """The 16th character after 15 digits; 10 is written ``X``."""
    total = 0
    for digit in digits:
        total = (total + int(digit)) * 2
    check = (12 - total % 11) % 11
    return "X" if check == 10 else str(check)  # noqa: PLR2004 - the standard's own number


def is_strict(text: str) -> bool:
    """Whether ``text`` is exactly ``dddd-dddd-dddd-dddC`` with the right check character."""
    return bool(_STRICT.fullmatch(text)) and _fits(text.replace("-", ""))


def canonical(text: str) -> str | None:
    """The hyphened form of what was typed or pasted; None when it is no iD. Other hosts than orcid.org give None."""
    plain = unicodedata.normalize("NFKC", text).strip()
    plain = _ADDRESS.sub("", plain, count=1) if _ADDRESS.match(plain) else plain
    plain = plain.removesuffix("/").translate(_HYPHENS).upper()
    if not _PLAIN.fullmatch(plain) or not _fits(plain):
        return None
    return "-".join(plain[place : place + 4] for place in range(0, 16, 4))


def _fits(sixteen: str) -> bool:
    return check_character(sixteen[:15]) == sixteen[15]
