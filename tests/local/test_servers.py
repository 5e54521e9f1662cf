import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest
import redis as redis_client

from innovation.local import servers
from innovation.local.processes import CannotRun, start_time, wait_until

pytestmark = pytest.mark.xdist_group("servers")
RUN_AND_WAIT = """
import sys, time
from pathlib import Path
from innovation.local import servers
running = servers.start(Path(sys.argv[1]), durable=True)
print(running.database_url, running.children[0].process.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def home():
    """A folder that PostgreSQL may enter, its path too long and too odd for a socket."""
    top = Path("/dev/shm" if os.access("/dev/shm", os.W_OK) else "/tmp") / f"servers of a test {os.getpid()}"
    folder = top / ("城" * 30)
    folder.mkdir(parents=True)
    yield folder
    shutil.rmtree(top)


def tables(url: str) -> list[str]:
    with psycopg.connect(url, autocommit=True) as connection:
        return [name for (name,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]


def test_data_survives_a_killed_supervisor_whose_server_still_runs(home):
    supervisor = subprocess.Popen([sys.executable, "-c", RUN_AND_WAIT, home], stdout=subprocess.PIPE, text=True)
    url, pid = supervisor.stdout.readline().split()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept ()")
        supervisor.kill()  # this connection keeps PostgreSQL busy with its shutdown while the next run begins
        supervisor.communicate()
        running = servers.start(home, durable=True)
    try:
        assert start_time(int(pid)) is None
        assert tables(running.database_url) == ["kept"]
        client = redis_client.Redis.from_url(running.redis_url)
        assert client.ping()
        assert (home / "pg.pw").stat().st_mode & 0o777 == 0o600
        assert Path(running.redis.socket_path).parent.stat().st_mode & 0o777 == 0o700
    finally:
        running.stop()
    assert all(start_time(child.process.pid) is None for child in running.children)
    assert not Path(running.redis.socket_path).parent.exists()


def test_a_dead_servers_number_that_now_belongs_to_another_program_is_no_obstacle(home):
    servers.start(home, durable=True).stop()
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        (home / "pg/postmaster.pid").write_text(f"{stranger.pid}\n{home / 'pg'}\n1700000000\n5432\n\n127.0.0.1\n1 1\n")
        running = servers.start(home, durable=True, redis_url="redis://not.ours")
        running.stop()
        assert running.redis_url == "redis://not.ours"
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_an_interrupted_set_up_is_begun_anew(home):
    (home / "pg.new").mkdir()
    (home / "pg.new/PG_VERSION").write_text("18")
    running = servers.start(home, durable=True, redis_url="redis://not.ours")
    assert tables(running.database_url) == []
    running.stop()


def test_wrong_permissions_are_named_and_not_changed(home):
    shared = home / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    with pytest.raises(CannotRun, match="can be changed by others"):
        servers.private_folder(shared, 0o700)
    assert shared.stat().st_mode & 0o777 == 0o777


def test_folders_of_dead_test_runs_are_swept_and_those_of_living_ones_are_not(tmp_path):
    for name in ("run-dead", "run-alive"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "lock").touch()
    lock = servers.take_lock(tmp_path / "run-alive/lock")
    servers.sweep(tmp_path, "run-")
    assert [path.name for path in tmp_path.iterdir()] == ["run-alive"]
    os.close(lock)


@pytest.fixture
def short_path():
    """A folder with a short name: a socket's whole path has room for some hundred letters."""
    with tempfile.TemporaryDirectory(prefix="t-") as folder:
        yield Path(folder)


def test_socket_folders_of_dead_runs_are_swept_and_those_of_living_ones_are_not(short_path):
    def folder(key: str, *, age: int = 3600) -> Path:
        path = short_path / f"innovation-{os.getuid()}-{key * 12}"
        path.mkdir()
        (path / "redis.sock").touch()
        os.utime(path, (time.time() - age,) * 2)
        return path

    dead, unlocked, young, held, answering, foreign, other = (folder(key) for key in "0123456")
    for path in (dead, held):
        (path / "lock").touch()
    lock = servers.take_lock(held / "lock")
    os.utime(young)
    (foreign / "notes.txt").write_text("somebody's")
    os.utime(foreign, (time.time() - 3600,) * 2)
    other = other.rename(short_path / f"innovation-{os.getuid()}-notes")
    (answering / "redis.sock").unlink()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(answering / "redis.sock"))
        server.listen()
        servers.sweep_short_folders(short_path)
    assert {path for path in (dead, unlocked) if path.exists()} == set()
    assert {path for path in (young, held, answering, other) if (path / "redis.sock").exists()} == {
        young, held, answering, other,
    }  # fmt: skip
    assert (foreign / "notes.txt").exists()
    os.close(lock)


def test_a_lock_whose_file_was_taken_away_is_no_lock(tmp_path, monkeypatch):
    real = fcntl.flock

    def too_late(descriptor: int, how: int) -> None:
        (tmp_path / "lock").unlink()
        real(descriptor, how)

    monkeypatch.setattr(fcntl, "flock", too_late)
    assert servers.take_lock(tmp_path / "lock") is None


def test_commands_find_the_running_demonstration_and_no_dead_one(tmp_path, monkeypatch):
    monkeypatch.setenv("INNOVATION_VAR", str(tmp_path))
    state = {"pid": os.getpid(), "started": start_time(os.getpid()), "DATABASE_URL": "postgresql://x", "REDIS_URL": "y"}
    servers.state_file().write_text(json.dumps(state))
    environ: dict[str, str] = {}
    assert servers.attach(environ)
    assert environ == {"DATABASE_URL": "postgresql://x", "REDIS_URL": "y"}

    servers.state_file().write_text(json.dumps(state | {"started": state["started"] - 1}))
    assert not servers.attach({})
    own = {"DATABASE_URL": "postgresql://own"}
    assert servers.attach(own)
    assert own == {"DATABASE_URL": "postgresql://own"}


def test_postgresql_can_be_restarted_on_its_port(home):
    running = servers.start(home, durable=True, redis_url="redis://not.ours")
    os.kill(running.postgres.child.process.pid, signal.SIGKILL)
    running.postgres.child.stop()
    running.postgres.start()
    wait_until(lambda: tables(running.database_url) == [], seconds=10)
    running.stop()
