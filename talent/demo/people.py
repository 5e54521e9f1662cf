"""People of the demonstration city: managers of technology, founders, commissioners, and the applicant's own profile.

All names are invented. Nobody stands in the directory but who asked for it, so about half of them do.
"""

from datetime import timedelta
from random import Random

from django.db import transaction
from django.utils import timezone

from innovation.accounts.choices import Role
from innovation.accounts.demo import email_of
from innovation.accounts.models import User
from innovation.organisations.demo import of_role
from innovation.organisations.models import Organisation
from innovation.organisations.rules import pinyin_key
from talent.actions import people, posts, roles, skills
from talent.actions.consents import give_consent
from talent.choices.people import (
    DirectoryField,
    FrascatiClass,
    PostClass,
    PostDuty,
    RoleKind,
    RoleState,
)
from talent.choices.privacy import Purpose
from talent.choices.skills import EvidenceKind, ProofState, SkillLevel, Vocabulary
from talent.models import Affiliation, ConsentText, Person, RoleProfile, Skill, SkillClaim
from talent.rules.roles import last_day

SEED = 20260605
FAMILIES = "丁范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚"
GIVEN = ("昱辰", "可欣", "承志", "映雪", "立新", "安然", "启航", "书瑶", "振邦", "清扬", "一鸣", "念真")
SYLLABLES = {"昱辰": "Yuchen", "可欣": "Kexin", "承志": "Chengzhi", "映雪": "Yingxue", "立新": "Lixin", "安然": "Anran",
             "启航": "Qihang", "书瑶": "Shuyao", "振邦": "Zhenbang", "清扬": "Qingyang", "一鸣": "Yiming",
             "念真": "Nianzhen"}  # fmt: skip
# Kind, how many, post, its duty; offers
GROUPS = (
    (RoleKind.TECH_MANAGER, 18, "技术经理人", PostDuty.TRANSFER, "熟悉高校成果许可和作价入股，可陪同谈判。"),
    (RoleKind.ASSISTANT, 12, "科研助理", PostDuty.PROJECT_SUPPORT, "承担项目申报、经费和试验记录。"),
    (RoleKind.FOUNDER, 6, "创始人", PostDuty.ENGINEERING, "寻找可工程化的成果和联合创始人。"),
    (RoleKind.COMMISSIONER, 4, "高级工程师", PostDuty.ENGINEERING, "可到企业驻点，解决工艺难题。"),
    (RoleKind.SERVICE_OFFICER, 2, "服务专员", PostDuty.OTHER, "帮助企业和人才办理事项。"),
)
STATES = (RoleState.ACTIVE,) * 7 + (RoleState.RENEWAL_DUE, RoleState.SUBMITTED, RoleState.IN_VERIFICATION)


def make_people() -> None:
    """Make what is not there yet; the same each time."""
    officer = User.objects.filter(email=email_of(Role.TALENT_OFFICER)).first()
    hosts = [*of_role("knowledge_anchor"), *of_role("start_up")][:16]
    if officer is None or not hosts or RoleProfile.objects.exists():
        return
    with transaction.atomic():
        made = _registered(hosts)
        _skills(made)
        _own_profile(hosts[0], officer)


def _registered(hosts: list[Organisation]) -> list[tuple[Person, RoleKind]]:
    dice, today, plan = Random(SEED), timezone.localdate(), []  # noqa: S311 - the same city each time
    for kind, count, title, duty, offers in GROUPS:
        for _number in range(count):
            number = len(plan)
            family, given = FAMILIES[number % len(FAMILIES)], GIVEN[(number * 5) % len(GIVEN)]
            shown = [DirectoryField.OFFERS, DirectoryField.ORGANISATION, DirectoryField.SKILLS][: dice.randint(1, 3)]
            person = Person(
                family_name=family, given_name=given, is_listed=number % 5 != 0,
                name_en=f"{SYLLABLES[given]} {pinyin_key(family).title()}",
                shown_fields=shown, offers=offers, available_until=today + timedelta(days=dice.randint(5, 88)),
            )  # fmt: skip
            plan.append((person, kind, title, duty, hosts[number % len(hosts)]))
    Person.objects.bulk_create([row[0] for row in plan])
    Affiliation.objects.bulk_create(
        Affiliation(
            person=person, organisation=host, title=title, duty=duty, post_class=PostClass.TECHNICAL,
            frascati_class=FrascatiClass.SUPPORT if kind == RoleKind.ASSISTANT else FrascatiClass.OUTSIDE,
            fte_centi=100, valid_from=today - timedelta(days=400 + 7 * place), confirmed_at=timezone.now(),
        )
        for place, (person, kind, title, duty, host) in enumerate(plan)
    )  # fmt: skip
    RoleProfile.objects.bulk_create(_profile(row[0], row[1], place) for place, row in enumerate(plan))
    return [(row[0], row[1]) for row in plan]


def _profile(person: Person, kind: RoleKind, place: int) -> RoleProfile:
    state = STATES[place % len(STATES)]
    since = timezone.localdate() - timedelta(days=30 * (place % 24) + 10)
    if state == RoleState.RENEWAL_DUE:
        since = timezone.localdate() - timedelta(days=1035)
    in_force = state in {RoleState.ACTIVE, RoleState.RENEWAL_DUE}
    return RoleProfile(
        person=person, kind=kind, state=state, valid_from=since if in_force else None,
        valid_until=last_day(since) if in_force else None,
    )  # fmt: skip


def _skills(made: list[tuple[Person, RoleKind]]) -> None:
    """Two to four skills each; most of them verified."""
    dice, today = Random(SEED + 1), timezone.localdate()  # noqa: S311 - the same city each time
    local = list(Skill.objects.claimable().filter(vocabulary=Vocabulary.LOCAL).order_by("pk"))
    claims = []
    for person, _kind in made:
        for skill in dice.sample(local, dice.randint(2, 4)):
            is_verified = dice.random() < 0.7  # noqa: PLR2004 - a share of the demonstration
            claims.append(
                SkillClaim(
                    person=person, skill=skill, level=dice.choice(SkillLevel.values),
                    state=ProofState.VERIFIED if is_verified else ProofState.CLAIMED,
                    verified_on=today - timedelta(days=dice.randint(20, 300)) if is_verified else None,
                )
            )  # fmt: skip
    SkillClaim.objects.bulk_create(claims)


def _own_profile(host: Organisation, officer: User) -> None:
    """The applicant's profile, made by the same actions as the pages."""
    user = User.objects.filter(email=email_of(Role.APPLICANT)).first()
    if user is None or Person.objects.filter(user=user).exists():
        return
    person = people.register_person(
        actor=user, user=user, family_name="周", given_name="雨桐", name_en="Zhou Yutong",
        orcid_text="0000-0002-1825-0097", offers="光电器件测试与项目管理，愿意参与成果转化。",
    )  # fmt: skip
    today = timezone.localdate()
    posts.record_post(
        person_id=person.pk, organisation=host, title="科研助理", duty=PostDuty.LAB_OPERATION,
        post_class=PostClass.TECHNICAL, frascati_class=FrascatiClass.TECHNICIAN, fte_centi=80,
        valid_from=today - timedelta(days=500), actor=officer,
    )  # fmt: skip
    texts = {text.purpose: text.pk for text in ConsentText.objects.current()}
    for purpose in (Purpose.REGISTRY, Purpose.MATCHING):
        give_consent(person_id=person.pk, purpose=purpose, text_id=texts[purpose], actor=user)
    profile = roles.open_profile(person_id=person.pk, kind=RoleKind.ASSISTANT, actor=user)
    for event, actor in (("submit", user), ("take_up", officer), ("verify", officer)):
        roles.step(profile_id=profile.pk, event=event, actor=actor)
    people.set_directory(
        person_id=person.pk, actor=user, text_id=texts[Purpose.DIRECTORY],
        shown=[DirectoryField.OFFERS, DirectoryField.SKILLS],
    )  # fmt: skip
    named = ("instrument-operation", "laboratory-safety")
    wanted = Skill.objects.filter(uri__in=[f"urn:innovation:local:{name}" for name in named])
    claims = [
        skills.claim_skill(person_id=person.pk, skill_id=skill.pk, level=SkillLevel.INTERMEDIATE, actor=user)
        for skill in wanted.order_by("pk")
    ]
    skills.add_evidence(
        person_id=person.pk, claim_ids=[claims[0].pk], kind=EvidenceKind.CERTIFICATE, title="大型仪器操作上岗证",
        issuer=str(host), issued_on=today - timedelta(days=380), actor=user,
    )  # fmt: skip
