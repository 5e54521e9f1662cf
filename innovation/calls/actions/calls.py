"""Calls: write one from what is shipped, publish it for good, move its end, cancel it, copy it, attach documents."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from innovation.accounts.models import User
from innovation.calls import kinds
from innovation.calls.actions.following import stored
from innovation.calls.choices import CallState, DefinitionState
from innovation.calls.data.definitions import ready_made
from innovation.calls.models import Call, CallDocument
from innovation.calls.queries.definitions import MODELS
from innovation.calls.rules.definitions import Kind
from innovation.core.errors import RuleViolation

DEFINITIONS = {"form": Kind.FORM, "process": Kind.PROCESS, "rubric": Kind.RUBRIC, "deadlines": Kind.DEADLINES,
               "score_sheet": Kind.SCORE_SHEET}  # fmt: skip
RESERVED = frozenset({"applications", "self-test", "documents", "feed", "desk", "reviews", "notices", "admin"})
"""Words that are addresses of their own under ``/calls/``."""
NOT_COPIED = frozenset({"id", "code", "state", "extension_reason", "cancel_reason", "published_at", "published_by"})


@transaction.atomic
def make_call(*, ready_made_key: str, code: str, opens_at: datetime, closes_at: datetime | None, actor: User) -> Call:
    """A draft of a call of a shipped kind, with the newest published definitions of that kind.

    Raises ``UNKNOWN_KIND``, ``DEFINITION_MISSING`` (none is published), ``CALL_FIELD``; PermissionDenied.
    """
    _require(actor, "calls.add_call")
    made = ready_made().get(ready_made_key)
    if made is None:
        raise RuleViolation("UNKNOWN_KIND", _("This kind of call is not shipped."), field="ready_made_key")
    chosen = {}
    for name, kind in DEFINITIONS.items():
        if made.get(name):
            chosen[name] = MODELS[kind].objects.newest(made[name])
            if chosen[name] is None:
                raise RuleViolation(
                    "DEFINITION_MISSING", _("Publish a version of “%(family)s” first.") % {"family": made[name]}
                )
    title = made["title"]
    call = Call(
        code=code, kind=made["kind"], title_zh=title["zh"], title_en=title["en"], opens_at=opens_at,
        closes_at=closes_at, officer=actor, **chosen, **made.get("call", {}),
    )  # fmt: skip
    return _saved(call)


@transaction.atomic
def copy_call(*, call_id: int, code: str, opens_at: datetime, closes_at: datetime | None, actor: User) -> Call:
    """A draft with the words, rules and definitions of another call and a window of its own."""
    _require(actor, "calls.add_call")
    source = Call.objects.get(pk=call_id)
    fields = {field.attname: getattr(source, field.attname) for field in Call._meta.fields}
    kept = {name: value for name, value in fields.items() if name not in NOT_COPIED and name != "published_by_id"}
    return _saved(Call(**kept | {"code": code, "opens_at": opens_at, "closes_at": closes_at}))


@transaction.atomic
def save_call(*, call_id: int, actor: User, fields: Mapping[str, Any]) -> Call:
    """Write over a draft. Raises ``CALL_FROZEN`` once it is published, ``CALL_FIELD``; PermissionDenied."""
    _require(actor, "calls.change_call")
    call = _locked(call_id)
    if call.state != CallState.DRAFT:
        raise RuleViolation("CALL_FROZEN", _("A published call stays as it is. Extend its end, cancel it, or copy it."))
    for name, value in fields.items():
        setattr(call, name, value)
    return _saved(call)


@transaction.atomic
def publish_call(*, call_id: int, actor: User) -> Call:
    """Freeze a draft and show it to the public. Raises the first of ``faults_of``; PermissionDenied."""
    _require(actor, "calls.publish_call")
    call = _locked(call_id)
    faults = faults_of(call, timezone.now())
    if faults:
        raise faults[0]
    call.state, call.published_at, call.published_by = CallState.PUBLISHED, timezone.now(), actor
    return _saved(call)


def faults_of(call: Call, now: datetime) -> list[RuleViolation]:
    """What keeps a call from being published: goal, sunset of its programme, definitions, window, words, kind."""
    found = []
    if call.state != CallState.DRAFT:
        return [RuleViolation("CALL_FROZEN", _("This call has been published already."))]
    if call.goal_id is None:
        found.append(RuleViolation("GOAL_MISSING", _("A published call names a goal of the strategy."), field="goal"))
    if call.programme is not None and not call.programme.may_publish_on(timezone.localdate(now)):
        text = _("The programme was due for review on %(day)s. Record the review first.")
        found.append(RuleViolation("PROGRAMME_SUNSET", text % {"day": call.programme.review_on}, field="programme"))
    for name in DEFINITIONS:
        definition = getattr(call, name)
        if definition is not None and definition.state != DefinitionState.PUBLISHED:
            text = _("“%(title)s” is not published.") % {"title": definition}
            found.append(RuleViolation("DEFINITION_NOT_PUBLISHED", text, field=name))
    if call.closes_at is not None and call.closes_at <= now:
        found.append(RuleViolation("WINDOW_OVER", _("The call would close before it is published."), field="closes_at"))
    for name in ("title", "summary", "who"):
        if not (getattr(call, f"{name}_zh") and getattr(call, f"{name}_en")):
            text = _("Title, summary and who may apply are needed in both languages.")
            found.append(RuleViolation("WORDS_MISSING", text, field=f"{name}_zh"))
            break
    found += _faults_of_kind(call)
    return found


def _faults_of_kind(call: Call) -> list[RuleViolation]:
    if call.kind not in dict(kinds.choices()):
        text = _("No part of the product handles what is approved under “%(kind)s”.") % {"kind": call.kind}
        return [RuleViolation("UNKNOWN_KIND", text, field="kind")]
    try:
        kinds.check(call)
    except RuleViolation as fault:
        return [fault]
    return []


@transaction.atomic
def extend_call(*, call_id: int, closes_at: datetime, reason: str, actor: User) -> Call:
    """Move the end to a later moment; also after it passed. Raises ``NOT_LATER``, ``REASON_MISSING``."""
    _require(actor, "calls.publish_call")
    call = _locked(call_id)
    _require_published(call)
    if call.closes_at is None or closes_at <= call.closes_at:
        raise RuleViolation("NOT_LATER", _("The end can only move to a later moment."), field="closes_at")
    call.closes_at, call.extension_reason = closes_at, _reason(reason)
    return _saved(call)


@transaction.atomic
def cancel_call(*, call_id: int, reason: str, actor: User) -> Call:
    """Take a published call back, for good; what applicants wrote stays readable. Raises ``REASON_MISSING``."""
    _require(actor, "calls.publish_call")
    call = _locked(call_id)
    _require_published(call)
    call.state, call.cancel_reason = CallState.CANCELLED, _reason(reason)
    return _saved(call)


@transaction.atomic
def attach_document(*, call_id: int, title: str, upload: Any, actor: User) -> CallDocument:
    """Keep a document with a call, checked by its content. Raises the codes of ``core.uploads``."""
    _require(actor, "calls.add_calldocument")
    call = _locked(call_id)
    kept = stored(upload, actor)
    return CallDocument.objects.create(call=call, title=title.strip() or kept["file_name"], **kept)


def _require(actor: User, permission: str) -> None:
    if not actor.has_perm(permission):
        raise PermissionDenied


def _require_published(call: Call) -> None:
    if call.state != CallState.PUBLISHED:
        raise RuleViolation("NOT_PUBLISHED", _("This call is not published."))


def _reason(text: str) -> str:
    if not text.strip():
        raise RuleViolation("REASON_MISSING", _("Give a reason; applicants read it."), field="reason")
    return text.strip()


def _locked(call_id: int) -> Call:
    rows = Call.objects.select_for_update(of=("self",)).select_related("goal", "programme", *DEFINITIONS)
    return rows.get(pk=call_id)


def _saved(call: Call) -> Call:
    if call.code in RESERVED:
        raise RuleViolation("CALL_CODE", _("This word is an address of its own; choose another code."), field="code")
    try:
        call.full_clean()
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise RuleViolation("CALL_FIELD", messages[0], field=field) from error
    call.save()
    return call
