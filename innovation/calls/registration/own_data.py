"""What calls keep about a person, for the pages on own data: applications with their files, and reviews."""

from collections.abc import Iterator
from typing import Any

from django.core.files.base import File
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from innovation.accounts import own_data
from innovation.accounts.models import User
from innovation.accounts.own_data import Part
from innovation.calls.actions.drafts import delete_draft
from innovation.calls.application_export import application_data
from innovation.calls.choices import ENDED_STATES, ApplicationState, MemberRole
from innovation.calls.models import (
    Answer,
    Application,
    ApplicationMember,
    Review,
    ReviewerProfile,
    ReviewerRelation,
)

GRANTED = frozenset({ApplicationState.ENTITLED, ApplicationState.LEAVING})
"""Titles in force: nobody has to give a title up to have the account deleted."""


def _of(user: User) -> Any:
    rows = Application.objects.of_writer(user).order_by("pk")
    return rows.select_related("call", "form", "process", "organisation", "created_by")


def applications_of(user: User) -> list[dict[str, Any]]:
    """Every application on which ``user`` writes or reads, as its writers know it."""
    return [application_data(one) for one in _of(user)]


def files_of(user: User) -> Iterator[tuple[str, File]]:
    """The files that stand in these applications, by number of the application and field."""
    for one in _of(user):
        for file in one.files.filter(removed_at=None):
            yield f"{one.number or f'draft-{one.pk}'}/{file.key}/{file.pk}-{file.file_name}", file.file
        for late in one.late_documents.all():
            yield f"{one.number}/late-documents/{late.pk}-{late.file_name}", late.file


def _led_alone(user: User) -> list[Application]:
    """Applications of which ``user`` is the only lead."""
    led = ApplicationMember.objects.filter(role=MemberRole.LEAD)
    alone = led.filter(user=user).exclude(application__in=led.exclude(user=user).values("application"))
    return list(_of(user).filter(pk__in=alone.values("application")))


def open_applications(user: User) -> list[str]:
    """What the person leads alone and the office still works on."""
    over = {*ENDED_STATES, *GRANTED, ApplicationState.DRAFT}
    text = gettext("You alone lead %(application)s, which is under way: withdraw it, or make a colleague its lead.")
    return [text % {"application": one} for one in _led_alone(user) if one.state not in over]


def erase_drafts(user: User) -> None:
    """Drafts that the person leads alone go with their words; from the others the person steps back."""
    for draft in _led_alone(user):
        if draft.state == ApplicationState.DRAFT:
            delete_draft(application_id=draft.pk, actor=user)
            Answer.objects.filter(application=draft).delete()
            Application.objects.filter(pk=draft.pk).update(title="", requested_fen=None, own_fen=None)
            for file in draft.files.all():
                file.file.delete(save=False)
    others = ApplicationMember.objects.filter(user=user).exclude(role=MemberRole.LEAD)
    others.filter(~Q(application__state__in=ENDED_STATES)).delete()


def reviews_of(user: User) -> dict[str, Any]:
    """Profile, declared relations, and every review with what was written."""
    profile = ReviewerProfile.objects.filter(user=user).values("industries", "keywords", "load_limit", "declared_on")
    relations = ReviewerRelation.objects.filter(user=user).select_related("organisation")
    return {
        "profile": profile.first(),
        "relations": [{"organisation": str(one.organisation), "kind": one.kind, "note": one.note} for one in relations],
        "reviews": [
            {"number": one.application.number, "state": one.state, "draft": one.draft, "handed_in": one.submitted_at,
             "versions": list(one.versions.values("serial", "at", "points", "comment"))}
            for one in Review.objects.of(user).select_related("application").prefetch_related("versions")
        ],
    }  # fmt: skip


def open_reviews(user: User) -> list[str]:
    text = gettext("A review waits for you: %(number)s. Hand it in or give it back.")
    return [text % {"number": one.application.number} for one in
            Review.objects.of(user).waiting().select_related("application")]  # fmt: skip


def erase_profile(user: User) -> None:
    ReviewerProfile.objects.filter(user=user).delete()


def register(section: Promise) -> None:
    """Called once with the heading of the part."""
    own_data.register(
        Part(
            "applications",
            _("Applications with their files"),
            collect=applications_of,
            files=files_of,
            obstacles=open_applications,
            erase=erase_drafts,
            order=30,
            deleted=_("Drafts that you lead alone, with answers and files."),
            kept=_(
                "What was submitted, decided, agreed and paid: records of public money are kept for at least ten years "
                "after the case has ended (rules on accounting archives, article 14; period and article unverified), "
                "with the names on them. The history of changes, which nobody can alter, also keeps what stood in a "
                "deleted draft. All this is only stored, not used for anything else."
            ),
        )
    )
    own_data.register(
        Part(
            "reviews",
            _("Reviews that you wrote"),
            collect=reviews_of,
            obstacles=open_reviews,
            erase=erase_profile,
            order=40,
            deleted=_("Your field, keywords and load."),
            kept=_(
                "Reviews that were handed in, and declared relations: a decision rests on them, and they are kept as "
                "long as its case."
            ),
        )
    )
