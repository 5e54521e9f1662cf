"""The organisations of the demonstration city: invented names, valid codes that belong to nobody.

Everything follows from SEED, so two cities are alike and later parts can rely on who is there::

    demo.of_role("start_up")      # the firms that funds invest in
    demo.of_role("fund_manager")  # who manages the funds
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from innovation.accounts.choices import Role
from innovation.accounts.demo import email_of
from innovation.accounts.models import User
from innovation.core.identifiers import USCC_ALPHABET, organisation_check_character, uscc_check_character
from innovation.organisations.choices import MembershipRole, OrganisationStatus, Sector
from innovation.organisations.models import Contact, Membership, Organisation, OrganisationRole, RoleKind
from innovation.organisations.rules import pinyin_key

SEED = 20260601
DISTRICTS = ("330102", "330105", "330106", "330108", "330109", "330110", "330111", "330113", "330114")
_BRANDS = (
    "云澜 星野 曦和 澄观 砺石 青禾 观潮 鹿鸣 知微 长庚 若水 听涛 玄光 岚图 北辰 沐阳 衡岳 朗润 启明 凌霄 "
    "海岳 天枢 元启 致远 微澜 光谱 量衡 深蓝 晶硕 芯源 瀚宇 拓扑 灵犀 云帆 锐捷达 格物 穹宇 天工 图灵岛 竹间 "
    "松果 麦浪 溪谷 白鹭 远岫 初阳 霁月 清源 百川 恒辉 卓然 明德 宏图 盛泽 同创 博雅 瑞云 思源 凯旋 万象 "
    "景明 泓远 澜山 临湖 之澜 钱塘湾 望江 翠苑 云岫 听雨 石泉 九溪 三墩 良渚玉 西溪谷 湘湖"
)
BRANDS = tuple(_BRANDS.split())
# Chinese field, English field, industry of GB/T 4754-2017.
FIELDS = (
    ("集成电路", "Semiconductors", "C3973"),
    ("智能机器人", "Robotics", "C3964"),
    ("生物医药", "Biopharma", "C2761"),
    ("医疗器械", "Medical Devices", "C3581"),
    ("新能源电池", "Battery Technology", "C3841"),
    ("先进材料", "Advanced Materials", "C2651"),
    ("人工智能", "Artificial Intelligence", "I6513"),
    ("工业软件", "Industrial Software", "I6513"),
    ("激光雷达", "Lidar", "C4028"),
    ("低空航空器", "Low-altitude Aircraft", "C3749"),
    ("量子测量", "Quantum Sensing", "C4014"),
    ("脑机接口", "Brain-computer Interfaces", "C3581"),
)
# Fixed bodies: Chinese name, English name, sector, first characters of the code, industry, roles.
BODIES = (
    ("之江市科学技术局", "Zhijiang Municipal Science and Technology Bureau", "G", "11", "S92", ["funding_body"]),
    ("之江市经济和信息化局", "Zhijiang Municipal Economy and Information Bureau", "G", "11", "S92", ["funding_body"]),
    ("之江市知识产权局", "Zhijiang Intellectual Property Office", "G", "11", "S92", ["funding_body"]),
    ("之江市科技计划项目管理中心", "Zhijiang Programme Management Centre", "G", "12", "M75", ["managing_body"]),
    ("之江市产业投资基金有限公司", "Zhijiang Industrial Investment Fund Co., Ltd.", "I", "91", "J67", ["investor"]),
    ("钱塘湾理工大学", "Qiantang Bay University", "U", "12", "P83", ["knowledge_anchor", "facility_owner"]),
    ("之江师范学院", "Zhijiang Normal College", "U", "12", "P83", ["knowledge_anchor"]),
    ("湘湖生命健康研究院", "Xianghu Institute of Life and Health", "U", "12", "M73", ["knowledge_anchor"]),
    ("运河新材料研究所", "Canal Institute of New Materials", "U", "12", "M73", ["knowledge_anchor", "facility_owner"]),
    ("良渚人工智能研究院", "Liangzhu Institute of Artificial Intelligence", "U", "12", "M73", ["knowledge_anchor"]),
    ("之江先进测量实验室", "Zhijiang Laboratory of Advanced Measurement", "U", "12", "M73", ["facility_owner"]),
    ("之江市集成电路行业协会", "Zhijiang Semiconductor Association", "N", "51", "S95", ["association"]),
    ("之江市生物医药产业联盟", "Zhijiang Biopharma Alliance", "N", "51", "S95", ["association"]),
    ("之江市机器人产业协会", "Zhijiang Robotics Association", "N", "51", "S95", ["association"]),
    ("之江创业投资协会", "Zhijiang Venture Capital Association", "N", "51", "S95", ["association"]),
    ("西溪谷孵化器有限公司", "Xixi Valley Incubator Co., Ltd.", "I", "91", "L72", ["incubator"]),
    ("滨江未来工场孵化器有限公司", "Binjiang Future Works Incubator Co., Ltd.", "I", "91", "L72", ["incubator"]),
    ("临平生物港孵化器有限公司", "Linping Bioport Incubator Co., Ltd.", "I", "91", "L72", ["incubator"]),
    ("大学城众创空间", "University Town Makerspace", "N", "52", "L72", ["incubator"]),
    ("明理专利代理事务所", "Mingli Patent Attorneys", "I", "91", "L72", ["service_provider"]),
    ("之江技术转移中心", "Zhijiang Technology Transfer Centre", "N", "52", "M75", ["service_provider"]),
    ("衡准检测认证有限公司", "Hengzhun Testing and Certification Co., Ltd.", "I", "91", "M74", ["service_provider"]),
)  # fmt: skip
# Managers of funds: brand, English brand; their investment arms are investors.
MANAGERS = (
    ("观澜", "Guanlan"), ("青云梯", "Qingyunti"), ("知行", "Zhixing"), ("同舟", "Tongzhou"), ("远望", "Yuanwang"),
    ("山海", "Shanhai"), ("初心", "Chuxin"), ("厚积", "Houji"),
)  # fmt: skip
PARTNERS = (
    ("", "City of Karlsberg, Innovation Office"),
    ("", "Port Harrow Technology Agency"),
    ("新港市科技局（筹）", ""),
)
SURNAMES, GIVEN = "王李张刘陈杨赵黄周吴徐孙", ("敏", "伟", "静", "磊", "洋", "艳", "勇", "杰", "娟", "涛", "明", "晓东")


@dataclass
class Plan:
    """One organisation to be made, with what hangs on it."""

    uscc: str | None
    name_zh: str
    name_en: str
    sector: str
    industry_id: str
    roles: list[tuple[str, date | None, date | None, str]]
    group: str | None = None
    facts: dict[str, object] = field(default_factory=dict)


def make_organisations() -> None:
    """Make the organisations that are not there yet, with groups, roles, contacts and the applicant's membership."""
    plans = plan()
    held = set(Organisation.objects.values_list("uscc", flat=True)) | set(
        Organisation.objects.values_list("name_en", "name_zh")
    )
    new = [one for one in plans if one.uscc not in held and (one.uscc or (one.name_en, one.name_zh) not in held)]
    made = Organisation.objects.bulk_create(
        Organisation(
            uscc=one.uscc, name_zh=one.name_zh, name_en=one.name_en, sector=one.sector,
            industry_id=one.industry_id or None, **one.facts,
        )
        for one in new
    )  # fmt: skip
    by_code = {row.uscc: row for row in Organisation.objects.filter(uscc__in=[one.uscc for one in plans if one.uscc])}
    kinds = {kind.code: kind for kind in RoleKind.objects.all()}
    roles, contacts = [], []
    for one, organisation in zip(new, made, strict=True):
        if one.group:
            head = by_code[one.group]
            Organisation.objects.filter(pk=organisation.pk).update(parent=head, controlling_group=head)
        roles += [
            OrganisationRole(organisation=organisation, kind=kinds[code], valid_from=first, valid_to=last, note=note)
            for code, first, last, note in one.roles
        ]
        contacts.append(_contact(organisation))
    OrganisationRole.objects.bulk_create(roles)
    Contact.objects.bulk_create(contacts)
    applicant = User.objects.filter(email=email_of(Role.APPLICANT)).first()
    first = of_role("start_up")[:1]
    if applicant and first:
        Membership.objects.get_or_create(organisation=first[0], user=applicant, defaults={"role": MembershipRole.LEAD})


def of_role(code: str) -> list[Organisation]:
    """The demonstration's organisations that ever held the role ``code``, always in the same order."""
    codes = [one.uscc for one in plan() if any(role[0] == code for role in one.roles)]
    rows = {row.uscc: row for row in Organisation.objects.filter(uscc__in=codes)}
    return [rows[uscc] for uscc in codes if uscc in rows]


def plan() -> list[Plan]:
    """All of it as plain values; the same at every call."""
    random = Random(SEED)  # noqa: S311 - invented data must be the same each time
    codes = _Codes(random)
    plans = [
        Plan(
            codes.next(prefix, random.choice(DISTRICTS)), name_zh, name_en, sector, industry,
            [(role, date(2015 + random.randrange(8), 1, 1), None, "") for role in roles],
            facts={"division_id": random.choice(DISTRICTS), "founded": date(1995 + random.randrange(20), 5, 1)},
        )
        for name_zh, name_en, sector, prefix, industry, roles in BODIES
    ]  # fmt: skip
    plans += _managers(random, codes)
    plans += _chains(random, codes)
    plans += _firms(random, codes)
    plans += [
        Plan(None, name_zh, name_en, Sector.GOVERNMENT, "", [("partner_city", date(2021, 9, 1), None, "")],
             facts={"status": OrganisationStatus.ACTIVE if name_en else OrganisationStatus.FORMING})
        for name_zh, name_en in PARTNERS
    ]  # fmt: skip
    return plans


class _Codes:
    """Valid credit codes that belong to nobody, one after the other."""

    def __init__(self, random: Random) -> None:
        self._random, self._used = random, set()

    def next(self, prefix: str, division: str) -> str:
        while True:
            inner = "MA2D" + "".join(self._random.choices(USCC_ALPHABET, k=4))
            if inner not in self._used:
                break
        self._used.add(inner)
        body = f"{prefix}{division}{inner}{organisation_check_character(inner)}"
        return body + uscc_check_character(body)


def _english(brand: str) -> str:
    return pinyin_key(brand).replace(" ", "").capitalize()


def _managers(random: Random, codes: _Codes) -> list[Plan]:
    """Fund managers, each with an investment company that it controls."""
    plans = []
    for brand, english in MANAGERS:
        place, since = random.choice(DISTRICTS), date(2014 + random.randrange(6), 3, 1)
        facts = {"division_id": place, "founded": since - timedelta(days=200)}
        manager = Plan(
            codes.next("91", place), f"之江{brand}私募基金管理有限公司", f"{english} Private Fund Management Co., Ltd.",
            Sector.INDUSTRY, "J67", [("fund_manager", since, None, "")], facts=facts,
        )  # fmt: skip
        arm = Plan(
            codes.next("91", place), f"之江{brand}创业投资有限公司", f"{english} Venture Capital Co., Ltd.",
            Sector.INDUSTRY, "J67", [("investor", since, None, "")], group=manager.uscc, facts=facts,
        )  # fmt: skip
        plans += [manager, arm]
    return plans


def _chains(random: Random, codes: _Codes) -> list[Plan]:
    """Chain leaders with two firms of their group, which supply them."""
    plans = []
    for (zh, en, industry), brand in zip(FIELDS[:6], BRANDS[:6], strict=True):
        place, founded = random.choice(DISTRICTS), date(2001 + random.randrange(8), 6, 1)
        leader = Plan(
            codes.next("91", place), f"{brand}{zh}集团股份有限公司", f"{_english(brand)} {en} Group Co., Ltd.",
            Sector.INDUSTRY, industry, [("chain_leader", date(2020, 1, 1), None, f"{zh}产业链")],
            facts={"division_id": place, "founded": founded},
        )  # fmt: skip
        plans.append(leader)
        for part_zh, part_en in (("精密", "Precision"), ("供应链", "Supply")):
            plans.append(
                Plan(
                    codes.next("91", place), f"{brand}{part_zh}有限公司", f"{_english(brand)} {part_en} Co., Ltd.",
                    Sector.INDUSTRY, industry, [("supplier", founded + timedelta(days=900), None, "")],
                    group=leader.uscc, facts={"division_id": place, "founded": founded + timedelta(days=800)},
                )
            )  # fmt: skip
    return plans


def _firms(random: Random, codes: _Codes) -> list[Plan]:
    """Hidden champions and start-ups; a few start-ups have been dissolved, some have grown out of the role."""
    plans = []
    for number, brand in enumerate(BRANDS[6:]):
        zh, en, industry = random.choice(FIELDS)
        place = random.choice(DISTRICTS)
        champion = number < 8  # noqa: PLR2004 - so many hidden champions
        founded = date((2000 if champion else 2016) + random.randrange(8), random.randrange(1, 13), 8)
        grown = not champion and number % 9 == 0
        facts: dict[str, object] = {"division_id": place, "founded": founded}
        if champion:
            roles = [("hidden_champion", date(2019, 12, 1), None, "专精特新“小巨人”")]
        else:
            roles = [("start_up", founded, founded + timedelta(days=2200) if grown else None, "")]
            if grown:
                roles.append(("supplier", founded + timedelta(days=2201), None, ""))
        if number % 13 == 12:  # noqa: PLR2004 - one in thirteen has failed
            facts["status"] = OrganisationStatus.DISSOLVED
        plans.append(
            Plan(
                codes.next("91", place), f"之江{brand}{zh}科技有限公司", f"{_english(brand)} {en} Co., Ltd.",
                Sector.INDUSTRY, industry, roles, facts=facts,
            )
        )  # fmt: skip
    return plans


def _contact(organisation: Organisation) -> Contact:
    random = Random(f"{SEED}-{organisation.uscc}-{organisation.name_en}")  # noqa: S311 - as above
    return Contact(
        organisation=organisation,
        name=random.choice(SURNAMES) + random.choice(GIVEN),
        position=random.choice(["科技专员", "总经理助理", "财务负责人", "董事会秘书"]),
        phone=f"0571-5550{random.randrange(1000, 10_000)}",
        email=f"contact-{random.randrange(10**6):06d}@demo.innovation.example",
        is_main=True,
    )
