"""Seal a year of birth so that only who holds the key of the vault can read it; and the bands made of it."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken

EARLIEST_YEAR = 1920
YOUNGEST = 14
BANDS = ("<35", "35-44", "45-54", "55+", "not_stated")
"""Fixed before any result is known."""
UNDER_45, FROM_45 = ("<35", "35-44"), ("45-54", "55+")
"""The one contrast declared beforehand."""
_STARTS = ((55, "55+"), (45, "45-54"), (35, "35-44"))


def key_of(secret: str) -> bytes:
    """A key of the vault from a secret of any length."""
    return base64.urlsafe_b64encode(hashlib.sha256(f"talent vault\n{secret}".encode()).digest())


def seal(year: int, key: bytes) -> bytes:
    """``year`` under ``key``; the same year gives other bytes each time."""
    return Fernet(key).encrypt(str(year).encode())


def unseal(sealed: bytes, key: bytes) -> int | None:
    """The year; None when the key is another one."""
    try:
        return int(Fernet(key).decrypt(bytes(sealed)))
    except InvalidToken:
        return None


def band_of(year: int | None, in_year: int) -> str:
    """The band of somebody born in ``year`` by the age they reach in ``in_year``."""
    if year is None:
        return BANDS[-1]
    reached = in_year - year
    return next((band for start, band in _STARTS if reached >= start), BANDS[0])
