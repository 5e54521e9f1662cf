"""Books under stress: portfolio A with its policy, and runs that are drawn."""

from datetime import date
from fractions import Fraction

from django.db import connection

from funds.actions import stress
from funds.choices.figures import StressKind
from funds.models import StressRun, ToleranceRule
from funds.queries.simulated import Choices
from funds.queries.sums import Moment
from funds.queries.tolerance import Target
from innovation.core import jobs
from innovation.core.jobs import JobState
from tests.factories.accounts import officer
from tests.funds.portfolio_a import DAY, KNOWN, bind, portfolio_a

MOMENT = Moment(DAY, KNOWN)
SHANGCHENG = "CN-HZ-SHANGCHENG-2025"


def bound_a(**fields):
    """Portfolio A under a cap of 40 %; the government holds four tenths of it."""
    terms = {"categories": ["创业投资类"], "government_num": 2, "government_den": 5, "ends_on": date(2030, 6, 30)}
    fund, holdings = portfolio_a(**terms | fields)
    bind(SHANGCHENG, {"fund": fund})
    return fund, holdings


def read_as(fund, **theta):
    """Let the fund's policy state its definition."""
    binding = fund.policy_bindings.get()
    rule = ToleranceRule.objects.get(document=binding.document, scope="FUND", cap_num__isnull=False)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
    ToleranceRule.objects.filter(pk=rule.pk).update(theta=theta)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    return rule


GROSS = {
    "basis": "REALISED_PLUS_UNREALISED", "netting": "NONE", "denominator": "INVESTED_COST", "money_view": "FUND_TOTAL",
}  # fmt: skip


def chosen(kind=StressKind.BY_FUND_END, table="example-rate", rho=Fraction(3, 20), **more):
    return Choices(kind, table, rho, **more)


def finished(fund=None, group=None, choices=None, **more):
    """A run asked for and drawn."""
    target = Target.of_group(group) if group else Target.of_fund(fund)
    asked = {"moment": MOMENT, "draws": 2_000, "seed": 7} | more
    run = stress.ask_run(target=target, choices=choices or chosen(), actor=officer(), **asked)
    return drawn(run)


def drawn(run):
    done = jobs.run(StressRun, run.pk, stress.simulate)
    run.refresh_from_db()
    assert (done.state, run.error) == (JobState.DONE, ""), run.error
    return run
