"""What follows after the review: tabs on the office's page of a case, panels on the applicant's."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from innovation.accounts.models import User
from innovation.calls.choices import NEXT_LEVEL, AgreementState, ApplicationState, ObjectionState, PaymentState
from innovation.calls.forms.acts import acts_on
from innovation.calls.models import Agreement, Application, Milestone, Notice, Objection
from innovation.calls.queries import applying
from innovation.calls.queries.later import faults_later, given_later, open_later
from innovation.calls.queries.money import double_funding, milestones_in_force, money_of
from innovation.calls.rules import forms
from innovation.calls.shown import in_language
from innovation.calls.status_panels import StatusPanel
from innovation.calls.views.notices import notice_status
from innovation.core import transitions
from innovation.core.components import Fact, Moment, Status, Task, TaskState, Tone
from innovation.core.figures import unit_behind
from innovation.core.money import Unit, format_fen

Buttons = list[tuple[Any, str]]


def buttons(record: Any, user: User) -> Buttons:
    """Title and address of each act that ``user`` may take upon ``record`` now."""
    return [(act.title, reverse("calls:act", args=[act.name, record.pk])) for act in acts_on(record, user)]


def money_text(fen: int | None, unit: Unit) -> str | None:
    return None if fen is None else f"{format_fen(fen, unit)} {unit_behind(unit)}"


def decisions_tab(case: Application, user: User) -> dict[str, Any]:
    """What was proposed and decided, its conditions, the public notice and the objections to it."""
    decisions = list(case.decisions.select_related("proposed_by", "decided_by").prefetch_related("conditions"))
    objections = Objection.objects.filter(notice__application=case).prefetch_related("files")
    return {
        "proposals": [(one, buttons(one, user)) for one in case.proposals.filter(settled_at=None)],
        "decisions": decisions,
        "conditions": [(one, buttons(one, user)) for decision in decisions for one in decision.conditions.all()],
        "notices": [(one, notice_status(one)) for one in case.notices.all()],
        "objections": [(one, buttons(one, user)) for one in objections],
        "items": case.agenda_items.select_related("meeting"),
    }


def agreement_tab(case: Application, user: User) -> dict[str, Any]:
    """Every version of the agreement, the requests for changes, and the title that was granted."""
    return {
        "agreements": [(one, agreement_buttons(one, user)) for one in case.agreements.prefetch_related("signatures")],
        "changes": [(one, buttons(one, user)) for one in case.changes.select_related("milestone")],
        **title_of(case, user),
    }


def title_of(case: Application, user: User) -> dict[str, Any]:
    """The title that the case granted, its own steps and the acts upon it."""
    title = getattr(case, "entitlement", None)
    if title is None:
        return {"entitlement": None}
    steps = [
        Moment(step.at, title.transitions[step.from_state][step.event].label, step.reason, step.actor_label)
        for step in transitions.steps_of(title)
    ]
    return {"entitlement": title, "title_steps": steps, "title_acts": buttons(title, user)}


def money_tab(case: Application, user: User) -> dict[str, Any]:
    """Milestones with their reports and checks, payments, and whether somebody else pays for the same."""
    return {
        "milestones": milestone_rows(case, user), "money": money_of(case),
        "payments": [(one, buttons(one, user)) for one in case.payments.select_related("ordered_by")],
        "twice": double_funding(case)[:5] if case.award_fen else [], "later": given_later(case),
    }  # fmt: skip


def money_facts(case: Application, unit: Unit) -> list[Fact]:
    money = money_of(case)
    return [
        Fact(pgettext_lazy("amount", "Award"), money_text(money.award_fen, unit)),
        Fact(pgettext_lazy("amount", "Paid"), money_text(money.paid_fen, unit)),
        Fact(_("Ordered"), money_text(money.ordered_fen, unit)),
        Fact(_("Still to order"), money_text(money.left_fen, unit)),
    ]


def agreement_buttons(agreement: Agreement, user: User) -> Buttons:
    found = buttons(agreement, user)
    may_sign = user.has_perm("calls.sign_agreement") and not agreement.signatures.filter(signed_by=user).exists()
    if agreement.state == AgreementState.OFFERED and may_sign:
        found.append((pgettext_lazy("act", "Sign"), reverse("calls:sign", args=[agreement.pk])))
    return found


def milestone_status(milestone: Milestone) -> Status:
    """Passed, under check, failed, overdue or open."""
    newest = next(iter(milestone.reports.all()), None)
    check = getattr(newest, "check_made", None) if newest else None
    if check is not None and check.passed:
        return Status(pgettext_lazy("check", "Passed"), Tone.OK)
    if newest is not None and check is None:
        return Status(_("Report is being checked"), Tone.INFO)
    if milestone.due_on < timezone.localdate():
        return Status(_("Overdue"), Tone.BAD)
    if check is not None:
        return Status(_("To be written again"), Tone.NOTICE)
    return Status(pgettext_lazy("milestone", "Open"), Tone.IDLE)


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


def later_panel(case: Application, user: User) -> StatusPanel | None:
    """The sections that the form asks after the decision, and whether they are whole."""
    found, keys = applying.access(case, user), open_later(case)
    if not keys or found is None or not found.writes:
        return None
    missing = {fault.section for fault in faults_later(case)}
    sections = {section["key"]: section["title"] for section, field in forms.fields(case.form.content)
                if field["key"] in keys and found.sees(section["key"])}  # fmt: skip
    tasks = [
        Task(in_language(title), reverse("calls:section", args=[case.pk, key]),
             TaskState.TODO if key in missing else TaskState.DONE)
        for key, title in sections.items()
    ]  # fmt: skip
    return StatusPanel(
        _("Asked after the decision"), "calls/applying/_later.html", {"tasks": tasks, "missing": bool(missing)}
    )


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
        _("Certificate"), "calls/following/_title.html",
        {"entitlement": entitlement, "acts": buttons(case, user), "next_level": NEXT_LEVEL.get(_family(case), "")},
    )  # fmt: skip


def _family(case: Application) -> str:
    return case.call.rubric.family if case.call.rubric else ""
