"""Every reference case of every kind that is built, as one test each."""

from collections import Counter
from pathlib import Path

import pytest

from tests.reference.registry import load, run, shown
from tests.reference.runners import RUNNERS

CASES = [case for case in load(Path(__file__).parent / "cases") if case.kind in RUNNERS]


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_case(case):
    outcome = run(case)
    assert outcome.passed, f"expected {shown(case.expected)}\ngot {shown(outcome.got)}"


def test_every_built_kind_has_cases_and_no_id_stands_twice():
    assert Counter(case.kind for case in CASES).keys() == RUNNERS.keys()
    assert max(Counter(case.id for case in CASES).values()) == 1
