"""The life of a mandate: proposed by a named officer, accepted by both sides, delivered, and what came of it."""

from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innovation.accounts.models import User
from innovation.core import transitions
from innovation.core.errors import RuleViolation
from talent.actions import mandate_mails
from talent.actions.clean import refuse_invalid
from talent.actions.permitted import require
from talent.choices.matching import ENDED_MANDATES, DemandState
from talent.models import Demand, Mandate, MandateOutcome, MatchProfile, MatchProposal
from talent.queries.matching import conflicts_of, pool
from talent.rules.mandates import REMINDERS, answer_by

REFUSALS = {
    "talent_mandate_within_capacity": ("CAPACITY_EXCEEDED", _("This would exceed the person's capacity on some day.")),
    "talent_mandate_without_conflict": ("CONFLICT", _("The person has a conflict of interest with this demand.")),
}
ENDINGS = frozenset({"deliver", "end"})
WITH_REASON = frozenset({"decline", "end", "suspend", "resume"})


@transaction.atomic
def propose(
    *,
    person_id: int,
    demand_id: int,
    actor: User,
    reason: str = "",
    proposal: MatchProposal | None = None,
    by_hand: bool = True,
    **values: Any,
) -> Mandate:
    """Propose a person for a demand to both sides; by hand it takes a reason.

    ``values`` are ``role`` and ``engagement``. Raises RuleViolation NO_PROFILE, DEMAND_CLOSED, UNDECLARED, CONFLICT,
    NO_CAPACITY, INVALID.
    """
    require(actor, "talent.add_mandate")
    demand = Demand.objects.select_for_update(of=("self",)).get(pk=demand_id)
    profile = MatchProfile.objects.select_for_update(of=("self",)).filter(person=person_id).first()
    today = timezone.localdate()
    if profile is None or not pool(demand.role_kind).filter(pk=profile.pk).exists():
        raise RuleViolation(
            "NO_PROFILE", _("This person is not registered for it, or not open to proposals."), field="person"
        )
    if demand.state != DemandState.OPEN or demand.ends_on < today:
        raise RuleViolation("DEMAND_CLOSED", _("This demand is closed or over."))
    conflicts, declared = conflicts_of([person_id], [demand], today)
    if conflicts:
        raise RuleViolation("CONFLICT", REFUSALS["talent_mandate_without_conflict"][1], field="person")
    if (person_id, demand_id) not in declared:
        raise RuleViolation("UNDECLARED", _("The person has not declared whether a conflict of interest stands."),
                            field="person")  # fmt: skip
    mandate = Mandate(
        person_id=person_id, demand=demand, proposal=proposal, load=demand.load, by_hand=by_hand, reason=reason,
        starts_on=max(demand.starts_on, today), ends_on=demand.ends_on, answer_by=answer_by(today),
        proposed_by=actor, **values,
    )  # fmt: skip
    refuse_invalid(mandate, exclude=["proposed_by"])
    _kept(mandate.save)
    mandate_mails.tell(mandate)
    return mandate


def _kept(write: Any) -> Any:
    """What the database refuses, as a rule says it."""
    try:
        with transaction.atomic():
            return write()
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""
        if name not in REFUSALS:
            raise
        code, message = REFUSALS[name]
        raise RuleViolation(code, message) from error


@transaction.atomic
def take_step(*, mandate_id: int, event: str, actor: User, reason: str = "") -> Mandate:
    """accept, agree, decline, deliver, end, suspend, resume. What ends or refuses takes a reason.

    Raises RuleViolation REASON_MISSING, ANSWER_TOO_LATE, CAPACITY_EXCEEDED, CONFLICT, NO_SUCH_TRANSITION,
    NOT_PERMITTED.
    """
    mandate = _locked(mandate_id)
    if event in WITH_REASON and not reason.strip():
        raise RuleViolation("REASON_MISSING", _("Say why."), field="reason")
    if event in {"accept", "agree"} and mandate.answer_by < timezone.localdate():
        raise RuleViolation("ANSWER_TOO_LATE", _("The time to answer is over."))
    changes = {"ended_on": timezone.localdate()} if event in ENDINGS else {}
    moved: Mandate = _kept(lambda: transitions.apply(mandate, event, actor=actor, reason=reason, changes=changes))
    mandate_mails.tell(moved, actor=actor)
    return moved


def _locked(mandate_id: int) -> Mandate:
    # The same order of locks as where conflicts are declared: first the profile, then the mandate.
    MatchProfile.objects.select_for_update(of=("self",)).filter(person__mandates=mandate_id).first()
    rows = Mandate.objects.select_for_update(of=("self",)).select_related("person", "demand__organisation")
    return rows.get(pk=mandate_id)


def expire_overdue(today: date) -> int:
    """Every night: what nobody answered in time expires. Returns how many."""
    expired = 0
    for mandate in _told(Mandate.objects.waiting().filter(answer_by__lt=today)):
        try:
            with transaction.atomic():
                mandate_mails.tell(transitions.apply(mandate, "expire", actor=None))
        except RuleViolation:  # answered a moment ago
            continue
        expired += 1
    return expired


def remind_waiting(today: date) -> int:
    """Every night: remind who has not answered 7, 3 and 1 days before the end. Returns how many were told."""
    soon = today + timedelta(days=max(REMINDERS))
    rows = Mandate.objects.waiting().filter(answer_by__gte=today, answer_by__lte=soon)
    return sum(mandate_mails.remind(mandate, today) for mandate in _told(rows))


def _told(rows: "QuerySet[Mandate]") -> "QuerySet[Mandate]":
    """With what a mail about a mandate names."""
    return rows.select_related("person__user", "demand__organisation", "proposed_by")


@transaction.atomic
def record_outcome(*, mandate_id: int, occasion: str, achieved: int, text: str, actor: User) -> MandateOutcome:
    """Record what came of an ended mandate, at its end and after twelve months. Raises NOT_ENDED, INVALID."""
    require(actor, "talent.add_mandateoutcome")
    mandate = _locked(mandate_id)
    if mandate.state not in ENDED_MANDATES:
        raise RuleViolation("NOT_ENDED", _("The mandate has not ended."))
    outcome = MandateOutcome(mandate=mandate, occasion=occasion, achieved=achieved, text=text, recorded_by=actor)
    refuse_invalid(outcome)
    outcome.save()
    return outcome


@transaction.atomic
def object_to(*, mandate_id: int, text: str, actor: User) -> Mandate:
    """The person objects to how the matcher judged; a named officer answers. Raises NOT_YOURS, REASON_MISSING."""
    mandate = _locked(mandate_id)
    if mandate.person.user_id != actor.pk:
        raise RuleViolation("NOT_YOURS", _("Only the person can object."))
    if not text.strip():
        raise RuleViolation("REASON_MISSING", _("Say what is wrong."), field="text")
    if mandate.objected_at:
        raise RuleViolation("OBJECTED", _("You have objected already; the office answers."))
    mandate.objection, mandate.objected_at = text, timezone.now()
    refuse_invalid(mandate, exclude=["answer_by"])
    mandate.save(update_fields=["objection", "objected_at"])
    return mandate


@transaction.atomic
def answer_objection(*, mandate_id: int, text: str, actor: User) -> Mandate:
    """Answer an objection, by a named officer. Raises NO_OBJECTION, REASON_MISSING."""
    require(actor, "talent.change_mandate")
    mandate = _locked(mandate_id)
    if not mandate.objected_at or mandate.objection_answer:
        raise RuleViolation("NO_OBJECTION", _("No objection waits for an answer."))
    if not text.strip():
        raise RuleViolation("REASON_MISSING", _("Write the answer."), field="text")
    mandate.objection_answer = text
    mandate.save(update_fields=["objection_answer"])
    mandate_mails.tell_answer(mandate)
    return mandate
