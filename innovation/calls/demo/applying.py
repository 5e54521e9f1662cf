"""Demonstration: drafts of the applicant, one well under way with a partner, one just begun."""

from fractions import Fraction

from django.utils import timezone

from innovation.accounts.choices import Role
from innovation.accounts.demo import email_of
from innovation.accounts.models import User
from innovation.calls.actions.copying import copy_from_profile
from innovation.calls.actions.drafts import Typed, save_answers, start_draft
from innovation.calls.actions.people import invite_partner
from innovation.calls.demo.papers import own_firm
from innovation.calls.models import Application, Call

CALLS = ("rd-low-altitude", "poc-2026")
ANSWERS = {
    "title": "城市低空物流无人机的固态激光雷达避障模组",
    "innovation_type": "efficiency",
    "field": "C4028",
    "summary": (
        "外卖和血样配送无人机在楼宇之间飞行时，需要在雨雾天气看清细小障碍物。本项目研制重量不超过180克的固态激光雷达"
        "模组，探测距离120米，单价降到现有进口产品的三分之一，并在两条已获批的航线上连续运行三个月。"
    ),
    "starts_on": "2027-01-01",
    "ends_on": "2028-12-31",
    "trl_start": "4",
    "trl_end": "7",
    "staff": "86",
    "revenue": {"amount": "4200", "unit": "wan"},
    "already_on_market": True,
}


def make_drafts() -> None:
    """Make what is not there yet; the same each time."""
    user = User.objects.filter(email=email_of(Role.APPLICANT)).first()
    if user is None or Application.objects.filter(created_by=user).exists():
        return
    drafts = [draft for code in CALLS if (draft := _draft(code, user)) is not None]
    for draft in drafts[:1]:
        content = {field["key"] for section in draft.form.content["sections"] for field in section["fields"]}
        copy_from_profile(application_id=draft.pk, actor=user)
        typed = {key: Typed(value) for key, value in ANSWERS.items() if key in content}
        save_answers(application_id=draft.pk, typed=typed, actor=user)
        invite_partner(
            application_id=draft.pk, name="云栖工程大学", email="partner@demo.innovation.example", actor=user,
            sections=["ip"], share=Fraction(1, 5),
        )  # fmt: skip


def _draft(code: str, user: User) -> Application | None:
    call = Call.objects.filter(code=code).first()
    if call is None or not call.takes_at(timezone.now()):
        return None
    organisation = own_firm()
    if organisation is None:
        return None
    return start_draft(call_id=call.pk, actor=user, organisation_id=organisation.pk)
