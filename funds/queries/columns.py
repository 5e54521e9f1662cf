"""Ledger rows and valuations as arrays: read by binary COPY, no Python object per row.

Days count from 2000-01-01, moments are microseconds from 2000-01-01 UTC and infinity is the largest number: this is
PostgreSQL's own binary form of dates and times. Amounts are fen.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from funds.choices.ledger import EXIT_KINDS, GRANT_KINDS, INVESTING_KINDS, EventKind
from funds.models import Fund
from funds.rules.ledger import Event

EPOCH = date(2000, 1, 1)
Ints = NDArray[np.int64]

INVESTED, RESTATED, EXITED, IMPAIRED, INCOME, CALLED, DISTRIBUTED, FEES, GRANTED = range(9)
"""What a row does, as ``code``: several kinds of event share one."""

# The most frequent kinds first: the database compares in this order.
_CODES = {
    EventKind.DIVIDEND: INCOME,
    EventKind.INTEREST: INCOME,
    **dict.fromkeys(INVESTING_KINDS, INVESTED),
    **dict.fromkeys(EXIT_KINDS, EXITED),
    EventKind.CALL: CALLED,
    EventKind.FEE: FEES,
    EventKind.EXPENSE: FEES,
    EventKind.DISTRIBUTION: DISTRIBUTED,
    EventKind.IMPAIRMENT: IMPAIRED,
    EventKind.FX: RESTATED,
    **dict.fromkeys(GRANT_KINDS, GRANTED),
}
_CASE = " ".join(f"WHEN '{kind}' THEN {code}" for kind, code in _CODES.items())

# The order of the index that carries all these columns: rows arrive by holding and day, and nothing is sorted.
_EVENTS = f"""
    SELECT e.investment_id, (CASE e.effect {_CASE} END)::smallint, e.value_date, e.amount_fen, e.cost_relieved_fen,
        e.recorded_at
    FROM funds_ledgerevent e
    WHERE e.investment_id IS NOT NULL AND e.value_date <= %(until)s AND e.recorded_at <= %(known_at)s {{only_holdings}}
    ORDER BY e.investment_id, e.value_date
"""  # noqa: S608 - built from our own enumeration

_FUND_EVENTS = f"""
    SELECT e.fund_id, (CASE e.effect {_CASE} END)::smallint, e.value_date, e.amount_fen, e.recorded_at
    FROM funds_ledgerevent e
    WHERE e.investment_id IS NULL AND e.value_date <= %(until)s AND e.recorded_at <= %(known_at)s {{only_funds}}
"""  # noqa: S608 - built from our own enumeration

_VALUES = """
    SELECT v.investment_id, v.valid_at, v.fair_value_fen, v.recorded_at, COALESCE(v.superseded_at, 'infinity')
    FROM funds_valuation v
    WHERE v.valid_at <= %(until)s AND v.recorded_at <= %(known_at)s {only_holdings}
    ORDER BY v.investment_id, v.valid_at, v.recorded_at
"""

_HOLDINGS = """
    SELECT id, fund_id, stage, mode FROM funds_investment {only_funds} ORDER BY id
"""

_PLAIN_EVENTS = """
    SELECT id, kind, value_date, recorded_at, amount_fen, investment_id, cost_relieved_fen, reverses_id
    FROM funds_ledgerevent WHERE investment_id = ANY(%(holdings)s)
"""


@dataclass(frozen=True, slots=True)
class Columns:
    """All rows of some funds up to a date and a moment of knowledge, by column.

    ``events`` (holding, code, day, amount, relieved, known) and ``values`` (holding, day, value, known, gone) are in
    the order of holding and day; ``fund_events`` (fund, code, day, amount, known) name no holding. ``holdings`` are
    ids in rising order with their fund, stage and mode. ``plain`` holds the events of the few holdings that only the
    rule book's fold can walk.
    """

    events: np.ndarray
    fund_events: np.ndarray
    values: np.ndarray
    holdings: Ints
    owner: Ints
    stages: tuple[str, ...]
    modes: tuple[str, ...]
    plain: dict[int, tuple[Event, ...]]


def load_columns(funds: Sequence[Fund] | None, until: date, known_at: datetime) -> Columns:
    """Read the rows of ``funds`` (None: all). Four statements, and a fifth where a holding needs the plain fold."""
    parameters = {"until": until, "known_at": known_at, "funds": [fund.pk for fund in funds or ()]}
    with connection.cursor() as cursor:
        cursor.execute(_HOLDINGS.format(only_funds="WHERE fund_id = ANY(%(funds)s)" if funds else ""), parameters)
        rows = cursor.fetchall()
    parameters["holdings"] = [row[0] for row in rows] if funds else []
    of_events = "AND e.investment_id = ANY(%(holdings)s)" if funds else ""
    events = _copy(
        _EVENTS.format(only_holdings=of_events),
        parameters,
        [("holding", ">i8"), ("code", ">i2"), ("day", ">i4"), ("amount", ">i8"), ("relieved", ">i8"), ("known", ">i8")],
    )
    return Columns(
        events=events,
        fund_events=_copy(
            _FUND_EVENTS.format(only_funds="AND e.fund_id = ANY(%(funds)s)" if funds else ""),
            parameters,
            [("fund", ">i8"), ("code", ">i2"), ("day", ">i4"), ("amount", ">i8"), ("known", ">i8")],
        ),
        values=_copy(
            _VALUES.format(only_holdings="AND v.investment_id = ANY(%(holdings)s)" if funds else ""),
            parameters,
            [("holding", ">i8"), ("day", ">i4"), ("value", ">i8"), ("known", ">i8"), ("gone", ">i8")],
        ),
        holdings=np.array([row[0] for row in rows], np.int64),
        owner=np.array([row[1] for row in rows], np.int64),
        stages=tuple(row[2] for row in rows),
        modes=tuple(row[3] for row in rows),
        plain=_plain_events(events),
    )


def day_number(day: date) -> int:
    return (day - EPOCH).days


def moment_number(moment: datetime) -> int:
    return (moment - datetime(2000, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def _copy(statement: str, parameters: dict[str, object], fields: list[tuple[str, str]]) -> np.ndarray:
    """Rows of a statement without NULLs as a structured array in native byte order.

    Binary COPY gives each row as a count of fields (2 bytes) and each field as its length (4 bytes) and value, all
    big-endian: with fixed lengths a row is one record of a packed type.
    """
    wire = np.dtype(
        [("count", ">i2"), *(part for name, kind in fields for part in ((f"len_{name}", ">i4"), (name, kind)))]
    )
    native = np.dtype([(name, kind.replace(">", "=")) for name, kind in fields])
    chunks: list[np.ndarray] = []
    rest = b""
    start = True
    # Composed here, since Django's recording cursor takes no parameters with COPY.
    command = connection.ops.compose_sql(f"COPY ({statement}) TO STDOUT (FORMAT BINARY)", parameters)
    with connection.cursor() as cursor, cursor.copy(command) as copy:
        for block in _blocks(copy):
            data = rest + block
            if start:
                data, start = data[19 + int.from_bytes(data[15:19]) :], False
            # The last two bytes of the stream mark its end and never make a whole row.
            whole = len(data) // wire.itemsize * wire.itemsize
            found = np.frombuffer(data[:whole], wire)
            chunks.append(np.rec.fromarrays([found[name] for name, _ in fields], dtype=native).view(np.ndarray))
            rest = data[whole:]
    return np.concatenate(chunks) if chunks else np.empty(0, native)


def _blocks(copy: Iterable[bytes | bytearray | memoryview], size: int = 1 << 20) -> Iterator[bytes]:
    """Join the driver's small pieces, so that arrays are made from a megabyte at a time."""
    block = bytearray()
    for piece in copy:
        block += piece
        if len(block) >= size:
            yield bytes(block)
            block.clear()
    yield bytes(block)


def _plain_events(events: np.ndarray) -> dict[int, tuple[Event, ...]]:
    """Events of holdings with an exchange restatement, or with an impairment and an exit on one day."""
    moved = events[(events["code"] == RESTATED)]["holding"]
    impaired = events[events["code"] == IMPAIRED]
    exits = events[events["relieved"] != 0]
    key_impaired = impaired["holding"] * 100_000 + impaired["day"]
    key_exits = exits["holding"] * 100_000 + exits["day"]
    same_day = impaired["holding"][np.isin(key_impaired, key_exits)]
    holdings = np.union1d(moved, same_day).tolist()
    if not holdings:
        return {}
    found: dict[int, list[Event]] = {holding: [] for holding in holdings}
    with connection.cursor() as cursor:
        cursor.execute(_PLAIN_EVENTS, {"holdings": holdings})
        for pk, kind, value_date, recorded_at, amount, holding, relieved, reverses in cursor.fetchall():
            event = Event(pk, EventKind(kind), value_date, recorded_at, amount, holding, relieved, reverses)
            found[holding].append(event)
    return {holding: tuple(own) for holding, own in found.items()}
