"""Extracts for the national register: made, committed to by another person, filed with its receipt."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from funds.choices.records import FundClass
from funds.models import FilingExtract, Fund
from funds.queries.filing import due_day, extract_of, hash_of
from funds.queries.sums import Moment
from innovation.accounts.models import User
from innovation.core import transitions
from innovation.core.errors import RuleViolation

MAKES = "funds.add_filingextract"
COMMITS = "funds.commit_filing"


@transaction.atomic
def make_extract(*, fund: Fund, year: int, actor: User) -> FilingExtract:
    """Make the extract of a year that has ended, or make a draft anew with what is known now.

    Raises RuleViolation YEAR_RUNNING, YEAR_BEFORE_FUND, GRANT_LEDGER, EXTRACT_COMMITTED.
    """
    _require(actor, MAKES)
    Fund.objects.select_for_update(of=("self",)).get(pk=fund.pk)
    if year >= timezone.localdate().year:
        raise RuleViolation("YEAR_RUNNING", _("This year has not ended yet."), field="year")
    if year < fund.starts_on.year:
        raise RuleViolation("YEAR_BEFORE_FUND", _("The fund did not exist in that year."), field="year")
    if fund.fund_class == FundClass.GRANT:
        raise RuleViolation("GRANT_LEDGER", _("Grant money is no fund: it is not filed there."), field="fund")
    row = FilingExtract.objects.filter(fund=fund, year=year).first() or FilingExtract(fund=fund, year=year)
    if row.state != FilingExtract.State.DRAFT:
        message = _("Its truth was committed: this extract is never changed.")
        raise RuleViolation("EXTRACT_COMMITTED", message, field="year")
    now = timezone.now()
    row.content = extract_of(fund, year, Moment(date(year, 12, 31), now))
    row.sha256, row.due_on, row.made_by, row.made_at = hash_of(row.content), due_day(year), actor, now
    row.save()
    return row


@transaction.atomic
def commit_extract(*, extract_id: int, commitment: str, actor: User) -> FilingExtract:
    """Commit to the truth of what another person made. Raises COMMITMENT_MISSING, FOUR_EYES, EXTRACT_BROKEN."""
    _require(actor, COMMITS)
    row = _locked(extract_id)
    if row.made_by_id == actor.pk:
        raise RuleViolation("FOUR_EYES", _("Who made the extract does not commit to its truth."))
    if not commitment.strip():
        raise RuleViolation("COMMITMENT_MISSING", _("Write the truth commitment."), field="commitment")
    if hash_of(row.content) != row.sha256:
        raise RuleViolation("EXTRACT_BROKEN", _("The content does not fit its hash. Make the extract anew."))
    changes = {"commitment": commitment, "committed_by": actor, "committed_at": timezone.now()}
    return _moved(row, "commit", actor, **changes)


@transaction.atomic
def file_extract(*, extract_id: int, filed_on: date, receipt: str, actor: User) -> FilingExtract:
    """Record that it was filed. Raises RuleViolation DAY_IN_FUTURE, RECEIPT_MISSING, NO_SUCH_TRANSITION."""
    _require(actor, MAKES)
    row = _locked(extract_id)
    if filed_on > timezone.localdate():
        raise RuleViolation("DAY_IN_FUTURE", _("This day is still to come."), field="filed_on")
    if not receipt.strip():
        raise RuleViolation("RECEIPT_MISSING", _("Name the receipt of the register."), field="receipt")
    return _moved(row, "file", actor, filed_on=filed_on, receipt=receipt.strip())


def _moved(row: FilingExtract, event: str, actor: User, **changes: object) -> FilingExtract:
    transitions.apply(row, event, actor=actor, changes=changes)
    return FilingExtract.objects.select_related("fund").get(pk=row.pk)


def _locked(extract_id: int) -> FilingExtract:
    return FilingExtract.objects.select_for_update(of=("self",)).select_related("fund").get(pk=extract_id)


def _require(actor: User, permission: str) -> None:
    if not actor.has_perm(permission):
        raise PermissionDenied
