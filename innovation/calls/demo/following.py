"""Demonstration: what follows after the review, one case at each step from the board to the end.

Every step goes through the actions of the product; only the last day of a notice is set back, so that agreements can
be signed on the day on which the city is made.
"""

import re
from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from innovation.accounts.choices import Role
from innovation.accounts.demo import email_of
from innovation.accounts.models import User
from innovation.calls.actions import agreements, board, changing, deciding, milestones, notices, payments
from innovation.calls.choices import ApplicationState, Outcome, ReportSection
from innovation.calls.demo.papers import planned
from innovation.calls.models import AgendaItem, Agreement, Application, BoardVote, Call, Meeting, Notice
from innovation.calls.queries.money import milestones_in_force
from innovation.core.models import OutboxMessage

CALL = "rd-2025"
PEOPLE = (Role.APPLICANT, Role.FUND_OFFICER, Role.PROGRAMME_MANAGER, Role.FINANCE)
LESSON = "烧结收缩率的离散超出设计余量：今后应在立项前完成三批次工艺摸底，再锁定尺寸指标。"
CONDITION = "补交低温衰减链路的第三方测试报告"
OBJECTION = "公示项目的柔性关节外形与本单位已公开的专利附图一致，请核实。"
REASONS = {
    "approve": "专家评分居前，自筹经费落实。", "approve_with_conditions": "指标先进，低温链路的证据须补齐。",
    "reserve": "方案可行，本年度经费已满。", "reject": "与通用模型的现成产品相比没有新的内容。",
}  # fmt: skip
WAITING, ENDED = "ranked", "closed"
DECIDED = {"approved_with_conditions": "approve_with_conditions", "reserve": "reserve", "rejected": "reject"}
SIGNED = (ENDED, "active", "in_change", "suspended")


def make_following() -> None:
    """Lead the ranked cases of last year on, unless that has been done."""
    call = Call.objects.filter(code=CALL).first()
    people = {user.email: user for user in User.objects.filter(email__in=[email_of(role) for role in PEOPLE])}
    if call is None or len(people) < len(PEOPLE) or call.meetings.exists():
        return
    ranked = {case.title: case for case in call.applications.filter(state=ApplicationState.RANKED)}
    plan = [(row["goal"], ranked[row["title"]]) for row in planned("finished") if row["title"] in ranked]
    if plan:
        _Story(call, *(people[email_of(role)] for role in PEOPLE)).tell(plan)


class _Story:
    def __init__(self, call: Call, applicant: User, officer: User, manager: User, finance: User) -> None:
        self.call, self.applicant, self.officer = call, applicant, officer
        self.manager, self.finance, self.today = manager, finance, timezone.localdate()

    def tell(self, plan: list[tuple[str, Application]]) -> None:
        meeting = board.call_meeting(
            call_id=self.call.pk, title=f"{self.call.title_zh}评审委员会会议", place="市民中心 3 号会议室", quorum=2,
            held_at=timezone.now() - timedelta(days=2), member_ids=[self.manager.pk, self.finance.pk],
            chair_id=self.manager.pk, actor=self.officer,
        )  # fmt: skip
        minutes = ContentFile("议程,结论\n逐件审议,详见表决记录\n".encode("utf-8-sig"), name="会议纪要.csv")
        board.keep_minutes(meeting_id=meeting.pk, upload=minutes, actor=self.officer)
        items = {item.application_id: item for item in AgendaItem.objects.filter(meeting=meeting)}
        for goal, case in plan:
            event = DECIDED.get(goal, "approve")
            award = case.requested_fen if event.startswith("approve") else None
            self.decide(meeting, items[case.pk], event, award, waits=goal == WAITING)
            case.refresh_from_db()
            self.go_on(goal, case)

    def go_on(self, goal: str, case: Application) -> None:
        """From the approval to ``goal``."""
        if goal in {"noticed", "objected"}:
            notice = notices.publish_notice(application_id=case.pk, actor=self.officer)
            if goal == "objected":
                self.object(notice)
        if goal in SIGNED or goal == "signing":
            agreement = self.offer(case)
            if goal in SIGNED:
                self.sign(case, agreement)
        if goal == "active":
            self.pay_first(case)
        if goal == "in_change":
            changing.ask_change(
                application_id=case.pk, text="压电片供应商停产，申请小批验证延期三个月。", actor=case.created_by,
                milestone_id=milestones_in_force(case)[1].pk, new_due_on=self.today + timedelta(days=115),
            )  # fmt: skip
        if goal == "suspended":
            changing.suspend(application_id=case.pk, reason="厂房消防验收整改，整改完成后恢复。", actor=self.officer)
        if goal == ENDED:
            self.close(case)

    def decide(self, meeting: Meeting, item: AgendaItem, event: str, award_fen: int | None, *, waits: bool) -> None:
        proposal = deciding.propose(
            application_id=item.application_id, event=event, reasons=REASONS[event], award_fen=award_fen,
            conditions=[{"text": CONDITION, "due_on": self.today + timedelta(days=30)}], actor=self.officer,
        )  # fmt: skip
        if waits:
            return
        BoardVote.objects.bulk_create(
            BoardVote(item=item, member=member, choice=event) for member in meeting.members.all()
        )
        deciding.decide(proposal_id=proposal.pk, actor=self.manager, order_reason="同类方向择优支持。")

    def object(self, notice: Notice) -> None:
        """An objection from the public, confirmed by the link of the mail, which waits for its answer."""
        objection = notices.object_to(
            notice_id=notice.pk, name="卢明", email="lu.ming@objector.example", text=OBJECTION
        )  # fmt: skip
        text = OutboxMessage.objects.get(key=f"objection-{objection.pk}").payload["text"]
        found = re.search(r"/objections/([^/\s]+)/", text)
        if found:
            notices.confirm_objection(token=found[1])

    def offer(self, case: Application) -> Agreement:
        """The notice over, the agreement written and offered."""
        notice = notices.publish_notice(application_id=case.pk, actor=self.officer)
        Notice.objects.filter(pk=notice.pk).update(
            published_at=timezone.now() - timedelta(days=20), ends_on=self.today - timedelta(days=1)
        )
        Application.objects.filter(pk=case.pk).update(due_on=None)
        case.refresh_from_db()
        award = case.award_fen or 0
        first = award * 6 // 10
        rows = [
            self.milestone("样机研制", "样机通过第三方测试", 12, first),
            self.milestone("小批量验证", "交付用户 20 套并连续运行 500 小时", -25, award - first),
        ]
        draft = agreements.write_agreement(
            application_id=case.pk, actor=self.officer, milestones=rows, targets=[{"text": "达到申报书所列指标"}]
        )  # fmt: skip
        return agreements.offer_agreement(agreement_id=draft.pk, actor=self.officer)

    def milestone(self, title: str, target: str, ago: int, amount_fen: int) -> dict[str, Any]:
        return {"title": title, "target": target, "due_on": self.today - timedelta(days=ago), "amount_fen": amount_fen}

    def sign(self, case: Application, offered: Agreement) -> None:
        for signer in (case.created_by, self.manager):
            agreements.sign_agreement(agreement_id=offered.pk, sha256=offered.sha256, method="password", actor=signer)
        case.refresh_from_db()

    def pay_first(self, case: Application) -> None:
        milestone = milestones_in_force(case)[0]
        report = milestones.submit_report(
            milestone_id=milestone.pk, actor=case.created_by,
            sections={ReportSection.RESULTS: "样机已通过测试。", ReportSection.MONEY: "设备费 62%，人员费 38%。"},
        )  # fmt: skip
        check = milestones.check_report(report_id=report.pk, passed=True, reason="测试报告齐全", actor=self.officer)
        order = payments.order_payment(check_id=check.pk, actor=self.finance)
        payments.confirm_payment(payment_id=order.pk, paid_on=self.today, reference="ZF-2026-118", actor=self.finance)

    def close(self, case: Application) -> None:
        proposal = deciding.propose(
            application_id=case.pk, event="close", reasons="关键尺寸指标未达成，过程合规。", actor=self.officer,
            outcome=Outcome.FAILED_IN_GOOD_FAITH, lesson=LESSON, exemption_case="MZ-2026-007",
        )  # fmt: skip
        deciding.decide(proposal_id=proposal.pk, actor=self.manager)
