"""Privacy of the demonstration city: who agreed to what, and who looked at whom."""

from datetime import timedelta

from django.utils import timezone

from innovation.accounts.choices import Role
from innovation.accounts.demo import email_of
from innovation.accounts.models import User
from talent.actions.reading import record_reads
from talent.choices.privacy import ConsentChannel, Purpose, ReadDoor, ReadPurpose
from talent.models import AccessLog, Consent, ConsentText, Person, RoleProfile

PEOPLE = 150
EVERYBODY = (Purpose.REGISTRY, Purpose.MATCHING)


def make_consents() -> None:
    """Who registered agreed to the registry and to matching, two of three to the directory, a few to the audit."""
    registered = RoleProfile.objects.values("person_id")
    asked = Consent.objects.values("person_id")
    people = list(Person.objects.current().filter(pk__in=registered).exclude(pk__in=asked).order_by("pk")[:PEOPLE])
    if not people:
        return
    texts = {text.purpose: text for text in ConsentText.objects.current()}
    Consent.objects.bulk_create(
        Consent(
            person=person, purpose=purpose, text=texts[purpose], language="zh-hans", channel=ConsentChannel.WEB,
            given_at=timezone.now() - timedelta(days=200 - number), given_by_id=person.user_id,
        )
        for number, person in enumerate(people)
        for purpose in _agreed(number)
    )  # fmt: skip
    _reads(people)


def _agreed(number: int) -> list[Purpose]:
    optional = {Purpose.DIRECTORY: number % 3 != 0, Purpose.STATISTICS: number % 7 == 0}
    return [*EVERYBODY, *(purpose for purpose, agreed in optional.items() if agreed)]


def _reads(people: list[Person]) -> None:
    """The officer worked on the first cases, the auditor took a sample."""
    officers = {role: User.objects.filter(email=email_of(role)).first() for role in Role}
    if AccessLog.objects.exists():
        return
    record_reads(officers[Role.TALENT_OFFICER], people[:12], ["name_zh", "title"], ReadPurpose.VERIFICATION)
    record_reads(officers[Role.AUDITOR], people[:30:3], ["name_zh"], ReadPurpose.AUDIT, ReadDoor.ADMIN)
