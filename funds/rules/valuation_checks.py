"""What stands against a valuation paper: calibration to the entry price, stale round prices, reasons that are missing.

IPEV (2022, and the edition of December 2025): fair value at every measurement date, calibration to the price of entry,
the price of the last round is no default. AMAC guideline (2018): the same five methods, the manager answers first.
"""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.utils.translation import gettext_lazy as _

from funds.choices.records import ValuationMethod
from funds.rules import valuation_methods
from innovation.core.errors import RuleViolation

FINE = Fraction(1, 10_000)
"""A value may be rounded to four digits without a reason; more is an adjustment."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A valuation paper as plain values; amounts in fen.

    ``now`` and ``entry`` are the stored inputs on the day of the value and on the day of entry, ``sources`` the source
    of each. ``entry_price`` is what the holding cost on its first day, None where nothing was invested yet;
    ``tolerance`` the share of it that calibration may miss. ``previous`` is the value that counted before.
    """

    method: str
    valid_at: date
    fair_value: int | None
    now: dict[str, str]
    entry: dict[str, str]
    sources: dict[str, str]
    entry_price: int | None
    tolerance: Fraction
    adjustment_reason: str = ""
    correction_reason: str = ""
    in_locked_round: bool = False
    last_round_days: int = 365
    previous: int | None = None


def computed(paper: Paper) -> int | None:
    """The value that the method gives with today's inputs, in fen; None while one is missing."""
    return _value(paper.method, paper.now)


def calibrated(paper: Paper) -> int | None:
    """The value that the method gives with the inputs of the day of entry, in fen; None while one is missing."""
    return _value(paper.method, paper.entry)


def _value(method: str, stored: dict[str, str]) -> int | None:
    if valuation_methods.missing(method, stored):
        return None
    return valuation_methods.fair_value(method, valuation_methods.typed(method, stored))


def problems(paper: Paper) -> list[RuleViolation]:
    """Everything that stands against submitting; the same list warns while a draft is saved."""
    return [*_input_problems(paper), *_calibration_problems(paper), *_reason_problems(paper)]


def _input_problems(paper: Paper) -> list[RuleViolation]:
    found = []
    if paper.fair_value is None:
        found.append(RuleViolation("FAIR_VALUE_MISSING", _("State the fair value."), field="fair_value"))
    for key in valuation_methods.missing(paper.method, paper.now):
        message = _("The method needs this input on the day of the value.")
        found.append(RuleViolation("INPUT_MISSING", message, field=f"now_{key}"))
    for key in paper.now:
        if not paper.sources.get(key):
            message = _("Name where this input comes from.")
            found.append(RuleViolation("SOURCE_MISSING", message, field=f"source_{key}"))
    return found


def _calibration_problems(paper: Paper) -> list[RuleViolation]:
    """IPEV: the method, with the inputs of the day of entry, gives the price of entry."""
    if paper.entry_price is None:
        message = _("The books hold no investment before this day, so there is no price to calibrate to.")
        return [RuleViolation("ENTRY_PRICE_MISSING", message, field="valid_at")]
    absent = valuation_methods.missing(paper.method, paper.entry)
    if absent:
        message = _("Calibration needs the same input as it was on the day of entry.")
        return [RuleViolation("CALIBRATION_MISSING", message, field=f"entry_{key}") for key in absent]
    value = calibrated(paper)
    if value is not None and abs(value - paper.entry_price) > paper.tolerance * paper.entry_price:
        facts = {"calibrated_fen": value, "entry_price_fen": paper.entry_price}
        message = _("With the inputs of the day of entry the method does not give the price that was paid.")
        first = valuation_methods.METHODS[paper.method].inputs[0].key
        return [RuleViolation("CALIBRATION_FAILS", message, field=f"entry_{first}", facts=facts)]
    return []


def _reason_problems(paper: Paper) -> list[RuleViolation]:
    found = []
    value, stated = computed(paper), paper.fair_value
    differs = value is not None and stated is not None and abs(stated - value) > FINE * max(value, stated)
    if differs and not paper.adjustment_reason.strip():
        message = _("The stated value differs from what the method gives; say why.")
        facts = {"computed_fen": value, "fair_value_fen": stated}
        found.append(RuleViolation("ADJUSTMENT_REASON", message, field="adjustment_reason", facts=facts))
    if paper.in_locked_round and not paper.correction_reason.strip():
        message = _("The round of this quarter is locked: a later value is a correction and needs its reason.")
        found.append(RuleViolation("CORRECTION_REASON", message, field="correction_reason"))
    return found


def warnings(paper: Paper) -> list[RuleViolation]:
    """What whoever approves should look at, and what does not forbid: a stale round price, a value that never moved."""
    found = []
    day = paper.now.get("round_on")
    if paper.method == ValuationMethod.RECENT_ROUND and day:
        age = (paper.valid_at - date.fromisoformat(day)).days
        if age < 0:
            message = _("The financing lies after the day of the value.")
            found.append(RuleViolation("ROUND_AFTER_DAY", message, field="now_round_on"))
        elif age > paper.last_round_days:
            message = _("The price of the latest financing is %(days)s days old: it is no default. Use another method.")
            found.append(
                RuleViolation("LAST_ROUND_STALE", message % {"days": age}, field="now_round_on", facts={"days": age})
            )
    if paper.previous is not None and paper.previous == paper.fair_value:
        message = _("The value is the same as before: say in the sources what was looked at.")
        found.append(RuleViolation("VALUE_UNCHANGED", message, field="fair_value"))
    return found
