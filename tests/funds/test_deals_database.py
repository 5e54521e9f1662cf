"""What the database itself refuses on the way from a proposal to its payments, whoever writes."""

from datetime import date

import pytest
from django.db import connection
from django.utils import timezone

from funds.actions.ledger import Draft, append, lock_fund
from funds.choices.ledger import EventKind
from funds.models import (
    Agreement,
    Deal,
    Decision,
    DecisionPaper,
    DiligenceItem,
    MonitoringNote,
    Tranche,
    TranchePayment,
    Vote,
)
from tests.factories import deals
from tests.factories.deals import WAN
from tests.factories.funds import InvestmentFactory
from tests.refusals import refused

pytestmark = pytest.mark.django_db


def sql(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def unsealed(**facts):
    """A decision written by hand, with its votes to come."""
    deal = facts.pop("deal", None) or deals.proposed_deal()
    given = {
        "fund": deal.fund, "deal": deal, "subject": "INVEST", "number": "IC-9", "committee": deals.committee(),
        "met_on": deals.today(), "quorum": 3, "majority_num": 2, "majority_den": 3, "outcome": "REJECTED",
        "reason": "so",
    } | facts  # fmt: skip
    return Decision(**given)


def votes(decision, *choices):
    for place, choice in enumerate(choices):
        Vote.objects.create(decision=decision, name=f"V{place}", choice=choice, reason="interest")


def seal(decision):
    sql("UPDATE funds_decision SET sealed_at = now(), sha256 = %s WHERE id = %s", "a" * 64, decision.pk)


# ── Proposals ────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("state", ["APPROVED", "REJECTED"])
def test_no_outcome_without_a_sealed_decision(state):
    deal = deals.proposed_deal()
    holding = InvestmentFactory(fund=deal.fund)
    Deal.objects.filter(pk=deal.pk).update(investment=holding)
    refused("deal_decided_by_committee", lambda: Deal.objects.filter(pk=deal.pk).update(state=state))
    facts = deals.deal_facts()
    refused(
        "deal_decided_by_committee",
        lambda: Deal.objects.create(code="X", lead=deal.lead, state=state, investment=holding, **facts),
    )


@pytest.mark.parametrize("change", [{"amount_fen": 1}, {"summary": "other"}, {"stage": "seed"}, {"risks": "none"}])
def test_a_proposal_before_the_committee_keeps_its_words(change):
    deal = deals.proposed_deal()
    refused("deal_frozen_before_committee", lambda: Deal.objects.filter(pk=deal.pk).update(**change))


def test_a_proposal_before_the_committee_is_not_deleted_and_its_diligence_stands():
    deal = deals.proposed_deal()
    refused("deal_frozen_before_committee", lambda: sql("DELETE FROM funds_deal WHERE id = %s", deal.pk))
    for work in (
        lambda: DiligenceItem.objects.filter(deal=deal).update(finding="new"),
        lambda: DiligenceItem.objects.create(deal=deal, area="LEGAL", question="late?"),
        lambda: sql("DELETE FROM funds_diligenceitem WHERE deal_id = %s", deal.pk),
    ):
        refused("diligence_before_committee", work)


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("deal_amount_positive", {"amount_fen": 0}),
        ("deal_pre_money_positive", {"pre_money_fen": 0}),
        ("deal_follow_on_names_holding", {"is_follow_on": True}),
        ("deal_state_known", {"state": "ELSEWHERE"}),
    ],
)
def test_the_shape_of_a_proposal(name, facts):
    refused(name, lambda: Deal.objects.create(code="X", lead=deals.officer(), **deals.deal_facts(**facts)))


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("diligence_answer_has_finding", {"state": "BREACH", "done_on": date(2026, 1, 1)}),
        ("diligence_answered_on", {"state": "CLEAR"}),
        ("diligence_answered_on", {"state": "OPEN", "done_on": date(2026, 1, 1)}),
    ],
)
def test_the_shape_of_an_answer(name, facts):
    deal = deals.new_deal()
    refused(name, lambda: DiligenceItem.objects.create(deal=deal, area="LEGAL", question="?", **facts))


# ── Decisions ────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("outcome", "choices"),
    [
        ("APPROVED", ["FOR", "FOR", "AGAINST", "AGAINST"]),
        ("APPROVED", ["FOR", "FOR", "RECUSED", "ABSENT"]),
        ("APPROVED", []),
        ("REJECTED", ["FOR", "FOR", "FOR"]),
        ("REJECTED", ["AGAINST", "AGAINST"]),
    ],
)
def test_a_decision_is_not_sealed_against_its_votes(outcome, choices):
    decision = unsealed(outcome=outcome, amount_fen=5 if outcome == "APPROVED" else None)
    decision.save()
    votes(decision, *choices)
    refused("decision_sealed_by_votes", lambda: seal(decision))


def test_a_decision_does_not_begin_sealed():
    refused("decision_sealed_by_votes", lambda: unsealed(sealed_at=timezone.now(), sha256="a" * 64).save())


def test_nothing_joins_or_changes_a_sealed_decision():
    decision = deals.decide(deals.proposed_deal())
    paper = deals.paper()
    refused("vote_before_seal", lambda: votes(decision, "FOR"))
    refused("decision_paper_before_seal", lambda: DecisionPaper.objects.create(decision=decision, paper=paper))
    refused("decision_append_only", lambda: Decision.objects.filter(pk=decision.pk).update(reason="other"))
    refused("decision_append_only", lambda: Decision.objects.filter(pk=decision.pk).update(sha256="b" * 64))
    refused("decision_append_only", lambda: sql("DELETE FROM funds_decision WHERE id = %s", decision.pk))
    refused("vote_append_only", lambda: Vote.objects.filter(decision=decision).update(choice="AGAINST"))
    refused("vote_append_only", lambda: sql("DELETE FROM funds_vote"))


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("decision_has_its_object", {"deal": None}),
        ("decision_has_its_object", {"subject": "EXIT"}),
        ("decision_amount", {"outcome": "APPROVED"}),
        ("decision_amount", {"outcome": "APPROVED", "amount_fen": 0}),
        ("decision_reasoned", {"reason": ""}),
        ("decision_after_meeting", {"met_on": date(2999, 1, 1)}),
        ("decision_sealed_with_fingerprint", {"sha256": "a" * 64}),
    ],
)
def test_the_shape_of_a_decision(name, facts):
    decision = unsealed()
    for field, value in facts.items():
        setattr(decision, field, value)
    refused(name, decision.save)


def test_a_proposal_is_approved_once_and_a_number_is_given_once():
    deal = deals.approved_deal()
    number = deal.decisions.get().number
    refused("decision_approves_deal_once", unsealed(deal=deal, outcome="APPROVED", amount_fen=5).save)
    refused("decision_number_once_per_fund", unsealed(deal=deal, number=number).save)


def test_votes_are_given_once_and_a_recusal_says_why():
    decision = unsealed()
    decision.save()
    Vote.objects.create(decision=decision, name="A", choice="FOR")
    refused("vote_once", lambda: Vote.objects.create(decision=decision, name="A", choice="AGAINST"))
    refused("vote_recusal_reasoned", lambda: Vote.objects.create(decision=decision, name="B", choice="RECUSED"))
    refused("vote_choice_known", lambda: Vote.objects.create(decision=decision, name="C", choice="MAYBE"))


def test_the_shape_of_a_committee():
    made = deals.committee()
    refused("committee_quorum_positive", lambda: type(made).objects.update(quorum=0))
    refused("committee_majority_share", lambda: type(made).objects.update(majority_num=4))
    refused("committee_member_once", lambda: made.members.create(name="M1"))


# ── Agreements, tranches, payments ───────────────────────────────────────────────────────────────
def agreement_of(deal, **facts):
    given = {
        "investment": deal.investment, "decision": deal.decisions.get(), "number": "X", "signed_on": deals.today(),
        "instrument": "COMMON", "amount_fen": 5 * WAN,
    } | facts  # fmt: skip
    return Agreement(**given)


def test_an_agreement_stays_within_its_decision():
    deal, other = deals.approved_deal(), deals.approved_deal()
    refused("agreement_within_decision", agreement_of(deal, amount_fen=500 * WAN + 1).save)
    refused("agreement_within_decision", agreement_of(deal, decision=other.decisions.get()).save)
    agreement_of(deal, amount_fen=300 * WAN).save()
    refused("agreement_within_decision", agreement_of(deal, number="Y", amount_fen=201 * WAN).save)
    agreement_of(deal, number="Z", amount_fen=500 * WAN, supersedes=Agreement.objects.get()).save()


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("agreement_amount_positive", {"amount_fen": 0}),
        ("agreement_amount_positive", {"pre_money_fen": -1}),
        ("agreement_share", {"share_num": 2, "share_den": 1}),
        ("agreement_after_signing", {"signed_on": date(2999, 1, 1)}),
    ],
)
def test_the_shape_of_an_agreement(name, facts):
    refused(name, agreement_of(deals.approved_deal(), **facts).save)


def test_an_agreement_and_a_note_are_never_changed():
    deal = deals.approved_deal()
    agreement = deals.signed(deal)
    refused("agreement_append_only", lambda: Agreement.objects.update(terms="other"))
    refused("agreement_number_once", agreement_of(deal, number=agreement.number, decision=None).save)
    note = MonitoringNote.objects.create(
        investment=deal.investment, kind="VISIT", rating="WATCH", text="seen", noted_on=deals.today()
    )
    refused("monitoring_append_only", lambda: MonitoringNote.objects.update(text="other"))
    for name, facts in (
        ("monitoring_not_in_future", {"noted_on": date(2999, 1, 1)}),
        ("monitoring_says_something", {"text": ""}),
        ("monitoring_next_later", {"next_on": note.noted_on}),
    ):
        row = {
            "investment": deal.investment,
            "kind": "VISIT",
            "rating": "WATCH",
            "text": "x",
            "noted_on": deals.today(),
        }
        refused(name, lambda values=row | facts: MonitoringNote.objects.create(**values))


def test_tranches_stay_within_their_agreement():
    agreement = deals.signed(deals.approved_deal())
    (tranche,) = agreement.tranches.all()
    more = {"agreement": agreement, "amount_fen": 1}
    refused("tranches_within_agreement", lambda: Tranche.objects.create(number=2, **more))
    refused("tranche_number_once", lambda: Tranche.objects.create(number=1, **more))
    refused("tranche_amount_positive", lambda: Tranche.objects.create(number=2, agreement=agreement, amount_fen=0))
    refused("tranche_condition_met_on", lambda: Tranche.objects.filter(pk=tranche.pk).update(met_on=None))


def paid(holding, amount, kind=EventKind.INVEST):
    """An entry written past the actions."""
    lock_fund(holding.fund_id)
    append({holding.fund_id: [Draft(kind, deals.today(), amount, holding.pk)]}, actor=None)
    return holding.events.latest("seq")


def test_a_tranche_is_paid_by_its_own_entry_once():
    deal = deals.approved_deal()
    tranche = deals.signed(deal).tranches.get()
    other = InvestmentFactory(fund=deal.fund)
    wrong_holding, wrong_amount = paid(other, 500 * WAN), paid(deal.investment, WAN)
    for event in (wrong_holding, wrong_amount):
        refused("tranche_paid_by_entry", lambda e=event: TranchePayment.objects.create(tranche=tranche, event=e))
    TranchePayment.objects.create(tranche=tranche, event=paid(deal.investment, 500 * WAN))
    second = paid(deal.investment, 500 * WAN, EventKind.FOLLOW_ON)
    refused("tranche_paid_by_entry", lambda: TranchePayment.objects.create(tranche=tranche, event=second))
    refused("tranche_payment_append_only", lambda: sql("DELETE FROM funds_tranchepayment"))


# ── Papers ───────────────────────────────────────────────────────────────────────────────────────
def test_a_paper_is_never_changed():
    kept = deals.paper()
    refused("paper_append_only", lambda: type(kept).objects.update(title="other"))
    copy = {"kind": "OTHER", "title": "x", "file": kept.file.name, "file_name": "x", "size": 1}
    refused("paper_hash_form", lambda: type(kept).objects.create(**copy, file_kind="pdf", sha256="x"))
    refused("paper_kind_of_file_known", lambda: type(kept).objects.create(**copy, file_kind="exe", sha256="a" * 64))
