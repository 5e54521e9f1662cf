"""The board: call a meeting, put cases before it, step out, vote, keep the minutes."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from innovation.accounts.models import User
from innovation.calls.actions.following import require, stored
from innovation.calls.choices import BoardChoice
from innovation.calls.models import AgendaItem, BoardVote, Meeting, MeetingMember, Minutes, Recusal
from innovation.calls.queries.board import WAITING, review_figures, waiting_for_board
from innovation.calls.queries.relations import barred, is_related
from innovation.core.errors import RuleViolation

COORDINATE = "calls.coordinate_application"
DECIDE = "calls.decide_application"


@transaction.atomic
def call_meeting(
    *, call_id: int, title: str, held_at: datetime, quorum: int, member_ids: Iterable[int], chair_id: int,
    actor: User, place: str = "",
) -> Meeting:  # fmt: skip
    """Call the board together for a call; every case that waits for it is put on the agenda, best rank first.

    Members related to a party of a case are stepped out of it at once. Raises ``NOT_PERMITTED``,
    ``NO_BOARD_MEMBER`` (without the right to decide), ``QUORUM_TOO_LARGE``, ``NO_CHAIR``.
    """
    require(actor, COORDINATE)
    members = list(User.objects.filter(pk__in=set(member_ids), is_active=True))
    for member in members:
        if not member.has_perm(DECIDE):
            raise RuleViolation(
                "NO_BOARD_MEMBER", _("%(name)s may not decide on applications.") % {"name": member}, field="members"
            )
    if not 0 < quorum <= len(members):
        raise RuleViolation("QUORUM_TOO_LARGE", _("The quorum is larger than the board."), field="quorum")
    if chair_id not in {member.pk for member in members}:
        raise RuleViolation("NO_CHAIR", _("The chair is one of the members."), field="chair")
    meeting = Meeting.objects.create(
        call_id=call_id, title=title, held_at=held_at, place=place, quorum=quorum, created_by=actor
    )
    for member in members:
        MeetingMember.objects.create(meeting=meeting, user=member, is_chair=member.pk == chair_id)
    for case in waiting_for_board(call_id):
        _put(meeting, case)
    return meeting


@transaction.atomic
def put_on_agenda(*, meeting_id: int, application_id: int, actor: User) -> AgendaItem:
    """Put one more case before the board. Raises ``NOT_PERMITTED``, ``OTHER_CALL``, ``NOT_RANKED``, ``ON_AGENDA``."""
    require(actor, COORDINATE)
    meeting = Meeting.objects.select_for_update().get(pk=meeting_id)
    case = meeting.call.applications.filter(pk=application_id).first()
    if case is None:
        raise RuleViolation("OTHER_CALL", _("This case belongs to another call."), field="application")
    if case.state not in WAITING:
        raise RuleViolation("NOT_RANKED", _("This case does not wait for the board."), field="application")
    if AgendaItem.objects.filter(application=case, decisions=None).exists():
        raise RuleViolation("ON_AGENDA", _("This case stands on an agenda already."), field="application")
    return _put(meeting, case)


def _put(meeting: Meeting, case: Any) -> AgendaItem:
    last = meeting.items.aggregate(last=Max("position"))["last"] or 0
    item = AgendaItem.objects.create(
        meeting=meeting, application=case, position=last + 1, figures=review_figures([case.pk]).get(case.pk, {})
    )
    members = list(meeting.members.select_related("user"))
    near = barred([case], [member.user for member in members])
    Recusal.objects.bulk_create(
        Recusal(item=item, member=member, reason=_("Related to a party of the case"))
        for member in members
        if (case.pk, member.user_id) in near
    )
    return item


@transaction.atomic
def step_out(*, item_id: int, reason: str, actor: User, member_id: int | None = None) -> Recusal:
    """Step out of a case, or enter that ``member_id`` does (coordinator). Who stepped out does not count for quorum.

    Raises ``NOT_ON_BOARD``, ``REASON_MISSING``, ``STEPPED_OUT``, ``HAS_VOTED``.
    """
    item = _item(item_id)
    if member_id is None:
        member = _seat(item, actor)
    else:
        require(actor, COORDINATE)
        member = item.meeting.members.get(pk=member_id)
    if not reason.strip():
        raise RuleViolation("REASON_MISSING", _("Say why the member steps out."), field="reason")
    if item.recusals.filter(member=member).exists():
        raise RuleViolation("STEPPED_OUT", _("This member has stepped out already."))
    if item.votes.filter(member=member).exists():
        raise RuleViolation("HAS_VOTED", _("A member who has voted does not step out any more."))
    return Recusal.objects.create(item=item, member=member, reason=reason.strip())


@transaction.atomic
def vote(*, item_id: int, choice: str, actor: User) -> BoardVote:
    """Vote on a case. Raises ``NOT_ON_BOARD``, ``STEPPED_OUT``, ``HAS_VOTED``, ``DECIDED``, ``RELATED_PARTY``."""
    item = _item(item_id)
    member = _seat(item, actor)
    if item.recusals.filter(member=member).exists():
        raise RuleViolation("STEPPED_OUT", _("You have stepped out of this case."))
    if is_related(actor, item.application):
        raise RuleViolation("RELATED_PARTY", _("You are related to a party of this case."))
    if item.votes.filter(member=member).exists():
        raise RuleViolation("HAS_VOTED", _("You have voted on this case already."))
    if item.decisions.exists():
        raise RuleViolation("DECIDED", _("This case is decided already."))
    return BoardVote.objects.create(item=item, member=member, choice=BoardChoice(choice))


@transaction.atomic
def keep_minutes(*, meeting_id: int, upload: Any, actor: User) -> Minutes:
    """Keep the file of the minutes under its hash; the newest counts. Raises ``NOT_PERMITTED``, ``TOO_EARLY``."""
    require(actor, COORDINATE)
    meeting = Meeting.objects.get(pk=meeting_id)
    if meeting.held_at > timezone.now():
        raise RuleViolation("TOO_EARLY", _("The meeting has not been held yet."))
    return Minutes.objects.create(meeting=meeting, **stored(upload, actor))


def _item(item_id: int) -> AgendaItem:
    rows = AgendaItem.objects.select_for_update(of=("self",)).select_related("meeting", "application")
    return rows.get(pk=item_id)


def _seat(item: AgendaItem, actor: User) -> MeetingMember:
    member = item.meeting.members.filter(user=actor).first()
    if member is None:
        raise RuleViolation("NOT_ON_BOARD", _("You do not sit on the board of this meeting."))
    return member
