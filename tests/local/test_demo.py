import json
import os
import signal
import socket
import sys

import pytest

from innovation.local import demo
from innovation.local.processes import CannotRun, spawn


@pytest.fixture
def running(tmp_path):
    """A demonstration with no servers and one child that works until it is told to end."""
    (tmp_path / "log").mkdir()
    one = demo.Demo(tmp_path, tmp_path, {"SITE_URL": "http://127.0.0.1:8000"}, demo.servers.Servers("", ""))
    one.environ |= os.environ
    yield one
    for child in one.children:
        child.stop(patience=0)


def test_a_child_that_dies_stops_everything_and_shows_its_last_lines(running):
    running.children.append(
        spawn("web", [sys.executable, "-c", "import time; time.sleep(60)"], log=running.var / "web")
    )
    lines = "\\n".join(f"line {number}" for number in range(1, 31))
    code = f"print('{lines}'); raise SystemExit(7)"
    running.children.append(spawn("worker", [sys.executable, "-c", code], log=running.var / "log/worker.log"))
    with pytest.raises(CannotRun) as failure:
        running.watch()
    message = str(failure.value)
    assert "worker ended by itself (code 7)" in message
    assert message.endswith("line 30")
    assert "line 11\n" in message
    assert "line 10\n" not in message


def test_everything_is_asked_to_end_and_waited_for(running, monkeypatch, tmp_path):
    monkeypatch.setenv("INNOVATION_VAR", str(tmp_path))
    ended = tmp_path / "ended"
    for name in ("web", "worker", "beat"):
        code = (
            "import signal, sys, time\n"
            "from pathlib import Path\n"
            "def end(*_):\n"
            f"    Path({str(ended)!r}).open('a').write('{name} '); sys.exit()\n"
            "signal.signal(signal.SIGTERM, end); print('listening', flush=True); time.sleep(60)"
        )
        child = spawn(name, [sys.executable, "-c", code], log=tmp_path / "log" / name)
        running.children.append(child)
        demo.wait_until(lambda child=child: bool(child.last_words()), child=child)
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        running.stop()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert sorted(ended.read_text().split()) == ["beat", "web", "worker"]
    assert all(child.process.returncode == 0 for child in running.children)


def test_the_welcome_names_address_logins_and_what_to_try(running):
    card = {
        "is_new": True,
        "logins": [["finance", "f@x.cn", "secret"]], "suggestions": [["See the caps", "/funds/"]],
    }  # fmt: skip
    (running.var / demo.CARD).write_text(json.dumps(card))
    welcome = running.welcome(7.4)
    assert "Ready after 7 s:  http://127.0.0.1:8000/" in welcome
    assert "finance  f@x.cn  secret" in welcome
    assert f"No mail leaves this machine: each is a file in {running.var / 'mail'}." in welcome
    assert "1. See the caps\n       http://127.0.0.1:8000/funds/" in welcome


@pytest.mark.parametrize("is_new", [True, False])
def test_the_welcome_says_that_first_reports_are_being_made(running, is_new):
    running.is_new = is_new
    (running.var / demo.CARD).write_text(json.dumps({"is_new": True, "logins": [], "suggestions": []}))
    assert ("making the first reports meanwhile" in running.welcome(7.4)) is is_new


def test_the_port_is_held_from_the_first_look_and_handed_to_the_web_server(running, capsys, monkeypatch):
    with demo.hold_port(0) as first:
        port = first.getsockname()[1]
        with demo.hold_port(port) as other:
            assert other.getsockname()[1] != port
        assert f"Port {port} is taken" in capsys.readouterr().out
        code = f"import socket; socket.socket(fileno={first.fileno()}).accept()[0].sendall(b'ours')"
        running.launch("web", "-c", code, door=first)
    with socket.create_connection((demo.HOST, port), timeout=10) as caller:
        assert caller.recv(10) == b"ours"
    monkeypatch.setenv("PORT", "80a")
    with pytest.raises(CannotRun, match="not '80a'"):
        demo.wanted_port()


def test_the_secret_key_is_made_once_for_its_owner_alone(tmp_path):
    key = demo.secret_key(tmp_path)
    assert len(key) > 50
    assert demo.secret_key(tmp_path) == key
    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600


def test_reset_leaves_a_server_of_yours_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://real/one")
    (tmp_path / "media").mkdir()
    with pytest.raises(CannotRun, match="names a server of yours"):
        demo.reset(tmp_path, tmp_path)
    assert (tmp_path / "media").exists()
