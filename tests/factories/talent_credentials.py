"""Credentials for tests: a scheme with verified rules, a credential in force, an entry of its cycle."""

from datetime import date
from fractions import Fraction
from typing import Any

import factory
from django.core.files.base import ContentFile

from innovation.accounts.choices import Role
from innovation.accounts.models import User
from talent.actions import cpd, credentials, schemes
from talent.choices.credentials import SchemeKind, Verdict, VerificationMethod
from talent.models import CpdEntry, Credential, Person, Scheme, SchemeVersion
from tests.factories.accounts import UserFactory
from tests.factories.talent import PersonFactory

LEVELS = [
    {"code": "middle", "name_zh": "中级", "name_en": "middle", "map_level": "advanced"},
    {"code": "senior", "name_zh": "高级", "name_en": "senior", "map_level": "expert"},
]


def category(worth: str = "1", **more: Any) -> dict[str, Any]:
    return {
        "name_zh": "课程", "name_en": "course", "unit": "hour", "unit_size": 1, "credits_per_unit": worth,
        "partial_units": True, "cap_per_entry": None, "cap_per_year": None, "cap_per_cycle": None,
        "min_per_cycle": None, "evidence_required": True,
    } | more  # fmt: skip


def rules(**more: Any) -> dict[str, Any]:
    """40 credits in 36 months, at most 10 of them from talks, 5 carried over, filed a month before the end."""
    return {
        "term_months": 36,
        "renewal": {"submit_at_least_months_before": 1},
        "filing": {"levels": ["senior"]},
        "cpd": {
            "required": 40, "categories": {"course": category(), "talk": category("3", cap_per_cycle=10)},
            "group_minima": [], "carry_over_max": 5,
        },
    } | more  # fmt: skip


class SchemeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Scheme

    code = factory.Sequence(lambda number: f"TRIAL-{number}")
    name_zh = factory.Sequence(lambda number: f"试验证书{number}")
    name_en = factory.Sequence(lambda number: f"Trial certificate {number}")
    issuer = "Trial office"
    kind = SchemeKind.CITY_GRADING
    levels = LEVELS


def office() -> User:
    return UserFactory(role=Role.TALENT_OFFICER)


def version_of(*, verified: bool = True, given: dict[str, Any] | None = None, **values: Any) -> SchemeVersion:
    """A version of a new scheme from 2015 on, confirmed by an officer."""
    keeper = office()
    scheme = values.pop("scheme", None) or SchemeFactory()
    values = {"version": "v1", "authority": "city", "valid_from": date(2015, 1, 1), "source": "text"} | values
    made = schemes.save_version(scheme_id=scheme.pk, actor=keeper, rules=rules() if given is None else given, **values)
    return schemes.confirm_version(version_id=made.pk, source="text", actor=keeper) if verified else made


def held(
    *, granted_on: date, version: SchemeVersion | None = None, person: Person | None = None, level: str = "middle",
    number: str = "",
) -> Credential:  # fmt: skip
    """A credential in force, granted on that day."""
    officer = office()
    version, person = version or version_of(), person or PersonFactory(with_account=True)
    one = credentials.open_credential(person_id=person.pk, version_id=version.pk, level=level, actor=officer)
    credentials.apply_for_assessment(credential_id=one.pk, actor=officer)
    return credentials.grant(
        credential_id=one.pk, granted_on=granted_on, number=number, note="papers read", actor=officer
    )


def proof(text: str) -> ContentFile:
    return ContentFile(f"proof,{text}\n".encode(), name=f"{text}.csv")


def entry_of(
    credential: Credential, *, day: date, quantity: int = 10, category: str = "course", verified: bool = False,
    text: str = "",
) -> CpdEntry:  # fmt: skip
    """An entry of the open cycle with a proof of its own."""
    cycle = credential.cycles.open().get()
    text = text or f"{credential.pk}-{category}-{day}"
    entry = cpd.file_entry(
        cycle_id=cycle.pk, category=category, title=f"Course {text}", day=day, quantity=Fraction(quantity),
        upload=proof(text), actor=office(),
    )  # fmt: skip
    if not verified:
        return entry
    return cpd.verify_entry(
        entry_id=entry.pk, verdict=Verdict.ACCEPTED, method=VerificationMethod.DOCUMENT, note="", actor=office()
    )
