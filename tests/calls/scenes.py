"""Cases after the review for tests: people of the office, and a case led to a state by the same actions as pages."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from innovation.accounts.choices import Role
from innovation.accounts.models import User
from innovation.calls.actions import agreements, board, deciding, milestones, notices
from innovation.calls.choices import ReportSection
from innovation.calls.models import AgendaItem, Agreement, Application, Decision, Milestone, MilestoneReport, Notice
from innovation.core.models import WorkingDayException
from tests.factories.accounts import UserFactory
from tests.factories.calls import ApplicationFactory

WAN = 1_000_000
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer<<>>\n%%EOF\n"


def pdf(name: str = "minutes.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF, content_type="application/pdf")


def know_years() -> None:
    """Working days of this and the next two years are known, whatever the day on which the tests run."""
    for year in range(timezone.localdate().year, timezone.localdate().year + 3):
        WorkingDayException.objects.get_or_create(
            date=date(year, 1, 1), defaults={"kind": "off", "holiday": "元旦", "source": "test"}
        )


@dataclass
class Office:
    """One person for each part that has to be played by another one."""

    officer: User = field(default_factory=lambda: UserFactory(role=Role.FUND_OFFICER))
    checker: User = field(default_factory=lambda: UserFactory(role=Role.FUND_OFFICER))
    chair: User = field(default_factory=lambda: UserFactory(role=Role.PROGRAMME_MANAGER))
    member: User = field(default_factory=lambda: UserFactory(role=Role.PROGRAMME_MANAGER))
    judge: User = field(default_factory=lambda: UserFactory(role=Role.PROGRAMME_MANAGER))
    finance: User = field(default_factory=lambda: UserFactory(role=Role.FINANCE))

    def __post_init__(self) -> None:
        know_years()

    def meeting(self, case: Application, *, minutes: bool = True, quorum: int = 2) -> AgendaItem:
        """A meeting that was held, with all waiting cases of the call on its agenda."""
        meeting = board.call_meeting(
            call_id=case.call_id, title="评审委员会会议", held_at=timezone.now() - timedelta(hours=1), quorum=quorum,
            member_ids=[self.chair.pk, self.member.pk, self.finance.pk], chair_id=self.chair.pk, actor=self.officer,
        )  # fmt: skip
        if minutes:
            board.keep_minutes(meeting_id=meeting.pk, upload=pdf(), actor=self.officer)
        return meeting.items.get(application=case)

    def vote(self, item: AgendaItem, choice: str = "approve") -> None:
        for person in (self.chair, self.member):
            board.vote(item_id=item.pk, choice=choice, actor=person)

    def decided(self, case: Application, event: str = "approve", **facts: Any) -> Decision:
        """Put before the board, voted and decided; an approval awards 1,000,000 yuan unless it says otherwise."""
        self.vote(self.meeting(case), event)
        return deciding.decide(proposal_id=self.proposed(case, event, **facts).pk, actor=self.chair)

    def proposed(self, case: Application, event: str = "approve", **facts: Any) -> Any:
        award = 100 * WAN if event.startswith("approve") else None
        return deciding.propose(
            application_id=case.pk,
            event=event,
            reasons="评审结论明确",
            actor=self.officer,
            **{"award_fen": award, **facts},
        )

    def noticed(self, case: Application, *, over: bool = True) -> Notice:
        """On public notice; ``over`` sets its last day to yesterday."""
        notice = notices.publish_notice(application_id=case.pk, actor=self.officer)
        if over:
            notice.ends_on = timezone.localdate() - timedelta(days=1)
            notice.save(update_fields=["ends_on"])
        return notice

    def offered(
        self, case: Application, amounts: tuple[int, ...] = (60 * WAN, 40 * WAN), due_in: int = 10
    ) -> Agreement:
        today = timezone.localdate()
        rows = [
            {"title": f"里程碑{number}", "target": "样机", "due_on": today + timedelta(days=due_in * number),
             "amount_fen": amount}
            for number, amount in enumerate(amounts, 1)
        ]  # fmt: skip
        draft = agreements.write_agreement(application_id=case.pk, actor=self.officer, milestones=rows)
        return agreements.offer_agreement(agreement_id=draft.pk, actor=self.officer)

    def signed(self, case: Application, agreement: Agreement) -> None:
        for person in (case.created_by, self.chair):
            agreements.sign_agreement(
                agreement_id=agreement.pk, sha256=agreement.sha256, method="password", actor=person
            )

    def active(self, due_in: int = 10, **facts: Any) -> Application:
        """A case led from the ranking to its signed agreement."""
        case = ApplicationFactory(state="ranked", **facts)
        self.decided(case)
        self.noticed(case)
        self.signed(case, self.offered(case, due_in=due_in))
        case.refresh_from_db()
        return case


def first_milestone(case: Application) -> Milestone:
    return Milestone.objects.filter(agreement__application=case).order_by("number")[0]


def reported(case: Application, milestone: Milestone | None = None, text: str = "样机通过测试") -> MilestoneReport:
    return milestones.submit_report(
        milestone_id=(milestone or first_milestone(case)).pk, sections={ReportSection.RESULTS: text},
        actor=case.created_by,
    )  # fmt: skip
