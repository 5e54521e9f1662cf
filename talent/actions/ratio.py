"""Keep the figures of a month end, choose and renew definitions, say that a list of posts is complete."""

from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innovation.accounts.models import User
from innovation.core.days import month_end, month_end_before
from innovation.core.errors import RuleViolation
from innovation.organisations.choices import MembershipRole
from innovation.organisations.models import Organisation
from talent.actions.permitted import require
from talent.models import Laboratory, RatioDefinition, RatioMonthEnd, StaffReturn
from talent.queries.ratio_rows import keep_rows
from talent.rules.ratio_terms import counted_twice, well_formed

WRITERS = (MembershipRole.LEAD, MembershipRole.EDITOR)
"""Who may speak for an organisation."""
ONE_DAY = timedelta(days=1)


# ── Month ends ───────────────────────────────────────────────────────────────────────────────────
@transaction.atomic
def keep_month(*, as_of: date, actor: User | None = None) -> RatioMonthEnd:
    """Keep the figures of all laboratories by every definition in force for a month end, once and for good.

    ``actor`` None is the monthly run. Raises RuleViolation MONTH_NOT_ENDED, NOT_MONTH_END, MONTH_KEPT,
    NO_DEFINITION.
    """
    if actor is not None:
        require(actor, "talent.add_ratiomonthend")
    if as_of != month_end(as_of):
        raise RuleViolation("NOT_MONTH_END", _("Figures are kept for the last day of a month."), field="as_of")
    if as_of >= timezone.localdate():
        raise RuleViolation("MONTH_NOT_ENDED", _("This month has not ended yet."), field="as_of")
    with connection.cursor() as cursor:
        # Two runs of one month wait for each other, so that the second finds the first.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('talent_ratiomonthend'))")
    if RatioMonthEnd.objects.filter(as_of=as_of).exists():
        raise RuleViolation("MONTH_KEPT", _("The figures of this month end are kept already."), field="as_of")
    definitions = list(RatioDefinition.objects.on(as_of))
    main = next((definition for definition in definitions if definition.chosen), None)
    if main is None:
        raise RuleViolation("NO_DEFINITION", _("No definition that the city steers by is in force on this day."))
    open_then = Laboratory.objects.exclude(opened_on__gt=as_of).exclude(closed_on__lt=as_of)
    month = RatioMonthEnd.objects.create(as_of=as_of, main=main, laboratories=open_then.count(), taken_by=actor)
    keep_rows(month, definitions)
    return month


def keep_last_month(today: date) -> RatioMonthEnd | None:
    """The monthly run; None where the month is kept already."""
    as_of = month_end_before(today)
    if RatioMonthEnd.objects.filter(as_of=as_of).exists():
        return None
    return keep_month(as_of=as_of)


# ── Definitions ──────────────────────────────────────────────────────────────────────────────────
@transaction.atomic
def renew_definition(*, definition_id: int, valid_from: date, changes: dict[str, Any], actor: User) -> RatioDefinition:
    """A new version of a definition from a day on; the one before ends the day before. Nothing kept changes.

    ``changes`` are fields of ``RatioDefinition``. Raises RuleViolation DEFINITION_ENDED, DEFINITION_FROM,
    DEFINITION_TERMS, DEFINITION_TWICE.
    """
    require(actor, "talent.add_ratiodefinition")
    old = RatioDefinition.objects.select_for_update().get(pk=definition_id)
    if old.valid_to is not None:
        raise RuleViolation("DEFINITION_ENDED", _("A later version follows this one: renew that."))
    latest = RatioMonthEnd.objects.order_by("-as_of").first()
    earliest = max((day for day in (old.valid_from, latest and latest.as_of) if day), default=None)
    if earliest is not None and valid_from <= earliest:
        message = _("It begins after %(day)s, the last day that already has figures or an older version.")
        raise RuleViolation("DEFINITION_FROM", message % {"day": earliest}, field="valid_from")
    new = RatioDefinition(**{f.name: getattr(old, f.name) for f in RatioDefinition._meta.fields if f.name not in _OWN})
    for name, value in changes.items():
        setattr(new, name, value)
    check_terms(new.professionals, new.support)
    chosen = old.chosen
    RatioDefinition.objects.filter(pk=old.pk).update(valid_to=valid_from - ONE_DAY, chosen=False)
    new.version, new.valid_from, new.chosen = old.version + 1, valid_from, chosen
    new.save(force_insert=True)
    return new


_OWN = frozenset({"id", "version", "valid_from", "valid_to", "chosen", "recorded_at"})


def check_terms(professionals: Any, support: Any) -> None:
    """Raises RuleViolation DEFINITION_TERMS where they cannot be read, DEFINITION_TWICE where a post counts twice."""
    for field, clauses in (("professionals", professionals), ("support", support)):
        if not well_formed(clauses):
            raise RuleViolation(
                "DEFINITION_TERMS",
                _("List clauses such as [{\"frascati_class\": [\"technician\"]}] over known columns and values."),
                field=field,
            )  # fmt: skip
    post = counted_twice(professionals, support)
    if post is not None:
        shown = ", ".join(f"{name} = {value or '–'}" for name, value in post.items())
        message = _("A post would count on both sides: %(post)s.") % {"post": shown}
        raise RuleViolation("DEFINITION_TWICE", message, field="support", facts=post)


@transaction.atomic
def choose_definition(*, definition_id: int, actor: User) -> RatioDefinition:
    """The city steers by this definition from the next month end on. Raises RuleViolation DEFINITION_ENDED."""
    require(actor, "talent.add_ratiodefinition")
    rows = {row.pk: row for row in RatioDefinition.objects.select_for_update().order_by("pk")}
    definition = rows[definition_id]
    if definition.valid_to is not None:
        raise RuleViolation("DEFINITION_ENDED", _("A later version follows this one: choose that."))
    RatioDefinition.objects.filter(chosen=True).update(chosen=False)
    RatioDefinition.objects.filter(pk=definition_id).update(chosen=True)
    definition.chosen = True
    return definition


# ── What organisations say ───────────────────────────────────────────────────────────────────────
@transaction.atomic
def declare_complete(*, laboratory_id: int, as_of: date, actor: User, note: str = "") -> StaffReturn:
    """Say that the list of posts of a laboratory is complete as of a day: from then on, nobody means nobody.

    For leads and editors of the organisation and for the talent office. Raises RuleViolation RETURN_FUTURE,
    RETURN_TWICE, LABORATORY_CLOSED.
    """
    laboratory = Laboratory.objects.select_for_update(of=("self",)).get(pk=laboratory_id)
    speaks = Organisation.objects.of_member(actor, *WRITERS).filter(pk=laboratory.organisation_id).exists()
    if not speaks:
        require(actor, "talent.add_staffreturn")
    if as_of > timezone.localdate():
        raise RuleViolation("RETURN_FUTURE", _("This day is still to come."), field="as_of")
    if laboratory.closed_on is not None and laboratory.closed_on < as_of:
        raise RuleViolation("LABORATORY_CLOSED", _("This laboratory was closed by then."), field="as_of")
    if StaffReturn.objects.filter(laboratory=laboratory, as_of=as_of).exists():
        raise RuleViolation("RETURN_TWICE", _("This was said for this day already."), field="as_of")
    return StaffReturn.objects.create(laboratory=laboratory, as_of=as_of, note=note.strip(), declared_by=actor)
