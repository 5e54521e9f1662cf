"""Rows ``calls/last-minute`` and ``calls/last-second``: many applicants send shortly before a call closes.

Real HTTP to two gunicorn processes as the demonstration runs them. Every applicant saves a title of its own, opens the
page on which all answers are checked, sends, and opens the receipt; then the database is asked whether each has just
one application with those words and the number that the receipt showed.
"""

import logging
import os
import re
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from benchmarks.calls_cases import Draft, drafts, project_form
from benchmarks.calls_requests import late
from benchmarks.measure import Row
from innovation.calls.choices import ApplicationState
from innovation.calls.models import Application, Call
from innovation.core.models import OutboxMessage
from innovation.local.demo import HOST, answers
from innovation.local.processes import spawn, wait_until
from innovation.local.servers import BASE_DIR
from tests.factories.calls import CallFactory

NAMES = ("calls/last-minute", "calls/last-second")
APPLICANTS, SECONDS = 200, 60.0
FEWEST, SHORTEST = 4, 2.0
LIMIT = 1.0
"""p95 of sending, in seconds."""
MARGIN, AMPLE = 3.0, 15.0
"""Seconds before the end at which the last applicant begins; in a short trial nobody is late."""
WARM = 16
PATIENCE = 120
SUMMARY = "该项目在截止前一分钟提交，摘要不得丢失。"
_TOKEN = re.compile(r'name="(csrfmiddlewaretoken|form_token)" value="([^"]+)"')


@dataclass(slots=True)
class Applicant:
    """One person in a browser: a draft, the cookies of a visit, and what happened."""

    draft: Draft
    cookies: dict[str, str]
    seconds: dict[str, float] = field(default_factory=dict)
    fault: str = ""
    receipt: str = ""

    @property
    def title(self) -> str:
        return f"末班项目{self.draft.pk}"


def rows(only: str, *, scale: float, rounds: int) -> list[Row]:
    """Run the rushes whose names begin with ``only``; each is run once."""
    logging.disable(logging.INFO)
    wanted = [name for name in NAMES if name.startswith(only)]
    if not wanted:
        return []
    call_command("migrate", verbosity=0)
    count = max(FEWEST, int(APPLICANTS * scale))
    with web_server() as address:
        # Every thread has answered once before anything is measured, as on a day on which a call closes.
        rush(address, *prepared(WARM), 0)
        return [_measured(name, address, count, scale) for name in wanted]


def _measured(name: str, address: str, count: int, scale: float) -> Row:
    is_minute = name == NAMES[0]
    window = max(SHORTEST, SECONDS * scale) if is_minute else 0
    people, call = prepared(count)
    rush(address, people, call, window)
    lost = what_is_lost(people)
    for line in lost[:5]:
        print(f"  lost: {line}", flush=True)
    sent = [one.seconds["send"] for one in people if "send" in one.seconds]
    every = [seconds for one in people for seconds in one.seconds.values()]
    value = late(sent) if sent else float("inf")
    spread = f"within {window:g} s" if window else "at once"
    note = (
        f"{count} applicants {spread}, 2 processes of 4 threads, {len(every)} requests; "
        f"p95 of all {late(every):.3f} s, longest {max(every):.3f} s; lost: {len(lost)}"
    )
    met = not lost and (value < LIMIT or not is_minute)
    return Row(name, round(value, 4), "s (p95 of sending)", target=f"< {LIMIT:g} s" if is_minute else "", met=met,
               note=note)  # fmt: skip


def prepared(count: int) -> tuple[list[Applicant], Call]:
    """Applicants with their drafts to a call that closes soon, signed in."""
    call = CallFactory(form=project_form(), closes_at=timezone.now() + timedelta(seconds=1))
    people = []
    for draft in drafts(count, call):
        client = Client()
        client.force_login(draft.lead)
        name = settings.SESSION_COOKIE_NAME
        people.append(Applicant(draft, {name: client.cookies[name].value}))
    return people, call


def rush(address: str, people: Sequence[Applicant], call: Call, window: float) -> None:
    """Let all of them send, spread evenly over ``window`` seconds, after which the call closes; with 0 all at once."""
    margin = MARGIN if window >= SECONDS else AMPLE
    closes = timezone.now() + timedelta(seconds=window + margin if window else PATIENCE)
    Call.objects.filter(pk=call.pk).update(closes_at=max(closes, call.closes_at + timedelta(seconds=1)))
    start, ready = time.monotonic(), threading.Barrier(len(people))

    def live(place: int, person: Applicant) -> None:
        ready.wait(PATIENCE)
        time.sleep(max(0, start + window * place / len(people) - time.monotonic()))
        try:
            _visit(address, person)
        except (OSError, HTTPException, Refused) as error:
            person.fault = f"{type(error).__name__}: {error}"

    with ThreadPoolExecutor(len(people)) as hands:
        list(hands.map(live, range(len(people)), people))


class Refused(Exception):
    """The server answered otherwise than an applicant hopes."""


def _visit(address: str, person: Applicant) -> None:
    base = f"/calls/applications/{person.draft.pk}/"
    connection = HTTPConnection(urlsplit(address).netloc, timeout=PATIENCE)
    try:
        page = _request(connection, person, "open", f"{base}sections/project/")
        typed = {"r-title": "0", "f-title": person.title, "r-summary": "0", "f-summary": SUMMARY, **_tokens(page)}
        _request(connection, person, "save", f"{base}sections/project/save/", typed)
        tokens = _tokens(_request(connection, person, "check", f"{base}check/"))
        there = _request(connection, person, "send", f"{base}check/", {**tokens, "declaration": "on"}, status=302)
        person.receipt = _request(connection, person, "receipt", there)
    finally:
        connection.close()


def _tokens(page: str) -> dict[str, str]:
    return dict(_TOKEN.findall(page))


def _request(
    connection: HTTPConnection,
    person: Applicant,
    name: str,
    path: str,
    data: Mapping[str, str] | None = None,
    *,
    status: int = 200,
) -> str:
    """The page, or where it leads to; the seconds are kept under ``name``."""
    cookies = "; ".join(f"{key}={value}" for key, value in person.cookies.items())
    headers = {"Cookie": cookies, "Accept-Language": "zh-hans"}
    body = None
    if data is not None:
        body = urlencode(data)
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    start = time.perf_counter()
    connection.request("POST" if data is not None else "GET", path, body, headers)
    response = connection.getresponse()
    content = response.read().decode()
    person.seconds[name] = time.perf_counter() - start
    for line in response.headers.get_all("Set-Cookie") or []:
        key, __, value = line.partition(";")[0].partition("=")
        person.cookies[key] = value
    if response.status != status:
        raise Refused(f"{name}: {response.status} {path}")
    return response.headers["Location"] if status == 302 else content


def what_is_lost(people: Sequence[Applicant]) -> list[str]:
    """One line for each thing that is not as it has to be; empty when every word and number is there once."""
    found = []
    for person in people:
        draft = person.draft
        mine = Application.objects.filter(members__user=draft.lead)
        kept = mine.first()
        sent = list(kept.submissions.values_list("answers", flat=True)) if kept else []
        told = OutboxMessage.objects.filter(key__startswith=f"application-{draft.pk}-step-").count()
        checks = {
            person.fault: not person.fault,
            "no receipt": bool(person.receipt),
            "not one application": mine.count() == 1,
            "not submitted": kept is not None and kept.state == ApplicationState.SUBMITTED,
            "not one submission": len(sent) == 1,
            "other words": len(sent) == 1 and (sent[0]["title"], sent[0]["summary"]) == (person.title, SUMMARY),
            "another number": kept is not None and bool(kept.number) and f"{kept.number}" in person.receipt,
            "not one mail": told == 1,
        }
        found += [f"{draft.pk}: {words}" for words, holds in checks.items() if not holds]
    return found


@contextmanager
def web_server() -> Iterator[str]:
    """The address of two gunicorn processes on the database of this process, as the demonstration starts them."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    environ = os.environ | {"DATABASE_POOL": "1", "SITE_URL": f"http://{HOST}:{port}", "LOG_LEVEL": "WARNING"}
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable, "-m", "gunicorn", "innovation.wsgi", "--bind", f"{HOST}:{port}", "--worker-class",
            "gthread", "--workers", "2", "--threads", "4", "--timeout", "60", "--no-control-socket", "--preload",
        ]  # fmt: skip
        child = spawn("web", command, log=Path(folder) / "web.log", environ=environ, cwd=BASE_DIR)
        try:
            wait_until(lambda: answers(port), child=child, seconds=60, pause=0.1)
            yield f"http://{HOST}:{port}"
        finally:
            child.stop()
