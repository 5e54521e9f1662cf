"""The check of a case: gates computed from what was submitted, overrides with reasons, and what the officer decides."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from innovation.accounts.choices import STAFF_ROLES
from innovation.accounts.models import User
from innovation.calls.actions import letters_of_office as letters
from innovation.calls.choices import ApplicationState, GateOutcome
from innovation.calls.models import Application, GateOverride, GateResult, InfoRequest, Screening
from innovation.calls.queries.deadlines import due_after
from innovation.calls.queries.relations import is_related
from innovation.calls.queries.screening import (
    Judged,
    application_kind_of,
    facts_of,
    judged_gates,
    latest_submission,
    rubric_of,
    standing_screening,
)
from innovation.calls.queries.steps import checked_by
from innovation.calls.rules import forms, gates, rubric
from innovation.calls.rules.rubric_facts import claims_of
from innovation.calls.rules.scoring import shown
from innovation.core import transitions
from innovation.core.errors import RuleViolation

SCREEN = "calls.screen_application"
CHECKABLE = (ApplicationState.SUBMITTED, ApplicationState.ELIGIBLE)
ANSWER_DAYS = 10


def require(actor: User, permission: str) -> None:
    """Raises ``NOT_PERMITTED`` unless ``actor`` has ``permission``."""
    if not (actor.is_active and actor.has_perm(permission)):
        raise RuleViolation("NOT_PERMITTED", _("Your role does not allow this step."))


@transaction.atomic
def screen(*, application_id: int, actor: User | None) -> Screening | None:
    """Judge the gates of the call's rubric over the newest submission and keep the run; None without a rubric.

    ``actor`` None: computed by the product itself. The version of the rubric is the one that the call froze, for a
    re-check the one whose window is open for it. Raises ``NOT_PERMITTED``, ``NOTHING_SUBMITTED``.
    """
    if actor is not None:
        require(actor, SCREEN)
    case = Application.objects.select_for_update(of=("self",)).select_related("call__rubric", "organisation").get(
        pk=application_id
    )  # fmt: skip
    submission = latest_submission(case)
    if submission is None:
        raise RuleViolation("NOTHING_SUBMITTED", _("Nothing has been submitted yet."))
    definition = rubric_of(case, submission)
    if definition is None:
        return None
    facts, kind = facts_of(submission, definition.content), application_kind_of(submission)
    on = timezone.localdate(submission.submitted_at)
    result = rubric.run(definition.content, facts, application_kind=kind, on=on, claims=claims_of(definition.content))
    run = Screening.objects.create(
        application=case, submission=submission, rubric=definition, passed=result.passed, ran_by=actor,
        facts={key: gates.plain(value) for key, value in facts.items()},
        total=None if result.total is None else shown(result.total, 4), is_verified=result.verified,
    )  # fmt: skip
    GateResult.objects.bulk_create(
        GateResult(
            screening=run, gate=gate.key, outcome=GateOutcome(gate.outcome.value), text_zh=gate.text_zh,
            text_en=gate.text_en, is_veto=gate.is_veto, is_unverified=gate.is_unverified or definition.is_unverified,
            comparisons=[
                {"fact": one.fact, "op": one.op, "required": one.required, "actual": one.actual}
                for one in gate.comparisons
            ],
        )
        for gate in gates.gates(definition.content, result, facts, kind)
    )  # fmt: skip
    return run


@transaction.atomic
def override_gate(*, result_id: int, outcome: str, reason: str, actor: User) -> GateOverride:
    """Judge a gate otherwise than computed. Raises ``NOT_PERMITTED``, ``RELATED_PARTY``, ``REASON_MISSING``,
    ``NOT_CHECKABLE``, ``OLD_CHECK`` (of an earlier submission), ``VETO_STANDS`` (a veto that is not met).
    """
    require(actor, SCREEN)
    result = GateResult.objects.select_related("screening__application").get(pk=result_id)
    case = Application.objects.select_for_update(of=("self",)).get(pk=result.screening.application_id)
    refuse_related(actor, case)
    if case.state not in CHECKABLE:
        raise RuleViolation("NOT_CHECKABLE", _("The check of this case is over."))
    if standing_screening(case) != result.screening:
        raise RuleViolation("OLD_CHECK", _("This is the check of an earlier submission."))
    if not reason.strip():
        raise RuleViolation("REASON_MISSING", _("Give a reason."), field="reason")
    if outcome not in {GateOutcome.MET, GateOutcome.NOT_MET}:
        raise RuleViolation("NO_JUDGEMENT", _("Say whether it is met or not met."), field="outcome")
    if result.is_veto and result.outcome == GateOutcome.NOT_MET and outcome == GateOutcome.MET:
        raise RuleViolation("VETO_STANDS", _("A veto that is not met cannot be waived."), field="outcome")
    return GateOverride.objects.create(result=result, outcome=outcome, reason=reason.strip(), by=actor)


def refuse_related(actor: User, case: Application) -> None:
    """Raises ``RELATED_PARTY`` when ``actor`` stands too near to a party of ``case``."""
    if is_related(actor, case):
        raise RuleViolation("RELATED_PARTY", _("You are related to a party of this case."))


def _judged(case: Application, actor: User) -> list[Judged]:
    """The gates of the newest submission as they stand, computed now where nobody did."""
    if case.call.rubric_id is not None and standing_screening(case) is None:
        screen(application_id=case.pk, actor=actor)
    return judged_gates(case)


@transaction.atomic
def check_pass(*, application_id: int, actor: User) -> Application:
    """Let a case pass: every gate is met, computed or judged. Raises ``GATES_UNKNOWN`` and what the table refuses."""
    case = _locked(application_id)
    facts = {"failed_gates": _failed_gates(case, actor), "related": is_related(actor, case)}
    return transitions.apply(
        case, "check_pass", actor=actor, facts=facts, changes=_taken(case, actor) | {"state_since": timezone.now()}
    )


@transaction.atomic
def check_level(*, application_id: int, level: str, actor: User) -> Application:
    """Let a certification pass one level: ``check_county``, ``check_city`` or ``check_province``, each by somebody
    who checked no level before. Raises ``GATES_UNKNOWN``, ``FOUR_EYES`` and what the table refuses.
    """
    case = _locked(application_id)
    again = actor.pk in checked_by(case)
    facts = {
        "failed_gates": _failed_gates(case, actor), "related": is_related(actor, case), "same_actor_as_checker": again,
        "same_actor_as_proposer": again,
    }  # fmt: skip
    changes = _taken(case, actor) | {"state_since": timezone.now(), "due_on": None}
    return transitions.apply(case, level, actor=actor, facts=facts, changes=changes)


def _failed_gates(case: Application, actor: User) -> int:
    """How many gates are not met. Raises ``GATES_UNKNOWN`` while one is not known and the case is not checked yet."""
    judged = _judged(case, actor)
    unknown = [one.result.text for one in judged if one.outcome == GateOutcome.NOT_KNOWN]
    if unknown and case.state == ApplicationState.SUBMITTED:
        raise RuleViolation(
            "GATES_UNKNOWN", _("Judge first what is not known: %(gates)s") % {"gates": "; ".join(unknown)},
            facts={"gates": unknown},
        )  # fmt: skip
    return sum(one.outcome == GateOutcome.NOT_MET for one in judged)


@transaction.atomic
def check_fail(*, application_id: int, reasons: Mapping[str, str], actor: User, text: str = "") -> Application:
    """Refuse a case: ``reasons`` holds a text for each gate that is not met, ``text`` what else the applicant reads.

    Raises ``REASON_MISSING`` when a failed gate has no text, or nothing is said at all.
    """
    case = _locked(application_id)
    failed = [one for one in _judged(case, actor) if one.outcome == GateOutcome.NOT_MET]
    told = {one.result.gate: reasons.get(one.result.gate, "").strip() for one in failed}
    given = all(told.values()) and bool(told or text.strip())
    lines = [f"{one.result.text}: {told[one.result.gate]}" for one in failed]
    reason = "\n".join([*lines, text.strip()]).strip()
    done = transitions.apply(
        case, "check_fail", actor=actor, reason=reason,
        facts={"reason_given": given, "related": is_related(actor, case), "reasons": told},
        changes=_taken(case, actor) | {"state_since": timezone.now(), "due_on": None},
    )  # fmt: skip
    letters.refused(done, reason)
    return done


@transaction.atomic
def ask(*, application_id: int, text: str, fields: list[str], actor: User, due_on: date | None = None) -> InfoRequest:
    """Return a case with questions; only ``fields`` (keys of the form) open. Due in 10 working days by default.

    Raises ``UNKNOWN_FIELD``, ``NOTHING_ASKED``, ``DUE_IN_PAST``, ``NO_DUE_DAY`` (calendar unknown: name a day), and
    what the table refuses.
    """
    case = _locked(application_id)
    today = timezone.localdate()
    known = {field["key"] for _section, field in forms.fields(case.form.content) if not forms.is_computed(field)}
    if set(fields) - known:
        raise RuleViolation("UNKNOWN_FIELD", _("The form has no such field."), field="fields")
    if not fields:
        raise RuleViolation("NOTHING_ASKED", _("Choose the fields that the applicant may change."), field="fields")
    if due_on is not None and due_on < today:
        raise RuleViolation("DUE_IN_PAST", _("This day is over."), field="due_on")
    days = case.process.content.get("return_days") or ANSWER_DAYS
    due = due_on or due_after(case.call, "answer", today, days=days)
    if due is None:
        raise RuleViolation("NO_DUE_DAY", _("The calendar of that year is not known: name the day."), field="due_on")
    done = transitions.apply(
        case, "ask", actor=actor, reason=text.strip(),
        facts={"reason_given": bool(text.strip()), "related": is_related(actor, case), "fields": fields},
        changes=_taken(case, actor) | {"state_since": timezone.now(), "due_on": due},
    )  # fmt: skip
    request = InfoRequest.objects.create(application=done, text=text.strip(), fields=fields, asked_by=actor, due_on=due)
    letters.asked(done, request)
    return request


def lapse_unanswered(*, today: date) -> int:
    """Returned cases whose day has passed end as withdrawn; returns how many. Safe to run twice."""
    late = Application.objects.filter(state=ApplicationState.RETURNED, due_on__lt=today)
    count = 0
    for pk in list(late.values_list("pk", flat=True)):
        with transaction.atomic():
            case = Application.objects.select_for_update(of=("self",)).get(pk=pk)
            if case.state != ApplicationState.RETURNED or case.due_on is None or case.due_on >= today:
                continue
            done = transitions.apply(case, "lapse", actor=None, changes={"state_since": timezone.now(), "due_on": None})
            letters.lapsed(done)
            count += 1
    return count


@transaction.atomic
def assign_officer(*, application_id: int, officer_id: int, actor: User) -> Application:
    """Put somebody of the office in charge of a case, oneself included. Raises ``NOT_PERMITTED``, ``NO_OFFICER``,
    ``RELATED_PARTY`` (of the officer).
    """
    require(actor, SCREEN)
    case = Application.objects.select_for_update(of=("self",)).get(pk=application_id)
    officer = User.objects.filter(pk=officer_id, is_active=True).first()
    if officer is None or not officer.has_role(*STAFF_ROLES) or not officer.has_perm(SCREEN):
        raise RuleViolation("NO_OFFICER", _("Choose somebody who checks applications."), field="officer")
    refuse_related(officer, case)
    case.officer = officer
    case.save(update_fields=["officer"])
    return case


def _locked(application_id: int) -> Application:
    return (
        Application.objects.select_for_update(of=("self",))
        .select_related("call__rubric", "call__deadlines", "form", "process", "organisation")
        .get(pk=application_id)
    )


def _taken(case: Application, actor: User) -> dict[str, Any]:
    """Whoever acts first on a case takes it over."""
    return {} if case.officer_id else {"officer_id": actor.pk}
