"""Call money from investors, give it back, and take in what they paid: split to the fen, booked line by line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from funds.actions.entries import Request, submit_entry
from funds.actions.events import Entry
from funds.actions.ledger import lock_fund
from funds.choices.records import LineSource, NoticeState
from funds.models import Call, Distribution, EntryProposal, Fund, LedgerEvent
from funds.models.notices import NOTICES, Notice
from funds.queries.commitments import Stake, split
from funds.queries.notices import LINES, LINK, Position, call_room, lines_of, positions
from funds.queries.waterfall import distribution, last_distribution
from innovation.accounts.models import User
from innovation.core.errors import RuleViolation
from innovation.core.money import Unit, format_fen, largest_remainder

PERMISSION = "funds.issue_notice"


@dataclass(frozen=True, slots=True)
class Part:
    """What one investor pays or gets, in fen."""

    position: Position
    amount_fen: int
    recallable_fen: int


@dataclass(frozen=True, slots=True)
class Uses:
    """What of a called part is for the management fee and for expenses, in fen."""

    fees_fen: int
    expenses_fen: int


def split_call(places: Sequence[Position], amount_fen: int, recalled_fen: int) -> list[Part]:
    """New money by commitment, recalled money by what each investor may be recalled; both to the fen (domain 4.13).

    Raises RuleViolation RECALL_ABOVE_RECALLABLE, CALL_ABOVE_COMMITMENT naming the first investor.
    """
    recallable = [place.recallable_fen for place in places]
    if recalled_fen > sum(recallable):
        raise RuleViolation(
            "RECALL_ABOVE_RECALLABLE",
            _("Only %(amount)s of past distributions may be called again.") % {"amount": _told(sum(recallable))},
            field="recallable_fen",
            facts={"recallable_fen": sum(recallable)},
        )
    back = largest_remainder(recalled_fen, recallable) if recalled_fen else [0] * len(places)
    fresh = [part for __, part in split(amount_fen - recalled_fen, [place.stake for place in places])]
    for place, part in zip(places, fresh, strict=True):
        if part > place.uncalled_fen:
            raise RuleViolation(
                "CALL_ABOVE_COMMITMENT",
                _("An investor's part of %(part)s is above its uncalled commitment of %(left)s.")
                % {"part": _told(part), "left": _told(place.uncalled_fen)},
                field="amount_fen",
                facts={"investor": place.stake.investor_id, "uncalled_fen": place.uncalled_fen, "part_fen": part},
            )
    return [Part(place, new + old, old) for place, new, old in zip(places, fresh, back, strict=True)]


def split_distribution(
    places: Sequence[Position], amount_fen: int, recallable_fen: int, by_steps: Sequence[int] | None = None
) -> list[Part]:
    """All money by commitment to the fen, or ``by_steps`` of the waterfall: a part for each place in fen.

    The recallable part goes in proportion to each investor's money. Raises RuleViolation RECALLABLE_ABOVE_AMOUNT when
    more is recallable than the investors get.
    """
    amounts = [part for __, part in split(amount_fen, [place.stake for place in places])]
    amounts = amounts if by_steps is None else list(by_steps)
    if recallable_fen > sum(amounts):
        raise RuleViolation(
            "RECALLABLE_ABOVE_AMOUNT", _("Only what the investors get may be called again."), field="recallable_fen"
        )
    again = largest_remainder(recallable_fen, amounts) if recallable_fen else [0] * len(amounts)
    return [Part(place, amount, part) for place, amount, part in zip(places, amounts, again, strict=True)]


def plan_distribution(
    fund: Fund, places: Sequence[Position], amount_fen: int, recallable_fen: int, due_on: date, *, is_last: bool = False
) -> list[Part]:
    """By the waterfall where gains are shared unevenly, with a line for the manager's carry; else by commitment.

    ``is_last``: nothing comes after it, so that a first loss is settled in it. Raises RuleViolation NO_MANAGER,
    RECALLABLE_ABOVE_AMOUNT.
    """
    if is_last:
        by_steps = last_distribution(fund, amount_fen, due_on)
    else:
        waterfall = distribution(fund, amount_fen, due_on)
        by_steps = waterfall.in_fen() if waterfall else None
    if by_steps is None:
        return split_distribution(places, amount_fen, recallable_fen)
    *amounts, carry = by_steps
    parts = split_distribution(places, amount_fen, recallable_fen, amounts)
    if not carry:
        return parts
    if fund.manager_id is None:
        raise RuleViolation(
            "NO_MANAGER", _("A part of it is the manager's carry: record the fund's manager first."),
            facts={"carry_fen": carry},
        )  # fmt: skip
    return [*parts, Part(Position(Stake(0, fund.manager_id, LineSource.CARRY, 0), 0, 0), carry, 0)]


def plan_notice(
    *, word: str, fund: Fund, amount_fen: int, recallable_fen: int, notice_on: date, due_on: date, is_last: bool = False
) -> list[Part]:
    """The parts that a notice would have.

    Raises RuleViolation AMOUNT_NOT_POSITIVE, RECALLABLE_ABOVE_AMOUNT, LAST_IS_DISTRIBUTION, LAST_IS_RECALLABLE,
    DUE_BEFORE_NOTICE, NO_COMMITMENTS, CALLS_ABOVE_COMMITMENT (with calls booked before there were notices), and those
    of the split.
    """
    if amount_fen <= 0:
        raise RuleViolation("AMOUNT_NOT_POSITIVE", _("The amount is above zero."), field="amount_fen")
    if not 0 <= recallable_fen <= amount_fen:
        raise RuleViolation(
            "RECALLABLE_ABOVE_AMOUNT", _("What is recallable is a part of the amount."), field="recallable_fen"
        )
    if is_last and NOTICES[word] is not Distribution:
        raise RuleViolation("LAST_IS_DISTRIBUTION", _("Only a distribution can be the last one."), field="is_last")
    if is_last and recallable_fen:
        raise RuleViolation(
            "LAST_IS_RECALLABLE", _("After the last distribution nothing is called again."), field="recallable_fen"
        )
    if due_on < notice_on:
        raise RuleViolation("DUE_BEFORE_NOTICE", _("It is due on the day of the notice or later."), field="due_on")
    places = positions(fund, due_on)
    if not places:
        raise RuleViolation(
            "NO_COMMITMENTS",
            _("No commitment to this fund counts on the due day. Record the investors' commitments first."),
        )
    if NOTICES[word] is Distribution:
        return plan_distribution(fund, places, amount_fen, recallable_fen, due_on, is_last=is_last)
    parts = split_call(places, amount_fen, recallable_fen)
    room = call_room(fund, due_on)
    if amount_fen > room:
        raise RuleViolation(
            "CALLS_ABOVE_COMMITMENT",
            _("With what was called before, only %(room)s may still be called.") % {"room": _told(room)},
            field="amount_fen",
            facts={"room_fen": room},
        )
    return parts


@transaction.atomic
def issue_notice(
    *,
    word: str,
    fund_id: int,
    amount_fen: int,
    notice_on: date,
    due_on: date,
    purpose: str,
    actor: User,
    recallable_fen: int = 0,
    document: str = "",
    is_last: bool = False,
    uses: Mapping[tuple[int, str], Uses] | None = None,
) -> Call | Distribution:
    """Issue a ``call`` or ``distribution`` of a fund, split over its investors; amounts in fen.

    ``recallable_fen``: see ``funds.models.notices.Notice``. ``is_last``: a distribution after which nothing comes, in
    which a first loss is settled. ``uses``: what of a call's lines is for fees and expenses,
    by investor and source. Raises RuleViolation as ``plan_notice``;
    PermissionDenied without ``funds.issue_notice``. Nothing enters the ledger until somebody pays.
    """
    _require(actor)
    fund = lock_fund(fund_id)
    parts = plan_notice(
        word=word, fund=fund, amount_fen=amount_fen, recallable_fen=recallable_fen, notice_on=notice_on, due_on=due_on,
        is_last=is_last,
    )  # fmt: skip
    model = NOTICES[word]
    last = model.objects.filter(fund=fund).aggregate(last=Max("number"))["last"] or 0
    notice: Call | Distribution = model.objects.create(
        fund=fund, number=last + 1, amount_fen=amount_fen, recallable_fen=recallable_fen, notice_on=notice_on,
        due_on=due_on, purpose=purpose, document=document, issued_by=actor, **({"is_last": True} if is_last else {}),
    )  # fmt: skip
    LINES[model].objects.bulk_create(
        [
            LINES[model](
                notice=notice, position=place, investor_id=part.position.stake.investor_id,
                source=part.position.stake.source, amount_fen=part.amount_fen, recallable_fen=part.recallable_fen,
                **_uses_of(part, uses or {}),
            )
            for place, part in enumerate(parts, start=1)
        ]
    )  # fmt: skip
    return notice


def _uses_of(part: Part, uses: Mapping[tuple[int, str], Uses]) -> dict[str, int]:
    """The columns of a line that say what its money is for; none where nothing is said."""
    told = uses.get((part.position.stake.investor_id, part.position.stake.source))
    return {"fees_fen": told.fees_fen, "expenses_fen": told.expenses_fen} if told else {}


@transaction.atomic
def cancel_notice(*, word: str, notice_id: int, reason: str, actor: User) -> Call | Distribution:
    """Cancel a notice of which nothing is paid. Raises RuleViolation REASON_MISSING, NOTICE_CANCELLED, NOTICE_PAID."""
    _require(actor)
    notice = _locked(word, notice_id)
    if not reason.strip():
        raise RuleViolation("REASON_MISSING", _("Say why the notice is cancelled."), field="reason")
    if any(line.paid_fen for line in lines_of(notice)):
        raise RuleViolation("NOTICE_PAID", _("Something is paid of it. Take these entries back first."))
    if _proposed(notice):
        raise RuleViolation("NOTICE_PAID", _("A payment of it waits for a second person."))
    notice.state, notice.cancel_reason = NoticeState.CANCELLED, reason.strip()
    notice.save(update_fields=["state", "cancel_reason"])
    return notice


@transaction.atomic
def pay_line(
    *,
    word: str,
    line_id: int,
    value_date: date,
    actor: User,
    amount_fen: int | None = None,
    up_to_fen: int | None = None,
    document: str = "",
    reason: str = "",
    late: bool = False,
    details: dict[str, Any] | None = None,
) -> LedgerEvent | EntryProposal:
    """Book what was paid of one line into the ledger: all that is open, unless ``amount_fen`` says else.

    ``up_to_fen``: at most so much of what is open; ``details``: what else the entry settles (``Request``).

    Above the fund's limit it waits for a second person like any entry. Raises RuleViolation NOTICE_CANCELLED,
    PAYMENT_ABOVE_LINE, PAYMENT_EMPTY and those of ``submit_entry``.
    """
    model = LINES[NOTICES[word]]
    notice = _locked(word, model.objects.values_list("notice_id", flat=True).get(pk=line_id))
    line = lines_of(notice).get(pk=line_id)
    left = line.amount_fen - line.paid_fen
    amount = min(left, up_to_fen or left) if amount_fen is None else amount_fen
    if amount <= 0:
        raise RuleViolation("PAYMENT_EMPTY", _("Nothing is open, or the amount is zero."), field="amount_fen")
    if amount > left:
        raise RuleViolation(
            "PAYMENT_ABOVE_LINE",
            _("Only %(left)s of this line is open.") % {"left": _told(left)},
            field="amount_fen",
            facts={"open_fen": left},
        )
    entry = Entry(notice.event_kind, value_date, amount, document=document or f"{notice}/{line.position}")
    request = Request(
        notice.fund_id, entry, reason=reason, late=late, line_id=(LINK[type(notice)], line.pk),
        details=details or {},
    )  # fmt: skip
    return submit_entry(request=request, actor=actor)


@transaction.atomic
def pay_all(*, word: str, notice_id: int, value_date: date, actor: User, document: str = "") -> int:
    """Book the open rest of every line of a notice on one day; returns how many entries or proposals that made."""
    notice = _locked(word, notice_id)
    waiting = set(_proposed(notice))
    lines = [line for line in lines_of(notice) if line.paid_fen < line.amount_fen and line.pk not in waiting]
    if not lines:
        raise RuleViolation("PAYMENT_EMPTY", _("Nothing is open, or the amount is zero."))
    for line in lines:
        pay_line(word=word, line_id=line.pk, value_date=value_date, actor=actor, document=document)
    return len(lines)


def _proposed(notice: Notice) -> list[int]:
    """Lines whose payment waits for a second person."""
    link = LINK[type(notice)]
    waiting = EntryProposal.objects.filter(**{f"{link}__notice": notice.pk}, state="WAITING")
    return list(waiting.values_list(f"{link}_id", flat=True))


def _locked(word: str, notice_id: int) -> Call | Distribution:
    model = NOTICES[word]
    lock_fund(model.objects.values_list("fund_id", flat=True).get(pk=notice_id))
    notice: Call | Distribution = model.objects.select_for_update(of=("self",)).select_related("fund").get(pk=notice_id)
    if notice.state == NoticeState.CANCELLED:
        raise RuleViolation("NOTICE_CANCELLED", _("This notice is cancelled."))
    return notice


def _require(actor: User) -> None:
    if not actor.has_perm(PERMISSION):
        raise PermissionDenied


def _told(fen: int) -> str:
    return format_fen(fen, Unit.YUAN, with_unit=True)
