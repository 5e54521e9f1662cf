"""Outcome data: fit the city's own record, take rows out of use."""

import math
from datetime import date, datetime
from fractions import Fraction

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from funds.choices.figures import Counted, OutcomeMeasure
from funds.choices.tolerance import SourceStatus
from funds.models import OutcomeParameter
from funds.queries.outcomes import DAYS_A_YEAR, own_record
from funds.queries.sums import Moment
from funds.rules.stress.outcomes import fit
from innovation.accounts.models import User
from innovation.core.errors import RuleViolation

MILLIONTHS = 1_000_000


def _require(actor: User, permission: str) -> None:
    if not actor.has_perm(permission):
        raise PermissionDenied


@transaction.atomic
def fit_own_record(*, as_of: date, known_at: datetime, region: str, actor: User) -> list[OutcomeParameter]:
    """Fit the city's own record by a Beta(1, 1) prior into the table ``own-YYYYMMDD``, one pair of rows a stage.

    Share lost wholly: Beta(1 + losses, 1 + decided − losses). Failure rate: each year that a holding was held is one
    trial, mean p of Beta(1 + losses, 1 + years − losses), rate −ln(1 − p). Both are rows of the city's own data and
    unverified until somebody has checked them. Raises RuleViolation OWN_RECORD_EMPTY, OWN_RECORD_EXISTS.
    """
    _require(actor, "funds.add_outcomeparameter")
    table = f"own-{as_of:%Y%m%d}"
    records = own_record(Moment(as_of, known_at))
    if not any(record.decided for record in records):
        raise RuleViolation("OWN_RECORD_EMPTY", _("No investment has come to its end by this day."), field="as_of")
    if OutcomeParameter.objects.filter(table=table).exists():
        raise RuleViolation("OWN_RECORD_EXISTS", _("The record of this day is fitted already."), field="as_of")
    total = [sum(column) for column in zip(*((r.decided, r.lost, r.days) for r in records), strict=True)]
    found: list[OutcomeParameter] = []
    common = {
        "table": table, "region": region, "vintage": str(as_of.year), "counted": Counted.INVESTMENTS,
        "status": SourceStatus.UNVERIFIED,
        "source": _source(as_of),
    }  # fmt: skip
    for stage, (decided, lost, days) in [("", total), *((r.stage, (r.decided, r.lost, r.days)) for r in records)]:
        share, years = fit(lost, decided).mean, days // DAYS_A_YEAR
        yearly = fit(lost, max(lost, years)).mean
        for measure, value, trials in (
            (OutcomeMeasure.TOTAL_LOSS, share, decided),
            (OutcomeMeasure.HAZARD, _hazard(yearly), max(lost, years)),
        ):
            found.append(
                OutcomeParameter(
                    stage=stage,
                    measure=measure,
                    value_num=value.numerator,
                    value_den=value.denominator,
                    losses=lost,
                    observations=trials,
                    **common,
                )
            )
    return OutcomeParameter.objects.bulk_create(found)


def _hazard(yearly: Fraction) -> Fraction:
    """The rate whose failures in one year are ``yearly``, to the millionth."""
    return Fraction(round(-math.log(1 - yearly) * MILLIONTHS), MILLIONTHS)


@transaction.atomic
def retire_parameter(*, parameter_id: int, actor: User) -> OutcomeParameter:
    """Take a row out of use for new runs; runs that used it keep it. Raises RuleViolation OUTCOME_RETIRED."""
    _require(actor, "funds.change_outcomeparameter")
    parameter = OutcomeParameter.objects.select_for_update(of=("self",)).get(pk=parameter_id)
    if parameter.retired_at is not None:
        raise RuleViolation("OUTCOME_RETIRED", _("This row is out of use already."))
    parameter.retired_at = timezone.now()
    parameter.save(update_fields=["retired_at"])
    return parameter


def _source(as_of: date) -> str:
    """Where the figures come from, in both languages: the row is read in either."""
    said = []
    for language in ("zh-hans", "en"):
        with translation.override(language):
            said.append(gettext("The city's own books as of %(day)s, Beta(1,1) prior") % {"day": as_of})
    return " / ".join(said)
