"""Two writers at once against what the database keeps about grant money, past every rule of ours."""

from datetime import date

import pytest

from funds.actions.ledger import Draft
from funds.choices.ledger import EventKind
from funds.choices.records import FundClass
from funds.models import BookTerms, Fund, GrantAward
from tests.concurrency.test_fund_graph import together
from tests.concurrency.test_invariants import book, entries
from tests.factories.funds import CompanyFactory, FundFactory, GrantAwardFactory, InvestmentFactory

pytestmark = pytest.mark.django_db(transaction=True)
DAY = date(2024, 3, 1)
K = EventKind


def paid(award, amount, kind=K.GRANT):
    return Draft(kind, DAY, amount, award_id=award.pk)


def test_payments_of_two_writers_stay_within_the_award_and_returns_within_what_was_paid():
    award = GrantAwardFactory(committed_fen=1000)
    written = together(*entries(award.fund, *[paid(award, 600)] * 2))
    assert written == ["ledger_grants_within_award", "written"]
    written = together(*entries(award.fund, *[paid(award, 400, K.GRANT_RETURN)] * 2))
    assert written == ["ledger_grants_within_award", "written"]


def test_an_award_is_not_cut_while_it_is_paid():
    award = GrantAwardFactory(committed_fen=1000)
    works = [
        lambda: book(award.fund, paid(award, 900)),
        lambda: GrantAward.objects.filter(pk=award.pk).update(committed_fen=500),
    ]
    refused, written = together(*works)
    assert (refused in {"ledger_grants_within_award", "award_covers_what_is_out"}, written) == (True, "written")


def test_two_grants_do_not_take_the_cash_below_zero():
    award = GrantAwardFactory(committed_fen=5000)
    book(award.fund, Draft(K.CALL, DAY, 1000))
    BookTerms.objects.create(fund=award.fund, is_complete=True)
    assert together(*entries(award.fund, *[paid(award, 600)] * 2)) == ["ledger_cash_not_below_zero", "written"]


def test_a_fund_does_not_become_grant_money_while_it_gets_a_holding_nor_lose_it_while_it_makes_an_award():
    fund, company = FundFactory(), CompanyFactory()
    grant, venture = {"kind": "GRANT", "fund_class": "GRANT"}, {"kind": "DIRECT", "fund_class": FundClass.VENTURE}
    works = [
        lambda: InvestmentFactory(fund=fund, company=company),
        lambda: Fund.objects.filter(pk=fund.pk).update(**grant),
    ]
    assert together(*works) == ["grant_fund_without_holdings", "written"]
    given = FundFactory(fund_class=FundClass.GRANT)
    works = [
        lambda: GrantAwardFactory(fund=given, recipient=company),
        lambda: Fund.objects.filter(pk=given.pk).update(**venture),
    ]
    refused, written = together(*works)
    assert (refused in {"award_of_grant_fund", "grant_fund_with_awards_stays"}, written) == (True, "written")
