"""Book the management fee of a period as the fund's terms compute it."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from funds.actions.entries import Request, submit_entry
from funds.actions.events import Entry, locked_fund
from funds.choices.ledger import EventKind
from funds.models import EntryProposal, Fund, LedgerEvent
from funds.queries.fees import computed_parts, standing_charges
from funds.rules.fees import FeePart, fee_total
from innovation.accounts.models import User
from innovation.core.errors import RuleViolation


@dataclass(frozen=True, slots=True)
class FeeProposal:
    """The fee of a period: its parts with what falls on each, in fen, and the total."""

    since: date
    until: date
    parts: list[FeePart]
    fees_fen: list[int]
    total_fen: int

    def as_data(self) -> dict[str, object]:
        """What is kept with the charge."""
        return {
            "since": self.since.isoformat(), "until": self.until.isoformat(),
            "parts": [
                {
                    "since": part.since.isoformat(), "until": part.until.isoformat(), "phase": part.phase,
                    "basis": part.basis, "rate": str(part.rate), "basis_fen": part.basis_fen, "fee_fen": fen,
                }
                for part, fen in zip(self.parts, self.fees_fen, strict=True)
            ],
        }  # fmt: skip


def propose_fee(*, fund: Fund, since: date, until: date) -> FeeProposal:
    """The fee of a period, both days inclusive, as terms and books say now; nothing is written.

    Raises RuleViolation PERIOD_ORDER, FEE_PERIOD_CHARGED, FEE_NOTHING (no phase, rate or basis in the period).
    """
    if until < since:
        raise RuleViolation("PERIOD_ORDER", _("The end lies before the start."), field="until")
    charged = standing_charges(fund).filter(since__lte=until, until__gte=since).first()
    if charged:
        raise RuleViolation(
            "FEE_PERIOD_CHARGED",
            _("The fee from %(since)s to %(until)s is booked already.")
            % {"since": charged.since, "until": charged.until},
            field="since",
            facts={"since": charged.since, "until": charged.until},
        )
    parts = computed_parts(fund, since, until)
    total, fees = fee_total(parts)
    if not total:
        raise RuleViolation(
            "FEE_NOTHING",
            _("No fee falls on this period: there is no phase with a fee in it, or nothing to charge it on."),
            field="until",
        )
    return FeeProposal(since, until, parts, fees, total)


@transaction.atomic
def charge_fee(
    *, fund_id: int, since: date, until: date, value_date: date, actor: User, document: str = ""
) -> LedgerEvent | EntryProposal:  # fmt: skip
    """Book the fee of a period as computed under the fund's lock; above the limit it waits for a second person.

    Raises RuleViolation as ``propose_fee`` and ``submit_entry``; PermissionDenied without ``funds.add_ledgerevent``.
    """
    fund = locked_fund(fund_id, actor)
    fee = propose_fee(fund=fund, since=since, until=until)
    entry = Entry(EventKind.FEE, value_date, fee.total_fen, document=document or f"{since} – {until}")
    return submit_entry(request=Request(fund.pk, entry, details={"fee": fee.as_data()}), actor=actor)
