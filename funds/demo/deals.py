"""Demonstration: the committees' decisions behind existing holdings, two proposals under way, quarters, a cap table."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from django.db import transaction

from funds.actions.cap_entries import record_entry
from funds.actions.decisions import seal
from funds.choices.companies import CapEntryKind
from funds.choices.deals import (
    DealSource,
    DealState,
    DecisionOutcome,
    DecisionSubject,
    DiligenceArea,
    DiligenceState,
    Instrument,
    MonitoringKind,
    MonitoringRating,
    VoteChoice,
)
from funds.choices.ledger import EventKind
from funds.choices.records import Stage
from funds.demo.plan import LAST_DAY
from funds.demo.story import WAN, moment, soon
from funds.models import (
    Committee,
    CommitteeMember,
    CompanyQuarter,
    Deal,
    Decision,
    DiligenceItem,
    Fund,
    Investment,
    LedgerEvent,
    MonitoringNote,
    Vote,
)
from funds.rules.cap_securities import Entry
from funds.rules.company_figures import quarter_before
from innovation.accounts.choices import Role
from innovation.accounts.demo import email_of
from innovation.accounts.models import User
from innovation.organisations.choices import MembershipRole
from innovation.organisations.models import Membership, Organisation

MEMBERS = (
    ("赵启明 Zhao Qiming", "主任委员 chair"), ("孙丽华 Sun Lihua", "财政局 finance bureau"),
    ("钱文涛 Qian Wentao", "科技局 science bureau"), ("吴静怡 Wu Jingyi", "行业专家 industry expert"),
    ("冯国强 Feng Guoqiang", "法律专家 legal expert"),
)  # fmt: skip
QUARTERS = 9
NEXT_VISITS = {0: 4, 1: 18}
DUE = (-3, 6, 13)
"""Days until the open questions of a due diligence are due: one is late, two are not."""
DECIDED = 24
"""So many of the oldest holdings have their decision recorded; the others came with a portfolio file."""


@transaction.atomic
def make_deals() -> None:
    """Make what is not there yet; the same each time."""
    officer, manager = _person(Role.FUND_OFFICER), _person(Role.PROGRAMME_MANAGER)
    if officer is None or manager is None or Committee.objects.exists():
        return
    committee = Committee.objects.create(name_zh="之江市投资决策委员会", name_en="Investment Committee", quorum=4)
    members = CommitteeMember.objects.bulk_create(
        CommitteeMember(committee=committee, name=name, position=position) for name, position in MEMBERS
    )
    holdings = list(Investment.objects.filter(decided_on__isnull=False).select_related("fund").order_by("decided_on"))
    _decisions(holdings[:DECIDED], committee, members, manager)
    _proposals(officer)
    _notes(holdings[-12:], officer)
    _quarters(holdings, officer)
    if holdings:
        _cap_table(holdings[-1], officer)
        _member(holdings[-1].company)


def _person(role: Role) -> User | None:
    return User.objects.filter(email=email_of(role)).first()


def _decisions(
    holdings: list[Investment], committee: Committee, members: list[CommitteeMember], recorder: User
) -> None:
    costs = dict(
        LedgerEvent.objects.filter(investment__in=holdings, kind=EventKind.INVEST).values_list(
            "investment_id", "amount_fen"
        )
    )
    for place, holding in enumerate(holdings):
        random = Random(holding.code)  # noqa: S311 - invented data must be the same each time
        met_on = holding.decided_on or LAST_DAY
        decision = Decision.objects.create(
            fund=holding.fund, number=f"投决〔{met_on.year}〕{place + 1}号", subject=DecisionSubject.INVEST,
            investment=holding, committee=committee, met_on=met_on, quorum=committee.quorum,
            majority_num=committee.majority_num, majority_den=committee.majority_den,
            outcome=DecisionOutcome.APPROVED, amount_fen=costs.get(holding.pk, WAN),
            reason="符合基金投向，团队与技术路线经尽调核实",
            minutes="全体到会委员逐一发表意见后投票",
            recorded_at=moment(met_on + timedelta(days=2)), recorded_by=recorder,
        )  # fmt: skip
        odd = random.randrange(len(members))
        choices = [VoteChoice.FOR] * len(members)
        choices[odd] = random.choice([VoteChoice.FOR, VoteChoice.AGAINST, VoteChoice.RECUSED])
        reasons = {VoteChoice.RECUSED: "曾任该企业顾问"}
        Vote.objects.bulk_create(
            Vote(decision=decision, member=member, name=member.name, position=member.position, choice=choice,
                 reason=reasons.get(choice, ""))
            for member, choice in zip(members, choices, strict=True)
        )  # fmt: skip
        seal(decision)


def _proposals(officer: User) -> None:
    """One proposal in due diligence, one before the committee, both for the youngest fund that invests."""
    fund = Fund.objects.get(code="ZJ-TS-03")
    taken = Investment.objects.filter(fund=fund).values("company")
    companies = list(Organisation.objects.filter(investments__isnull=False).exclude(pk__in=taken).distinct()[:2])
    for number, (company, state) in enumerate(
        zip(companies, (DealState.DILIGENCE, DealState.PROPOSED), strict=False), start=1
    ):
        opened = date(2026, 8, 3 + number)
        deal = Deal.objects.create(
            code=f"{fund.code}-2026-{number:03d}", fund=fund, company=company, stage=Stage.ANGEL,
            instrument=Instrument.PREFERRED, amount_fen=(600 + 200 * number) * WAN, pre_money_fen=8_000 * WAN,
            source=DealSource.DEPARTMENT if number > 1 else DealSource.OWN, lead=officer, opened_on=opened,
            summary="核心工艺已通过用户验证，首批订单落地本市",
            risks="单一客户依赖；量产良率待验证",
        )  # fmt: skip
        DiligenceItem.objects.bulk_create(_items(deal, whole=state == DealState.PROPOSED))
        Deal.objects.filter(pk=deal.pk).update(state=state)


def _items(deal: Deal, *, whole: bool) -> list[DiligenceItem]:
    questions = (
        (DiligenceArea.BUSINESS, "市场空间与竞争格局"),
        (DiligenceArea.TECHNOLOGY, "核心专利权属与有效性"),
        (DiligenceArea.TEAM, "创始团队全职与竞业约束"),
        (DiligenceArea.LEGAL, "股权结构与诉讼"),
        (DiligenceArea.FINANCE, "收入确认与税务合规"),
        (DiligenceArea.COMPLIANCE, "资金用途不涉负面清单"),
    )
    answered = len(questions) if whole else 3
    return [
        DiligenceItem(
            deal=deal, area=area, question=question, responsible=deal.lead,
            due_on=deal.opened_on + timedelta(days=30) if place < answered else soon(DUE[place - answered]),
            state=DiligenceState.CLEAR if place < answered else DiligenceState.OPEN,
            done_on=deal.opened_on + timedelta(days=20 + place) if place < answered else None,
        )
        for place, (area, question) in enumerate(questions)
    ]  # fmt: skip


def _notes(holdings: list[Investment], officer: User) -> None:
    ratings = (MonitoringRating.AS_PLANNED, MonitoringRating.WATCH, MonitoringRating.TROUBLE)
    MonitoringNote.objects.bulk_create(
        MonitoringNote(
            investment=holding, noted_on=date(2026, 7, 6 + place), kind=MonitoringKind.VISIT,
            rating=ratings[place % len(ratings)], text="现场走访，核对账面与产线进度",
            next_on=soon(NEXT_VISITS.get(place, 60)),
            recorded_at=moment(date(2026, 7, 7 + place)), recorded_by=officer,
        )
        for place, holding in enumerate(holdings)
    )  # fmt: skip


def _quarters(holdings: list[Investment], officer: User) -> None:
    """Nine quarters of thirty companies, with one correction."""
    rows = []
    ends = [quarter_before(LAST_DAY, back) for back in range(QUARTERS - 1, -1, -1)]
    companies = list(dict.fromkeys(holding.company_id for holding in reversed(holdings)))[:30]
    for company in companies:
        random = Random(f"quarters/{company}")  # noqa: S311
        revenue, people, patents = random.randrange(80, 900), random.randrange(18, 160), random.randrange(2, 25)
        for end in ends:
            revenue = max(20, revenue * random.randrange(92, 116) // 100)
            people = max(8, people + random.randrange(-2, 6))
            patents += random.randrange(3)
            rows.append(
                CompanyQuarter(
                    company_id=company, quarter_end=end, revenue_fen=revenue * WAN, headcount=people,
                    rd_staff=people * 2 // 5, rd_spend_fen=revenue * WAN * 18 // 100, patents=patents,
                    tax_fen=revenue * WAN * 4 // 100, source="MANAGER", recorded_by=officer,
                    recorded_at=moment(end + timedelta(days=25)),
                )
            )  # fmt: skip
    CompanyQuarter.objects.bulk_create(rows)


def _cap_table(holding: Investment, officer: User) -> None:
    """Founders, a round, convertible money that became shares, a plan with a grant, a transfer and a repurchase."""
    day, fund = holding.decided_on or LAST_DAY, holding.fund.name_zh
    founder, platform, common = "许文静 Xu Wenjing", "员工持股平台", "普通股"

    def enter(kind: CapEntryKind, days: int, **facts: Any) -> str:
        rows = record_entry(
            company_id=holding.company_id, entry=Entry(kind, day + timedelta(days=days), **facts), actor=officer
        )
        return str(rows[-1].data["security_id"])

    shares = {"stock_class": common, "price": Decimal("0.1")}
    own = enter(
        CapEntryKind.ISSUANCE, -900, stakeholder=founder, is_institution=False, quantity=Decimal(6_000_000), **shares
    )
    enter(CapEntryKind.ISSUANCE, -400, stakeholder=platform, quantity=Decimal(1_500_000), **shares)
    loan = enter(CapEntryKind.CONVERTIBLE, -300, stakeholder="西溪谷孵化器有限公司", amount=Decimal(1_000_000))
    round_a = {"stock_class": "A轮优先股", "is_preferred": True}
    enter(CapEntryKind.ISSUANCE, 20, stakeholder=fund, quantity=Decimal(1_250_000), price=Decimal("6.4"), **round_a)
    enter(
        CapEntryKind.CONVERTIBLE_CONVERSION, 20, security_id=loan, new_shares=Decimal(195_312), **round_a,
        reason="A轮融资触发转股",
    )  # fmt: skip
    enter(
        CapEntryKind.GRANT, 25, stakeholder="陆子昂 Lu Ziang", is_institution=False, plan="2026年股权激励计划",
        reserved=Decimal(600_000), stock_class=common, quantity=Decimal(120_000), price=Decimal("0.5"),
        expires_on=date(day.year + 8, 12, 31),
    )  # fmt: skip
    enter(CapEntryKind.TRANSFER, 28, security_id=own, stakeholder=platform, quantity=Decimal(300_000), price=Decimal(1))


def _member(company: Organisation) -> None:
    """The applicant of the demonstration reports for one company."""
    person = _person(Role.APPLICANT)
    if person:
        Membership.objects.get_or_create(organisation=company, user=person, defaults={"role": MembershipRole.EDITOR})
