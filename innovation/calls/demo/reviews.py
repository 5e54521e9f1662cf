"""Demonstration: cases of two calls from check to ranking, and three reviewers."""

import hashlib
from datetime import timedelta
from typing import Any

from django.utils import timezone

from innovation.accounts.actions import set_roles
from innovation.accounts.choices import Role
from innovation.accounts.demo import PASSWORD, email_of
from innovation.accounts.models import User
from innovation.calls.actions import assigning, closing, reviewing, screening
from innovation.calls.choices import ApplicationState, GateOutcome, MemberRole
from innovation.calls.models import Application, ApplicationMember, Call, ReviewerProfile, Submission
from innovation.calls.queries.screening import judged_gates
from innovation.organisations.choices import Sector
from innovation.organisations.models import Organisation

RUNNING, FINISHED = "rd-low-altitude", "rd-2025"
REVIEWERS = (
    ("", "沈怀远 Shen Huaiyuan", ["C37", "C39"], ["电推进", "传感"]),
    ("reviewer2@panel.example", "许致知 Xu Zhizhi", ["C38", "M73"], ["电机", "材料"]),
    ("reviewer3@panel.example", "孟思远 Meng Siyuan", ["C39", "C37"], ["飞控", "轻质"]),
)
# Call, title, field, text, what the office made of it
CASES = (
    (RUNNING, "高功率密度电推进系统", "C3811", "碳化硅控制器与油冷电机一体化，功率密度5.5 kW/kg。", "submitted"),
    (RUNNING, "雨雾环境毫米波避障雷达", "C3940", "四维毫米波雷达在雨雾中识别电线与飞鸟，国产化率85%。", "returned"),
    (RUNNING, "热塑性碳纤维机身结构", "C3062", "热塑性碳纤维蒙皮一次成形，较铝合金减重34%。", "eligible"),
    (RUNNING, "冗余飞控计算机", "C3914", "三余度飞控计算机，采用国产处理器与自研操作系统。", "in_review"),
    (RUNNING, "固态锂电池包热管理", "C3841", "固态电池包相变热管理，低温放电能力提升40%。", "in_review"),
    (FINISHED, "航空级碳化硅功率模块", "C3973", "1200V碳化硅功率模块，结温200摄氏度。", "ranked"),
    (FINISHED, "微型光纤陀螺", "C4023", "光子芯片集成光纤陀螺，零偏稳定性0.1度每小时。", "ranked"),
    (FINISHED, "高强铝锂合金型材", "C3252", "新型铝锂合金型材，抗拉强度550兆帕。", "ranked"),
)  # fmt: skip
POINTS = ((8, 7, 8), (9, 8, 9), (6, 6, 7))


def make_reviews() -> None:
    """Make what is not there yet; the same each time."""
    rows = Call.objects.filter(code__in=(RUNNING, FINISHED)).select_related("score_sheet")
    calls = {call.code: call for call in rows}
    if len(calls) < 2 or Application.objects.filter(number__startswith="DEMO-").exists():  # noqa: PLR2004  both calls
        return
    officer = User.objects.filter(email=email_of(Role.FUND_OFFICER)).first()
    known = Organisation.objects.current().filter(sector=Sector.INDUSTRY, uscc__isnull=False)
    firms = list(known.order_by("pk")[: len(CASES)])
    if officer is None or len(firms) < len(CASES):
        return
    reviewers = [_reviewer(*row) for row in REVIEWERS]
    for place, ((code, title, field, text, goal), firm) in enumerate(zip(CASES, firms, strict=False)):
        case = _submitted(calls[code], firm, title, {"title": title, "field": field, "summary": text}, place)
        _work(case, goal, place, officer, reviewers)
    closing.close_reviews(call_id=calls[FINISHED].pk, actor=officer)


def _reviewer(email: str, name: str, industries: list[str], keywords: list[str]) -> User:
    address = email or email_of(Role.REVIEWER)
    person = User.objects.filter(email=address).first()
    if person is None:
        person = set_roles(user=User.objects.create_user(address, PASSWORD, name=name), roles=[Role.REVIEWER])
    ReviewerProfile.objects.get_or_create(
        user=person,
        defaults={"industries": industries, "keywords": keywords, "load_limit": 8, "declared_on": timezone.localdate()},
    )
    return person


def _submitted(call: Call, firm: Organisation, title: str, answers: dict[str, Any], place: int) -> Application:
    """A case with its submission; whoever leads it has an address of the firm's own domain."""
    lead, _made = User.objects.get_or_create(
        email=f"project@firm{place + 1}.example", defaults={"name": f"项目负责人{place + 1}"}
    )
    moment = timezone.now() - timedelta(days=12 - place)
    case = Application.objects.create(
        number=f"DEMO-{place + 1:03d}", call=call, form=call.form, process=call.process, organisation=firm, title=title,
        state=ApplicationState.SUBMITTED, requested_fen=(200 + 30 * place) * 1_000_000, own_fen=300_000_000,
        created_by=lead, submitted_at=moment, state_since=moment,
        due_on=timezone.localdate(moment) + timedelta(days=10 if place else 3),
    )  # fmt: skip
    ApplicationMember.objects.create(application=case, user=lead, role=MemberRole.LEAD)
    own = {"organisation_name": firm.name_zh, "uscc": firm.uscc, "own_share": "60", "unfinished": "1"}
    known = {field["key"] for section in call.form.content["sections"] for field in section["fields"]}
    given = {key: value for key, value in {**answers, **own}.items() if key in known}
    Submission.objects.create(
        application=case, serial=1, form=call.form, answers=given, files=[], submitted_at=moment, submitted_by=lead,
        sha256=hashlib.sha256(repr(sorted(given.items())).encode()).hexdigest(), submitted_label=str(lead),
    )  # fmt: skip
    return case


def _work(case: Application, goal: str, place: int, officer: User, reviewers: list[User]) -> None:
    """Bring a case as far as ``goal`` by the steps that the office takes."""
    screening.screen(application_id=case.pk, actor=officer)
    if goal == ApplicationState.SUBMITTED:
        return
    if goal == ApplicationState.RETURNED:
        screening.ask(
            application_id=case.pk, text="请补充雨雾试验的第三方报告。", fields=["summary"], actor=officer,
            due_on=timezone.localdate() + timedelta(days=14),
        )  # fmt: skip
        return
    for one in judged_gates(case):
        if one.outcome != GateOutcome.MET:
            screening.override_gate(
                result_id=one.result.pk, outcome=GateOutcome.MET, reason="已在登记系统和信用平台核实", actor=officer
            )
    screening.check_pass(application_id=case.pk, actor=officer)
    if goal == ApplicationState.ELIGIBLE:
        return
    reviews = [
        assigning.assign_reviewer(application_id=case.pk, reviewer_id=one.pk, actor=officer) for one in reviewers
    ]
    for who, review in enumerate(reviews if goal == ApplicationState.RANKED else ()):
        _score(review.pk, reviewers[who], case, POINTS[(place + who) % len(POINTS)], who)


def _score(review_id: int, reviewer: User, case: Application, points: tuple[int, ...], who: int) -> None:
    reviewing.declare(review_id=review_id, conflict=False, actor=reviewer)
    sheet = case.call.score_sheet
    criteria = sheet.content["criteria"] if sheet else []
    given = {row["key"]: points[at % len(points)] for at, row in enumerate(criteria)}
    reviewing.submit_review(
        review_id=review_id, actor=reviewer,
        written=reviewing.Written(given, {}, "技术路线清楚，指标可测。", "与同类产品相比优势明确。" if who else ""),
    )  # fmt: skip
