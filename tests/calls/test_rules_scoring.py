"""Rubrics and gaps, scores and ranking, assignment, likeness of texts, deadlines, bids."""

import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innovation.calls.rules import bids, deadlines, gaps, rubric, scoring, workflow
from innovation.calls.rules import rubric as rubrics
from innovation.calls.rules.assignment import Relation, Reviewer, Seats, propose
from innovation.calls.rules.deadlines import deadline, within_window
from innovation.calls.rules.forms import check_definition
from innovation.calls.rules.grants import grant_limit
from innovation.calls.rules.scoring import CaseRule, Criterion, Entry
from innovation.calls.rules.similarity import likeness, near_duplicates
from innovation.core.workdays import SHANGHAI, Calendar
from tests.calls.test_rules_forms import FORM

SHIPPED = json.loads(
    (Path(rubrics.__file__).parents[2] / "data" / "rubrics_cn.json").read_text(encoding="utf-8"), parse_float=Decimal
)
CLAIMS = frozenset(name for name, fact in SHIPPED["facts"].items() if fact["claim"])
VERSIONS = {version["id"]: version for version in SHIPPED["rubrics"]}
FIRM = {
    "ip_class": "class2", "rd_ratio": "0.02", "main_revenue_growth": "0.06", "debt_ratio": "0.6",
    "strategic_industry": False, "main_ratio": "0.62",
}  # fmt: skip
shares = st.integers(0, 1000).map(lambda thousandth: Fraction(thousandth, 1000))


def test_shipped_rubrics_are_sound_and_marked():
    for version in SHIPPED["rubrics"]:
        assert rubric.check_rubric(version) == ()
    assert rubric.run(VERSIONS["innovative_sme_2022"], FIRM).verified
    assert not rubric.run(VERSIONS["srdi_2026"], {}).verified


@given(shares, shares, st.sampled_from(["rd_ratio", "main_revenue_growth", "main_ratio"]))
def test_more_never_brings_fewer_points(one, other, fact):
    low, high = (
        rubric.run(VERSIONS["innovative_sme_2022"], FIRM | {fact: value}).total for value in sorted((one, other))
    )
    assert low <= high


@given(st.sets(st.sampled_from(sorted(FIRM))))
def test_unknown_facts_only_widen_what_is_possible(hidden):
    version = VERSIONS["innovative_sme_2022"]
    full = rubric.run(version, FIRM, claims=CLAIMS)
    part = rubric.run(version, {key: value for key, value in FIRM.items() if key not in hidden}, claims=CLAIMS)
    assert part.total <= full.total <= part.total_max
    assert part.passed in {None, full.passed}


def change_rubric(path, value):
    version = json.loads(json.dumps(VERSIONS["srdi_2022"], default=float))
    place = version
    *way, last = path
    for step in way:
        place = place[step]
    place[last] = value
    return version


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        (("status",), "sure", "wrong_status"),
        (("windows",), [], "no_window"),
        (("windows", 0, "to"), "2020-01-01", "wrong_window"),
        (("derived", "rd_ratio", "args"), ["rd_expense"], "wrong_derived"),
        (("gates", 0, "rule"), {"all": []}, "rule_empty_group"),
        (("gates", 1, "id"), "segment_years", "duplicate_id"),
        (("groups", 0, "items", 0, "type"), "magic", "unknown_type"),
        (("groups", 0, "items", 0, "bands"), [{"min": 0.1, "points": 1}, {"min": 0.2, "points": 3}], "wrong_order"),
        (("groups", 0, "items", 0, "bands"), [{"min": 0.1, "points": 1}], "no_last_band"),
        (("groups", 0, "items", 2, "per"), 0, "wrong_number"),
        (("pass",), None, "no_pass_rule"),
        (("pass", "group_min"), {"charm": 3}, "unknown_group"),
        (("gates", 0, "rule", "fact"), "founder_age", "scores_age"),
    ],
)
def test_faults_of_a_rubric(path, value, code):
    version = change_rubric(path, value)
    assert code in [fault.code for fault in rubric.check_rubric(version)]
    if code == "scores_age":
        assert rubric.check_rubric(version, legal_basis="Rule of the funder") == ()


def test_gap_list_names_what_lacks_what_is_unknown_and_the_best_steps():
    listed = gaps.gap_list(SHIPPED["rubrics"], "innovative_sme", date(2026, 5, 10), FIRM, claims=CLAIMS)
    assert listed.result.total == 50
    assert listed.result.shortfall_total == 10
    assert [(step.item, step.points, step.closes) for step in listed.steps] == [
        ("debt", 5, True), ("growth", 5, False), ("ip", 5, True), ("rd_ratio", 5, False), ("main_ratio", 5, False),
        ("sei", 5, False),
    ]  # fmt: skip
    assert [step.limit for step in listed.steps[1:4]] == [Decimal("0.10"), "class1", Decimal("0.03")]
    srdi = {"segment_years": 5, "quality_marks": ["iso"], "main_ratio": "0.9"}
    steps = gaps.gap_list(SHIPPED["rubrics"], "srdi", date(2024, 6, 1), srdi, claims=CLAIMS).steps
    assert [(step.item, step.limit, step.points) for step in steps] == [
        ("quality", ("award", "brand", "standard"), 2), ("years", 6, 1),
    ]  # fmt: skip
    giant = {"holds_srdi": True, "segment_years": 2, "revenue": 60_000_000, "revenue_3y": [100, 100, 104]}
    listed = gaps.gap_list(SHIPPED["rubrics"], "little_giant", date(2026, 6, 1), giant, claims=CLAIMS)
    assert [(lack.gate, lack.actual, lack.distance) for lack in listed.lacks] == [
        ("segment_years", 2, 1), ("growth", None, None),
    ]  # fmt: skip
    assert {lack.way for lack in listed.lacks} == {0}
    centre = {"sector": "other", "revenue": 500_000_000, "rd_ratio": "0.02", "rd_expense": 10_000_000}
    listed_centre = gaps.gap_list(
        SHIPPED["rubrics"], "gd_enterprise_tech_centre", date(2026, 6, 1), centre, claims=CLAIMS
    )
    assert [(lack.gate, lack.fact, lack.way) for lack in listed_centre.lacks] == [
        ("rd", "revenue", 0), ("rd", "rd_expense", 0), ("rd", "rd_ratio", 1),
    ]  # fmt: skip
    assert ("debt", ("debt_ratio",)) in [(one.part, one.facts) for one in listed.needed]
    assert gaps.next_window(SHIPPED["rubrics"], "srdi", "new", date(2020, 1, 1)) == date(2022, 8, 1)
    assert gaps.next_window(SHIPPED["rubrics"], "srdi", "new", date(2026, 5, 1)) == date(2026, 5, 1)


def test_grant_limit_is_cut_and_unknown_is_told():
    assert grant_limit("experimental", "business", "medium", 99, 35).over_by_fen == 1
    assert grant_limit("luxury", "business", "small", 100).status == "no_rule"
    assert grant_limit("industrial", "business", "small", None).status == "not_known"


CRITERIA = [Criterion("novelty", 2, 5), Criterion("market", 1, 10), Criterion("energy", 1, 5, optional=True)]


def test_reviewer_total_counts_answered_criteria_and_the_sheet_is_checked():
    assert scoring.reviewer_total(CRITERIA, {"novelty": 4, "market": 5, "energy": None}) == Fraction(210, 3)
    assert scoring.reviewer_total(CRITERIA, {"energy": None}) is None
    faults = scoring.check_sheet(CRITERIA, {"novelty": 6, "market": None, "energy": None, "charm": 1})
    assert {(fault.criterion, fault.code) for fault in faults} == {
        ("novelty", "outside_scale"), ("market", "missing"), ("charm", "unknown_criterion"),
    }  # fmt: skip


def test_case_score_by_the_rule_of_the_call():
    totals = [Fraction(one) for one in (10, 70, 80, 90, 100)]
    assert scoring.case_score(totals) == 70
    assert scoring.case_score(totals, CaseRule.TRIMMED_MEAN) == 80
    assert scoring.case_score(totals[:4], CaseRule.TRIMMED_MEAN) == Fraction(125, 2)
    assert scoring.case_score(totals, CaseRule.MEDIAN) == 80
    assert scoring.case_score([]) is None
    told = scoring.spread([Fraction(70), Fraction(80)])
    assert (told.n, told.mean, told.sd, told.least, told.most) == (2, 75, Decimal("7.071068"), 70, 80)
    assert scoring.shown(Fraction(2, 3)) == Decimal("0.67")


@given(st.lists(st.integers(0, 100), min_size=1, max_size=9), st.integers(0, 8), st.integers(0, 100))
def test_scores_are_monotone_and_between_their_ends(totals, place, more):
    place %= len(totals)
    raised = [*totals]
    raised[place] = max(more, totals[place])
    for rule in CaseRule:
        before = scoring.case_score([Fraction(one) for one in totals], rule)
        assert min(totals) <= before <= max(totals)
        assert before <= scoring.case_score([Fraction(one) for one in raised], rule)


def test_divergence_severity_and_ranking():
    assert scoring.divergent({"a": Fraction(90), "b": Fraction(70), "c": Fraction(70)}) == ()
    assert scoring.divergent({"a": Fraction(91), "b": Fraction(70), "c": Fraction(70)}) == ("a",)
    told = scoring.severity({"1": {"a": Fraction(80), "b": Fraction(60)}, "2": {"a": Fraction(50)}})
    assert [(one.reviewer, one.cases, one.deviation) for one in told] == [("a", 1, 10), ("b", 1, -10)]
    rows = scoring.rank(
        [Entry("d", None), Entry("c", Fraction(80), (1, 5)), Entry("b", Fraction(80), (1, 6)),
         Entry("a", Fraction(80), (1, 5)), Entry("e", Fraction(239, 3), (9, 9))]
    )  # fmt: skip
    assert [(row.case, row.rank, row.tied) for row in rows] == [
        ("b", 1, False), ("a", 2, True), ("c", 2, True), ("e", 4, False), ("d", None, False),
    ]  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_laws_of_assignment(data):
    cases = [Seats(f"c{n}", data.draw(st.integers(0, 3)), frozenset({"ab"[n % 2]})) for n in range(4)]
    reviewers = [
        Reviewer(f"r{n}", data.draw(st.integers(0, 4)), data.draw(st.integers(0, 2)), frozenset({"ab"[n % 2]}))
        for n in range(5)
    ]
    relations = {
        (case.case, one.key): data.draw(st.sampled_from([*Relation, Relation.NONE, Relation.NONE]))
        for case in cases
        for one in reviewers[:4]
    }
    answer = propose(cases, reviewers, relations)
    assert propose(cases[::-1], reviewers[::-1], relations) == answer
    pairs = [(choice.case, choice.reviewer) for choice in answer.choices]
    assert len(set(pairs)) == len(pairs)
    assert all(relations.get(pair) is Relation.NONE for pair in pairs)
    for one in reviewers:
        gained = sum(key == one.key for _case, key in pairs)
        assert answer.loads[one.key] == one.load + gained
        assert not gained or answer.loads[one.key] <= one.limit
    missing = {shortage.case: shortage.missing for shortage in answer.shortages}
    for case in cases:
        assert sum(name == case.case for name, _key in pairs) + missing.get(case.case, 0) == case.needed


@given(st.integers(1, 6), st.integers(3, 7), st.integers(1, 3))
@settings(max_examples=25, deadline=None)
def test_load_is_even_wherever_nothing_stands_against_it(many, heads, needed):
    cases = [Seats(f"c{n}", needed) for n in range(many)]
    reviewers = [Reviewer(f"r{n}", 20) for n in range(heads)]
    relations = {(case.case, one.key): Relation.NONE for case in cases for one in reviewers}
    answer = propose(cases, reviewers, relations)
    assert answer.shortages == ()
    assert max(answer.loads.values()) - min(answer.loads.values()) <= 1


def test_expertise_decides_among_equals_and_a_shortage_says_why():
    cases = [Seats("chips", 1, frozenset({"semiconductor"})), Seats("cells", 2, frozenset({"battery"}))]
    reviewers = [
        Reviewer("an", 3, 0, frozenset({"battery"})), Reviewer("bo", 3, 0, frozenset({"semiconductor"})),
        Reviewer("cai", 3, 0, frozenset({"battery"})), Reviewer("deng", 0), Reviewer("er", 3),
    ]  # fmt: skip
    relations = {(case, key): Relation.NONE for case in ("chips", "cells") for key in ("an", "bo", "cai", "deng")}
    answer = propose(cases, reviewers, relations)
    assert [(one.case, one.reviewer, one.shared) for one in answer.choices] == [
        ("cells", "an", ("battery",)), ("cells", "cai", ("battery",)), ("chips", "bo", ("semiconductor",)),
    ]  # fmt: skip
    relations["cells", "cai"] = Relation.CONFLICT
    (short,) = propose(cases, reviewers, relations, least_match=1).shortages
    assert (short.case, short.missing, short.conflict, short.unknown) == ("cells", 1, ("cai",), ("er",))
    assert short.no_match == ("bo", "deng")


def test_near_duplicates_in_both_languages_with_their_passages():
    chinese = "本项目研究高精度扭矩传感器的标定方法，目标是把误差降到千分之一以下。"
    texts = {
        "a": chinese,
        "b": "本项目研究高精度扭矩传感器的标定方法;目标是把误差降到千分之二以下！",
        "c": "城市共享实验室的预约系统与收费办法，面向中小企业开放。",
        "d": "We calibrate torque sensors with a laser bench, and publish the open data set in 2026.",
        "e": "Our aim: WE CALIBRATE TORQUE SENSORS WITH A LASER BENCH and sell them abroad to many new buyers.",
    }
    found = near_duplicates(texts, Fraction(2, 5))
    assert [(one.left, one.right) for one in found] == [("a", "b"), ("d", "e")]
    assert found[0].passages[0].left.startswith("本项目研究高精度扭矩传感器的标定方法")
    assert found[1].passages[0].right == "WE CALIBRATE TORQUE SENSORS WITH A LASER BENCH and"
    assert likeness(chinese, chinese) == 1
    assert likeness(chinese, texts["c"]) == 0


@given(st.text(alphabet="甲乙丙 ab1", max_size=40), st.text(alphabet="甲乙丙 ab1", max_size=40))
def test_likeness_is_symmetric_and_bounded(left, right):
    assert likeness(left, right) == likeness(right, left)
    assert 0 <= likeness(left, right) <= 1


CLOSES = datetime(2026, 5, 26, tzinfo=SHANGHAI)
OPENS = datetime(2026, 4, 25, tzinfo=SHANGHAI)


@given(st.integers(0, 3600), st.integers(-2, 2))
def test_window_is_exact_to_the_millisecond(grace, ms):
    late = timedelta(milliseconds=ms)
    held = timedelta(seconds=grace)
    assert within_window(CLOSES + held + late, OPENS, CLOSES, held) is (ms <= 0)
    assert within_window(OPENS + late, OPENS, CLOSES, held) is (ms >= 0)
    assert within_window(CLOSES + late, None, None, held)


def test_window_refuses_moments_without_zone():
    with pytest.raises(ValueError, match="zone"):
        within_window(datetime(2026, 5, 1), OPENS, CLOSES)  # noqa: DTZ001  that is what is refused


CALENDAR = Calendar.of(
    [(date(2026, 10, day), "off") for day in range(1, 8)] + [(date(2026, 10, 10), "work"), (date(2026, 9, 20), "work")]
)


def test_every_kind_of_deadline():
    submitted = {"submitted": date(2026, 9, 18)}
    five = {"kind": "working_days", "event": "submitted", "days": 5}
    assert deadline(five, CALENDAR, events=submitted).due == date(2026, 9, 24)
    assert deadline(five, CALENDAR).status == "event_missing"
    assert deadline(five, CALENDAR, events={"submitted": date(2027, 1, 4)}).status == "calendar_missing"
    paused = deadline(five, CALENDAR, events=submitted, pauses=[(date(2026, 9, 21), date(2026, 9, 23))])
    assert paused.due == date(2026, 9, 28)
    rolled = {"kind": "calendar_days", "event": "submitted", "days": 7}
    assert deadline(rolled, CALENDAR, events={"submitted": date(2026, 9, 28)}).due == date(2026, 10, 8)
    window = {"kind": "window", "opens": "2026-04-25", "closes": "2026-05-25"}
    assert deadline(window, CALENDAR).moment == CLOSES
    assert deadlines.opening(window) == OPENS
    assert deadline({**window, "closing": "17:00"}, CALENDAR).moment == datetime(2026, 5, 25, 17, tzinfo=SHANGHAI)
    assert deadline({"kind": "absolute", "on": "2026-05-31"}, CALENDAR).due == date(2026, 5, 31)
    yearly = {"kind": "yearly", "month_day": "02-29"}
    assert deadline(yearly, CALENDAR, after=date(2026, 3, 1)).due == date(2027, 2, 28)
    assert all(deadlines.check_deadline(rule) == () for rule in (five, rolled, window, yearly))


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ({"kind": "someday"}, "unknown_kind"),
        ({"kind": "working_days", "days": 3}, "missing_part"),
        ({"kind": "working_days", "event": "x", "days": True}, "wrong_days"),
        ({"kind": "yearly", "month_day": "02-30"}, "wrong_day"),
        ({"kind": "absolute", "on": "2026-02-30"}, "wrong_day"),
        ({"kind": "absolute", "on": "2026-02-03", "closing": "25:00"}, "wrong_closing"),
        ({"kind": "window", "opens": "2026-05-01", "closes": "2026-04-01"}, "wrong_order"),
        ({"kind": "absolute", "on": "2026-02-03", "days": 3}, "unknown_key"),
    ],
)
def test_faults_of_a_deadline(rule, code):
    assert [fault.code for fault in deadlines.check_deadline(rule)] == [code]


GOOD_BID = bids.Bid(
    partners=4, lead_is_company=True, own_fen=70, total_fen=100, body_bids=2, body_leads=0, body_is_company=False,
    body_rd_fen=None, leader_unfinished=2, leader_overdue=0, leader_bids=1,
)  # fmt: skip


@pytest.mark.parametrize(
    ("change", "valid", "failed", "unknown"),
    [
        ({}, True, (), ()),
        ({"partners": 5}, False, ("too_many_members",), ()),
        ({"lead_is_company": False, "own_fen": 69}, False, ("company_must_lead", "own_share_low"), ()),
        ({"body_bids": 3}, False, ("too_many_bids",), ()),
        ({"body_bids": 5, "body_is_company": True, "body_rd_fen": 5_000_000_000}, True, (), ()),
        ({"body_bids": 3, "body_is_company": True}, None, (), ("too_many_bids",)),
        ({"body_leads": 2, "body_is_company": True, "body_rd_fen": 5_000_000_000}, False, ("too_many_leads",), ()),
        ({"leader_unfinished": 3, "leader_overdue": 1, "leader_bids": 2}, False,
         ("leader_unfinished", "leader_overdue", "leader_bids"), ()),
        ({"own_fen": None}, None, (), ("own_share_low",)),
    ],
)  # fmt: skip
def test_bids_of_a_challenge_call(change, valid, failed, unknown):
    fields = {name: getattr(GOOD_BID, name) for name in GOOD_BID.__slots__} | change
    answer = bids.judge_bid(bids.Bid(**fields), bids.BidRules(company_must_lead=True))
    assert (answer.valid, answer.failed, answer.unknown) == (valid, failed, unknown)


def test_direction_with_too_few_bids_is_not_reviewed():
    few, enough = (bids.judge_direction(valid, bids.BidRules()) for valid in (2, 3))
    assert (few.reviewed, few.missing_bids, few.funded_at_most) == (False, 1, 0)
    assert (enough.reviewed, enough.missing_bids, enough.funded_at_most) == (True, 0, 1)


@pytest.mark.parametrize("strange", [None, -1, 1.5, "x", [], {}, [1], [[]], {"fact": 1}, True])
def test_checks_of_definitions_survive_whatever_an_import_brings(strange):
    def wrongs(base, check):
        for path in places(base):
            broken = json.loads(json.dumps(base))
            place = broken
            for step in path[:-1]:
                place = place[step]
            place[path[-1]] = strange
            for fault in check(broken):
                assert fault.path.startswith("$")
                assert fault.code

    def places(part, path=()):
        if path:
            yield path
        inside = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
        for key, value in inside:
            yield from places(value, (*path, key))

    wrongs(FORM, check_definition)
    wrongs(json.loads(json.dumps(VERSIONS["srdi_2022"], default=float)), rubric.check_rubric)
    wrongs(workflow.SHIPPED["sme_certification"], workflow.check_process)
    wrongs({"kind": "working_days", "event": "sent", "days": 3, "closing": "17:00"}, deadlines.check_deadline)
