"""Demonstration: three needs of the applicant's organisation, from just posted to open for bids."""

from datetime import timedelta

from django.utils import timezone

from innovation.accounts.choices import Role
from innovation.accounts.demo import email_of
from innovation.accounts.models import User
from innovation.calls.actions import needs
from innovation.calls.choices import CallState
from innovation.calls.models import Call, Need
from innovation.organisations.choices import MembershipRole
from innovation.organisations.models import Organisation

WAN = 1_000_000
NEEDS = (
    ("高温合金叶片无余量精铸", "现有叶片加工余量大、废品率高，市场上没有满足批产要求的工艺。",
     "尺寸公差 ±0.08 毫米（三坐标测量）\n合格率 ≥ 92 %（连续三批）\n单件成本下降 ≥ 20 %", 800, 540),
    ("打火机点火器寿命在线检测", "人工抽检漏检率高，需要产线节拍内的全检方法。",
     "检测节拍 ≤ 0.8 秒/件\n漏检率 ≤ 0.1 %（一万件）", 150, 300),
    ("五金表面无铬钝化", "出口订单要求无六价铬，现有替代工艺耐蚀不足。",
     "中性盐雾 ≥ 240 小时\n槽液寿命 ≥ 6 个月", 260, 420),
)  # fmt: skip
CHECKED, OPEN = 1, 2


def make_needs() -> None:
    """Make what is not there yet; the same each time."""
    people = {role: User.objects.filter(email=email_of(role)).first() for role in Role}
    owner, officer, manager = (people[role] for role in (Role.APPLICANT, Role.FUND_OFFICER, Role.PROGRAMME_MANAGER))
    if owner is None or officer is None or manager is None or Need.objects.exists():
        return
    organisation = Organisation.objects.of_member(owner, MembershipRole.LEAD).order_by("pk").first()
    if organisation is None:
        return
    today = timezone.localdate()
    call = Call.objects.filter(state=CallState.PUBLISHED, rules__has_key="min_bids").order_by("pk").first()
    for place, (title, summary, targets, wan, days) in enumerate(NEEDS):
        need = needs.post_need(
            organisation_id=organisation.pk, title=title, summary=summary, targets=targets, top_fen=wan * WAN,
            wanted_by=today + timedelta(days=days), actor=owner,
        )  # fmt: skip
        if place >= CHECKED:
            needs.check_need(need_id=need.pk, note="专家认为需求真实，市场上没有现成方案。", actor=officer)
        if place >= OPEN:
            needs.agree_need(need_id=need.pk, actor=owner)
            needs.publish_need(need_id=need.pk, actor=manager)
            if call is not None:
                needs.open_bids(need_id=need.pk, call_id=call.pk, actor=manager)
