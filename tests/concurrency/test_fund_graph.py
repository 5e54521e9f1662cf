"""Writers of the fund graph at the same moment: no circle, no share above one, whoever comes first."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from fractions import Fraction

import pytest
from django.db import IntegrityError, OperationalError, connections, transaction
from psycopg.errors import DeadlockDetected

from funds.actions.terms import record_interest
from funds.choices.records import InvestmentMode
from funds.models import Fund, SubFundInterest
from innovation.accounts.choices import Role
from innovation.core.errors import RuleViolation
from tests.factories.accounts import UserFactory
from tests.factories.funds import FundFactory, InvestmentFactory

pytestmark = pytest.mark.django_db(transaction=True)
DAY = date(2024, 1, 1)


def together(*works):
    """Run the works on as many connections, each in a transaction begun before any of them writes.

    Exclusion constraints may let two writers wait for each other; who is ended for that tries again, as people do.
    """
    start = threading.Barrier(len(works))

    def begun(work):
        with transaction.atomic():
            Fund.objects.exists()  # the transaction is open on the server before the others write
            start.wait()
            work()

    def one(work):
        try:
            try:
                begun(work)
            except OperationalError as error:
                if not isinstance(error.__cause__, DeadlockDetected):
                    raise
                with transaction.atomic():
                    work()
        except IntegrityError as error:
            return error.__cause__.diag.constraint_name
        except RuleViolation as violation:
            return violation.code
        finally:
            connections.close_all()
        return "written"

    with ThreadPoolExecutor(len(works)) as hands:
        return sorted(hands.map(one, works))


def raw(holding, sub, num, den):
    return lambda: SubFundInterest.objects.create(
        investment=holding, sub_fund=sub, share_num=num, share_den=den, valid_from=DAY
    )


def holdings_of(*funds):
    return [InvestmentFactory(fund=fund, mode=InvestmentMode.SUB_FUND) for fund in funds]


def test_two_writers_cannot_close_a_circle_from_both_ends():
    a, b = FundFactory.create_batch(2)
    of_a, of_b = holdings_of(a, b)
    assert together(raw(of_a, b, 1, 2), raw(of_b, a, 1, 2)) == ["fund_graph_no_cycle", "written"]


def test_three_writers_cannot_close_a_circle_together():
    funds = FundFactory.create_batch(3)
    holdings = holdings_of(*funds)
    works = [raw(holdings[place], funds[(place + 1) % 3], 1, 2) for place in range(3)]
    assert together(*works) == ["fund_graph_no_cycle", "written", "written"]


def test_a_mother_fund_and_an_interest_at_once_close_no_circle():
    a, b = FundFactory.create_batch(2)
    (of_a,) = holdings_of(a)
    found = together(raw(of_a, b, 1, 2), lambda: Fund.objects.filter(pk=a.pk).update(parent=b))
    assert found == ["fund_graph_no_cycle", "written"]


def test_writers_at_once_cannot_hold_more_than_all_of_a_sub_fund():
    sub, *mothers = FundFactory.create_batch(4)
    works = [raw(holding, sub, 2, 5) for holding in holdings_of(*mothers)]
    assert together(*works) == ["interest_shares_within_one", "written", "written"]


def test_the_action_names_what_stands_against_it_also_at_the_same_moment():
    officer = UserFactory(role=Role.FUND_OFFICER)
    a, b = FundFactory.create_batch(2)
    of_a, of_b = holdings_of(a, b)

    def act(holding, sub):
        return lambda: record_interest(
            investment_id=holding.pk, sub_fund_id=sub.pk, share=Fraction(1, 2), valid_from=DAY, actor=officer
        )

    assert together(act(of_a, b), act(of_b, a)) == ["FUND_CYCLE", "written"]
