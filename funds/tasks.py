"""What the funds part does in the background."""

from celery import shared_task

from funds.imports.steps import work_on
from funds.models import PortfolioImport
from innovation.core import jobs


@shared_task(ignore_result=True)
def work_on_import(pk: int) -> None:
    """Check or write the portfolio file of import ``pk``."""
    jobs.run(PortfolioImport, pk, work_on)
