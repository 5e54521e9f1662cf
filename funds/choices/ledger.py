"""Kinds of ledger events, and how entries and proofs stand."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class EventKind(TextChoices):
    """What a row of the ledger says happened."""

    CALL = "CALL", _("Capital call")
    DISTRIBUTION = "DISTRIBUTION", _("Distribution")
    INVEST = "INVEST", _("Investment")
    FOLLOW_ON = "FOLLOW_ON", _("Follow-on investment")
    EXIT_PARTIAL = "EXIT_PARTIAL", _("Partial exit")
    EXIT_FULL = "EXIT_FULL", _("Full exit")
    WRITE_OFF = "WRITE_OFF", _("Write-off")
    RECOVERY_AFTER_WRITE_OFF = "RECOVERY_AFTER_WRITE_OFF", _("Recovery after write-off")
    DIVIDEND = "DIVIDEND", _("Dividend")
    INTEREST = "INTEREST", _("Interest")
    FEE = "FEE", _("Management fee")
    EXPENSE = "EXPENSE", _("Fund expense")
    GRANT = "GRANT", _("Grant paid")
    GRANT_RETURN = "GRANT_RETURN", _("Grant returned")
    IMPAIRMENT = "IMPAIRMENT", _("Impairment")
    FX = "FX", _("Exchange restatement")
    REVERSAL = "REVERSAL", _("Reversal")


INVESTING_KINDS = frozenset({EventKind.INVEST, EventKind.FOLLOW_ON})
"""Kinds that add cost to a holding."""


EXIT_KINDS = frozenset(
    {EventKind.EXIT_PARTIAL, EventKind.EXIT_FULL, EventKind.WRITE_OFF, EventKind.RECOVERY_AFTER_WRITE_OFF}
)
"""Kinds that relieve cost of a holding or bring exit proceeds."""


ENTERED_KINDS = [(kind.value, kind.label) for kind in EventKind if kind != EventKind.REVERSAL]
"""What people enter; a reversal follows from the entry that it takes back."""


INCOME_KINDS = frozenset({EventKind.DIVIDEND, EventKind.INTEREST})
"""Kinds that bring income of a holding without touching its cost."""


GRANT_KINDS = frozenset({EventKind.GRANT, EventKind.GRANT_RETURN})
"""Money given away under an award, and what comes back of it: of a grant fund alone, with neither cost nor loss."""


HOLDING_KINDS = INVESTING_KINDS | EXIT_KINDS | INCOME_KINDS | {EventKind.IMPAIRMENT, EventKind.FX}
"""Kinds that belong to one investment; the others belong to the fund (a reversal follows the event it reverses)."""


class ProposalState(TextChoices):
    """Where an entry above its fund's limit stands while a second person has to look at it."""

    WAITING = "WAITING", _("Waiting for a second person")
    APPROVED = "APPROVED", _("Approved and booked")
    REFUSED = "REFUSED", _("Refused")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")


class ProofOccasion(TextChoices):
    """Why the books were proved."""

    NIGHTLY = "NIGHTLY", _("Every night")
    ON_DEMAND = "ON_DEMAND", _("On demand")
    COMMAND = "COMMAND", _("From the command line")


class ProofFinding(TextChoices):
    """What a proof of the books found wrong with a row or a fund."""

    LINK_BROKEN = "LINK_BROKEN", _("The entry was changed, or does not continue the one before")
    ANCHOR_LOST = "ANCHOR_LOST", _("The entry that was kept as a day's head is gone or another")
    COST_BELOW_ZERO = "COST_BELOW_ZERO", _("A holding's remaining cost falls below zero")
    AWARD_EXCEEDED = "AWARD_EXCEEDED", _("More was paid than the award grants, or more returned than was paid")
    CASH_BELOW_ZERO = "CASH_BELOW_ZERO", _("The fund's cash falls below zero")
    CALLS_ABOVE_COMMITMENT = "CALLS_ABOVE_COMMITMENT", _("The calls exceed the commitment")
