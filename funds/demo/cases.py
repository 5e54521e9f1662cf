"""Exemption cases of the demonstration: one decided and sealed, one in its checklist, the others still to be begun."""

from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from funds.actions import case_archive, case_panel, case_speaking, case_work
from funds.choices.cases import AnswerResult, CaseOutcome, CaseState, EvidenceKind, Regime
from funds.demo.plan import GUIDANCE
from funds.models import ExemptionCase, Fund
from funds.queries.cases import checklist_items, frozen_content, negative_items
from funds.rules.cases import items_for
from innovation.accounts.choices import Role
from innovation.accounts.demo import email_of, make_person
from innovation.accounts.models import User
from innovation.core.pdf import render_pdf
from innovation.organisations.choices import MembershipRole
from innovation.organisations.models import Membership, Organisation

PANEL = (Role.PROGRAMME_MANAGER, Role.TALENT_OFFICER, Role.PATENT_OFFICER)
EVALUATOR = "衡准检测认证有限公司"
MANAGER_EMAIL, MANAGER_NAME = "fund_manager@demo.innovation.example", "韩雪峰 Han Xuefeng"
"""Who writes for the manager of the guidance fund: statements in cases, claims of reinvestment."""
STATEMENT = (
    "投资决策经投委会三分之二以上表决通过，尽职调查覆盖技术、财务与法律。投后每季度走访并派出观察员。"
    "技术路线于次年被行业标准淘汰，管理人及时报告并处置剩余资产。"
)


def make_fund_manager() -> None:
    """Who writes for the manager of the guidance fund."""
    fund = Fund.objects.filter(code=GUIDANCE.code).select_related("manager").first()
    if fund is not None and fund.manager is not None:
        writer_for(fund.manager)


def writer_for(manager: Organisation) -> User:
    """The fund manager of the demonstration, who may write for ``manager``."""
    person = make_person(MANAGER_EMAIL, MANAGER_NAME, Role.APPLICANT)
    Membership.objects.get_or_create(organisation=manager, user=person, defaults={"role": MembershipRole.EDITOR})
    return person


def make_cases() -> None:
    """Lead the losses on, the earliest furthest.

    Most are sealed; of the last four one waits for the manager's statement, one is in its checklist, two wait to be
    begun. What is in work was taken up some days ago, so that its next step is due soon.
    """
    people = {role: User.objects.filter(email=email_of(role)).first() for role in (*PANEL, Role.FUND_OFFICER)}
    cases = list(
        ExemptionCase.objects.filter(state=CaseState.OPENED)
        .select_related("fund", "investment__company")
        .order_by("opened_at", "pk")
    )
    if not all(people.values()) or ExemptionCase.objects.exclude(state=CaseState.OPENED).exists():
        return
    *done, spoken, checked, _late, _later = cases
    for case in done:
        _Work(case, people, case.opened_at).close()
    lately = timezone.now() - timedelta(days=6)
    _Work(spoken, people, lately).reach_statement()
    _Work(checked, people, lately).freeze()


class _Work:
    """One case as its people lead it, an hour or some days after each other."""

    def __init__(self, case: ExemptionCase, people: dict[Role, Any], start: datetime) -> None:
        self.case, self.people, self.clock = case, people, start
        self.officer = people[Role.FUND_OFFICER]

    def at(self, *, days: int = 0) -> dict[str, Any]:
        """The case and the moment of the next act."""
        self.clock += timedelta(days=days, hours=0 if days else 1)
        return {"case_id": self.case.pk, "at": self.clock}

    def add(self, name: str, kind: EvidenceKind, actor: User, title: str, *lines: str) -> str:
        upload = SimpleUploadedFile(name, paper_of(self.case.code, title, *lines))
        return case_work.add_evidence(upload=upload, kind=kind, actor=actor, **self.at()).file_id

    def freeze(self) -> None:
        """Minutes, voters, persons, freeze, and the first answers."""
        officer = self.officer
        self.minutes = self.add(
            "投资决策会议纪要.pdf",
            EvidenceKind.MINUTES,
            officer,
            "投资决策委员会会议纪要",
            "表决结果：应到六人，五票赞成",
        )
        self.diligence = self.add(
            "尽职调查报告.pdf", EvidenceKind.DUE_DILIGENCE, officer, "尽职调查报告：技术、财务、法律"
        )
        for name in ("顾清源", "陆文博"):
            case_work.name_voter(name=name, vote="赞成", actor=officer, **self.at())
        case_work.name_person(
            name="顾清源",
            function="投资总监",
            regime=Regime.LOCAL_SOE,
            actor=officer,
            **self.at(),
        )
        case_work.freeze_case(actor=officer, **self.at(days=2))
        case_work.start_checklist(actor=officer, **self.at())
        self.person = self.case.persons.get()
        self.case.refresh_from_db()
        first = items_for(self.person.regime, checklist_items(self.case))[0]
        self.answer(first.id)

    def answer(self, item_id: int) -> None:
        case_work.answer_item(
            person_id=self.person.pk, item_id=item_id, result=AnswerResult.MET,
            evidence=[self.minutes, self.diligence], actor=self.officer, **self.at(),
        )  # fmt: skip

    def reach_statement(self) -> None:
        """Freeze, checklist and negative list: the manager is to speak."""
        officer = self.officer
        self.freeze()
        for item in items_for(self.person.regime, checklist_items(self.case))[1:]:
            self.answer(item.id)
        case_work.finish_checklist(actor=officer, **self.at())
        for item in items_for(self.person.regime, negative_items(self.case)):
            case_work.record_finding(person_id=self.person.pk, item_id=item.id, hit=False, actor=officer, **self.at())
        case_work.finish_screening(actor=officer, **self.at())

    def close(self) -> None:
        """The whole way to the sealed file."""
        officer = self.officer
        self.reach_statement()
        manager = writer_for(self.case.fund.manager)
        self.add("投后管理记录.pdf", EvidenceKind.STATEMENT, manager, "投后走访记录（按季度）")
        case_speaking.submit_statement(text=STATEMENT, actor=manager, **self.at(days=4))
        report = self.add("独立评估报告.pdf", EvidenceKind.EVALUATION, officer, "履职尽责独立评估报告")
        case_speaking.record_evaluation(
            organisation_id=Organisation.objects.get(name_zh=EVALUATOR).pk, evaluator="马远航",
            opinion=CaseOutcome.EXEMPT, report_sha256=report, actor=officer, **self.at(days=9),
            independence="与基金、管理人及被投企业无业务往来",
            text="决策程序完整，尽职调查充分，损失源于技术路线变化。",
        )  # fmt: skip
        self.decide()
        until = self.case.appeal_until
        self.clock = timezone.make_aware(datetime.combine(until + timedelta(days=1), datetime.min.time()))
        case_archive.archive_case(actor=officer, **self.at(days=1))

    def decide(self) -> None:
        members = [self.people[role] for role in PANEL]
        for place, user in enumerate(members):
            case_panel.appoint_member(user_id=user.pk, is_chair=place == 0, actor=self.officer, **self.at())
        for user in members:
            case_panel.cast_vote(
                outcome=CaseOutcome.EXEMPT, actor=user,
                reasons="职责均已履行，无负面清单情形。",
                **self.at(),
            )  # fmt: skip
        self.case.refresh_from_db()
        frozen = case_panel.laws(frozen_content(self.case))
        self.case = case_panel.decide_case(
            outcome=CaseOutcome.EXEMPT, actor=members[0], law_id=frozen[0]["id"] if frozen else None,
            reasons="依法合规、忠实勤勉，未谋取非法利益，予以免责。",
            **self.at(days=3),
        )  # fmt: skip


def paper_of(number: str, title: str, *lines: str) -> bytes:
    """A PDF of one page, the same bytes each time."""
    return render_pdf("paper.typ", {"number": number, "title": title, "lines": lines})
