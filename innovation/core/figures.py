"""How numbers are written for people: grouped thousands, one decimal for shares, a dash with its reason for unknown."""

from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from innovation.core.money import MINUS, Unit

DASH = "–"
Number = int | Decimal | Fraction | float


def rounded(value: Number, decimals: int) -> Decimal:
    """``value`` rounded half up to ``decimals``, from the exact number."""
    exact = Fraction(value)
    with localcontext(prec=80):
        quotient = Decimal(exact.numerator) / exact.denominator
        return quotient.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def number_text(value: Number | None, decimals: int = 0) -> str:
    """Grouped by thousands with a real minus sign; zero is ``0``, None the dash."""
    if value is None:
        return DASH
    if value == 0:
        return "0"
    shown = rounded(value, decimals)
    return f"{MINUS if shown < 0 else ''}{abs(shown):,}"


def percent_text(share: Number | None, decimals: int = 1) -> str:
    """A share as percent: ``Fraction(353, 1000)`` is ``35.3 %``; zero is ``0 %``."""
    if share is None:
        return DASH
    return f"{number_text(Fraction(share) * 100, decimals)}\u202f%"


def points_text(share: Number | None, decimals: int = 1) -> str:
    """A difference of two shares in percentage points: ``Fraction(47, 1000)`` is ``4.7 points``."""
    if share is None:
        return DASH
    return _("%(number)s points") % {"number": number_text(Fraction(share) * 100, decimals)}


def fraction_text(share: Fraction | None) -> str:
    """The exact ratio, ``7/20``."""
    return DASH if share is None else f"{share.numerator:,}/{share.denominator:,}"


def unknown(reason: str | Promise = "") -> SafeString:
    """The dash of a value that is not known, with its reason on hover and for screen readers."""
    reason = str(reason) or _("not known")
    return format_html(
        '<span class="unknown" title="{}"><span aria-hidden="true">–</span>'
        '<span class="visually-hidden">{}</span></span>',
        reason,
        reason,
    )


def unit_behind(unit: Unit) -> str:
    """The unit as it stands behind a single amount."""
    return unit.behind
