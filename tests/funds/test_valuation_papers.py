"""Valuation papers: who may move them where, four eyes, only what is approved counts, and what the database refuses."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from funds.actions.valuation_papers import approve_paper, objections, return_paper, save_paper, submit_paper
from funds.models import Threshold, Valuation, ValuationPaper, ValuationRound
from funds.queries.holdings import books_of
from funds.queries.sums import Moment
from innovation.accounts.choices import Role
from innovation.core import history
from innovation.core.errors import RuleViolation
from innovation.core.transitions import TransitionRefused, steps_of
from tests.factories.accounts import UserFactory
from tests.funds.scenes import WAN
from tests.funds.valuing import QUARTER, VALUE, approved, draft, finance, holding, officer, submitted, words
from tests.refusals import refused

pytestmark = pytest.mark.django_db
PREPARERS = {Role.FUND_OFFICER, Role.FINANCE, Role.ADMINISTRATOR}
APPROVERS = {Role.PROGRAMME_MANAGER, Role.FINANCE, Role.ADMINISTRATOR}
STATES = ValuationPaper.State


def in_state(state):
    if state == STATES.DRAFT:
        return draft()
    if state == STATES.SUBMITTED:
        return submitted()
    if state == STATES.RETURNED:
        return return_paper(paper_id=submitted().pk, actor=finance(), reason="which register?")
    first = approved()
    if state == STATES.SUPERSEDED:
        approved(first.investment)
        first.refresh_from_db()
    return first


MOVES = {
    "save": (PREPARERS, {STATES.DRAFT, STATES.RETURNED}),
    "submit": (PREPARERS, {STATES.DRAFT}),
    "approve": (APPROVERS, {STATES.SUBMITTED}),
    "return": (APPROVERS, {STATES.SUBMITTED}),
}


def move(event, paper, actor):
    if event == "save":
        asked = {"investment_id": paper.investment_id, "valid_at": paper.valid_at, "words": words()}
        return save_paper(paper_id=paper.pk, actor=actor, **asked)
    if event == "submit":
        return submit_paper(paper_id=paper.pk, actor=actor)
    if event == "approve":
        return approve_paper(paper_id=paper.pk, actor=actor)
    return return_paper(paper_id=paper.pk, actor=actor, reason="see note")


@pytest.mark.parametrize("event", MOVES)
@pytest.mark.usefixtures("undrawn")
def test_who_moves_a_paper_from_which_state(event):
    roles, states = MOVES[event]
    actors = {role: UserFactory(role=role) for role in Role}
    for state in STATES:
        paper = in_state(state)
        for role, actor in actors.items():
            with transaction.atomic():
                if role not in roles:
                    with pytest.raises(PermissionDenied):
                        move(event, paper, actor)
                elif state not in states:
                    with pytest.raises(RuleViolation) as refused:
                        move(event, paper, actor)
                    assert refused.value.code in {"NO_SUCH_TRANSITION", "PAPER_NOT_OPEN"}
                else:
                    assert move(event, paper, actor).state != state or event == "save"
                transaction.set_rollback(True)
            assert ValuationPaper.objects.get(pk=paper.pk).state == state


def test_a_paper_is_computed_calibrated_and_counts_from_its_approval_on():
    investment = holding()
    paper = submitted(investment)
    assert (paper.fair_value_fen, paper.computed_fen) == (VALUE, VALUE)
    assert (paper.calibrated_fen, paper.entry_price_fen) == (600 * WAN, 600 * WAN)
    assert not Valuation.objects.exists()
    before = timezone.now()
    done = approve_paper(paper_id=paper.pk, actor=finance(), reason="committee 4")
    value = done.valuation
    assert (value.fair_value_fen, value.valid_at, value.method) == (VALUE, QUARTER, "NET_ASSETS")
    assert (value.prepared_by, value.approved_by) == (paper.prepared_by, done.decided_by)
    assert before < value.recorded_at <= timezone.now()
    fund = investment.fund
    shown = [
        books_of([fund], Moment(QUARTER, moment))[fund.pk].holdings[0].fair_value
        for moment in (before, value.recorded_at)
    ]
    assert shown == [600 * WAN, VALUE]
    assert [step.event for step in steps_of(done)] == ["submit", "approve"]
    assert [entry.action for entry in history.history_of(done)][-1] == "insert"


def test_a_correction_supersedes_and_both_stay_answerable():
    first = approved()
    second = approved(first.investment, now={"assets": "4000", "liabilities": "1000", "share": "20"})
    first.refresh_from_db()
    assert (first.state, second.state) == (STATES.SUPERSEDED, STATES.APPROVED)
    assert first.valuation.superseded_at == second.valuation.recorded_at
    assert second.valuation.fair_value_fen == 600 * WAN


def test_author_and_approver_are_two_people_even_with_both_rights():
    actor = finance()
    paper = submitted(actor=actor)
    for act in (approve_paper, return_paper):
        with pytest.raises(RuleViolation) as refused:
            act(paper_id=paper.pk, actor=actor, reason="mine")
        assert refused.value.code == "FOUR_EYES"
    assert not Valuation.objects.exists()


def test_a_returned_paper_goes_to_its_author_and_round_again():
    author = officer()
    paper = submitted(actor=author)
    with pytest.raises(RuleViolation) as refused:
        return_paper(paper_id=paper.pk, actor=finance(), reason=" ")
    assert refused.value.code == "REASON_MISSING"
    back = return_paper(paper_id=paper.pk, actor=finance(), reason="source of the share?")
    assert (back.state, back.decision_reason) == (STATES.RETURNED, "source of the share?")
    again = save_paper(
        investment_id=paper.investment_id, valid_at=QUARTER, words=words(), actor=author, paper_id=paper.pk
    )
    assert again.state == STATES.DRAFT
    assert submit_paper(paper_id=again.pk, actor=author).state == STATES.SUBMITTED


def test_a_draft_always_saves_and_submitting_names_everything_that_is_missing():
    paper = draft(entry={}, sources={})
    against, _warnings = objections(paper)
    assert {problem.code for problem in against} == {"SOURCE_MISSING", "CALIBRATION_MISSING"}
    with pytest.raises(TransitionRefused) as refused:
        submit_paper(paper_id=paper.pk, actor=officer())
    assert set(refused.value.facts["reasons"]) == {"SOURCE_MISSING", "CALIBRATION_MISSING"}
    assert ValuationPaper.objects.get().state == STATES.DRAFT


def test_calibration_uses_the_tolerance_in_force_for_the_fund():
    investment = holding()
    off = {"entry": {"assets": "3030", "liabilities": "0", "share": "20"}}
    assert not objections(draft(investment, **off))[0]
    Threshold.objects.create(
        key="CALIBRATION", fund=investment.fund, valid_from=date(2024, 1, 1), num=1, den=1000, source="minutes 3"
    )
    assert [problem.code for problem in objections(ValuationPaper.objects.get())[0]] == ["CALIBRATION_FAILS"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"day": date(2999, 1, 1)}, "FUTURE_VALUE_DATE"),
        ({"fair_value_fen": -1}, "NEGATIVE_VALUE"),
        ({"now": {"assets": "1,5"}}, "MONEY_FORMAT"),
        ({"unit": "dollars"}, "MONEY_UNIT"),
    ],
)
def test_what_cannot_be_saved(changes, code):
    with pytest.raises(RuleViolation) as refused:
        draft(**changes)
    assert refused.value.code == code
    assert not ValuationPaper.objects.exists()


def test_one_open_paper_per_holding_and_day():
    paper = draft()
    with pytest.raises(RuleViolation) as refused:
        draft(paper.investment)
    assert (refused.value.code, refused.value.facts) == ("PAPER_EXISTS", {"paper": paper.pk})
    draft(paper.investment, QUARTER - timedelta(days=91))


def test_a_value_in_a_locked_quarter_is_a_correction_with_its_reason():
    first = approved()
    ValuationRound.objects.create(
        quarter_end=QUARTER, due_on=date(2024, 7, 30), state="LOCKED", locked_at=timezone.now(), locked_by=finance()
    )
    with pytest.raises(TransitionRefused) as refused:
        submitted(first.investment, date(2024, 5, 31))
    assert refused.value.facts["reasons"] == ["CORRECTION_REASON"]
    done = approved(first.investment, correction_reason="audited accounts came in")
    assert done.valuation.fair_value_fen == VALUE
    assert submitted(first.investment, date(2024, 7, 1)).correction_reason == ""


# ── What the database itself refuses ─────────────────────────────────────────────────────────────
def test_the_database_keeps_papers_whole():
    paper = submitted()
    rows = ValuationPaper.objects.filter(pk=paper.pk)
    refused("paper_four_eyes", lambda: rows.update(decided_by=paper.prepared_by))
    refused("paper_amounts_not_negative", lambda: rows.update(fair_value_fen=-1))
    refused("paper_calibrated_before_approval", lambda: rows.update(calibrated_fen=None))
    refused("paper_approved_whole", lambda: rows.update(state="APPROVED"))
    refused(
        "paper_one_open_per_day",
        lambda: ValuationPaper.objects.create(
            investment=paper.investment, valid_at=QUARTER, method="NET_ASSETS", prepared_by=officer()
        ),
    )


def test_the_database_freezes_what_is_approved():
    paper = approved()
    rows = ValuationPaper.objects.filter(pk=paper.pk)
    frozen = "paper_approved_is_frozen"
    for changes in ({"fair_value_fen": 1}, {"state": "DRAFT"}, {"inputs": {}}):
        refused(frozen, lambda changes=changes: rows.update(**changes))
    refused(frozen, lambda: ValuationPaper.objects.get(pk=paper.pk).delete())
    rows.update(state="SUPERSEDED")
    assert rows.get().state == "SUPERSEDED"


def test_the_database_keeps_locked_quarters_closed():
    paper = draft()
    ready = {
        "submitted_at": timezone.now(), "entry_price_fen": 1, "calibrated_fen": 1, "computed_fen": 1,
        "fair_value_fen": 1, "state": "SUBMITTED",
    }  # fmt: skip
    locked = ValuationRound.objects.create(
        quarter_end=QUARTER, due_on=date(2024, 7, 30), state="LOCKED", locked_at=timezone.now(), locked_by=finance()
    )
    rows = ValuationPaper.objects.filter(pk=paper.pk)
    refused("paper_correction", lambda: rows.update(**ready))
    refused(
        "round_stays_locked", lambda: ValuationRound.objects.filter(pk=locked.pk).update(state="OPEN", locked_at=None)
    )
    refused("round_stays_locked", locked.delete)
    rows.update(**ready, correction_reason="audit")


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"quarter_end": date(2024, 6, 29)}, "round_at_quarter_end"),
        ({"due_on": QUARTER}, "round_due_after_quarter"),
        ({"state": "LOCKED"}, "round_locked_whole"),
    ],
)
def test_the_database_keeps_rounds_whole(changes, name):
    facts = {"quarter_end": QUARTER, "due_on": date(2024, 7, 30)} | changes
    refused(name, lambda: ValuationRound.objects.create(**facts))


@pytest.mark.parametrize(
    ("changes", "name"),
    [({"den": 0}, "threshold_is_number"), ({"num": -1}, "threshold_is_number"), ({}, "threshold_once_a_day")],
)
def test_the_database_keeps_thresholds_whole(changes, name):
    facts = {"key": "IDLE_CASH", "valid_from": date(2015, 1, 1), "num": 1, "den": 4, "source": "x"} | changes
    refused(name, lambda: Threshold.objects.create(**facts))
