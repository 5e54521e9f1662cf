"""The mother fund of the demonstration: its books and values follow those of its sub-funds, call by call."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction

from funds.choices.ledger import EventKind
from funds.choices.records import Stage
from funds.choices.tolerance import CapState, ScopeLevel, SourceStatus
from funds.demo import plan as plans
from funds.demo.plan import FUNDS, LAST_DAY, Plan
from funds.demo.story import WAN, Happening, Story, Value, moment, valuation_days
from funds.models import Fund, Investment, PolicyDocument, SubFundInterest, ToleranceRule
from innovation.organisations.models import Organisation

CODE = "ZJ-2022-31"
IN_FORCE = date(2023, 1, 1)
YEARLY_FEE = 150 * WAN
BRINGS = frozenset({EventKind.CALL, EventKind.EXIT_FULL, EventKind.EXIT_PARTIAL, EventKind.DIVIDEND})
SOURCE = "invented for the demonstration / 演示虚构"


def sub_funds_of(mother: Plan) -> list[Plan]:
    """The plans of the funds whose government money comes through ``mother``."""
    return [plan for plan in FUNDS if plan.mother == mother.code]


def vehicles() -> dict[str, Organisation]:
    """The legal entities of the funds that hold or are held, by the code of the fund; the office alone sees them."""
    return {
        plan.code: Organisation.objects.get_or_create(
            uscc=plan.uscc,
            defaults={
                "name_zh": f"{plan.name_zh}合伙企业（有限合伙）", "name_en": f"{plan.name_en}, L.P.",
                "founded": date(plan.since, 1, 1), "in_directory": False,
            },
        )[0]
        for plan in FUNDS
        if plan.uscc
    }  # fmt: skip


def mother_story(subs: Sequence[tuple[Plan, Story]]) -> Story:
    """What the books and valuations of the mother fund hold, given the stories of its sub-funds in their order."""
    story = Story()
    for number, (plan, own) in enumerate(subs):
        _follow(story, number, plan.government, own)
    for year in range(plans.MOTHER.since, LAST_DAY.year + 1):
        story.happenings.append(Happening(date(year, 1, 2), EventKind.CALL, YEARLY_FEE, document=f"预算下达{year}"))
        story.happenings.append(Happening(date(year, 6, 15), EventKind.FEE, YEARLY_FEE, document=f"管理费{year}"))
    story.put_in_order()
    return story


def _follow(story: Story, number: int, share: Fraction, own: Story) -> None:
    """Pay the mother's share of each call of one sub-fund, take that of each distribution, value it at net assets."""
    calls: dict[date, int] = defaultdict(int)
    for one in own.happenings:
        if one.kind == EventKind.CALL:
            calls[one.day] += one.amount
        elif one.kind == EventKind.DISTRIBUTION:
            back = round(share * one.amount)
            story.happenings.append(
                Happening(one.day, EventKind.EXIT_PARTIAL, back, number, back, f"子基金分配{one.day.year}")
            )
    first = min(calls)
    story.entries.append((first - timedelta(days=45), str(Stage.FUND_INTEREST)))
    for day, called in calls.items():
        paid, document = round(share * called), f"子基金缴款{day:%Y%m}"
        kind = EventKind.INVEST if day == first else EventKind.FOLLOW_ON
        story.happenings.append(Happening(day, EventKind.CALL, paid, document=document))
        story.happenings.append(Happening(day, kind, paid, number, document=document))
    for day in valuation_days():
        recorded = moment(day + timedelta(days=45))
        if first + timedelta(days=90) < day and recorded <= moment(LAST_DAY + timedelta(days=30)):
            story.values.append(Value(number, day, round(share * net_assets(own, day)), recorded))


def net_assets(story: Story, day: date) -> Fraction:
    """Cash and the values of a fund's holdings at the end of ``day`` (fen), corrections of values included."""
    cash = sum(one.amount if one.kind in BRINGS else -one.amount for one in story.happenings if one.day <= day)
    return cash + sum((_worth(story, number, day) for number in range(len(story.entries))), Fraction(0))


def _worth(story: Story, number: int, day: date) -> Fraction:
    """The last value, scaled by what has been sold since; cost while there is none."""
    left = story.remaining(number, day)
    values = [one for one in story.values if one.holding == number and one.day <= day and one.replaced is None]
    if not left or not values:
        return Fraction(left)
    last = max(values, key=lambda one: one.day)
    return Fraction(last.fen * left, story.remaining(number, last.day))


def record_interests(holdings: Sequence[Investment], funds: dict[str, Fund]) -> None:
    """The exact share that each investment of the mother fund is, from the start of the sub-fund."""
    SubFundInterest.objects.bulk_create(
        SubFundInterest(
            investment=holding, sub_fund=funds[plan.code], share_num=plan.government.numerator,
            share_den=plan.government.denominator, valid_from=funds[plan.code].starts_on,
            recorded_at=moment(funds[plan.code].starts_on), document="合伙协议",
        )
        for holding, plan in zip(holdings, sub_funds_of(plans.MOTHER), strict=True)
    )  # fmt: skip


def mother_fund_document() -> PolicyDocument:
    """An invented rule that looks through a mother fund to the projects of its sub-funds, and one for special funds."""
    document = PolicyDocument.objects.create(
        kind=PolicyDocument.Kind.LOCAL, code=CODE, jurisdiction_zh="之江市(演示)",
        jurisdiction_en="Zhijiang (demonstration)", jurisdiction_level="city",
        title_zh="之江市引导母基金与专项基金容错细则(演示文本)", number="之财建〔2022〕31号", issued="2022-12-20",
        effective_from=IN_FORCE, status=SourceStatus.VERIFIED, source=SOURCE, recorded_at=moment(IN_FORCE),
    )  # fmt: skip
    theta = {"basis": "REALISED_PLUS_UNREALISED", "denominator": "INVESTED_COST", "money_view": "GOVERNMENT_SHARE"}
    known = {
        "document": document, "scope": ScopeLevel.FUND, "cap_state": CapState.LIMIT, "status": SourceStatus.VERIFIED,
        "source": SOURCE, "binding_at": ["YEAR_END", "LIQUIDATION"],
    }  # fmt: skip
    ToleranceRule.objects.create(
        code="ZJ-MOTHER", fund_filter=plans.MOTHER_FUND, cap_num=1, cap_den=2,
        theta=theta | {"netting": "WITHIN_PROJECT", "look_through": True},
        wording_zh="引导母基金穿透至子基金所投项目计算，综合亏损率不超过50%", **known,
    )  # fmt: skip
    ToleranceRule.objects.create(
        code="ZJ-SPECIAL", fund_filter=plans.SPECIAL_FUND, cap_num=7, cap_den=10,
        theta=theta | {"netting": "REALISED_GAINS"}, wording_zh="专项基金综合亏损率不超过70%", **known,
    )  # fmt: skip
    return document
