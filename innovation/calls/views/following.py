"""The office's page of a case after the review, and what the applicant reads of it on the status page."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from innovation.accounts.models import User
from innovation.calls.choices import AgreementState, ApplicationState, ObjectionState, PaymentState
from innovation.calls.forms.acts import acts_on
from innovation.calls.models import Agreement, Application, Milestone, Notice, Objection
from innovation.calls.models.following import works_here
from innovation.calls.queries.money import double_funding, milestones_in_force, money_of
from innovation.calls.status_panels import StatusPanel
from innovation.calls.views.notices import notice_status
from innovation.core import transitions
from innovation.core.components import Fact, Moment, Status, Tone
from innovation.core.display import unit_of
from innovation.core.money import Unit, format_fen
from innovation.core.views import Crumb, PageView

Buttons = list[tuple[Any, str]]


def buttons(record: Any, user: User) -> Buttons:
    """Title and address of each act that ``user`` may take upon ``record`` now."""
    return [(act.title, reverse("calls:act", args=[act.name, record.pk])) for act in acts_on(record, user)]


def money_text(fen: int | None, unit: Unit) -> str | None:
    return None if fen is None else format_fen(fen, unit, with_unit=True)


class CaseFollowing(PageView):
    """Proposal, decision, notice, agreement, milestones, money, changes and title of one case, and what can be done."""

    template_name = "calls/following/case.html"
    allowed = staticmethod(works_here)

    @cached_property
    def case(self) -> Application:
        rows = Application.objects.visible_to(self.request.user).select_related("call", "process", "organisation")
        found = rows.filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found

    def get_title(self) -> str:
        return str(self.case)

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(_("Decisions and projects"), reverse("calls:cases")), (self.case.number or "", None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        case, user, unit = self.case, self.request.user, unit_of(self.request)
        names = case.state_names[ApplicationState(case.state)]
        return super().get_context_data(
            case=case, status=Status(names.staff, Tone.INFO), next_step=names.next_step, facts=case_facts(case, unit),
            acts=buttons(case, user),
            proposals=[(one, buttons(one, user)) for one in case.proposals.filter(settled_at=None)],
            decisions=case.decisions.select_related("proposed_by", "decided_by"),
            conditions=[
                (one, buttons(one, user)) for decision in case.decisions.all() for one in decision.conditions.all()
            ],
            notices=[(one, notice_status(one)) for one in case.notices.all()],
            objections=[
                (one, buttons(one, user))
                for one in Objection.objects.filter(notice__application=case).prefetch_related("files")
            ],
            agreements=[(one, agreement_buttons(one, user)) for one in case.agreements.prefetch_related("signatures")],
            milestones=milestone_rows(case, user), money=money_facts(case, unit),
            payments=[(one, buttons(one, user)) for one in case.payments.select_related("ordered_by")],
            changes=[(one, buttons(one, user)) for one in case.changes.select_related("milestone")],
            others=double_funding(case)[:5] if case.award_fen else [],
            entitlement=getattr(case, "entitlement", None),
            steps=[step_moment(step) for step in transitions.steps_of(case)], **kwargs,
        )  # fmt: skip


def case_facts(case: Application, unit: Unit) -> list[Fact]:
    due = f"{case.due_on:%Y-%m-%d}" if case.due_on else None
    made = [Fact(_("Made from it"), one.get("label"), href=one.get("url", "")) for one in case.result.values()]
    return [
        Fact(_("Call"), case.call.title),
        Fact(_("Applicant"), case.organisation.name if case.organisation else str(case.created_by)),
        Fact(_("Requested"), money_text(case.requested_fen, unit), unknown=_("The form does not ask for money.")),
        Fact(_("Award"), money_text(case.award_fen, unit), unknown=_("Not decided yet.")),
        Fact(_("Next step due"), due, unknown=_("No day is set.")),
        *([Fact(_("Outcome"), case.get_outcome_display())] if case.outcome else []),
        *([Fact(_("Lesson"), case.lesson)] if case.lesson else []),
        *made,
    ]


def money_facts(case: Application, unit: Unit) -> list[Fact]:
    money = money_of(case)
    return [
        Fact(_("Award"), money_text(money.award_fen, unit)),
        Fact(_("Paid"), money_text(money.paid_fen, unit)),
        Fact(_("Ordered"), money_text(money.ordered_fen, unit)),
        Fact(_("Still to order"), money_text(money.left_fen, unit)),
    ]


def agreement_buttons(agreement: Agreement, user: User) -> Buttons:
    found = buttons(agreement, user)
    may_sign = user.has_perm("calls.sign_agreement") and not agreement.signatures.filter(signed_by=user).exists()
    if agreement.state == AgreementState.OFFERED and may_sign:
        found.append((_("Sign"), reverse("calls:sign", args=[agreement.pk])))
    return found


def milestone_status(milestone: Milestone) -> Status:
    """Passed, under check, failed, overdue or open."""
    newest = next(iter(milestone.reports.all()), None)
    check = getattr(newest, "check_made", None) if newest else None
    if check is not None and check.passed:
        return Status(_("Passed"), Tone.OK)
    if newest is not None and check is None:
        return Status(_("Report is being checked"), Tone.INFO)
    if milestone.due_on < timezone.localdate():
        return Status(_("Overdue"), Tone.BAD)
    return Status(_("To be written again"), Tone.NOTICE) if check is not None else Status(_("Open"), Tone.IDLE)


def milestone_rows(case: Application, user: User) -> list[dict[str, Any]]:
    """Milestones in force with their newest report, state, and the acts upon each."""
    rows = milestones_in_force(case).select_related("agreement__application")
    found = []
    for milestone in rows.prefetch_related("reports__check_made__payments", "reports__files", "due_changes"):
        newest = next(iter(milestone.reports.all()), None)
        check = getattr(newest, "check_made", None) if newest else None
        acts = buttons(milestone, user)
        acts += buttons(newest, user) if newest else []
        acts += buttons(check, user) if check else []
        found.append(
            {"milestone": milestone, "status": milestone_status(milestone), "report": newest, "check": check,
             "acts": acts, "paid": _payment_status(check)}
        )  # fmt: skip
    return found


def _payment_status(check: Any) -> Status | None:
    payment = next(iter(check.payments.all()), None) if check is not None else None
    if payment is None:
        return None
    if payment.state == PaymentState.PAID:
        return Status(gettext("Paid on %(day)s") % {"day": payment.paid_on}, Tone.OK)
    return Status(payment.get_state_display(), Tone.INFO)


def step_moment(step: Any) -> Moment:
    return Moment(step.at, _step_title(step), step.reason, step.actor_label)


def _step_title(step: Any) -> str:
    names = Application.state_names
    return f"{names[ApplicationState(step.from_state)].staff} → {names[ApplicationState(step.to_state)].staff}"


# ── What the applicant reads ─────────────────────────────────────────────────────────────────────
def decision_panel(case: Application, user: User) -> StatusPanel | None:
    """The decision with its reasons and conditions; nothing before it is made."""
    decision = case.decisions.first()
    if decision is None or case.state == ApplicationState.RANKED:
        return None
    notice = Notice.objects.filter(application=case).first()
    return StatusPanel(
        _("Decision"), "calls/following/_decision.html",
        {"decision": decision, "conditions": decision.conditions.all(), "notice": notice,
         "objected": bool(notice) and notice.objections.filter(state=ObjectionState.OPEN).exists()},
    )  # fmt: skip


def agreement_panel(case: Application, user: User) -> StatusPanel | None:
    """The version offered or in force, and the way to sign it."""
    agreement = case.agreements.offered().exclude(state=AgreementState.REPLACED).prefetch_related("signatures").first()
    if agreement is None:
        return None
    waits = agreement.state == AgreementState.OFFERED and not agreement.signatures.filter(signed_by=user).exists()
    return StatusPanel(
        _("Agreement"), "calls/following/_agreement.html",
        {"agreement": agreement, "signs": waits and case.members.filter(user=user, role="lead").exists()},
    )  # fmt: skip


def money_panel(case: Application, user: User) -> StatusPanel | None:
    """Milestones with reports, checks and payments, and requests for changes."""
    rows = milestone_rows(case, user)
    if not rows:
        return None
    return StatusPanel(
        _("Milestones and payments"), "calls/following/_milestones.html",
        {"rows": rows, "money": money_facts(case, Unit.WAN), "acts": buttons(case, user),
         "changes": case.changes.all()},
    )  # fmt: skip


def title_panel(case: Application, user: User) -> StatusPanel | None:
    """The title that the case granted."""
    entitlement = getattr(case, "entitlement", None)
    if entitlement is None:
        return None
    return StatusPanel(
        _("Certificate"), "calls/following/_title.html", {"entitlement": entitlement, "acts": buttons(case, user)}
    )
