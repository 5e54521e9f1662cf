"""Row ``talent/import``: a file of 100,000 people checked and written, beside COPY of the same rows.

The peer gets the rows checked already and brings them into the same three tables, with their triggers (search, history,
full time on every day), by the same COPY and one INSERT … SELECT each: what keeping these people costs at all.
"""

import io
import json
import logging
import resource
import time
from random import Random

from django.core.management import call_command
from django.db import transaction

from benchmarks.measure import Row, in_child
from talent.imports import people as incoming
from talent.imports.lines import HEADINGS, csv_lines
from tests.factories.organisations import OrganisationFactory

NAME = "talent/import"
LINES, MOST_MIB = 100_000, 1_024
FAMILIES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂文辉力健俊华雪梅建国志宏宇轩涵子墨浩然"
_CHILD = "import django; django.setup(); from benchmarks import talent_import; talent_import.child({}, {!r})"


def rows(only: str, *, scale: float, rounds: int) -> list[Row]:
    """Run the measurement when its name begins with ``only``."""
    if not NAME.startswith(only):
        return []
    logging.disable(logging.INFO)
    call_command("migrate", verbosity=0)
    count = max(500, int(LINES * scale))
    found = in_child(_CHILD.format(count, OrganisationFactory().uscc))
    took = found["check"] + found["write"]
    note = (
        f"{count:,} lines, {count / took:,.0f} a second: check {found['check']:.1f} s, write {found['write']:.1f} s; "
        f"peak {found['mib']:.0f} MiB"
    )
    met = found["mib"] < MOST_MIB
    peer = "COPY and INSERT of the checked rows"
    return [Row(NAME, round(took, 3), "s", peer, round(found["alone"], 3), f"peak < {MOST_MIB:,} MiB", met, note)]


def child(count: int, unit: str) -> None:
    """Print the seconds of each step and the peak of memory of this process; the posts are at ``unit`` (its code)."""
    logging.disable(logging.INFO)
    content = _file(count, unit)
    start = time.perf_counter()
    checked = incoming.check(csv_lines(io.BytesIO(content), HEADINGS, ()))
    found = {"check": time.perf_counter() - start}
    if len(checked.rows) != count:
        raise AssertionError(checked.errors[:3])
    for name in ("write", "alone"):
        with transaction.atomic():
            start = time.perf_counter()
            incoming.write(checked.rows, None)
            found[name] = time.perf_counter() - start
            transaction.set_rollback(True)
    found["mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(found))


def _file(count: int, unit: str) -> bytes:
    dice = Random(2)  # noqa: S311 - the same lines each time
    lines = (
        f"{dice.choice(FAMILIES)},{''.join(dice.choices(GIVEN, k=2))},assistant,{unit},科研助理,100,2025-01-01"
        for _number in range(count)
    )
    return "\n".join(["姓,名,类别,单位,岗位,fte,from", *lines]).encode()
