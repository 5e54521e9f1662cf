"""Demonstration: an open call with a case at each step from check to review, and a finished one that is ranked."""

from datetime import timedelta
from fractions import Fraction

from django.utils import timezone
from django.utils.translation import override

from innovation.accounts.actions import set_roles
from innovation.accounts.choices import Role
from innovation.accounts.demo import PASSWORD, email_of
from innovation.accounts.models import User
from innovation.calls.actions import assigning, closing, drafts, reviewing, screening
from innovation.calls.actions.likeness import compare_with_others
from innovation.calls.choices import ApplicationState, GateOutcome, ReviewState
from innovation.calls.demo.papers import OWN, Row, firms, judge_gates, lodge, planned
from innovation.calls.models import (
    Application,
    Call,
    LikenessRun,
    Review,
    ReviewerProfile,
    ReviewVersion,
    ScoreSheet,
    Submission,
)
from innovation.calls.queries.screening import judged_gates
from innovation.calls.rules.scoring import reviewer_total
from innovation.calls.rules.sheets import criteria_of
from innovation.core import jobs

RUNNING, FINISHED = "rd-low-altitude", "rd-2025"
REVIEWERS = (
    ("", "沈怀远 Shen Huaiyuan", ["C37", "C39"], ["电推进", "传感"]),
    ("reviewer2@panel.example", "许致知 Xu Zhizhi", ["C38", "M73"], ["电机", "材料"]),
    ("reviewer3@panel.example", "孟思远 Meng Siyuan", ["C39", "C37"], ["飞控", "轻质"]),
    ("reviewer4@panel.example", "韩立言 Han Liyan", ["C40", "I65"], ["测量", "软件"]),
)
COMMENT = "技术路线清楚，指标可测；建议把可靠性指标写进里程碑。"
FAR = "噪声数据只有一种工况，本人在同类风洞中未能复现。"


def make_reviews() -> None:
    """Make what is not there yet; the same each time."""
    rows = Call.objects.filter(code__in=(RUNNING, FINISHED)).select_related("score_sheet", "form", "process")
    calls = {call.code: call for call in rows}
    officer = User.objects.filter(email=email_of(Role.FUND_OFFICER)).first()
    plans = {RUNNING: planned("running"), FINISHED: planned("finished")}
    known = firms([row for part in plans.values() for row in part])
    if officer is None or calls.keys() != plans.keys():
        return
    if Submission.objects.filter(application__call__in=calls.values()).exists():
        return
    reviewers = [_reviewer(*row) for row in REVIEWERS]
    for place, row in enumerate(plans[RUNNING]):
        if firm := known.get(row["firm"]):
            moment = timezone.now() - timedelta(days=15 - place)
            _work(lodge(calls[RUNNING], firm, row, moment), row["goal"], officer, reviewers)
    for place, row in enumerate(plans[FINISHED]):
        if firm := known.get(row["firm"]):
            moment = (calls[FINISHED].closes_at or timezone.now()) - timedelta(hours=30 - place)
            case = lodge(calls[FINISHED], firm, row, moment, ApplicationState.IN_REVIEW)
            Application.objects.filter(pk=case.pk).update(officer=officer)
            _reviewed(case, row, reviewers[1:] if row["firm"] in OWN else reviewers[:3], officer)
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


def _work(case: Application, goal: str, officer: User, reviewers: list[User]) -> None:
    """Bring a case as far as ``goal`` by the steps that the office and the reviewers take."""
    if goal == "withdrawn":
        drafts.withdraw(application_id=case.pk, actor=case.created_by)
        return
    screening.screen(application_id=case.pk, actor=officer)
    if goal == "alike":
        run, _made = LikenessRun.objects.get_or_create(submission=case.submissions.get())
        compare_with_others(run)  # at once, for whoever looks before the worker is up
        jobs.enqueue(run)
    if goal in {"submitted", "alike"}:
        return
    if goal == "returned":
        screening.ask(
            application_id=case.pk, text="请补充雨雾试验的第三方报告，并说明整机重量的测量方法。",
            fields=["summary", "targets"], actor=officer, due_on=timezone.localdate() + timedelta(days=14),
        )  # fmt: skip
        return
    if goal == "ineligible":
        breach = judged_gates(case)[1].result
        why = "上年度发生较大安全生产责任事故，见应急管理局通报。"
        screening.override_gate(result_id=breach.pk, outcome=GateOutcome.NOT_MET, reason=why, actor=officer)
        with override("zh-hans"):  # the reason is kept in the words of who refuses
            screening.check_fail(application_id=case.pk, reasons={breach.gate: why}, actor=officer)
        return
    judge_gates(case, officer, "已在登记系统和信用平台核实")
    screening.check_pass(application_id=case.pk, actor=officer)
    if goal != "eligible":
        _in_review(case, goal, officer, reviewers[:3])


def _in_review(case: Application, goal: str, officer: User, reviewers: list[User]) -> None:
    """``in_review``: nobody declared; ``reading``: one draft, one handed in; ``discussed``: far apart, a round runs."""
    asked = [assigning.assign_reviewer(application_id=case.pk, reviewer_id=one.pk, actor=officer) for one in reviewers]
    points = {"reading": (8, 7), "discussed": (9, 8, 4)}.get(goal, ())
    for place, (review, person, point) in enumerate(zip(asked, reviewers, points, strict=False)):
        reviewing.declare(review_id=review.pk, conflict=False, actor=person)
        given = {row["key"]: point for row in _sheet(case.call)["criteria"]}
        far = FAR if goal == "discussed" and place else ""
        written = reviewing.Written(given, {}, COMMENT, far)
        if goal == "reading" and place == 0:
            reviewing.save_draft(review_id=review.pk, written=written, actor=person)
        else:
            reviewing.submit_review(review_id=review.pk, written=written, actor=person)
    if goal == "discussed":
        closing.open_discussion(
            application_id=case.pk, note="请就噪声测量工况交换意见。", actor=officer,
            due_on=timezone.localdate() + timedelta(days=7),
        )  # fmt: skip


def _sheet(call: Call) -> Row:
    sheet: ScoreSheet | None = call.score_sheet
    return sheet.content if sheet else {"criteria": []}


def _reviewed(case: Application, row: Row, reviewers: list[User], officer: User) -> None:
    """Three reviews of last year, as they were handed in: rows alone, the year's mails were sent long ago."""
    criteria = criteria_of(_sheet(case.call))
    sent = case.submissions.get()
    at = sent.submitted_at + timedelta(days=25)
    for person, point in zip(reviewers, row["points"], strict=True):
        # The first criterion tells the cases of one score apart.
        points = {one.key: min(10, point + (place == 0)) for place, one in enumerate(criteria)}
        total = reviewer_total(criteria, {key: Fraction(value) for key, value in points.items()}) or Fraction(0)
        review = Review.objects.create(
            application=case, reviewer=person, state=ReviewState.SUBMITTED, invited_by=officer, conflict=False,
            invited_at=sent.submitted_at + timedelta(days=5), declared_at=at, submitted_at=at, saved_at=at,
            draft=reviewing.Written(points, {}, COMMENT, "").as_draft(), total_num=total.numerator,
            total_den=total.denominator,
        )  # fmt: skip
        ReviewVersion.objects.create(
            review=review, serial=1, submission=sent, points=points, texts={}, comment=COMMENT, at=at,
            total_num=total.numerator, total_den=total.denominator,
        )  # fmt: skip
