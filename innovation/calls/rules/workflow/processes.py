"""Processes as data: the kinds that are shipped, and the check of one that an officer makes (specification 5.3).

A process says which states it has and which routes differ because it leaves states out. It can neither drop a guard
nor hand an event to another role, nor reach a decided state by an event that decides nothing.

Content of a process::

    {"key": "rd_fund", "title": {"en": "…", "zh": "…"}, "start": "draft", "states": ["draft", …],
     "left_out": ["reserve"],                                   events that this process does not have
     "routes": [{"from": "submitted", "event": "check_pass", "to": "ranked"}],
     "notice_days": 5 | 7, "reviewers_needed": 3, "min_bids": 0, "return_days": 10, "change_days": 20,
     "max_pause_days": 60, "entitlement_months": 36 | null, "decision_days": 30 | null, "kpi_mode": "targets" | "none",
     "requires": ["technology_manager", …]}

Days are working days, except ``decision_days`` (calendar days from submission to decision).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from innovation.calls.rules.workflow.table import (
    EVENTS,
    KNOWN,
    STATES,
    TABLE,
    Context,
    Decision,
    Transition,
    decide_by,
    model_of,
    transitions,
)

Content = Mapping[str, Any]

NOTICE_DAYS = (5, 7)
RETURN_DAYS = 10
STARTS = ("draft", "need_collected")
FINAL = frozenset(
    {
        "deleted", "withdrawn", "ineligible", "rejected", "closed", "expired", "renewed", "revoked", "need_published",
    }
)  # fmt: skip
# Where an event may lead besides the tables, so that no route grants what only a decision may grant.
OTHER_TARGETS: dict[str, frozenset[str]] = {
    "check_pass": frozenset({"eligible", "ranked", "approved"}),
    "sign": frozenset({"active", "entitled"}),
    "close_review": frozenset({"ranked"}),
    "objection_upheld": frozenset({"submitted", "eligible", "city_checked", "ranked"}),
    "check_county": frozenset({"county_checked", "city_checked"}),
}
REQUIREMENTS = (
    "technology_manager", "trl_gate", "own_share", "need_owner_signs", "market_check", "contributed_rights",
)  # fmt: skip
KPI_MODES = ("targets", "none")
# Whole numbers of a process: smallest and largest.
NUMBERS: dict[str, tuple[int, int]] = {
    "reviewers_needed": (1, 15),
    "min_bids": (0, 50),
    "return_days": (1, 60),
    "change_days": (1, 120),
    "max_pause_days": (1, 365),
    "entitlement_months": (1, 240),
    "decision_days": (1, 365),
}
_KEYS = frozenset(
    {"key", "title", "start", "states", "left_out", "routes", "notice_days", "kpi_mode", "requires", *NUMBERS}
)
_DEFAULTS: dict[str, Any] = {
    "start": "draft", "left_out": [], "routes": [], "notice_days": 5, "reviewers_needed": 3, "min_bids": 0,
    "return_days": RETURN_DAYS, "change_days": 20, "max_pause_days": 60, "entitlement_months": None,
    "decision_days": None, "kpi_mode": "targets", "requires": [],
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ProcessFault:
    """What is wrong with a process: JSON path, code, and the words that it is about.

    Codes: ``not_a_process``, ``unknown_key``, ``no_title``, ``unknown_state``, ``unknown_event``, ``twice``,
    ``route_not_allowed``, ``no_start``, ``unreachable``, ``dead_end``, ``no_way_to_withdraw``, ``wrong_number``,
    ``wrong_notice``, ``wrong_choice``.
    """

    path: str
    code: str
    facts: Mapping[str, Any]


def _process(key: str, en: str, zh: str, states: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "title": {"en": en, "zh": zh}, "states": states.split(), **_DEFAULTS, **more}


_TABLE_STATES = " ".join(dict.fromkeys(state for row in TABLE for state in (row.state, row.to)))
_BEFORE = "draft deleted submitted returned withdrawn ineligible"
_RUNNING = "active in_change suspended closed"

SHIPPED: dict[str, dict[str, Any]] = {
    content["key"]: content
    for content in (
        _process("rd_fund", "R&D fund call", "研发专项资金申报", _TABLE_STATES, requires=["own_share", "market_check"]),
        _process(
            "challenge", "Challenge call", "揭榜挂帅",
            f"need_collected need_checked need_published {_TABLE_STATES}",
            min_bids=3, requires=["own_share", "trl_gate", "need_owner_signs", "market_check"],
        ),
        _process(
            "proof_of_concept", "Proof of concept", "概念验证", f"{_BEFORE} ranked approved rejected {_RUNNING}",
            routes=[
                {"from": "submitted", "event": "check_pass", "to": "ranked"},
                {"from": "approved", "event": "sign", "to": "active"},
            ],
            decision_days=30, requires=["technology_manager", "trl_gate"],
        ),
        _process(
            "basic_grant", "Long-term basic research grant", "基础研究长期资助", _TABLE_STATES,
            kpi_mode="none",
        ),
        _process(
            "talent_registration", "Talent registration", "人才认定登记",
            f"{_BEFORE} approved entitled expired renewed revoked",
            routes=[{"from": "submitted", "event": "check_pass", "to": "approved"}], entitlement_months=36,
            left_out=["revert", "give_notice"],
        ),
        _process(
            "patent_membership", "Patent pool membership", "专利池入池",
            f"{_BEFORE} approved entitled leaving expired revoked",
            routes=[
                {"from": "submitted", "event": "check_pass", "to": "approved"},
                {"from": "approved", "event": "sign", "to": "entitled"},
            ],
            left_out=["issue", "revert"], requires=["contributed_rights"],
        ),
        _process(
            "patent_licence", "Patent pool licence", "专利池许可", f"{_BEFORE} approved entitled expired revoked",
            routes=[
                {"from": "submitted", "event": "check_pass", "to": "approved"},
                {"from": "approved", "event": "sign", "to": "entitled"},
            ],
            left_out=["issue", "revert"], entitlement_months=12,
        ),
        _process(
            "sme_certification", "SME certification", "中小企业梯度培育认定",
            f"{_BEFORE} county_checked city_checked approved noticed objected entitled expired renewed revoked",
            routes=[{"from": "objected", "event": "objection_upheld", "to": "city_checked"}],
            left_out=["check_pass", "sign", "revert", "give_notice"], entitlement_months=36,
        ),
    )
}  # fmt: skip


def decide(process: str | Content, state: str, event: str, role: str, context: Context | None = None) -> Decision:
    """Whether ``role`` may ask for ``event`` on a case in ``state`` (specification 5.2).

    ``process`` is the key of a shipped process or the content of one. Facts that the context does not hold are false,
    0 or none; ``within_award`` is true. An unknown process, state or event is ``no_such_transition``. A process that
    needs another number of reviewers or bids says so itself unless the context does.
    """
    content = SHIPPED.get(process) if isinstance(process, str) else process
    if content is None:
        return Decision(allowed=False, to=None, reasons=("no_such_transition",))
    settings = {name: content[name] for name in ("reviewers_needed", "min_bids") if name in content}
    return decide_by(transitions(content), state, event, role, {**settings, **(context or {})})


def check_process(content: object) -> tuple[ProcessFault, ...]:
    """Everything that is wrong with the content of a process, empty when it may be published."""
    if not isinstance(content, Mapping):
        return (ProcessFault("$", "not_a_process", {}),)
    faults = [*_key_faults(content), *_name_faults(content)]
    return tuple(faults or _path_faults(content))


def with_defaults(content: Content) -> dict[str, Any]:
    """The content with every setting that it leaves out."""
    return {**_DEFAULTS, **content}


def certain_before(content: Content, state: str) -> frozenset[str]:
    """The states that every way from the start to ``state`` leads through, whatever was recorded of one case.

    The states of a need lie before its bids: a draft can only be begun once the need is published.
    """
    rows, start = transitions(content), content.get("start", STARTS[0])
    needs = {one for row in rows for one in (row.state, row.to) if one.startswith("need_")}
    first = STARTS[1] if state in needs else start
    found = {
        one
        for one in {row.state for row in rows} - {state}
        if one == first or state not in _reached(tuple(row for row in rows if one not in {row.state, row.to}), {first})
    }
    return frozenset(found | (needs if state not in needs else set()))


def _key_faults(content: Content) -> Iterator[ProcessFault]:
    yield from (ProcessFault(f"$.{key}", "unknown_key", {"key": str(key)}) for key in content if key not in _KEYS)
    title = content.get("title")
    if not isinstance(title, Mapping) or not (title.get("en") and title.get("zh")):
        yield ProcessFault("$.title", "no_title", {})
    if not isinstance(content.get("key"), str) or not content["key"].isidentifier():
        yield ProcessFault("$.key", "not_a_process", {})
    for name, (least, most) in NUMBERS.items():
        value = content.get(name)
        if value is None and (name not in content or _DEFAULTS[name] is None):
            continue
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            yield ProcessFault(f"$.{name}", "wrong_number", {"least": least, "most": most})
    if content.get("notice_days", NOTICE_DAYS[0]) not in NOTICE_DAYS:
        yield ProcessFault("$.notice_days", "wrong_notice", {"allowed": list(NOTICE_DAYS)})
    if content.get("kpi_mode", KPI_MODES[0]) not in KPI_MODES:
        yield ProcessFault("$.kpi_mode", "wrong_choice", {"allowed": list(KPI_MODES)})
    requires = content.get("requires", [])
    if not isinstance(requires, list) or any(one not in REQUIREMENTS for one in requires):
        yield ProcessFault("$.requires", "wrong_choice", {"allowed": list(REQUIREMENTS)})


def _name_faults(content: Content) -> Iterator[ProcessFault]:
    states = content.get("states")
    if not isinstance(states, list) or not states:
        yield ProcessFault("$.states", "not_a_process", {})
        return
    for place, state in enumerate(states):
        if state not in STATES:
            yield ProcessFault(f"$.states[{place}]", "unknown_state", {"state": str(state)})
        elif state in states[:place]:
            yield ProcessFault(f"$.states[{place}]", "twice", {"state": state})
    start = content.get("start", "draft")
    if start not in STARTS or start not in states:
        yield ProcessFault("$.start", "no_start", {"allowed": list(STARTS)})
    left_out = content.get("left_out", [])
    if not isinstance(left_out, list):
        yield ProcessFault("$.left_out", "not_a_process", {})
        return
    for place, event in enumerate(left_out):
        if event not in EVENTS:
            yield ProcessFault(f"$.left_out[{place}]", "unknown_event", {"event": str(event)})
    yield from _route_faults(content.get("routes", []), states)


def _route_faults(routes: Any, states: list[str]) -> Iterator[ProcessFault]:
    if not isinstance(routes, list):
        yield ProcessFault("$.routes", "not_a_process", {})
        return
    seen = set()
    for place, route in enumerate(routes):
        path = f"$.routes[{place}]"
        if not _is_route(route):
            yield ProcessFault(path, "not_a_process", {})
            continue
        for end in ("from", "to"):
            if route[end] not in states:
                yield ProcessFault(f"{path}.{end}", "unknown_state", {"state": str(route[end])})
        if model_of(route["event"]) is None:
            yield ProcessFault(f"{path}.event", "unknown_event", {"event": str(route["event"])})
        elif route["to"] not in _targets(route["event"]):
            yield ProcessFault(f"{path}.to", "route_not_allowed", {"allowed": sorted(_targets(route["event"]))})
        key = (route["from"], route["event"])
        if key in seen:
            yield ProcessFault(path, "twice", {"event": str(route["event"])})
        seen.add(key)


def _is_route(route: Any) -> bool:
    return (
        isinstance(route, Mapping)
        and route.keys() == {"from", "event", "to"}
        and all(isinstance(part, str) for part in route.values())
    )


def _targets(event: str) -> frozenset[str]:
    return OTHER_TARGETS.get(event, frozenset()) | {row.to for row in KNOWN.values() if row.event == event}


def _path_faults(content: Content) -> Iterator[ProcessFault]:
    """Every state can be reached, and from every state that is not final a case can go on."""
    rows = transitions(content)
    places = {state: place for place, state in enumerate(content["states"])}
    # The need and the bids of a challenge call are two records: publishing the need opens the drafts.
    reached = _reached(rows, {content.get("start", "draft"), *({*STARTS} & places.keys())})
    leads_on = {row.state for row in rows if row.to != row.state}
    for state, place in places.items():
        if state not in reached:
            yield ProcessFault(f"$.states[{place}]", "unreachable", {"state": state})
        if state not in FINAL and state not in leads_on:
            yield ProcessFault(f"$.states[{place}]", "dead_end", {"state": state})
    events = {(row.state, row.event) for row in rows}
    if "submitted" in places and ("submitted", "withdraw") in KNOWN and ("submitted", "withdraw") not in events:
        yield ProcessFault("$.states", "no_way_to_withdraw", {})


def _reached(rows: tuple[Transition, ...], starts: set[str]) -> set[str]:
    found, waiting = set(starts), list(starts)
    while waiting:
        state = waiting.pop()
        fresh = {row.to for row in rows if row.state == state} - found
        found |= fresh
        waiting += fresh
    return found
