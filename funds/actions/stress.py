"""Save what-if scenarios, ask for simulations and run them."""

import secrets
from fractions import Fraction
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from funds.data.outcomes import shipped
from funds.models import Fund, FundGroup, Scenario, StressRun
from funds.models.stress import LARGEST_SEED, LEAST_DRAWS, MOST_DRAWS
from funds.queries import simulated
from funds.queries.answers import Answer
from funds.queries.outcomes import outcome_tables, rows_of
from funds.queries.simulated import Choices, Draft, Failures
from funds.queries.stressed import NotStressed, Stressed, stressed
from funds.queries.sums import Moment
from funds.queries.tolerance import Target, ToleranceView
from funds.queries.whatif import Loaded, Supposed, load
from funds.rules.stress.simulation import BINS, ENGINE, QUANTILES
from innovation.accounts.models import User
from innovation.core import jobs
from innovation.core.errors import RuleViolation

NOT_STRESSED = {
    NotStressed.NO_CAP: _("No cap is tested for this scope, so none can be broken."),
    NotStressed.NO_DATA: _("Nothing was invested by this day."),
    NotStressed.NO_SHARE: _("The government has no share in this fund, so its money cannot be lost."),
    NotStressed.FIRST_LOSS_IN_GROUP: _(
        "Other investors bear a first loss in a fund of this group. Look at each of its funds instead."
    ),
    NotStressed.GAINS_IN_GROUP: _(
        "A fund of this group shares its gains by a waterfall. Look at each of its funds instead, or at all money."
    ),
    NotStressed.GOVERNMENT_FIRST_LOSS: _(
        "The government bears a first loss here, so its part of a loss bends. Look at the whole fund's money instead."
    ),
}


def _require(actor: User, permission: str) -> None:
    if not actor.has_perm(permission):
        raise PermissionDenied


def target_of(fund: Fund | None, group: FundGroup | None) -> Target:
    """The fund or group that a scenario or run is about."""
    if group is not None:
        return Target.of_group(group)
    if fund is None:
        raise RuleViolation("STRESS_TARGET", _("Choose a fund or a group of funds."))
    return Target.of_fund(fund)


# ── What-if ──────────────────────────────────────────────────────────────────────────────────────
@transaction.atomic
def save_scenario(
    *, target: Target, moment: Moment, supposed: Supposed, name: str, note: str = "", actor: User
) -> Scenario:
    """Keep a supposition under a name. The books are only read.

    Raises RuleViolation SCENARIO_EMPTY, SCENARIO_NAME, SCENARIO_NAME_TAKEN, and what the supposition itself raises
    (``WHATIF_…``) when it does not fit the portfolio.
    """
    _require(actor, "funds.add_scenario")
    if supposed.is_empty:
        raise RuleViolation("SCENARIO_EMPTY", _("Suppose something first: a loss, new money, or another reading."))
    if not name.strip():
        raise RuleViolation("SCENARIO_NAME", _("Give the scenario a name."), field="name")
    load(target, moment).suppose(supposed)
    of = {"fund": target.fund if target.group is None else None, "group": target.group}
    root = FundGroup if target.group is not None else Fund
    root.objects.select_for_update(of=("self",)).get(pk=(target.group or target.fund).pk)  # type: ignore[union-attr]
    if Scenario.objects.filter(name=name.strip(), archived_at=None, **of).exists():
        raise RuleViolation("SCENARIO_NAME_TAKEN", _("There is a scenario of this name already."), field="name")
    return Scenario.objects.create(
        name=name.strip(), note=note.strip(), as_of=moment.as_of, known_at=moment.known_at,
        changes=supposed.as_data(), created_by=actor, **of,
    )  # fmt: skip


@transaction.atomic
def archive_scenario(*, scenario_id: int, actor: User) -> Scenario:
    """Take a scenario off the lists; it stays readable. Raises RuleViolation SCENARIO_ARCHIVED."""
    _require(actor, "funds.add_scenario")
    scenario = Scenario.objects.select_for_update(of=("self",)).get(pk=scenario_id)
    if scenario.archived_at is not None:
        raise RuleViolation("SCENARIO_ARCHIVED", _("This scenario is archived already."))
    scenario.archived_at = timezone.now()
    scenario.save(update_fields=["archived_at"])
    return scenario


# ── Simulation ───────────────────────────────────────────────────────────────────────────────────
@transaction.atomic
def ask_run(
    *, target: Target, moment: Moment, choices: Choices, draws: int, actor: User, seed: int | None = None,
    document_id: int | None = None,
) -> StressRun:  # fmt: skip
    """Ask for a simulation; a worker draws it. ``seed`` None takes a fresh one, which the run keeps.

    Raises RuleViolation STRESS_DRAWS, STRESS_SEED, STRESS_TABLE, STRESS_NOTHING (why there is nothing to stress), and
    OUTCOME_MISSING or STRESS_NO_END when the data leave the question open.
    """
    _require(actor, "funds.add_stressrun")
    if not LEAST_DRAWS <= draws <= MOST_DRAWS:
        raise RuleViolation(
            "STRESS_DRAWS", _("A run draws between 1,000 and 1,000,000 scenarios."), field="draws",
            facts={"draws": draws},
        )  # fmt: skip
    if seed is not None and not 0 <= seed <= LARGEST_SEED:
        raise RuleViolation(
            "STRESS_SEED", _("A seed is a whole number from 0 to 9,223,372,036,854,775,807."), field="seed"
        )
    rows = outcome_tables().get(choices.table)
    if rows is None or not rows.serves(choices.kind):
        raise RuleViolation(
            "STRESS_TABLE", _("This outcome table has no data for this kind of run."), field="table",
            facts={"table": choices.table},
        )  # fmt: skip
    loaded = load(target, moment)
    chosen = loaded.chosen(document_id)
    on = stressable(loaded.view, chosen)
    simulated.draft(on, loaded.books, moment, rows, choices)
    if chosen.document is None:
        raise RuleViolation("STRESS_NOTHING", NOT_STRESSED[NotStressed.NO_CAP])
    cap = on.limit.cap
    run = StressRun.objects.create(
        kind=choices.kind,
        fund=target.fund if target.group is None else None,
        group=target.group,
        document=chosen.document,
        rule=chosen.rule,
        as_of=moment.as_of,
        known_at=moment.known_at,
        theta=on.theta.as_data(),
        cap_num=cap.numerator,
        cap_den=cap.denominator,
        cap_test=on.limit.test,
        parameters=choices.as_data(),
        parameter_rows=list(rows.rows),
        seed=secrets.randbelow(2**53) if seed is None else seed,
        draws=draws,
        created_by=actor,
    )
    jobs.enqueue(run)
    return run


def stressable(view: ToleranceView, answer: Answer) -> Stressed:
    """The positions of an answer. Raises RuleViolation STRESS_NOTHING, with the reason in words."""
    on = stressed(view, answer)
    if isinstance(on, NotStressed):
        raise RuleViolation("STRESS_NOTHING", NOT_STRESSED[on], facts={"reason": on.value})
    return on


def simulate(job: StressRun) -> None:
    """The job: draw the run's scenarios from the books as of its day and as known at its moment, and freeze the result.

    The same books, rows, choices and seed give the same digits, whenever and by whichever worker they are drawn.
    """
    moment = Moment(job.as_of, job.known_at)
    loaded = load(target_of(job.fund, job.group), moment)
    answer = _same_question(loaded, job)
    on = stressable(loaded.view, answer)
    drawn = simulated.draft(on, loaded.books, moment, rows_of(job.parameter_rows), Choices.from_data(job.parameters))
    jobs.report_progress(job, 5, gettext("Drawing scenarios"))
    found = drawn.run(draws=job.draws, seed=job.seed, progress=_progress(job))
    jobs.report_progress(job, 75, gettext("Trying other correlations and failure rates"))
    interval = found.interval
    result: dict[str, Any] = {
        "low": interval.low,
        "high": interval.high,
        "mean_fen": found.mean,
        "quantiles": dict(zip((str(q) for q in QUANTILES), found.quantiles, strict=True)),
        "histogram": {"low": found.low, "high": found.high, "counts": list(found.counts), "bins": BINS},
        "loss_now": _parts(on.loss),
        "denominator": _parts(on.denominator),
        "target": _parts(on.limit.target(on.denominator)),
        "digest": found.digest,
        **_facts(drawn),
        **_sensitivity(drawn, job),
    }
    jobs.finish(
        job,
        breaches=found.breaches,
        result=result,
        engine_version=ENGINE,
        inputs_hash=simulated.inputs_hash(drawn, seed=job.seed, draws=job.draws),
    )


def _same_question(loaded: Loaded, job: StressRun) -> Answer:
    """The answer that the run was asked about. Raises RuleViolation when policies recorded meanwhile gave another."""
    answer = loaded.chosen(job.document_id)
    cap, document = answer.tolerance.effective_cap, answer.document
    asked = (job.document_id, job.rule_id, job.theta, job.cap)
    found = (document and document.pk, answer.rule and answer.rule.pk, answer.resolved.theta.as_data(), cap)
    if asked != found:
        raise RuleViolation("STRESS_CHANGED", _("The rule or its reading has changed since this run was asked for."))
    return answer


def _progress(job: StressRun) -> Any:
    done = [5]

    def tell(scenarios: int) -> None:
        percent = 5 + 70 * scenarios // job.draws
        if percent >= done[0] + 5:
            done[0] = percent
            jobs.report_progress(job, percent, gettext("Drawing scenarios"))

    return tell


def _facts(drawn: Draft) -> dict[str, Any]:
    if not isinstance(drawn, Failures):
        return {"positions": len(drawn.tops), "planned": 0, "planned_fen": 0, "closed_form": None}
    planned = [each for each in drawn.drawn if each.planned]
    return {
        "positions": len(drawn.drawn) - len(planned),
        "planned": len(planned),
        "planned_fen": sum(each.amount for each in planned),
        "closed_form": drawn.closed_form(cells=4_000) if drawn.drawn else None,
    }


def _sensitivity(drawn: Draft, job: StressRun) -> dict[str, Any]:
    """The probability at other correlations and, for failures, other rates; drawn with the run's own seed."""
    draws = min(job.draws, shipped()["draws"])
    correlations, factors = simulated.sensitivity()
    if not isinstance(drawn, Failures):
        factors = [Fraction(1)]
    return {
        "correlations": [_parts(rho) for rho in correlations],
        "factors": [_parts(factor) for factor in factors],
        "sensitivity": [
            [drawn.run(draws=draws, seed=job.seed, rho=rho, factor=factor).breaches for rho in correlations]
            for factor in factors
        ],
        "sensitivity_draws": draws,
    }


def _parts(value: Fraction) -> list[int]:
    return [value.numerator, value.denominator]
