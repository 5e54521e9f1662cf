"""Record who committed what to a fund, its periods, fees, waterfall, limits and interests in sub-funds."""

from datetime import date
from fractions import Fraction
from typing import TypeVar

from django.db import connection, transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from funds.actions import dated
from funds.actions.ledger import lock_fund
from funds.choices.figures import DayCount
from funds.choices.records import (
    Compounding,
    FundKind,
    FundState,
    InvestmentMode,
    LimitKind,
    LossBearer,
    Phase,
    TierKind,
)
from funds.choices.tolerance import SourceStatus
from funds.models import (
    Commitment,
    FeeTerm,
    Fund,
    FundLimit,
    FundTerm,
    Investment,
    SubFundInterest,
    WaterfallTier,
)
from funds.models.dated import DatedRecord
from funds.models.interest_triggers import GRAPH_LOCK
from funds.models.terms import INTEREST_KINDS
from funds.queries.interests import edges_ever, spans_of_sub_fund
from funds.rules import graph
from funds.rules import terms as rules
from innovation.accounts.models import User
from innovation.core.errors import RuleViolation

Record = TypeVar("Record", bound=DatedRecord)
ONCE_AT_A_TIME = {
    TierKind.FIRST_LOSS: _("A fund has one first loss at a time; change the one that stands."),
    TierKind.BUYOUT: _("The government leaves on one set of terms at a time; change the one that stands."),
}


@transaction.atomic
def record_commitment(
    *,
    fund_id: int,
    investor_id: int,
    source: str,
    amount_fen: int,
    valid_from: date,
    actor: User,
    valid_to: date | None = None,
    document: str = "",
) -> Commitment:
    """Record what an investor commits from one source of money, in fen, from a day on.

    A later change of the amount is recorded the same way, from the day it takes effect.
    Raises RuleViolation AMOUNT_NOT_POSITIVE, FUND_CLOSED, PERIOD_ORDER, FACT_STANDS.
    """
    dated.require(actor, "funds.add_commitment")
    _open_fund(fund_id)
    rules.refuse(rules.amount_problem(amount_fen))
    return dated.put(
        Commitment,
        key={"fund_id": fund_id, "investor_id": investor_id, "source": source},
        values={"amount_fen": amount_fen},
        valid_from=valid_from,
        valid_to=valid_to,
        document=document,
        actor=actor,
    )


@transaction.atomic
def record_term(
    *,
    fund_id: int,
    phase: str,
    valid_from: date,
    valid_to: date,
    approved_by: str,
    approved_on: date,
    actor: User,
    document: str = "",
) -> FundTerm:
    """Record one period of a fund's life with who approved it; the fund's own end dates follow.

    Raises RuleViolation APPROVAL_MISSING, APPROVAL_IN_FUTURE, BEFORE_LIFE, FUND_CLOSED, PERIOD_ORDER, FACT_STANDS.
    """
    dated.require(actor, "funds.add_fundterm")
    fund = _open_fund(fund_id)
    rules.refuse(rules.approval_problem(approved_by, approved_on, timezone.localdate()))
    if valid_from < fund.starts_on:
        raise RuleViolation(
            "BEFORE_LIFE",
            _("The life of the fund begins on %(day)s.") % {"day": fund.starts_on},
            field="valid_from",
        )
    term = dated.put(
        FundTerm,
        key={"fund_id": fund_id},
        values={"phase": phase, "approved_by": approved_by, "approved_on": approved_on},
        valid_from=valid_from,
        valid_to=valid_to,
        document=document,
        actor=actor,
    )
    _follow_terms(fund)
    return term


@transaction.atomic
def record_fee_term(
    *,
    fund_id: int,
    phase: str,
    rate: Fraction,
    basis: str,
    valid_from: date,
    actor: User,
    valid_to: date | None = None,
    document: str = "",
) -> FeeTerm:
    """Record the management fee of a phase: ``rate`` a year (exact share) of ``basis``.

    Raises RuleViolation SHARE_RANGE, FUND_CLOSED, PERIOD_ORDER, FACT_STANDS.
    """
    dated.require(actor, "funds.add_feeterm")
    _open_fund(fund_id)
    rules.refuse(rules.share_problem(rate, field="rate"))
    return dated.put(
        FeeTerm,
        key={"fund_id": fund_id, "phase": phase},
        values={**_pair("rate", rate), "basis": basis},
        valid_from=valid_from,
        valid_to=valid_to,
        document=document,
        actor=actor,
    )


@transaction.atomic
def record_tier(
    *,
    fund_id: int,
    position: int,
    kind: str,
    valid_from: date,
    actor: User,
    valid_to: date | None = None,
    amount_fen: int | None = None,
    first_loss: Fraction | None = None,
    hurdle: Fraction | None = None,
    manager: Fraction | None = None,
    concession: Fraction | None = None,
    concession_to: str = "",
    compounding: str = "",
    day_count: str = "",
    bearer: str = "",
    condition: str = "",
    document: str = "",
) -> WaterfallTier:
    """Record one step of the waterfall; which shares it needs depends on its kind (``funds.rules.terms``).

    ``compounding`` and ``day_count`` speak of steps with interest (empty: simple, actual days / 365), ``bearer`` of a
    first loss (empty: the other investors); for other kinds they are dropped.

    Raises RuleViolation with the codes of ``tier_problems``, FIRST_LOSS_TWICE, BUYOUT_TWICE,
    FUND_CLOSED, PERIOD_ORDER, FACT_STANDS.
    """
    dated.require(actor, "funds.add_waterfalltier")
    _open_fund(fund_id)
    shares = {"first_loss": first_loss, "hurdle": hurdle, "manager": manager, "concession": concession}
    rules.refuse(*rules.tier_problems(TierKind(kind), amount_fen, shares, concession_to))
    if kind in ONCE_AT_A_TIME:
        _refuse_second(TierKind(kind), fund_id, position, valid_from, valid_to)
    pairs = {name: value for field, share in shares.items() for name, value in _pair(field, share).items()}
    return dated.put(
        WaterfallTier,
        key={"fund_id": fund_id, "position": position},
        values={
            "kind": kind, "amount_fen": amount_fen, "concession_to": concession_to, "condition": condition,
            **_conventions(kind, compounding, day_count, bearer), **pairs,
        },
        valid_from=valid_from,
        valid_to=valid_to,
        document=document,
        actor=actor,
    )  # fmt: skip


@transaction.atomic
def record_limit(
    *,
    fund_id: int,
    kind: str,
    source: str,
    valid_from: date,
    actor: User,
    valid_to: date | None = None,
    share: Fraction | None = None,
    basis: str = "",
    amount_fen: int | None = None,
    count: int | None = None,
    policy_id: int | None = None,
    status: str = SourceStatus.UNVERIFIED,
    document: str = "",
) -> FundLimit:
    """Record a limit of a fund with where it is written.

    Raises RuleViolation LIMIT_VALUE, SHARE_RANGE, AMOUNT_NOT_POSITIVE, SOURCE_MISSING, FUND_CLOSED, PERIOD_ORDER,
    FACT_STANDS.
    """
    dated.require(actor, "funds.add_fundlimit")
    _open_fund(fund_id)
    rules.refuse(*rules.limit_problems(LimitKind(kind), rules.LimitValue(share, basis, amount_fen, count), source))
    return dated.put(
        FundLimit,
        key={"fund_id": fund_id, "kind": kind},
        values={
            **_pair("share", share), "basis": basis, "amount_fen": amount_fen, "count": count,
            "policy_id": policy_id, "source": source, "status": status,
        },
        valid_from=valid_from,
        valid_to=valid_to,
        document=document,
        actor=actor,
    )  # fmt: skip


@transaction.atomic
def record_interest(
    *,
    investment_id: int,
    sub_fund_id: int,
    share: Fraction,
    valid_from: date,
    actor: User,
    valid_to: date | None = None,
    document: str = "",
) -> SubFundInterest:
    """Record which exact share of a sub-fund an investment of a mother fund is, from a day on.

    Raises RuleViolation SHARE_RANGE, NOT_THROUGH_SUB_FUND, GRANT_MONEY, OTHER_SUB_FUND, FUND_CLOSED, PERIOD_ORDER,
    FACT_STANDS. A cycle, or shares above 1 together, the database refuses.
    """
    dated.require(actor, "funds.add_subfundinterest")
    # Writers of the graph queue here before they lock any fund, so that two of them never wait for each other.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [GRAPH_LOCK])
    investment = Investment.objects.get(pk=investment_id)
    _open_fund(investment.fund_id)
    sub_fund = Fund.objects.get(pk=sub_fund_id)
    rules.refuse(rules.share_problem(share, field="share", above_zero=True))
    if investment.mode != InvestmentMode.SUB_FUND:
        raise RuleViolation(
            "NOT_THROUGH_SUB_FUND",
            _("This investment is recorded as direct. Set its mode to “through a sub-fund” first."),
            field="investment",
        )
    if sub_fund.kind == FundKind.GRANT:
        raise RuleViolation("GRANT_MONEY", _("Grant money has no shares."), field="sub_fund")
    other = SubFundInterest.objects.current().filter(investment=investment).exclude(sub_fund=sub_fund).first()
    if other:
        raise RuleViolation(
            "OTHER_SUB_FUND", _("This investment is a share in another sub-fund already."), field="sub_fund"
        )
    if investment.fund_id in graph.below(edges_ever(), sub_fund_id):
        raise RuleViolation(
            "FUND_CYCLE", _("The mother fund stands below this fund already: funds cannot stand in a circle."),
            field="sub_fund",
        )  # fmt: skip
    spans = [*spans_of_sub_fund(sub_fund_id, without=investment_id), graph.Span(valid_from, valid_to, share)]
    rules.refuse(graph.excess_problem(spans))
    return dated.put(
        SubFundInterest,
        key={"investment_id": investment_id},
        values={"sub_fund_id": sub_fund_id, **_pair("share", share)},
        valid_from=valid_from,
        valid_to=valid_to,
        document=document,
        actor=actor,
    )


@transaction.atomic
def end_fact(*, record: Record, last_day: date, actor: User) -> Record:
    """End a dated fact of a fund: it holds through ``last_day`` and no longer.

    Raises RuleViolation FACT_SUPERSEDED, PERIOD_ORDER, ENDS_LATER.
    """
    locked, fund = _locked(record, actor)
    ended = dated.end(locked, last_day=last_day, actor=actor)
    _follow_terms(fund)
    return ended


@transaction.atomic
def withdraw_fact(*, record: Record, reason: str, actor: User) -> Record:
    """Take a mistaken dated fact back; what was known before stays answerable.

    Raises RuleViolation FACT_SUPERSEDED, REASON_MISSING.
    """
    locked, fund = _locked(record, actor)
    withdrawn = dated.withdraw(locked, reason=reason, actor=actor)
    _follow_terms(fund)
    return withdrawn


def _locked(record: Record, actor: User) -> tuple[Record, Fund]:
    model = type(record)
    dated.require(actor, f"funds.change_{model._meta.model_name}")
    fund = lock_fund(record.owner_id)
    return model.objects.select_for_update(of=("self",)).get(pk=record.pk), fund


def _open_fund(fund_id: int) -> Fund:
    fund = lock_fund(fund_id)
    if fund.state == FundState.CLOSED:
        raise RuleViolation("FUND_CLOSED", _("A closed fund takes no new terms."), field="fund")
    return fund


def _follow_terms(fund: Fund) -> None:
    """Set the fund's end dates by its current periods; a fund without periods keeps the dates that were typed."""
    ends = fund.terms.filter(superseded_at=None).aggregate(
        life=Max("valid_to"), investing=Max("valid_to", filter=Q(phase=Phase.INVESTMENT))
    )
    changed = {"ends_on": ends["life"], "investment_ends_on": ends["investing"]}
    changed = {name: day for name, day in changed.items() if day is not None and day != getattr(fund, name)}
    if changed:
        for name, day in changed.items():
            setattr(fund, name, day)
        fund.save(update_fields=list(changed))


def _refuse_second(kind: TierKind, fund_id: int, position: int, valid_from: date, valid_to: date | None) -> None:
    others = WaterfallTier.objects.current().filter(fund_id=fund_id, kind=kind)
    others = others.exclude(position=position).filter(Q(valid_to=None) | Q(valid_to__gte=valid_from))
    if valid_to is not None:
        others = others.filter(valid_from__lte=valid_to)
    if others.exists():
        raise RuleViolation(f"{kind}_TWICE", ONCE_AT_A_TIME[kind], field="kind")


def _conventions(kind: str, compounding: str, day_count: str, bearer: str) -> dict[str, str]:
    """What a step of this kind says of its interest or of who bears it, with what holds where nothing is said."""
    interest = kind in INTEREST_KINDS
    return {
        "compounding": (compounding or Compounding.SIMPLE) if interest else "",
        "day_count": (day_count or DayCount.ACT_365F) if interest else "",
        "bearer": (bearer or LossBearer.OTHERS) if kind == TierKind.FIRST_LOSS else "",
    }


def _pair(field: str, share: Fraction | None) -> dict[str, int | None]:
    """The two columns of an exact share."""
    num, den = (None, None) if share is None else share.as_integer_ratio()
    return {f"{field}_num": num, f"{field}_den": den}
