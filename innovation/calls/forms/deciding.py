"""Acts of the board, of decisions, notices, agreements and titles."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from innovation.accounts.models import User
from innovation.calls.actions import agreements, board, changing, deciding, entitling, notices, screening
from innovation.calls.choices import (
    AWARDING_EVENTS,
    AgreementState,
    ApplicationState,
    BoardChoice,
    ChangeState,
    DecidedEvent,
    EntitlementState,
    ObjectionState,
    Outcome,
)
from innovation.calls.forms.acts import LONG, CaseAct
from innovation.calls.forms.rows import MilestoneRows, ShareRows
from innovation.calls.models import (
    AgendaItem,
    Agreement,
    Application,
    ChangeRequest,
    Condition,
    Entitlement,
    Meeting,
    Objection,
    Proposal,
)
from innovation.calls.queries.board import open_events, seats
from innovation.core.fields import DateField, MoneyField

REASON = {"label": _("Reason"), "widget": LONG, "max_length": 4000}


class Vote(CaseAct):
    name, title, model = "vote", _("Vote"), AgendaItem
    choice = forms.ChoiceField(label=_("Your vote"), choices=BoardChoice.choices, widget=forms.RadioSelect)

    @classmethod
    def fits(cls, record: AgendaItem) -> bool:
        return not record.decisions.exists()

    @classmethod
    def allowed(cls, user: User, record: AgendaItem) -> bool:
        seat = seats(record.meeting).get(user.pk)
        return bool(seat) and not (record.votes.filter(member=seat) or record.recusals.filter(member=seat))

    @staticmethod
    def run(record: AgendaItem, data: Mapping[str, Any], actor: User) -> Any:
        return board.vote(item_id=record.pk, choice=data["choice"], actor=actor)


class StepOut(Vote):
    name, title = "step_out", _("Step out of this case")
    choice = None
    reason = forms.CharField(**(REASON | {"max_length": 300}))

    @staticmethod
    def run(record: AgendaItem, data: Mapping[str, Any], actor: User) -> Any:
        return board.step_out(item_id=record.pk, reason=data["reason"], actor=actor)


class KeepMinutes(CaseAct):
    name, title, permission, model = "minutes", _("Keep the minutes"), board.COORDINATE, Meeting
    file = forms.FileField(label=_("File of the minutes"))

    @staticmethod
    def run(record: Meeting, data: Mapping[str, Any], actor: User) -> Any:
        return board.keep_minutes(meeting_id=record.pk, upload=data["file"], actor=actor)


class AddToAgenda(CaseAct):
    name, title, permission, model = "agenda", _("Put a case on the agenda"), board.COORDINATE, Meeting
    number = forms.CharField(label=_("Number of the application"), max_length=60)

    @staticmethod
    def run(record: Meeting, data: Mapping[str, Any], actor: User) -> Any:
        found = record.call.applications.filter(number=data["number"].strip()).values_list("pk", flat=True).first()
        return board.put_on_agenda(meeting_id=record.pk, application_id=found or 0, actor=actor)


class Propose(CaseAct):
    name, title, model = "propose", _("Propose a decision"), Application
    event = forms.ChoiceField(label=_("Decision"), choices=())
    award_fen = MoneyField(
        label=pgettext_lazy("amount", "Award"),
        required=False,
        help_text=_("For an approval; 0 where no money is given."),
    )
    reasons = forms.CharField(**(REASON | {"label": _("Reasons"), "help_text": _("The applicant reads them.")}))
    condition_1 = forms.CharField(label=_("First condition"), max_length=500, required=False)
    condition_1_due = DateField(label=_("Due"), required=False)
    condition_2 = forms.CharField(label=_("Second condition"), max_length=500, required=False)
    condition_2_due = DateField(label=_("Due"), required=False)
    outcome = forms.ChoiceField(
        label=_("Outcome"), choices=[("", _("only when closing")), *Outcome.choices], required=False
    )
    lesson = forms.CharField(
        label=_("Lesson"), widget=LONG, required=False, help_text=_("Needed unless the case fully succeeded.")
    )
    exemption_case = forms.CharField(
        label=_("Number of the exemption case"), max_length=80, required=False,
        help_text=_("For a failure in good faith."),
    )  # fmt: skip

    def prepare(self, record: Application) -> None:
        possible = open_events(record)
        self.fields["event"].choices = [one for one in DecidedEvent.choices if one[0] in possible]
        self.fields["award_fen"].initial = record.requested_fen
        unused = set()
        if not possible & AWARDING_EVENTS:
            unused |= {"award_fen"}
        if DecidedEvent.APPROVE_WITH_CONDITIONS not in possible:
            unused |= {"condition_1", "condition_1_due", "condition_2", "condition_2_due"}
        if DecidedEvent.CLOSE not in possible:
            unused |= {"outcome", "lesson", "exemption_case"}
        for name in unused:
            del self.fields[name]

    @classmethod
    def fits(cls, record: Application) -> bool:
        return bool(open_events(record) & set(DecidedEvent.values))

    @classmethod
    def allowed(cls, user: User, record: Application) -> bool:
        return any(user.has_perm(name) for name in deciding.PROPOSE)

    @staticmethod
    def run(record: Application, data: Mapping[str, Any], actor: User) -> Any:
        conditions = [
            {"text": data.get(f"condition_{n}") or "", "due_on": data.get(f"condition_{n}_due")} for n in (1, 2)
        ]
        plain = {name: data.get(name) or "" for name in ("outcome", "lesson", "exemption_case")}
        return deciding.propose(
            application_id=record.pk, event=data["event"], reasons=data["reasons"], award_fen=data.get("award_fen"),
            conditions=conditions, actor=actor, **plain,
        )  # fmt: skip


class Decide(CaseAct):
    name, title, model = "decide", _("Decide as proposed"), Proposal
    order_reason = forms.CharField(
        label=_("Why the order of the ranking is left"), widget=LONG, required=False,
        help_text=_("Only where a better case is refused and a worse one approved."),
    )  # fmt: skip

    @classmethod
    def fits(cls, record: Proposal) -> bool:
        return record.settled_at is None

    @classmethod
    def allowed(cls, user: User, record: Proposal) -> bool:
        if record.proposed_by_id == user.pk:
            return False
        return user.has_perm("calls.decide_application") or user.has_perm("calls.coordinate_application")

    @staticmethod
    def run(record: Proposal, data: Mapping[str, Any], actor: User) -> Any:
        return deciding.decide(proposal_id=record.pk, actor=actor, order_reason=data.get("order_reason") or "")


class MeetCondition(CaseAct):
    name, title, permission, model = "meet", _("Condition is met"), "calls.screen_application", Condition
    evidence = forms.CharField(label=_("What shows it"), widget=LONG, max_length=2000)

    @classmethod
    def fits(cls, record: Condition) -> bool:
        return record.met_at is None

    @staticmethod
    def run(record: Condition, data: Mapping[str, Any], actor: User) -> Any:
        return deciding.meet_condition(condition_id=record.pk, evidence=data["evidence"], actor=actor)


class _CaseStep(CaseAct):
    """A step of the case itself, shown where its process has the event now."""

    model = Application
    event = ""

    @classmethod
    def fits(cls, record: Application) -> bool:
        return cls.event in open_events(record)


class CheckCounty(_CaseStep):
    tab = "gates"
    name, title, event = "check_county", _("Let pass: county"), "check_county"
    permission = "calls.screen_application"

    @classmethod
    def run(cls, record: Application, data: Mapping[str, Any], actor: User) -> Any:
        return screening.check_level(application_id=record.pk, level=cls.event, actor=actor)


class CheckCity(CheckCounty):
    name, title, event = "check_city", _("Let pass: city"), "check_city"


class CheckProvince(CheckCounty):
    name, title, event = "check_province", _("Let pass: province"), "check_province"
    permission = "calls.coordinate_application"


class PublishNotice(_CaseStep):
    name, title, event = "publish_notice", _("Put on public notice"), "publish_notice"
    permission = "calls.screen_application"

    @staticmethod
    def run(record: Application, data: Mapping[str, Any], actor: User) -> Any:
        return notices.publish_notice(application_id=record.pk, actor=actor)


class ExamineObjection(CaseAct):
    name, title, permission, model = "examine", _("Answer the objection"), "calls.decide_objection", Objection
    upheld = forms.TypedChoiceField(
        label=_("Result"), choices=[("no", _("Reject the objection")), ("yes", _("Uphold the objection"))],
        coerce=lambda value: value == "yes", widget=forms.RadioSelect,
    )  # fmt: skip
    reason = forms.CharField(**(REASON | {"help_text": _("Whoever objected reads it.")}))

    @classmethod
    def fits(cls, record: Objection) -> bool:
        return record.state == ObjectionState.OPEN

    @staticmethod
    def run(record: Objection, data: Mapping[str, Any], actor: User) -> Any:
        return notices.examine_objection(
            objection_id=record.pk, upheld=data["upheld"], reason=data["reason"], actor=actor
        )


class WriteAgreement(MilestoneRows, ShareRows, _CaseStep):
    tab = "agreement"
    name, title, page = "agreement", _("Write the agreement"), "calls/following/agreement_form.html"
    permission = "calls.screen_application"
    own_fen = MoneyField(label=_("Own money of the applicant"), required=False)
    target = forms.CharField(label=_("Targets"), widget=LONG, required=False, help_text=_("One target a line."))
    text = forms.CharField(
        label=_("Text"), widget=forms.Textarea({"rows": 12}), required=False,
        help_text=_("Filled from the template of the call; empty takes it again."),
    )  # fmt: skip

    @classmethod
    def fits(cls, record: Application) -> bool:
        return record.state == ApplicationState.APPROVED or "sign" in open_events(record)

    def prepare(self, record: Application) -> None:
        self.fields["own_fen"].initial = record.own_fen
        self.fields["text"].initial = agreements.agreement_text(record, 1, record.own_fen or 0)
        self.prepare_rows(record)
        self.prepare_shares(record)

    @staticmethod
    def run(record: Application, data: Mapping[str, Any], actor: User) -> Any:
        targets = [{"text": line.strip()} for line in (data.get("target") or "").splitlines() if line.strip()]
        return agreements.write_agreement(
            application_id=record.pk, actor=actor, milestones=MilestoneRows.rows(data), shares=ShareRows.shares(data),
            targets=targets, text=data.get("text") or "", own_fen=data.get("own_fen"),
        )  # fmt: skip


class OfferAgreement(CaseAct):
    tab = "agreement"
    name, title, permission, model = "offer", _("Offer for signature"), "calls.screen_application", Agreement

    @classmethod
    def fits(cls, record: Agreement) -> bool:
        return record.state == AgreementState.DRAFT

    @staticmethod
    def run(record: Agreement, data: Mapping[str, Any], actor: User) -> Any:
        return agreements.offer_agreement(agreement_id=record.pk, actor=actor)


class Issue(_CaseStep):
    tab = "agreement"
    name, title, event, permission = "issue", _("Issue the certificate"), "issue", "calls.screen_application"
    renews = forms.ModelChoiceField(
        label=_("Renews"), queryset=Entitlement.objects.none(), required=False, empty_label=_("none: a first title")
    )

    def prepare(self, record: Application) -> None:
        self.fields["renews"].queryset = Entitlement.objects.filter(
            organisation=record.organisation_id, kind=record.call.kind,
            state__in=[EntitlementState.VALID, EntitlementState.EXPIRED],
        )  # fmt: skip

    @staticmethod
    def run(record: Application, data: Mapping[str, Any], actor: User) -> Any:
        renews = data.get("renews")
        return entitling.issue(application_id=record.pk, actor=actor, renews_id=renews.pk if renews else None)


class Leave(_CaseStep):
    tab = "agreement"
    name, title, event, permission = "leave", _("End the membership"), "leave", "calls.screen_application"

    @staticmethod
    def run(record: Application, data: Mapping[str, Any], actor: User) -> Any:
        return entitling.leave(application_id=record.pk, actor=actor)


class GiveNotice(_CaseStep):
    tab = "agreement"
    name, title, event, permission = "give_notice", _("Give notice"), "give_notice", "leads"
    reason = forms.CharField(**REASON)

    @staticmethod
    def run(record: Application, data: Mapping[str, Any], actor: User) -> Any:
        return entitling.give_notice(application_id=record.pk, reason=data["reason"], actor=actor)


class SuspendTitle(CaseAct):
    name, title, permission, model = "suspend_title", _("Suspend the title"), "calls.screen_application", Entitlement
    dangerous = True
    tab = "agreement"
    event = "suspend"
    reason = forms.CharField(**(REASON | {"help_text": _("It stays in the record; the holder is told by mail.")}))

    @classmethod
    def fits(cls, record: Entitlement) -> bool:
        return cls.event in record.transitions[EntitlementState(record.state)]

    @staticmethod
    def run(record: Entitlement, data: Mapping[str, Any], actor: User) -> Any:
        return entitling.suspend(entitlement_id=record.pk, reason=data["reason"], actor=actor)


class ReinstateTitle(SuspendTitle):
    name, title, event = "reinstate_title", _("Put the title in force again"), "reinstate"
    dangerous = False

    @staticmethod
    def run(record: Entitlement, data: Mapping[str, Any], actor: User) -> Any:
        return entitling.reinstate(entitlement_id=record.pk, reason=data["reason"], actor=actor)


class Suspend(_CaseStep):
    name, title, event, permission = "suspend", _("Suspend"), "suspend", "calls.screen_application"
    dangerous = True
    reason = forms.CharField(**REASON)

    @staticmethod
    def run(record: Application, data: Mapping[str, Any], actor: User) -> Any:
        return changing.suspend(application_id=record.pk, reason=data["reason"], actor=actor)


class Resume(_CaseStep):
    name, title, event, permission = "resume", _("Resume"), "resume", "calls.screen_application"

    @staticmethod
    def run(record: Application, data: Mapping[str, Any], actor: User) -> Any:
        return changing.resume(application_id=record.pk, actor=actor)


class AgreeForBoard(CaseAct):
    tab = "agreement"
    name, title, permission, model = "board_agrees", _("The board agrees"), board.DECIDE, ChangeRequest

    @classmethod
    def fits(cls, record: ChangeRequest) -> bool:
        return record.state == ChangeState.OPEN and record.targets_changed and record.board_agreed_at is None

    @staticmethod
    def run(record: ChangeRequest, data: Mapping[str, Any], actor: User) -> Any:
        return changing.agree_for_board(change_id=record.pk, actor=actor)


class AnswerChange(CaseAct):
    tab = "agreement"
    name, title, permission, model = "answer", _("Answer the request"), "calls.screen_application", ChangeRequest
    approved = forms.TypedChoiceField(
        label=pgettext_lazy("request", "Answer"),
        choices=[("yes", _("Approve the change")), ("no", _("Refuse the change"))],
        coerce=lambda value: value == "yes", widget=forms.RadioSelect,
    )  # fmt: skip
    reason = forms.CharField(**REASON)

    @classmethod
    def fits(cls, record: ChangeRequest) -> bool:
        return record.state == ChangeState.OPEN

    @staticmethod
    def run(record: ChangeRequest, data: Mapping[str, Any], actor: User) -> Any:
        return changing.answer_change(
            change_id=record.pk, approved=data["approved"], reason=data["reason"], actor=actor
        )
