"""Claims of local reinvestment for tests. Money in fen."""

from datetime import date

from django.core.files.uploadedfile import SimpleUploadedFile

from funds.actions import reinvestment as actions
from funds.models import CatalogueItem, Fund, ReinvestmentClaim
from innovation.accounts.choices import Role
from innovation.organisations.choices import MembershipRole
from innovation.organisations.models import Membership
from tests.factories.accounts import UserFactory
from tests.factories.funds import CompanyFactory
from tests.funds.scenes import WAN
from tests.funds.valuing import holding

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def ground(code="NEW_COMPANY") -> CatalogueItem:
    return CatalogueItem.objects.get(kind="GROUND", code=code)


def managed_holding(**fund):
    """A holding of a fund with a manager."""
    return holding(manager=CompanyFactory(), **fund)


def manager_of(fund: Fund, role: str = MembershipRole.EDITOR):
    """A person who writes for the manager of a fund."""
    user = UserFactory(role=Role.APPLICANT)
    Membership.objects.create(organisation=fund.manager, user=user, role=role)
    return user


def proof(name="register.pdf", content=PDF):
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def claim(held=None, actor=None, amount=500 * WAN, **facts) -> ReinvestmentClaim:
    held = held or managed_holding()
    asked = {"fund": held.fund, "investment": held, "claimed_fen": amount, "claimed_ground": ground()}
    return actions.save_claim(actor=actor or UserFactory(role=Role.FUND_OFFICER), **asked | facts)


def sent(held=None, actor=None, **facts) -> ReinvestmentClaim:
    actor = actor or UserFactory(role=Role.FUND_OFFICER)
    row = claim(held, actor, **facts)
    actions.add_proof(claim_id=row.pk, upload=proof(), actor=actor)
    return actions.submit_claim(claim_id=row.pk, actor=actor)


def reviewed(held=None, **facts) -> ReinvestmentClaim:
    row = sent(held, **facts)
    return actions.take_claim(claim_id=row.pk, actor=UserFactory(role=Role.PROGRAMME_MANAGER))


def recognised(held=None, amount=400 * WAN, on="2024-05-01", **facts) -> ReinvestmentClaim:
    row = reviewed(held, **facts)
    return actions.recognise_claim(
        claim_id=row.pk, recognised_fen=amount, ground=ground(), recognised_on=date.fromisoformat(on), reason="proven",
        actor=UserFactory(role=Role.PROGRAMME_MANAGER),
    )  # fmt: skip
