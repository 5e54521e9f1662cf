"""A process as a picture and as a table: its states from top to bottom, what branches off, and where a case stands.

The main way stands on the left, states that branch off stand on the right of the one they first come from; every step,
also those that the picture leaves out, stands in the table. All colours come from the page, no style is written.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from innovation.calls.choices import ApplicationState as S
from innovation.calls.models.application_states import EVENT_NAMES, STATE_NAMES
from innovation.calls.rules import workflow
from innovation.calls.shown import in_language

MAIN = (
    S.NEED_COLLECTED, S.NEED_CHECKED, S.NEED_PUBLISHED, S.DRAFT, S.SUBMITTED, S.COUNTY_CHECKED, S.CITY_CHECKED,
    S.ELIGIBLE, S.IN_REVIEW, S.RANKED, S.APPROVED, S.NOTICED, S.ACTIVE, S.ENTITLED, S.CLOSED, S.EXPIRED,
)  # fmt: skip
"""The way of a case to which all goes well, over all processes."""
ROLE_NAMES: dict[str, Promise] = {
    "applicant_lead": _("The applicant"),
    "officer": _("The office"),
    "coordinator": _("The coordinator of the office"),
    "reviewer": _("A reviewer"),
    "board": _("The board"),
    "objection_reviewer": _("Who examines objections"),
    "signatory": _("Both sides"),
    "finance": _("Finance"),
    "public": _("Anybody, while the notice runs"),
    "system": _("By itself"),
}
LEFT, MAIN_WIDTH, SIDE_LEFT, SIDE_WIDTH, BOX = 8, 200, 420, 212, 34
ROW, SIDE_ROW, TOP = 64, 44, 8
WIDTH = SIDE_LEFT + SIDE_WIDTH + LEFT


@dataclass(frozen=True)
class Box:
    """One state; ``mark`` is ``now``, ``past`` or empty. Places are of the upper left corner."""

    state: str
    label: str
    x: int
    y: int
    width: int
    mark: str = ""

    @property
    def middle(self) -> int:
        return self.x + self.width // 2

    @property
    def baseline(self) -> int:
        return self.y + BOX // 2 + 5


@dataclass(frozen=True)
class Arrow:
    """A line with its head at ``(x2, y2)``; the sign ⇄ in its label says that a step leads back too."""

    x1: int
    y1: int
    x2: int
    y2: int
    label: str

    @property
    def is_down(self) -> bool:
        return self.x1 == self.x2

    @property
    def label_x(self) -> int:
        return self.x1 + 8 if self.is_down else self.x2 - 10

    @property
    def label_y(self) -> int:
        return (self.y1 + self.y2) // 2 + 4 if self.is_down else self.y2 - 5

    @property
    def path(self) -> str:
        if self.is_down:
            return f"M{self.x1} {self.y1}V{self.y2}"
        return f"M{self.x1} {self.y1}H{self.x1 + 14}V{self.y2}H{self.x2}"

    @property
    def head(self) -> str:
        """The three corners of the head."""
        if self.is_down:
            return f"{self.x2 - 5},{self.y2 - 8} {self.x2 + 5},{self.y2 - 8} {self.x2},{self.y2}"
        return f"{self.x2 - 8},{self.y2 - 5} {self.x2 - 8},{self.y2 + 5} {self.x2},{self.y2}"


@dataclass(frozen=True)
class Step:
    """One row of the table."""

    state: str
    label: str
    event: str
    to: str
    who: str
    is_now: bool


@dataclass(frozen=True)
class ProcessMap:
    """The picture (``width`` × ``height``) and the table; ``now`` and ``following`` say the same in words."""

    title: str
    height: int
    boxes: list[Box]
    arrows: list[Arrow]
    steps: list[Step]
    now: str = ""
    following: list[str] = field(default_factory=list)
    width: int = WIDTH


def process_map(
    content: Mapping[str, Any], *, public: bool = False, now: str = "", past: Collection[str] = ()
) -> ProcessMap:
    """The map of a sound process; ``public`` in the words of applicants, ``now`` the state of a case, ``past`` those
    that it is known to have been in; what no way leads around counts as past too.
    """
    rows = [row for row in workflow.transitions(content) if S.DELETED not in {row.state, row.to}]
    states = {state for row in rows for state in (row.state, row.to)}
    main = [state.value for state in MAIN if state in states]
    labels = {state: _label(state, public=public) for state in states}
    behind = {*past, *workflow.certain_before(content, now)} if now else past
    marks = dict.fromkeys(behind, "past") | {now: "now"}
    boxes: list[Box] = []
    arrows: list[Arrow] = []
    placed, top = set(main), TOP
    for place, state in enumerate(main):
        box = Box(state, labels[state], LEFT, top, MAIN_WIDTH, marks.get(state, ""))
        boxes.append(box)
        sides = [row for row in rows if row.state == state and row.to not in placed]
        sides = list({row.to: row for row in sides}.values())
        for number, row in enumerate(sides):
            placed.add(row.to)
            side = Box(row.to, labels[row.to], SIDE_LEFT, top + number * SIDE_ROW, SIDE_WIDTH, marks.get(row.to, ""))
            boxes.append(side)
            returns = any(one.state == row.to and one.to == state for one in rows)
            start = LEFT + MAIN_WIDTH
            label = f"{EVENT_NAMES[row.event]} ⇄" if returns else str(EVENT_NAMES[row.event])
            arrows.append(Arrow(start, top + BOX // 2, SIDE_LEFT, side.y + BOX // 2, label))
        height = max(ROW, len(sides) * SIDE_ROW + ROW - BOX)
        if place + 1 < len(main):
            step = next((row for row in rows if row.state == state and row.to == main[place + 1]), None)
            if step is not None:
                arrows.append(
                    Arrow(box.middle, top + BOX, box.middle, top + height, str(EVENT_NAMES[step.event]))
                )  # fmt: skip
        top += height
    steps = [
        Step(row.state, labels[row.state], str(EVENT_NAMES[row.event]), labels[row.to], str(ROLE_NAMES[row.role]),
             row.state == now)
        for row in rows
    ]  # fmt: skip
    return ProcessMap(
        in_language(content["title"]), top, boxes, arrows, steps, labels.get(now, ""),
        list(dict.fromkeys(step.to for step in steps if step.is_now and step.to != labels.get(now))),
    )  # fmt: skip


def _label(state: str, *, public: bool) -> str:
    names = STATE_NAMES[S(state)]
    return str(names.public if public else names.staff)
