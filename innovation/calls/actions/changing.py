"""Changes of a running case: asked by the applicant, answered by the office, lapsing unanswered; suspend and resume."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from innovation.accounts.models import User
from innovation.calls.actions.following import locked, move, require, require_unrelated
from innovation.calls.actions.hooks import announce_project
from innovation.calls.actions.letters import tell_applicant
from innovation.calls.choices import ApplicationState, ChangeState, DueReason
from innovation.calls.models import Application, ChangeRequest, DueChange, Milestone
from innovation.calls.queries.money import is_passed, milestones_in_force, next_due
from innovation.calls.rules.workflow import with_defaults
from innovation.core.errors import RuleViolation
from innovation.core.models.calendar import calendar


@transaction.atomic
def ask_change(
    *, application_id: int, text: str, actor: User, targets_changed: bool = False, new_targets: str = "",
    milestone_id: int | None = None, new_due_on: date | None = None,
) -> ChangeRequest:  # fmt: skip
    """Ask for a change; the office answers within the working days of the process, else the request lapses.

    Raises ``TEXT_MISSING``, ``TARGETS_MISSING``, ``NO_MILESTONE``, ``PASSED``, ``NOT_PERMITTED``.
    """
    case = locked(application_id)
    if not text.strip():
        raise RuleViolation("TEXT_MISSING", _("Say what is to change and why."), field="text")
    if targets_changed and not new_targets.strip():
        raise RuleViolation("TARGETS_MISSING", _("Write down the new targets."), field="new_targets")
    milestone = None
    if milestone_id is not None:
        milestone = milestones_in_force(case).filter(pk=milestone_id).first()
        if milestone is None or new_due_on is None:
            raise RuleViolation("NO_MILESTONE", _("Name the milestone and its new day."), field="milestone")
        if is_passed(milestone):
            raise RuleViolation("PASSED", _("This milestone is passed already."), field="milestone")
    days = with_defaults(case.process.content)["change_days"]
    due_on = calendar().due(timezone.localdate(), days).due
    move(case, "change", actor=actor, reason=text, changes={"due_on": due_on})
    change = ChangeRequest.objects.create(
        application=case, text=text.strip(), targets_changed=targets_changed, new_targets=new_targets.strip(),
        milestone=milestone, new_due_on=new_due_on if milestone else None, asked_by=actor, due_on=due_on,
    )  # fmt: skip
    announce_project(case, "change_asked", change.pk, targets_changed=targets_changed)
    return change


@transaction.atomic
def agree_for_board(*, change_id: int, actor: User) -> ChangeRequest:
    """Record that the board agrees to changed targets. Raises ``NOT_PERMITTED``, ``RELATED_PARTY``, ``NOT_OPEN``."""
    require(actor, "calls.decide_application")
    case, change = _open(change_id)
    require_unrelated(actor, case)
    change.board_agreed_at, change.board_agreed_by = timezone.now(), actor
    change.save(update_fields=["board_agreed_at", "board_agreed_by"])
    return change


@transaction.atomic
def answer_change(*, change_id: int, approved: bool, reason: str, actor: User) -> ChangeRequest:
    """Approve or refuse; an approved new day moves the milestone. The guard asks for the board where targets change.

    Raises ``NOT_OPEN``, ``REASON_MISSING``, ``BOARD_NEEDED``, ``FOUR_EYES``, ``NOT_PERMITTED``.
    """
    case, change = _open(change_id)
    if not reason.strip():
        raise RuleViolation("REASON_MISSING", _("Give a reason."), field="reason")
    if change.board_agreed_by_id == actor.pk:
        raise RuleViolation("FOUR_EYES", _("Another person than the one who agreed for the board answers."))
    facts = {
        "targets_changed": change.targets_changed and approved, "board_agreed": change.board_agreed_at is not None,
    }  # fmt: skip
    if approved and change.milestone is not None and change.new_due_on not in {None, change.milestone.due_on}:
        _move_day(change.milestone, change.new_due_on, DueReason.CHANGE, actor, change.text)
    event = "change_approved" if approved else "change_refused"
    move(case, event, actor=actor, reason=reason, facts=facts, changes=_next_day(case))
    _close(case, change, ChangeState.APPROVED if approved else ChangeState.REFUSED, reason, actor)
    tell_applicant(case, gettext_lazy("Your request for a change was answered"), key=f"change-{change.pk}")
    return change


@transaction.atomic
def lapse_change(*, change_id: int) -> ChangeRequest:
    """The clock: a request that nobody answered ends after its day; the project goes on as agreed.

    Raises ``NOT_OPEN``, ``NOT_DUE``.
    """
    case, change = _open(change_id)
    if change.due_on is None or change.due_on >= timezone.localdate():
        raise RuleViolation("NOT_DUE", _("There is still time for an answer."))
    move(case, "change_lapse", actor=None, changes=_next_day(case))
    _close(case, change, ChangeState.LAPSED, "", None)
    tell_applicant(
        case, gettext_lazy("Your request for a change lapsed unanswered; the project goes on as agreed"),
        key=f"change-{change.pk}",
    )  # fmt: skip
    return change


def _next_day(case: Application) -> dict[str, date | None]:
    following = next_due(case)
    return {"due_on": following.due_on if following else None}


def _open(change_id: int) -> tuple[Application, ChangeRequest]:
    found = ChangeRequest.objects.get(pk=change_id)
    case = locked(found.application_id)
    rows = ChangeRequest.objects.select_for_update(of=("self",)).select_related("milestone")
    change = rows.get(pk=change_id)
    if change.state != ChangeState.OPEN:
        raise RuleViolation("NOT_OPEN", _("This request is answered already."))
    return case, change


def _close(case: Application, change: ChangeRequest, state: ChangeState, reason: str, actor: User | None) -> None:
    change.state, change.reason, change.answered_at, change.answered_by = state, reason.strip(), timezone.now(), actor
    change.save(update_fields=["state", "reason", "answered_at", "answered_by"])
    announce_project(case, "change_answered", change.pk, answer=str(state))


def _move_day(milestone: Milestone, day: date | None, reason: DueReason, actor: User, note: str) -> None:
    if day is None or day == milestone.due_on:
        return
    DueChange.objects.create(
        milestone=milestone, due_before=milestone.due_on, due_after=day, reason=reason, note=note[:300], by=actor
    )
    milestone.due_on = day
    milestone.save(update_fields=["due_on"])


@transaction.atomic
def suspend(*, application_id: int, reason: str, actor: User) -> Application:
    """Stop a running case for at most the working days of its process (``max_pause_days``).

    Raises ``REASON_MISSING``, ``NOT_PERMITTED``, ``RELATED_PARTY``, ``NO_SUCH_TRANSITION``.
    """
    case = locked(application_id)
    most = with_defaults(case.process.content)["max_pause_days"]
    move(
        case, "suspend", actor=actor, reason=reason,
        changes={"due_on": calendar().due(timezone.localdate(), most).due},
    )  # fmt: skip
    tell_applicant(case, gettext_lazy("Your project is suspended"), key=f"suspend-{case.pk}-{timezone.localdate()}")
    return case


@transaction.atomic
def resume(*, application_id: int, actor: User) -> Application:
    """Go on. The working days of the pause, at most those of the process, are added to days that were not past.

    A day stays where the working days of its year are not known yet; an approved change moves it then.

    Raises ``NOT_PERMITTED``, ``RELATED_PARTY``, ``NO_SUCH_TRANSITION``.
    """
    case = locked(application_id)
    was_suspended = case.state == ApplicationState.SUSPENDED
    stopped, ends = timezone.localdate(case.state_since), case.due_on
    move(case, "resume", actor=actor)
    if was_suspended:
        today = timezone.localdate()
        went_on = min(today, ends) if ends else today
        days = calendar()
        for milestone in milestones_in_force(case).filter(due_on__gte=stopped):
            if not is_passed(milestone):
                moved = days.extend(milestone.due_on, stopped, went_on).due
                _move_day(milestone, moved, DueReason.PAUSE, actor, "")
    case.due_on = _next_day(case)["due_on"]
    case.save(update_fields=["due_on"])
    tell_applicant(case, gettext_lazy("Your project goes on"), key=f"resume-{case.pk}-{timezone.localdate()}")
    return case
