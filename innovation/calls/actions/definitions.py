"""Definitions: write a draft, publish it for good, make its next version, confirm it against its source, retire it."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from innovation.accounts.models import User
from innovation.calls.choices import DefinitionState, SourceStatus
from innovation.calls.models import Call, Definition
from innovation.calls.queries.definitions import MODELS, faults_of, kind_of
from innovation.calls.rules.definition_files import read_file
from innovation.calls.rules.definitions import Kind
from innovation.core.errors import RuleViolation

WRITTEN = ("title_zh", "title_en", "content", "source", "source_status", "reason")
CALL_FIELDS = {Kind.FORM: "form", Kind.RUBRIC: "rubric", Kind.PROCESS: "process", Kind.DEADLINES: "deadlines",
               Kind.SCORE_SHEET: "score_sheet"}  # fmt: skip


@transaction.atomic
def create_draft(*, kind: Kind | str, family: str, actor: User, fields: Mapping[str, Any]) -> Definition:
    """A new draft; of a family that exists, its next version.

    ``fields`` are those of ``WRITTEN``. A draft may be wrong in any way but its own fields (``DEFINITION_FIELD``); its
    content is checked at publishing. Raises PermissionDenied.
    """
    model = MODELS[Kind(kind)]
    _require(actor, f"calls.add_{model._meta.model_name}")
    latest = model.objects.filter(family=family).aggregate(latest=Max("version"))["latest"] or 0
    definition = model(family=family, version=latest + 1, created_by=actor, **_written(fields))
    _validate(definition)
    definition.save()
    return definition


@transaction.atomic
def save_draft(*, definition: Definition, actor: User, fields: Mapping[str, Any]) -> Definition:
    """Write over a draft. Raises ``DEFINITION_FROZEN`` once it is published, ``DEFINITION_FIELD``, PermissionDenied."""
    _require(actor, f"calls.change_{definition._meta.model_name}")
    stored = _locked(definition)
    _require_draft(stored)
    for name, value in _written(fields).items():
        setattr(stored, name, value)
    _validate(stored)
    stored.save()
    return stored


@transaction.atomic
def publish(*, definition: Definition, actor: User) -> Definition:
    """Freeze a draft for good, so that calls may name it.

    Raises ``DEFINITION_FAULTS`` (the faults in ``facts``), ``REASON_MISSING`` for a later version without one,
    ``DEFINITION_FROZEN``; PermissionDenied without ``calls.publish_definition``.
    """
    _require(actor, "calls.publish_definition")
    stored = _locked(definition)
    _require_draft(stored)
    faults = faults_of(stored)
    if faults:
        raise RuleViolation(
            "DEFINITION_FAULTS",
            _("It cannot be published: %(count)s faults are left. The editor lists them.") % {"count": len(faults)},
            field="content",
            facts={"faults": [{"path": fault.path, "code": fault.code} for fault in faults]},
        )
    if stored.version > 1 and not stored.reason.strip():
        raise RuleViolation("REASON_MISSING", _("Say why there is a new version."), field="reason")
    stored.state, stored.published_at, stored.published_by = DefinitionState.PUBLISHED, timezone.now(), actor
    stored.save()
    return stored


@transaction.atomic
def new_version(*, definition: Definition, reason: str, actor: User) -> Definition:
    """A draft with the same content as the next version. Raises ``REASON_MISSING``, ``DRAFT_EXISTS``."""
    model = type(definition)
    _require(actor, f"calls.add_{model._meta.model_name}")
    if not reason.strip():
        raise RuleViolation("REASON_MISSING", _("Say why there is a new version."), field="reason")
    stored = _locked(definition)
    standing = model.objects.filter(family=stored.family, state=DefinitionState.DRAFT).first()
    if standing is not None:
        raise RuleViolation(
            "DRAFT_EXISTS", _("A draft of this family exists already: version %(version)s.")
            % {"version": standing.version}, facts={"version": standing.version},
        )  # fmt: skip
    fields = {name: getattr(stored, name) for name in WRITTEN} | {"reason": reason.strip()}
    if fields["source_status"] == SourceStatus.VERIFIED:
        # What was held against a source is held against it again once it changed.
        fields["source_status"] = SourceStatus.UNVERIFIED
    return create_draft(kind=kind_of(stored), family=stored.family, actor=actor, fields=fields)


@transaction.atomic
def retire(*, definition: Definition, actor: User) -> Definition:
    """Take a published definition out of the choice for new calls; calls and cases that have it keep it."""
    _require(actor, "calls.publish_definition")
    stored = _locked(definition)
    if stored.state != DefinitionState.PUBLISHED:
        raise RuleViolation("NOT_PUBLISHED", _("Only a published definition can be retired."))
    stored.state = DefinitionState.RETIRED
    stored.save()
    return stored


@transaction.atomic
def confirm_rule(*, definition: Definition, source: str, actor: User) -> Definition:
    """Record that somebody held the rule against its published text; ``source`` names document, number and date.

    Raises ``SOURCE_MISSING``; PermissionDenied without ``calls.confirm_rule``.
    """
    _require(actor, "calls.confirm_rule")
    if not source.strip():
        raise RuleViolation("SOURCE_MISSING", _("Name the document, its number and its date."), field="source")
    stored = _locked(definition)
    stored.source, stored.source_status = source.strip(), SourceStatus.VERIFIED
    stored.confirmed_at, stored.confirmed_by = timezone.now(), actor
    _validate(stored)
    stored.save()
    return stored


@transaction.atomic
def delete_draft(*, definition: Definition, actor: User) -> None:
    """Throw a draft away. Raises ``DEFINITION_FROZEN``, ``DEFINITION_USED`` when a draft of a call names it."""
    _require(actor, f"calls.delete_{definition._meta.model_name}")
    stored = _locked(definition)
    _require_draft(stored)
    field = CALL_FIELDS.get(kind_of(stored))
    if field and Call.objects.filter(**{field: stored}).exists():
        raise RuleViolation("DEFINITION_USED", _("A call names this draft."))
    stored.delete()


def import_definition(*, data: bytes, actor: User) -> Definition:
    """A draft from an exported file. Raises ``DEFINITION_FILE`` with the faults of the file in ``facts``."""
    content, faults = read_file(data)
    if content is None:
        told = [{"path": fault.path, "code": fault.code, **fault.facts} for fault in faults]
        raise RuleViolation(
            "DEFINITION_FILE", _("This file cannot be read as a definition."), field="file", facts={"faults": told}
        )
    title = content["title"]
    fields = {
        "title_zh": str(title["zh"]),
        "title_en": str(title.get("en") or ""),
        "content": content["content"],
        "source": str(content.get("source") or ""),
        # Whoever brings a file in has not confirmed it here.
        "source_status": SourceStatus.LOCAL if content.get("source_status") == SourceStatus.LOCAL else
        SourceStatus.UNVERIFIED,
        "reason": _("Imported from a file"),
    }  # fmt: skip
    return create_draft(kind=content["kind"], family=str(content["family"]), actor=actor, fields=fields)


def _require(actor: User, permission: str) -> None:
    if not actor.has_perm(permission):
        raise PermissionDenied


def _locked(definition: Definition) -> Definition:
    return type(definition).objects.select_for_update(of=("self",)).get(pk=definition.pk)


def _require_draft(definition: Definition) -> None:
    if definition.state != DefinitionState.DRAFT:
        raise RuleViolation("DEFINITION_FROZEN", _("It has been published and stays as it is. Make a new version."))


def _written(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: fields[name] for name in WRITTEN if name in fields}


def _validate(definition: Definition) -> None:
    try:
        definition.full_clean(exclude=["content"])
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise RuleViolation("DEFINITION_FIELD", messages[0], field=field) from error
