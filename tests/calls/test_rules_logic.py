"""Three-valued rules: Kleene's laws, exact comparing, faults of the editor."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innovation.calls.rules import logic
from innovation.calls.rules.formula import FormulaError, calculate, names_of, parse
from innovation.calls.rules.logic import Truth, check_rule, evaluate, explain, facts_of

A = {"fact": "a", "op": "==", "value": True}
B = {"fact": "b", "op": "==", "value": True}
C = {"fact": "c", "op": "==", "value": True}
ORDER = {Truth.NOT_MET: 0, Truth.NOT_KNOWN: 1, Truth.MET: 2}
three_valued = st.fixed_dictionaries({name: st.sampled_from([True, False, None]) for name in "abc"})


@given(three_valued)
def test_kleene_laws(facts):
    def same(left, right):
        return evaluate(left, facts) is evaluate(right, facts)

    def nothing(rule):
        return {"not": rule}

    assert same(nothing({"all": [A, B]}), {"any": [nothing(A), nothing(B)]})
    assert same(nothing({"any": [A, B]}), {"all": [nothing(A), nothing(B)]})
    assert same(nothing(nothing(A)), A)
    assert same({"all": [A, {"any": [B, C]}]}, {"any": [{"all": [A, B]}, {"all": [A, C]}]})
    assert same({"all": [A, B]}, {"all": [B, A]})
    assert same({"any": [A, {"all": [A, B]}]}, A)
    assert ORDER[evaluate({"all": [A, B, C]}, facts)] == min(ORDER[evaluate(one, facts)] for one in (A, B, C))
    assert ORDER[evaluate({"any": [A, B, C]}, facts)] == max(ORDER[evaluate(one, facts)] for one in (A, B, C))


@given(three_valued, st.sampled_from("abc"), st.booleans())
def test_learning_a_fact_never_turns_a_known_result(facts, learned, value):
    rule = {"any": [{"all": [A, {"not": B}]}, {"all": [C, B]}]}
    before = evaluate(rule, facts | {learned: None})
    after = evaluate(rule, facts | {learned: value})
    assert before is Truth.NOT_KNOWN or before is after


@pytest.mark.parametrize(
    ("fact", "op", "value", "result"),
    [
        (Fraction(2_999_999, 100_000_000), ">=", 0.03, Truth.NOT_MET),
        (Fraction(3, 100), ">=", 0.03, Truth.MET),
        ("0.10", "==", 0.1, Truth.MET),
        (Decimal("1e-1"), "==", 0.1, Truth.MET),
        ("0110", "==", "110", Truth.NOT_MET),
        ("2026-05-09", "<", "2026-05-31", Truth.MET),
        ("about", "<", "2026-05-31", Truth.NOT_KNOWN),
        (True, "==", 1, Truth.NOT_KNOWN),
        (["iso", "brand"], "==", "iso", Truth.MET),
        (["iso", "brand"], "!=", "iso", Truth.NOT_MET),
        (None, "!=", 3, Truth.NOT_KNOWN),
    ],
)
def test_comparing(fact, op, value, result):
    assert evaluate({"fact": "x", "op": op, "value": value}, {"x": fact}) is result


def test_absent_claim_is_not_made_and_null_claim_is_not_known():
    rule = {"fact": "award", "op": "==", "value": True}
    claims = frozenset({"award"})
    assert evaluate(rule, {}, claims) is Truth.NOT_MET
    assert evaluate({"not": rule}, {}, claims) is Truth.MET
    assert evaluate(rule, {"award": None}, claims) is Truth.NOT_KNOWN
    assert evaluate(rule, {}) is Truth.NOT_KNOWN


def test_explaining_shows_each_part_with_its_result():
    rule = {"all": [{"fact": "sales", "op": ">=", "value": 5}, {"not": {"fact": "ends", "op": "<", "other": "starts"}}]}
    tree = explain(rule, {"sales": 7, "ends": "2026-01-02", "starts": "2026-01-03"})
    assert (tree.kind, tree.result) == ("all", Truth.NOT_MET)
    sales, dates = tree.parts
    assert (sales.fact, sales.actual, sales.wanted, sales.result) == ("sales", 7, 5, Truth.MET)
    assert (dates.parts[0].wanted, dates.result) == ("2026-01-03", Truth.NOT_MET)
    assert facts_of(rule) == ("sales", "ends", "starts")


@pytest.mark.parametrize(
    ("rule", "path", "code"),
    [
        ([], "$", "not_a_rule"),
        ({"all": []}, "$.all", "empty_group"),
        ({"any": [{"fact": "n", "op": "=", "value": 1}]}, "$.any[0].op", "unknown_operator"),
        ({"not": {"fact": "n", "op": "=="}}, "$.not", "no_value"),
        ({"fact": "n", "op": ">=", "value": [1]}, "$.value", "wrong_value"),
        ({"fact": "n", "op": ">=", "value": "many"}, "$.value", "wrong_value"),
        ({"fact": "flag", "op": ">=", "value": True}, "$.op", "no_order"),
        ({"all": [{"fact": "who", "op": "==", "value": 1}]}, "$.all[0].fact", "unknown_fact"),
        ({"fact": "n", "op": "==", "value": 1, "code": "import os"}, "$.code", "unknown_key"),
    ],
)
def test_faults_of_a_rule_are_told_with_their_place(rule, path, code):
    faults = check_rule(rule, {"n": "number", "flag": "yes_no"})
    assert (path, code) in [(fault.path, fault.code) for fault in faults]


def test_hostile_nesting_is_refused():
    rule = A
    for _turn in range(5000):
        rule = {"not": rule}
    assert check_rule(rule)[0].code == "too_deep"
    with pytest.raises(logic.RuleShapeError):
        evaluate(rule, {})
    assert check_rule({"any": [A] * 400})[0].code == "too_large"


VALUES = {
    "asked": 700, "total": "1000.5", "zero": 0, "costs": [{"amount": 3, "n": "2"}, {"amount": 4}], "none": [],
    "founded": "2020-02-29", "today": "2026-02-28",
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("asked / total", Fraction(7000, 10005)),
        ("-(1 + 2) * 3 - -4", Fraction(-5)),
        ("2 - 3 - 4", Fraction(-5)),
        ("12 / 3 / 2", Fraction(2)),
        ("sum(costs.amount) + count(costs)", Fraction(9)),
        ("sum(costs.n)", None),
        ("sum(none.amount)", Fraction(0)),
        ("sum(other.amount)", None),
        ("max(costs.amount, asked, 1)", Fraction(700)),
        ("min(asked, missing)", None),
        ("asked / zero", None),
        ("missing + 1", None),
        ("years_between(founded, today)", Fraction(5)),
        ("years_between(today, founded)", Fraction(-5)),
        ("0.1 + 0.2", Fraction(3, 10)),
    ],
)
def test_formulas(text, result):
    assert calculate(text, VALUES) == result


@pytest.mark.parametrize(
    ("text", "code", "position"),
    [
        ("", "empty", 0),
        ("asked +", "unexpected", 7),
        ("(asked", "unexpected", 6),
        ("asked ; 1", "unexpected", 6),
        ("__import__('os')", "unexpected", 11),
        ("exec(asked)", "unknown_function", 0),
        ("1 + costs.amount", "column_outside_function", 4),
        ("sum(asked)", "arguments", 0),
        ("count(costs.amount)", "column_outside_function", 6),
        ("2 ** 3", "unexpected", 3),
        ("(" * 200 + "1", "too_deep", 25),
        ("1" + "+1" * 300, "too_long", 500),
    ],
)
def test_faults_of_a_formula_are_told_with_their_position(text, code, position):
    with pytest.raises(FormulaError) as caught:
        parse(text)
    assert (caught.value.code, caught.value.position) == (code, position)


def test_names_of_a_formula():
    assert names_of("asked / sum(costs.amount) + asked") == ("asked", "costs.amount")
