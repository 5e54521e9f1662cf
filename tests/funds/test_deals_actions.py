"""The way from a proposal to its payments: every step by every role, and each rule that stands against one."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from funds.actions.deals import begin_diligence, propose, save_deal, save_item, withdraw
from funds.actions.decisions import decide_deal, decide_holding
from funds.actions.tranches import pay_tranche
from funds.choices.deals import DealState, DiligenceState
from funds.choices.records import FundClass, FundState, InvestmentState
from funds.models import Deal, Decision, FundLimit, Investment, Vote
from funds.queries.deals import ask_of, placed_fen
from funds.queries.decisions import count_of, still_reads_as_sealed
from funds.queries.states import states_of
from funds.queries.sums import Moment
from funds.rules.deals import ask_problems
from funds.rules.decisions import Ballot
from innovation.accounts.choices import Role
from innovation.core.errors import RuleViolation
from innovation.core.transitions import steps_of
from tests.factories import deals
from tests.factories.accounts import UserFactory, in_turn
from tests.factories.deals import WAN, ballots
from tests.factories.funds import CompanyFactory, FundFactory, InvestmentFactory

pytestmark = pytest.mark.django_db
WRITERS = {Role.FUND_OFFICER, Role.ADMINISTRATOR}
DECIDERS = {Role.FUND_OFFICER, Role.PROGRAMME_MANAGER, Role.ADMINISTRATOR}
STATES = ["SOURCING", "DILIGENCE", "PROPOSED", "APPROVED", "REJECTED", "WITHDRAWN"]


def at(state):
    """A proposal in ``state``, reached by the acts that lead there."""
    if state == "SOURCING":
        return deals.new_deal()
    if state == "DILIGENCE":
        return deals.examined_deal()
    deal = deals.proposed_deal()
    if state in {"APPROVED", "REJECTED"}:
        deals.decide(deal, state)
    if state == "WITHDRAWN":
        withdraw(deal_id=deal.pk, reason="other investor", actor=deal.lead)
    deal.refresh_from_db()
    return deal


def decide_as(actor, deal):
    facts = {"number": "N-1", "met_on": deals.today(), "committee_id": deals.committee().pk, "reason": "so"}
    decide_deal(deal_id=deal.pk, ballots=deals.ALL_FOR, outcome="APPROVED", actor=actor, **facts)


ACTS = {
    "edit": ({"SOURCING", "DILIGENCE"}, WRITERS, lambda a, d: save_deal(deal_id=d.pk, actor=a, summary="new")),
    "begin": ({"SOURCING"}, WRITERS, lambda a, d: begin_diligence(deal_id=d.pk, actor=a)),
    "ask": (
        {"SOURCING", "DILIGENCE"},
        WRITERS,
        lambda a, d: save_item(deal_id=d.pk, actor=a, area="LEGAL", question="Any suit?"),
    ),
    "propose": ({"DILIGENCE"}, WRITERS, lambda a, d: propose(deal_id=d.pk, actor=a)),
    "withdraw": (
        {"SOURCING", "DILIGENCE", "PROPOSED"},
        WRITERS,
        lambda a, d: withdraw(deal_id=d.pk, reason="so", actor=a),
    ),
    "decide": ({"PROPOSED"}, DECIDERS, decide_as),
}


@pytest.mark.parametrize("state", STATES)
def test_each_act_is_possible_in_its_states_alone(state):
    deal, actor = at(state), UserFactory(role=Role.ADMINISTRATOR)
    for states, __, work in ACTS.values():
        with transaction.atomic():
            same = Deal.objects.get(pk=deal.pk)
            if state in states:
                work(actor, same)
            else:
                with pytest.raises(RuleViolation) as refused:
                    work(actor, same)
                assert refused.value.code in {"NO_SUCH_TRANSITION", "DEAL_CLOSED"}
                assert Deal.objects.get(pk=deal.pk).state == state
            transaction.set_rollback(True)


@pytest.mark.parametrize("act", ACTS)
def test_each_act_is_for_its_roles_alone(act):
    states, roles, work = ACTS[act]
    deal = at(sorted(states)[-1])
    before = deal.state
    for role in in_turn(roles=Role):
        actor, same = UserFactory(role=role), Deal.objects.get(pk=deal.pk)
        if role in roles:
            work(actor, same)
            continue
        with pytest.raises((PermissionDenied, RuleViolation)) as refused:
            work(actor, same)
        assert refused.type is PermissionDenied or refused.value.code == "NOT_PERMITTED"
        assert Deal.objects.get(pk=deal.pk).state == before


@pytest.mark.parametrize("role", Role)
def test_who_may_open_a_proposal(role):
    actor, facts = UserFactory(role=role), deals.deal_facts()
    if role in WRITERS:
        deal = save_deal(actor=actor, **facts)
        assert (deal.lead, deal.state) == (actor, DealState.SOURCING)
        assert deal.code == f"{facts['fund'].code}-{deal.opened_on.year}-001"
        return
    with pytest.raises(PermissionDenied):
        save_deal(actor=actor, **facts)


def test_a_follow_on_names_a_holding_of_the_same_fund_and_company():
    holding = InvestmentFactory()
    facts = deals.deal_facts(fund=holding.fund, company=holding.company)
    assert save_deal(actor=deals.officer(), investment_id=holding.pk, **facts).is_follow_on
    with pytest.raises(RuleViolation) as refused:
        save_deal(actor=deals.officer(), investment_id=InvestmentFactory().pk, **facts)
    assert refused.value.code == "HOLDING_OF_OTHER"


def test_due_diligence_needs_reasons_and_the_committee_needs_every_answer():
    deal = deals.new_deal(summary="", risks="")
    with pytest.raises(RuleViolation, match="why the fund should invest"):
        begin_diligence(deal_id=deal.pk, actor=deal.lead)
    save_deal(deal_id=deal.pk, summary="Sound", actor=deal.lead)
    begin_diligence(deal_id=deal.pk, actor=deal.lead)
    with pytest.raises(RuleViolation) as refused:
        propose(deal_id=deal.pk, actor=deal.lead)
    assert refused.value.facts["reasons"] == ["DILIGENCE_OPEN", "RISKS_MISSING"]
    save_deal(deal_id=deal.pk, risks="Some", actor=deal.lead)
    items = list(deal.items.all())
    for item in items:
        save_item(deal_id=deal.pk, item_id=item.pk, state=DiligenceState.CLEAR, actor=deal.lead)
    breach = {"item_id": items[0].pk, "state": DiligenceState.BREACH, "actor": deal.lead}
    with pytest.raises(RuleViolation, match="Say what was found"):
        save_item(deal_id=deal.pk, **breach)
    save_item(deal_id=deal.pk, finding="Real estate", **breach)
    with pytest.raises(RuleViolation) as refused:
        propose(deal_id=deal.pk, actor=deal.lead)
    assert refused.value.facts["reasons"] == ["DILIGENCE_BREACH"]
    save_item(deal_id=deal.pk, item_id=items[0].pk, state=DiligenceState.CONCERN, finding="Sold", actor=deal.lead)
    propose(deal_id=deal.pk, actor=deal.lead)
    assert [step.event for step in steps_of(deal)] == ["begin", "propose"]


# ── Decisions ────────────────────────────────────────────────────────────────────────────────────
def test_an_approval_makes_the_holding_and_is_sealed_with_its_votes():
    deal, paper = deals.proposed_deal(), deals.paper()
    given = ballots("FOR", "FOR", "AGAINST", "FOR", "RECUSED")
    decision = deals.decide(deal, ballots=given, paper_ids=[paper.pk], amount_fen=400 * WAN, minutes="All spoke.")
    holding = Investment.objects.get()
    assert (deal.state, deal.investment, holding.decided_on) == ("APPROVED", holding, decision.met_on)
    assert (holding.code, holding.stage, holding.instrument) == (deal.code, deal.stage, deal.instrument)
    assert decision.sealed_at
    assert still_reads_as_sealed(decision)
    count = count_of(decision)
    assert (count.for_, count.against, count.recused, count.present) == (3, 1, 1, 4)
    assert decision.amount_fen == 400 * WAN
    assert states_of([holding.pk], now())[holding.pk] == InvestmentState.APPROVED
    assert list(Vote.objects.filter(choice="RECUSED").values_list("name", "reason")) == [
        ("M5", "shareholder of the company")
    ]


def now():
    return Moment(deals.today(), timezone.now())


@pytest.mark.parametrize(
    ("outcome", "votes", "code"),
    [
        ("APPROVED", ["FOR", "FOR", "ABSENT", "ABSENT", "ABSENT"], "NO_QUORUM"),
        ("REJECTED", ["AGAINST", "RECUSED", "RECUSED", "RECUSED", "RECUSED"], "NO_QUORUM"),
        ("APPROVED", ["FOR", "FOR", "FOR", "AGAINST", "AGAINST"], "OUTCOME_AGAINST_VOTES"),
        ("APPROVED", ["FOR", "ABSTAIN", "ABSTAIN", "ABSENT", "ABSENT"], "OUTCOME_AGAINST_VOTES"),
        ("REJECTED", ["FOR", "FOR", "FOR", "FOR", "AGAINST"], "OUTCOME_AGAINST_VOTES"),
    ],
)
def test_an_outcome_follows_from_the_votes(outcome, votes, code):
    deal = deals.proposed_deal()
    with pytest.raises(RuleViolation) as refused:
        deals.decide(deal, outcome, ballots=ballots(*votes))
    assert refused.value.code == code
    assert not Decision.objects.exists()
    assert not Investment.objects.exists()


def test_a_committee_without_quorum_can_postpone_and_decide_later():
    deal = deals.proposed_deal()
    committee = deals.committee()
    absent = ballots("FOR", *["ABSENT"] * 4)
    deals.decide(deal, "POSTPONED", ballots=absent, committee_id=committee.pk)
    assert deal.state == "DILIGENCE"
    propose(deal_id=deal.pk, actor=deal.lead)
    deals.decide(deal, committee_id=committee.pk)
    assert deal.state == "APPROVED"
    assert deal.decisions.count() == 2


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"ballots": ballots("FOR", "FOR", "FOR")}, "BALLOTS_INCOMPLETE"),
        ({"ballots": [*deals.ALL_FOR, Ballot("Stranger", "FOR")]}, "BALLOTS_INCOMPLETE"),
        ({"ballots": ballots("FOR", "FOR", "FOR", "FOR", "RECUSED", reason=" ")}, "RECUSAL_WITHOUT_REASON"),
        ({"reason": "  "}, "REASON_MISSING"),
        ({"met_on": date(2999, 1, 1)}, "MEETING_IN_FUTURE"),
        ({"amount_fen": 500 * WAN + 1}, "ABOVE_ASKED"),
        ({"amount_fen": 0}, "ABOVE_ASKED"),
    ],
)
def test_what_a_decision_needs(facts, code):
    deal = deals.proposed_deal()
    with pytest.raises(RuleViolation) as refused:
        deals.decide(deal, **facts)
    assert refused.value.code == code
    assert not Decision.objects.exists()


def test_the_proposer_does_not_record_the_decision_nor_another_funds_committee_decide():
    deal = deals.proposed_deal()
    for facts, code in (
        ({"actor": deal.lead}, "FOUR_EYES"),
        ({"committee_id": deals.committee(fund=FundFactory()).pk}, "COMMITTEE_OF_OTHER_FUND"),
    ):
        with pytest.raises(RuleViolation) as refused:
            deals.decide(deal, **facts)
        assert refused.value.code == code


@pytest.mark.parametrize(
    ("fund", "code"),
    [
        ({"state": FundState.PREPARING}, "FUND_NOT_INVESTING"),
        ({"state": FundState.EXITING}, "INVESTMENT_PERIOD_OVER"),
        ({"fund_class": FundClass.GRANT}, "GRANT_FUND"),
        ({"committed_fen": 499 * WAN}, "ABOVE_COMMITTED"),
    ],
)
def test_an_approval_is_refused_where_the_fund_cannot_pay_but_a_rejection_is_not(fund, code):
    deal = deals.proposed_deal(fund=FundFactory(**fund))
    with pytest.raises(RuleViolation) as refused:
        deals.decide(deal)
    assert refused.value.code == code
    deals.decide(deal, "REJECTED")
    assert deal.state == "REJECTED"


@pytest.mark.parametrize(
    ("limit", "code"),
    [
        ({"kind": "MAX_TICKET", "amount_fen": 499 * WAN}, "ABOVE_TICKET"),
        ({"kind": "MAX_TICKET", "amount_fen": 500 * WAN}, None),
        ({"kind": "MAX_ONE_PROJECT", "share_num": 1, "share_den": 10, "basis": "COMMITTED"}, None),
        ({"kind": "MAX_ONE_PROJECT", "share_num": 99, "share_den": 1000, "basis": "COMMITTED"}, "ABOVE_CONCENTRATION"),
        ({"kind": "MAX_ONE_PROJECT", "share_num": 1, "share_den": 1, "basis": "PAID_IN"}, "ABOVE_CONCENTRATION"),
        ({"kind": "MAX_ONE_PROJECT", "share_num": 1, "share_den": 1, "basis": "INVESTED_COST"}, None),
        ({"kind": "MIN_PROJECTS", "count": 15}, None),
    ],
)
def test_ticket_and_concentration_limits_warn_before_and_refuse_at_the_vote(limit, code):
    fund = FundFactory(committed_fen=5_000 * WAN)
    FundLimit.objects.create(fund=fund, valid_from=fund.starts_on, source="Partnership agreement 12", **limit)
    deal = deals.proposed_deal(fund=fund)
    assert [problem.code for problem in ask_problems(ask_of(deal))] == ([code] if code else [])
    if code is None:
        deals.decide(deal)
        return
    with pytest.raises(RuleViolation, match="Partnership agreement 12, unverified") as refused:
        deals.decide(deal)
    assert refused.value.code == code
    assert not Decision.objects.exists()


def test_money_promised_by_other_approvals_counts_as_placed():
    fund = FundFactory(committed_fen=900 * WAN)
    first = deals.approved_deal(fund=fund)
    assert placed_fen(fund.pk) == 500 * WAN
    tranche = deals.signed(first).tranches.get()
    pay_tranche(tranche_id=tranche.pk, value_date=deals.today(), document="bank", actor=first.lead)
    assert (placed_fen(fund.pk), placed_fen(fund.pk, first.company_id)) == (500 * WAN, 500 * WAN)
    assert placed_fen(fund.pk, CompanyFactory().pk) == 0
    second = deals.proposed_deal(fund=fund)
    with pytest.raises(RuleViolation) as refused:
        deals.decide(second)
    assert (refused.value.code, refused.value.facts["left_fen"]) == ("ABOVE_COMMITTED", 400 * WAN)


def test_an_exit_is_decided_about_a_holding_and_an_investment_only_by_its_proposal():
    deal, committee = deals.approved_deal(), deals.committee()
    facts = {
        "investment_id": deal.investment_id, "met_on": deals.today(), "committee_id": committee.pk,
        "ballots": deals.ALL_FOR, "outcome": "APPROVED", "reason": "Good price", "actor": deals.manager(),
    }  # fmt: skip
    decision = decide_holding(subject="EXIT", number="X-1", **facts)
    assert (decision.deal, decision.amount_fen) == (None, None)
    with pytest.raises(RuleViolation) as refused:
        decide_holding(subject="FOLLOW_ON", number="X-2", amount_fen=5, **facts)
    assert refused.value.code == "DECIDED_BY_PROPOSAL"
    with pytest.raises(RuleViolation) as refused:
        decide_holding(subject="EXIT", number="X-1", **facts)
    assert refused.value.code == "NUMBER_TAKEN"
