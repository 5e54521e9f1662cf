"""The command that runs cases: it reports wrong answers, and never skips what it cannot run."""

import json
import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from tests.reference.__main__ import main
from tests.reference.registry import RUNNERS, agrees, runner

OWN = Path(__file__).parent / "cases"
ROOT = Path(__file__).parents[2]


def case(name, expected, *, kind="multiples", tolerance=None, inputs=None):
    return {
        "id": name,
        "kind": kind,
        "inputs": inputs
        or {"commitment": 6000, "calls": 6000, "recalled_distributions": 0, "distributions": 7350, "nav": 0},
        "expected": expected,
        "tolerance": tolerance or {"on": "each ratio", "abs": 1e-9},
        "source": "computed",
    }


@pytest.fixture
def file_of(tmp_path):
    def write(*cases, name="cases.json"):
        path = tmp_path / name
        path.write_text(json.dumps({"about": "", "cases": cases}), encoding="utf-8")
        return path

    return write


def test_right_answers_pass(file_of, capsys):
    assert main([str(file_of(case("a", {"dpi": 1.225}), case("b", {"pic": 1, "paid_in": 6000})))]) == 0
    assert capsys.readouterr().out == "2 passed, 0 failed\n"


def test_a_wrong_answer_is_shown_with_what_was_expected(file_of, capsys):
    assert main([str(file_of(case("right", {"pic": 1}), case("wrong", {"dpi": 1.3, "rvpi": None})))]) == 1
    out = capsys.readouterr().out
    assert out.splitlines()[-1] == "1 passed, 1 failed"
    assert "FAILED wrong (multiples, cases.json)" in out
    assert '"dpi": 1.3' in out
    assert '"dpi": 1.225' in out
    assert "right" not in out


def test_an_exception_is_a_wrong_answer(file_of, capsys):
    assert main([str(file_of(case("odd", {"pic": 1}, inputs={"commitment": 1})))]) == 1
    out = capsys.readouterr().out
    assert "TypeError" in out
    assert out.endswith("0 passed, 1 failed\n")


def test_a_kind_without_runner_is_an_error_that_names_it(file_of, capsys):
    cases = file_of(case("a", {"pic": 1}), case("b", {}, kind="fortune_telling"))
    assert main([str(cases)]) == 2
    told = capsys.readouterr()
    assert "fortune_telling" in told.err
    assert "passed" not in told.out


def test_kinds_choose_cases_and_are_checked_too(file_of, capsys):
    cases = file_of(case("a", {"pic": 1}), case("b", {}, kind="fortune_telling"))
    assert main([str(cases), "--kinds", "multiples"]) == 0
    assert main([str(cases), "--kinds", "multiples fortune_telling"]) == 2
    assert main([str(cases), "--kinds", "mixed_cap"]) == 2
    told = capsys.readouterr()
    assert told.out == "1 passed, 0 failed\n"
    assert "fortune_telling" in told.err
    assert "no case to run" in told.err


def test_a_folder_runs_all_its_files(file_of, capsys):
    folder = file_of(case("a", {"pic": 1}), name="one.json").parent
    file_of(case("b", {"pic": 2}), name="two.json")
    assert main([str(folder)]) == 1
    out = capsys.readouterr().out
    assert "FAILED b (multiples, two.json)" in out
    assert out.endswith("1 passed, 1 failed\n")


@pytest.mark.parametrize("content", ["{", "[]", '{"cases": [{"id": "a"}]}', '{"cases": 5}'])
def test_a_file_that_holds_no_cases_is_an_error(tmp_path, capsys, content):
    path = tmp_path / "broken.json"
    path.write_text(content, encoding="utf-8")
    assert main([str(path)]) == 2
    assert main([str(tmp_path / "absent.json")]) == 2
    told = capsys.readouterr()
    assert "broken.json" in told.err
    assert "absent.json" in told.err


def test_the_command_runs_without_servers():
    """As a person calls it: no database, no broker, no setting."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE", "REDIS", "DJANGO"))}
    ran = subprocess.run(
        [sys.executable, "-m", "tests.reference", str(OWN), "--kinds", *RUNNERS],
        cwd=ROOT,
        env=plain,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.endswith(" passed, 0 failed\n")


def test_two_runners_for_one_kind_are_a_mistake():
    with pytest.raises(ValueError, match="multiples"):
        runner("multiples")(dict)


FUNDS = {"on": "all", "abs": Fraction(1, 10**9)}


@pytest.mark.parametrize(
    ("got", "expected", "tolerance", "same"),
    [
        (Fraction(1, 3), Fraction("0.333333333333333"), FUNDS, True),
        (Fraction(1, 3), Fraction("0.3333333"), FUNDS, False),
        (10**9 + 1, 10**9 + 2, FUNDS, True),
        (10**9 + 1, 10**9 + 2, 0, False),
        (Fraction("1.02"), 1, Fraction("0.02"), True),
        (Fraction("1.03"), 1, Fraction("0.02"), False),
        (None, 0, FUNDS, False),
        (0, None, FUNDS, False),
        (True, 1, FUNDS, False),
        (1, True, FUNDS, False),
        ("WITHIN", "WITHIN", 0, True),
        ("WITHIN", "EXCEEDED", 0, False),
        ([1, 2], [1, 2], 0, True),
        ([1, 2], [1, 2, 3], 0, False),
        ({"num": 1, "den": 2}, {"num": 1, "den": 2}, 0, True),
        ({"num": 1}, {"num": 1, "den": 2}, 0, False),
        (Fraction("1.0000000001"), 1, {"on": "utilisation; the rest exact", "abs": Fraction(1, 10**9)}, False),
    ],
)
def test_answers_agree_within_their_tolerance_only(got, expected, tolerance, same):
    assert agrees({"key": got}, {"key": expected}, tolerance) is same


def test_a_named_quantity_has_its_tolerance_and_a_missing_answer_fails():
    named = {"on": "utilisation, headroom; the rest exact", "abs": Fraction(1, 10**9)}
    near = Fraction("1.0000000001")
    assert agrees({"headroom": near, "status": "X"}, {"headroom": 1, "status": "X"}, named)
    assert not agrees({"headroom": near}, {"headroom": 1, "status": "X"}, named)
