"""Policy work of the demonstration: claims of local reinvestment, landing agreements."""

from datetime import date, timedelta
from fractions import Fraction

from django.core.files.uploadedfile import SimpleUploadedFile

from funds.actions import evaluation, filing, landing
from funds.actions import reinvestment as claims
from funds.demo.plan import GUIDANCE, INDUSTRIAL, LAST_DAY
from funds.models import (
    CatalogueItem,
    EvaluationScheme,
    FilingExtract,
    Fund,
    LandedDuty,
    LandedProject,
    ReinvestmentClaim,
)
from funds.queries.valuation_work import invested_in
from innovation.accounts.choices import Role
from innovation.accounts.demo import email_of
from innovation.accounts.models import User

PROOF = "被投企业注册登记信息(演示材料)\nregistration of the company, sample of the demonstration\n"
STEPS = ("recognise", "recognise", "recognise", "revoke", "refuse", "review", "submit", "draft")


def make_claims() -> None:
    """Some holdings of the guidance fund as local investment: most recognised, one of each other state."""
    officer = User.objects.filter(email=email_of(Role.FUND_OFFICER)).first()
    manager = User.objects.filter(email=email_of(Role.PROGRAMME_MANAGER)).first()
    fund = Fund.objects.filter(code=GUIDANCE.code).first()
    if officer is None or manager is None or fund is None or ReinvestmentClaim.objects.exists():
        return
    grounds = list(CatalogueItem.objects.filter(kind=CatalogueItem.Kind.GROUND).order_by("code"))
    for number, (step, holding) in enumerate(zip(STEPS, fund.investments.order_by("code"), strict=False)):
        cost, first = invested_in(holding.pk)
        row = claims.save_claim(
            fund=fund, investment=holding, claimed_fen=cost, claimed_ground=grounds[number % len(grounds)],
            statement="企业已在本地设立研发中心 / the company set up its R&D centre here", actor=officer,
        )  # fmt: skip
        content = f"{PROOF}{holding.code}\n".encode()
        claims.add_proof(claim_id=row.pk, upload=SimpleUploadedFile(f"{holding.code}.csv", content), actor=officer)
        _go(row, step, officer, manager, (first or LAST_DAY) + timedelta(days=200))


def _go(row: ReinvestmentClaim, step: str, officer: User, manager: User, day: date) -> None:
    """Take a draft as far as ``step`` says."""
    if step == "draft":
        return
    claims.submit_claim(claim_id=row.pk, actor=officer)
    if step == "submit":
        return
    claims.take_claim(claim_id=row.pk, actor=manager)
    if step == "refuse":
        claims.refuse_claim(claim_id=row.pk, reason="未见落地证明", actor=manager)
    if step not in {"recognise", "revoke"}:
        return
    on = min(day, LAST_DAY)
    claims.recognise_claim(
        claim_id=row.pk, recognised_fen=row.claimed_fen * 4 // 5, ground=row.claimed_ground, recognised_on=on,
        reason="材料齐全，按八成认定", actor=manager,
    )  # fmt: skip
    if step == "revoke":
        reason = "企业已迁出"
        claims.revoke_claim(claim_id=row.pk, revoked_on=LAST_DAY, reason=reason, actor=manager)


WAN = 1_000_000
DUTIES = (
    (LandedDuty.Kind.CAPEX, date(2025, 12, 31), 80_000 * WAN, 3_000 * WAN, 82_500 * WAN),
    (LandedDuty.Kind.JOBS, date(2025, 12, 31), 400, 800 * WAN, 310),
    (LandedDuty.Kind.TAX, date(2026, 6, 30), 2_000 * WAN, 500 * WAN, 0),
    (LandedDuty.Kind.RND, date(2027, 12, 31), 12_000 * WAN, 1_000 * WAN, 5_400 * WAN),
)
"""Kind, due day, target, what is owed back, what was reached: one met, one missed in part, one missed, one running."""


def make_landed_projects() -> None:
    """Plants that the first companies of the industry fund promised, and a claw-back that was demanded."""
    officer = User.objects.filter(email=email_of(Role.FUND_OFFICER)).first()
    manager = User.objects.filter(email=email_of(Role.PROGRAMME_MANAGER)).first()
    fund = Fund.objects.filter(code=INDUSTRIAL.code).first()
    if officer is None or manager is None or fund is None or LandedProject.objects.exists():
        return
    for number, holding in enumerate(fund.investments.order_by("code")[:3]):
        project = landing.record_project(
            investment=holding, name=f"{holding.company.name_zh}之江生产基地", place="之江市高新区",
            agreement=f"之江落地〔2022〕{number + 3}号", signed_on=date(2022, 9, 1), actor=officer,
        )  # fmt: skip
        _promise(project, number, officer)
        jobs = project.duties.filter(kind=LandedDuty.Kind.JOBS).first()
        if jobs is None or number > 1:
            continue
        row = landing.propose_claw_back(duty_id=jobs.pk, actor=officer)
        if number == 0:
            reason = "就业未达约定，按比例追回"
            landing.demand_claw_back(claw_back_id=row.pk, reason=reason, actor=manager)


def _promise(project: LandedProject, number: int, officer: User) -> None:
    """The duties of one project, fewer for later ones, and what was reached of them."""
    for kind, due_on, target, stake, reached in DUTIES[: 4 - number]:
        duty = landing.add_duty(
            project_id=project.pk, kind=kind, target=target, due_on=due_on, stake_fen=stake, actor=officer
        )
        told = min(due_on, LAST_DAY)
        if reached:
            value = reached * (10 - 2 * number) // 10
            landing.record_actual(
                duty_id=duty.pk, valid_at=told, value=value, document=f"{told.year}年度验收报告", actor=officer
            )


def make_yearly_work() -> None:
    """Last year's self-evaluations (one confirmed, one that waits) and filings."""
    officer = User.objects.filter(email=email_of(Role.FUND_OFFICER)).first()
    manager = User.objects.filter(email=email_of(Role.PROGRAMME_MANAGER)).first()
    scheme = EvaluationScheme.objects.order_by("code").first()
    funds = list(Fund.objects.filter(code__in=[GUIDANCE.code, INDUSTRIAL.code]).order_by("code"))
    if officer is None or manager is None or scheme is None or not funds or FilingExtract.objects.exists():
        return
    year = LAST_DAY.year - 1
    for fund in funds:
        run = evaluation.start_run(fund=fund, year=year, scheme=scheme, actor=officer)
        for number, indicator in enumerate(scheme.indicators.all()):
            evaluation.score_indicator(
                run_id=run.pk, indicator=indicator, score=Fraction(96 - 5 * number), actor=officer,
                reason="见年度自评材料",
            )  # fmt: skip
        evaluation.submit_run(run_id=run.pk, actor=officer)
        if fund.code == GUIDANCE.code:
            evaluation.confirm_run(run_id=run.pk, actor=manager, reason="同意")
    for fund in funds:
        row = filing.make_extract(fund=fund, year=year, actor=officer)
        words = "已核对，内容真实、完整、及时"
        filing.commit_extract(extract_id=row.pk, commitment=words, actor=manager)
        day = date(year + 1, 6, 12)
        filing.file_extract(extract_id=row.pk, filed_on=day, receipt=f"DEMO-{day:%Y-%m%d}", actor=officer)
