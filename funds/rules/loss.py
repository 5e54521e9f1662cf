"""The loss rate under any definition θ (domain 4.2).

``rate = max(0, N) / Den``. N is a sum over holdings, so a database query or an array engine may deliver the sums
and call :func:`rate_from_totals` for the rest.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext_lazy as _

from funds.choices.tolerance import Basis, Denominator, MoneyView, Netting, ScopeLevel
from funds.rules.figures import FundFigures, HoldingFigures, HoldingId, Money
from funds.rules.theta import Scope, Theta
from innovation.core.errors import RuleViolation


@dataclass(frozen=True, slots=True)
class Part:
    """What one holding adds to the fund-total numerator, in fen.

    RL, UL, RG, UG of the domain text under θ's basis (RG with income if θ counts it); ``contribution`` is what the
    netting leaves of them. Under NAV_SHORTFALL only ``contribution`` is set: cash out less cash in less fair value.
    """

    id: HoldingId
    stage: str
    cost: Money
    contribution: Money
    realised_loss: Money = 0
    unrealised_loss: Money = 0
    realised_gain: Money = 0
    unrealised_gain: Money = 0
    via: HoldingId | None = None


@dataclass(frozen=True, slots=True)
class LossRate:
    """A loss rate with what it is made of. Fen, exact.

    ``numerator_signed`` is N before max(0, ·) and ``denominator`` is Den, both in θ's money view; ``rate`` is None
    when the denominator is 0. ``fund_numerator`` and ``fund_denominator`` are the same for the whole fund's money:
    the contributions of ``parts`` and ``fees`` sum to the former. ``fees`` are the counted fees, and under
    NAV_SHORTFALL all fees and expenses less the fund's own income.
    """

    numerator_signed: Fraction
    denominator: Fraction
    rate: Fraction | None
    fund_numerator: Fraction
    fund_denominator: Fraction
    fees: Fraction
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class LossCount:
    """How many holdings lost their whole cost: a cap must say whether it counts companies or money."""

    total_losses: int
    holdings: int

    @property
    def rate(self) -> Fraction | None:
        return Fraction(self.total_losses, self.holdings) if self.holdings else None


def loss_rate(holdings: Iterable[HoldingFigures], fund: FundFigures, theta: Theta) -> LossRate:
    """The loss rate of one fund for the scope of θ.

    ``holdings`` are all holdings of the fund, since the category denominator needs those out of scope too. Amounts
    in fen. Raises RuleViolation as :func:`government_part` does.
    """
    held = holdings_under(theta, holdings)
    chosen = in_scope(held, theta.scope)
    stages = {h.stage for h in chosen}
    parts = tuple(part_of(h, theta) for h in chosen)
    return rate_from_totals(
        contributions=sum(p.contribution for p in parts),
        invested_cost=sum(h.cost for h in chosen),
        exited_cost=sum(h.relieved for h in chosen),
        category_cost=sum(h.cost for h in held if h.stage in stages),
        fund=fund,
        theta=theta,
        parts=parts,
    )


def rate_from_totals(
    *,
    contributions: Money,
    invested_cost: Money,
    exited_cost: Money,
    category_cost: Money,
    fund: FundFigures,
    theta: Theta,
    parts: tuple[Part, ...] = (),
) -> LossRate:
    """The loss rate from sums over the holdings in scope, in fen (``category_cost``: over their whole stages).

    ``contributions`` is Σ of :func:`part_of`'s contribution under the same θ.
    """
    fees = fund.fees if theta.fees else 0
    if theta.basis == Basis.NAV_SHORTFALL:
        fees = fund.fees - fund.other_income
    match theta.denominator:
        case Denominator.INVESTED_COST:
            denominator = invested_cost + fees
        case Denominator.EXITED_COST:
            denominator = exited_cost
        case Denominator.CATEGORY_INVESTED_COST:
            denominator = category_cost
        case Denominator.PAID_IN:
            denominator = fund.paid_in
        case _:
            denominator = fund.commitment
    fund_numerator, fund_denominator = Fraction(contributions + fees), Fraction(denominator)
    numerator, den = fund_numerator, fund_denominator
    if theta.money_view == MoneyView.GOVERNMENT_SHARE:
        numerator = government_part(fund_numerator, fund)
        den = government_share(fund) * fund_denominator
    return LossRate(
        numerator_signed=numerator,
        denominator=den,
        rate=max(Fraction(0), numerator) / den if den else None,
        fund_numerator=fund_numerator,
        fund_denominator=fund_denominator,
        fees=Fraction(fees),
        parts=parts,
    )


def group_rate(rates: Sequence[LossRate]) -> LossRate:
    """The rate of a group of funds: the sum of N and of Den over its funds (domain 4.2, scope FUND_GROUP)."""
    numerator = sum((r.numerator_signed for r in rates), Fraction(0))
    denominator = sum((r.denominator for r in rates), Fraction(0))
    return LossRate(
        numerator_signed=numerator,
        denominator=denominator,
        rate=max(Fraction(0), numerator) / denominator if denominator else None,
        fund_numerator=sum((r.fund_numerator for r in rates), Fraction(0)),
        fund_denominator=sum((r.fund_denominator for r in rates), Fraction(0)),
        fees=sum((r.fees for r in rates), Fraction(0)),
        parts=tuple(part for r in rates for part in r.parts),
    )


def part_of(holding: HoldingFigures, theta: Theta) -> Part:
    """RL, UL, RG, UG of one holding under θ's basis and what θ's netting leaves of them (domain 4.2), in fen."""
    h = holding
    if theta.basis == Basis.NAV_SHORTFALL:
        shortfall = h.cost - h.fx - h.proceeds - h.income - h.fair_value
        return Part(id=h.id, stage=h.stage, cost=h.cost, contribution=shortfall, via=h.via)
    unrealised_loss: Money = 0
    unrealised_gain: Money = 0
    if theta.basis == Basis.REALISED_PLUS_IMPAIRMENT:
        unrealised_loss = min(h.remaining, h.impairment)
    elif theta.basis == Basis.REALISED_PLUS_UNREALISED:
        unrealised_loss = max(0, h.remaining - h.fair_value)
        unrealised_gain = max(0, h.fair_value - h.remaining)
    realised_gain = h.realised_gain + (h.income if theta.income else 0)
    loss = h.realised_loss + unrealised_loss
    match theta.netting:
        case Netting.NONE:
            contribution = loss
        case Netting.WITHIN_PROJECT:
            contribution = max(0, loss - realised_gain - unrealised_gain)
        case Netting.REALISED_GAINS:
            contribution = loss - realised_gain
        case _:
            contribution = loss - realised_gain - unrealised_gain
    return Part(
        id=h.id,
        stage=h.stage,
        cost=h.cost,
        contribution=contribution,
        realised_loss=h.realised_loss,
        unrealised_loss=unrealised_loss,
        realised_gain=realised_gain,
        unrealised_gain=unrealised_gain,
        via=h.via,
    )


def holdings_under(theta: Theta, holdings: Iterable[HoldingFigures]) -> list[HoldingFigures]:
    """The holdings that θ looks at: sub-fund interests replaced by their projects when it looks through.

    Net asset value stands on the fund's own books and never looks through. A scope's mode narrows the result.
    """
    held: Iterable[HoldingFigures] = holdings
    if theta.look_through and theta.basis != Basis.NAV_SHORTFALL:
        held = look_through(holdings)
    return [h for h in held if theta.scope.mode is None or h.mode == theta.scope.mode]


def look_through(holdings: Iterable[HoldingFigures]) -> list[HoldingFigures]:
    """Replace each sub-fund interest by its projects × share, through every level; ``via`` names the outer interest."""
    seen: list[HoldingFigures] = []
    for holding in holdings:
        if holding.underlying is None:
            seen.append(holding)
            continue
        share = holding.underlying.share
        seen += [project.times(share, holding.id) for project in look_through(holding.underlying.holdings)]
    return seen


def in_scope(holdings: Iterable[HoldingFigures], scope: Scope) -> list[HoldingFigures]:
    """The holdings of the scope; a looked-through interest chosen as PROJECT stands for all its projects."""
    match scope.level:
        case ScopeLevel.STAGE_IN_FUND:
            return [h for h in holdings if h.stage in scope.stages]
        case ScopeLevel.PROJECT:
            return [h for h in holdings if scope.holding in (h.id, h.via)]
        case _:
            return list(holdings)


def government_share(fund: FundFigures) -> Fraction:
    """``s = gov_paid_in / paid_in``; the stated share while nothing is paid in.

    Raises RuleViolation ``GOVERNMENT_SHARE_RANGE`` unless 0 ≤ gov_paid_in ≤ paid_in.
    """
    if not fund.paid_in:
        return fund.stated_share
    if not 0 <= fund.gov_paid_in <= fund.paid_in:
        raise RuleViolation(
            "GOVERNMENT_SHARE_RANGE",
            _("The government's paid-in capital lies between zero and the fund's paid-in capital."),
            facts={"gov_paid_in": fund.gov_paid_in, "paid_in": fund.paid_in},
        )
    return Fraction(fund.gov_paid_in) / Fraction(fund.paid_in)


def government_part(numerator: Fraction, fund: FundFigures) -> Fraction:
    """The government's part of a signed loss N in fen, after the first loss that others or it bear (domain 4.2).

    Nothing paid in: ``s·N``. ``N ≤ 0``: ``s·N``, or by the waterfall where carry or profit concession (让利) share a
    gain otherwise. Else with J of the others ``gov_paid_in / (paid_in − J) · max(0, N − J)``, and with a first loss J
    of the government ``min(N, J) + (gov_paid_in − J) / (paid_in − J) · max(0, N − J)``. Raises RuleViolation
    ``FIRST_LOSS_RANGE`` unless each J lies between 0 and what its bearers paid in, and ``GOVERNMENT_SHARE_RANGE`` as
    :func:`government_share`.
    """
    share = government_share(fund)
    if not fund.paid_in:
        return share * numerator
    _check_first_loss(fund)
    if numerator <= 0:
        return -fund.gains.government_gain(-numerator, fund.gov_paid_in) if fund.gains else share * numerator
    first = fund.gov_first_loss or fund.others_first_loss
    if fund.paid_in == first:
        return min(numerator, Fraction(fund.gov_first_loss))
    stands = Fraction(fund.gov_paid_in - fund.gov_first_loss) / Fraction(fund.paid_in - first)
    return min(numerator, Fraction(fund.gov_first_loss)) + stands * max(Fraction(0), numerator - first)


def _check_first_loss(fund: FundFigures) -> None:
    for bears, most, field in (
        (fund.others_first_loss, fund.paid_in - fund.gov_paid_in, "others_first_loss"),
        (fund.gov_first_loss, fund.gov_paid_in, "gov_first_loss"),
    ):
        if not 0 <= bears <= most or (fund.others_first_loss and fund.gov_first_loss):
            raise RuleViolation(
                "FIRST_LOSS_RANGE",
                _("The first loss of the other investors lies between zero and what they have paid in.")
                if field == "others_first_loss"
                else _("The first loss of the government lies between zero and what it has paid in."),
                field=field,
                facts={field: bears, "paid_in": most},
            )


def loss_count(holdings: Iterable[HoldingFigures]) -> LossCount:
    """How many of the holdings with cost lost all of it."""
    invested = [h for h in holdings if h.cost > 0]
    return LossCount(sum(h.is_total_loss for h in invested), len(invested))
