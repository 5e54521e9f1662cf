"""Commitments, first loss, fees and limits of the demonstration's funds, its alerts and its kept results.

The commitments give the government exactly the share that is stated with each fund, so that no figure changes.
"""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from funds.actions.alerts import acknowledge, sweep
from funds.actions.results import keep_results
from funds.choices.figures import DayCount
from funds.choices.records import Compounding, FundClass, LimitBasis, LimitKind, MoneySource, Phase, TierKind
from funds.choices.tolerance import SourceStatus, WarningLevel
from funds.demo import plan as plans
from funds.demo.story import moment
from funds.models import Alert, Commitment, FeeTerm, Fund, FundLimit, ToleranceResult, WaterfallTier
from funds.queries.timeline import month_ends
from innovation.accounts.choices import Role
from innovation.accounts.demo import email_of
from innovation.accounts.models import User
from innovation.core.days import month_end_before
from innovation.organisations.demo import of_role

AGREEMENT = "合伙协议"
KEPT_MONTHS = 12


@transaction.atomic
def make_records() -> None:
    """Add what is not there yet; the same at every call."""
    if Commitment.objects.exists():
        return
    investors, city = of_role("fund_manager"), next(iter(of_role("investor")), None)
    funds = Fund.objects.filter(code__in=[plan.code for plan in plans.FUNDS]).exclude(fund_class=FundClass.GRANT)
    for number, fund in enumerate(funds.select_related("parent__organisation").order_by("code")):
        known = {"fund": fund, "valid_from": fund.starts_on, "document": AGREEMENT}
        known |= {"recorded_at": moment(fund.starts_on)}
        government = fund.committed_fen * fund.government_num // fund.government_den
        parts = ((MoneySource.GOVERNMENT, government), (MoneySource.SOCIAL, fund.committed_fen - government))
        exact = government * fund.government_den == fund.committed_fen * fund.government_num
        for place, (source, amount) in enumerate(parts):
            if amount and exact:
                investor = investors[(number + place) % len(investors)]
                if source == MoneySource.GOVERNMENT:
                    investor = (fund.parent and fund.parent.organisation) or city or investor
                Commitment.objects.create(investor=investor, source=source, amount_fen=amount, **known)
        for phase, rate, basis in ((Phase.INVESTMENT, 20, "PAID_IN"), (Phase.EXIT, 15, "UNEXITED_COST")):
            FeeTerm.objects.create(phase=phase, rate_num=rate, rate_den=1_000, basis=basis, **known)
        FundLimit.objects.create(
            kind=LimitKind.MAX_ONE_PROJECT, share_num=1, share_den=5, basis=LimitBasis.COMMITTED, source=AGREEMENT,
            status=SourceStatus.VERIFIED, **known,
        )  # fmt: skip
        if fund.others_first_loss_fen:
            WaterfallTier.objects.create(
                position=1, kind=TierKind.FIRST_LOSS, amount_fen=fund.others_first_loss_fen, **known
            )  # fmt: skip
        WaterfallTier.objects.create(
            position=2, kind=TierKind.PREFERRED_RETURN, hurdle_num=6, hurdle_den=100, compounding=Compounding.SIMPLE,
            day_count=DayCount.ACT_365F, **known,
        )  # fmt: skip
        WaterfallTier.objects.create(position=3, kind=TierKind.CATCH_UP, manager_num=1, manager_den=1, **known)
        WaterfallTier.objects.create(
            position=4, kind=TierKind.PROFIT_SPLIT, manager_num=1, manager_den=5, concession_num=1, concession_den=2,
            concession_to="OTHERS", condition="返投达标", **known,
        )  # fmt: skip


def keep_history() -> None:
    """The results of the last month ends, as the monthly run would have kept them, and the alerts of the story's end.

    The last one is kept as known now: what this city did while it was made is recorded now.
    """
    if ToleranceResult.objects.exists():
        return
    now = timezone.now()
    last = month_end_before(timezone.localdate(now))
    for day in month_ends(last - timedelta(days=31 * KEPT_MONTHS), last):
        keep_results(as_of=day, known_at=now if day == last else moment(day + timedelta(days=4), 6))
    sweep(as_of=plans.LAST_DAY)
    officer = User.objects.filter(email=email_of(Role.FUND_OFFICER)).first()
    if officer is not None:
        for alert in Alert.objects.exclude(level=WarningLevel.RED).order_by("pk")[::2]:
            acknowledge(alert_id=alert.pk, actor=officer)
