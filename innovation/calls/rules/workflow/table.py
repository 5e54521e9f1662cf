"""Which event may move a case, by whom and when: the table of the programme (specification 5.2) as data.

A guard is a rule of :mod:`innovation.calls.rules.logic` over the facts of the context, with the code that stands when
it is not met.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from innovation.calls.rules import logic
from innovation.calls.rules.exact import number

Context = Mapping[str, Any]

DRAFT = "draft"
RETURNED = "returned"
# Events of these roles are refused to whoever is related to a party of the case (invariant 7).
OFFICE_ROLES = frozenset({"officer", "coordinator", "reviewer", "board", "objection_reviewer", "finance", "signatory"})
OUTCOMES = ("success", "partial", "failed_in_good_faith", "failed_with_fault", "recovered")
# Facts of the context and what their absence means. A list given where a number is meant counts its members.
CONTEXT: dict[str, bool | int | str] = {
    "form_complete": False,
    "in_window": False,
    "applicant_barred": False,
    "failed_gates": 0,
    "reason_given": False,
    "reviewers": 0,
    "reviewers_needed": 3,
    "conflicted_reviewers": 0,
    "valid_bids": 0,
    "min_bids": 0,
    "conflict_declared": False,
    "all_reviews_in": False,
    "review_deadline_passed": False,
    "quorum": False,
    "minutes": False,
    "rank_order_changed": False,
    "same_actor_as_proposer": False,
    "same_actor_as_checker": False,
    "conditions_met": False,
    "notice_days_left": 0,
    "both_signed": False,
    "check_passed": False,
    "within_award": True,
    "targets_changed": False,
    "board_agreed": False,
    "outcome": "",
    "lesson_text": False,
    "exemption_case": False,
    "related": False,
}


@dataclass(frozen=True, slots=True)
class Guard:
    """``code`` is the reason given when ``rule`` is not met by the context."""

    code: str
    rule: logic.Rule


@dataclass(frozen=True, slots=True)
class Transition:
    """``event`` moves a case from ``state`` to ``to`` when ``role`` asks and every guard is met."""

    state: str
    event: str
    to: str
    role: str
    guards: tuple[Guard, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether the event is allowed; ``to`` is None when it is not; ``reasons`` are all codes that apply, sorted.

    Codes: ``no_such_transition`` (alone), ``wrong_role``, ``related_party`` and those of the guards.
    """

    allowed: bool
    to: str | None
    reasons: tuple[str, ...]


def _holds(fact: str, value: bool = True) -> logic.Rule:
    return {"fact": fact, "op": "==", "value": value}


def _unless(fact: str, needed: str) -> logic.Rule:
    """``needed`` must hold where ``fact`` does."""
    return {"any": [_holds(fact, value=False), _holds(needed)]}


def _outcome_is(*names: str) -> logic.Rule:
    return {"any": [{"fact": "outcome", "op": "==", "value": name} for name in names]}


FORM_COMPLETE = Guard("form_incomplete", _holds("form_complete"))
IN_WINDOW = Guard("window_closed", _holds("in_window"))
NOT_BARRED = Guard("applicant_barred", _holds("applicant_barred", value=False))
GATES_MET = Guard("gates_failed", {"fact": "failed_gates", "op": "==", "value": 0})
REASON = Guard("reason_missing", _holds("reason_given"))
ENOUGH_REVIEWERS = Guard("too_few_reviewers", {"fact": "reviewers", "op": ">=", "other": "reviewers_needed"})
NO_CONFLICT = Guard("conflicted_reviewer", {"fact": "conflicted_reviewers", "op": "==", "value": 0})
ENOUGH_BIDS = Guard("too_few_bids", {"fact": "valid_bids", "op": ">=", "other": "min_bids"})
DECLARED = Guard("conflict_not_declared", _holds("conflict_declared"))
REVIEWS_OVER = Guard("reviews_open", {"any": [_holds("all_reviews_in"), _holds("review_deadline_passed")]})
QUORUM = Guard("no_quorum", _holds("quorum"))
MINUTES = Guard("minutes_missing", _holds("minutes"))
ORDER_KEPT = Guard("reason_missing", _unless("rank_order_changed", "reason_given"))
NOT_PROPOSER = Guard("four_eyes", _holds("same_actor_as_proposer", value=False))
NOT_CHECKER = Guard("four_eyes", _holds("same_actor_as_checker", value=False))
CONDITIONS = Guard("conditions_open", _holds("conditions_met"))
NOTICE_OVER = Guard("notice_running", {"fact": "notice_days_left", "op": "<=", "value": 0})
SIGNED = Guard("signature_missing", _holds("both_signed"))
CHECKED = Guard("check_missing", _holds("check_passed"))
WITHIN_AWARD = Guard("over_award", _holds("within_award"))
BOARD_AGREED = Guard("board_needed", _unless("targets_changed", "board_agreed"))
OUTCOME = Guard("outcome_missing", _outcome_is(*OUTCOMES))
LESSON = Guard(
    "lesson_missing",
    {"any": [{"not": _outcome_is("partial", "failed_in_good_faith", "failed_with_fault")}, _holds("lesson_text")]},
)
EXEMPTION = Guard(
    "exemption_case_missing", {"any": [{"not": _outcome_is("failed_in_good_faith")}, _holds("exemption_case")]}
)
BOARD_GUARDS = (QUORUM, MINUTES, ORDER_KEPT, NOT_PROPOSER)


def _rows(states: str, event: str, to: str, role: str, *guards: Guard) -> tuple[Transition, ...]:
    return tuple(Transition(state, event, to, role, guards) for state in states.split())


# Specification 5.2, row by row.
TABLE: tuple[Transition, ...] = (
    *_rows("draft", "submit", "submitted", "applicant_lead", FORM_COMPLETE, IN_WINDOW, NOT_BARRED),
    *_rows("draft", "delete", "deleted", "applicant_lead"),
    *_rows("submitted returned eligible in_review ranked", "withdraw", "withdrawn", "applicant_lead"),
    *_rows("submitted", "check_pass", "eligible", "officer", GATES_MET),
    *_rows("submitted", "check_fail", "ineligible", "officer", REASON),
    *_rows("submitted eligible", "ask", "returned", "officer", REASON),
    *_rows("returned", "resubmit", "submitted", "applicant_lead", FORM_COMPLETE, IN_WINDOW),
    *_rows("returned", "lapse", "withdrawn", "system"),
    *_rows("eligible", "assign", "in_review", "coordinator", ENOUGH_REVIEWERS, NO_CONFLICT, ENOUGH_BIDS),
    *_rows("in_review", "score", "in_review", "reviewer", DECLARED),
    *_rows("in_review", "close_review", "ranked", "coordinator", REVIEWS_OVER),
    *_rows("ranked", "approve", "approved", "board", *BOARD_GUARDS),
    *_rows("ranked", "approve_with_conditions", "approved_with_conditions", "board", *BOARD_GUARDS),
    *_rows("ranked", "reject", "rejected", "board", *BOARD_GUARDS),
    *_rows("ranked", "reserve", "reserve", "board", *BOARD_GUARDS),
    *_rows("reserve", "approve", "approved", "board", *BOARD_GUARDS),
    *_rows("reserve", "reject", "rejected", "board", *BOARD_GUARDS),
    *_rows("approved_with_conditions", "conditions_met", "approved", "officer", CONDITIONS),
    *_rows("approved", "publish_notice", "noticed", "officer"),
    *_rows("noticed", "object", "objected", "public"),
    *_rows("objected", "objection_rejected", "noticed", "objection_reviewer", REASON),
    *_rows("objected", "objection_upheld", "ranked", "objection_reviewer", REASON),
    *_rows("noticed", "sign", "active", "signatory", NOTICE_OVER, SIGNED),
    *_rows("active", "report_ok", "active", "officer"),
    *_rows("active", "pay", "active", "finance", CHECKED, NOT_CHECKER, WITHIN_AWARD),
    *_rows("active", "change", "in_change", "applicant_lead"),
    *_rows("in_change", "change_approved", "active", "officer", BOARD_AGREED),
    *_rows("in_change", "change_refused", "active", "officer", BOARD_AGREED),
    *_rows("active", "suspend", "suspended", "officer", REASON),
    *_rows("suspended", "resume", "active", "officer"),
    *_rows("active suspended", "close", "closed", "board", OUTCOME, LESSON, EXEMPTION, NOT_PROPOSER),
)

# What the text of 5.2 and 5.3 names beside the table: undoing a decision, the need of a challenge call, the levels of
# a certification, and titles with a term.
MORE: tuple[Transition, ...] = (
    *_rows("approved approved_with_conditions rejected reserve", "revert", "ranked", "board", REASON, NOT_PROPOSER),
    *_rows("ineligible", "revert", "submitted", "coordinator", REASON, NOT_PROPOSER),
    *_rows("need_collected", "check_need", "need_checked", "officer", REASON),
    *_rows("need_checked", "publish_need", "need_published", "coordinator", SIGNED, NOT_PROPOSER),
    *_rows("submitted", "check_county", "county_checked", "officer", GATES_MET),
    *_rows("county_checked", "check_city", "city_checked", "officer", GATES_MET, NOT_CHECKER),
    *_rows("city_checked", "check_province", "approved", "coordinator", GATES_MET, NOT_CHECKER, NOT_PROPOSER),
    *_rows("in_change", "change_lapse", "active", "system"),
    *_rows("county_checked city_checked", "check_fail", "ineligible", "officer", REASON),
    *_rows("county_checked city_checked", "ask", "returned", "officer", REASON),
    *_rows("county_checked city_checked", "withdraw", "withdrawn", "applicant_lead"),
    *_rows("approved noticed", "issue", "entitled", "officer", NOTICE_OVER, NOT_CHECKER),
    *_rows("entitled", "expire", "expired", "system"),
    *_rows("entitled expired", "renew", "renewed", "officer", NOT_CHECKER),
    *_rows("entitled", "revoke", "revoked", "board", REASON, NOT_PROPOSER),
    *_rows("entitled", "give_notice", "leaving", "applicant_lead"),
    *_rows("leaving", "leave", "expired", "officer", NOTICE_OVER),
)


def _index(rows: Iterable[Transition]) -> dict[tuple[str, str], Transition]:
    return {(row.state, row.event): row for row in rows}


KNOWN = _index((*TABLE, *MORE))
STATES = tuple(dict.fromkeys(state for row in (*TABLE, *MORE) for state in (row.state, row.to)))
EVENTS = tuple(dict.fromkeys(row.event for row in (*TABLE, *MORE)))
ROLES = tuple(dict.fromkeys(row.role for row in (*TABLE, *MORE)))


def model_of(event: str) -> Transition | None:
    """The first row of an event: its role and guards hold on every route that a process gives it."""
    return next((row for row in (*TABLE, *MORE) if row.event == event), None)


def transitions(content: Mapping[str, Any]) -> tuple[Transition, ...]:
    """The rows of a process: those of the tables between its states, then its routes (which replace or add).

    ``content`` is a sound definition (see :mod:`~innovation.calls.rules.workflow.processes`): ``states``, ``left_out``
    (events that it does not have) and ``routes`` (``from``, ``event``, ``to``).
    """
    states = set(content["states"])
    left_out = set(content.get("left_out", ()))
    rows = {
        key: row for key, row in KNOWN.items() if row.state in states and row.to in states and row.event not in left_out
    }
    for route in content.get("routes", ()):
        key = (route["from"], route["event"])
        model = KNOWN.get(key) or model_of(route["event"])
        if model is not None:
            rows[key] = Transition(route["from"], route["event"], route["to"], model.role, model.guards)
    return tuple(rows.values())


def decide_by(rows: Iterable[Transition], state: str, event: str, role: str, context: Context) -> Decision:
    """As :func:`decide`, for the rows of one process."""
    row = next((one for one in rows if one.state == state and one.event == event), None)
    if row is None:
        return Decision(allowed=False, to=None, reasons=("no_such_transition",))
    facts = _facts(context)
    reasons = {guard.code for guard in row.guards if logic.evaluate(guard.rule, facts) is not logic.Truth.MET}
    if role != row.role:
        reasons.add("wrong_role")
    if row.role in OFFICE_ROLES and facts["related"]:
        reasons.add("related_party")
    return Decision(not reasons, None if reasons else row.to, tuple(sorted(reasons)))


def target(rows: Iterable[Transition], state: str, event: str) -> str | None:
    """Where an event leads from a state, None where it does not exist."""
    return next((row.to for row in rows if row.state == state and row.event == event), None)


def events_for(rows: Iterable[Transition], state: str, role: str) -> tuple[str, ...]:
    """The events that a role may ask for in a state, whatever the guards say; for buttons."""
    return tuple(row.event for row in rows if row.state == state and row.role == role)


def _facts(context: Context) -> dict[str, Any]:
    """The context with its defaults, each fact of its kind: yes/no by truth, numbers counted, text as it is."""
    return {name: _typed(context.get(name), default) for name, default in CONTEXT.items()}


def _typed(value: Any, default: bool | int | str) -> Any:
    if value is None:
        return default
    if isinstance(default, bool):
        return bool(value)
    if isinstance(default, str):
        return str(value)
    if isinstance(value, list | tuple | set | frozenset | dict):
        return len(value)
    exact = number(value)
    return default if exact is None else exact
