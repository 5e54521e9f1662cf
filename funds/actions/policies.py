"""Bind policies to funds and groups, approve special cases, make new versions of documents."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from funds.choices.tolerance import SourceStatus
from funds.models import (
    Fund,
    FundGroup,
    FundPolicyBinding,
    PolicyDocument,
    PolicyTerm,
    ToleranceRule,
)
from innovation.accounts.models import User
from innovation.core.errors import RuleViolation


def _require(actor: User, permission: str) -> None:
    if not actor.has_perm(permission):
        raise PermissionDenied


@transaction.atomic
def bind_policy(
    *,
    document_id: int,
    valid_from: date,
    actor: User,
    fund_id: int | None = None,
    group_id: int | None = None,
    valid_to: date | None = None,
) -> FundPolicyBinding:
    """Bind one version of a document to a fund or a group from ``valid_from`` on (``valid_to`` None: open).

    Raises RuleViolation BINDING_TARGET, BINDING_ORDER, BINDING_OVERLAP (another version of the same document binds
    in that period), FRAME_DOCUMENT.
    """
    _require(actor, "funds.add_fundpolicybinding")
    if (fund_id is None) == (group_id is None):
        raise RuleViolation("BINDING_TARGET", _("A policy binds one fund or one group."), field="fund")
    if valid_to and valid_to < valid_from:
        raise RuleViolation("BINDING_ORDER", _("The binding ends before it begins."), field="valid_to")
    document = PolicyDocument.objects.get(pk=document_id)
    if document.kind != PolicyDocument.Kind.LOCAL:
        raise RuleViolation(
            "FRAME_DOCUMENT", _("A national frame sets no cap of its own; bind a local rule."), field="document"
        )
    target = {"fund_id": fund_id} if fund_id else {"group_id": group_id}
    root = Fund if fund_id else FundGroup
    root.objects.select_for_update(of=("self",)).get(pk=fund_id or group_id or 0)
    clash = (
        FundPolicyBinding.objects.filter(document__code=document.code, superseded_at=None, **target)
        .filter(Q(valid_to=None) | Q(valid_to__gte=valid_from))
        .filter(Q(valid_from__lte=valid_to) if valid_to else Q())
        .first()
    )
    if clash:
        raise RuleViolation(
            "BINDING_OVERLAP",
            _("%(code)s binds already from %(start)s. End that binding first.")
            % {"code": document.code, "start": clash.valid_from},
            field="valid_from",
            facts={"binding": clash.pk},
        )
    return FundPolicyBinding.objects.create(
        document=document, valid_from=valid_from, valid_to=valid_to, recorded_by=actor, **target
    )


@transaction.atomic
def end_binding(*, binding_id: int, valid_to: date, actor: User) -> FundPolicyBinding:
    """End a binding on ``valid_to``: the row is superseded and a new one, ending then, stands from now on.

    Raises RuleViolation BINDING_ENDED, BINDING_ORDER.
    """
    _require(actor, "funds.change_fundpolicybinding")
    binding = FundPolicyBinding.objects.select_for_update(of=("self",)).get(pk=binding_id)
    if binding.superseded_at:
        raise RuleViolation("BINDING_ENDED", _("This binding was replaced already."))
    if valid_to < binding.valid_from:
        raise RuleViolation("BINDING_ORDER", _("The binding ends before it begins."), field="valid_to")
    now = timezone.now()
    binding.superseded_at = now
    binding.save(update_fields=["superseded_at"])
    return FundPolicyBinding.objects.create(
        fund=binding.fund,
        group=binding.group,
        document=binding.document,
        valid_from=binding.valid_from,
        valid_to=valid_to,
        recorded_at=now,
        recorded_by=actor,
    )


@transaction.atomic
def new_version(*, document_id: int, actor: User) -> PolicyDocument:
    """Copy a document with its rules and terms as the next version, to be edited before it is bound."""
    _require(actor, "funds.add_policydocument")
    document = PolicyDocument.objects.select_for_update(of=("self",)).get(pk=document_id)
    latest = PolicyDocument.objects.filter(code=document.code).order_by("-version").values_list("version", flat=True)
    rules, terms = list(document.rules.all()), list(document.terms.all())
    document.pk, document.version, document.recorded_at = None, latest[0] + 1, timezone.now()
    document.status = SourceStatus.UNVERIFIED
    document._state.adding = True
    document.save()
    for rule in rules:
        rule.pk, rule.document = None, document
    for term in terms:
        term.pk, term.document = None, document
    ToleranceRule.objects.bulk_create(rules)
    PolicyTerm.objects.bulk_create(terms)
    return document
