"""Money: integer fen inside, yuan, 万元 or 亿元 outside, and splits that lose nothing.

Amounts are exact everywhere; binary floats are refused, since 0.1 yuan has no exact float.
"""

import re
import unicodedata
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from innovation.core.errors import RuleViolation

MAX_FEN = 2**63 - 1  # BIGINT
MINUS = "−"
# Digits behind the point: fen are two behind the yuan; 1 万元 = 1,000,000 fen; 1 亿元 = 10,000,000,000 fen.
_DIGITS_TO_FEN = {"yuan": 2, "wan": 6, "yi": 10}
_SHOWN_DECIMALS = {"yuan": 2, "wan": 2, "yi": 4}
_FEN_IN_NAME = re.compile(r"\s*[(（](?:fen|分)[)）]$")
# Thousands are grouped by three in both languages: Chinese accounts do so too, although speech counts by four.
_GROUPED = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,3}(?: [0-9]{3})+|[0-9]+")


class Unit(TextChoices):
    """The units in which people type and read amounts."""

    YUAN = "yuan", _("yuan")
    WAN = "wan", _("10,000 yuan")
    YI = "yi", _("100 million yuan")

    @property
    def fen(self) -> int:
        """How many fen one unit is."""
        return 10 ** _DIGITS_TO_FEN[self.value]

    @property
    def behind(self) -> str:
        """The unit as it stands behind a single amount: 元, 万元, 亿元; in English ``× 10,000 yuan``."""
        return {
            Unit.YUAN: pgettext("behind an amount", "yuan"),
            Unit.WAN: pgettext("behind an amount", "× 10,000 yuan"),
            Unit.YI: pgettext("behind an amount", "× 100 million yuan"),
        }[self]

    @classmethod
    def from_text(cls, text: str) -> "Unit":
        """The unit that a file or person names: 元, 万元, 亿元, their English names or codes.

        Raises RuleViolation ``MONEY_UNIT`` for anything else, also for nothing: an amount without unit is refused.
        """
        try:
            return cls(_UNIT_NAMES[_plain(str(text)).casefold()])
        except KeyError:
            raise RuleViolation(
                "MONEY_UNIT",
                _("State the unit of the amounts: 元, 万元 or 亿元."),
                field="unit",
                facts={"unit": str(text)},
            ) from None


_UNIT_NAMES = {
    "元": "yuan", "人民币元": "yuan", "yuan": "yuan", "cny": "yuan", "rmb": "yuan",
    "万元": "wan", "万": "wan", "人民币万元": "wan", "wan": "wan", "wan yuan": "wan", "10,000 yuan": "wan",
    "亿元": "yi", "亿": "yi", "人民币亿元": "yi", "yi": "yi", "yi yuan": "yi", "100 million yuan": "yi",
}  # fmt: skip


def to_fen(amount: Decimal | Fraction | int | str, unit: Unit) -> int:
    """Exact fen of ``amount`` given in ``unit``.

    Raises RuleViolation ``MONEY_FRACTION_OF_FEN`` when the amount is finer than a fen, ``MONEY_RANGE`` outside
    BIGINT, ``MONEY_FORMAT`` for text that is no plain number; TypeError for floats.
    """
    if isinstance(amount, str):
        amount = parse_amount(amount)
    if isinstance(amount, bool) or not isinstance(amount, Decimal | Fraction | int):
        raise TypeError(f"Money is Decimal, Fraction, int or text, not {type(amount).__name__}")
    if isinstance(amount, Decimal) and not amount.is_finite():
        raise _format_error(str(amount))
    fen = Fraction(amount) * Unit(unit).fen
    if fen.denominator != 1:
        raise RuleViolation(
            "MONEY_FRACTION_OF_FEN",
            _("The amount is finer than one fen; give it with fewer decimals."),
            facts={"amount": str(amount), "unit": str(unit)},
        )
    if abs(fen) > MAX_FEN:
        raise RuleViolation("MONEY_RANGE", _("The amount is too large."), facts={"amount": str(amount)})
    return int(fen)


def from_fen(fen: int, unit: Unit) -> Decimal:
    """``fen`` in ``unit``, exact, with as many decimals as the unit has (2, 6 or 10)."""
    if fen == 0:
        return Decimal(0)
    number = Decimal(fen).as_tuple()
    return Decimal((number.sign, number.digits, -_DIGITS_TO_FEN[Unit(unit).value]))


def format_fen(fen: int | None, unit: Unit, *, decimals: int | None = None, with_unit: bool = False) -> str:
    """``fen`` as people read it: thousands grouped, rounded half up to ``decimals`` (元 2, 万元 2, 亿元 4).

    Zero is ``0``, unknown (None) is ``–``, and the minus is the real one as in every figure for people (files hold
    plain numbers). ``with_unit`` appends the unit's name in the active language.
    """
    if fen is None:
        return "–"
    unit = Unit(unit)
    places = _SHOWN_DECIMALS[unit.value] if decimals is None else decimals
    with localcontext(prec=60):
        shown = from_fen(fen, unit).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    text = "0" if fen == 0 else f"{abs(shown):,}"
    if shown < 0:
        text = f"{MINUS}{text}"
    return f"{text} {unit.behind}" if with_unit else text


def yuan_label(name: Any) -> str:
    """The name of a field that keeps fen, for a place that shows its amount in yuan."""
    return gettext("%(amount)s (yuan)") % {"amount": _FEN_IN_NAME.sub("", str(name))}


def parse_amount(text: str) -> Decimal:
    """The number that a person typed, exact.

    Accepts full-width digits and signs, ``1,234,567.89``, ``1 234 567.89``, a leading ¥ and a sign. Refuses with
    RuleViolation ``MONEY_FORMAT`` whatever can be read in two ways: ``1,5``, ``1.234,56``, ``1,2345``, ``1 2``,
    ``1E5``, ``(5)``, words.
    """
    plain = _plain(text).removeprefix("¥").removeprefix("￥").strip()
    sign, digits = re.fullmatch(r"([+-]?)\s*(.*)", plain, re.DOTALL).groups()
    digits = digits.removeprefix("¥").strip()
    whole, point, decimals = digits.partition(".")
    if not _GROUPED.fullmatch(whole) or (point and not re.fullmatch(r"[0-9]+", decimals)):
        raise _format_error(text)
    number = Decimal(whole.replace(",", "").replace(" ", "") + point + decimals)
    return -number if sign == "-" else number


def parse_fen(text: str, unit: Unit) -> int:
    """Fen of a typed amount that may repeat its unit (``500 万元``); a different unit there is refused.

    Raises RuleViolation as :func:`parse_amount` and :func:`to_fen`, and ``MONEY_UNIT`` when the units differ.
    """
    plain = _plain(text)
    name = re.search(r"[^0-9.,\s]*$", plain).group()
    if name and Unit.from_text(name) != unit:
        raise RuleViolation(
            "MONEY_UNIT",
            _("The amount names another unit than the one chosen for it."),
            field="unit",
            facts={"amount": text, "unit": str(unit)},
        )
    return to_fen(parse_amount(plain.removesuffix(name)), unit)


def largest_remainder(total: int, weights: Iterable[int | Fraction]) -> list[int]:
    """Split ``total`` (fen or any whole number) in proportion to ``weights``; the parts sum to it exactly.

    Each part is rounded towards zero, then one unit each goes to the largest remainders; ties go to the earlier
    weight. A negative total gives the negated split, so that a reversal cancels part by part. Weights are exact,
    not negative, and not all zero (ValueError).
    """
    shares = list(weights)
    if any(isinstance(share, bool) or not isinstance(share, int | Fraction) for share in shares):
        raise TypeError("Weights are whole numbers or fractions")
    whole = sum(shares)
    if any(share < 0 for share in shares) or whole == 0:
        raise ValueError("Weights are not negative and at least one is above zero")
    amount = abs(total)
    exact = [Fraction(amount) * share / whole for share in shares]
    parts = [int(share) for share in exact]
    by_remainder = sorted(range(len(parts)), key=lambda place: (parts[place] - exact[place], place))
    for place in by_remainder[: amount - sum(parts)]:
        parts[place] += 1
    return parts if total >= 0 else [-part for part in parts]


def _plain(text: str) -> str:
    """Half-width characters, plain minus, single plain spaces (also for no-break and thin ones)."""
    half_width = unicodedata.normalize("NFKC", text).replace("−", "-").replace("–", "-")
    return " ".join(half_width.split())


def _format_error(text: str) -> RuleViolation:
    return RuleViolation(
        "MONEY_FORMAT",
        _("“%(amount)s” is not a clear amount. Write it like 1234567.89 or 1,234,567.89.") % {"amount": text[:40]},
        facts={"amount": text[:200]},
    )
