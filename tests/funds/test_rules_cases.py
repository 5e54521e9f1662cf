"""The rule book of an exemption case: losses, grades, what is asked, what may be decided, terms, the chain's text."""

from datetime import UTC, date, datetime
from fractions import Fraction
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funds.casefile import verify_case
from funds.choices.cases import OUTCOMES_AFTER_HIT, AnswerResult, CaseGround, CaseOutcome, LossGrade, Regime
from funds.choices.ledger import EventKind
from funds.rules import case_chain, cases
from innovation.core.errors import RuleViolation

GRADES = [
    cases.GradeBounds(LossGrade.GENERAL, 0, 5_000_000),
    cases.GradeBounds(LossGrade.LARGER, 5_000_000, 50_000_000),
    cases.GradeBounds(LossGrade.MAJOR, 50_000_000, None),
]
YUAN = 100


@pytest.mark.parametrize(
    ("kind", "amount", "relieved", "expected"),
    [
        (EventKind.WRITE_OFF, 0, 700, (CaseGround.WRITE_OFF, 700)),
        (EventKind.EXIT_FULL, 400, 1000, (CaseGround.EXIT_AT_LOSS, 600)),
        (EventKind.EXIT_PARTIAL, 999, 1000, (CaseGround.EXIT_AT_LOSS, 1)),
        (EventKind.EXIT_FULL, 1000, 1000, None),
        (EventKind.EXIT_FULL, 1500, 1000, None),
        (EventKind.IMPAIRMENT, 499, 0, None),
        (EventKind.IMPAIRMENT, 500, 0, (CaseGround.IMPAIRMENT, 500)),
        (EventKind.FEE, 10_000, 0, None),
        (EventKind.REVERSAL, -700, -700, None),
    ],
)
def test_which_events_are_losses(kind, amount, relieved, expected):
    loss = cases.loss_of(kind=kind, amount_fen=amount, cost_relieved_fen=relieved, impairment_threshold_fen=500)
    assert (loss and (loss.ground, loss.fen)) == expected


@pytest.mark.parametrize(
    ("yuan", "grade"),
    [
        (0, LossGrade.GENERAL),
        (4_999_999, LossGrade.GENERAL),
        (5_000_000, LossGrade.LARGER),
        (49_999_999, LossGrade.LARGER),
        (50_000_000, LossGrade.MAJOR),
    ],
)
def test_the_grade_of_a_loss_has_exact_bounds(yuan, grade):
    assert cases.loss_grade(yuan * YUAN, GRADES) == grade
    assert cases.loss_grade(yuan * YUAN + 99, GRADES) == grade


def test_a_loss_without_a_grade_is_an_error_and_not_a_general_loss():
    with pytest.raises(RuleViolation) as caught:
        cases.loss_grade(5_000_000 * YUAN, GRADES[:1])
    assert caught.value.code == "LOSS_GRADE_MISSING"


@pytest.mark.parametrize(
    ("regimes", "grade", "tolerates", "conflict"),
    [
        ({Regime.SASAC_46}, LossGrade.MAJOR, True, True),
        ({Regime.SASAC_46, Regime.LOCAL_SOE}, LossGrade.MAJOR, True, True),
        ({Regime.SASAC_46}, LossGrade.MAJOR, False, False),
        ({Regime.SASAC_46}, LossGrade.LARGER, True, False),
        ({Regime.CENTRAL_SOE_VC_2024}, LossGrade.MAJOR, True, False),
        (set(), LossGrade.MAJOR, True, False),
    ],
)
def test_order_46_and_a_local_tolerance_collide_over_a_major_loss_alone(regimes, grade, tolerates, conflict):
    assert cases.has_grade_conflict(regimes, grade, tolerates_total_loss=tolerates) is conflict


ITEMS = [
    cases.Item(1, "LAWFUL", frozenset({"SASAC_46", "FISCAL"})),
    cases.Item(2, "NO_MAJOR_LOSS", frozenset({"SASAC_46"})),
    cases.Item(3, "CONDITION"),
]


def test_each_person_answers_the_lines_of_its_regime():
    assert [item.id for item in cases.items_for("SASAC_46", ITEMS)] == [1, 2, 3]
    assert [item.id for item in cases.items_for("FISCAL", ITEMS)] == [1, 3]
    assert [item.id for item in cases.items_for("LOCAL_SOE", ITEMS)] == [3]
    assert cases.unanswered({7: "SASAC_46", 8: "FISCAL"}, ITEMS, {(7, 1), (7, 2), (8, 3)}) == [(7, 3), (8, 1)]


@pytest.mark.parametrize(
    ("result", "reason", "evidence", "code"),
    [
        (AnswerResult.MET, "", ["a"], None),
        (AnswerResult.MET, "because", [], "EVIDENCE_MISSING"),
        (AnswerResult.NOT_MET, "because", [], None),
        (AnswerResult.NOT_MET, " ", ["a"], "REASON_MISSING"),
        (AnswerResult.NOT_SHOWN, "", [], "REASON_MISSING"),
    ],
)
def test_met_rests_on_evidence_and_anything_else_on_a_reason(result, reason, evidence, code):
    problem = cases.answer_problem(result, reason, evidence)
    assert (problem and problem.code) == code


@given(votes=st.lists(st.sampled_from(CaseOutcome.values), max_size=9), outcome=st.sampled_from(CaseOutcome.values))
def test_a_decision_needs_quorum_and_more_than_half(votes, outcome):
    codes = {p.code for p in cases.decision_problems(votes, quorum=3, outcome=outcome, has_hit=False)}
    assert ("QUORUM_MISSING" in codes) == (len(votes) < 3)
    assert ("NO_MAJORITY" in codes) == (votes.count(outcome) <= len(votes) - votes.count(outcome))


@pytest.mark.parametrize("outcome", CaseOutcome)
def test_a_hit_on_the_negative_list_leaves_two_outcomes(outcome):
    left = cases.outcome_problem(outcome, has_hit=True) is None
    assert left == (outcome in OUTCOMES_AFTER_HIT) == (outcome in {"NOT_EXEMPT", "REFERRED"})
    assert cases.outcome_problem(outcome, has_hit=False) is None


UNTIL = date(2026, 3, 10)


@pytest.mark.parametrize(
    ("today", "appealed", "appeal", "archive"),
    [
        (date(2026, 3, 9), False, None, "APPEAL_STILL_POSSIBLE"),
        (UNTIL, False, None, "APPEAL_STILL_POSSIBLE"),
        (date(2026, 3, 11), False, "APPEAL_LATE", None),
        (date(2026, 3, 9), True, "APPEAL_ONCE", None),
    ],
)
def test_an_appeal_is_made_once_and_in_time_and_the_archive_waits_for_it(today, appealed, appeal, archive):
    late = cases.appeal_problem(today=today, until=UNTIL, has_appealed=appealed)
    early = cases.archive_problem(today=today, until=UNTIL, has_appealed=appealed)
    assert ((late and late.code), (early and early.code)) == (appeal, archive)


def test_every_ground_of_recusal_is_named():
    grounds = ("voted_in_decision", "is_judged", "acts_for_manager", "handles_case", "voted_before")
    for ground in grounds:
        assert cases.recusal_reason(**{name: name == ground for name in grounds})
    assert not cases.recusal_reason(**dict.fromkeys(grounds, False))


# ── Canonical text and chain ─────────────────────────────────────────────────────────────────────
def test_the_canonical_text_is_sorted_exact_and_without_floats():
    value = {"b": Fraction(2, 5), "a": [date(2026, 1, 2), datetime(2026, 1, 2, 3, tzinfo=UTC)], "c": {"ü", "a"}}
    assert case_chain.canonical(value) == '{"a":["2026-01-02","2026-01-02T03:00:00.000000Z"],"b":"2/5","c":["a","ü"]}'
    with pytest.raises(TypeError):
        case_chain.canonical({"rate": 0.4})


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(PLAIN)
def test_the_script_that_travels_with_the_file_writes_the_same_canonical_text(value):
    assert verify_case.canonical(value) == case_chain.canonical(value).encode()


TEXTS = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)


@given(label=TEXTS, note=TEXTS, actor=st.none() | st.integers(1, 10**12))
def test_the_script_hashes_a_step_as_the_product_does(label, note, actor):
    at = datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC)
    link = case_chain.StepLink(5, 1, "open", "", "OPENED", at, actor, label, note, "{}")
    row = {
        "case": 5, "seq": 1, "event": "open", "from": "", "to": "OPENED", "at": "2026-01-02T03:04:05.000006Z",
        "actor": actor, "actor_label": label, "note": note, "facts": "{}",
    }  # fmt: skip
    assert verify_case.step_text(row) == link.text()
    assert case_chain.step_hash(bytes(32), link.text()) == sha256(bytes(32) + link.text().encode()).digest()


@given(st.lists(TEXTS, min_size=3, max_size=3), st.lists(TEXTS, min_size=3, max_size=3))
def test_no_two_steps_read_alike(one, other):
    def text(parts):
        return case_chain.StepLink(1, 1, "a", "b", "c", datetime(2026, 1, 1, tzinfo=UTC), None, *parts).text()

    assert (text(one) == text(other)) == (one == other)
