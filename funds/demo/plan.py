"""Which funds the demonstration city has, and how their companies fare. All names are invented."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from funds.choices.records import FundClass, FundKind, FundState, InvestmentMode, Stage

VENTURE, INDUSTRY = "创业投资类", "产业投资类"
MOTHER_FUND, SPECIAL_FUND = "母基金", "专项基金"
LAST_DAY = date(2026, 9, 30)
"""Books and valuations end here; what was recorded later is not told."""


@dataclass(frozen=True)
class Fate:
    """What becomes of a company: shares of its cost are lost, kept or multiplied, in hundredths.

    ``exits_at``: proceeds of a full exit in percent of cost (None: still held); ``value``: fair value in percent of
    cost at the end of the story, reached in even steps from the year of entry.
    """

    exits_at: int | None = None
    written_off: bool = False
    value: int = 100


LOST = Fate(written_off=True, value=0)
SOLD_LOW = Fate(exits_at=40, value=60)
SOLD_HIGH = Fate(exits_at=220, value=180)
SINKING = Fate(value=35)
WEAK = Fate(value=70)
FLAT = Fate(value=100)
GROWING = Fate(value=190)
STAR = Fate(value=420)


@dataclass(frozen=True)
class Plan:
    """One fund; amounts in 万元. ``fates`` are dealt in order to its companies, ``stages`` in turn.

    ``mother`` names the fund through which the government's share of this one comes; ``uscc`` is the code of the fund
    as a legal entity, where it holds or is held.
    """

    code: str
    name_zh: str
    name_en: str
    committed: int
    government: Fraction
    since: int
    fates: tuple[Fate, ...]
    stages: tuple[str, ...]
    tickets: tuple[int, int]
    fund_class: str = FundClass.VENTURE
    stage: str = ""
    mode: str = InvestmentMode.DIRECT
    categories: tuple[str, ...] = (VENTURE,)
    state: str = FundState.INVESTING
    life: int = 12
    first_loss: int = 0
    late_write_off: bool = False
    mistake: bool = False
    kind: str = FundKind.DIRECT
    mother: str = ""
    uscc: str = ""


GUIDANCE = Plan(
    "ZJ-YD-01", "之江市上城创业投资引导基金", "Zhijiang Shangcheng Venture Guidance Fund", 120_000,
    Fraction(2, 5), 2018,
    (LOST,) * 8 + (SOLD_LOW,) * 4 + (SINKING,) * 6 + (WEAK,) * 3 + (FLAT,) * 4 + (GROWING,) * 3
    + (STAR, SOLD_HIGH),
    (Stage.ANGEL, Stage.VENTURE, Stage.SEED, Stage.VENTURE), (800, 3_200), state=FundState.EXITING,
    late_write_off=True,
)  # fmt: skip
SEED = Plan(
    "ZJ-ZZ-02", "之江市科创种子基金", "Zhijiang Science Seed Fund", 30_000, Fraction(1), 2019,
    (LOST,) * 9 + (SINKING,) * 4 + (WEAK,) * 3 + (FLAT,) * 5 + (GROWING,) * 2 + (STAR,),
    (Stage.SEED,), (150, 500), stage=Stage.SEED,
)  # fmt: skip
ANGEL = Plan(
    "ZJ-TS-03", "之江天使投资基金", "Zhijiang Angel Investment Fund", 60_000, Fraction(3, 5), 2018,
    (LOST,) * 6 + (SOLD_LOW,) * 2 + (SINKING,) * 3 + (WEAK,) * 6 + (FLAT,) * 5 + (GROWING,) * 4 + (STAR,),
    (Stage.ANGEL,), (400, 1_500), stage=Stage.ANGEL, late_write_off=True, mistake=True,
)  # fmt: skip
INDUSTRIAL = Plan(
    "ZJ-CY-04", "之江市集成电路产业投资基金", "Zhijiang Semiconductor Industry Fund", 500_000, Fraction(1, 3), 2020,
    (LOST,) + (SINKING,) * 2 + (WEAK,) * 2 + (FLAT,) * 4 + (GROWING,) * 4,
    (Stage.INDUSTRY,), (9_000, 38_000), fund_class=FundClass.INDUSTRY, stage=Stage.INDUSTRY, categories=(INDUSTRY,),
)  # fmt: skip
MIXED = Plan(
    "ZJ-ZH-05", "钱塘湾综合创新基金", "Qiantang Bay Mixed Innovation Fund", 100_000, Fraction(1, 2), 2020,
    (LOST,) * 2 + (SINKING,) * 2 + (WEAK,) * 4 + (FLAT,) * 5 + (GROWING,) * 4 + (SOLD_LOW,) + (STAR,),
    (Stage.SEED, Stage.ANGEL, Stage.INDUSTRY_DIRECT, Stage.ANGEL), (500, 4_500), categories=(), first_loss=1_500,
)  # fmt: skip
GROWTH = Plan(
    "ZJ-CZ-06", "之江成长创业投资基金", "Zhijiang Growth Venture Fund", 240_000, Fraction(1, 4), 2018,
    (LOST,) + (SOLD_LOW,) * 2 + (WEAK,) * 4 + (FLAT,) * 4 + (GROWING,) * 5 + (STAR,) * 2,
    (Stage.GROWTH, Stage.VENTURE), (3_000, 12_000), state=FundState.EXITING,
)  # fmt: skip
FREE = Plan(
    "ZJ-WL-07", "之江未来科学基金", "Zhijiang Future Science Fund", 80_000, Fraction(7, 10), 2021,
    (LOST,) * 4 + (SINKING,) * 3 + (WEAK,) * 2 + (FLAT,) * 4 + (GROWING,),
    (Stage.TECH_TRANSFER, Stage.SEED), (600, 2_400), categories=(),
)  # fmt: skip
YOUNG = Plan(
    "ZJ-DK-08", "之江低空经济基金", "Zhijiang Low-altitude Economy Fund", 150_000, Fraction(2, 5), 2026,
    (), (Stage.VENTURE,), (0, 0),
)  # fmt: skip
GRANTS = Plan(
    "ZJ-ZX-09", "之江基础研究资助专项", "Zhijiang Basic Research Grants", 50_000, Fraction(1), 2022,
    (), (Stage.OTHER,), (0, 0), fund_class=FundClass.GRANT, categories=(), mode="", kind=FundKind.GRANT,
)  # fmt: skip
MOTHER = Plan(
    "ZJ-MJ-10", "之江市科创引导母基金", "Zhijiang Innovation Fund of Funds", 30_000, Fraction(1), 2020,
    (), (Stage.FUND_INTEREST,), (0, 0), categories=(MOTHER_FUND,), kind=FundKind.GUIDANCE,
    mode=InvestmentMode.SUB_FUND, uscc="91330102MA2JMJ1061",
)  # fmt: skip
PHOTONICS = Plan(
    "ZJ-GZ-11", "之江光子创业投资基金", "Zhijiang Photonics Venture Fund", 20_000, Fraction(3, 10), 2020,
    (LOST, SINKING, WEAK, FLAT, FLAT, GROWING, STAR), (Stage.VENTURE, Stage.ANGEL), (800, 2_400),
    kind=FundKind.SUB_FUND, mother="ZJ-MJ-10", uscc="91330102MA2JGW117N",
)  # fmt: skip
BIOLOGY = Plan(
    "ZJ-SW-12", "之江生物医药创业投资基金", "Zhijiang Biopharma Venture Fund", 21_000, Fraction(2, 7), 2021,
    (LOST, SOLD_HIGH, SINKING, SINKING, FLAT, GROWING), (Stage.VENTURE, Stage.GROWTH), (1_000, 2_800),
    kind=FundKind.SUB_FUND, mother="ZJ-MJ-10", uscc="91330102MA2JQW12XR",
)  # fmt: skip
BRAIN = Plan(
    "ZJ-NJ-13", "之江脑机接口专项基金", "Zhijiang Brain-computer Interface Special Fund", 20_000, Fraction(1), 2022,
    (LOST, SINKING, WEAK, FLAT, GROWING), (Stage.TECH_TRANSFER, Stage.ANGEL), (600, 1_800),
    fund_class=FundClass.SPECIAL, categories=(SPECIAL_FUND,), kind=FundKind.SPECIAL,
)  # fmt: skip
AWARDS = (
    ("拓扑量子材料研究", 10_000, date(2022, 6, 1)),
    ("数学基础理论研究", 6_000, date(2023, 6, 1)),
    ("衰老与再生医学研究", 8_000, date(2024, 6, 1)),
)
"""What the grant fund promised: title, 万元 over five years, first day; each to another institution."""
FUNDS = (
    GUIDANCE, SEED, ANGEL, INDUSTRIAL, MIXED, GROWTH, FREE, YOUNG, GRANTS, MOTHER, PHOTONICS, BIOLOGY, BRAIN,
)  # fmt: skip
