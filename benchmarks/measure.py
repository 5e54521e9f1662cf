"""Rounds, medians and rows of a measurement."""

import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

RESULTS = Path(__file__).parent / "results.json"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the results. ``ratio`` is value ÷ peer value; ``met`` says whether the target holds."""

    name: str
    value: float
    unit: str
    peer: str = ""
    peer_value: float | None = None
    target: str = ""
    met: bool | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        return self.value / self.peer_value if self.peer_value else None


def against(
    name: str, value: float, peer: str, peer_value: float, *, at_most: float | None = None, note: str = ""
) -> Row:
    """A time in seconds beside a peer's, with the largest ratio that meets the target."""
    met = None if at_most is None else value <= at_most * peer_value
    target = "" if at_most is None else f"≤ {at_most:g} × peer"
    return Row(name, round(value, 4), "s", peer, round(peer_value, 4), target, met, note)


def interleaved(
    runs: Mapping[str, Callable[[], object]], rounds: int, *, of: Callable[[list[float]], float] = statistics.median
) -> dict[str, float]:
    """Seconds of each run, ``of`` its rounds; the runs alternate, so that a slow minute of the machine hits all."""
    for run in runs.values():
        run()
    times: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            start = time.perf_counter()
            run()
            times[name].append(time.perf_counter() - start)
    return {name: of(each) for name, each in times.items()}


def once(run: Callable[[], object]) -> float:
    """Seconds of one run."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def in_child(code: str) -> dict[str, float]:
    """Run Python ``code`` in a fresh process with the present environment; it prints one JSON object last."""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True, capture_output=True, text=True)
    return json.loads(done.stdout.strip().splitlines()[-1])


def machine() -> dict[str, object]:
    """What the figures were measured on."""
    load = os.getloadavg()[0]
    return {"cores": os.cpu_count(), "system": platform.platform(), "python": platform.python_version(), "load": load}


def write(rows: list[Row]) -> None:
    """Store the rows and print them as a table."""
    content = [asdict(row) | {"ratio": row.ratio and round(row.ratio, 3)} for row in rows]
    RESULTS.write_text(json.dumps({"machine": machine(), "rows": content}, ensure_ascii=False, indent=1))
    lines = [("name", "value", "unit", "peer", "peer value", "ratio", "target", "met")]
    for row in rows:
        ratio = f"{row.ratio:.2f}" if row.ratio else ""
        peer_value = "" if row.peer_value is None else f"{row.peer_value:g}"
        met = {True: "yes", False: "NO", None: ""}[row.met]
        lines.append((row.name, f"{row.value:g}", row.unit, row.peer, peer_value, ratio, row.target, met))
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
