"""The keeping of the demonstration city's books: limits, closed years, an entry that waits, a proof."""

from datetime import date

from funds.actions.books import prove_books
from funds.choices import EventKind, ProofOccasion
from funds.demo import plan as plans
from funds.demo.story import WAN, moment
from funds.models import BookTerms, EntryProposal, Fund, Investment, PeriodClose
from funds.queries.books import book_problems
from innovation.accounts.choices import Role
from innovation.accounts.demo import email_of
from innovation.accounts.models import User

LIMIT = 3_000 * WAN
CLOSED_YEARS = (2023, 2024, 2025)


def make_books() -> None:
    """Terms, closed periods, one proposal and one proof; again is harmless."""
    funds = list(Fund.objects.filter(code__in=[plan.code for plan in plans.FUNDS]))
    finance, officer = (User.objects.filter(email=email_of(role)).first() for role in (Role.FINANCE, Role.FUND_OFFICER))
    if not funds or finance is None or officer is None or BookTerms.objects.filter(fund__in=funds).exists():
        return
    BookTerms.objects.bulk_create(
        [
            BookTerms(
                fund=fund, approval_limit_fen=LIMIT, is_complete=not book_problems(fund), changed_by=finance,
                changed_at=moment(plans.LAST_DAY),
            )
            for fund in funds
        ]
    )  # fmt: skip
    PeriodClose.objects.bulk_create(
        [
            PeriodClose(
                fund=fund, through=date(year, 12, 31), closed_at=moment(date(year + 1, 3, 31), 17), closed_by=finance
            )
            for fund in funds
            for year in CLOSED_YEARS
            if fund.starts_on.year <= year
        ]
    )
    _waiting_entry(officer)
    prove_books(occasion=ProofOccasion.NIGHTLY, anchor_on=plans.LAST_DAY)


def _waiting_entry(officer: User) -> None:
    """A follow-on above the limit, proposed by the fund officer."""
    holding = Investment.objects.filter(fund__code=plans.GROWTH.code, events__kind=EventKind.FOLLOW_ON).first()
    if holding is not None:
        EntryProposal.objects.create(
            fund=holding.fund, kind=EventKind.FOLLOW_ON, investment=holding, value_date=date(2026, 9, 28),
            amount_fen=3_600 * WAN, document="投决〔2026〕21号", proposed_by=officer,
            proposed_at=moment(date(2026, 9, 29), 16),
        )  # fmt: skip
