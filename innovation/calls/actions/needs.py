"""Needs of challenge calls: posted by their owner, checked, agreed, published, opened for bids, awarded, accepted."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from innovation.accounts.models import User
from innovation.calls.choices import CallState, NeedState
from innovation.calls.models import Application, Call, Need
from innovation.calls.models.need_states import owns
from innovation.calls.queries.bids import APPROVED, valid_bids
from innovation.core import transitions
from innovation.core.errors import RuleViolation
from innovation.organisations.choices import MembershipRole
from innovation.organisations.models import Organisation


@transaction.atomic
def post_need(
    *, organisation_id: int, title: str, summary: str, targets: str, actor: User, top_fen: int | None = None,
    wanted_by: date | None = None,
) -> Need:  # fmt: skip
    """Post a need of one's organisation. ``targets``: one figure a line; ``top_fen`` the most that is paid.

    Raises ``NOT_PERMITTED``, ``TEXT_MISSING``, ``DUE_IN_PAST``, ``AMOUNT``.
    """
    writers = (MembershipRole.LEAD, MembershipRole.EDITOR)
    owner = Organisation.objects.of_member(actor, *writers).filter(pk=organisation_id).first()
    if owner is None:
        raise RuleViolation("NOT_PERMITTED", _("You do not write for this organisation."), field="organisation")
    for name, text in (("title", title), ("summary", summary), ("targets", targets)):
        if not text.strip():
            raise RuleViolation("TEXT_MISSING", _("Fill this in."), field=name)
    if wanted_by is not None and wanted_by < timezone.localdate():
        raise RuleViolation("DUE_IN_PAST", _("This day is over."), field="wanted_by")
    if top_fen is not None and top_fen <= 0:
        raise RuleViolation("AMOUNT", _("Amounts are above zero."), field="top_fen")
    return Need.objects.create(
        organisation=owner, title=title.strip(), summary=summary.strip(), targets=targets.strip(), top_fen=top_fen,
        wanted_by=wanted_by, posted_by=actor,
    )  # fmt: skip


@transaction.atomic
def check_need(*, need_id: int, note: str, actor: User) -> Need:
    """Keep what experts found about need and market. Raises ``NOT_PERMITTED``, ``REASON_MISSING``."""
    return _step(need_id, "check", actor, reason=note, changes={"checked_by_id": actor.pk, "check_note": note.strip()})


@transaction.atomic
def agree_need(*, need_id: int, actor: User) -> Need:
    """Its owner agrees to the wording that is published. Raises ``NOT_PERMITTED``, ``NOT_CHECKED``."""
    need = _locked(need_id)
    if not owns(actor, need):
        raise RuleViolation("NOT_PERMITTED", _("Who leads the organisation of the need agrees."))
    if need.state != NeedState.CHECKED:
        raise RuleViolation("NOT_CHECKED", _("A need is agreed to after its check and before it is published."))
    if need.agreed_at is None:
        need.agreed_by, need.agreed_at = actor, timezone.now()
        need.save(update_fields=["agreed_by", "agreed_at"])
    return need


@transaction.atomic
def publish_need(*, need_id: int, actor: User) -> Need:
    """Publish the need. Raises ``NOT_PERMITTED``, ``OWNER_AGREES_FIRST``, ``FOUR_EYES``."""
    need = _locked(need_id)
    facts = {"same_actor_as_checker": need.checked_by_id == actor.pk}
    return _step(need_id, "publish", actor, facts=facts, changes={"published_by_id": actor.pk})


@transaction.atomic
def open_bids(*, need_id: int, call_id: int, actor: User) -> Need:
    """Bids come in by the call. Raises ``NOT_PERMITTED``, ``CALL_NOT_PUBLISHED``."""
    call = Call.objects.filter(pk=call_id).first()
    facts = {"call_published": call is not None and call.state == CallState.PUBLISHED}
    return _step(need_id, "open_bids", actor, facts=facts, changes={"call_id": call.pk if call else None})


@transaction.atomic
def award_need(*, need_id: int, application_id: int, actor: User) -> Need:
    """Name the bid that the board approved. Raises ``NOT_PERMITTED``, ``TOO_FEW_BIDS``, ``BID_NOT_APPROVED``."""
    need = _locked(need_id)
    call = need.call
    bid = Application.objects.filter(pk=application_id, call=need.call_id, state__in=APPROVED).first()
    facts = {
        "bid_approved": bid is not None,
        "enough_bids": call is not None and valid_bids(call) >= int(call.rules.get("min_bids") or 1),
    }
    return _step(need_id, "award", actor, facts=facts, changes={"awarded_id": bid.pk if bid else None})


@transaction.atomic
def accept_need(*, need_id: int, note: str, actor: User) -> Need:
    """Its owner accepts the result, tested on the owner's terms. Raises ``NOT_PERMITTED``, ``REASON_MISSING``."""
    return _step(need_id, "accept", actor, reason=note, changes={"end_note": note.strip()})


@transaction.atomic
def close_need(*, need_id: int, reason: str, actor: User) -> Need:
    """End it: settled, or without a result. Raises ``NOT_PERMITTED``, ``REASON_MISSING``."""
    return _step(need_id, "close", actor, reason=reason, changes={"end_note": reason.strip()})


@transaction.atomic
def refuse_need(*, need_id: int, reason: str, actor: User) -> Need:
    """Do not take it up, with the reason that its owner reads. Raises ``NOT_PERMITTED``, ``REASON_MISSING``."""
    return _step(need_id, "refuse", actor, reason=reason, changes={"end_note": reason.strip()})


def _step(
    need_id: int, event: str, actor: User, *, reason: str = "", facts: dict[str, Any] | None = None,
    changes: dict[str, Any] | None = None,
) -> Need:  # fmt: skip
    known = {"reason_given": bool(reason.strip())} | (facts or {})
    written = {"state_since": timezone.now()} | (changes or {})
    return transitions.apply(_locked(need_id), event, actor=actor, reason=reason.strip(), facts=known, changes=written)


def _locked(need_id: int) -> Need:
    return Need.objects.select_for_update(of=("self",)).select_related("organisation", "call").get(pk=need_id)
