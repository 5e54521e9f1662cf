"""A fund with a loss, the people of an exemption case, and a case led to any state. Money in fen."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from funds.actions import case_archive, case_panel, case_speaking, case_work
from funds.actions.case_opening import open_case
from funds.choices.cases import CaseOutcome, CaseState, EvidenceKind, Regime
from funds.models import ExemptionCase, Fund, Investment
from funds.queries.cases import checklist_items, negative_items
from funds.rules.cases import items_for
from innovation.accounts.choices import Role
from innovation.accounts.models import User
from innovation.organisations.choices import MembershipRole
from innovation.organisations.models import Membership
from tests.factories.accounts import UserFactory
from tests.factories.organisations import OrganisationFactory
from tests.funds import scenes

LOSS = 100 * scenes.WAN
S = CaseState


def pdf(words: str) -> SimpleUploadedFile:
    """A document that differs by its words."""
    return SimpleUploadedFile(f"{words}.pdf", f"%PDF-1.7\n{words}\n%%EOF\n".encode(), "application/pdf")


@dataclass
class Cast:
    """Everybody who takes part: one office, one manager, a panel of three with a second chair for the appeal."""

    officer: User = field(default_factory=lambda: UserFactory(role=Role.FUND_OFFICER, name="Chen"))
    chair: User = field(default_factory=lambda: UserFactory(role=Role.PROGRAMME_MANAGER, name="Wang"))
    members: list[User] = field(
        default_factory=lambda: [UserFactory(role=Role.TALENT_OFFICER), UserFactory(role=Role.REVIEWER)]
    )
    second: list[User] = field(
        default_factory=lambda: [
            UserFactory(role=Role.FINANCE), UserFactory(role=Role.PATENT_OFFICER), UserFactory(role=Role.REVIEWER),
        ]
    )  # fmt: skip
    applicant: User = field(default_factory=lambda: UserFactory(role=Role.APPLICANT, name="Zhou"))

    def speak_for(self, fund: Fund) -> None:
        """The applicant writes for the fund's manager."""
        Membership.objects.create(organisation=fund.manager, user=self.applicant, role=MembershipRole.EDITOR)


def fund_with_loss() -> tuple[Fund, Investment]:
    """A fund under the rule of Shangcheng with a holding of which 100 万元 were written off in 2024."""
    fund = scenes.venture(name_en="Lossy Fund", manager=OrganisationFactory())
    scenes.bind("CN-HZ-SHANGCHENG-2025", fund=fund)
    holding = scenes.invest(fund, 600, lost=100, value=450)
    holding.decided_on = date(2023, 2, 1)
    holding.save()
    return fund, holding


def manual_case(cast: Cast, *, loss_fen: int = LOSS, at: datetime | None = None) -> ExemptionCase:
    fund, holding = fund_with_loss()
    cast.speak_for(fund)
    return open_case(
        fund_id=fund.pk, investment_id=holding.pk, loss_fen=loss_fen, loss_on=date(2024, 2, 1),
        summary="The company gave up its laser.", actor=cast.officer, at=at,
    )  # fmt: skip


class Walk:
    """Leads one case step by step; ``to(state)`` does whatever is missing."""

    def __init__(self, cast: Cast, case: ExemptionCase, at: datetime | None = None, **choices: Any) -> None:
        self.cast, self.case = cast, case
        self.at = at
        self.regime = choices.get("regime", Regime.LOCAL_SOE)
        self.hit = choices.get("hit", False)
        self.outcome = choices.get("outcome", CaseOutcome.EXEMPT)

    def now(self) -> dict[str, Any]:
        """The moment of the next act: a day later each time where the walk has its own clock."""
        if self.at is None:
            return {}
        self.at += timedelta(hours=1)
        return {"at": self.at}

    def to(self, state: CaseState) -> ExemptionCase:
        path: list[tuple[CaseState, Callable[[], None]]] = [
            (S.OPENED, self.freeze), (S.FROZEN, self.start), (S.CHECKLIST, self.answer), (S.SCREENING, self.screen),
            (S.STATEMENT, self.state), (S.EVALUATION, self.evaluate), (S.PANEL, self.decide),
        ]  # fmt: skip
        for stands, act in path:
            self.case.refresh_from_db()
            if self.case.state == state:
                return self.case
            if self.case.state == stands:
                act()
        self.case.refresh_from_db()
        if state == S.APPEAL:
            self.appeal()
        if state == S.ARCHIVED:
            self.archive()
        return ExemptionCase.objects.get(pk=self.case.pk)

    def add(self, words: str, kind: EvidenceKind, actor: User | None = None) -> str:
        row = case_work.add_evidence(
            case_id=self.case.pk, upload=pdf(f"{words} {self.case.pk}"), kind=kind, actor=actor or self.cast.officer,
            **self.now(),
        )  # fmt: skip
        return row.file_id

    def freeze(self) -> None:
        officer, pk = self.cast.officer, self.case.pk
        self.minutes = self.add("minutes", EvidenceKind.MINUTES)
        case_work.name_voter(case_id=pk, name="Voter", actor=officer, vote="for", **self.now())
        case_work.name_person(
            case_id=pk, name="Judged", function="Investment director", regime=self.regime, actor=officer, **self.now()
        )
        case_work.freeze_case(case_id=pk, actor=officer, **self.now())

    def start(self) -> None:
        case_work.start_checklist(case_id=self.case.pk, actor=self.cast.officer, **self.now())

    def answer(self) -> None:
        proof = self.case.evidence.first().file_id
        for person in self.case.persons.all():
            for item in items_for(person.regime, checklist_items(self.case)):
                case_work.answer_item(
                    case_id=self.case.pk, person_id=person.pk, item_id=item.id, result="MET", evidence=[proof],
                    actor=self.cast.officer, **self.now(),
                )  # fmt: skip
        case_work.finish_checklist(case_id=self.case.pk, actor=self.cast.officer, **self.now())

    def screen(self) -> None:
        hit = self.hit
        for person in self.case.persons.all():
            for item in items_for(person.regime, negative_items(self.case)):
                case_work.record_finding(
                    case_id=self.case.pk, person_id=person.pk, item_id=item.id, hit=hit, reason="seen" if hit else "",
                    actor=self.cast.officer, **self.now(),
                )  # fmt: skip
                hit = False
        case_work.finish_screening(case_id=self.case.pk, actor=self.cast.officer, **self.now())

    def state(self) -> None:
        case_speaking.submit_statement(
            case_id=self.case.pk, text="We followed every rule.", actor=self.cast.applicant, **self.now()
        )

    def evaluate(self) -> None:
        report = self.add("evaluation", EvidenceKind.EVALUATION)
        case_speaking.record_evaluation(
            case_id=self.case.pk, organisation_id=OrganisationFactory().pk, evaluator="Auditor", text="In order.",
            independence="No business with the fund.", opinion=CaseOutcome.EXEMPT, report_sha256=report,
            actor=self.cast.officer, **self.now(),
        )  # fmt: skip

    def seat(self, people: list[User]) -> None:
        for place, user in enumerate(people):
            case_panel.appoint_member(
                case_id=self.case.pk, user_id=user.pk, is_chair=place == 0, actor=self.cast.officer, **self.now()
            )

    def vote(self, people: list[User], outcome: CaseOutcome | None = None) -> None:
        for user in people:
            case_panel.cast_vote(
                case_id=self.case.pk, outcome=outcome or self.outcome, reasons="For these reasons.", actor=user,
                **self.now(),
            )  # fmt: skip

    def decide(self) -> None:
        people = [self.cast.chair, *self.cast.members]
        self.seat(people)
        self.vote(people)
        self.close(self.cast.chair)

    def close(self, chair: User, outcome: CaseOutcome | None = None) -> None:
        case_panel.decide_case(
            case_id=self.case.pk, outcome=outcome or self.outcome, reasons="Duties fulfilled.", actor=chair,
            **self.now(),
        )  # fmt: skip

    def appeal(self) -> None:
        case_speaking.appeal_case(case_id=self.case.pk, text="New facts.", actor=self.cast.applicant, **self.now())

    def archive(self) -> None:
        self.case.refresh_from_db()
        after = timezone.make_aware(datetime.combine(self.case.appeal_until + timedelta(days=1), datetime.min.time()))
        case_archive.archive_case(case_id=self.case.pk, actor=self.cast.officer, at=after + timedelta(hours=9))


def case_in(state: CaseState, cast: Cast | None = None, **choices: Any) -> tuple[ExemptionCase, Walk]:
    """A case in ``state`` with the walk that led it there."""
    cast = cast or Cast()
    walk = Walk(cast, manual_case(cast, loss_fen=choices.pop("loss_fen", LOSS)), **choices)
    return walk.to(state), walk
