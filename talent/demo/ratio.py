"""Laboratories of the demonstration city, who works there, the month ends kept so far, and one staff plan.

The laboratories differ in what the board has to tell: too few, enough, too many, one whose support is not known, one
that nobody has reported. All names are invented.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import cycle

from django.db import transaction
from django.utils import timezone

from innovation.accounts.choices import Role
from innovation.accounts.demo import email_of
from innovation.accounts.models import User
from innovation.core.days import month_end_before
from innovation.organisations.demo import of_role
from innovation.organisations.models import Membership, Organisation
from talent.actions.plans import save_plan
from talent.actions.ratio import keep_month
from talent.choices.people import FrascatiClass, PostClass, PostDuty, ResearcherProfile
from talent.models import (
    Affiliation,
    Laboratory,
    LaboratoryProgramme,
    Person,
    ProgrammeLaboratory,
    RatioMonthEnd,
    StaffPlan,
    StaffReturn,
)
from talent.queries.plans import PlanInputs
from talent.queries.ratio import Scope

OPENED, LAST = date(2021, 1, 1), date(2026, 10, 31)
MONTHS = 8
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = (
    "志远",
    "文静",
    "家豪",
    "雨欣",
    "俊杰",
    "思涵",
    "建平",
    "晓岚",
    "海燕",
    "子墨",
    "国强",
    "诗雅",
    "明哲",
    "丽华",
    "浩然",
)
Kind = tuple[str, PostDuty, PostClass, FrascatiClass]
KINDS: dict[str, Kind] = {
    "r": ("研究员", PostDuty.RESEARCH, PostClass.TECHNICAL, FrascatiClass.RESEARCHER),
    "p": ("博士后", PostDuty.RESEARCH, PostClass.TECHNICAL, FrascatiClass.RESEARCHER),
    "e": ("工程师", PostDuty.ENGINEERING, PostClass.TECHNICAL, FrascatiClass.RESEARCHER),
    "t": ("实验技术员", PostDuty.LAB_OPERATION, PostClass.TECHNICAL, FrascatiClass.TECHNICIAN),
    "a": ("项目助理", PostDuty.PROJECT_SUPPORT, PostClass.MANAGEMENT, FrascatiClass.SUPPORT),
    "f": ("财务助理", PostDuty.FINANCE_ASSISTANCE, PostClass.MANAGEMENT, FrascatiClass.SUPPORT),
    "m": ("科研管理", PostDuty.RESEARCH_ADMINISTRATION, PostClass.MANAGEMENT, FrascatiClass.SUPPORT),
    "w": ("设备维护员", PostDuty.LAB_OPERATION, PostClass.WORKER, FrascatiClass.SUPPORT),
}


@dataclass(frozen=True)
class Plan:
    """One laboratory: ``posts`` spells its staff by kind, those of ``late`` came in 2026, ``half`` works half time."""

    code: str
    name_zh: str
    name_en: str
    posts: str
    late: str = ""
    half: str = ""
    declared: bool = True


@dataclass(frozen=True)
class Wanted:
    """A post to be made, by the letter of its kind."""

    organisation: Organisation
    laboratory: Laboratory | None
    letter: str
    since: date
    fte_centi: int = 100

    def of(self, person: Person, confirmed_at: datetime | None) -> Affiliation:
        title, duty, post_class, frascati_class = KINDS[self.letter]
        return Affiliation(
            person=person,
            organisation=self.organisation,
            laboratory=self.laboratory,
            title=title,
            duty=duty,
            post_class=post_class,
            frascati_class=frascati_class,
            fte_centi=self.fte_centi,
            valid_from=self.since,
            r_profile={"r": ResearcherProfile.R3, "p": ResearcherProfile.R2}.get(self.letter, ""),
            confirmed_at=confirmed_at,
        )


UNIVERSITY, LIFE, MATERIALS, AI, MEASURING = range(5)
HOSTS = ("钱塘湾理工大学", "湘湖生命健康研究院", "运河新材料研究所", "良渚人工智能研究院", "之江先进测量实验室")
PLANS: dict[int, tuple[Plan, ...]] = {
    UNIVERSITY: (
        Plan("QD-01", "量子测量实验室", "Quantum Sensing Laboratory", "rrrrrppe" + "tta", late="rp"),
        Plan("QD-02", "机器人与控制实验室", "Robotics and Control Laboratory", "rrrree" + "ttaw", late="f"),
        Plan("QD-03", "应用数学研究室", "Applied Mathematics Group", "rrrrr"),
    ),
    LIFE: (
        Plan("SM-01", "基因编辑中心", "Gene Editing Centre", "rrrrpp" + "ttttaw", late="tr"),
        Plan("SM-02", "类器官平台", "Organoid Platform", "rrr" + "ttttw", half="t"),
        Plan("SM-03", "临床转化办公室", "Clinical Translation Office", "mma"),
    ),
    MATERIALS: (
        Plan("CL-01", "电池材料实验室", "Battery Materials Laboratory", "rrrrrrppee" + "ttt", late="ta", half="a"),
        Plan("CL-02", "先进陶瓷实验室", "Advanced Ceramics Laboratory", "rrrp" + "t", late="w"),
    ),
    AI: (
        Plan("ZN-01", "大模型实验室", "Large Model Laboratory", "rrrrrrrreeee" + "am", late="ree"),
        Plan("ZN-02", "视觉计算实验室", "Visual Computing Laboratory", "rrrrr", declared=False),
    ),
    MEASURING: (Plan("CL-CX", "精密测量车间", "Precision Metrology Workshop", "rre" + "twa", half="w"),),
}
FIRM = Plan("YF-01", "企业研发中心", "Company Research Centre", "rreee" + "ta", declared=False)


@transaction.atomic
def make_ratio() -> None:
    """Make the laboratories that are not there yet, with everything that hangs on them; again is harmless."""
    bodies = [*of_role("knowledge_anchor"), *of_role("facility_owner")]
    named = {body.name_zh: body for body in bodies}
    hosts = [named[name] for name in HOSTS if name in named]
    first = PLANS[UNIVERSITY][0].code
    if len(hosts) < len(PLANS) or Laboratory.objects.filter(organisation=hosts[UNIVERSITY], code=first).exists():
        return
    chosen = [(hosts[number], plan) for number, plans in PLANS.items() for plan in plans]
    firm = _firm_of_applicant()
    if firm is not None:
        chosen.append((firm, FIRM))
    laboratories = Laboratory.objects.bulk_create(
        Laboratory(organisation=host, code=plan.code, name_zh=plan.name_zh, name_en=plan.name_en, opened_on=OPENED)
        for host, plan in chosen
    )
    plans = [plan for _host, plan in chosen]
    _posts(list(zip(laboratories, plans, strict=True)), outside=hosts[UNIVERSITY])
    _programme(laboratories)
    _months(list(zip(laboratories, plans, strict=True)))


def _firm_of_applicant() -> Organisation | None:
    """The firm for which the demonstration's applicant acts: its unit officer."""
    found = Membership.objects.filter(user__email=email_of(Role.APPLICANT)).order_by("pk").first()
    return found.organisation if found else None


def _posts(laboratories: list[tuple[Laboratory, Plan]], *, outside: Organisation) -> None:
    """One invented person a post; two assistants of the university stand outside its laboratories."""
    wanted: list[Wanted] = []
    for laboratory, plan in laboratories:
        halves = list(plan.half)
        for letter in plan.posts:
            is_half = letter in halves
            if is_half:
                halves.remove(letter)
            wanted.append(Wanted(laboratory.organisation, laboratory, letter, OPENED, 50 if is_half else 100))
        months = cycle((2, 4, 5, 7, 9))
        wanted += [
            Wanted(laboratory.organisation, laboratory, letter, date(2026, next(months), 1)) for letter in plan.late
        ]
    wanted += [Wanted(outside, None, letter, OPENED) for letter in "mf"]
    people = Person.objects.bulk_create(
        Person(family_name=SURNAMES[n % len(SURNAMES)], given_name=GIVEN[(n * 7 + n // 20) % len(GIVEN)])
        for n in range(len(wanted))
    )
    now = timezone.now()
    Affiliation.objects.bulk_create(
        each.of(person, now if number % 9 else None)
        for number, (person, each) in enumerate(zip(people, wanted, strict=True))
    )


def _programme(laboratories: list[Laboratory]) -> None:
    """A programme that reaches over three institutes."""
    programme = LaboratoryProgramme.objects.create(
        code="ZJ-QY", name_zh="前沿交叉实验室计划", name_en="Frontier laboratories programme"
    )
    ProgrammeLaboratory.objects.bulk_create(
        ProgrammeLaboratory(programme=programme, laboratory=laboratory, valid_from=OPENED)
        for laboratory in laboratories
        if laboratory.code in {"QD-01", "SM-01", "CL-01", "ZN-01"}
    )


def _months(laboratories: list[tuple[Laboratory, Plan]]) -> None:
    """The statements of the organisations, the month ends, and one plan from the latest."""
    days = [LAST]
    while len(days) < MONTHS:
        days.append(month_end_before(days[-1]))
    days = [day for day in reversed(days) if day < timezone.localdate()]
    if not days:
        return
    StaffReturn.objects.bulk_create(
        StaffReturn(laboratory=laboratory, as_of=days[0] - timedelta(days=20), note="年度核对")
        for laboratory, plan in laboratories
        if plan.declared
    )
    for day in days:
        if not RatioMonthEnd.objects.filter(as_of=day).exists():
            keep_month(as_of=day)
    manager = User.objects.filter(email=email_of(Role.PROGRAMME_MANAGER)).first()
    month = RatioMonthEnd.objects.select_related("main").get(as_of=days[-1])
    if manager is not None and not StaffPlan.objects.exists():
        save_plan(
            name="三年补足科研辅助人员", month=month, definition=month.main,
            scope=Scope(),
            inputs=PlanInputs(
                trainees=Fraction(4), trained_last=8, trainees_after=Fraction(1), shared=Fraction(1, 2),
                retained=Fraction(1, 200), hires=Fraction(1, 2),
            ),
            note="培训、招聘、共享与留任并举", actor=manager,
        )  # fmt: skip
