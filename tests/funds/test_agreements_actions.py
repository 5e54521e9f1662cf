"""Agreements and their tranches: signed, met, paid, amended, given up, and by whom."""

from datetime import timedelta
from fractions import Fraction

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from funds.actions.agreements import Promise, give_up_tranche, meet_condition, note_holding, sign_agreement
from funds.actions.events import record_event, reverse_event
from funds.actions.tranches import pay_tranche
from funds.choices.ledger import EventKind
from funds.choices.records import InvestmentState
from funds.models import Tranche, TranchePayment
from funds.queries.deals import with_payment
from funds.queries.states import states_of
from funds.queries.sums import Moment
from innovation.accounts.choices import Role
from innovation.core.errors import RuleViolation
from innovation.core.transitions import steps_of
from tests.factories import deals
from tests.factories.accounts import UserFactory
from tests.factories.deals import WAN
from tests.factories.funds import InvestmentFactory

pytestmark = pytest.mark.django_db
WRITERS = {Role.FUND_OFFICER, Role.ADMINISTRATOR}


def now():
    return Moment(deals.today(), timezone.now())


# ── Agreements and tranches ──────────────────────────────────────────────────────────────────────
def test_an_agreement_is_signed_with_tranches_that_are_met_and_paid():
    deal = deals.approved_deal()
    agreement = deals.signed(
        deal, Promise(300 * WAN), Promise(200 * WAN, "Prototype passes its test"), share=Fraction(1, 8)
    )
    first, second = agreement.tranches.all()
    assert (first.state, second.state, agreement.share) == ("READY", "PLANNED", Fraction(1, 8))
    pay = {"value_date": deals.today(), "document": "bank slip", "actor": deal.lead}
    entry = pay_tranche(tranche_id=first.pk, **pay)
    assert (entry.kind, entry.amount_fen, entry.tranche_payment.tranche) == (EventKind.INVEST, 300 * WAN, first)
    assert entry.tranche_payment.tranche.agreement.decision == deal.decisions.get()
    for tranche, code in ((first, "TRANCHE_PAID"), (second, "TRANCHE_NOT_READY")):
        with pytest.raises(RuleViolation) as refused:
            pay_tranche(tranche_id=tranche.pk, **pay)
        assert refused.value.code == code
    meet_condition(tranche_id=second.pk, met_on=deals.today(), note="Test report 7", actor=deal.lead)
    assert pay_tranche(tranche_id=second.pk, **pay).kind == EventKind.FOLLOW_ON
    assert set(with_payment(Tranche.objects.all()).values_list("is_paid", flat=True)) == {True}
    assert states_of([deal.investment_id], now())[deal.investment_id] == InvestmentState.INVESTED


def test_a_reversed_payment_is_paid_again():
    deal = deals.approved_deal()
    tranche = deals.signed(deal).tranches.get()
    pay = {"tranche_id": tranche.pk, "value_date": deals.today(), "document": "slip", "actor": deal.lead}
    entry = pay_tranche(**pay)
    reverse_event(event_id=entry.pk, reason="wrong day", actor=deal.lead)
    assert not with_payment(Tranche.objects.all()).get().is_paid
    assert pay_tranche(**pay).kind == EventKind.INVEST
    assert TranchePayment.objects.count() == 2


def test_a_holding_from_a_proposal_is_paid_by_its_tranches_alone_whatever_the_door():
    deal = deals.approved_deal()
    deals.signed(deal)
    facts = {
        "fund_id": deal.fund_id, "investment_id": deal.investment_id, "kind": EventKind.INVEST,
        "value_date": deals.today(), "actor": deal.lead,
    }  # fmt: skip
    with pytest.raises(RuleViolation) as refused:
        record_event(amount_fen=499 * WAN, **facts)
    assert refused.value.code == "NO_TRANCHE_READY"
    entry = record_event(amount_fen=500 * WAN, **facts)
    assert entry.tranche_payment.tranche.agreement.investment == deal.investment


def test_a_holding_without_proposal_is_recorded_as_ever():
    holding = InvestmentFactory()
    entry = record_event(
        fund_id=holding.fund_id, investment_id=holding.pk, kind=EventKind.INVEST, value_date=deals.today(),
        amount_fen=5, actor=deals.officer(),
    )  # fmt: skip
    assert not TranchePayment.objects.filter(event=entry).exists()


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"amount_fen": 501 * WAN}, "ABOVE_APPROVED"),
        ({"decision_id": None}, "DECISION_MISSING"),
        ({"signed_on": deals.today() - timedelta(days=9)}, "SIGNED_BEFORE_DECISION"),
        ({"signed_on": deals.today() + timedelta(days=9)}, "SIGNED_IN_FUTURE"),
        ({"promises": [Promise(501 * WAN)]}, "TRANCHES_ABOVE_AGREEMENT"),
    ],
)
def test_what_an_agreement_needs(facts, code):
    deal = deals.approved_deal()
    promises = facts.pop("promises", [])
    with pytest.raises(RuleViolation) as refused:
        deals.signed(deal, *promises, **facts)
    assert refused.value.code == code


def test_an_amendment_replaces_and_gives_up_what_is_unpaid():
    deal = deals.approved_deal()
    first = deals.signed(deal, Promise(300 * WAN), Promise(200 * WAN, "Later"))
    paid, open_tranche = first.tranches.all()
    pay_tranche(tranche_id=paid.pk, value_date=deals.today(), document="slip", actor=deal.lead)
    with pytest.raises(RuleViolation) as refused:
        deals.signed(deal, Promise(201 * WAN), number="A-2", supersedes_id=first.pk)
    assert refused.value.facts["paid_fen"] == 300 * WAN
    second = deals.signed(deal, Promise(200 * WAN), number="A-2", supersedes_id=first.pk)
    open_tranche.refresh_from_db()
    assert (second.decision, open_tranche.state) == (first.decision, "CANCELLED")
    with pytest.raises(RuleViolation) as refused:
        deals.signed(deal, Promise(1), number="A-3", supersedes_id=first.pk)
    assert refused.value.code == "REPLACED_ALREADY"


def test_a_tranche_is_given_up_with_reason_unless_it_is_paid():
    deal = deals.approved_deal()
    agreement = deals.signed(deal, Promise(300 * WAN), Promise(200 * WAN, "Later"))
    first, second = agreement.tranches.all()
    pay_tranche(tranche_id=first.pk, value_date=deals.today(), document="slip", actor=deal.lead)
    for tranche, reason, code in ((first, "x", "TRANCHE_PAID"), (second, " ", "REASON_MISSING")):
        with pytest.raises(RuleViolation) as refused:
            give_up_tranche(tranche_id=tranche.pk, reason=reason, actor=deal.lead)
        assert refused.value.code == code
    give_up_tranche(tranche_id=second.pk, reason="missed", actor=deal.lead)
    assert [step.reason for step in steps_of(second)] == ["missed"]


@pytest.mark.parametrize("role", Role)
def test_who_signs_meets_notes_and_pays(role):
    deal = deals.approved_deal()
    agreement = deals.signed(deal, Promise(100 * WAN), Promise(100 * WAN, "Later"), amount_fen=200 * WAN)
    first, second = agreement.tranches.all()
    actor = UserFactory(role=role)
    today, decision = deals.today(), agreement.decision
    facts = {"investment_id": deal.investment_id, "actor": actor}
    for roles, work in (
        (WRITERS, lambda: sign_agreement(
            number="B", signed_on=today, instrument="COMMON", amount_fen=1, decision_id=decision.pk, **facts)),
        (WRITERS, lambda: meet_condition(tranche_id=second.pk, met_on=today, note="x", actor=actor)),
        ({*WRITERS, Role.PROGRAMME_MANAGER}, lambda: note_holding(kind="VISIT", rating="WATCH", text="x", **facts)),
        ({*WRITERS, Role.FINANCE}, lambda: pay_tranche(
            tranche_id=first.pk, value_date=today, document="slip", actor=actor)),
    ):  # fmt: skip
        if role in roles:
            work()
            continue
        with pytest.raises((PermissionDenied, RuleViolation)) as refused:
            work()
        assert refused.type is PermissionDenied or refused.value.code == "NOT_PERMITTED"
