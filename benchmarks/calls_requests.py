"""Rows ``calls/draft-save``, ``calls/submit``, ``calls/desk-list``, ``calls/reviewer-list``: whole requests.

Each is sent through the product's own addresses, middleware and templates, and beside it to a bare view
(``calls_peer``), turn by turn. The value is the median of a request in seconds; the note holds what else was measured.
A row is met when the ratio is, and when the number of statements was the same for each request, few rows or many.
"""

import logging
import re
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from django.core.management import call_command
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.test import Client, override_settings
from django.test.client import ClientHandler
from django.test.utils import CaptureQueriesContext

from benchmarks import calls_peer
from benchmarks.calls_cases import CASES, PROJECT, Draft, build, drafts, project_form
from benchmarks.measure import Row, against
from innovation.accounts.models import User
from innovation.core.forms import new_token
from tests.factories.calls import CallFactory

SENT, LISTED = ("calls/draft-save", "calls/submit"), ("calls/desk-list", "calls/reviewer-list")
SENDERS, LOOKS = 100, 60
FEWEST = 6
COUNTED = 3
SENT_AT_MOST, LISTED_AT_MOST = 4, 3
OK, FOUND = 200, 302
Send = Callable[[], HttpResponseBase]
_WRITES = re.compile(r'\b(?:INSERT INTO|UPDATE) "(\w+)"')


@dataclass(slots=True)
class Side:
    """What was measured of one side: seconds of each request, and of some requests statements and tables written."""

    seconds: list[float] = field(default_factory=list)
    statements: list[int] = field(default_factory=list)
    tables: set[str] = field(default_factory=set)

    def count(self, send: Send) -> None:
        with CaptureQueriesContext(connection) as seen:
            send()
        texts = [each["sql"] for each in seen.captured_queries]
        self.statements.append(len(texts))
        self.tables |= {name for text in texts for name in _WRITES.findall(text)}

    def time(self, send: Send) -> None:
        start = time.perf_counter()
        send()
        self.seconds.append(time.perf_counter() - start)

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    def words(self) -> str:
        few, many = min(self.statements), max(self.statements)
        return (
            f"{few if few == many else f'{few}-{many}'} statements, p50 {self.median * 1000:.1f} ms, "
            f"p95 {late(self.seconds) * 1000:.1f} ms, {1 / statistics.fmean(self.seconds):.0f} requests/s"
        )


def late(seconds: Sequence[float]) -> float:
    """The 95th percentile: the smallest value that 95 of 100 do not exceed."""
    return sorted(seconds)[-(-95 * len(seconds) // 100) - 1]


class Bare(ClientHandler):
    """Django's own middleware and the addresses of the peer."""

    def __init__(self) -> None:
        super().__init__(enforce_csrf_checks=False)
        with override_settings(MIDDLEWARE=calls_peer.MIDDLEWARE):
            self.load_middleware()

    def get_response(self, request: HttpRequest) -> HttpResponseBase:
        request.urlconf = "benchmarks.calls_peer"
        return super().get_response(request)


def rows(only: str, *, scale: float, rounds: int) -> list[Row]:
    """Run the measurements whose names begin with ``only``. Each request is a round, so ``rounds`` plays no part."""
    logging.disable(logging.INFO)
    wanted = {name for name in (*SENT, *LISTED) if name.startswith(only)}
    if wanted:
        call_command("migrate", verbosity=0)
    found = list(sending(max(FEWEST, int(SENDERS * scale)))) if wanted & {*SENT} else []
    found += listing(scale) if wanted & {*LISTED} else []
    return [row for row in found if row.name in wanted]


def signed_in(person: User, handler: ClientHandler | None = None) -> Client:
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(person)
    if handler is not None:
        client.handler = handler
    return client


def good(response: HttpResponse, status: int) -> HttpResponse:
    """The response, which has ``status``; anything else is no measurement."""
    if response.status_code != status:
        raise SystemExit(f"{response.status_code} instead of {status}: {response.content.decode()[:1500]}")
    return response


def row(name: str, ours: Side, peer: Side, *, at_most: float, note: str) -> Row:
    made = against(name, ours.median, "bare Django view", peer.median, at_most=at_most)
    constant = len(set(ours.statements)) == 1
    return replace(made, met=made.met and constant, note=f"{note}; product {ours.words()}; bare {peer.words()}")


# ── Save and send ────────────────────────────────────────────────────────────────────────────────
def sending(count: int) -> Iterator[Row]:
    """Applicants one after the other save the first section and send; neighbours do the same to the bare view."""
    call, bare = CallFactory(form=project_form()), Bare()
    number = count + COUNTED + 1
    ours = [(draft, signed_in(draft.lead)) for draft in drafts(number, call)]
    theirs = [(draft, signed_in(draft.lead, bare)) for draft in drafts(number, call)]
    saves = turns([saver(*one) for one in ours], [bare_sender("save", OK, *one) for one in theirs])
    note = f"{count} drafts, {len(PROJECT)} boxes saved as the page's script does"
    yield row(SENT[0], *saves, at_most=SENT_AT_MOST, note=note)
    sends = turns([submitter(*one) for one in ours], [bare_sender("submit", FOUND, *one) for one in theirs])
    missing = sends[0].tables ^ sends[1].tables
    if missing:
        raise SystemExit(f"The bare view does not write the same tables: {sorted(missing)}")
    note = f"{count} applicants, {len(sends[0].tables)} tables written by both"
    yield row(SENT[1], *sends, at_most=SENT_AT_MOST, note=note)


def turns(ours: Sequence[Send], theirs: Sequence[Send]) -> tuple[Side, Side]:
    """The first pair warms up, the next are counted, the others timed in turn."""
    sides = Side(), Side()
    for place, pair in enumerate(zip(ours, theirs, strict=True)):
        for side, send in zip(sides, pair, strict=True):
            if place == 0:
                send()
            elif place <= COUNTED:
                side.count(send)
            else:
                side.time(send)
    return sides


def saver(draft: Draft, client: Client) -> Send:
    data = PROJECT | {f"r-{key}": "0" for key in {name.split("-")[1] for name in PROJECT}}
    return lambda: good(client.post(f"/calls/applications/{draft.pk}/sections/project/save/", data), OK)


def submitter(draft: Draft, client: Client) -> Send:
    data = {"form_token": new_token(), "declaration": "on"}
    return lambda: good(client.post(f"/calls/applications/{draft.pk}/check/", data), FOUND)


def bare_sender(act: str, status: int, draft: Draft, client: Client) -> Send:
    return lambda: good(client.post(f"/{act}/{draft.pk}/", PROJECT), status)


# ── Lists ────────────────────────────────────────────────────────────────────────────────────────
def listing(scale: float) -> Iterator[Row]:
    """The lists with a tenth of the cases and with all; the statements of both are counted, the latter are timed."""
    total = max(60, int(CASES * scale))
    times = max(FEWEST, int(LOOKS * min(1, 5 * scale)))
    bare = Bare()
    counted: dict[str, list[int]] = {name: [] for name in LISTED}
    for cases in (total // 10, total - total // 10):
        office = build(cases)
        for name, path, person in (
            (LISTED[0], "/calls/desk/", office.officer), (LISTED[1], "/reviews/", office.reviewer),
        ):  # fmt: skip
            ours, peer = signed_in(person), signed_in(person, bare)
            sides = turns(
                [lambda c=ours, p=path: good(c.get(p), OK)] * (COUNTED + 1 + times),
                [lambda c=peer, p=path: good(c.get(p.removeprefix("/calls")), OK)] * (COUNTED + 1 + times),
            )
            counted[name] += sides[0].statements
            if cases != total // 10:
                sides[0].statements = counted[name]
                yield row(
                    name, *sides, at_most=LISTED_AT_MOST,
                    note=f"{total:,} cases, {office.per_reviewer} reviews of this reviewer, {times} looks",
                )  # fmt: skip
