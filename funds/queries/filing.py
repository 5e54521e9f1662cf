"""What the product knows of a fund for the national register, by the paths that the field list names."""

import hashlib
import json
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any

from funds.choices.files import FieldKind
from funds.models import EvaluationRun, FilingField, Fund
from funds.queries.holdings import books_of
from funds.queries.life import lives_at
from funds.queries.progress import FundProgress, progress_of_funds
from funds.queries.sums import Moment

Facts = dict[str, Any]
Text = str | int | None


def _fraction(value: Fraction | None) -> str | None:
    return None if value is None else f"{value.numerator}/{value.denominator}"


def _whole(value: Any) -> int:
    return int(Fraction(value))


def _progress(read: Callable[[FundProgress], Any]) -> Callable[[Facts], Any]:
    return lambda facts: read(facts["progress"])


PATHS: dict[str, Callable[[Facts], Text]] = {
    "fund.name_zh": lambda f: f["fund"].name_zh,
    "fund.code": lambda f: f["fund"].code,
    "fund.amac_code": lambda f: f["fund"].amac_code or None,
    "fund.fund_class": lambda f: f["fund"].fund_class,
    "fund.state": lambda f: f["fund"].state,
    "fund.starts_on": lambda f: f["fund"].starts_on.isoformat(),
    "fund.ends_on": lambda f: f["until"] and f["until"].isoformat(),
    "manager.name_zh": lambda f: f["fund"].manager and f["fund"].manager.name_zh,
    "manager.uscc": lambda f: f["fund"].manager and f["fund"].manager.uscc,
    "money.committed": _progress(lambda p: p.committed),
    "money.paid_in": _progress(lambda p: _whole(p.paid_in)),
    "money.invested": _progress(lambda p: _whole(p.invested)),
    "money.cash": _progress(lambda p: _whole(p.cash)),
    "money.recognised": _progress(lambda p: p.recognised),
    "money.government_share": _progress(
        lambda p: _fraction(p.shares.stated if p.shares.computed is None else p.shares.computed)
    ),
    "money.public_share": _progress(lambda p: _fraction(p.shares.public)),
    "money.leverage_a": _progress(lambda p: _fraction(p.leverage[0].ratio)),
    "money.leverage_b": _progress(lambda p: _fraction(p.leverage[1].ratio)),
    "money.leverage_c": _progress(lambda p: _fraction(p.leverage[2].ratio)),
    "money.multiple_paid_in": _progress(lambda p: _fraction(p.multiple_paid_in)),
    "money.distributions": lambda f: _whole(f["books"].fund.distributions),
    "holdings.count": lambda f: len(f["books"].holdings),
    "holdings.alive": lambda f: sum(holding.remaining > 0 for holding in f["books"].holdings),
    "holdings.fair_value": lambda f: _whole(sum(holding.fair_value for holding in f["books"].holdings)),
    "evaluation.score": lambda f: _fraction(f["score"]),
}
"""Every path that a field may name, and how its value is read. Money in fen, shares and ratios as exact fractions."""


KINDS: dict[str, FieldKind] = {
    "fund.fund_class": FieldKind.FUND_CLASS,
    "fund.state": FieldKind.FUND_STATE,
    **dict.fromkeys(("fund.starts_on", "fund.ends_on"), FieldKind.DAY),
    **dict.fromkeys(
        (
            "money.committed", "money.paid_in", "money.invested", "money.cash", "money.recognised",
            "money.distributions", "holdings.fair_value",
        ),
        FieldKind.MONEY,
    ),
    **dict.fromkeys(("money.government_share", "money.public_share"), FieldKind.SHARE),
    **dict.fromkeys(
        ("money.leverage_a", "money.leverage_b", "money.leverage_c", "money.multiple_paid_in"), FieldKind.RATIO
    ),
    **dict.fromkeys(("holdings.count", "holdings.alive"), FieldKind.COUNT),
    "evaluation.score": FieldKind.POINTS,
}  # fmt: skip
"""What the value of a path is, where it is more than a text."""


def extract_of(fund: Fund, year: int, moment: Moment) -> dict[str, Any]:
    """The extract as JSON values: the fields with their values in order, and those that the product does not know.

    ``moment`` is the end of the year as known when the extract is made.
    """
    facts = {
        "fund": fund,
        "progress": progress_of_funds([fund], moment)[0],
        "books": books_of([fund], moment)[fund.pk],
        "score": _score(fund, year, moment),
        "until": lives_at([fund], moment)[fund.pk].until,
    }
    rows = list(FilingField.objects.all())
    known = [row for row in rows if row.path in PATHS]
    return {
        "fund": fund.code,
        "year": year,
        "as_of": moment.as_of.isoformat(),
        "known_at": moment.known_at.isoformat(),
        "fields": [_named(row) | _valued(row.path, facts) for row in known],
        "unknown": [_named(row) for row in rows if row.path not in PATHS],
    }


def _named(row: FilingField) -> dict[str, Text]:
    """A field of the list with its source, as it stands when the extract is made."""
    return {"code": row.code, "zh": row.zh, "en": row.en, "status": row.status, "source": row.source}


def _valued(path: str, facts: Facts) -> dict[str, Text]:
    """The exact value of a field with its kind, and the unit of an amount."""
    kind = KINDS.get(path, FieldKind.TEXT)
    unit = {"unit": "fen"} if kind == FieldKind.MONEY else {}
    return {"value": PATHS[path](facts), "kind": kind.value, **unit}


def _score(fund: Fund, year: int, moment: Moment) -> Fraction | None:
    run = EvaluationRun.objects.filter(
        fund=fund, year=year, state=EvaluationRun.State.CONFIRMED, decided_at__lte=moment.known_at
    ).order_by("-decided_at").first()  # fmt: skip
    return run.total if run else None


def hash_of(content: dict[str, Any]) -> str:
    """SHA-256 over the canonical JSON of an extract: sorted keys, no spaces, UTF-8."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def due_day(year: int) -> date:
    """Within six months of the year's end."""
    return date(year + 1, 6, 30)
