import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from innovation.local import processes
from innovation.local.processes import CannotRun, clear_leftovers, is_running, note, spawn, start_time, take_lock

KILLED_PARENT = """
import os, signal, sys
from pathlib import Path
from innovation.local.processes import note, spawn, wait_until
log = Path(sys.argv[1])
children = [spawn("sleeper", [sys.executable, "-c", sys.argv[2]], log=log / "log")]
note(children, log / "record")
wait_until(lambda: bool(children[0].last_words()), child=children[0])
print(children[0].process.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
OBEDIENT = "import time; print('here', flush=True); time.sleep(60)"
DEAF = "import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"


def killed_parent_of(code: str, folder: Path) -> int:
    """Number of a process whose parent was killed right after it was started."""
    done = subprocess.run(
        [sys.executable, "-c", KILLED_PARENT, folder, code], stdout=subprocess.PIPE, text=True, check=False
    )
    assert done.returncode == -signal.SIGKILL
    return int(done.stdout)


def test_a_child_ends_with_its_killed_parent(tmp_path):
    pid = killed_parent_of(OBEDIENT, tmp_path)
    processes.wait_until(lambda: start_time(pid) is None, seconds=10)


def test_a_leftover_that_does_not_listen_is_ended_by_the_next_run(tmp_path):
    pid = killed_parent_of(DEAF, tmp_path)
    assert clear_leftovers(tmp_path / "record", patience=0.3) == 1
    assert start_time(pid) is None
    assert not (tmp_path / "record").exists()


def test_a_number_that_came_round_again_is_not_taken_for_ours(tmp_path):
    stranger = subprocess.Popen([sys.executable, "-c", OBEDIENT], start_new_session=True)
    try:
        (tmp_path / "record").write_text(f"[[{stranger.pid}, {start_time(stranger.pid) - 1}]]")
        assert clear_leftovers(tmp_path / "record", patience=0.2) == 0
        assert stranger.poll() is None
        assert not is_running(stranger.pid, start_time(stranger.pid) - 1)
    finally:
        stranger.kill()
        stranger.wait()


def test_stopping_is_asked_for_first_and_forced_later_with_the_whole_session(tmp_path):
    grandchild = "import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); "
    code = (
        "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
        + grandchild
        + "print(p.pid, flush=True); p.wait()"
    )
    child = spawn("deaf", [sys.executable, "-c", code], log=tmp_path / "log")
    processes.wait_until(lambda: bool(child.last_words()), child=child)
    assert {child.process.pid, int(child.last_words())} == set(processes.session_members(child.process.pid))
    child.stop(patience=0.2)
    assert list(processes.session_members(child.process.pid)) == []
    assert child.process.returncode == -signal.SIGKILL


def test_a_child_that_dies_while_waited_for_is_reported_with_its_last_words(tmp_path):
    child = spawn("talker", [sys.executable, "-c", "print('no such port'); raise SystemExit(3)"], log=tmp_path / "log")
    with pytest.raises(CannotRun, match=r"talker stopped \(code 3\):\nno such port"):
        processes.wait_until(lambda: False, child=child)


def test_waiting_has_an_end():
    with pytest.raises(CannotRun, match=r"was not ready after 0 s"):
        processes.wait_until(lambda: False, seconds=0.1)


def test_one_holds_the_lock_and_it_ends_with_its_process(tmp_path):
    holder = subprocess.Popen(
        [
            sys.executable, "-c",
            "import sys, time; from pathlib import Path; from innovation.local.processes import take_lock; "
            "take_lock(Path(sys.argv[1])); print('held', flush=True); time.sleep(60)", tmp_path / "lock",
        ],
        stdout=subprocess.PIPE,
    )  # fmt: skip
    assert holder.stdout.readline() == b"held\n"
    assert take_lock(tmp_path / "lock") is None
    holder.kill()
    holder.communicate()
    lock = take_lock(tmp_path / "lock")
    assert lock is not None
    os.close(lock)


def test_what_is_noted_is_for_us_alone(tmp_path):
    note([], tmp_path / "record")
    assert (tmp_path / "record").stat().st_mode & 0o777 == 0o600
