"""What the talent part does in the background."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from innovation.core import jobs
from talent.actions import manager_proofs, mandates, matching, ratio, roles, round_mails, rounds, skills
from talent.actions.privacy_proofs import prove_privacy
from talent.actions.renewals import keep_terms
from talent.actions.retention import run_retention
from talent.imports.steps import work_on
from talent.models import MatchRound, MatchRun, TalentImport
from talent.models.matching import MOST_SECONDS


@shared_task(ignore_result=True)
def work_on_import(pk: int) -> None:
    """Check or write the file of import ``pk``."""
    jobs.run(TalentImport, pk, work_on)


@shared_task(ignore_result=True)
def keep_profiles() -> dict[str, int]:
    """Every morning: ask for renewals that are due, end what has run out, mark skills that are to be verified again."""
    today = timezone.localdate()
    return roles.sweep(today=today) | {"stale_skills": skills.sweep(today=today)}


@shared_task(ignore_result=True, soft_time_limit=1_500, time_limit=1_800)
def keep_retention() -> dict[str, Any]:
    """Every night: what has been kept long enough goes. Returns the counts."""
    return run_retention(today=timezone.localdate()).counts


@shared_task(ignore_result=True, soft_time_limit=1_500, time_limit=1_800)
def prove_privacy_daily() -> int:
    """Every night: no identity number anywhere, nothing left of erased people. Returns the findings."""
    return len(prove_privacy().findings)


@shared_task(ignore_result=True, soft_time_limit=600, time_limit=660)
def keep_ratio_month() -> int | None:
    """After each month: keep its figures of every laboratory. Returns their month end; None where they are kept."""
    month = ratio.keep_last_month(timezone.localdate())
    return month.pk if month else None


@shared_task(ignore_result=True, soft_time_limit=600, time_limit=660)
def keep_credential_terms() -> dict[str, int]:
    """Every morning: open renewals, end terms that are over, remind holders; a day that was missed is made up."""
    return keep_terms(timezone.localdate())


@shared_task(ignore_result=True, soft_time_limit=MOST_SECONDS + 300, time_limit=MOST_SECONDS + 360)
def match_people(pk: int) -> None:
    """Let the matcher work on run ``pk``: over open demands, or of a round."""
    jobs.run(MatchRun, pk, lambda run: rounds.match_round(run) if run.round_id else matching.match_people(run))


@shared_task(ignore_result=True)
def tell_round(pk: int) -> int:
    """Tell everybody who may rank that round ``pk`` is open. Returns how many."""
    return sum(round_mails.tell_opened(round_) for round_ in MatchRound.objects.filter(pk=pk))


@shared_task(ignore_result=True)
def prove_managers() -> int:
    """Every night: technology managers in force hold a credential of their level. Returns how many do not."""
    return len(manager_proofs.prove_managers(timezone.localdate()).findings)


@shared_task(ignore_result=True)
def keep_rounds() -> dict[str, int]:
    """Every night: rounds open and close on their days, and who has not ranked is reminded."""
    return rounds.keep_rounds(timezone.localdate())


@shared_task(ignore_result=True)
def expire_mandates() -> dict[str, int]:
    """Every night: proposals that nobody answered within 14 days expire; before that people are reminded."""
    today = timezone.localdate()
    return {"expired": mandates.expire_overdue(today), "reminded": mandates.remind_waiting(today)}
