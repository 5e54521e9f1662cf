"""Appeals: the applicant against a refusal within its days; the answer by somebody who had no part in it."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from innovation.accounts.models import User
from innovation.calls.actions.following import locked, move, require, require_unrelated
from innovation.calls.actions.letters import tell_applicant
from innovation.calls.choices import AppealState
from innovation.calls.models import Appeal, Application
from innovation.calls.models.application_states import leads
from innovation.calls.queries.appeals import answer_due, appeal_until, goes_back, refusal_of, took_part
from innovation.core.errors import RuleViolation

EXAMINE = "calls.decide_objection"


@transaction.atomic
def appeal(*, application_id: int, text: str, actor: User) -> Appeal:
    """Appeal against the refusal that the case stands under; a second click gets the same appeal again.

    Raises ``NOT_PERMITTED`` (who does not lead the application), ``NOT_REFUSED``, ``REASON_MISSING``,
    ``APPEALED_ALREADY``, ``APPEAL_LATE``.
    """
    case = locked(application_id)
    if not leads(actor, case):
        raise RuleViolation("NOT_PERMITTED", _("Your role does not allow this step."))
    step = refusal_of(case)
    if step is None:
        raise RuleViolation("NOT_REFUSED", _("This application is not refused."))
    if not text.strip():
        raise RuleViolation("REASON_MISSING", _("Say why the refusal is wrong."), field="text")
    standing = Appeal.objects.filter(step=step).first()
    if standing is not None:
        if standing.state == AppealState.OPEN and standing.text == text.strip():
            return standing
        raise RuleViolation("APPEALED_ALREADY", _("This refusal has been appealed already."))
    until, today = appeal_until(case, step), timezone.localdate()
    if until is not None and today > until:
        raise RuleViolation(
            "APPEAL_LATE", _("An appeal was possible until %(day)s.") % {"day": until}, facts={"until": str(until)}
        )
    return Appeal.objects.create(
        application=case, step=step, against=case.state, text=text.strip(), submitted_by=actor,
        due_on=answer_due(case, today),
    )  # fmt: skip


@transaction.atomic
def withdraw_appeal(*, appeal_id: int, actor: User) -> Appeal:
    """Take an appeal back that was not answered. Raises ``NOT_PERMITTED``, ``NOT_OPEN``."""
    case, found = _open(appeal_id)
    if not leads(actor, case):
        raise RuleViolation("NOT_PERMITTED", _("Your role does not allow this step."))
    found.state = AppealState.WITHDRAWN
    found.save(update_fields=["state"])
    return found


@transaction.atomic
def examine_appeal(*, appeal_id: int, upheld: bool, reason: str, actor: User, remedy: str = "") -> Appeal:
    """Uphold or dismiss an appeal, with the reason that the applicant reads.

    An appeal that is upheld takes the refusal back where the process can (``revert``); else ``remedy`` says what the
    office does. Raises ``NOT_PERMITTED``, ``FOUR_EYES`` (who had a part in the refusal), ``RELATED_PARTY``,
    ``NOT_OPEN``, ``REASON_MISSING``, ``REMEDY_MISSING``, ``REFUSAL_GONE``, ``LIVE_CASE`` (another application to the
    call stands), and what the process says against ``revert``.
    """
    require(actor, EXAMINE)
    case, found = _open(appeal_id)
    require_unrelated(actor, case)
    if actor.pk in took_part(case, found.step):
        raise RuleViolation("FOUR_EYES", _("Somebody who had no part in the refusal examines the appeal."))
    if not reason.strip():
        raise RuleViolation("REASON_MISSING", _("Give a reason."), field="reason")
    if refusal_of(case) != found.step:
        raise RuleViolation("REFUSAL_GONE", _("The case does not stand under this refusal any more."))
    back = upheld and goes_back(case)
    if upheld and not back and not remedy.strip():
        raise RuleViolation(
            "REMEDY_MISSING", _("The process cannot take this refusal back: say what the office does instead."),
            field="remedy",
        )  # fmt: skip
    found.state = AppealState.UPHELD if upheld else AppealState.DISMISSED
    found.reason, found.remedy = reason.strip(), remedy.strip() if upheld else ""
    found.examined_by, found.examined_at = actor, timezone.now()
    found.save(update_fields=["state", "reason", "remedy", "examined_by", "examined_at"])
    if back:
        _take_back(case, found, actor)  # the step itself is told to the applicant
    else:
        tell_applicant(case, gettext_lazy("Your appeal was examined"), key=f"appeal-{found.pk}")
    return found


def _take_back(case: Application, found: Appeal, actor: User) -> None:
    others = case.call.applications.live().filter(organisation=case.organisation_id).exclude(pk=case.pk)
    if case.is_exclusive and case.organisation_id is not None and others.exists():
        raise RuleViolation(
            "LIVE_CASE", _("The applicant has another application to this call; that one has to end first.")
        )
    move(case, "revert", actor=actor, reason=found.reason, facts={"appeal": found.pk})


def _open(appeal_id: int) -> tuple[Application, Appeal]:
    """Case and appeal, both locked. Raises ``NOT_OPEN``."""
    case = locked(Appeal.objects.values_list("application", flat=True).get(pk=appeal_id))
    found = Appeal.objects.select_for_update(of=("self",)).select_related("step").get(pk=appeal_id)
    if found.state != AppealState.OPEN:
        raise RuleViolation("NOT_OPEN", _("This appeal is not open."))
    return case, found
