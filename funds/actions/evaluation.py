"""Self-evaluations: scored indicator by indicator, submitted by one person, confirmed by another."""

from fractions import Fraction
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from funds.models import (
    EvaluationIndicator,
    EvaluationRun,
    EvaluationScheme,
    EvaluationScore,
    Fund,
    ProofFile,
)
from funds.rules import evaluation
from innovation.accounts.models import User
from innovation.core import transitions
from innovation.core.errors import RuleViolation
from innovation.core.uploads import DOCUMENTS, accept

PREPARES = "funds.add_evaluationrun"
CONFIRMS = "funds.confirm_evaluation"
States = EvaluationRun.State
OPEN = {States.DRAFT, States.RETURNED}


@transaction.atomic
def start_run(*, fund: Fund, year: int, scheme: EvaluationScheme, actor: User) -> EvaluationRun:
    """Begin the self-evaluation of a year that has ended.

    Raises RuleViolation YEAR_RUNNING, YEAR_BEFORE_FUND, WEIGHTS_NOT_WHOLE, RUN_EXISTS.
    """
    _require(actor, PREPARES)
    EvaluationScheme.objects.select_for_update().get(pk=scheme.pk)
    if year >= timezone.localdate().year:
        raise RuleViolation("YEAR_RUNNING", _("This year has not ended yet."), field="year")
    if year < fund.starts_on.year:
        raise RuleViolation("YEAR_BEFORE_FUND", _("The fund did not exist in that year."), field="year")
    problem = evaluation.weights_problem(indicator.as_rule() for indicator in scheme.indicators.all())
    if problem:
        raise problem
    if EvaluationRun.objects.filter(fund=fund, year=year, scheme=scheme).exists():
        message = _("This fund has a run for that year under this scheme.")
        raise RuleViolation("RUN_EXISTS", message, field="year")
    return EvaluationRun.objects.create(fund=fund, year=year, scheme=scheme, prepared_by=actor)


@transaction.atomic
def score_indicator(
    *, run_id: int, indicator: EvaluationIndicator, score: Fraction, reason: str, actor: User, upload: Any = None
) -> EvaluationScore:  # fmt: skip
    """Score one indicator from 0 to 100 (at most two decimals), with its reason; a file is kept as evidence.

    Raises RuleViolation RUN_CLOSED, SCORE_RANGE, REASON_MISSING, INDICATOR_OTHER_SCHEME, FILE_*.
    """
    _require(actor, PREPARES)
    run = _locked(run_id)
    if run.state not in OPEN:
        raise RuleViolation("RUN_CLOSED", _("The scores of a submitted evaluation are never changed."))
    if indicator.scheme_id != run.scheme_id:
        message = _("This indicator belongs to another scheme.")
        raise RuleViolation("INDICATOR_OTHER_SCHEME", message, field="indicator")
    hundredths = score * 100
    if not 0 <= score <= evaluation.FULL or hundredths.denominator != 1:
        message = _("A score lies between 0 and 100, with at most two decimals.")
        raise RuleViolation("SCORE_RANGE", message, field="score")
    if not reason.strip():
        raise RuleViolation("REASON_MISSING", _("Give the reason."), field="reason")
    row, __ = EvaluationScore.objects.update_or_create(
        run=run, indicator=indicator, defaults={"hundredths": int(hundredths), "reason": reason}
    )
    if upload is not None:
        accepted = accept(upload, kinds=DOCUMENTS)
        with accepted.content as content:
            ProofFile.objects.create(
                score=row, file=File(content, name=accepted.stored_name), name=accepted.name, kind=str(accepted.kind),
                size=accepted.size, sha256=accepted.sha256, added_by=actor,
            )  # fmt: skip
    return row


@transaction.atomic
def submit_run(*, run_id: int, actor: User) -> EvaluationRun:
    """Send it for confirmation. Raises RuleViolation SCORES_MISSING (facts: which), NO_SUCH_TRANSITION."""
    _require(actor, PREPARES)
    run = _locked(run_id)
    if run.state in OPEN:
        scored = set(run.scores.values_list("indicator__code", flat=True))
        missing = sorted(set(run.scheme.indicators.values_list("code", flat=True)) - scored)
        if missing:
            message = _("These indicators have no score yet: %(codes)s.") % {"codes": ", ".join(missing)}
            raise RuleViolation("SCORES_MISSING", message, facts={"missing": missing})
    changes = {"submitted_at": timezone.now(), "prepared_by": actor, "decided_by": None, "decided_at": None}
    return _moved(run, "submit", actor, **changes)


@transaction.atomic
def confirm_run(*, run_id: int, actor: User, reason: str = "") -> EvaluationRun:
    """Confirm what another person prepared; the score is computed exactly. Raises FOUR_EYES, NO_SUCH_TRANSITION."""
    run = _to_decide(run_id, actor)
    transitions.find(EvaluationRun.transitions, run.state, "confirm")
    total = total_of(run)
    if total is None:
        raise RuleViolation("SCORES_MISSING", _("An indicator has no score yet."))
    now = timezone.now()
    changes = {"decided_by": actor, "decided_at": now, "decision_reason": reason}
    return _moved(run, "confirm", actor, total_num=total.numerator, total_den=total.denominator, **changes)


@transaction.atomic
def return_run(*, run_id: int, actor: User, reason: str) -> EvaluationRun:
    """Send it back with the reason. Raises RuleViolation REASON_MISSING, FOUR_EYES, NO_SUCH_TRANSITION."""
    run = _to_decide(run_id, actor)
    if not reason.strip():
        raise RuleViolation("REASON_MISSING", _("Give the reason."), field="reason")
    return _moved(run, "return", actor, decided_by=actor, decided_at=timezone.now(), decision_reason=reason)


def total_of(run: EvaluationRun) -> Fraction | None:
    """The exact score of a run as it stands; None while an indicator has none."""
    return evaluation.score(indicators_of(run), scores_of(run))


def indicators_of(run: EvaluationRun) -> list[evaluation.Indicator]:
    """The indicators of the run's scheme, by code."""
    return [indicator.as_rule() for indicator in run.scheme.indicators.all()]


def scores_of(run: EvaluationRun) -> dict[str, Fraction]:
    """Scores by the code of the indicator."""
    return {row.indicator.code: row.value for row in run.scores.select_related("indicator")}


def _moved(run: EvaluationRun, event: str, actor: User, **changes: Any) -> EvaluationRun:
    reason = str(changes.get("decision_reason", ""))
    transitions.apply(run, event, actor=actor, reason=reason, changes=changes)
    return EvaluationRun.objects.select_related("fund", "scheme").get(pk=run.pk)


def _locked(run_id: int) -> EvaluationRun:
    return EvaluationRun.objects.select_for_update(of=("self",)).select_related("scheme", "fund").get(pk=run_id)


def _to_decide(run_id: int, actor: User) -> EvaluationRun:
    _require(actor, CONFIRMS)
    run = _locked(run_id)
    if run.prepared_by_id == actor.pk:
        raise RuleViolation("FOUR_EYES", _("Who prepared an evaluation does not confirm it."))
    return run


def _require(actor: User, permission: str) -> None:
    if not actor.has_perm(permission):
        raise PermissionDenied
