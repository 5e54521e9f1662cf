"""What a funding call makes in the investment pipeline: one proposal a case, with its signature, and never before."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from funds.actions.calls import make_deal
from funds.choices.deals import DealSource, DealState, Instrument
from funds.choices.records import Stage
from funds.models import Deal, Investment, LedgerEvent
from innovation.calls.actions import agreements
from innovation.calls.actions.calls import faults_of
from innovation.calls.choices import AgreementState, CallState
from innovation.core.errors import RuleViolation
from tests.calls.scenes import WAN, Office
from tests.factories.calls import ApplicationFactory, CallFactory
from tests.factories.funds import FundFactory
from tests.refusals import refused_by_rule

pytestmark = pytest.mark.django_db


def ranked(fund, **rules):
    code = fund if isinstance(fund, str) else fund.code
    return ApplicationFactory(
        state="ranked", title="激光雷达芯片", call__kind="funding", call__rules={"fund": code, **rules}
    )


def sign(agreement, actor):
    return agreements.sign_agreement(
        agreement_id=agreement.pk, sha256=agreement.sha256, method="password", actor=actor
    )  # fmt: skip


def test_the_proposal_comes_with_the_second_signature_once_and_waits_to_be_examined():
    office, fund = Office(), FundFactory()
    case = ranked(fund, stage=Stage.SEED, instrument=Instrument.CONVERTIBLE)
    office.decided(case)
    office.noticed(case)
    agreement = office.offered(case)
    sign(agreement, case.created_by)
    case.refresh_from_db()
    assert (case.state, Deal.objects.count(), case.result) == ("noticed", 0, {})
    sign(agreement, office.chair)
    case.refresh_from_db()
    deal = Deal.objects.get()
    assert (deal.fund, deal.company, deal.amount_fen, deal.state) == (
        fund, case.organisation, 100 * WAN, DealState.SOURCING,
    )  # fmt: skip
    assert (deal.source, deal.stage, deal.instrument) == (DealSource.CONTEST, Stage.SEED, Instrument.CONVERTIBLE)
    assert deal.lead == office.officer
    assert case.number in deal.summary
    assert case.state == "active"
    assert case.result["sign"] == {"label": deal.code, "url": deal.get_absolute_url()}
    # A proposal is no investment: the committee of the fund still decides, and no money moved.
    assert (Investment.objects.count(), LedgerEvent.objects.count()) == (0, 0)
    refused_by_rule("NOT_OFFERED", sign, agreement, office.chair)
    refused_by_rule("NOT_OFFERED", sign, agreement, case.created_by)
    assert Deal.objects.count() == 1


def test_a_case_without_fund_has_no_proposal_and_an_unknown_fund_leaves_nothing_half_done():
    office = Office()
    plain = office.active(call__kind="funding")
    assert (plain.state, plain.result, Deal.objects.count()) == ("active", {}, 0)
    case = ranked("NO-SUCH-FUND")
    office.decided(case)
    office.noticed(case)
    agreement = office.offered(case)
    sign(agreement, case.created_by)
    with pytest.raises(RuleViolation) as refused:
        sign(agreement, office.chair)
    assert refused.value.code == "NO_FUND"
    case.refresh_from_db()
    agreement.refresh_from_db()
    assert (case.state, agreement.state) == ("noticed", AgreementState.OFFERED)
    assert agreement.signatures.count() == 1
    assert Deal.objects.count() == 0


def test_two_cases_of_one_fund_get_numbers_one_after_the_other_under_its_lock():
    fund = FundFactory()
    cases = [ApplicationFactory(state="active", award_fen=WAN, call__rules={"fund": fund.code}) for _each in range(2)]
    for case in cases:
        case.call.officer = case.created_by
    with CaptureQueriesContext(connection) as seen:
        labels = [make_deal(case, None)["label"] for case in cases]
    assert [label.rpartition("-")[2] for label in labels] == ["001", "002"]
    assert sum("FOR NO KEY UPDATE" in query["sql"] and "funds_fund" in query["sql"] for query in seen) == 2


def test_a_call_that_names_an_unknown_fund_is_not_published():
    call = CallFactory(state=CallState.DRAFT, published_at=None, kind="funding", rules={"fund": "NO-SUCH-FUND"})
    codes = [fault.code for fault in faults_of(call, timezone.now())]
    assert "NO_FUND" in codes
    call.rules = {"fund": FundFactory().code}
    assert "NO_FUND" not in [fault.code for fault in faults_of(call, timezone.now())]
