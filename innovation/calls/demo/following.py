"""Demonstration: what follows after the review, in one case each: before the board, on notice, running, ended.

Every step goes through the actions of the product; only the last day of a notice is set back, so that agreements can
be signed on the day on which the city is made.
"""

from datetime import date, timedelta

from django.core.files.base import ContentFile
from django.utils import timezone

from innovation.accounts.choices import Role
from innovation.accounts.demo import email_of
from innovation.accounts.models import User
from innovation.calls.actions import agreements, board, deciding, milestones, notices, payments
from innovation.calls.choices import ApplicationState, MemberRole, Outcome, ReportSection
from innovation.calls.models import Application, ApplicationMember, Call, Meeting, Notice
from innovation.calls.queries.money import milestones_in_force
from innovation.organisations.models import Membership, Organisation

CALL = "rd-2025"
WAN = 1_000_000
PEOPLE = (Role.APPLICANT, Role.FUND_OFFICER, Role.PROGRAMME_MANAGER, Role.FINANCE)
TITLES = ("车规级激光雷达扫描芯片", "高功率密度航空电机", "固态电池隔膜中试线", "低温共烧陶瓷滤波器")
LESSON = "烧结收缩率的离散超出设计余量：今后应在立项前完成三批次工艺摸底，再锁定尺寸指标。"


def make_following() -> None:
    """Make the four cases unless they are there."""
    call = Call.objects.filter(code=CALL).first()
    people = {user.email: user for user in User.objects.filter(email__in=[email_of(role) for role in PEOPLE])}
    if call is None or len(people) < len(PEOPLE) or call.applications.filter(title=TITLES[0]).exists():
        return
    _Story(call, *(people[email_of(role)] for role in PEOPLE)).tell()


class _Story:
    def __init__(self, call: Call, applicant: User, officer: User, manager: User, finance: User) -> None:
        self.call, self.applicant, self.officer = call, applicant, officer
        self.manager, self.finance, self.today = manager, finance, timezone.localdate()

    def tell(self) -> None:
        ended, running, noticed, waiting = (self.ranked(place, title) for place, title in enumerate(TITLES[::-1]))
        meeting = board.call_meeting(
            call_id=self.call.pk, title="2025年度研发专项评审委员会", held_at=timezone.now() - timedelta(days=2),
            place="市民中心 3 号会议室", quorum=2, member_ids=[self.manager.pk, self.finance.pk],
            chair_id=self.manager.pk, actor=self.officer,
        )  # fmt: skip
        minutes = ContentFile("议程,结论\n逐件审议,详见表决记录\n".encode("utf-8-sig"), name="会议纪要.csv")
        board.keep_minutes(meeting_id=meeting.pk, upload=minutes, actor=self.officer)
        for case, award in ((ended, 200), (running, 300), (noticed, 240)):
            self.approve(meeting, case, award * WAN)
        deciding.propose(
            application_id=waiting.pk, event="approve", reasons="技术指标领先，团队完整。", award_fen=260 * WAN,
            actor=self.officer,
        )  # fmt: skip
        notices.publish_notice(application_id=noticed.pk, actor=self.officer)
        for case in (ended, running):
            self.sign(case)
        self.pay_first(running)
        self.close(ended)

    def ranked(self, place: int, title: str) -> Application:
        """A case as the review leaves it; the demonstration's applicant leads the running one and its neighbours."""
        mine = Membership.objects.filter(user=self.applicant).values("organisation")
        others = Organisation.objects.exclude(pk__in=mine).filter(sector="I").order_by("pk")
        organisation = Organisation.objects.filter(pk__in=mine).first() if place == 1 else others[place]
        sent = self.call.closes_at or timezone.now()
        case = Application.objects.create(
            call=self.call, form=self.call.form, process=self.call.process, organisation=organisation, title=title,
            number=f"{self.call.code}-9{place:03d}".upper(), state=ApplicationState.RANKED, created_by=self.applicant,
            submitted_at=sent, state_since=timezone.now() - timedelta(days=9), requested_fen=300 * WAN,
            own_fen=320 * WAN, officer=self.officer,
        )  # fmt: skip
        ApplicationMember.objects.create(application=case, user=self.applicant, role=MemberRole.LEAD)
        return case

    def approve(self, meeting: Meeting, case: Application, award_fen: int) -> None:
        item = meeting.items.get(application=case)
        for member in (self.manager, self.finance):
            board.vote(item_id=item.pk, choice="approve", actor=member)
        proposal = deciding.propose(
            application_id=case.pk, event="approve", reasons="专家评分居前，自筹经费落实。", award_fen=award_fen,
            actor=self.officer,
        )  # fmt: skip
        deciding.decide(proposal_id=proposal.pk, actor=self.manager, order_reason="同类方向择优支持。")

    def sign(self, case: Application) -> None:
        notice = notices.publish_notice(application_id=case.pk, actor=self.officer)
        Notice.objects.filter(pk=notice.pk).update(
            published_at=timezone.now() - timedelta(days=20), ends_on=self.today - timedelta(days=1)
        )
        case.refresh_from_db()
        award = case.award_fen or 0
        rows = [
            self.milestone("样机研制", "样机通过第三方测试", self.today - timedelta(days=12), award * 6 // 10),
            self.milestone("小批量验证", "交付用户 20 套并连续运行 500 小时", self.today + timedelta(days=25),
                           award - award * 6 // 10),
        ]  # fmt: skip
        draft = agreements.write_agreement(application_id=case.pk, actor=self.officer, milestones=rows)
        offered = agreements.offer_agreement(agreement_id=draft.pk, actor=self.officer)
        for signer in (self.applicant, self.manager):
            agreements.sign_agreement(agreement_id=offered.pk, sha256=offered.sha256, method="password", actor=signer)

    @staticmethod
    def milestone(title: str, target: str, due_on: date, amount_fen: int) -> dict[str, object]:
        return {"title": title, "target": target, "due_on": due_on, "amount_fen": amount_fen}

    def pay_first(self, case: Application) -> None:
        milestone = milestones_in_force(case)[0]
        report = milestones.submit_report(
            milestone_id=milestone.pk, actor=self.applicant,
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
