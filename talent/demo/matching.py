"""Matching of the demonstration city: what managers offer, what is wanted, one matching, mandates at every step."""

from datetime import timedelta
from random import Random

from django.db import transaction
from django.utils import timezone

from innovation.accounts.choices import Role
from innovation.accounts.demo import email_of
from innovation.accounts.models import User
from innovation.core import jobs
from innovation.organisations.demo import of_role
from innovation.organisations.models import Organisation
from talent.actions import mandates, matching
from talent.choices.matching import (
    ConflictSource,
    DemandKind,
    MatchLevel,
    MatchSector,
    MatchSkill,
    MatchStage,
)
from talent.choices.people import RoleKind
from talent.models import (
    Affiliation,
    ConflictDeclaration,
    Demand,
    Mandate,
    MatchProfile,
    MatchRun,
    RoleProfile,
    Technology,
)

SEED = 20260607
SKILLS = (
    [MatchSkill.TECHNOLOGY, MatchSkill.MARKET],
    [MatchSkill.MARKET, MatchSkill.LAW],
    [MatchSkill.TECHNOLOGY, MatchSkill.GOVERNMENT],
    [MatchSkill.TECHNOLOGY, MatchSkill.MARKET, MatchSkill.LAW],
    [MatchSkill.GOVERNMENT, MatchSkill.LAW],
)
SECTORS = (MatchSector.BIOLOGY, MatchSector.INFORMATION, MatchSector.MATERIALS, MatchSector.EQUIPMENT)
# Chinese and English name, sector, readiness level
TECHNOLOGIES = (
    ("高通量药物筛选芯片", "High-throughput drug screening chip", MatchSector.BIOLOGY, 5),
    ("固态电池电解质薄膜", "Solid electrolyte film for batteries", MatchSector.MATERIALS, 6),
    ("工业视觉缺陷检测模型", "Vision model for defects in production", MatchSector.INFORMATION, 7),
)
# Chinese and English name, whom it wants, skills, level, load, technology, priority
DEMANDS = (
    ("筛选芯片中试转化", "Pilot of the screening chip", RoleKind.TECH_MANAGER,
     [MatchSkill.TECHNOLOGY, MatchSkill.MARKET], MatchLevel.MIDDLE, 3, 0, True),
    ("筛选芯片联合创始人", "Founder for the screening chip", RoleKind.FOUNDER,
     [MatchSkill.MARKET], MatchLevel.CANDIDATE, 4, 0, False),
    ("筛选芯片试验助理", "Assistant for trials of the chip", RoleKind.ASSISTANT, [], MatchLevel.CANDIDATE, 2, 0, False),
    ("电解质薄膜许可谈判", "Licence of the electrolyte film", RoleKind.TECH_MANAGER,
     [MatchSkill.LAW, MatchSkill.MARKET], MatchLevel.JUNIOR, 2, 1, False),
    ("电解质薄膜中试基地", "Pilot site for the electrolyte film", RoleKind.TECH_MANAGER,
     [MatchSkill.TECHNOLOGY, MatchSkill.GOVERNMENT], MatchLevel.JUNIOR, 3, 1, False),
    ("缺陷检测市场推广", "Market entry of defect detection", RoleKind.TECH_MANAGER,
     [MatchSkill.MARKET], MatchLevel.JUNIOR, 2, 2, False),
    ("政府首购对接", "First purchase by government", RoleKind.TECH_MANAGER,
     [MatchSkill.GOVERNMENT], MatchLevel.CANDIDATE, 1, 2, False),
    ("海外专利布局", "Patents abroad", RoleKind.TECH_MANAGER,
     [MatchSkill.LAW, MatchSkill.GOVERNMENT, MatchSkill.MARKET], MatchLevel.MIDDLE, 2, 2, False),
)  # fmt: skip


def make_matching() -> None:
    """Make what is not there yet; the same each time."""
    officer = User.objects.filter(email=email_of(Role.TALENT_OFFICER)).first()
    owners = [*of_role("knowledge_anchor")][:3]
    roles = RoleProfile.objects.active().filter(kind__in=[RoleKind.TECH_MANAGER, RoleKind.FOUNDER, RoleKind.ASSISTANT])
    people = list(roles.order_by("person_id").values_list("person_id", flat=True).distinct())
    if officer is None or not owners or not people or Demand.objects.exists():
        return
    with transaction.atomic():
        _demands(owners)
        _offers(people)
        _interests(people, owners)
    run = matching.ask_matching(role_kind=RoleKind.TECH_MANAGER, actor=officer, seconds=60)
    jobs.run(MatchRun, run.pk, matching.match_people)
    _decide(run, officer)


def _offers(people: list[int]) -> None:
    dice = Random(SEED)  # noqa: S311 - the same city each time
    MatchProfile.objects.bulk_create(
        MatchProfile(
            person_id=person, skills=SKILLS[place % len(SKILLS)], languages=["zh", "en"][: 1 + place % 2],
            sectors=[SECTORS[place % len(SECTORS)]], stages=[MatchStage.CONCEPT, MatchStage.PILOT][: 1 + place % 2],
            level=dice.choice([MatchLevel.JUNIOR, MatchLevel.MIDDLE, MatchLevel.MIDDLE, MatchLevel.SENIOR]),
            capacity_points=dice.choice([4, 6, 10]),
        )
        for place, person in enumerate(people)
    )  # fmt: skip


def _demands(owners: list[Organisation]) -> None:
    technologies = Technology.objects.bulk_create(
        Technology(code=f"JS-{number:02d}", name_zh=zh, name_en=en, sector=sector, trl=trl,
                   organisation=owners[number % len(owners)])
        for number, (zh, en, sector, trl) in enumerate(TECHNOLOGIES)
    )  # fmt: skip
    today = timezone.localdate()
    Demand.objects.bulk_create(
        Demand(
            code=f"XQ-{number + 1:02d}", name_zh=zh, name_en=en, kind=DemandKind.TECHNOLOGY, role_kind=role,
            organisation=technologies[technology].organisation, technology=technologies[technology],
            sector=technologies[technology].sector, stage=MatchStage.PILOT, skills=skills, level=level, load=load,
            starts_on=today, ends_on=today + timedelta(days=180), is_priority=priority, of_small_firm=number % 3 == 0,
        )
        for number, (zh, en, role, skills, level, load, technology, priority) in enumerate(DEMANDS)
    )  # fmt: skip


def _interests(people: list[int], owners: list[Organisation]) -> None:
    """Most have declared; one holds shares, every seventh has not spoken about the last owner."""
    employed = set(Affiliation.objects.filter(person__in=people).values_list("person_id", "organisation_id"))
    ConflictDeclaration.objects.bulk_create(
        ConflictDeclaration(
            person_id=person, organisation=owner,
            source=ConflictSource.EQUITY if place == 1 and owner == owners[0] else ConflictSource.NONE,
        )
        for place, person in enumerate(people)
        for owner in owners
        if (person, owner.pk) not in employed and not (place % 7 == 0 and owner == owners[-1])
    )  # fmt: skip


def _decide(run: MatchRun, officer: User) -> None:
    """Two proposals are confirmed: one mandate runs to its end with an outcome, one waits; the others stay open."""
    chosen = list(run.proposals.order_by("demand_id")[:2])
    made: list[Mandate] = [matching.confirm(proposal_id=each.pk, actor=officer) for each in chosen]
    if not made:
        return
    first = made[0]
    for event in ("accept", "agree", "deliver"):
        mandates.take_step(mandate_id=first.pk, event=event, actor=officer)
    mandates.record_outcome(
        mandate_id=first.pk, occasion="end", achieved=90, text="中试线按期投产，首批样品交付两家用户。", actor=officer
    )
