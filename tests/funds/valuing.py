"""Holdings to value and papers about them, for the tests of valuation work. Money in fen, 1 万元 = 1,000,000."""

from datetime import date

from funds.actions.valuation_papers import Words, approve_paper, save_paper, submit_paper
from funds.models import Investment, ValuationPaper
from innovation.accounts.choices import Role
from tests.factories.accounts import UserFactory, officer
from tests.factories.funds import FundFactory
from tests.funds.scenes import WAN, invest

ENTRY = date(2023, 3, 1)
QUARTER = date(2024, 6, 30)
INPUTS = {
    "now": {"assets": "5000", "liabilities": "1000", "share": "20"},
    "entry": {"assets": "3000", "liabilities": "0", "share": "20"},
    "sources": {"assets": "Accounts of June 2024", "liabilities": "Accounts of June 2024", "share": "Register"},
}


def holding(**fund) -> Investment:
    """600 万元 invested on 2023-03-01: 20 % of a company with 3,000 万元."""
    return invest(FundFactory(**fund), 600)


def words(**changes) -> Words:
    """Net assets of 4,000 万元 at 20 %: 800 万元, calibrated to the 600 万元 of entry."""
    facts = {"method": "NET_ASSETS", "fair_value_fen": None, "unit": "wan"} | INPUTS
    return Words(**facts | changes)


def finance():
    return UserFactory(role=Role.FINANCE)


def draft(investment=None, day=QUARTER, actor=None, **changes) -> ValuationPaper:
    investment = investment or holding()
    return save_paper(investment_id=investment.pk, valid_at=day, words=words(**changes), actor=actor or officer())


def submitted(investment=None, day=QUARTER, actor=None, **changes) -> ValuationPaper:
    actor = actor or officer()
    return submit_paper(paper_id=draft(investment, day, actor, **changes).pk, actor=actor)


def approved(investment=None, day=QUARTER, **changes) -> ValuationPaper:
    return approve_paper(paper_id=submitted(investment, day, **changes).pk, actor=finance())


VALUE = 800 * WAN
