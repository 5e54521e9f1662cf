"""Demonstration: titles of SMEs at each level of their check, one in force; bids to a challenge, one asked to mend."""

from datetime import timedelta

from django.utils import timezone

from innovation.accounts.choices import Role
from innovation.accounts.demo import email_of
from innovation.accounts.models import User
from innovation.calls.actions import entitling, notices, screening
from innovation.calls.demo.papers import Row, attach_papers, firms, judge_gates, lodge
from innovation.calls.models import Application, Call, Notice

TITLES, CHALLENGE = "srdi-batch-8", "lidar-challenge"
OFFICE = (Role.FUND_OFFICER, Role.TALENT_OFFICER, Role.PROGRAMME_MANAGER, Role.PATENT_OFFICER)
LEVELS = ("check_county", "check_city", "check_province")
RESULT = "项目成果在本市转化，两年内形成小批量供货能力，并带动上下游配套企业。"
USERS = (
    "已与用户单位多次交流，用户愿意在样机阶段参加测试，并按季度给出书面使用意见；"
    "产品使用寿命要求八年以上，单价不高于进口件的六成。"
)
# Firm, main product, levels that it has passed
SMES = (("own", "固态激光雷达", 3), ("朗润智能机器人", "巡检机器人", 2), ("天工医疗器械", "电生理导管", 1),
        ("白鹭脑机接口", "脑电采集帽", 0))  # fmt: skip
BIDS = (("own", "128线单光子接收阵列"), ("松果激光雷达", "背照式接收芯片"), ("图灵岛集成电路", "三维堆叠接收阵列"))


def make_titles() -> None:
    """Make what is not there yet; the same each time."""
    calls = {call.code: call for call in Call.objects.filter(code__in=(TITLES, CHALLENGE))}
    office = [User.objects.filter(email=email_of(role)).first() for role in OFFICE]
    if len(calls) < len((TITLES, CHALLENGE)) or None in office or calls[TITLES].applications.exists():
        return
    rows = [_row(name, title) for name, title, *_levels in (*SMES, *BIDS)]
    known = firms(rows)
    for row, (_name, _title, levels) in zip(rows, SMES, strict=False):
        if firm := known.get(row["firm"]):
            case = lodge(calls[TITLES], firm, row, timezone.now() - timedelta(days=62))
            _pass(case, levels, [person for person in office if person])
    for place, row in enumerate(rows[len(SMES) :]):
        if firm := known.get(row["firm"]):
            case = lodge(calls[CHALLENGE], firm, row, timezone.now() - timedelta(days=19))
            if place == 0:
                attach_papers(case)
            _judge(case, office[0], ask=place == 0)


def _row(name: str, title: str) -> Row:
    return {
        "firm": name, "title": title, "field": "C3973", "grant": 500, "own": 260,
        "summary": f"{title}，在需求方产线上测试验收。{RESULT}",
        "market": f"需求方年采购量十万件。{USERS}", "method": "流片两轮，第二轮完成可靠性试验。",
    }  # fmt: skip


def _pass(case: Application, levels: int, office: list[User]) -> None:
    """``levels`` checks by as many people; after the last one the notice, set back to be over, and the title."""
    _judge_gates(case, office[0])
    for person, level in zip(office, LEVELS[:levels], strict=False):
        screening.check_level(application_id=case.pk, level=level, actor=person)
    if levels == len(LEVELS):
        notice = notices.publish_notice(application_id=case.pk, actor=office[0])
        before = timezone.localdate() - timedelta(days=1)
        Notice.objects.filter(pk=notice.pk).update(published_at=timezone.now() - timedelta(days=9), ends_on=before)
        entitling.issue(application_id=case.pk, actor=office[-1])


def _judge(case: Application, officer: User | None, *, ask: bool) -> None:
    if officer is None:
        return
    _judge_gates(case, officer)
    if ask:
        screening.ask(
            application_id=case.pk, text="请把探测效率的测试条件写明，并补充需求方产线的排期。",
            fields=["need_answer", "method"], actor=officer, due_on=timezone.localdate() + timedelta(days=9),
        )  # fmt: skip
    else:
        screening.check_pass(application_id=case.pk, actor=officer)


def _judge_gates(case: Application, officer: User) -> None:
    screening.screen(application_id=case.pk, actor=officer)
    judge_gates(case, officer, "已核对年报和证书")
