"""A synthetic city: funds, holdings, a chained ledger, quarterly valuations and policies, the same for the same seed.

Full size is 1,000 funds, 100,000 holdings, 2,000,000 ledger events and ten years of month ends. The arrays are made
by numpy; the hash chain is the product's own, so that the data would pass the ledger's guard. Loading switches
triggers off, which is the only shortcut.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

import numpy as np
from django.db import connection

from funds.choices.ledger import EventKind
from funds.choices.records import FundClass, InvestmentMode, Stage
from funds.models import Fund, FundPolicyBinding, Investment, PolicyDocument
from innovation.organisations.models import Organisation

START = date(2014, 1, 1)
END = date(2023, 12, 31)
KNOWN_AT = datetime(2024, 6, 30, 16, tzinfo=UTC)
LIFE = (END - START).days
STAGES = [Stage.SEED, Stage.ANGEL, Stage.GROWTH, Stage.INDUSTRY_DIRECT]
DOCUMENTS = ["CN-HZ-SHANGCHENG-2025", "CN-GZ-HUANGPU-2025", "CN-SC-2025-44", "CN-WH-2025-5"]
CATEGORIES = [["创业投资类"], [], ["市场化基金"], []]
KINDS = [
    EventKind.CALL, EventKind.DISTRIBUTION, EventKind.FEE, EventKind.INVEST, EventKind.FOLLOW_ON,
    EventKind.EXIT_PARTIAL, EventKind.EXIT_FULL, EventKind.WRITE_OFF, EventKind.DIVIDEND, EventKind.IMPAIRMENT,
    EventKind.FX, EventKind.RECOVERY_AFTER_WRITE_OFF,
]  # fmt: skip
CODE = {kind: number for number, kind in enumerate(KINDS)}
YUAN = 100


@dataclass(frozen=True, slots=True)
class Size:
    """How large the city is."""

    funds: int = 1_000
    holdings: int = 100_000
    events: int = 2_000_000

    @classmethod
    def scaled(cls, scale: float) -> "Size":
        return cls(max(2, int(1_000 * scale)), max(20, int(100_000 * scale)), int(2_000_000 * scale))


def month_ends(count: int = 120) -> list[date]:
    """The last ``count`` month ends up to the end of the city's time."""
    ends = []
    day = END
    for _ in range(count):
        ends.append(day)
        day = day.replace(day=1) - timedelta(days=1)
    return ends[::-1]


def build(size: Size, seed: int = 2024) -> None:
    """Fill the present database, which has no funds yet, and gather its statistics."""
    random = np.random.default_rng(seed)
    funds, holdings = _records(size, random)
    events = _events(size, funds, holdings, random)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        columns = (
            "id, fund_id, seq, investment_id, kind, effect, value_date, recorded_at, amount_fen, cost_relieved_fen, "
            "reverses_id, document, reason, actor_id, prev_hash, hash"
        )
        with cursor.copy(f"COPY funds_ledgerevent ({columns}) FROM STDIN") as copy:
            for line in _chained(events):
                copy.write(line)
        columns = "investment_id, valid_at, recorded_at, superseded_at, fair_value_fen, method, document"
        with cursor.copy(f"COPY funds_valuation ({columns}) FROM STDIN") as copy:
            for line in _valuations(holdings, random):
                copy.write(line)
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence('funds_ledgerevent', 'id'), max(id)) FROM funds_ledgerevent"
        )
        cursor.execute("SET session_replication_role = DEFAULT")
    _settle()


def _settle() -> None:
    """Vacuum until no page waits for it: one pass leaves pages behind that another backend looks at meanwhile."""
    waiting = (
        "SELECT EXISTS (SELECT FROM pg_class WHERE relallvisible < 0.99 * relpages AND relname IN "
        "('funds_ledgerevent', 'funds_valuation', 'funds_investment'))"
    )
    with connection.cursor() as cursor:
        for _ in range(30):
            cursor.execute("VACUUM ANALYZE funds_ledgerevent, funds_valuation, funds_investment, funds_fund")
            cursor.execute(waiting)
            if not cursor.fetchone()[0]:
                return
            time.sleep(1)
    raise SystemExit("The tables of the city do not come to rest")


@dataclass(frozen=True, slots=True)
class Holdings:
    """Per holding: row id, row id of its fund, day of the investment, day of the end (past the city's time: none)."""

    ids: np.ndarray
    fund: np.ndarray
    first: np.ndarray
    last: np.ndarray
    cost: np.ndarray


def _records(size: Size, random: np.random.Generator) -> tuple[np.ndarray, Holdings]:
    companies = Organisation.objects.bulk_create(
        [Organisation(name_zh=f"合成企业{n}") for n in range(max(10, size.holdings // 20))], batch_size=2000
    )
    funds = Fund.objects.bulk_create(
        [
            Fund(
                code=f"SYN{n:04d}",
                name_zh=f"合成基金{n}",
                name_en=f"Synthetic fund {n}",
                fund_class=FundClass.VENTURE,
                categories=CATEGORIES[n % 4],
                stage=Stage.SEED if n % 4 == 3 else "",
                starts_on=START,
                ends_on=date(2028, 12, 31),
                committed_fen=10**12,
                government_num=2,
                government_den=5,
                others_first_loss_fen=10**9 if n % 10 == 0 else 0,
            )
            for n in range(size.funds)
        ]
    )
    documents = {d.code: d for d in PolicyDocument.objects.filter(code__in=DOCUMENTS)}
    FundPolicyBinding.objects.bulk_create(
        [
            FundPolicyBinding(
                fund=fund,
                document=documents[DOCUMENTS[n % 4]],
                valid_from=START if n % 5 else date(2019, 7, 1),
                recorded_at=datetime(2014, 1, 1, tzinfo=UTC),
            )
            for n, fund in enumerate(funds)
        ]
    )
    fund_ids = np.array([fund.pk for fund in funds])
    owner = np.arange(size.holdings) % size.funds
    stages = [
        STAGES[0] if f % 4 == 3 else STAGES[s] for f, s in zip(owner, random.integers(0, 4, size.holdings), strict=True)
    ]
    Investment.objects.bulk_create(
        [
            Investment(
                fund=funds[owner[n]],
                code=f"H{n:06d}",
                company=companies[n % len(companies)],
                stage=stages[n],
                mode=InvestmentMode.DIRECT,
            )
            for n in range(size.holdings)
        ],
        batch_size=5000,
    )
    ids = np.array(list(Investment.objects.order_by("pk").values_list("pk", flat=True)))
    first = random.integers(0, LIFE - 400, size.holdings)
    last = first + random.integers(300, 3000, size.holdings)
    cost = random.integers(100, 5000, size.holdings) * 10_000 * YUAN
    return fund_ids, Holdings(ids, fund_ids[owner], first, last, cost)


@dataclass(frozen=True, slots=True)
class Events:
    """Columns of the ledger; days count from START, ``holding`` 0 is none, ``reverses`` is a position or -1."""

    fund: np.ndarray
    holding: np.ndarray
    kind: np.ndarray
    day: np.ndarray
    known: np.ndarray
    amount: np.ndarray
    relieved: np.ndarray
    reverses: np.ndarray


@dataclass(frozen=True, slots=True)
class _Writer:
    """Collects events in the order of their draws, so that one seed gives one city."""

    h: Holdings
    random: np.random.Generator
    parts: list[tuple[np.ndarray, ...]]

    def within(self, rows: np.ndarray) -> np.ndarray:
        """A day in the life of each holding, after its first."""
        span = np.minimum(self.h.last[rows], LIFE) - self.h.first[rows] - 1
        return self.h.first[rows] + 1 + (self.random.random(len(rows)) * span).astype(np.int64)

    def some(self, rows: np.ndarray, share: float) -> np.ndarray:
        return rows[self.random.random(len(rows)) < share]

    def scaled(self, amounts: np.ndarray, mean: float, sigma: float) -> np.ndarray:
        return (amounts * self.random.lognormal(mean, sigma, len(amounts))).astype(np.int64)

    def add(
        self, kind: EventKind, rows: np.ndarray, days: np.ndarray, amount: np.ndarray, relieved: np.ndarray | int = 0
    ) -> None:
        kinds = np.full(len(rows), CODE[kind])
        self.parts.append(
            (self.h.fund[rows], self.h.ids[rows], kinds, days, amount, np.broadcast_to(relieved, len(rows)))
        )

    def add_to_funds(self, kind: EventKind, owners: np.ndarray, low: int, high: int) -> None:
        """Events of the funds themselves, on any day."""
        count, nothing = len(owners), np.zeros(len(owners), np.int64)
        days, amounts = self.random.integers(0, LIFE, count), self.random.integers(low, high, count)
        self.parts.append((owners, nothing, np.full(count, CODE[kind]), days, amounts, nothing))


def _events(size: Size, funds: np.ndarray, h: Holdings, random: np.random.Generator) -> Events:
    writer = _Writer(h, random, [])
    _ends(writer, _lives(writer))
    per_fund, wrong = 100, int(size.events * 0.005)
    used = sum(len(part[0]) for part in writer.parts)
    rows = random.integers(0, len(h.ids), max(0, size.events - used - per_fund * len(funds) - wrong))
    writer.add(EventKind.DIVIDEND, rows, writer.within(rows), random.integers(1, 10**9, len(rows)))
    for kind, share, low, high in (
        (EventKind.CALL, 0.5, 2 * 10**9, 3 * 10**10),
        (EventKind.FEE, 0.3, 10**6, 10**8),
        (EventKind.DISTRIBUTION, 0.2, 10**8, 10**9),
    ):
        writer.add_to_funds(kind, np.repeat(funds, int(per_fund * share)), low, high)
    return _with_reversals(writer, wrong)


def _lives(writer: _Writer) -> np.ndarray:
    """Investments, follow-ons, partial exits and restatements; the cost that each holding is left with, in fen."""
    h, random, n = writer.h, writer.random, len(writer.h.ids)
    everyone = np.arange(n)
    writer.add(EventKind.INVEST, everyone, h.first, h.cost)
    more = np.repeat(everyone, random.poisson(1.5, n))
    followed = random.integers(10, 800, len(more)) * 10_000 * YUAN
    writer.add(EventKind.FOLLOW_ON, more, writer.within(more), followed)
    exits = random.integers(0, 7, n) * (random.random(n) < 0.5)
    sold, eighth = np.repeat(everyone, exits), h.cost // 8
    days = writer.within(sold)
    writer.add(EventKind.EXIT_PARTIAL, sold, days, writer.scaled(eighth[sold], -0.1, 0.9), eighth[sold])
    rows = writer.some(everyone, 0.003)
    writer.add(EventKind.FX, rows, writer.within(rows), h.cost[rows] // 50)
    restated = np.zeros(n, np.int64)
    restated[rows] = h.cost[rows] // 50
    return h.cost + np.bincount(more, followed, n).astype(np.int64) - exits * eighth + restated


def _ends(writer: _Writer, left: np.ndarray) -> None:
    """Write-offs with a few recoveries, full exits, impairments."""
    h, everyone = writer.h, np.arange(len(writer.h.ids))
    ended = h.last <= LIFE
    fails = ended & (writer.random.random(len(everyone)) < 0.45)
    rows = everyone[fails]
    writer.add(EventKind.WRITE_OFF, rows, h.last[rows], np.zeros(len(rows), np.int64), left[rows])
    rows = writer.some(rows, 0.1)
    rows = rows[h.last[rows] + 30 <= LIFE]
    writer.add(EventKind.RECOVERY_AFTER_WRITE_OFF, rows, h.last[rows] + 30, left[rows] // 20 + 1)
    rows = everyone[ended & ~fails]
    writer.add(EventKind.EXIT_FULL, rows, h.last[rows], writer.scaled(left[rows], 0.2, 0.8), left[rows])
    rows = writer.some(everyone, 0.08)
    writer.add(EventKind.IMPAIRMENT, rows, writer.within(rows), h.cost[rows] // 5)


def _with_reversals(writer: _Writer, wrong: int) -> Events:
    """All that was written, and the reversals of ``wrong`` harmless events."""
    random = writer.random
    fund, holding, kind, day, amount, relieved = (np.concatenate(column) for column in zip(*writer.parts, strict=True))
    known = day + random.integers(0, 40, len(day))
    harmless = np.flatnonzero(
        np.isin(kind, [CODE[EventKind.DIVIDEND], CODE[EventKind.IMPAIRMENT], CODE[EventKind.FEE]])
    )
    undone = random.choice(harmless, min(wrong, len(harmless)), replace=False)
    return Events(
        *(np.concatenate([column, column[undone]]) for column in (fund, holding, kind, day)),
        np.concatenate([known, known[undone] + random.integers(1, 60, len(undone))]),
        np.concatenate([amount, -amount[undone]]),
        np.concatenate([relieved, -relieved[undone]]),
        np.concatenate([np.full(len(day), -1), undone]),
    )


def _chained(e: Events) -> Iterator[str]:
    """Lines of COPY, by fund in the order of recording, each with the hash of the product's own chain."""
    order = np.lexsort((e.reverses >= 0, e.known, e.fund))
    row_id = np.empty(len(order), np.int64)
    row_id[order] = np.arange(1, len(order) + 1)
    reverses = np.where(e.reverses >= 0, row_id[e.reverses], 0)
    days = [(START + timedelta(days=d)).isoformat() for d in range(LIFE + 200)]
    present, seq, head = 0, 0, bytes(32)
    columns = (c[order].tolist() for c in (e.fund, e.holding, e.kind, e.day, e.known, e.amount, e.relieved, reverses))
    buffer: list[str] = []
    for number, (fund, holding, kind, day, known, amount, relieved, undone) in enumerate(zip(*columns, strict=True), 1):
        if fund != present:
            present, seq, head = fund, 0, bytes(32)
        seq += 1
        name = KINDS[kind].value
        own, who, what = ("REVERSAL", str(undone), str(undone)) if undone else (name, "", "\\N")
        key = holding or ""
        text = (
            f"{fund}|{seq}|{key}|{own}|{name}|{days[day]}|{days[known]}T10:00:00.000000|{amount}|{relieved}|{who}"
            "||0||0|"
        )
        before, head = head, sha256(head + text.encode()).digest()
        buffer.append(
            f"{number}\t{fund}\t{seq}\t{holding or chr(92) + 'N'}\t{own}\t{name}\t{days[day]}\t"
            f"{days[known]} 10:00+00\t{amount}\t{relieved}\t{what}\t\t\t\\N\t\\\\x{before.hex()}\t\\\\x{head.hex()}\n"
        )
        if len(buffer) == 5000:
            yield "".join(buffer)
            buffer.clear()
    yield "".join(buffer)


def _valuations(h: Holdings, random: np.random.Generator) -> Iterator[str]:
    """A value at each quarter end while held, known one to four months later; one in fifty corrected a month later."""
    for number in range(4 * (END.year - START.year + 1)):
        end = date(START.year + (number + 1) // 4, 3 * ((number + 1) % 4) + 1, 1) - timedelta(days=1)
        day = (end - START).days
        rows = np.flatnonzero((h.first <= day) & (h.last > day))
        values = (h.cost[rows] * random.lognormal(0.0, 0.9, len(rows))).astype(np.int64)
        corrected = random.random(len(rows)) < 0.02
        delays = random.integers(30, 120, len(rows))
        lines = []
        for holding, value, delay, wrong in zip(
            h.ids[rows].tolist(), values.tolist(), delays.tolist(), corrected, strict=True
        ):
            known = end + timedelta(days=delay)
            if wrong:
                later = known + timedelta(days=30)
                lines.append(f"{holding}\t{end}\t{known} 10:00+00\t{later} 10:00+00\t{value}\tNET_ASSETS\t\n")
                lines.append(f"{holding}\t{end}\t{later} 10:00+00\t\\N\t{value // 2}\tNET_ASSETS\t\n")
            else:
                lines.append(f"{holding}\t{end}\t{known} 10:00+00\t\\N\t{value}\tNET_ASSETS\t\n")
        yield "".join(lines)
