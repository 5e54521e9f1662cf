"""What a proposal is judged against: the money its fund has left, and the limits that bind the fund."""

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from funds.choices.deals import DecisionOutcome
from funds.choices.ledger import INVESTING_KINDS, EventKind
from funds.choices.records import LimitBasis, LimitKind
from funds.choices.tolerance import SourceStatus
from funds.models import Committee, Deal, Decision, Fund, FundLimit, LedgerEvent, Tranche, TranchePayment
from funds.rules.deals import Ask, Limit


def standing_payments() -> QuerySet[TranchePayment]:
    """Payments of tranches whose entry was not reversed."""
    reversal = LedgerEvent.objects.filter(reverses=OuterRef("event"))
    return TranchePayment.objects.filter(~Exists(reversal))


def with_payment(tranches: QuerySet[Tranche]) -> QuerySet[Tranche]:
    """Annotate ``is_paid``: an entry that was not reversed paid the tranche."""
    return tranches.annotate(is_paid=Exists(standing_payments().filter(tranche=OuterRef("pk"))))


def unpaid(tranches: QuerySet[Tranche]) -> QuerySet[Tranche]:
    """Those that no standing entry has paid."""
    return with_payment(tranches).filter(is_paid=False)


def placed_fen(fund_id: int, company_id: int | None = None) -> int:
    """Fen that a fund has invested, and approved by a proposal but not yet paid; of one company where it is named.

    Three statements.
    """
    events = LedgerEvent.objects.filter(fund=fund_id, effect__in=sorted(INVESTING_KINDS))
    approved = Decision.objects.sealed().filter(
        fund=fund_id, outcome=DecisionOutcome.APPROVED, deal__isnull=False, amount_fen__isnull=False
    )
    paid = standing_payments().filter(tranche__agreement__decision__in=approved.values("pk"))
    if company_id is not None:
        events = events.filter(investment__company=company_id)
        approved = approved.filter(deal__company=company_id)
        paid = paid.filter(tranche__agreement__investment__company=company_id)
    invested = events.aggregate(fen=Sum("amount_fen"))["fen"] or 0
    promised = approved.aggregate(fen=Sum("amount_fen"))["fen"] or 0
    return invested + promised - (paid.aggregate(fen=Sum("event__amount_fen"))["fen"] or 0)


def limits_of(fund: Fund) -> tuple[Limit, ...]:
    """The ceilings on tickets and single companies that bind a fund today."""
    now = timezone.now()
    rows = FundLimit.objects.counted(timezone.localdate(now), now).filter(
        fund=fund, kind__in=[LimitKind.MAX_TICKET, LimitKind.MAX_ONE_PROJECT]
    )
    return tuple(
        Limit(
            row.source, row.kind == LimitKind.MAX_ONE_PROJECT, row.amount_fen, row.share, row.basis,
            row.status == SourceStatus.VERIFIED,
        )
        for row in rows.order_by("kind", "pk")
    )  # fmt: skip


def ask_of(deal: Deal, amount_fen: int | None = None) -> Ask:
    """A proposal beside the present state of its fund; ``amount_fen`` where another amount than asked is weighed.

    Eight statements.
    """
    fund, amount = deal.fund, deal.amount_fen if amount_fen is None else amount_fen
    placed = placed_fen(fund.pk)
    called = LedgerEvent.objects.filter(fund=fund, effect=EventKind.CALL).aggregate(fen=Sum("amount_fen"))["fen"] or 0
    return Ask(
        amount=amount,
        is_follow_on=deal.is_follow_on,
        fund_class=fund.fund_class,
        fund_state=fund.state,
        committed=fund.committed_fen,
        placed=placed,
        in_company=placed_fen(fund.pk, deal.company_id),
        bases={
            LimitBasis.COMMITTED: fund.committed_fen,
            LimitBasis.PAID_IN: called,
            LimitBasis.INVESTED_COST: placed + amount,
        },
        limits=limits_of(fund),
    )


def committees_of(fund_id: int) -> QuerySet[Committee]:
    """The committees in office that may decide for a fund."""
    return Committee.objects.filter(Q(fund=fund_id) | Q(fund=None), is_active=True)
