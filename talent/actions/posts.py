"""Posts that people hold: recorded, confirmed by the unit, ended. More than full time on any day is refused."""

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from innovation.accounts.models import User
from innovation.core.errors import RuleViolation
from innovation.organisations.choices import MembershipRole
from innovation.organisations.models import Organisation
from talent.models import Affiliation, Laboratory, Person
from talent.rules.posts import Post, first_day_above_full_time

OFFICE = "talent.change_affiliation"
FIELDS = (
    "organisation", "laboratory", "title", "duty", "post_class", "r_profile", "frascati_class", "fte_centi",
    "valid_from", "valid_to", "funding",
)  # fmt: skip


@transaction.atomic
def record_post(
    *, person_id: int, organisation: Organisation, title: str, duty: str, post_class: str, frascati_class: str,
    fte_centi: int, valid_from: date, actor: User, laboratory: Laboratory | None = None, r_profile: str = "",
    valid_to: date | None = None, funding: str = "",
) -> Affiliation:  # fmt: skip
    """Record a post; one that the office or the unit records is confirmed at once, one's own waits for the unit.

    ``fte_centi`` is the share of full time in hundredths. Raises ``NOT_PERMITTED``, ``OTHER_ORGANISATION`` (of the
    laboratory), ``DAYS_IN_ORDER``, ``FULL_TIME_EXCEEDED``.
    """
    person = _locked(person_id)
    may_confirm = speaks_for(actor, organisation)
    if not may_confirm and person.user_id != actor.pk:
        raise RuleViolation("NOT_PERMITTED", _("Your role does not allow this step."))
    post = Affiliation(
        person=person, organisation=organisation, laboratory=laboratory, title=title.strip(), duty=duty,
        post_class=post_class, r_profile=r_profile, frascati_class=frascati_class, fte_centi=fte_centi,
        valid_from=valid_from, valid_to=valid_to, funding=funding.strip(),
    )  # fmt: skip
    if may_confirm and person.user_id != actor.pk:
        post.confirmed_by, post.confirmed_at = actor, timezone.now()
    return _kept(post)


@transaction.atomic
def change_post(*, post_id: int, actor: User, **changes: Any) -> Affiliation:
    """Correct a post: ``changes`` are among ``FIELDS``. What the person changes, or what goes to
    another organisation, waits for the unit again.

    Raises as ``record_post`` does.
    """
    found = Affiliation.objects.get(pk=post_id)
    person = _locked(found.person_id)
    post = Affiliation.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=post_id)
    office = speaks_for(actor, post.organisation)
    if not office and person.user_id != actor.pk:
        raise RuleViolation("NOT_PERMITTED", _("Your role does not allow this step."))
    for name, value in changes.items():
        if name not in FIELDS:
            raise ValueError(name)
        setattr(post, name, value)
    if person.user_id == actor.pk or not (office and speaks_for(actor, post.organisation)):
        post.confirmed_by, post.confirmed_at = None, None
    post.person = person
    return _kept(post)


@transaction.atomic
def confirm_post(*, post_id: int, actor: User) -> Affiliation:
    """The unit, or the office, says that the post is held as recorded. Raises ``NOT_PERMITTED``, ``OWN_POST``."""
    post = Affiliation.objects.select_for_update(of=("self",)).select_related("organisation", "person").get(pk=post_id)
    if not speaks_for(actor, post.organisation):
        raise RuleViolation("NOT_PERMITTED", _("Your role does not allow this step."))
    if post.person.user_id == actor.pk:
        raise RuleViolation("OWN_POST", _("Somebody else of the organisation confirms your post."))
    post.confirmed_by, post.confirmed_at = actor, timezone.now()
    post.save(update_fields=["confirmed_by", "confirmed_at"])
    return post


def speaks_for(actor: User, organisation: Organisation) -> bool:
    """Whether ``actor`` may confirm posts there: the office, or who leads the organisation's account."""
    if actor.has_perm(OFFICE):
        return True
    return Organisation.objects.of_member(actor, MembershipRole.LEAD).filter(pk=organisation.pk).exists()


def _locked(person_id: int) -> Person:
    return Person.objects.select_for_update(no_key=True, of=("self",)).get(pk=person_id)


def _kept(post: Affiliation) -> Affiliation:
    """Save ``post`` after the rules; its person is locked. The database proves the same once more."""
    if post.laboratory is not None and post.laboratory.organisation_id != post.organisation_id:
        raise RuleViolation(
            "OTHER_ORGANISATION", _("This laboratory belongs to another organisation."), field="laboratory"
        )
    if post.valid_to is not None and post.valid_to < post.valid_from:
        raise RuleViolation("DAYS_IN_ORDER", _("The last day lies before the first."), field="valid_to")
    others = Affiliation.objects.filter(person=post.person).exclude(pk=post.pk)
    held = [Post(one.fte_centi, one.valid_from, one.valid_to) for one in others]
    day = first_day_above_full_time([*held, Post(post.fte_centi, post.valid_from, post.valid_to)])
    if day is not None:
        raise above_full_time(day)
    try:
        with transaction.atomic():
            post.save()
    except IntegrityError as error:
        raise RuleViolation("POST_REFUSED", _("This post contradicts what is recorded. Look again.")) from error
    return post


def above_full_time(day: date) -> RuleViolation:
    """What is said when the posts of a person exceed full time on ``day``."""
    return RuleViolation(
        "FULL_TIME_EXCEEDED",
        _("On %(day)s all posts together exceed full time (100 hundredths).") % {"day": day.isoformat()},
        field="fte_centi", facts={"day": day.isoformat()},
    )  # fmt: skip
