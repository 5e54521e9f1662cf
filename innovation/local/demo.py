"""The supervisor behind ``make demo``: starts everything in order, watches it, and stops it in reverse order.

``python -m innovation.local.demo`` runs the demonstration, with ``--reset`` on fresh data.
"""

import errno
import hashlib
import json
import os
import secrets
import shutil
import signal
import socket
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import FrameType

from innovation.local import servers
from innovation.local.bootstrap import step
from innovation.local.processes import (
    CannotRun,
    Child,
    note,
    spawn,
    start_time,
    take_lock,
    wait_until,
    write_private,
)

HOST = "127.0.0.1"
USUAL_PORT = 8000
LAST_PORT = 65535
BACKLOG = 64
CARD = "demo.json"
NOT_CODE = {".git", ".venv", "var", "tests", "docs", "benchmarks"}


class Stop(Exception):
    """Somebody asked us to end."""


@dataclass
class Demo:
    """One run of the demonstration with its data and logs under ``var``."""

    var: Path
    home: Path
    environ: dict[str, str] = field(default_factory=dict)
    running: servers.Servers | None = None
    children: list[Child] = field(default_factory=list)
    is_new: bool = False

    @property
    def address(self) -> str:
        return self.environ["SITE_URL"]

    def start(self) -> None:
        """Start everything in order. Raises CannotRun with the last lines of whatever failed."""
        with step("PostgreSQL and Redis"):
            self.running = servers.start(
                self.home,
                durable=True,
                logs=fresh_logs(self.var),
                database_url=os.environ.get("DATABASE_URL", ""),
                redis_url=os.environ.get("REDIS_URL", ""),
            )
        self.children = list(self.running.children)
        with hold_port(wanted_port()) as door:
            port = door.getsockname()[1]
            self.environ = os.environ | {
                "DATABASE_URL": self.running.database_url,
                "DJANGO_SETTINGS_MODULE": "innovation.settings",
                "INNOVATION_MODE": "demo",
                "INNOVATION_VAR": str(self.var),
                "PYTHONUNBUFFERED": "1",
                "REDIS_URL": self.running.redis_url,
                "SECRET_KEY": secret_key(self.var),
                "SITE_URL": f"http://{HOST}:{port}",
            }
            self.is_new = self.prepare()
            with step("Web server, worker and schedule"):
                web = self.launch(
                    "web", "-m", "gunicorn", "innovation.wsgi", "--bind", f"fd://{door.fileno()}", "--worker-class",
                    "gthread", "--workers", "2", "--threads", "4", "--timeout", "60", "--no-control-socket",
                    "--preload", environ={"DATABASE_POOL": "1"}, door=door,
                )  # fmt: skip
                worker = self.launch(
                    "worker", "-m", "celery", "-A", "innovation", "worker", "--concurrency", "2", "--loglevel", "INFO",
                    "--hostname", "demo@%h", "--without-gossip", "--without-mingle",
                )  # fmt: skip
                beat = self.launch("beat", "-m", "innovation.local.beat")
                wait_until(lambda: answers(port), child=web, seconds=60, pause=0.1)
                wait_until(lambda: " ready" in worker.last_words(), child=worker, seconds=60, pause=0.1)
                wait_until(lambda: "beat: " in beat.last_words(), child=beat, seconds=60, pause=0.1)
        state = ("DATABASE_URL", "REDIS_URL", "INNOVATION_MODE", "SECRET_KEY", "SITE_URL")
        found = {"pid": os.getpid(), "started": start_time(os.getpid())} | {key: self.environ[key] for key in state}
        write_private(servers.state_file(), json.dumps(found))

    def prepare(self) -> bool:
        """Bring the data up to date with the code, unless both are as they were; tell whether the city is new."""
        stamp, state = self.home / "prepared", state_of_code()
        if stamp.exists() and stamp.read_text() == state and not os.environ.get("DATABASE_URL"):
            return False
        stamp.unlink(missing_ok=True)
        print("  Bringing the data up to date with the code:", flush=True)
        self.run("prepare", "manage.py", "prepare_demo")
        stamp.write_text(state)
        return bool(self.card()["is_new"])

    def launch(
        self, name: str, *arguments: str, environ: dict[str, str] | None = None, door: socket.socket | None = None
    ) -> Child:
        """Start one of our processes, which is stopped with the others; ``door`` is the socket that it listens on."""
        child = spawn(
            name, [sys.executable, *arguments], log=self.var / "log" / f"{name}.log", cwd=servers.BASE_DIR,
            environ=self.environ | (environ or {}), keep=[door.fileno()] if door else [],
        )  # fmt: skip
        self.children.append(child)
        note(self.children, self.home / servers.RECORD)
        return child

    def run(self, name: str, *arguments: str) -> None:
        """Run one of our commands to its end, its output shown."""
        quiet = self.environ | {"LOG_LEVEL": "WARNING"}  # the steps speak for themselves
        child = spawn(name, [sys.executable, *arguments], cwd=servers.BASE_DIR, environ=quiet)
        try:
            if child.process.wait():
                raise CannotRun(f"The step {name!r} failed, see above")
        finally:
            child.stop(patience=5)

    def watch(self) -> None:
        """Sleep until a child ends, which none should. Raises CannotRun with its last lines."""
        while True:
            os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
            for child in self.children:
                if child.process.poll() is not None:
                    raise CannotRun(
                        f"{child.name} ended by itself (code {child.process.returncode}), so everything stops. "
                        f"Last lines of {child.log}:\n{child.last_words()}"
                    )

    def stop(self) -> None:
        """Stop every child in reverse order, whatever we are told meanwhile."""
        listen(signal.SIG_IGN)
        servers.state_file().unlink(missing_ok=True)
        if self.running and self.children:
            print()
            with step("Stopping"):
                for child in reversed(self.children[len(self.running.children) :]):
                    child.ask_to_stop()
                for child in reversed(self.children):
                    child.stop()
                self.running.clear()

    def card(self) -> dict[str, object]:
        return json.loads((self.var / CARD).read_text())

    def welcome(self, seconds: float) -> str:
        """What a visitor needs: the address, the logins, what to try, how to stop."""
        card = self.card()
        widths = [max((len(login[column]) for login in card["logins"]), default=0) for column in range(3)]
        logins = ["    " + "  ".join(map(str.ljust, login, widths)).rstrip() for login in card["logins"]]
        suggestions = [
            f"    {n}. {text}\n       {self.address}{path}" for n, (text, path) in enumerate(card["suggestions"], 1)
        ]
        return "\n".join(
            [
                f"\nReady after {seconds:.0f} s:  {self.address}/",
                *(["\n  Log in as", *logins] if logins else []),
                *(["\n  Try", *suggestions] if suggestions else []),
                f"\n  No mail leaves this machine: each is a file in {self.var / 'mail'}.",
                f"  Logs are in {self.var / 'log'}, data in {self.home}.",
                *(["  The worker is making the first reports meanwhile."] if self.is_new else []),
                "  Ctrl-C stops everything and keeps the data; `make demo-reset` starts anew.\n",
            ]
        )


def main(arguments: Sequence[str]) -> int:
    began = float(os.environ.get("INNOVATION_STARTED", time.time()))
    var = servers.var_folder()
    lock = take_lock(var / "demo.lock")
    if lock is None:
        print(f"The demonstration of this folder is running already: {address_of_running()}")
        return 0
    listen(_stop)
    demo: Demo | None = None
    try:
        home = servers.demo_home()
        demo = Demo(var, home)
        if "--reset" in arguments:
            reset(var, home)
        demo.start()
        print(demo.welcome(time.time() - began), flush=True)
        demo.watch()
    except Stop:
        return 0
    except CannotRun as error:
        print(f"\n{error}", file=sys.stderr, flush=True)
        return 1
    finally:
        if demo:
            demo.stop()
    return 0


def reset(var: Path, home: Path) -> None:
    """Throw the demonstration's data away. Servers that run elsewhere are not touched."""
    if os.environ.get("DATABASE_URL"):
        raise CannotRun("DATABASE_URL names a server of yours; empty its database yourself, then run `make demo`")
    with step("Removing the data of the last demonstration"):
        servers.end_leftovers(home)
        for folder in (home, var / "media", var / "mail"):
            shutil.rmtree(folder, ignore_errors=True)
        servers.demo_home()


def address_of_running() -> str:
    """Where the other supervisor's web server answers, once it does."""
    try:
        return str(json.loads(servers.state_file().read_text())["SITE_URL"]) + "/"
    except (OSError, ValueError, KeyError):
        return "it is still starting"


def secret_key(var: Path) -> str:
    """A random key, made once and readable by its owner only."""
    path = var / "secret-key"
    if not path.exists():
        write_private(path, secrets.token_urlsafe(50))
    return path.read_text()


def state_of_code() -> str:
    """A fingerprint of everything the database, the translations and the static files are made from."""
    tops = (path for path in servers.BASE_DIR.iterdir() if path.name not in NOT_CODE)
    files = (file for top in tops for file in ([top] if top.is_file() else top.rglob("*")))
    made = {".mo", ".pyc"}
    facts = sorted(f"{file} {file.stat().st_mtime_ns}" for file in files if file.is_file() and file.suffix not in made)
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()


def fresh_logs(var: Path) -> Path:
    """The folder of the logs; those of the last run are kept as ``*.previous``."""
    folder = servers.private_folder(var / "log", 0o700)
    for path in folder.glob("*.log"):
        path.replace(path.with_suffix(".previous"))
    return folder


def wanted_port() -> int:
    """The port that PORT names, or the usual one. Raises CannotRun when PORT is none."""
    wanted = os.environ.get("PORT") or str(USUAL_PORT)
    if not wanted.isdecimal() or not 0 <= int(wanted) <= LAST_PORT:
        raise CannotRun(f"PORT is to be a number up to {LAST_PORT}, not {wanted!r}")
    return int(wanted)


def hold_port(wanted: int) -> socket.socket:
    """A socket that listens on ``wanted``, or on any free port when that is taken.

    The web server gets this very socket, so nobody can come between and the address that is printed is ours. Who calls
    before the server is ready waits for its answer.
    """
    for port in (wanted, 0):
        door = socket.socket()
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # else the last run's connections would bar it
        try:
            door.bind((HOST, port))
            door.listen(BACKLOG)
        except OSError as error:
            door.close()
            taken = error.errno == errno.EADDRINUSE
            why = "is taken" if taken else f"cannot be used ({error.strerror})"
            print(f"  Port {wanted} {why}, so another one is used.")
            continue
        return door
    raise CannotRun(f"There is no free port on {HOST}")


def answers(port: int) -> bool:
    """Whether the web server gives any answer that is not its own failure."""
    connection = HTTPConnection(HOST, port, timeout=10)
    try:
        connection.request("GET", "/livez")
        return connection.getresponse().status < 500  # noqa: PLR2004 - the first status that means our failure
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def listen(handler: object) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, handler)


def _stop(number: int, frame: FrameType | None) -> None:
    raise Stop


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
