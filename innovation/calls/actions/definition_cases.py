"""Cases kept with definitions: keep one, take today's answer as the expected one, throw it away."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from innovation.accounts.models import User
from innovation.calls.models import Definition, DefinitionCase
from innovation.calls.queries.definitions import kind_of
from innovation.calls.queries.outcomes import CHOICES, outcome
from innovation.calls.rules.definitions import check
from innovation.core.errors import RuleViolation

MOST = 200


@transaction.atomic
def keep_case(
    *, definition: Definition, title: str, asked: Mapping[str, Any], sample: Mapping[str, Any], actor: User,
    expected: Mapping[str, Any] | None = None,
) -> DefinitionCase:  # fmt: skip
    """Keep sample values with what is expected of them: ``expected``, or what this version answers now.

    A case of the same title is written over. Raises ``CASE_TITLE``, ``DEFINITION_FAULTS``, ``CASE_SAMPLE`` (cannot
    be read), ``TOO_MANY``; PermissionDenied.
    """
    _require(actor, "add")
    if not title.strip():
        raise RuleViolation("CASE_TITLE", _("Name the case."), field="title")
    answered = _answered(definition, asked, sample)
    kind, family = str(kind_of(definition)), definition.family
    rows = DefinitionCase.objects.filter(kind=kind, family=family)
    if rows.count() >= MOST:
        raise RuleViolation("TOO_MANY", _("At most %(most)s cases are kept with a definition.") % {"most": MOST})
    case, _made = DefinitionCase.objects.update_or_create(
        kind=kind, family=family, title=title.strip()[:120],
        defaults={
            "asked": {name: str(asked[name]) for name in CHOICES if asked.get(name)}, "sample": dict(sample),
            "expected": answered if expected is None else dict(expected), "kept_by": actor, "kept_at": timezone.now(),
        },
    )  # fmt: skip
    return case


@transaction.atomic
def expect_now(*, case_id: int, definition: Definition, actor: User) -> DefinitionCase:
    """Take what this version answers as the expected result. Raises as ``keep_case``."""
    _require(actor, "change")
    case = DefinitionCase.objects.select_for_update().get(pk=case_id)
    case.expected = _answered(definition, case.asked, case.sample)
    case.kept_by, case.kept_at = actor, timezone.now()
    case.save()
    return case


@transaction.atomic
def drop_case(*, case_id: int, actor: User) -> None:
    """Throw a kept case away; its history stays. PermissionDenied."""
    _require(actor, "delete")
    DefinitionCase.objects.filter(pk=case_id).delete()


def _answered(definition: Definition, asked: Mapping[str, Any], sample: Mapping[str, Any]) -> dict[str, Any]:
    if check(kind_of(definition), definition.content):
        raise RuleViolation("DEFINITION_FAULTS", _("Mend the faults of the definition first."))
    try:
        return outcome(definition, asked, sample)
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise RuleViolation("CASE_SAMPLE", _("These sample values cannot be read."), field="sample") from error


def _require(actor: User, act: str) -> None:
    if not actor.has_perm(f"calls.{act}_definitioncase"):
        raise PermissionDenied
