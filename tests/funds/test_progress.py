"""Money progress: shares, the three ratios, reinvestment at two times, thresholds as rows."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from funds.actions import reinvestment as claims
from funds.actions.alerts import sweep
from funds.actions.ledger import Draft
from funds.choices.ledger import EventKind
from funds.choices.records import MoneySource
from funds.choices.tolerance import AlertKind
from funds.models import Alert, Commitment, Fund, FundTerm, ReinvestmentClaim, Threshold
from funds.queries.progress import progress_of_funds
from funds.queries.sums import Moment
from funds.reports.progress import KIND
from funds.rules import reinvestment as rules
from innovation.accounts.choices import Role
from innovation.core.models import OutboxMessage
from tests.factories.accounts import UserFactory, as_role
from tests.factories.funds import CompanyFactory, FundFactory
from tests.funds.claiming import recognised
from tests.funds.scenes import KNOWN, WAN, book, invest

DAY = date(2024, 6, 30)


def progress(fund, as_of=DAY, known_at=None):
    return progress_of_funds([fund], Moment(as_of, known_at or timezone.now()))[0]


def committed(fund, government, public, social):
    for source, wan in (
        (MoneySource.GOVERNMENT, government),
        (MoneySource.PUBLIC, public),
        (MoneySource.SOCIAL, social),
    ):
        Commitment.objects.create(
            fund=fund, investor=CompanyFactory(), source=source, amount_fen=wan * WAN, valid_from=date(2020, 1, 1),
            recorded_at=KNOWN - timedelta(days=100),
        )  # fmt: skip


@pytest.fixture
def fund(db):
    """1,000 committed (400 government, 100 public, 500 social); 600 called and 600 invested on 2023-03-01."""
    fund = FundFactory(
        committed_fen=1000 * WAN, government_num=2, government_den=5, starts_on=date(2020, 1, 1),
        investment_ends_on=date(2026, 1, 1), manager=CompanyFactory(),
    )  # fmt: skip
    committed(fund, 400, 100, 500)
    invest(fund, 600)
    return fund


def test_shares_ratios_and_progress_are_exact(fund):
    one = progress(fund)
    assert (one.shares.computed, one.shares.public) == (Fraction(2, 5), Fraction(1, 2))
    assert (one.called_share, one.invested_share, one.idle_share) == (Fraction(3, 5), 1, 0)
    assert [(lever.letter, lever.numerator, lever.ratio) for lever in one.leverage] == [
        ("a", 1000 * WAN, Fraction(5, 2)), ("b", 500 * WAN, Fraction(5, 4)), ("c", 1000 * WAN, Fraction(5, 2)),
    ]  # fmt: skip
    assert one.idle_days == (DAY - date(2023, 3, 1)).days


def test_the_government_led_total_counts_sub_funds_and_nothing_twice(fund):
    FundFactory(committed_fen=2000 * WAN, parent=fund)
    assert progress(fund).leverage[2].ratio == Fraction(3000, 400)


def test_a_fund_without_government_money_has_no_ratio(db):
    fund = FundFactory(government_num=0, committed_fen=100)
    one = progress(fund)
    assert [lever.ratio for lever in one.leverage] == [None] * 3
    assert (one.multiple_paid_in, one.multiple_committed, one.called_share) == (None, None, 0)


def test_the_multiple_counts_recognised_claims_at_two_times(fund):
    row = recognised(fund.investments.get(), amount=300 * WAN, on="2024-05-01")
    moment = ReinvestmentClaim.objects.get().decided_at
    assert progress(fund).multiple_paid_in == Fraction(300, 240)
    assert progress(fund).multiple_committed == Fraction(300, 400)
    assert progress(fund, date(2024, 4, 30)).recognised == 0
    assert progress(fund, known_at=moment - timedelta(seconds=1)).recognised == 0
    claims.revoke_claim(
        claim_id=row.pk, revoked_on=date(2024, 6, 1), reason="left", actor=UserFactory(role=Role.PROGRAMME_MANAGER)
    )
    revoked_at = ReinvestmentClaim.objects.get().revoked_at
    assert progress(fund).recognised == 0
    assert progress(fund, date(2024, 5, 31)).recognised == 300 * WAN
    assert progress(fund, known_at=revoked_at - timedelta(microseconds=1)).recognised == 300 * WAN


def test_thresholds_are_rows_and_a_funds_own_row_goes_first(fund):
    assert [warned.key for warned in progress(fund).warnings] == []
    Threshold.objects.create(key="INVESTED_BEHIND", fund=fund, valid_from=DAY, num=11, den=10, source="board")
    Threshold.objects.create(key="CALLED_BEHIND", valid_from=DAY, num=1, den=10, source="board")
    assert {warned.key for warned in progress(fund).warnings} == {"INVESTED_BEHIND", "CALLED_BEHIND"}
    assert progress(fund, DAY - timedelta(days=1)).warnings == ()
    # An investment period that is recorded with its days goes before the day typed with the fund.
    FundTerm.objects.create(
        fund=fund, phase="INVESTMENT", approved_by="board", approved_on=fund.starts_on, valid_from=fund.starts_on,
        valid_to=DAY - timedelta(days=1), recorded_at=KNOWN,
    )  # fmt: skip
    assert not progress(fund).is_investing
    assert progress(fund).warnings == ()
    assert progress(fund, known_at=KNOWN - timedelta(days=1)).is_investing


@pytest.mark.parametrize(
    ("called", "as_of", "behind"),
    [
        (Fraction(1, 4), date(2022, 1, 1), Fraction(1, 4)), (Fraction(1), date(2022, 1, 1), Fraction(-1, 2)),
        (Fraction(0), date(2030, 1, 1), Fraction(1)), (Fraction(0), date(2019, 1, 1), Fraction(0)),
    ],
)  # fmt: skip
def test_how_far_behind_the_plan(called, as_of, behind):
    found = rules.behind_plan(called, date(2021, 1, 1), date(2023, 1, 1), as_of)
    assert found == behind
    assert rules.behind_plan(called, date(2021, 1, 1), None, as_of) is None


def test_the_page_costs_the_same_for_one_fund_and_three(client, fund, django_assert_max_num_queries):
    as_role(client, Role.PROGRAMME_MANAGER)
    counts = []
    for more in (0, 2):
        for _ in range(more):
            committed(FundFactory(), 1, 1, 1)
        client.get(reverse("funds:progress"))
        with django_assert_max_num_queries(20) as queries:
            page = client.get(reverse("funds:progress"), {"as_of": "2024-06-30"}, headers={"accept-language": "en"})
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert Fund.objects.count() == 3
    for words in ("(a)", "(b)", "(c)", "2.50×", "1.25×", "40.0\u202f%", "50.0\u202f%"):
        assert words in page.text


@pytest.mark.parametrize("role", [*Role, None])
def test_who_opens_the_page(client, fund, role):
    as_role(client, role)
    readers = {Role.FUND_OFFICER, Role.PROGRAMME_MANAGER, Role.FINANCE, Role.AUDITOR, Role.ADMINISTRATOR}
    expected = 200 if role in readers else 302 if role is None else 403
    assert client.get(reverse("funds:progress")).status_code == expected


def test_report_and_api_say_the_same(fund):
    data = KIND.build({"fund": fund}, as_of=DAY, known_at=datetime(2024, 7, 30, tzinfo=UTC), language="en")
    ratios = data.sections[2].tables[0].rows[0].cells
    assert [cell.value for cell in (ratios[3], ratios[5], ratios[7])] == [
        Fraction(5, 2),
        Fraction(5, 4),
        Fraction(5, 2),
    ]
    client = APIClient()
    client.force_authenticate(UserFactory(role=Role.AUDITOR))
    row = client.get(reverse("api:moneyprogress-list"), {"as_of": "2024-06-30"}).json()[0]
    assert [(one["letter"], one["ratio"]["num"], one["ratio"]["den"]) for one in row["leverage"]] == [
        ("a", 5, 2), ("b", 5, 4), ("c", 5, 2),
    ]  # fmt: skip
    client.force_authenticate(UserFactory(role=Role.APPLICANT))
    assert client.get(reverse("api:moneyprogress-list")).status_code == 403


def test_a_figure_beyond_its_threshold_opens_one_alert_and_is_cleared_once_mended(client, fund):
    Threshold.objects.all().delete()
    Threshold.objects.create(
        key=Threshold.Key.INVESTED_BEHIND, valid_from=date(2020, 1, 1), num=1, den=2, source="office rule 7"
    )
    officer = UserFactory(role=Role.FUND_OFFICER)
    call = Draft(EventKind.CALL, date(2024, 1, 5), 700 * WAN)
    book(fund, call, at=KNOWN)
    moment = {"as_of": DAY, "known_at": KNOWN}
    sweep(**moment)
    sweep(**moment)
    (alert,) = Alert.objects.filter(kind=AlertKind.PROGRESS)
    assert (alert.fund, alert.level, alert.facts["value"]) == (fund, "YELLOW", "6/13")
    assert OutboxMessage.objects.filter(key__startswith="funds-alerts-", recipient=officer.email).exists()
    as_role(client, Role.PROGRAMME_MANAGER)
    page = client.get(alert.get_absolute_url(), headers={"accept-language": "en"}).text
    for words in ("invested over paid-in below which it warns", "46.2", "50.0", "office rule 7"):
        assert words in page
    more = Draft(EventKind.FOLLOW_ON, date(2024, 2, 1), 100 * WAN, fund.investments.get().pk)
    book(fund, more, at=KNOWN)
    sweep(**moment)
    alert.refresh_from_db()
    assert (alert.state, bool(alert.cleared_at)) == ("CLOSED", True)
