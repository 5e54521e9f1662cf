"""Training: cohorts with seats, attendance and results, placement, and filing for unified numbers."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innovation.accounts.models import User
from innovation.core.errors import RuleViolation
from innovation.organisations.choices import MembershipRole
from innovation.organisations.models import Organisation
from talent.actions.clean import refuse_invalid
from talent.actions.credentials import apply_for_assessment, grant, open_credential
from talent.actions.permitted import require
from talent.choices.credentials import CohortState, TrainingResult
from talent.models import Cohort, Credential, Enrolment, Person, TrainingProgramme
from talent.rules.schemes import files_with_authority


def runs(actor: Any, programme: TrainingProgramme) -> bool:
    """Whether ``actor`` may act for the programme: the office, or who writes for its training base."""
    if actor.has_perm("talent.change_cohort"):
        return True
    writers = Organisation.objects.of_member(actor, MembershipRole.LEAD, MembershipRole.EDITOR)
    return writers.filter(pk=programme.base_id).exists()


def run_by(actor: Any) -> Any:
    """The programmes for which ``actor`` may act, in one statement."""
    rows = TrainingProgramme.objects.select_related("base").order_by("code")
    if actor.has_perm("talent.change_cohort"):
        return rows
    return rows.filter(base__in=Organisation.objects.of_member(actor, MembershipRole.LEAD, MembershipRole.EDITOR))


def _require(actor: User, programme: TrainingProgramme) -> None:
    if not runs(actor, programme):
        raise PermissionDenied


def _locked(cohort_id: int) -> Cohort:
    rows = Cohort.objects.select_for_update(of=("self",))
    return rows.select_related("programme__version__scheme", "programme__base").get(pk=cohort_id)


@transaction.atomic
def open_cohort(*, programme_id: int, actor: User, **values: Any) -> Cohort:
    """Plan a cohort; ``values`` are number, seats, days. Raises RuleViolation INVALID; PermissionDenied."""
    programme = TrainingProgramme.objects.select_related("base").get(pk=programme_id)
    _require(actor, programme)
    cohort = Cohort(programme=programme, **values)
    refuse_invalid(cohort)
    cohort.save()
    return cohort


@transaction.atomic
def enrol(*, cohort_id: int, person_id: int, actor: User) -> Enrolment:
    """Give a person a seat. Raises RuleViolation COHORT_OVER, NO_SEAT_LEFT, INVALID; PermissionDenied."""
    cohort = _locked(cohort_id)
    _require(actor, cohort.programme)
    if cohort.state not in {CohortState.PLANNED, CohortState.RUNNING}:
        raise RuleViolation("COHORT_OVER", _("This cohort takes nobody any more."))
    if cohort.enrolments.exclude(result=TrainingResult.LEFT).count() >= cohort.seats:
        raise RuleViolation("NO_SEAT_LEFT", _("All seats of the cohort are taken."), field="person")
    enrolment = Enrolment(cohort=cohort, person=Person.objects.current().get(pk=person_id))
    refuse_invalid(enrolment)
    enrolment.save()
    return enrolment


@transaction.atomic
def record_result(*, enrolment_id: int, attended_hours: int, result: str, actor: User) -> Enrolment:
    """Record hours and result of one person; a pass needs the hours. Nobody records their own.

    Raises RuleViolation FILED_ALREADY, OWN_RESULT, TOO_FEW_HOURS, TOO_MANY_HOURS; PermissionDenied.
    """
    found = Enrolment.objects.get(pk=enrolment_id)
    cohort = _locked(found.cohort_id)
    programme = cohort.programme
    _require(actor, programme)
    enrolment = Enrolment.objects.select_for_update(of=("self",)).select_related("person").get(pk=enrolment_id)
    if enrolment.person.user_id == actor.pk:
        raise RuleViolation("OWN_RESULT", _("Nobody records a result of their own."))
    if cohort.filed_on is not None or cohort.state == CohortState.CANCELLED:
        raise RuleViolation("FILED_ALREADY", _("The results of this cohort are filed: they stand."))
    if attended_hours > programme.hours:
        raise RuleViolation(
            "TOO_MANY_HOURS", _("The programme has %(hours)s hours.") % {"hours": programme.hours},
            field="attended_hours",
        )  # fmt: skip
    if result == TrainingResult.PASSED and attended_hours < programme.needed_hours:
        raise RuleViolation(
            "TOO_FEW_HOURS", _("Who passes has attended at least %(hours)s hours.") % {"hours": programme.needed_hours},
            field="attended_hours", facts={"needed_hours": programme.needed_hours},
        )  # fmt: skip
    decided = result != TrainingResult.PENDING
    enrolment.attended_hours, enrolment.result = attended_hours, result
    enrolment.result_on = timezone.localdate() if decided else None
    if result != TrainingResult.PASSED:
        enrolment.placed_at, enrolment.placed_on = None, None
    enrolment.save()
    return enrolment


@transaction.atomic
def record_placement(*, enrolment_id: int, organisation_id: int, placed_on: date, actor: User) -> Enrolment:
    """Record where a person who passed found a post. Raises RuleViolation NOT_PASSED, IN_FUTURE; PermissionDenied."""
    rows = Enrolment.objects.select_for_update(of=("self",)).select_related("cohort__programme__base")
    enrolment = rows.get(pk=enrolment_id)
    _require(actor, enrolment.cohort.programme)
    if enrolment.result != TrainingResult.PASSED:
        raise RuleViolation("NOT_PASSED", _("Only who passed is placed."))
    if placed_on > timezone.localdate():
        raise RuleViolation("IN_FUTURE", _("This day lies in the future."), field="placed_on")
    enrolment.placed_at, enrolment.placed_on = Organisation.objects.get(pk=organisation_id), placed_on
    enrolment.save()
    return enrolment


_NEXT = {
    CohortState.PLANNED: (CohortState.RUNNING, CohortState.CANCELLED),
    CohortState.RUNNING: (CohortState.FINISHED, CohortState.CANCELLED),
}


def next_states(cohort: Cohort) -> tuple[CohortState, ...]:
    """Where a cohort may go from here."""
    return _NEXT.get(CohortState(cohort.state), ())


@transaction.atomic
def move_cohort(*, cohort_id: int, state: str, actor: User) -> Cohort:
    """Start, finish or cancel a cohort; finished only once every result is in. Raises NO_SUCH_STEP, RESULTS_MISSING;
    PermissionDenied.
    """
    cohort = _locked(cohort_id)
    _require(actor, cohort.programme)
    if state not in next_states(cohort):
        raise RuleViolation("NO_SUCH_STEP", _("This step is not possible in the present state."))
    pending = cohort.enrolments.filter(result=TrainingResult.PENDING)
    if state == CohortState.FINISHED and pending.exists():
        raise RuleViolation("RESULTS_MISSING", _("Record the result of everybody first."))
    cohort.state = state
    cohort.save(update_fields=["state"])
    return cohort


@transaction.atomic
def file_cohort(*, cohort_id: int, numbers: Mapping[int, str], filed_on: date, actor: User) -> Cohort:
    """File the passes of a finished cohort: each gets its unified number where the level has one, and its credential.

    ``numbers`` gives the number of each enrolment that passed. An officer files; the credentials are granted on that
    day by the programme's version. Raises RuleViolation NOT_FINISHED, FILED_ALREADY, NO_LEVEL, NUMBER_MISSING, INVALID
    and what ``grant`` raises; PermissionDenied without ``talent.decide_credential``.
    """
    require(actor, "talent.decide_credential")
    cohort = _locked(cohort_id)
    programme = cohort.programme
    if cohort.state != CohortState.FINISHED:
        raise RuleViolation("NOT_FINISHED", _("Only a finished cohort is filed."))
    if cohort.filed_on is not None:
        raise RuleViolation("FILED_ALREADY", _("The results of this cohort are filed: they stand."))
    if programme.version is None:
        raise RuleViolation("NO_LEVEL", _("This programme leads to no credential."))
    numbered = files_with_authority(programme.version.rules, programme.level)
    passed = cohort.enrolments.select_for_update(of=("self",)).select_related("person")
    passed = passed.filter(result=TrainingResult.PASSED)
    for enrolment in passed.order_by("pk"):
        number = numbers.get(enrolment.pk, "").strip()
        if numbered and not number:
            raise RuleViolation(
                "NUMBER_MISSING", _("Give the unified number of %(person)s.") % {"person": enrolment.person},
                field=f"number_{enrolment.pk}",
            )  # fmt: skip
        enrolment.unified_number = number
        refuse_invalid(enrolment, exclude=["cohort", "person", "credential"])
        enrolment.credential = _awarded(enrolment, cohort, number, filed_on, actor)
        enrolment.save()
    cohort.filed_on = filed_on
    cohort.save(update_fields=["filed_on"])
    return cohort


def _awarded(enrolment: Enrolment, cohort: Cohort, number: str, day: date, actor: User) -> Credential:
    """The credential that a pass leads to, granted on the day of the filing."""
    programme = cohort.programme
    credential = open_credential(
        person_id=enrolment.person_id, version_id=programme.version_id or 0, level=programme.level, actor=actor
    )
    apply_for_assessment(credential_id=credential.pk, actor=actor)
    return grant(
        credential_id=credential.pk, granted_on=day, number=number, note=str(cohort), actor=actor,
        facts={"cohort": cohort.pk, "attended_hours": enrolment.attended_hours, "hours": programme.hours},
    )  # fmt: skip
