"""The board: its meeting on the cases of a call, who sits, who steps out, the votes, the minutes."""

import pgtrigger
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innovation.calls.choices import BoardChoice
from innovation.calls.models.applications import Application
from innovation.calls.models.calls import Call
from innovation.calls.models.following import StaffQuerySet, StoredFile
from innovation.core.append_only import AppendOnly
from innovation.core.history import track


class VoteOfMember(pgtrigger.Trigger):
    """A vote is given on an undecided item of the member's own meeting, never by one who has stepped out of it."""

    when = pgtrigger.Before
    operation = pgtrigger.Insert
    func = """
        IF EXISTS (SELECT FROM calls_recusal WHERE item_id = NEW.item_id AND member_id = NEW.member_id)
            OR EXISTS (SELECT FROM calls_decision WHERE item_id = NEW.item_id)
            OR NOT EXISTS (
                SELECT FROM calls_agendaitem item JOIN calls_meetingmember member ON member.meeting_id = item.meeting_id
                WHERE item.id = NEW.item_id AND member.id = NEW.member_id
            )
        THEN
            RAISE EXCEPTION 'Only members of the meeting who have not stepped out vote, until it is decided.'
                USING ERRCODE = '23514', CONSTRAINT = TG_NAME;
        END IF;
        RETURN NEW;
    """


class RecusedBeforeVote(pgtrigger.Trigger):
    """Who has voted on an item can no longer step out of it."""

    when = pgtrigger.Before
    operation = pgtrigger.Insert
    func = """
        IF EXISTS (SELECT FROM calls_boardvote WHERE item_id = NEW.item_id AND member_id = NEW.member_id) THEN
            RAISE EXCEPTION 'A member who has voted does not step out any more.'
                USING ERRCODE = '23514', CONSTRAINT = TG_NAME;
        END IF;
        RETURN NEW;
    """


@track()
class Meeting(models.Model):
    """A meeting of the board on the ranked cases of one call. ``quorum`` counts members who vote on an item."""

    call = models.ForeignKey(Call, models.PROTECT, verbose_name=_("call"), related_name="meetings")
    title = models.CharField(_("title"), max_length=200)
    held_at = models.DateTimeField(_("when"))
    place = models.CharField(_("where"), max_length=200, blank=True)
    quorum = models.PositiveSmallIntegerField(_("quorum"), default=3)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("created by"), related_name="+", editable=False
    )

    objects = StaffQuerySet.as_manager()

    class Meta:
        verbose_name = _("meeting of the board")
        verbose_name_plural = _("meetings of the board")
        ordering = ["-held_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="meeting_quorum_positive",
                condition=Q(quorum__gt=0),
                violation_error_message=_("A quorum has at least one member."),
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("calls:meeting", args=[self.pk])


@track()
class MeetingMember(models.Model):
    meeting = models.ForeignKey(Meeting, models.CASCADE, verbose_name=_("meeting"), related_name="members")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("member"), related_name="board_seats"
    )
    is_chair = models.BooleanField(_("chair"), default=False)

    objects = StaffQuerySet.as_manager()

    class Meta:
        verbose_name = _("member of the board")
        verbose_name_plural = _("members of the board")
        ordering = ["-is_chair", "id"]
        constraints = [
            models.UniqueConstraint(
                name="meeting_member_once",
                fields=["meeting", "user"],
                violation_error_message=_("This person sits in the meeting already."),
            ),
            models.UniqueConstraint(
                name="meeting_one_chair",
                fields=["meeting"],
                condition=Q(is_chair=True),
                violation_error_message=_("The meeting has its chair already."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)


class Minutes(StoredFile):
    """The minutes of a meeting; a later version is a further row, the newest counts."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, verbose_name=_("meeting"), related_name="minutes")

    objects = StaffQuerySet.as_manager()

    class Meta:
        verbose_name = _("minutes")
        verbose_name_plural = _("minutes")
        ordering = ["-id"]
        triggers = [AppendOnly(name="minutes_append_only")]


@track()
class AgendaItem(models.Model):
    """A case before the board with the figures of its review as they stood then (``n``, ``mean``, ``rank`` …)."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, verbose_name=_("meeting"), related_name="items")
    application = models.ForeignKey(
        Application, models.PROTECT, verbose_name=_("application"), related_name="agenda_items"
    )
    position = models.PositiveSmallIntegerField(_("position"))
    figures = models.JSONField(_("figures of the review"), default=dict, encoder=DjangoJSONEncoder, editable=False)

    objects = StaffQuerySet.as_manager()

    class Meta:
        verbose_name = _("item of the agenda")
        verbose_name_plural = _("items of the agenda")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                name="agenda_item_once",
                fields=["meeting", "application"],
                violation_error_message=_("This case stands on the agenda already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.application}"


class Recusal(models.Model):
    """A member steps out of one case: not counted for its quorum, no vote."""

    item = models.ForeignKey(AgendaItem, models.PROTECT, verbose_name=_("item"), related_name="recusals")
    member = models.ForeignKey(MeetingMember, models.PROTECT, verbose_name=_("member"), related_name="recusals")
    reason = models.CharField(_("reason"), max_length=300)
    at = models.DateTimeField(_("when"), default=timezone.now, editable=False)

    objects = StaffQuerySet.as_manager()

    class Meta:
        verbose_name = _("recusal")
        verbose_name_plural = _("recusals")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                name="recusal_once",
                fields=["item", "member"],
                violation_error_message=_("This member has stepped out already."),
            ),
            models.CheckConstraint(
                name="recusal_has_reason",
                condition=~Q(reason=""),
                violation_error_message=_("Say why the member steps out."),
            ),
        ]
        triggers = [AppendOnly(name="recusal_append_only"), RecusedBeforeVote(name="recusal_before_vote")]

    def __str__(self) -> str:
        return self.reason


class BoardVote(models.Model):
    """One member's vote on one case; never changed."""

    item = models.ForeignKey(AgendaItem, models.PROTECT, verbose_name=_("item"), related_name="votes")
    member = models.ForeignKey(MeetingMember, models.PROTECT, verbose_name=_("member"), related_name="votes")
    choice = models.CharField(_("vote"), max_length=30, choices=BoardChoice)
    at = models.DateTimeField(_("when"), default=timezone.now, editable=False)

    objects = StaffQuerySet.as_manager()

    class Meta:
        verbose_name = _("vote of the board")
        verbose_name_plural = _("votes of the board")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                name="board_vote_once",
                fields=["item", "member"],
                violation_error_message=_("This member has voted already."),
            ),
            models.CheckConstraint(
                name="board_vote_known",
                condition=Q(choice__in=BoardChoice.values),
                violation_error_message=_("This is not a vote."),
            ),
        ]
        triggers = [AppendOnly(name="board_vote_append_only"), VoteOfMember(name="board_vote_of_member")]

    def __str__(self) -> str:
        return self.get_choice_display()
