"""The two commands as a newcomer runs them: a clean copy in a folder with a space, an unprivileged user, bare Python.

One story on one worker: first start, somebody else on the usual port, a second ``make demo`` beside it, a supervisor
that is killed, a start after that, and Ctrl-C.
"""

import contextlib
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest

from innovation.local.processes import as_user, session_members
from innovation.local.servers import BASE_DIR

pytestmark = pytest.mark.xdist_group("commands")

FIRST_START, NEXT_START, STOPPING = 300, 120, 60  # seconds; generous, for machines that do other things too
REPORT, FIGURES = "/funds/tolerance/?as_of=2025-12-31", ("3,553.90", "8,627.00", "103.10")
"""The seed fund of the city at the end of 2025: loss, base and what it lies beyond its cap, in 万元."""
LOGIN = re.compile(r"programme_manager +(\S+) +(\S+)")
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
ROOM = 4 << 30  # bytes: the packages, their cache and the data
OUR_PROCESSES = 6  # at least: supervisor, PostgreSQL, Redis, web, worker, beat


@dataclass
class Newcomer:
    """A clean copy of the project and the unprivileged user, if there is one, who runs commands in it."""

    folder: Path
    home: Path
    user: str | None
    python: str
    environ: dict[str, str] = field(default_factory=dict)
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def make(self, target: str, name: str) -> tuple[subprocess.Popen[bytes], Path]:
        """Start ``make target`` in a session of its own, as a terminal would; its output goes to a file."""
        output = self.home / f"{name}.out"
        with output.open("wb") as file:
            process = subprocess.Popen(
                ["make", target], cwd=self.folder, env=self.environ, stdout=file, stderr=subprocess.STDOUT,
                start_new_session=True, **as_user(self.user),
            )  # fmt: skip
        self.started.append(process)
        return process, output

    def processes(self) -> list[int]:
        """Every living process that has to do with the folder, by its command line or its environment."""
        mark = str(self.folder).encode()
        found = []
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                if entry.name.isdigit() and any(mark in (entry / name).read_bytes() for name in ("cmdline", "environ")):
                    found.append(int(entry.name))
        return found


@pytest.fixture
def newcomer() -> Iterator[Newcomer]:
    user, python = stranger()
    home = Path(tempfile.mkdtemp(prefix="newcomer-", dir=roomy_folder()))
    folder = home / "a city"
    head = subprocess.run(
        ["git", "-c", f"safe.directory={BASE_DIR}", "archive", "HEAD"], cwd=BASE_DIR, capture_output=True, check=True
    )
    with tarfile.open(fileobj=BytesIO(head.stdout)) as archive:
        archive.extractall(folder, filter="data")
    cache = Path(os.environ.get("UV_CACHE_DIR", Path.home() / ".cache/uv"))
    if cache.exists():
        shutil.copytree(cache, home / "cache", symlinks=True)
    if user:
        subprocess.run(["chown", "-R", user, home], check=True)
    kept = {
        name: value for name, value in os.environ.items() if name.startswith(("PIP_", "UV_", "SSL_", "http", "HTTP"))
    }
    path = os.pathsep.join([str(Path(python).parent), "/usr/local/bin", "/usr/bin", "/bin"])
    one = Newcomer(
        folder, home, user, python, kept | {"HOME": str(home), "UV_CACHE_DIR": str(home / "cache"), "PATH": path}
    )
    yield one
    for process in one.started:
        for pid in session_members(process.pid):
            os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + STOPPING
    while one.processes() and time.monotonic() < deadline:
        time.sleep(0.2)
    shutil.rmtree(home, ignore_errors=True)


def roomy_folder() -> str:
    """The shared memory where it is large and may hold programs, else the folder of temporary files."""
    with contextlib.suppress(OSError):
        memory = os.statvfs("/dev/shm")
        if memory.f_bavail * memory.f_frsize > ROOM and not memory.f_flag & os.ST_NOEXEC:
            return "/dev/shm"
    return tempfile.gettempdir()


def stranger() -> tuple[str | None, str]:
    """An unprivileged user and a Python they may run; as root with a private Python only, or as somebody, ourselves."""
    if os.getuid() == 0:
        check = "import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))"
        for python in (sys._base_executable, "/usr/local/bin/python3", "/usr/bin/python3"):
            with contextlib.suppress(OSError, KeyError):
                pwd.getpwnam("nobody")
                if subprocess.run([python, "-c", check], check=False, cwd="/", **as_user("nobody")).returncode == 0:
                    return "nobody", python
    return None, sys._base_executable


def wait_for(text: str, output: Path, process: subprocess.Popen[bytes], seconds: float) -> str:
    """All that was printed, once ``text`` is among it."""
    deadline = time.monotonic() + seconds
    while True:
        said = output.read_text()
        if text in said:
            return said
        assert process.poll() is None, f"ended with {process.returncode}:\n{said}"
        assert time.monotonic() < deadline, f"not after {seconds} s: {text}\n{said}"
        time.sleep(0.1)


def address_in(said: str) -> str:
    return re.search(r"Ready after \d+ s: +(http://127\.0\.0\.1:\d+)/", said).group(1)


def read_report(address: str, said: str) -> None:
    """Log in as the manager that the start named, open the report page, find its figures and a report made of them."""
    browser = build_opener(HTTPCookieProcessor())
    form = dict(HIDDEN.findall(browser.open(f"{address}/account/login/", timeout=30).read().decode()))
    email, password = LOGIN.search(said).groups()
    answers = urlencode(form | {"login": email, "password": password}).encode()
    browser.open(Request(f"{address}/account/login/", answers, {"Referer": address}), timeout=30)  # noqa: S310
    with browser.open(f"{address}{REPORT}", timeout=30) as answer:
        page = answer.read().decode()
        assert answer.status == 200
    for figure in FIGURES:
        assert figure in page
    deadline = time.monotonic() + NEXT_START
    while "Latest:" not in browser.open(f"{address}/reports/", timeout=30).read().decode():
        assert time.monotonic() < deadline, "the worker made no report"
        time.sleep(1)


@pytest.mark.skipif(not shutil.which("make") or not shutil.which("git"), reason="make and git are needed for this")
def test_a_newcomer_starts_kills_restarts_and_stops_the_demonstration(newcomer: Newcomer):
    with socket.socket() as somebody:
        somebody.bind(("127.0.0.1", 0))
        somebody.listen()
        newcomer.environ["PORT"] = taken = str(somebody.getsockname()[1])
        first, output = newcomer.make("demo", "first")
        said = wait_for("Ready after", output, first, FIRST_START)
        assert f"Port {taken} is taken" in said
        assert f":{taken}" not in address_in(said)
    assert said.count(" ... ") >= 6  # it said what it was doing
    read_report(address_in(said), said)
    assert len(newcomer.processes()) >= OUR_PROCESSES
    for name in ("servers.json", "secret-key"):
        assert (newcomer.folder / "var" / name).stat().st_mode & 0o077 == 0

    beside, output = newcomer.make("demo", "beside")
    assert beside.wait(NEXT_START) == 0
    assert address_in(said) in output.read_text()

    supervisor = next(
        pid for pid in session_members(first.pid) if b"local.demo" in Path(f"/proc/{pid}/cmdline").read_bytes()
    )
    os.kill(supervisor, signal.SIGKILL)
    second, output = newcomer.make("demo", "second")
    said = wait_for("Ready after", output, second, NEXT_START)
    read_report(address_in(said), said)

    os.killpg(second.pid, signal.SIGINT)
    second.wait(STOPPING)
    assert "Stopping" in output.read_text()
    assert newcomer.processes() == []
