"""What the components of a page are given: small typed facts, drawn by ``templatetags/components.py``."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


class Tone(StrEnum):
    """The four status colours and the plain one. A tone never stands alone: an icon and a word go with it."""

    OK = "ok"
    NOTICE = "notice"
    BAD = "bad"
    INFO = "info"
    IDLE = "idle"


@dataclass(frozen=True)
class Status:
    """A state in the reader's words."""

    label: Text
    tone: Tone = Tone.IDLE


@dataclass(frozen=True)
class Figure:
    """One number of a report. ``value`` is already text; None is unknown, for the reason in ``unknown``.

    ``href`` opens the rows that the number is made of, ``unit`` stands behind it, ``note`` says what it counts.
    """

    label: Text
    value: Text | None
    unit: Text = ""
    href: str = ""
    note: Text = ""
    status: Status | None = None
    unknown: Text = ""


class TaskState(StrEnum):
    TODO = "todo"
    STARTED = "started"
    DONE = "done"
    BLOCKED = "blocked"
    PROBLEM = "problem"


TASK_STATUS = {
    TaskState.TODO: Status(_("Not started"), Tone.IDLE),
    TaskState.STARTED: Status(_("In progress"), Tone.INFO),
    TaskState.DONE: Status(_("Completed"), Tone.OK),
    TaskState.BLOCKED: Status(_("Cannot start yet"), Tone.IDLE),
    TaskState.PROBLEM: Status(_("There is a problem"), Tone.BAD),
}


@dataclass(frozen=True)
class Task:
    """One line of a task list; its label begins with a verb. A blocked task has no address."""

    label: Text
    href: str = ""
    state: TaskState = TaskState.TODO
    hint: Text = ""

    @property
    def status(self) -> Status:
        return TASK_STATUS[self.state]


@dataclass(frozen=True)
class Moment:
    """One entry of a timeline; ``when`` is a day or a moment, ``who`` acted."""

    when: date | datetime
    title: Text
    text: Text = ""
    who: Text = ""
    tone: Tone = Tone.IDLE
    href: str = ""

    @property
    def has_time(self) -> bool:
        return isinstance(self.when, datetime)


@dataclass(frozen=True)
class Fact:
    """One line of a definition list; ``change`` is the address where it can be altered."""

    label: Text
    value: Text | None
    href: str = ""
    change: str = ""
    unknown: Text = ""


@dataclass(frozen=True)
class Tab:
    label: Text
    href: str
    current: bool = False
    count: int | None = None


@dataclass(frozen=True)
class Gauge:
    """How much of a cap is used. ``used`` and ``cap`` are exact shares of the same base.

    ``warning`` is the share where warning begins, None for no band. ``cap`` None means there is no limit, or, with
    ``used`` None too, that it cannot be told; ``status`` says which. ``headroom`` is the text beneath, with its unit.
    """

    label: Text
    used: Fraction | None
    cap: Fraction | None
    status: Status
    warning: Fraction | None = None
    headroom: Sequence[Fact] = ()
    href: str = ""
    unverified: Text = ""
