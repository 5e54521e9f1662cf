"""The privacy officer's work in the demonstration city: requests, an export that waits, a breach, runs and an
assessment of impact; rows are written at once, with days around today.
"""

from datetime import timedelta

from django.utils import timezone

from innovation.accounts.choices import Role
from innovation.accounts.demo import email_of
from innovation.accounts.models import User
from talent.actions.rights import answer_due
from talent.choices.privacy import (
    AssessmentState,
    BreachState,
    ExportState,
    FieldPurpose,
    HoldKind,
    RightsKind,
    RightsState,
)
from talent.models import (
    Breach,
    DataHold,
    ExportRequest,
    ImpactAssessment,
    Person,
    RetentionRun,
    RightsRequest,
)
from talent.queries.exportable import PEOPLE

REQUESTS = (
    (RightsKind.ERASURE, RightsState.RECEIVED, 9, "我已离开本市工作，请删除我的登记信息。", ""),
    (RightsKind.CORRECTION, RightsState.IN_WORK, 6, "曾用名登记有误，请按所填更正。", ""),
    (RightsKind.OBJECTION, RightsState.RECEIVED, 3, "建议把我安排到与我专业无关的项目，请人工复核。", ""),
    (
        RightsKind.ACCESS,
        RightsState.GRANTED,
        40,
        "请告知贵处保存了我的哪些信息。",
        "副本已在“我的数据与同意”页面提供，可随时下载。",
    ),
    (RightsKind.OTHER, RightsState.REFUSED, 60, "请删除三年内的查阅记录。", "查阅记录依规定保存三年，期满自动删除。"),
)
"""Kind, state, days ago, words, answer."""
COUNTED = {"draft": 2, "expired": 1, "reads": 0, "evidence": 3, "shares": 0, "asked": 1, "refused": 0}


def make_privacy_work() -> None:
    """All of it, unless there are requests already."""
    officers = {role: User.objects.filter(email=email_of(role)).first() for role in Role}
    officer, keeper = officers[Role.PRIVACY_OFFICER], officers[Role.TALENT_OFFICER]
    people = list(Person.objects.current().filter(user=None).order_by("pk")[20 : 20 + len(REQUESTS)])
    if officer is None or keeper is None or len(people) < len(REQUESTS) or RightsRequest.objects.exists():
        return
    _requests(people, officer)
    _exports(officer, keeper)
    _breaches(keeper)
    _runs(officer, officers[Role.ADMINISTRATOR])


def _requests(people: list[Person], officer: User) -> None:
    now = timezone.now()
    rows = []
    for person, (kind, state, days, words, answer) in zip(people, REQUESTS, strict=True):
        asked = now - timedelta(days=days)
        rows.append(
            RightsRequest(
                person=person, kind=kind, state=state, words=words, answer=answer, asked_at=asked,
                due_on=answer_due(timezone.localdate(asked)),
                answered_at=asked + timedelta(days=4) if answer else None, answered_by=officer if answer else None,
                changes={"former_names": {"from": "", "to": f"{person.family_name}文"}}
                if kind == RightsKind.CORRECTION else {},
            )
        )  # fmt: skip
    RightsRequest.objects.bulk_create(rows)
    DataHold.objects.create(
        person=people[-1], kind=HoldKind.LEGAL, reason="劳动争议仲裁期间保存", set_by=officer,
        until=timezone.localdate() + timedelta(days=120),
    )  # fmt: skip


def _exports(officer: User, keeper: User) -> None:
    """One above 100 rows that waits for the second person, one that was agreed to, one that was refused."""
    now, today, rows = timezone.now(), timezone.localdate(), PEOPLE.rows({}).count()
    kept = {"list_key": PEOPLE.key, "asked_by": keeper}
    decided = {"decided_by": officer, "rows": rows}
    ExportRequest.objects.bulk_create(
        [
            ExportRequest(
                **kept, **decided, reason="年度人才工作会议名册", state=ExportState.RUN_OUT, taken=2,
                asked_at=now - timedelta(days=70), decided_at=now - timedelta(days=69),
                decision_reason="目的明确，字段必要", usable_until=today - timedelta(days=62),
            ),
            ExportRequest(
                **kept, **decided, reason="发给培训机构用于招生宣传", state=ExportState.REFUSED,
                asked_at=now - timedelta(days=33), decided_at=now - timedelta(days=32),
                decision_reason="超出登记目的，须由本人单独同意",
            ),
            ExportRequest(
                **kept, rows=rows, reason="核对各单位科研助理在岗情况", state=ExportState.WAITING,
                asked_at=now - timedelta(days=1),
            ),
        ]
    )  # fmt: skip


def _breaches(keeper: User) -> None:
    now = timezone.now()
    ago = [now - timedelta(days=days) for days in (150, 2)]
    Breach.objects.bulk_create(
        [
            Breach(
                title="培训名单误发给另一单位", noticed_at=ago[0], began_at=ago[0] - timedelta(hours=5),
                ended_at=ago[0], fields=["name_zh", "title"], description="邮件收件人选错，附件含姓名和任职。",
                harm="可能收到推销电话。",
                measures="对方书面确认已删除；发送名单改为平台内限时共享。", state=BreachState.CLOSED,
                reported_at=ago[0] + timedelta(hours=20), closed_at=ago[0] + timedelta(days=12),
            ),
            Breach(
                title="办公电脑遗失，账号可能被他人使用", noticed_at=ago[1], began_at=ago[1] - timedelta(days=1),
                ended_at=ago[1], account=keeper, description="电脑在途中遗失，当时已登录；会话随即终止，密码已重置。",
                harm="期间查阅过的人员信息可能被他人看到。",
            ),
        ]
    )  # fmt: skip


def _runs(officer: User, second: User | None) -> None:
    now, today = timezone.now(), timezone.localdate()
    RetentionRun.objects.bulk_create(
        RetentionRun(
            at=now - timedelta(days=days), day=today - timedelta(days=days), simulated=days == 0,
            counts=COUNTED if days else dict.fromkeys(COUNTED, 0),
        )
        for days in (30, 1, 0)
    )  # fmt: skip
    if second is not None:
        ImpactAssessment.objects.create(
            title="供需匹配建议", purpose=FieldPurpose.MATCHING, state=AssessmentState.APPROVED, written_by=officer,
            description="用技能、等级、可承担工作量和利益冲突声明计算建议；不使用年龄、性别、学历和照片。",
            necessity="本人同意；人工匹配无法兼顾容量与回避。", risks="建议不当可能影响机会分配。",
            measures="由指定人员决定，双方接受，说明理由，可提异议；每次运行留存输入摘要。",
            approved_by=second, approved_on=today - timedelta(days=180), review_on=today + timedelta(days=185),
        )  # fmt: skip
