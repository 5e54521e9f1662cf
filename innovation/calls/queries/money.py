"""Where the money of a case stands, and what looks paid twice."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet, Sum

from innovation.calls.choices import AgreementState, ApplicationState, PaymentState
from innovation.calls.models import Agreement, Application, Milestone, MilestoneReport


@dataclass(frozen=True, slots=True)
class MoneyOfCase:
    """Fen: the award, what is paid (refunds taken off), what is ordered, and what may still be ordered."""

    award_fen: int
    paid_fen: int
    ordered_fen: int

    @property
    def left_fen(self) -> int:
        return self.award_fen - self.paid_fen - self.ordered_fen


def money_of(application: Application) -> MoneyOfCase:
    """One query over the payments of a case."""
    sums = application.payments.aggregate(
        paid=Sum("amount_fen", filter=Q(state=PaymentState.PAID)),
        ordered=Sum("amount_fen", filter=Q(state=PaymentState.ORDERED)),
    )
    return MoneyOfCase(application.award_fen or 0, sums["paid"] or 0, sums["ordered"] or 0)


def agreement_in_force(application: Application) -> Agreement | None:
    return application.agreements.filter(state=AgreementState.IN_FORCE).first()


def milestones_in_force(application: Application) -> QuerySet[Milestone]:
    """The milestones of the version in force, by number."""
    return Milestone.objects.filter(
        agreement__application=application, agreement__state=AgreementState.IN_FORCE
    ).order_by("number")


def newest_report(milestone: Milestone) -> MilestoneReport | None:
    return milestone.reports.select_related("check_made").order_by("-serial").first()


def is_passed(milestone: Milestone) -> bool:
    return milestone.reports.filter(check_made__passed=True).exists()


def next_due(application: Application) -> Milestone | None:
    """The first milestone without a passed check."""
    open_ones = milestones_in_force(application).exclude(reports__check_made__passed=True)
    return open_ones.order_by("due_on", "number").first()


LIVE_MONEY = (
    ApplicationState.APPROVED, ApplicationState.APPROVED_WITH_CONDITIONS, ApplicationState.NOTICED,
    ApplicationState.ACTIVE, ApplicationState.IN_CHANGE, ApplicationState.SUSPENDED,
)  # fmt: skip


def double_funding(application: Application) -> QuerySet[Application]:
    """Other funded cases of the same organisation that run now: a person looks whether costs are paid twice."""
    others = Application.objects.filter(state__in=LIVE_MONEY, award_fen__gt=0).exclude(pk=application.pk)
    if application.organisation_id is None:
        return others.filter(organisation=None, created_by=application.created_by_id)
    return others.filter(organisation=application.organisation_id)
