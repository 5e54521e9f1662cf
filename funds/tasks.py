"""What the funds part does in the background."""

from celery import shared_task
from django.utils import timezone

from funds.actions import alerts, results, special_tiers, stress
from funds.actions.books import prove_books
from funds.actions.case_opening import open_for_breaches
from funds.actions.valuation_rounds import keep_rounds
from funds.choices.ledger import ProofOccasion
from funds.imports.records import work_on_records
from funds.imports.steps import work_on
from funds.models import PortfolioImport, RecordImport, StressRun
from innovation.core import jobs


@shared_task(ignore_result=True)
def work_on_import(pk: int) -> None:
    """Check or write the portfolio file of import ``pk``."""
    jobs.run(PortfolioImport, pk, work_on)


@shared_task(ignore_result=True, soft_time_limit=1_500, time_limit=1_800)
def prove_all_books() -> int:
    """Every night: prove all ledgers, keep the day's heads, alert when something is wrong. Returns the findings."""
    proof = prove_books(occasion=ProofOccasion.NIGHTLY, anchor_on=timezone.localdate())
    return len(proof.findings)


@shared_task(ignore_result=True)
def keep_valuation_rounds() -> dict[str, int]:
    """Open the round of the last quarter, and remind of what is due."""
    return keep_rounds()


@shared_task(ignore_result=True)
def sweep_alerts() -> None:
    """Every morning: special tiers whose last day has passed expire, then alerts open, clear and are told."""
    special_tiers.expire_special_tiers(today=timezone.localdate())
    alerts.sweep()


@shared_task(ignore_result=True)
def keep_tolerance_results() -> None:
    """After each month: keep what every rule answered at its end."""
    results.keep_last_month(timezone.now())


@shared_task(ignore_result=True)
def simulate(pk: int) -> None:
    """Draw the scenarios of stress run ``pk``."""
    jobs.run(StressRun, pk, stress.simulate)


@shared_task(ignore_result=True)
def open_cases_for_breaches() -> int:
    """Every morning: a loss cap that is newly exceeded opens its exemption case. Returns how many were opened."""
    return len(open_for_breaches(as_of=timezone.localdate(), known_at=timezone.now()))


@shared_task(ignore_result=True)
def work_on_record_import(pk: int) -> None:
    """Check or write the file of records of import ``pk``."""
    jobs.run(RecordImport, pk, work_on_records)
