"""Giving and withdrawing consent. Nothing is implied: a row is written when a person says so, ended in one click."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from innovation.accounts.models import User
from innovation.core import transitions
from innovation.core.errors import RuleViolation
from innovation.organisations.models import Organisation
from talent.choices.people import RoleState
from talent.choices.privacy import ConsentChannel, ConsentEnd, Purpose, SharedField
from talent.models import Consent, ConsentText, Person, RoleProfile

LONGEST_SHARE = timedelta(days=365)


def locked_person(person_id: int) -> Person:
    """The person under a lock, for what concerns their data. Raises ``PERSON_GONE``."""
    person = Person.objects.select_for_update(of=("self",)).get(pk=person_id)
    if person.erased_at or person.merged_into_id:
        raise RuleViolation("PERSON_GONE", _("This record of a person is closed."))
    return person


def _end(consents: Iterable[Consent], how: ConsentEnd) -> int:
    keys = [consent.pk for consent in consents]
    return Consent.objects.filter(pk__in=keys, ended_at=None).update(ended_at=timezone.now(), ended_as=how)


@transaction.atomic
def give_consent(
    *,
    person_id: int,
    purpose: Purpose | str,
    text_id: int,
    actor: User | None,
    channel: ConsentChannel | str = ConsentChannel.WEB,
    language: str = "",
) -> Consent:
    """The person agrees to the text ``text_id``; an earlier consent for ``purpose`` is replaced.

    Given again to the same text, the consent that stands is returned. Raises ``CONSENT_TEXT_CHANGED`` when another text
    is in force by now, ``PERSON_GONE``, ``SHARE_NEEDS_RECIPIENT``.
    """
    if purpose == Purpose.SHARE:
        raise RuleViolation("SHARE_NEEDS_RECIPIENT", _("Say with whom, what, and until when."))
    person = locked_person(person_id)
    text = _text_in_force(purpose, text_id)
    standing = list(Consent.objects.filter(person=person, purpose=purpose, ended_at=None))
    if standing and standing[0].text_id == text.pk:
        return standing[0]
    _end(standing, ConsentEnd.RENEWED)
    if purpose == Purpose.DIRECTORY:
        _list_in_directory(person, is_listed=True)
    return Consent.objects.create(
        person=person, purpose=purpose, text=text, channel=channel, given_by=actor,
        language=language or get_language() or "zh-hans",
    )  # fmt: skip


def _text_in_force(purpose: Purpose | str, text_id: int | None) -> ConsentText:
    text = ConsentText.objects.current().filter(purpose=purpose).first()
    if text is None or text_id not in (None, text.pk):
        raise RuleViolation("CONSENT_TEXT_CHANGED", _("The text has changed meanwhile. Read it again, then decide."))
    return text


@transaction.atomic
def share_with(
    *,
    person_id: int,
    recipient: Organisation,
    fields: Iterable[SharedField | str],
    expires_on: date,
    actor: User | None,
    channel: ConsentChannel | str = ConsentChannel.WEB,
) -> Consent:
    """The person lets ``recipient`` read ``fields`` until ``expires_on``, at most a year; an earlier share is replaced.

    Raises ``SHARE_NOTHING``, ``SHARE_DATES``, ``PERSON_GONE``.
    """
    person, chosen = locked_person(person_id), sorted({SharedField(name).value for name in fields})
    today = timezone.localdate()
    if not chosen:
        raise RuleViolation("SHARE_NOTHING", _("Choose what you share."), field="shared")
    if not today <= expires_on <= today + LONGEST_SHARE:
        raise RuleViolation("SHARE_DATES", _("Choose a day from today on, within a year."), field="expires_on")
    text = _text_in_force(Purpose.SHARE, None)
    _end(Consent.objects.filter(person=person, recipient=recipient, ended_at=None), ConsentEnd.RENEWED)
    return Consent.objects.create(
        person=person, purpose=Purpose.SHARE, text=text, channel=channel, given_by=actor, recipient=recipient,
        fields=chosen, expires_on=expires_on, language=get_language() or "zh-hans",
    )  # fmt: skip


@transaction.atomic
def withdraw_consent(*, consent_id: int, actor: User | None) -> Consent:
    """End the consent from now on; what was done before stays lawful.

    One that has ended already, withdrawn or replaced, stays as it is, and nothing follows from it. Whoever calls has
    looked that ``actor`` is the person, or the office with the person's letter.
    """
    person = Person.objects.select_for_update(of=("self",)).get(consents=consent_id)  # the person first, as in giving
    consent = Consent.objects.select_for_update(of=("self",)).get(pk=consent_id)
    if not _end([consent], ConsentEnd.WITHDRAWN):
        return consent
    if consent.purpose == Purpose.DIRECTORY:
        _list_in_directory(person, is_listed=False)
    if consent.purpose == Purpose.REGISTRY:
        _leave_registry(person)
    consent.refresh_from_db()
    return consent


def _list_in_directory(person: Person, *, is_listed: bool) -> None:
    """The entry of the public directory stands and falls with the consent."""
    person.is_listed = is_listed
    person.save(update_fields=["is_listed"])


def _leave_registry(person: Person) -> None:
    """Without the consent that carries the registry every profile ends."""
    over = (RoleState.WITHDRAWN, RoleState.ERASED)
    for role in RoleProfile.objects.filter(person=person).exclude(state__in=over):
        transitions.apply(role, "withdraw", actor=None, changes={"state_since": timezone.now()})


@transaction.atomic
def settle_directory(*, person_id: int, text_id: int | None, actor: User) -> None:
    """The consent that goes with what the person chose for the directory: given to the text that was shown, or, with
    None, withdrawn.
    """
    if text_id is not None:
        give_consent(person_id=person_id, purpose=Purpose.DIRECTORY, text_id=text_id, actor=actor)
        return
    for consent in Consent.objects.filter(person=person_id, purpose=Purpose.DIRECTORY, ended_at=None):
        withdraw_consent(consent_id=consent.pk, actor=actor)


@transaction.atomic
def publish_text(*, purpose: Purpose | str, text_zh: str, text_en: str, actor: User | None) -> ConsentText:
    """Put a new text in force; who agreed to the one before is asked again, and counts as not agreeing until then.

    Raises ``CONSENT_TEXT_SAME`` when nothing is new.
    """
    last = ConsentText.objects.select_for_update().filter(purpose=purpose).order_by("-version").first()
    if last is not None and (last.text_zh, last.text_en) == (text_zh, text_en):
        raise RuleViolation("CONSENT_TEXT_SAME", _("These are the words that are in force."), field="text_zh")
    ConsentText.objects.filter(purpose=purpose, superseded_at=None).update(superseded_at=timezone.now())
    if purpose == Purpose.DIRECTORY:  # who agreed to the former words stands in no directory before agreeing anew
        Person.objects.filter(is_listed=True).update(is_listed=False)
    kept = {"is_separate": last.is_separate, "is_optional": last.is_optional} if last is not None else {}
    return ConsentText.objects.create(
        purpose=purpose, version=last.version + 1 if last is not None else 1, text_zh=text_zh, text_en=text_en,
        made_by=actor, **kept,
    )  # fmt: skip


def expire_shares(today: date) -> int:
    """End the shares whose last day has passed; returns how many."""
    return _end(Consent.objects.filter(ended_at=None, expires_on__lt=today), ConsentEnd.EXPIRED)
