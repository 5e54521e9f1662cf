"""One runner per kind of reference case, and how an answer is compared with the expected one."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from numbers import Rational
from pathlib import Path
from typing import Any

Runner = Callable[[Mapping[str, Any]], Mapping[str, Any]]

RUNNERS: dict[str, Runner] = {}


class UnusableCasesError(Exception):
    """The cases cannot be run at all: unreadable file, kinds without runner, nothing to run."""


def runner(kind: str) -> Callable[[Runner], Runner]:
    """Register the decorated function as the runner of ``kind``: inputs of a case in, answer by key out."""

    def register(function: Runner) -> Runner:
        if kind in RUNNERS:
            raise ValueError(f"Two runners for {kind}")
        RUNNERS[kind] = function
        return function

    return register


@dataclass(frozen=True)
class Case:
    """One reference case. Decimal numbers are read as exact fractions."""

    id: str
    kind: str
    inputs: Mapping[str, Any]
    expected: Mapping[str, Any]
    tolerance: Any
    source_file: str


@dataclass(frozen=True)
class Outcome:
    case: Case
    got: Any
    passed: bool


def load(path: Path) -> list[Case]:
    """All cases of a file, or of every JSON file in a folder, in order. Raises UnusableCasesError."""
    if path.is_dir():
        files = sorted(path.rglob("*.json"))
    elif path.is_file():
        files = [path]
    else:
        raise UnusableCasesError(f"{path} does not exist")
    return [case for file in files for case in _load_file(file)]


def _load_file(file: Path) -> Iterator[Case]:
    try:
        data = json.loads(file.read_text(encoding="utf-8"), parse_float=Fraction)
        for row in data["cases"]:
            yield Case(row["id"], row["kind"], row["inputs"], row["expected"], row["tolerance"], file.name)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UnusableCasesError(f"{file} is no file of cases: {error!r}") from error


def choose(cases: Iterable[Case], kinds: Iterable[str] = ()) -> list[Case]:
    """The cases of ``kinds`` (all when none are named). Raises UnusableCasesError for a kind without runner."""
    wanted = list(dict.fromkeys(kinds))
    chosen = [case for case in cases if not wanted or case.kind in wanted]
    unknown = sorted({*wanted, *(case.kind for case in chosen)} - RUNNERS.keys())
    if unknown:
        raise UnusableCasesError(f"no runner for kind: {', '.join(unknown)} (built: {', '.join(sorted(RUNNERS))})")
    if not chosen:
        raise UnusableCasesError("no case to run")
    return chosen


def run(case: Case) -> Outcome:
    """Run one case. An exception of the product is a wrong answer, never a crash of the run."""
    try:
        got: Any = dict(RUNNERS[case.kind](case.inputs))
    except Exception as error:
        return Outcome(case, f"{type(error).__name__}: {error}", passed=False)
    return Outcome(case, got, agrees(got, case.expected, case.tolerance))


def agrees(got: Mapping[str, Any], expected: Mapping[str, Any], tolerance: Any) -> bool:
    """Whether every expected key is answered within its tolerance; a null must be answered by None."""
    return all(key in got and _same(got[key], value, _bound(tolerance, key)) for key, value in expected.items())


def _bound(tolerance: Any, key: str) -> Callable[[Rational], Rational]:
    """How far a number under the top-level ``key`` may be from the expected value.

    Cases of funds give ``{"on": …, "abs": …}``, relative to max(1, |value|), where ``on`` may name the keys and end
    in "the rest exact"; cases of the programme give one absolute number.
    """
    if not isinstance(tolerance, Mapping):
        return lambda _expected: tolerance
    named, _, rest = tolerance["on"].partition(";")
    if "rest exact" in rest and key not in [name.strip() for name in named.split(",")]:
        return lambda _expected: 0
    return lambda expected: tolerance["abs"] * max(1, abs(expected))


def _same(got: Any, expected: Any, bound: Callable[[Rational], Rational]) -> bool:
    if expected is None or isinstance(expected, bool | str):
        return type(got) is type(expected) and got == expected
    if isinstance(expected, Mapping):
        return (
            isinstance(got, Mapping)
            and got.keys() == expected.keys()
            and all(_same(got[key], value, bound) for key, value in expected.items())
        )
    if isinstance(expected, list):
        return (
            isinstance(got, list | tuple)
            and len(got) == len(expected)
            and all(_same(mine, value, bound) for mine, value in zip(got, expected, strict=True))
        )
    if got is None or isinstance(got, bool | str | Mapping | list | tuple):
        return False
    return abs(Fraction(got) - expected) <= bound(expected)


def shown(value: Any) -> str:
    """A value as JSON for people, fractions as decimals."""
    return json.dumps(value, ensure_ascii=False, default=float)
