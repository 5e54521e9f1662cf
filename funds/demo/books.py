"""The keeping of the demonstration city's books: limits, closed years, an entry that waits, a proof."""

from datetime import date

from django.db import transaction

from funds.actions.books import prove_books
from funds.actions.ledger import Draft, append
from funds.actions.notices import issue_notice
from funds.choices.ledger import EventKind, ProofOccasion
from funds.choices.records import MoneySource
from funds.demo import plan as plans
from funds.demo.story import WAN, moment, soon
from funds.models import BookTerms, Commitment, EntryProposal, Fund, Investment, LedgerEvent, Payment, PeriodClose
from funds.queries.books import book_problems
from funds.queries.notices import lines_of
from innovation.accounts.choices import Role
from innovation.accounts.demo import email_of
from innovation.accounts.models import User
from innovation.organisations.demo import of_role

LIMIT = 3_000 * WAN
CLOSED_YEARS = (2023, 2024, 2025)


@transaction.atomic
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
    _first_call(next(fund for fund in funds if fund.code == plans.YOUNG.code), officer)
    prove_books(occasion=ProofOccasion.NIGHTLY, anchor_on=plans.LAST_DAY)


def _waiting_entry(officer: User) -> None:
    """A follow-on above the limit, proposed by the fund officer once the money for it was called."""
    holding = Investment.objects.filter(fund__code=plans.GROWTH.code, events__kind=EventKind.FOLLOW_ON).first()
    if holding is not None:
        called = Draft(EventKind.CALL, date(2026, 9, 21), 3_600 * WAN, document="缴款通知202609")
        append({holding.fund_id: [called]}, actor=officer, recorded_at=moment(date(2026, 9, 23)))
        EntryProposal.objects.create(
            fund=holding.fund, kind=EventKind.FOLLOW_ON, investment=holding, value_date=date(2026, 9, 28),
            amount_fen=3_600 * WAN, document="投决〔2026〕21号", proposed_by=officer,
            proposed_at=moment(date(2026, 9, 29), 16),
        )  # fmt: skip


def _first_call(fund: Fund, officer: User) -> None:
    """The first capital call of the youngest fund, split over its investors and paid by one of them."""
    if not Commitment.objects.filter(fund=fund).exists():
        investors = of_role("investor")[:2] or of_role("fund_manager")[:2]
        share = fund.government_share
        parts = {MoneySource.GOVERNMENT: share, MoneySource.SOCIAL: 1 - share}
        for investor, (source, part) in zip(investors, parts.items(), strict=False):
            Commitment.objects.create(
                fund=fund, investor=investor, source=source, amount_fen=int(fund.committed_fen * part),
                valid_from=fund.starts_on, recorded_at=moment(fund.starts_on), recorded_by=officer,
                document="合伙协议附件二",
            )  # fmt: skip
    call = issue_notice(
        word="call", fund_id=fund.pk, amount_fen=30_000 * WAN, notice_on=date(2026, 9, 10), due_on=soon(8),
        purpose="首期出资", document="缴款通知〔2026〕1号", actor=officer,
    )  # fmt: skip
    line = lines_of(call)[0]
    paid = Draft(EventKind.CALL, date(2026, 9, 22), line.amount_fen, document="缴款通知〔2026〕1号/1")
    append({fund.pk: [paid]}, actor=officer, recorded_at=moment(date(2026, 9, 23)))
    Payment.objects.create(call_line_id=line.pk, event=LedgerEvent.objects.filter(fund=fund).latest("seq"))
