"""Policy work of the demonstration: claims of local reinvestment in each state."""

from datetime import date, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from funds.actions import reinvestment as claims
from funds.demo.plan import GUIDANCE, LAST_DAY
from funds.models import CatalogueItem, Fund, ReinvestmentClaim
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
        claims.refuse_claim(claim_id=row.pk, reason="未见落地证明 / no proof that it came here", actor=manager)
    if step not in {"recognise", "revoke"}:
        return
    on = min(day, LAST_DAY)
    claims.recognise_claim(
        claim_id=row.pk, recognised_fen=row.claimed_fen * 4 // 5, ground=row.claimed_ground, recognised_on=on,
        reason="材料齐全,按八成认定 / proven, recognised at four fifths", actor=manager,
    )  # fmt: skip
    if step == "revoke":
        reason = "企业已迁出 / the company moved away"
        claims.revoke_claim(claim_id=row.pk, revoked_on=LAST_DAY, reason=reason, actor=manager)
