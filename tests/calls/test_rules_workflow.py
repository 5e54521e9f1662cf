"""The workflow: the table, every state × event × role of every shipped process, officers' own processes."""

from itertools import product

import pytest

from innovation.calls.rules import workflow
from innovation.calls.rules.workflow import SHIPPED, check_process, decide
from innovation.calls.rules.workflow.table import KNOWN

# A context in which every guard is met.
GOOD = {
    "form_complete": True, "in_window": True, "reason_given": True, "reviewers": 3, "valid_bids": 3,
    "conflict_declared": True, "all_reviews_in": True, "quorum": True, "minutes": True, "conditions_met": True,
    "both_signed": True, "check_passed": True, "outcome": "success",
}  # fmt: skip


@pytest.mark.parametrize("process", SHIPPED)
def test_matrix_of_every_state_event_and_role(process):
    rows = {(row.state, row.event): row for row in workflow.transitions(SHIPPED[process])}
    for state, event, role in product(workflow.STATES, workflow.EVENTS, workflow.ROLES):
        answer = decide(process, state, event, role, GOOD)
        row = rows.get((state, event))
        if row is None:
            assert (answer.allowed, answer.to, answer.reasons) == (False, None, ("no_such_transition",))
        elif role == row.role:
            assert (answer.allowed, answer.to, answer.reasons) == (True, row.to, ())
        else:
            assert (answer.allowed, answer.to, answer.reasons) == (False, None, ("wrong_role",))


@pytest.mark.parametrize("process", SHIPPED)
def test_shipped_processes_are_sound_and_refuse_the_related(process):
    assert check_process(SHIPPED[process]) == ()
    for row in workflow.transitions(SHIPPED[process]):
        related = decide(process, row.state, row.event, row.role, GOOD | {"related": True})
        assert ("related_party" in related.reasons) is (row.role in workflow.OFFICE_ROLES)


@pytest.mark.parametrize(
    ("state", "event", "role", "context", "reasons"),
    [
        ("draft", "submit", "applicant_lead", {"applicant_barred": True},
         ("applicant_barred", "form_incomplete", "window_closed")),
        ("submitted", "check_pass", "officer", {"failed_gates": ["size"]}, ("gates_failed",)),
        ("submitted", "check_fail", "officer", {}, ("reason_missing",)),
        ("eligible", "assign", "coordinator", {"reviewers": 2, "conflicted_reviewers": 1, "min_bids": 3},
         ("conflicted_reviewer", "too_few_bids", "too_few_reviewers")),
        ("in_review", "close_review", "coordinator", {}, ("reviews_open",)),
        ("ranked", "approve", "board", {"rank_order_changed": True, "same_actor_as_proposer": True},
         ("four_eyes", "minutes_missing", "no_quorum", "reason_missing")),
        ("noticed", "sign", "signatory", {"notice_days_left": 1}, ("notice_running", "signature_missing")),
        ("active", "pay", "finance", {"within_award": False}, ("check_missing", "over_award")),
        ("active", "close", "board", {}, ("outcome_missing",)),
        ("active", "close", "board", {"outcome": "partial"}, ("lesson_missing",)),
        ("active", "close", "board", {"outcome": "recovered"}, ()),
        ("active", "pay", "officer", {}, ("check_missing", "wrong_role")),
        ("nowhere", "submit", "applicant_lead", {}, ("no_such_transition",)),
    ],
)  # fmt: skip
def test_all_reasons_that_apply_are_given_sorted(state, event, role, context, reasons):
    assert decide("rd_fund", state, event, role, context).reasons == reasons


def test_process_sets_its_own_number_of_bids_and_reviewers():
    few = GOOD | {"valid_bids": 2}
    assert decide("challenge", "eligible", "assign", "coordinator", few).reasons == ("too_few_bids",)
    assert decide("rd_fund", "eligible", "assign", "coordinator", few).allowed
    five = {**SHIPPED["rd_fund"], "reviewers_needed": 5}
    assert decide(five, "eligible", "assign", "coordinator", GOOD).reasons == ("too_few_reviewers",)


@pytest.mark.parametrize(
    ("change", "path", "code"),
    [
        ({"notice_days": 6}, "$.notice_days", "wrong_notice"),
        ({"min_bids": -1}, "$.min_bids", "wrong_number"),
        ({"return_days": None}, "$.return_days", "wrong_number"),
        ({"title": {"en": "Only English"}}, "$.title", "no_title"),
        ({"states": ["draft", "limbo"]}, "$.states[1]", "unknown_state"),
        ({"states": ["draft", "deleted", "draft"]}, "$.states[2]", "twice"),
        ({"states": ["submitted"]}, "$.start", "no_start"),
        ({"states": ["draft", "submitted", "withdrawn", "approved"]}, "$.states[3]", "unreachable"),
        ({"states": ["draft", "submitted", "eligible", "withdrawn", "approved"], "left_out": ["withdraw", "ask"]},
         "$.states[2]", "dead_end"),
        ({"routes": [{"from": "draft", "event": "delete", "to": "approved"}]}, "$.routes[0].to", "route_not_allowed"),
        ({"routes": [{"from": "draft", "event": "conjure", "to": "approved"}]}, "$.routes[0].event", "unknown_event"),
        ({"left_out": ["withdraw"]}, "$.states", "no_way_to_withdraw"),
        ({"kpi_mode": "whatever"}, "$.kpi_mode", "wrong_choice"),
        ({"guards": []}, "$.guards", "unknown_key"),
    ],
)  # fmt: skip
def test_faults_of_an_officers_process(change, path, code):
    faults = check_process({**SHIPPED["rd_fund"], **change})
    assert (path, code) in [(fault.path, fault.code) for fault in faults]


def test_no_process_can_grant_without_a_deciding_role():
    granting = {"approved", "approved_with_conditions", "active", "entitled"}
    granted = granting | {"in_change"}
    deciding = {row.event for row in KNOWN.values() if row.to in granting and row.state not in granting}
    for content in SHIPPED.values():
        for row in workflow.transitions(content):
            if row.to in granting:
                assert row.role in workflow.OFFICE_ROLES or row.state in granted
                assert row.event in deciding | {"check_pass"} or row.state in granted
