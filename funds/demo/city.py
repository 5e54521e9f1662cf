"""Write the demonstration city's funds: records, books month by month, valuations, policies and special cases."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import partial

from django.db import transaction

from funds.actions.ledger import Draft, append, lock_fund, reversal_of
from funds.choices.ledger import EventKind
from funds.choices.records import InvestmentMode, ValuationMethod
from funds.choices.tolerance import CapState, ScopeLevel, SourceStatus
from funds.demo import plan as plans
from funds.demo import tiers
from funds.demo.mother import mother_fund_document, mother_story, record_interests, sub_funds_of, vehicles
from funds.demo.plan import FUNDS, VENTURE, Plan
from funds.demo.story import METHODS, WAN, Story, booked, moment, story_of
from funds.models import (
    Fund,
    FundGroup,
    FundGroupMember,
    FundPolicyBinding,
    GrantAward,
    Investment,
    LedgerEvent,
    PolicyDocument,
    SpecialTierApproval,
    ToleranceRule,
    Valuation,
)
from innovation.accounts.choices import Role
from innovation.accounts.demo import email_of
from innovation.accounts.models import User
from innovation.organisations.demo import of_role
from innovation.organisations.models import Organisation

OWN_CODE = "ZJ-2020-17"
MISTAKEN, TAKEN_BACK, REBOOKED = date(2024, 5, 8), date(2024, 6, 20), date(2024, 6, 21)


@transaction.atomic
def make_funds() -> None:
    """Make the funds that are not there yet, with everything that hangs on them."""
    if Fund.objects.filter(code__in=[plan.code for plan in FUNDS]).exists():
        return
    managers, companies = of_role("fund_manager"), of_role("start_up")
    entities = vehicles()
    funds: dict[str, Fund] = {}
    for number, plan in enumerate(FUNDS):
        funds[plan.code] = _fund(
            plan, managers[number % len(managers)], entities.get(plan.code), funds.get(plan.mother)
        )
    stories = {plan.code: story_of(plan) for plan in FUNDS}
    stories[plans.MOTHER.code] = mother_story([(plan, stories[plan.code]) for plan in sub_funds_of(plans.MOTHER)])
    holdings = _holdings(funds, stories, companies, [entities[plan.code] for plan in sub_funds_of(plans.MOTHER)])
    record_interests(holdings[plans.MOTHER.code], funds)
    _books(funds, stories, holdings)
    _grants(funds[plans.GRANTS.code])
    _values(stories, holdings)
    _policies(funds)


def _fund(plan: Plan, manager: Organisation, entity: Organisation | None, mother: Fund | None) -> Fund:
    return Fund.objects.create(
        kind=plan.kind, organisation=entity, parent=mother, code=plan.code, name_zh=plan.name_zh, name_en=plan.name_en,
        fund_class=plan.fund_class, state=plan.state, stage=plan.stage,
        mode=plan.mode, categories=list(plan.categories), manager=manager,
        starts_on=date(plan.since, 1, 1), investment_ends_on=date(plan.since + 6, 12, 31),
        ends_on=date(plan.since + plan.life - 1, 12, 31), committed_fen=plan.committed * WAN,
        government_num=plan.government.numerator, government_den=plan.government.denominator,
        others_first_loss_fen=plan.first_loss * WAN,
    )  # fmt: skip


def _holdings(
    funds: dict[str, Fund], stories: dict[str, Story], companies: list[Organisation], below: list[Organisation]
) -> dict[str, list[Investment]]:
    """Investments of each fund; companies are dealt round, so that some have two investors.

    The mother fund holds the funds ``below`` it, in their order.
    """
    made: dict[str, list[Investment]] = {}
    dealt = 0
    for code, story in stories.items():
        rows = []
        through = code == plans.MOTHER.code
        for number, (decided, stage) in enumerate(story.entries):
            company = below[number] if through else companies[(dealt + number) % len(companies)]
            rows.append(
                Investment(
                    fund=funds[code], code=f"{code[3:5]}{number + 1:03d}", company=company, stage=stage,
                    mode=InvestmentMode.SUB_FUND if through else InvestmentMode.DIRECT, decided_on=decided,
                )
            )  # fmt: skip
        dealt += 0 if through else len(rows)
        made[code] = Investment.objects.bulk_create(rows)
    return made


def _books(funds: dict[str, Fund], stories: dict[str, Story], holdings: dict[str, list[Investment]]) -> None:
    """All ledgers, one COPY for each moment of recording, in the order of the clock."""
    batches: dict[datetime, dict[int, list[Callable[[], Draft]]]] = defaultdict(lambda: defaultdict(list))
    for code, story in stories.items():
        for one in story.happenings:
            holding = None if one.holding is None else holdings[code][one.holding].pk
            draft = Draft(one.kind, one.day, one.amount, holding, one.relieved, one.document)
            batches[one.recorded or booked(one.day)][funds[code].pk].append(partial(_same, draft))
    for code, story in stories.items():
        if story.mistake is not None:
            for recorded_at, step in _mistake(holdings[code][story.mistake]):
                batches[recorded_at][funds[code].pk].append(step)
    for fund in funds.values():
        lock_fund(fund.pk)
    for recorded_at in sorted(batches):
        ready = {fund: [make() for make in drafts] for fund, drafts in batches[recorded_at].items()}
        append(ready, actor=None, recorded_at=recorded_at)


def _same(draft: Draft) -> Draft:
    return draft


def _mistake(holding: Investment) -> list[tuple[datetime, Callable[[], Draft]]]:
    """A write-off typed too high, taken back six weeks later and booked anew: three entries, none of them changed."""

    def typed() -> Draft:
        return Draft(EventKind.WRITE_OFF, MISTAKEN, 0, holding.pk, _cost(holding) // 2, "核销决议〔2024〕误录")

    def taken_back() -> Draft:
        wrong = LedgerEvent.objects.get(investment=holding, kind=EventKind.WRITE_OFF)
        return reversal_of(wrong, reason="核销金额录入错误，见更正决议")

    def booked_anew() -> Draft:
        return Draft(EventKind.WRITE_OFF, MISTAKEN, 0, holding.pk, _cost(holding) // 4, "核销决议〔2024〕更正")

    return [(moment(MISTAKEN, 16), typed), (moment(TAKEN_BACK, 16), taken_back), (moment(REBOOKED, 16), booked_anew)]


def _cost(holding: Investment) -> int:
    return LedgerEvent.objects.filter(investment=holding, kind=EventKind.INVEST).get().amount_fen


def _grants(fund: Fund) -> None:
    """Grant money: called from the budget, paid out under three awards year by year; a part of one came back.

    What the office itself costs is an expense. No holding, no loss rate.
    """
    awards = [
        GrantAward.objects.create(
            fund=fund, code=f"ZJ-ZZ-{since.year}-{number:02d}", recipient=recipient, title=title,
            committed_fen=granted * WAN, starts_on=since, years=5, review_on=date(since.year + 3, 6, 30),
            document=f"资助决定〔{since.year}〕{number}号",
        )
        for number, (recipient, (title, granted, since)) in enumerate(
            zip(of_role("knowledge_anchor"), plans.AWARDS, strict=False), start=1
        )
    ]  # fmt: skip
    for year in range(fund.starts_on.year, plans.LAST_DAY.year + 1):
        amount = (6_000 + 400 * (year % 5)) * WAN
        day = date(year, 3, 1)
        drafts = [
            Draft(EventKind.CALL, day, amount, document=f"预算下达{year}"),
            Draft(EventKind.EXPENSE, day + timedelta(days=30), 60 * WAN, document=f"评审与管理费{year}"),
            *(
                Draft(
                    EventKind.GRANT,
                    day + timedelta(days=100),
                    award.committed_fen // award.years,
                    document=f"资助拨付{year} {award.code}",
                    award_id=award.pk,
                )
                for award in awards
                if 0 <= year - award.starts_on.year < award.years
            ),
            *(
                Draft(EventKind.GRANT_RETURN, back, 320 * WAN, document="结余资金退回2024", award_id=awards[1].pk)
                for back in (date(2025, 5, 20),)
                if back.year == year and len(awards) > 1
            ),
        ]
        append({fund.pk: drafts}, actor=None, recorded_at=booked(day + timedelta(days=100)))


def _values(stories: dict[str, Story], holdings: dict[str, list[Investment]]) -> None:
    """Fair values with their corrections; the later one supersedes the earlier."""
    Valuation.objects.bulk_create(
        Valuation(
            investment=holdings[code][one.holding], valid_at=one.day, recorded_at=one.recorded,
            superseded_at=one.replaced, fair_value_fen=one.fen, method=_method(code, one.holding),
            document=f"估值报告{one.day:%Y%m}",
        )
        for code, story in stories.items()
        for one in story.values
    )  # fmt: skip


def _method(code: str, holding: int) -> ValuationMethod:
    """A share in a fund stands at its part of the net assets; the methods of companies take turns."""
    return ValuationMethod.NET_ASSETS if code == plans.MOTHER.code else METHODS[holding % len(METHODS)]


# ── Policies ─────────────────────────────────────────────────────────────────────────────────────
def _policies(funds: dict[str, Fund]) -> None:
    """Bindings with a change in mid-life, a group, one special case approved and one that waits."""
    own = {version: _own_document(version) for version in (1, 2)}
    shipped = {doc.code: doc for doc in PolicyDocument.objects.filter(version=1)}
    district = shipped["CN-HZ-SHANGCHENG-2025"]
    guidance = _bind(district, date(2025, 6, 1), fund=funds[plans.GUIDANCE.code])
    seed = _bind(district, date(2025, 6, 1), fund=funds[plans.SEED.code])
    for plan in (plans.ANGEL, plans.GROWTH, *sub_funds_of(plans.MOTHER)):
        _bind(own[1], date(2020, 1, 1), fund=funds[plan.code], until=date(2025, 5, 31))
        _bind(own[2], date(2025, 6, 1), fund=funds[plan.code])
    of_mothers = mother_fund_document()
    for plan in (plans.MOTHER, plans.BRAIN):
        _bind(of_mothers, date(2023, 1, 1), fund=funds[plan.code])
    _bind(own[1], date(2020, 1, 1), fund=funds[plans.GUIDANCE.code], until=date(2025, 5, 31))
    _bind(district, date(2025, 6, 1), fund=funds[plans.INDUSTRIAL.code])
    _bind(shipped["CN-GZ-HUANGPU-2025"], date(2025, 2, 10), fund=funds[plans.MIXED.code])
    _bind(shipped["CN-SZ-CITY"], date(2021, 6, 1), fund=funds[plans.FREE.code])
    _bind(own[2], date(2026, 1, 1), fund=funds[plans.YOUNG.code])
    group = FundGroup.objects.create(
        code="ZJ-ZQ", name_zh="之江早期投资基金群", name_en="Zhijiang Early-stage Fund Group"
    )
    for plan in (plans.SEED, plans.ANGEL, plans.FREE):
        FundGroupMember.objects.create(group=group, fund=funds[plan.code], valid_from=date(2021, 1, 1))
    _bind(shipped["CN-GZ-CITY-2026"], date(2026, 5, 1), group=group)
    _special_cases(guidance, seed)


def _own_document(version: int) -> PolicyDocument:
    """The city's own invented rule: a cap of 30 % from 2020, 40 % with a special tier from June 2025."""
    changed = version > 1
    since, until = (date(2025, 6, 1), None) if changed else (date(2020, 1, 1), date(2025, 5, 31))
    document = PolicyDocument.objects.create(
        kind=PolicyDocument.Kind.LOCAL, code=OWN_CODE, version=version, jurisdiction_zh="之江市(演示)",
        jurisdiction_en="Zhijiang (demonstration)", jurisdiction_level="city",
        title_zh="之江市创业投资基金容错管理办法(演示文本)", number=f"之政办〔{since.year}〕{17 + version}号",
        issued=str(since), effective_from=since, effective_to=until, status=SourceStatus.VERIFIED,
        source="invented for the demonstration / 演示虚构", recorded_at=moment(since),
    )  # fmt: skip
    cap, special = (Fraction(2, 5), Fraction(3, 5)) if changed else (Fraction(3, 10), None)
    ToleranceRule.objects.create(
        document=document, code=f"ZJ-FUND-V{version}", scope=ScopeLevel.FUND, fund_filter=VENTURE,
        cap_state=CapState.LIMIT, cap_num=cap.numerator, cap_den=cap.denominator,
        special_num=special and special.numerator, special_den=special and special.denominator,
        special_condition_zh="重大技术路线变更" if special else "",
        special_condition_en="major change of the technical route" if special else "",
        theta={
            "basis": "REALISED_PLUS_UNREALISED", "netting": "REALISED_GAINS", "denominator": "INVESTED_COST",
            "money_view": "GOVERNMENT_SHARE",
        },
        binding_at=["YEAR_END", "LIQUIDATION"], status=SourceStatus.VERIFIED,
        wording_zh=f"基金综合亏损率不超过{int(cap * 100)}%" + (",重大技术路线变更经批准可放宽至60%" if special else ""),
        source="invented for the demonstration / 演示虚构",
    )  # fmt: skip
    ToleranceRule.objects.create(
        document=document, code=f"ZJ-PROJECT-V{version}", scope=ScopeLevel.PROJECT, cap_state=CapState.LIMIT,
        cap_num=1, cap_den=1, status=SourceStatus.VERIFIED, wording_zh="单个项目允许全额亏损，须证明勤勉尽责",
        source="invented for the demonstration / 演示虚构",
    )  # fmt: skip
    return document


def _bind(
    document: PolicyDocument, since: date, *, fund: Fund | None = None, group: FundGroup | None = None,
    until: date | None = None,
) -> FundPolicyBinding:  # fmt: skip
    """Bind and let it be known ten days later."""
    return FundPolicyBinding.objects.create(
        document=document, fund=fund, group=group, valid_from=since, valid_to=until,
        recorded_at=moment(since + timedelta(days=10)), recorded_by=_person(Role.FUND_OFFICER),
    )  # fmt: skip


def _special_cases(approved: FundPolicyBinding, requested: FundPolicyBinding) -> None:
    rule = ToleranceRule.objects.get(document=approved.document, special_num__isnull=False)
    asker, decider = _person(Role.FUND_OFFICER), _person(Role.PROGRAMME_MANAGER)
    if asker is None or decider is None:
        return
    granted = SpecialTierApproval.objects.create(
        binding=approved, rule=rule, state=SpecialTierApproval.State.APPROVED, valid_from=date(2025, 9, 1),
        evidence="两家被投企业技术路线发生重大变更，专家论证意见见附件",
        requested_by=asker, requested_at=moment(date(2025, 9, 1)), decided_by=decider,
        decided_at=moment(date(2025, 9, 28), 15), decision_reason="同意，条件成立",
    )  # fmt: skip
    waiting = SpecialTierApproval.objects.create(
        binding=requested, rule=rule, valid_from=date(2026, 7, 1), requested_by=asker,
        requested_at=moment(date(2026, 9, 10)),
        evidence="种子期项目集中核销，申请适用特定情况档",
    )  # fmt: skip
    tiers.attach(granted, tiers.OPINION)
    tiers.attach(waiting, tiers.REQUEST)


def _person(role: Role) -> User | None:
    return User.objects.filter(email=email_of(role)).first()
