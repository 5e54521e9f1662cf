"""Acts of the running case: reports, checks, payments, requests for changes."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from innovation.accounts.models import User
from innovation.calls.actions import changing, milestones, payments
from innovation.calls.choices import AgreementState, ApplicationState, PaymentState, ReportSection
from innovation.calls.forms.acts import LONG, CaseAct
from innovation.calls.forms.objecting import FilesField
from innovation.calls.models import Application, Milestone, MilestoneCheck, MilestoneReport, Payment
from innovation.calls.queries.board import open_events
from innovation.calls.queries.money import is_passed, milestones_in_force, money_of, newest_report
from innovation.core.fields import DateField, MoneyField


class SubmitReport(CaseAct):
    tab = "money"
    name, title, permission, model = "report", _("Report on the milestone"), "writes", Milestone
    files = FilesField(label=_("Files"), required=False, help_text=_("At most ten files."))

    @classmethod
    def fits(cls, record: Milestone) -> bool:
        in_force = record.agreement.state == AgreementState.IN_FORCE
        if not in_force or record.agreement.application.state != ApplicationState.ACTIVE or is_passed(record):
            return False
        newest = newest_report(record)
        return newest is None or hasattr(newest, "check_made")

    def prepare(self, record: Milestone) -> None:
        before = newest_report(record)
        is_first = before is None or not hasattr(before, "check_made")
        opened = ReportSection.values if is_first else before.check_made.reopened
        for section in reversed(ReportSection):
            if section.value in opened:
                field = forms.CharField(
                    label=section.label, widget=LONG, max_length=8000, required=section == ReportSection.RESULTS,
                    initial=before.sections.get(section.value, "") if before else "",
                )  # fmt: skip
                self.fields = {section.value: field, **self.fields}

    @staticmethod
    def run(record: Milestone, data: Mapping[str, Any], actor: User) -> Any:
        sections = {key: data[key] for key in ReportSection.values if key in data}
        return milestones.submit_report(
            milestone_id=record.pk, sections=sections, uploads=data.get("files") or [], actor=actor
        )


class CheckReport(CaseAct):
    tab = "money"
    name, title, permission, model = "check", _("Check the report"), "calls.screen_application", MilestoneReport
    passed = forms.TypedChoiceField(
        label=_("Result"),
        choices=[("yes", pgettext_lazy("check", "Passed")), ("no", pgettext_lazy("check", "Failed"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Reason"), widget=LONG, required=False, max_length=4000, help_text=_("Needed where it failed.")
    )
    reopened = forms.MultipleChoiceField(
        label=_("Sections to write again"), choices=ReportSection.choices, required=False,
        widget=forms.CheckboxSelectMultiple, help_text=_("Needed where it failed; the others stay as they are."),
    )  # fmt: skip

    @classmethod
    def fits(cls, record: MilestoneReport) -> bool:
        case = record.milestone.agreement.application
        return not hasattr(record, "check_made") and case.state == ApplicationState.ACTIVE

    @staticmethod
    def run(record: MilestoneReport, data: Mapping[str, Any], actor: User) -> Any:
        return milestones.check_report(
            report_id=record.pk, passed=data["passed"], reason=data["reason"], reopened=data["reopened"], actor=actor
        )


class OrderPayment(CaseAct):
    tab = "money"
    name, title, permission, model = "order", _("Order the payment"), payments.PAY, MilestoneCheck
    amount_fen = MoneyField(label=_("Amount"))

    @classmethod
    def fits(cls, record: MilestoneCheck) -> bool:
        return record.passed and not record.payments.exclude(state=PaymentState.CANCELLED).exists()

    @classmethod
    def allowed(cls, user: User, record: MilestoneCheck) -> bool:
        return super().allowed(user, record) and record.checked_by_id != user.pk

    def prepare(self, record: MilestoneCheck) -> None:
        self.fields["amount_fen"].initial = record.report.milestone.amount_fen

    @staticmethod
    def run(record: MilestoneCheck, data: Mapping[str, Any], actor: User) -> Any:
        return payments.order_payment(check_id=record.pk, amount_fen=data["amount_fen"], actor=actor)


class ConfirmPayment(CaseAct):
    tab = "money"
    name, title, permission, model = "paid", _("Record the payment of the bank"), payments.PAY, Payment
    paid_on = DateField(label=_("Paid on"), initial=timezone.localdate)
    reference = forms.CharField(label=_("Reference of the bank"), max_length=100, required=False)

    @classmethod
    def fits(cls, record: Payment) -> bool:
        return record.state == PaymentState.ORDERED

    @staticmethod
    def run(record: Payment, data: Mapping[str, Any], actor: User) -> Any:
        return payments.confirm_payment(
            payment_id=record.pk, paid_on=data["paid_on"], reference=data["reference"], actor=actor
        )


class CancelPayment(ConfirmPayment):
    name, title, dangerous = "cancel_payment", _("Take the order back"), True
    paid_on = None
    reference = None

    @staticmethod
    def run(record: Payment, data: Mapping[str, Any], actor: User) -> Any:
        return payments.cancel_payment(payment_id=record.pk, actor=actor)


class Refund(CaseAct):
    tab = "money"
    name, title, permission, model = "refund", _("Record a refund"), payments.PAY, Application
    amount_fen = MoneyField(label=_("Amount that came back"))
    paid_on = DateField(label=_("Received on"), initial=timezone.localdate)
    reference = forms.CharField(label=_("Reference of the bank"), max_length=100, required=False)
    reason = forms.CharField(label=_("Reason"), max_length=300)

    @classmethod
    def fits(cls, record: Application) -> bool:
        return bool(record.award_fen) and money_of(record).paid_fen > 0

    @staticmethod
    def run(record: Application, data: Mapping[str, Any], actor: User) -> Any:
        return payments.refund(application_id=record.pk, actor=actor, **data)


class AskChange(CaseAct):
    tab = "agreement"
    name, title, permission, model = "ask_change", _("Ask for a change"), "leads", Application
    text = forms.CharField(label=_("What is to change, and why"), widget=LONG, max_length=4000)
    targets_changed = forms.BooleanField(
        label=_("The targets change"), required=False, help_text=_("Then the board has to agree.")
    )
    new_targets = forms.CharField(label=_("New targets"), widget=LONG, required=False, max_length=4000)
    milestone = forms.ModelChoiceField(
        label=_("Milestone with another day"), queryset=Milestone.objects.none(), required=False, empty_label=_("none")
    )
    new_due_on = DateField(label=_("New day"), required=False)

    @classmethod
    def fits(cls, record: Application) -> bool:
        return "change" in open_events(record)

    def prepare(self, record: Application) -> None:
        self.fields["milestone"].queryset = milestones_in_force(record)

    @staticmethod
    def run(record: Application, data: Mapping[str, Any], actor: User) -> Any:
        plain = {name: data[name] for name in ("text", "targets_changed", "new_targets", "new_due_on")}
        milestone = data["milestone"]
        return changing.ask_change(
            application_id=record.pk, milestone_id=milestone.pk if milestone else None, actor=actor, **plain
        )
