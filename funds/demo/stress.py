"""Stress of the demonstration city: its own outcome record, finished simulations, and two saved suppositions."""

from datetime import date
from fractions import Fraction

from funds.actions import outcomes, stress
from funds.choices.figures import StressKind
from funds.choices.tolerance import Netting
from funds.demo import plan as plans
from funds.demo.story import WAN, moment
from funds.models import Fund, Scenario, StressRun
from funds.queries.questions import Target
from funds.queries.simulated import Choices
from funds.queries.sums import Moment
from funds.queries.whatif import Placed, Supposed, load
from funds.rules.stress.changes import Change, ChangeKind, NewMoney
from innovation.accounts.choices import Role
from innovation.accounts.demo import email_of
from innovation.accounts.models import User
from innovation.core import jobs

KNOWN = moment(date(2026, 10, 26))
SEED = 20260930
DRAWS = 5_000
RHO = Fraction(3, 20)
OWN = f"own-{plans.LAST_DAY:%Y%m%d}"


def make_stress() -> None:
    """Fit the record, draw the runs at once, save the scenarios; again is harmless."""
    officer = User.objects.filter(email=email_of(Role.FUND_OFFICER)).first()
    funds = {fund.code: fund for fund in Fund.objects.filter(code__in=[plan.code for plan in plans.FUNDS])}
    if officer is None or not funds or StressRun.objects.exists():
        return
    outcomes.fit_own_record(as_of=plans.LAST_DAY, known_at=KNOWN, region="CN-ZJ", actor=officer)
    by_end = Choices(StressKind.BY_FUND_END, OWN, RHO)
    _run(funds[plans.GUIDANCE.code], by_end, officer)
    _run(funds[plans.GUIDANCE.code], Choices(StressKind.OUTCOMES, "us-2004-2013", RHO), officer)
    _run(funds[plans.ANGEL.code], by_end, officer)
    _scenarios(funds[plans.ANGEL.code], officer)


def _run(fund: Fund, choices: Choices, officer: User) -> None:
    run = stress.ask_run(
        target=Target.of_fund(fund), moment=_moment(), choices=choices, draws=DRAWS, seed=SEED, actor=officer
    )
    jobs.run(StressRun, run.pk, stress.simulate)


def _moment() -> Moment:
    return Moment(plans.LAST_DAY, KNOWN)


def _scenarios(fund: Fund, officer: User) -> None:
    """The two largest positions fail; new money is lost by half under a kinder reading."""
    target = Target.of_fund(fund)
    held = [h for h in load(target, _moment()).view.holdings if h.remaining]
    largest = sorted(held, key=lambda h: (-h.remaining, h.id))[:2]
    suppositions = {
        "两个最大项目失败": Supposed(tuple(Change(holding.id, ChangeKind.WRITE_OFF) for holding in largest)),
        "新增天使投资损失一半": Supposed(
            new=(Placed(fund.pk, NewMoney(3_000 * WAN, "angel", lost=Fraction(1, 2))),),
            reading={"netting": Netting.ALL_GAINS},
        ),
    }
    for name, supposed in suppositions.items():
        if not Scenario.objects.filter(fund=fund, name=name).exists():
            stress.save_scenario(target=target, moment=_moment(), supposed=supposed, name=name, actor=officer)
