"""Child processes that end with us: start them, watch them, stop them, and clear away what a killed run left.

Linux sends each child a signal when the thread that started it dies, so start children from the main thread only.
A process is known by its number and its start time together, because numbers come round again.
"""

import contextlib
import ctypes
import fcntl
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PR_SET_PDEATHSIG = 1
LOG_TAIL = 20
_libc = ctypes.CDLL(None, use_errno=True)


class CannotRun(Exception):
    """Something the commands need did not work; the text tells a person what and where to look."""


@dataclass
class Child:
    """A running child. ``stop_signal`` asks it to finish in good order."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    asked: bool = False

    def ask_to_stop(self) -> None:
        """Ask it to finish in good order; once, because some take a second request for impatience."""
        if not self.asked and self.process.poll() is None:
            self.process.send_signal(self.stop_signal)
        self.asked = True

    def stop(self, patience: float = 15) -> None:
        """Ask it to end, wait ``patience`` seconds, then end it and whatever it left in its session."""
        self.ask_to_stop()
        if self.process.poll() is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(patience)
        _end_session(self.process.pid)
        self.process.wait()

    def last_words(self) -> str:
        """The last lines of its log."""
        with contextlib.suppress(OSError):
            return "" if self.log is None else "\n".join(self.log.read_text(errors="replace").splitlines()[-LOG_TAIL:])
        return ""


def spawn(
    name: str,
    command: Sequence[str | Path],
    *,
    log: Path | None = None,
    environ: Mapping[str, str] | None = None,
    user: str | None = None,
    cwd: str | Path = "/",
    stop_signal: signal.Signals = signal.SIGTERM,
    keep: Sequence[int] = (),
) -> Child:
    """Start ``command`` in a session of its own, its output appended to ``log`` or, without one, put with ours.

    It inherits the open files and sockets of ``keep``, by their numbers, and no others.
    """
    parent = os.getpid()

    def end_with_parent() -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # a shell's background command hands it down as ignored
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGINT)
        if os.getppid() != parent:
            os._exit(1)

    with contextlib.ExitStack() as stack:
        output = stack.enter_context(log.open("ab")) if log else None
        process = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=cwd,
            env=environ, start_new_session=True, preexec_fn=end_with_parent, pass_fds=keep,
            **as_user(user),
        )  # fmt: skip
    return Child(name, process, log, stop_signal)


def as_user(user: str | None) -> dict[str, object]:
    """Arguments for ``subprocess`` that run a command as ``user``, without the groups of ours."""
    return {"user": user, "group": "nogroup" if _has_group("nogroup") else user, "extra_groups": []} if user else {}


def wait_until(
    probe: Callable[[], bool], *, child: Child | None = None, seconds: float = 30, pause: float = 0.05
) -> None:
    """Wait until ``probe`` says True. Raises CannotRun when ``child`` dies first or the time is over."""
    deadline = time.monotonic() + seconds
    while not probe():
        if child and child.process.poll() is not None:
            raise CannotRun(f"{child.name} stopped (code {child.process.returncode}):\n{child.last_words()}")
        if time.monotonic() > deadline:
            words = f":\n{child.last_words()}" if child else ""
            raise CannotRun(f"{child.name if child else 'It'} was not ready after {seconds:.0f} s{words}")
        time.sleep(pause)


def start_time(pid: int) -> int | None:
    """When the process began, in clock ticks since boot; None when there is none or it is only waiting to be reaped."""
    fields = _stat(pid)
    return None if fields is None or fields[0] in "ZX" else int(fields[19])


def is_running(pid: int, started: int | None) -> bool:
    """Whether the very process that was noted is still there."""
    return started is not None and start_time(pid) == started


def note(children: Iterable[Child], path: Path) -> None:
    """Write down who runs, so that the next run can clear away what this one could not."""
    write_private(path, json.dumps([[child.process.pid, start_time(child.process.pid)] for child in children]))


def clear_leftovers(path: Path, patience: float = 10) -> int:
    """End what is still running of the children noted in ``path``; return how many sessions there were.

    They have been told to stop when their parent died, so they get ``patience`` seconds before they are made to.
    """
    try:
        noted = [(int(pid), started) for pid, started in json.loads(path.read_text())]
    except (FileNotFoundError, ValueError):
        return 0
    sessions = [pid for pid, started in noted if start_time(pid) in {None, started} and any(session_members(pid))]
    steps = ((None, patience), (signal.SIGINT, patience), (signal.SIGKILL, patience))
    for number, seconds in steps:
        for pid in (member for session in sessions for member in session_members(session)):
            if number is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, number)
        with contextlib.suppress(CannotRun):
            wait_until(lambda: not any(any(session_members(pid)) for pid in sessions), seconds=seconds)
            break
    path.unlink()
    return len(sessions)


def session_members(session: int) -> Iterator[int]:
    """Numbers of the living processes of a session."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            fields = _stat(int(entry.name))
            if fields and fields[0] not in "ZX" and int(fields[3]) == session:
                yield int(entry.name)


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    draft.replace(path)


def take_lock(path: Path) -> int | None:
    """Hold ``path`` until this process ends; None when another process holds it or just took the file away."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    if not os.fstat(descriptor).st_nlink:
        os.close(descriptor)
        return None
    return descriptor


def _end_session(session: int) -> None:
    """Kill what is left of a session and wait until it is gone, our own dead child aside."""
    for pid in list(session_members(session)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    with contextlib.suppress(CannotRun):
        wait_until(lambda: not any(session_members(session)), seconds=5, pause=0.01)


def _stat(pid: int) -> list[str] | None:
    """Fields of /proc/PID/stat from the state on: 0 state, 1 parent, 2 group, 3 session, 19 start time."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


def _has_group(name: str) -> bool:
    with contextlib.suppress(OSError):
        return any(line.startswith(f"{name}:") for line in Path("/etc/group").read_text().splitlines())
    return False
