"""Student-project allocation with preferences of lecturers over students (Abraham, Irving and Manlove 2007).

Here a student is a founder, a project a technology with a number of places, a lecturer the institute that owns it and
takes part with a number of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Project:
    """A technology: how many it takes, and whose it is."""

    capacity: int
    lecturer: str


@dataclass(frozen=True, slots=True)
class Lecturer:
    """An institute: how many it takes in all, and its list of people, the most wanted first."""

    capacity: int
    preferences: tuple[str, ...]


@dataclass
class _State:
    """Lists that shrink while the algorithm runs, and who is where for now."""

    students: Mapping[str, Sequence[str]]
    projects: Mapping[str, Project]
    lecturers: Mapping[str, Lecturer]
    rank: dict[str, dict[str, int]] = field(init=False)
    wishes: dict[str, list[str]] = field(init=False)
    at: dict[str, str | None] = field(init=False)

    def __post_init__(self) -> None:
        self.rank = {
            name: {who: place for place, who in enumerate(lecturer.preferences)}
            for name, lecturer in self.lecturers.items()
        }
        self.wishes = {
            who: [name for name in listed if self._possible(who, self.projects[name])]
            for who, listed in self.students.items()
        }
        self.at = dict.fromkeys(self.students)

    def _possible(self, who: str, project: Project) -> bool:
        room = min(project.capacity, self.lecturers[project.lecturer].capacity)
        return room > 0 and who in self.rank[project.lecturer]

    def on(self, project: str) -> list[str]:
        return [who for who, where in self.at.items() if where == project]

    def with_lecturer(self, lecturer: str) -> list[str]:
        return [who for who, where in self.at.items() if where and self.projects[where].lecturer == lecturer]

    def worst(self, people: Sequence[str], lecturer: str) -> str:
        return max(people, key=self.rank[lecturer].__getitem__)

    def delete_behind(self, last: str, lecturer: str, project: str | None) -> None:
        """Whoever stands behind ``last`` on the institute's list can no longer come (to ``project``, or at all)."""
        bound = self.rank[lecturer][last]
        for who in self.lecturers[lecturer].preferences[bound + 1 :]:
            self.wishes[who] = [
                name
                for name in self.wishes.get(who, [])
                if self.projects[name].lecturer != lecturer or (project is not None and name != project)
            ]


def student_optimal(
    students: Mapping[str, Sequence[str]], projects: Mapping[str, Project], lecturers: Mapping[str, Lecturer]
) -> dict[str, str | None]:
    """The stable allocation that every student likes best."""
    state = _State(students, projects, lecturers)
    waiting = list(students)
    while waiting:
        who = waiting.pop()
        if state.at[who] is not None or not state.wishes[who]:
            continue
        project = state.wishes[who][0]
        lecturer = projects[project].lecturer
        state.at[who] = project
        leaves = None
        if len(state.on(project)) > projects[project].capacity:
            leaves = state.worst(state.on(project), lecturer)
        elif len(state.with_lecturer(lecturer)) > lecturers[lecturer].capacity:
            leaves = state.worst(state.with_lecturer(lecturer), lecturer)
        if leaves is not None:
            # Refused for good: the list is cut below, and at the latest here.
            refused = state.at[leaves]
            state.at[leaves] = None
            state.wishes[leaves] = [name for name in state.wishes[leaves] if name != refused]
            waiting.append(leaves)
        if len(state.on(project)) == projects[project].capacity:
            state.delete_behind(state.worst(state.on(project), lecturer), lecturer, project)
        if len(state.with_lecturer(lecturer)) == lecturers[lecturer].capacity:
            state.delete_behind(state.worst(state.with_lecturer(lecturer), lecturer), lecturer, None)
    return dict(state.at)


def lecturer_optimal(
    students: Mapping[str, Sequence[str]], projects: Mapping[str, Project], lecturers: Mapping[str, Lecturer]
) -> dict[str, str | None]:
    """The stable allocation that every lecturer likes best: lecturers offer places on their projects."""
    state = _State(students, projects, lecturers)
    while (offer := next(filter(None, (_offer(state, name) for name in lecturers)), None)) is not None:
        who, project = offer
        state.at[who] = project
        wishes = state.wishes[who]
        state.wishes[who] = wishes[: wishes.index(project) + 1]
    return dict(state.at)


def _offer(state: _State, lecturer: str) -> tuple[str, str] | None:
    """The next place that the institute can offer: its first person, on the first project of that person's list."""
    if len(state.with_lecturer(lecturer)) >= state.lecturers[lecturer].capacity:
        return None
    for who in state.lecturers[lecturer].preferences:
        for project in state.wishes.get(who, ()):
            own = state.projects[project]
            if own.lecturer == lecturer and state.at[who] != project and len(state.on(project)) < own.capacity:
                return who, project
    return None


def blocking_pairs(
    matching: Mapping[str, str | None],
    students: Mapping[str, Sequence[str]],
    projects: Mapping[str, Project],
    lecturers: Mapping[str, Lecturer],
) -> list[tuple[str, str]]:
    """Pairs of student and project that could both do better; none in a stable allocation."""
    state = _State(students, projects, lecturers)
    state.at = dict(matching)
    found = []
    for who, wishes in state.wishes.items():
        for project in wishes:
            if project == matching[who]:
                break
            if _blocks(state, who, project):
                found.append((who, project))
    return found


def _blocks(state: _State, who: str, project: str) -> bool:
    lecturer = state.projects[project].lecturer
    rank, there = state.rank[lecturer], state.with_lecturer(lecturer)
    on_it = state.on(project)
    if len(on_it) >= state.projects[project].capacity:
        return any(rank[who] < rank[each] for each in on_it)
    if len(there) < state.lecturers[lecturer].capacity or who in there:
        return True
    return any(rank[who] < rank[each] for each in there)
