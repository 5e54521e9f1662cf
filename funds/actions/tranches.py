"""Pay a tranche through the books."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from funds.actions.entries import Request, submit_entry
from funds.actions.events import Entry
from funds.choices.deals import TrancheState
from funds.choices.ledger import INVESTING_KINDS, EventKind
from funds.models import EntryProposal, LedgerEvent, Tranche
from funds.queries.deals import standing_payments
from innovation.accounts.models import User
from innovation.core.errors import RuleViolation


@transaction.atomic
def pay_tranche(*, tranche_id: int, value_date: date, document: str, actor: User) -> LedgerEvent | EntryProposal:
    """Book the entry that pays a ready tranche, or let it wait for a second person above the fund's limit.

    The first entry of a holding is its investment, later ones follow on. Raises RuleViolation TRANCHE_NOT_READY,
    TRANCHE_PAID, and the codes of ``submit_entry``.
    """
    tranche = Tranche.objects.select_related("agreement__investment", "agreement__decision").get(pk=tranche_id)
    if tranche.state != TrancheState.READY:
        raise RuleViolation("TRANCHE_NOT_READY", _("The condition of this tranche is not met yet."))
    if standing_payments().filter(tranche=tranche).exists():
        raise RuleViolation("TRANCHE_PAID", _("This tranche is paid already."))
    holding = tranche.agreement.investment
    entered = LedgerEvent.objects.filter(investment=holding, kind__in=sorted(INVESTING_KINDS), reversed_by=None)
    decision = tranche.agreement.decision
    words = _("Tranche %(number)s of %(agreement)s") % {
        "number": tranche.number,
        "agreement": tranche.agreement.number,
    }
    entry = Entry(
        kind=EventKind.FOLLOW_ON if entered.exists() else EventKind.INVEST,
        value_date=value_date,
        amount_fen=tranche.amount_fen,
        investment_id=holding.pk,
        document=document,
    )
    reason = f"{decision.number} · {words}" if decision else words
    return submit_entry(request=Request(holding.fund_id, entry, reason=reason), actor=actor)
