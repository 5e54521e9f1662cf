"""Funds with investors, and notices to them."""

from datetime import date, timedelta

import pytest

from funds.actions.notices import issue_notice
from funds.models import Commitment
from funds.queries.notices import lines_of
from innovation.core.errors import RuleViolation
from tests.factories.funds import CompanyFactory, FundFactory

DAY = date(2024, 3, 1)
DUE = DAY + timedelta(days=20)


def fund_of(*amounts):
    """A fund whose investors committed these amounts."""
    fund = FundFactory(committed_fen=sum(amounts))
    for amount in amounts:
        Commitment.objects.create(
            fund=fund, investor=CompanyFactory(), source="SOCIAL", amount_fen=amount, valid_from=date(2020, 1, 1)
        )
    return fund


def issue(fund, officer, amount, word="call", **facts):
    given_facts = {"notice_on": DAY, "due_on": DUE, "purpose": "Investments of the quarter"} | facts
    return issue_notice(word=word, fund_id=fund.pk, amount_fen=amount, actor=officer, **given_facts)


def code_of(act):
    with pytest.raises(RuleViolation) as caught:
        act()
    return caught.value.code


def amounts(notice, column="amount_fen"):
    return [getattr(line, column) for line in lines_of(notice)]
