"""Who agreed to what now."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from innovation.organisations.models import Organisation
from talent.choices.privacy import Purpose
from talent.models import Consent, ConsentText, Person


def holders(purpose: Purpose | str, day: date | None = None) -> QuerySet[Person]:
    """People of the registry with live consent for ``purpose``: what a public or automated use must start from."""
    live = Consent.objects.live(day).of(purpose).filter(person=OuterRef("pk"))
    return Person.objects.current().filter(Exists(live))


def holds(person: Person, purpose: Purpose | str, day: date | None = None) -> bool:
    """Whether ``person`` agreed to ``purpose`` and to the text that is in force."""
    return Consent.objects.live(day).of(purpose).filter(person=person).exists()


@dataclass(frozen=True)
class Asked:
    """One purpose as the consent centre shows it: the text in force, and the person's consent to it if there is one.

    ``outdated`` is a consent to an earlier text, which counts for nothing until the person agrees anew.
    """

    purpose: Purpose
    text: ConsentText
    given: Consent | None
    outdated: Consent | None


def asked_of(person: Person) -> list[Asked]:
    """All purposes but shares, which are given one by one; two queries."""
    open_ones = Consent.objects.filter(person=person, ended_at=None, recipient=None).select_related("text")
    by_purpose = {consent.purpose: consent for consent in open_ones}
    texts = {text.purpose: text for text in ConsentText.objects.current()}
    found = []
    for purpose in Purpose:
        text, consent = texts.get(purpose), by_purpose.get(purpose)
        if text is None or purpose == Purpose.SHARE:
            continue
        is_current = consent is not None and consent.text_id == text.pk
        found.append(Asked(purpose, text, consent if is_current else None, None if is_current else consent))
    return found


def text_in_force(purpose: Purpose | str) -> ConsentText | None:
    """What people are asked to agree to for ``purpose`` now."""
    return ConsentText.objects.current().filter(purpose=purpose).first()


def shared_with(user: Any, day: date | None = None) -> QuerySet[Consent]:
    """Live shares with the organisations that ``user`` acts for."""
    ours = Organisation.objects.of_member(user)
    live = Consent.objects.live(day).of(Purpose.SHARE).filter(recipient__in=ours, person__erased_at=None)
    return live.select_related("person", "recipient").prefetch_related("person__roles", "person__affiliations")
