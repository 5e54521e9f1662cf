"""What warrants an alert at a moment: set-based over all funds and groups, in a constant number of statements."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from django.db.models import Max, Q

from funds.choices.ledger import INVESTING_KINDS
from funds.choices.records import FundClass, FundState
from funds.choices.tolerance import AlertKind, SourceStatus, WarningLevel
from funds.models import AlertThreshold, FundPolicyBinding, LedgerEvent, SpecialTierApproval
from funds.queries.answers import Answer
from funds.queries.cells import SumsOf, sums_of
from funds.queries.office import Office, office
from funds.queries.overview import FundTolerance
from funds.queries.progress import progress_of_funds
from funds.queries.sums import Moment
from funds.rules.alerts import RANK, Finding, Threshold, is_idle, rises_fast
from funds.rules.figures import Money

SOON = 30
"""A policy or special tier that ends within so many days warns in orange."""


def thresholds() -> dict[str, Threshold]:
    """The thresholds in use, by kind."""
    return {
        row.kind: Threshold(None if row.share_num is None else Fraction(row.share_num, 100), row.days)
        for row in AlertThreshold.objects.filter(enabled=True)
    }


def findings_at(moment: Moment) -> list[Finding]:
    """Everything that warrants an alert at the moment. At most twenty statements, however many funds."""
    used, found = thresholds(), office(moment)
    funds = [line for line in found.lines if line.fund.fund_class != FundClass.GRANT]
    return [
        *_of_caps(found, funds, used),
        *_of_speed(funds, moment, used.get(AlertKind.SPEED)),
        *_of_idle_money(funds, moment, used.get(AlertKind.IDLE_MONEY)),
        *_of_progress(funds, moment, used.get(AlertKind.PROGRESS)),
        *_of_policies(moment, used.get(AlertKind.POLICY_ENDING)),
        *_of_tiers(moment, used.get(AlertKind.TIER_ENDING)),
    ]


def _of_caps(found: Office, funds: Iterable[FundTolerance], used: Mapping[str, Threshold]) -> Iterator[Finding]:
    subjects = [({"fund_id": line.fund.pk}, line.answers) for line in funds]
    subjects += [({"group_id": group.group.pk}, group.answers) for group in found.groups]
    for subject, answers in subjects:
        for answer in answers:
            about = _about(answer) | subject
            level = WarningLevel(answer.tolerance.level)
            if level in RANK and AlertKind.LEVEL in used:
                yield Finding(AlertKind.LEVEL, level, f"level/{about['document_id']}", **about)
            if AlertKind.SINGLE_POSITION in used and _hangs_on_one(answer):
                matter = f"single/{about['document_id']}"
                yield Finding(AlertKind.SINGLE_POSITION, WarningLevel.YELLOW, matter, **about)


def _hangs_on_one(answer: Answer) -> bool:
    """Whether the loss of one position would pass a cap that is not passed yet."""
    headroom = answer.tolerance.headroom
    within = headroom is not None and headroom >= 0
    return within and bool(answer.tolerance.single_position_exceeds_headroom)


def _about(answer: Answer) -> dict[str, Any]:
    """Which rule speaks, and its figures as they are now."""
    tolerance, document = answer.tolerance, answer.document
    facts = {
        "status": tolerance.status,
        "rate": _text(answer.rate.rate),
        "cap": _text(tolerance.effective_cap),
        "used": _text(tolerance.utilisation),
        "headroom_fen": None if tolerance.headroom is None else int(tolerance.headroom),
        "largest_fen": None if answer.largest_delta is None else int(answer.largest_delta),
        "unverified": answer.unverified,
        "binding": answer.binds,
    }
    return {
        "rule_id": answer.rule.pk if answer.rule else None,
        "document_id": document.pk if document else None,
        "facts": facts,
    }


def _text(share: Fraction | None) -> str | None:
    return None if share is None else str(share)


def _of_speed(funds: list[FundTolerance], moment: Moment, threshold: Threshold | None) -> Iterator[Finding]:
    """Funds whose rate under today's definition rose fast since the day that the threshold names."""
    if threshold is None or threshold.days is None:
        return
    day = moment.as_of - timedelta(days=threshold.days)
    earlier = sums_of([line.fund for line in funds], Moment(day, moment.known_at))
    for line in funds:
        main = line.main
        if main.tolerance.effective_cap is None:
            continue
        before = earlier[line.fund.pk].rate(main.resolved.theta).rate
        if rises_fast(main.rate.rate, before, threshold):
            about = _about(main)
            about["facts"] = about["facts"] | {"before": _text(before), "before_day": day.isoformat()}
            yield Finding(AlertKind.SPEED, WarningLevel.ORANGE, "speed", fund_id=line.fund.pk, **about)


def cash_of(sums: SumsOf) -> Money:
    """What a fund holds: paid-in less costs, fees and distributions, plus what came back. Fen."""
    totals, fund = sums.sums(), sums.fund
    came: Money = fund.paid_in + fund.other_income + totals["proceeds"] + totals["income"]
    restated: Money = sum(cell.get("fx", 0) for cell in sums.cells)
    return came - (totals["cost"] - restated) - fund.fees - fund.distributions


def _of_idle_money(funds: list[FundTolerance], moment: Moment, threshold: Threshold | None) -> Iterator[Finding]:
    if threshold is None:
        return
    invests = LedgerEvent.objects.filter(
        kind__in=sorted(INVESTING_KINDS), reversed_by=None, value_date__lte=moment.as_of,
        recorded_at__lte=moment.known_at,
    )  # fmt: skip
    last: dict[int, date] = dict(invests.order_by().values_list("fund").annotate(day=Max("value_date")))
    for line in funds:
        fund, day = line.fund, last.get(line.fund.pk)
        cash, paid_in = cash_of(line.figures), line.figures.fund.paid_in
        if fund.state == FundState.INVESTING and is_idle(cash, paid_in, day, moment.as_of, threshold):
            facts = {"cash_fen": int(cash), "paid_in_fen": int(paid_in), "last": day.isoformat() if day else None}
            yield Finding(AlertKind.IDLE_MONEY, WarningLevel.YELLOW, "idle", fund_id=fund.pk, facts=facts)


def _of_progress(funds: list[FundTolerance], moment: Moment, threshold: Threshold | None) -> Iterator[Finding]:
    """Funds in their investment period whose progress of money is beyond a figure that the office set."""
    if threshold is None:
        return
    investing = [line.fund for line in funds if line.fund.state == FundState.INVESTING]
    for one in progress_of_funds(investing, moment):
        for warned in one.warnings:
            facts = {
                "progress": warned.key, "value": str(warned.value), "threshold": str(warned.threshold.value),
                "source": warned.threshold.source, "unverified": warned.threshold.status == SourceStatus.UNVERIFIED,
            }  # fmt: skip
            matter = f"progress/{warned.key}"
            yield Finding(AlertKind.PROGRESS, WarningLevel.YELLOW, matter, fund_id=one.fund.pk, facts=facts)


def _of_policies(moment: Moment, threshold: Threshold | None) -> Iterator[Finding]:
    """Bindings that end soon, by their own end or that of their document, with nothing bound from the day after."""
    if threshold is None or threshold.days is None:
        return
    bindings = list(FundPolicyBinding.objects.filter(superseded_at=None).select_related("document", "fund"))
    later: dict[tuple[int | None, int | None], list[date]] = defaultdict(list)
    for binding in bindings:
        later[binding.fund_id, binding.group_id].append(binding.valid_from)
    for binding in bindings:
        ends = [day for day in (binding.valid_to, binding.document.effective_to) if day is not None]
        if not ends or (binding.fund and binding.fund.state == FundState.CLOSED):
            continue
        last = min(ends)
        follows = any(day > binding.valid_from and day <= last + timedelta(days=1) for day in later[
            binding.fund_id, binding.group_id
        ])  # fmt: skip
        if moment.as_of <= last <= moment.as_of + timedelta(days=threshold.days) and not follows:
            yield Finding(
                AlertKind.POLICY_ENDING, _urgency(last, moment), f"policy/{binding.document_id}/{last}",
                binding.fund_id, binding.group_id, None, binding.document_id, {"last": last.isoformat()},
            )  # fmt: skip


def _of_tiers(moment: Moment, threshold: Threshold | None) -> Iterator[Finding]:
    if threshold is None or threshold.days is None:
        return
    until = moment.as_of + timedelta(days=threshold.days)
    approvals = SpecialTierApproval.objects.filter(
        state=SpecialTierApproval.State.APPROVED, valid_to__gte=moment.as_of, valid_to__lte=until
    ).exclude(Q(binding__fund__state=FundState.CLOSED))
    for approval in approvals.select_related("binding"):
        binding = approval.binding
        yield Finding(
            AlertKind.TIER_ENDING, _urgency(approval.valid_to, moment), f"tier/{approval.pk}", binding.fund_id,
            binding.group_id, approval.rule_id, binding.document_id, {"last": approval.valid_to.isoformat()},
        )  # fmt: skip


def _urgency(last: date, moment: Moment) -> WarningLevel:
    soon = last <= moment.as_of + timedelta(days=SOON)
    return WarningLevel.ORANGE if soon else WarningLevel.YELLOW
