"""Write to a ledger: the only door through which events enter, one by one or a hundred thousand at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction
from django.utils import timezone

from funds.actions.case_opening import open_for_events
from funds.actions.case_reversal import follow_reversals
from funds.choices.ledger import EventKind
from funds.models import Fund, LedgerEvent
from funds.rules.chain import GENESIS, Link, link_hash
from innovation.accounts.models import User

COLUMNS = (
    "fund_id", "seq", "investment_id", "kind", "effect", "value_date", "recorded_at", "amount_fen",
    "cost_relieved_fen", "reverses_id", "document", "reason", "actor_id", "award_id", "prev_hash",
    "hash",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Draft:
    """An event that passed the rules and waits for its place in the chain; amounts in fen.

    ``effect`` is given for a reversal only (the kind of the event it reverses), with ``reverses_id``.
    """

    kind: str
    value_date: date
    amount_fen: int
    investment_id: int | None = None
    cost_relieved_fen: int = 0
    document: str = ""
    reason: str = ""
    effect: str = ""
    reverses_id: int | None = None
    award_id: int | None = None


def lock_fund(fund_id: int) -> Fund:
    """The fund's row, locked until the transaction ends. Every writer of a ledger takes this lock first."""
    return Fund.objects.select_for_update(of=("self",)).get(pk=fund_id)


def append(
    drafts: Mapping[int, Iterable[Draft]], *, actor: User | None, recorded_at: datetime | None = None
) -> dict[int, int]:
    """Append events to the ledgers of locked funds with one COPY; return the last number of each fund.

    ``drafts``: fund id → events in the order of their numbers. ``recorded_at`` defaults to the present clock, read
    after the lock, so that whoever reads under the lock sees all events up to any moment before. A loss among the
    events opens its exemption case in the same transaction; a reversal withdraws the case of its entry, if nobody has
    worked on it.
    Must run inside a transaction that holds ``lock_fund`` for every key. Raises IntegrityError on what
    ``LedgerGuard`` or a constraint refuses.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("append() needs the transaction that holds the fund's lock")
    recorded_at = recorded_at or timezone.now()
    actor_id = actor.pk if actor else None
    heads = _heads(list(drafts))
    reversed_ids: list[int] = []
    lasts = {fund_id: heads[fund_id][0] if fund_id in heads else 0 for fund_id in drafts}
    columns = ", ".join(COLUMNS)
    statement = f"COPY funds_ledgerevent ({columns}) FROM STDIN"
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as copy:
        for fund_id, events in drafts.items():
            seq, head = heads.get(fund_id, (0, GENESIS))
            for event in events:
                seq += 1
                if event.reverses_id is not None:
                    reversed_ids.append(event.reverses_id)
                effect = event.effect or event.kind
                link = Link(
                    fund_id, seq, event.investment_id, event.kind, effect, event.value_date, recorded_at,
                    event.amount_fen, event.cost_relieved_fen, event.reverses_id, event.document, event.reason,
                    actor_id, event.award_id,
                )  # fmt: skip
                before, head = head, link_hash(head, link.text())
                copy.write_row(
                    (
                        fund_id, seq, event.investment_id, event.kind, effect, event.value_date, recorded_at,
                        event.amount_fen, event.cost_relieved_fen, event.reverses_id, event.document, event.reason,
                        actor_id, event.award_id, before, head,
                    )
                )  # fmt: skip
            heads[fund_id] = (seq, head)
    open_for_events(lasts, actor=actor, at=recorded_at)
    follow_reversals(reversed_ids, at=recorded_at)
    return {fund_id: seq for fund_id, (seq, _head) in heads.items()}


def _heads(fund_ids: list[int]) -> dict[int, tuple[int, bytes]]:
    rows = (
        LedgerEvent.objects.filter(fund_id__in=fund_ids)
        .order_by("fund_id", "-seq")
        .distinct("fund_id")
        .values_list("fund_id", "seq", "hash")
    )
    return {fund_id: (seq, bytes(head)) for fund_id, seq, head in rows}


def reversal_of(event: LedgerEvent, *, reason: str) -> Draft:
    """The mirror of ``event``: its value date, opposite amounts, its kind as effect."""
    return Draft(
        kind=EventKind.REVERSAL,
        effect=event.effect,
        value_date=event.value_date,
        amount_fen=-event.amount_fen,
        investment_id=event.investment_id,
        cost_relieved_fen=-event.cost_relieved_fen,
        reverses_id=event.pk,
        award_id=event.award_id,
        document=event.document,
        reason=reason,
    )
