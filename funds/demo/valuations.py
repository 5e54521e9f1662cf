"""Valuation work of the demonstration: the round of the last quarter with papers in each state."""

from funds.actions.valuation_papers import Words, approve_paper, return_paper, save_paper, submit_paper
from funds.actions.valuation_rounds import open_round
from funds.choices.records import ValuationMethod
from funds.demo.plan import LAST_DAY
from funds.demo.story import soon
from funds.models import CatalogueItem, ValuationRound
from funds.queries.valuation_work import MISSING, Line, entry_price, lines_of
from innovation.accounts.choices import Role
from innovation.accounts.demo import email_of
from innovation.accounts.models import User
from innovation.core.money import Unit, from_fen

SHARE = 10
"""Percent of each company that the demonstration's papers assume; the prices of entry then give its net assets."""


def make_valuations() -> None:
    """Open the round of the last quarter; of what is missing some are drafts, some wait, one came back."""
    officer = User.objects.filter(email=email_of(Role.FUND_OFFICER)).first()
    judge = User.objects.filter(email=email_of(Role.FINANCE)).first()
    if officer is None or judge is None or ValuationRound.objects.exists():
        return
    open_round(quarter_end=LAST_DAY, actor=None, due_on=soon(12))
    open_lines = [line for line in lines_of(LAST_DAY) if line.state == MISSING]
    for number, line in enumerate(open_lines[:8]):
        paper = save_paper(
            investment_id=line.investment.pk, valid_at=LAST_DAY, words=_words(line, number), actor=officer
        )
        if number % 4 == 0:
            continue
        submit_paper(paper_id=paper.pk, actor=officer)
        if number % 4 == 2:  # noqa: PLR2004
            return_paper(paper_id=paper.pk, actor=judge, reason="请补充可比公司的来源")
        if number % 4 == 3:  # noqa: PLR2004
            approve_paper(paper_id=paper.pk, actor=judge, reason="估值会议通过")


def _words(line: Line, number: int) -> Words:
    """Net assets that give the price of entry on that day, and a little more or less today."""
    paid = entry_price(line.investment.pk, LAST_DAY) or 0
    assets = paid * 100 // SHARE
    today = assets * (85 + 10 * (number % 5)) // 100
    texts = {key: f"{from_fen(fen, Unit.WAN):f}" for key, fen in (("entry", assets), ("now", today))}
    source = "2026年三季度财务报表"
    return Words(
        method=ValuationMethod.NET_ASSETS,
        fair_value_fen=None,
        unit=Unit.WAN,
        now={"assets": texts["now"], "share": str(SHARE)},
        entry={} if number % 4 == 0 else {"assets": texts["entry"], "share": str(SHARE)},
        sources={"assets": source, "share": "股东名册"},
        standard=CatalogueItem.objects.filter(kind=CatalogueItem.Kind.STANDARD, code="IPEV-2025").first(),
        document=f"估值底稿{LAST_DAY:%Y%m}-{number + 1}",
    )
