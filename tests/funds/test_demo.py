"""The demonstration city's funds: the same each time, and one for each state that the pages explain."""

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from django.db import connection

from funds.actions.entries import approve_entry
from funds.choices.records import FundKind
from funds.choices.tolerance import StatusReason, ToleranceStatus, WarningLevel
from funds.demo import make_funds
from funds.demo.books import make_books
from funds.demo.plan import FUNDS
from funds.demo.policy_work import make_claims, make_landed_projects, make_yearly_work
from funds.demo.valuations import make_valuations
from funds.models import (
    BookTerms,
    Call,
    ClawBack,
    EntryProposal,
    EvaluationRun,
    FilingExtract,
    Fund,
    LedgerEvent,
    LedgerProof,
    ReinvestmentClaim,
    TierEvidence,
    Valuation,
    ValuationPaper,
)
from funds.queries.interests import shares_below
from funds.queries.ledger import broken_links
from funds.queries.notices import lines_of
from funds.queries.office import office
from funds.queries.restatements import restated
from funds.queries.sums import Moment
from innovation.accounts.choices import Role
from innovation.accounts.demo import email_of, make_people
from innovation.accounts.models import User
from innovation.organisations.demo import make_organisations

pytestmark = pytest.mark.django_db
NOW = Moment(date(2026, 10, 31), datetime(2026, 11, 1, tzinfo=UTC))


def test_the_city_shows_every_state_and_its_books_verify():
    make_people()
    make_organisations()
    make_funds()
    mains = {line.fund.code: line.main for line in office(NOW).lines}
    lines = {code: main.tolerance for code, main in mains.items()}
    assert broken_links() == []
    assert lines["ZJ-YD-01"].status == ToleranceStatus.WITHIN_SPECIAL_TIER
    assert lines["ZJ-ZZ-02"].reason == StatusReason.SPECIAL_TIER_NOT_APPROVED
    assert lines["ZJ-TS-03"].level == WarningLevel.ORANGE
    assert lines["ZJ-CY-04"].reason == StatusReason.CAP_UNKNOWN
    assert lines["ZJ-ZH-05"].status == ToleranceStatus.WITHIN
    assert lines["ZJ-CZ-06"].level == WarningLevel.GREEN
    assert lines["ZJ-WL-07"].status == ToleranceStatus.NOT_LIMITED
    assert lines["ZJ-DK-08"].status == ToleranceStatus.NO_DATA
    assert mains["ZJ-MJ-10"].resolved.theta.look_through
    assert lines["ZJ-MJ-10"].status == ToleranceStatus.WITHIN
    mother = Fund.objects.get(code="ZJ-MJ-10")
    shares = {Fund.objects.get(pk=sub).code: share for sub, share in shares_below(mother.pk, NOW).items()}
    assert shares == {"ZJ-GZ-11": Fraction(3, 10), "ZJ-SW-12": Fraction(2, 7)}
    assert Fund.objects.get(kind=FundKind.SPECIAL).code == "ZJ-NJ-13"
    assert set(TierEvidence.objects.values_list("approval__state", flat=True)) == {"APPROVED", "REQUESTED"}
    counts = LedgerEvent.objects.count(), Valuation.objects.count()
    make_funds()
    assert (LedgerEvent.objects.count(), Valuation.objects.count()) == counts
    assert Fund.objects.count() == len(FUNDS)


def test_valuation_and_policy_work_stand_in_each_state():
    make_people()
    make_organisations()
    make_funds()
    for make in (make_valuations, make_claims, make_landed_projects, make_yearly_work):
        make()
        make()
    papers = set(ValuationPaper.objects.values_list("state", flat=True))
    assert papers == {"DRAFT", "SUBMITTED", "RETURNED", "APPROVED"}
    states = ReinvestmentClaim.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["RECOGNISED"] * 3 + ["REVOKED", "REFUSED", "UNDER_REVIEW", "SUBMITTED", "DRAFT"]
    assert list(ClawBack.objects.order_by("pk").values_list("state", flat=True)) == ["DEMANDED", "PROPOSED"]
    assert set(EvaluationRun.objects.values_list("state", flat=True)) == {"CONFIRMED", "SUBMITTED"}
    assert set(FilingExtract.objects.values_list("state", flat=True)) == {"FILED"}


def test_the_books_are_kept_with_a_waiting_entry_closed_years_and_a_call_half_paid():
    make_people()
    make_organisations()
    make_funds()
    make_books()
    make_books()
    proposal = EntryProposal.objects.get()
    assert proposal.state == "WAITING"
    assert LedgerProof.objects.get().findings == []
    # No fund calls more than was committed or pays what it does not have; nor does it once the entry is approved.
    assert BookTerms.objects.filter(is_complete=True).count() == len(FUNDS)
    approve_entry(proposal_id=proposal.pk, actor=User.objects.get(email=email_of(Role.PROGRAMME_MANAGER)))
    assert restated(NOW.as_of, NOW.known_at).exists()
    (first, second) = lines_of(Call.objects.get())
    assert (first.paid_fen, second.paid_fen) == (first.amount_fen, 0)
    connection.check_constraints()
