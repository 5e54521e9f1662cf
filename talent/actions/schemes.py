"""Schemes as data: a new version, its confirmation by an officer, its last day."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innovation.accounts.models import User
from innovation.core.errors import RuleViolation
from talent.actions.clean import refuse_invalid
from talent.actions.permitted import require
from talent.choices.credentials import RuleStatus
from talent.models import Scheme, SchemeVersion
from talent.rules.schemes import faults, is_complete


@transaction.atomic
def save_version(
    *, scheme_id: int, actor: User, version_id: int | None = None, rules: Mapping[str, Any], **values: Any
) -> SchemeVersion:
    """Record a version of a scheme, or complete one that is not verified; ``values`` are its fields.

    A version begins unverified. Raises RuleViolation VERIFIED_STANDS, RULES_WRONG with every fault, INVALID;
    PermissionDenied without ``talent.add_schemeversion``.
    """
    require(actor, "talent.add_schemeversion")
    scheme = Scheme.objects.select_for_update().get(pk=scheme_id)
    version = SchemeVersion(scheme=scheme)
    if version_id is not None:
        version = SchemeVersion.objects.select_for_update(of=("self",)).get(pk=version_id, scheme=scheme)
        if version.is_verified:
            raise RuleViolation("VERIFIED_STANDS", _("Verified rules never change. Record a new version."))
    found = list(faults(rules))
    if found:
        raise RuleViolation(
            "RULES_WRONG", _("These rules cannot be read: %(faults)s") % {"faults": "; ".join(found)}, field="rules",
            facts={"faults": found},
        )  # fmt: skip
    for name, value in values.items():
        setattr(version, name, value)
    version.rules = dict(rules)
    refuse_invalid(version)
    version.save()
    return version


@transaction.atomic
def confirm_version(*, version_id: int, source: str, actor: User) -> SchemeVersion:
    """An officer has read the rule's text and vouches for the row; from then on it decides cases and never changes.

    Raises RuleViolation CONFIRMED_ALREADY, RULES_INCOMPLETE, SOURCE_MISSING; PermissionDenied without
    ``talent.change_schemeversion``.
    """
    require(actor, "talent.change_schemeversion")
    version = SchemeVersion.objects.select_for_update(of=("self",)).select_related("scheme").get(pk=version_id)
    if version.is_verified:
        raise RuleViolation("CONFIRMED_ALREADY", _("This version is verified already."))
    if not source.strip():
        raise RuleViolation("SOURCE_MISSING", _("Name the text that you read."), field="source")
    if not is_complete(version.rules):
        raise RuleViolation("RULES_INCOMPLETE", _("The credit values of a category are missing. Enter them first."))
    version.source = source.strip()
    version.status, version.confirmed_by, version.confirmed_on = RuleStatus.VERIFIED, actor, timezone.localdate()
    refuse_invalid(version)
    version.save()
    return version


@transaction.atomic
def end_version(*, version_id: int, valid_to: date, actor: User) -> SchemeVersion:
    """Set the last day of a version; what it gave stays, and cycles that began under it end under it.

    Raises RuleViolation INVALID; PermissionDenied without ``talent.change_schemeversion``.
    """
    require(actor, "talent.change_schemeversion")
    version = SchemeVersion.objects.select_for_update(of=("self",)).select_related("scheme").get(pk=version_id)
    version.valid_to = valid_to
    refuse_invalid(version)
    version.save(update_fields=["valid_to"])
    return version
