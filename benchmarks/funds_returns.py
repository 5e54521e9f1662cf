"""Rows ``funds/irr-…`` and ``funds/portfolio-report``: rates of many series, and every figure of all funds."""

import logging
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pyxirr
from django.core.management import call_command

from benchmarks.city import KNOWN_AT, START, Size, build
from benchmarks.measure import Row, against, interleaved, once
from funds.choices.figures import IndexKind, IrrStatus
from funds.choices.records import MoneySource, TierKind
from funds.models import Commitment, Fund, IndexSeries, IndexUpload, IndexValue, WaterfallTier
from funds.queries.columns import load_columns
from funds.queries.performance import Cut, performance
from funds.queries.sums import Moment
from funds.rules.returns.batch import STATUSES, BatchIrr, batch_xirr
from innovation.organisations.models import Organisation

NAMES = ("funds/irr-one-core", "funds/irr-both-cores", "funds/irr-pandas", "funds/portfolio-report")
SERIES, FLOWS, DAYS = 100_000, 100, 3_650
EPOCH = date(2000, 1, 1)
MOMENT = Moment(date(2023, 10, 31), KNOWN_AT)
OK = STATUSES.index(IrrStatus.OK)
SHOWN = 1e-7
"""How far our rate may be from the peer's before a row fails: two ways to the same root."""


def rows(only: str, *, scale: float, rounds: int) -> list[Row]:
    """Run the measurements whose names begin with ``only``."""
    logging.disable(logging.INFO)
    wanted = [name for name in NAMES if name.startswith(only)]
    found: list[Row] = []
    if any(name.startswith("funds/irr") for name in wanted):
        found += [row for row in _rates(max(100, int(SERIES * scale)), rounds) if row.name in wanted]
    if "funds/portfolio-report" in wanted:
        call_command("migrate", verbosity=0)
        if not Fund.objects.exists():
            print(f"Building the city at scale {scale:g}", flush=True)
            print(f"built in {once(lambda: build(Size.scaled(scale))):.0f} s", flush=True)
        found += _portfolio(rounds)
    return found


def series_of_funds(count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """``count`` series of 100 flows over ten years in random days: calls at first, then more and more distributions."""
    random = np.random.default_rng(2026)
    days = np.sort(random.integers(0, DAYS, (count, FLOWS)), axis=1)
    calls = random.random((count, FLOWS)) < np.clip(1.25 - 2 * np.linspace(0, 1, FLOWS), 0, 1)
    calls[:, 0] = True
    amounts = random.integers(10**6, 10**9, (count, FLOWS)) * np.where(calls, -1, 1)
    return np.repeat(np.arange(count), FLOWS), days.ravel(), amounts.ravel()


def _rates(count: int, rounds: int) -> Iterator[Row]:
    series, days, amounts = series_of_funds(count)
    calendar = [EPOCH + timedelta(days=day) for day in range(DAYS)]
    # The peer's best case: dates and floats stand ready as lists, one pair for each series.
    ready = [
        ([calendar[day] for day in own_days], own_amounts)
        for own_days, own_amounts in zip(
            days.reshape(count, FLOWS).tolist(), amounts.reshape(count, FLOWS).astype(float).tolist(), strict=True
        )
    ]
    frame = pd.DataFrame(
        {"series": series, "day": np.datetime64(EPOCH, "ns") + days.astype("timedelta64[D]"), "amount": amounts}
    )
    results: dict[str, object] = {}

    def keep(name: str, run: Callable[[], object]) -> Callable[[], None]:
        def kept() -> None:
            results[name] = run()

        return kept

    times = interleaved(
        {
            "one": keep("one", lambda: batch_xirr(series, days, amounts, count)),
            "both": keep("both", lambda: batch_xirr(series, days, amounts, count, workers=os.cpu_count() or 1)),
            "loop": keep("loop", lambda: [pyxirr.xirr(dates, flows) for dates, flows in ready]),
        },
        rounds,
    )
    grouped = frame.groupby("series", sort=False)
    pandas = once(keep("pandas", lambda: grouped.apply(lambda own: pyxirr.xirr(own["day"], own["amount"]))))
    ours: BatchIrr = results["one"]  # type: ignore[assignment]
    note = (
        f"{count:,} series of {FLOWS} flows; {int((ours.status == OK).sum()):,} with one rate, "
        f"{ours.searched:,} took the exact search; rates equal: {_equal(ours, results['loop'])}"
    )
    equal = _equal(ours, results["loop"])
    for name, mine, peer, theirs, at_most in (
        ("funds/irr-one-core", times["one"], "pyxirr in a loop, lists ready", times["loop"], 1 / 3),
        ("funds/irr-both-cores", times["both"], "pyxirr in a loop, lists ready", times["loop"], None),
        ("funds/irr-pandas", times["one"], "pandas groupby + pyxirr", pandas, 1 / 3),
    ):
        row = against(name, mine, peer, theirs, at_most=at_most, note=note)
        yield replace(row, met=row.met and equal)


def _equal(ours: BatchIrr, theirs: object) -> bool:
    """Whether every rate of ours with status OK is the peer's too; the peer gives no status to compare."""
    peer = np.array([np.nan if rate is None else rate for rate in theirs], np.float64)  # type: ignore[attr-defined]
    settled = ours.status == OK
    return bool(np.allclose(ours.rate[settled], peer[settled], rtol=SHOWN, atol=SHOWN))


def _portfolio(rounds: int) -> Iterator[Row]:
    """Every figure of every fund, gross and net: each shares its profit by a waterfall, on each day of the J-curve."""
    index = _index()
    _waterfalls()
    times = interleaved(
        {
            "rows": lambda: load_columns(None, MOMENT.as_of, MOMENT.known_at),
            "report": lambda: performance(MOMENT, index=index),
        },
        rounds,
    )
    found = performance(MOMENT, index=index)
    shared = sum(line.accrued_carry > 0 for line in found.of(Cut.FUND))
    note = (
        f"{len(found.funds):,} funds, {len(found.lines):,} lines, {len(found.quarters)} quarters, market equivalents; "
        f"net of carry, which {shared:,} funds owe on the last day"
    )
    yield against(
        "funds/portfolio-report", times["report"], "reading its rows alone", times["rows"], at_most=3.0, note=note
    )


def _waterfalls() -> None:
    """Capital, 2 % a year, catch-up, then a fifth of profit to the manager, in every fund; two investors each."""
    if WaterfallTier.objects.exists():
        return
    known = {"valid_from": START, "recorded_at": KNOWN_AT}
    steps = (
        (TierKind.RETURN_OF_CAPITAL, {}),
        (TierKind.PREFERRED_RETURN, {"hurdle_num": 2, "hurdle_den": 100}),
        (TierKind.CATCH_UP, {"manager_num": 1, "manager_den": 1}),
        (TierKind.PROFIT_SPLIT, {"manager_num": 1, "manager_den": 5}),
    )
    government, other = Organisation.objects.order_by("pk")[:2]
    funds = list(Fund.objects.all())
    WaterfallTier.objects.bulk_create(
        WaterfallTier(fund=fund, position=position, kind=kind, **facts, **known)
        for fund in funds
        for position, (kind, facts) in enumerate(steps, 1)
    )
    Commitment.objects.bulk_create(
        Commitment(fund=fund, investor=investor, source=source, amount_fen=fund.committed_fen // 5 * parts, **known)
        for fund in funds
        for investor, source, parts in ((government, MoneySource.GOVERNMENT, 2), (other, MoneySource.SOCIAL, 3))
    )


def _index() -> IndexSeries:
    """A weekly total-return index over the city's time."""
    series, new = IndexSeries.objects.get_or_create(
        code="BENCH", defaults={"name_zh": "基准", "kind": IndexKind.TOTAL_RETURN, "publisher": "benchmark"}
    )
    if new:
        upload = IndexUpload.objects.create(
            series=series, file_name="x", sha256="0", source="x", licence_note="x", dated=MOMENT.as_of
        )
        days = [date(2013, 12, 27) + timedelta(days=7 * week) for week in range(530)]
        IndexValue.objects.bulk_create(
            IndexValue(series=series, upload=upload, day=day, level=1000 + number, recorded_at=KNOWN_AT)
            for number, day in enumerate(days)
        )
    return series
