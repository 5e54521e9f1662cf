"""Credentials, their cycles and what counts in them: what pages, files, API and actions share."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from django.db.models import Prefetch, Q, QuerySet

from talent.choices.credentials import LIVE_STATES, CredentialState, EntryState, ReferenceLevel
from talent.models import CpdCycle, CpdEntry, Credential, SchemeVersion
from talent.rules import cpd


def with_names(rows: QuerySet[Credential]) -> QuerySet[Credential]:
    """With everything that naming a credential and its holder needs."""
    return rows.select_related("person", "version__scheme")


def governing_version(version: SchemeVersion, day: date) -> SchemeVersion | None:
    """The version of the same scheme and authority that governs a cycle beginning on ``day``; verified or not."""
    rows = SchemeVersion.objects.filter(scheme=version.scheme_id, authority=version.authority).valid_on(day)
    return max(rows, key=lambda row: (row.valid_from or date.min, row.pk), default=None)


def count_cycle(cycle: CpdCycle, *, foresee: bool = False) -> cpd.Credits:
    """What a cycle comes to by its own version; with ``foresee`` as if every waiting entry were verified.

    Proofs that counted for the person in other cycles, whichever credential, do not count again. A version whose credit
    values are not known gives ``no_version``.
    """
    rules = cycle.rules
    if rules is None:
        return cpd.Credits(status="no_version")
    version = cpd.Version(cycle.version.version, None, None, rules)
    rows = [entry for entry in cycle.entries.all() if entry.state != EntryState.WITHDRAWN]
    used = (
        CpdEntry.objects.filter(person=cycle.credential.person_id, state=EntryState.VERIFIED)
        .exclude(cycle=cycle)
        .exclude(sha256="")
    )
    return cpd.count(
        [version],
        starts_on=cycle.starts_on,
        ends_on=cycle.ends_on,
        entries=[_entry(row, foresee=foresee) for row in rows],
        carry_in=cycle.carry_in,
        used_evidence=used.values_list("sha256", flat=True),
    )


def _entry(row: CpdEntry, *, foresee: bool) -> cpd.Entry:
    counts = row.state == EntryState.VERIFIED or (foresee and row.state == EntryState.CLAIMED)
    state = cpd.VERIFIED if counts else row.state
    return cpd.Entry(row.pk, row.category, row.day, row.quantity, row.sha256 or None, state)


def open_cycle(credential: Credential) -> CpdCycle | None:
    """The cycle that is being filled, with its entries; None where the credential asks for no credits now."""
    rows = credential.cycles.open().select_related("version__scheme", "credential__person__user")
    return rows.prefetch_related("entries").first()


def to_remind(today: date) -> QuerySet[Credential]:
    """Credentials of the living register that end within a year, or have ended and wait for the clock."""
    rows = Credential.objects.filter(state__in=LIVE_STATES, expires_on__lte=today + timedelta(days=366))
    return with_names(rows).select_related("person__user").order_by("pk")


def ending(by: date, *, since: date) -> QuerySet[Credential]:
    """Credentials in force that end from ``since`` to ``by``, the next to end first."""
    rows = Credential.objects.live().filter(expires_on__gte=since, expires_on__lte=by)
    return with_names(rows).order_by("expires_on", "pk")


_RANK = {level: place for place, level in enumerate(ReferenceLevel.values, start=1)}


@dataclass(frozen=True)
class HeldLevel:
    """The highest level of the reference scale that a person holds: ``rank`` 1 to 4, and the credential behind it."""

    person_id: int
    level: str
    rank: int
    credential_id: int
    granted_on: date | None


def levels_of(people: Iterable[int] | None = None, *, on: date) -> dict[int, HeldLevel]:
    """By person, the highest level held in force on ``on``. It is computed from credentials and never stored, so that
    a level cannot outlive the credential behind it. Candidates and emeriti hold none. One statement.
    """
    rows = with_names(Credential.objects.live()).filter(Q(expires_on=None) | Q(expires_on__gte=on), granted_on__lte=on)
    if people is not None:
        rows = rows.filter(person__in=list(people))
    held: dict[int, HeldLevel] = {}
    for row in rows.order_by("pk"):
        rank = _RANK.get(row.reference_level, 0)
        if rank > (held[row.person_id].rank if row.person_id in held else 0):
            held[row.person_id] = HeldLevel(row.person_id, row.reference_level, rank, row.pk, row.granted_on)
    return held


@dataclass(frozen=True)
class CategoryLine:
    """One category of a cycle: credits counted, credits that wait, its cap and its minimum."""

    key: str
    name: str
    unit: str
    counted: Fraction
    waiting: Fraction
    cap: Fraction | None
    minimum: Fraction | None


@dataclass(frozen=True)
class Standing:
    """How a cycle stands: verified credits, what comes with the waiting ones, days left, lines by category."""

    cycle: CpdCycle
    now: cpd.Credits
    foreseen: cpd.Credits
    days_left: int
    lines: tuple[CategoryLine, ...]


def standing(cycle: CpdCycle, today: date) -> Standing | None:
    """How ``cycle`` stands on ``today``; None while the values of its version are not known."""
    rules = cycle.rules
    if rules is None:
        return None
    now, foreseen = count_cycle(cycle), count_cycle(cycle, foresee=True)
    lines = tuple(
        CategoryLine(
            key, cycle.category_name(key), category.unit, now.category_credits[key],
            foreseen.category_credits[key] - now.category_credits[key], category.cap_per_cycle, category.min_per_cycle,
        )
        for key, category in rules.categories.items()
    )  # fmt: skip
    return Standing(cycle, now, foreseen, max(0, (cycle.ends_on - today).days), lines)


def own(user: object) -> QuerySet[Credential]:
    """The credentials of the person behind ``user``, with the open cycle of each and its entries."""
    cycles = CpdCycle.objects.open().select_related("version__scheme").prefetch_related("entries")
    rows = with_names(Credential.objects.filter(person__user=user))
    return rows.prefetch_related(Prefetch("cycles", queryset=cycles, to_attr="open_cycles"))


def waits_for_decision() -> QuerySet[Credential]:
    """What an officer decides: assessments and renewals, the oldest first."""
    states = (CredentialState.UNDER_ASSESSMENT, CredentialState.RENEWAL_SUBMITTED)
    return with_names(Credential.objects.filter(state__in=states)).order_by("state_since", "pk")
