"""The special tier of a rule: asked for with evidence, decided by another person, valid for a time, then expired."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from funds.models import FundPolicyBinding, SpecialTierApproval, TierEvidence, ToleranceRule
from innovation.accounts.choices import Role
from innovation.accounts.models import User
from innovation.accounts.notices import send as send_notice
from innovation.core.errors import RuleViolation
from innovation.core.uploads import DOCUMENTS, accept

NOTICE = "funds_special_tiers"
State = SpecialTierApproval.State


def _require(actor: User, permission: str) -> None:
    if not actor.has_perm(permission):
        raise PermissionDenied


@transaction.atomic
def request_special_tier(
    *,
    binding_id: int,
    rule_id: int,
    evidence: str,
    valid_from: date,
    actor: User,
    valid_to: date | None = None,
    files: Sequence[Any] = (),
) -> SpecialTierApproval:
    """Ask for the special tier of a rule, with the evidence that its condition is met and the files that show it.

    Nothing changes until another person approves it. Who decides is told by mail.
    Raises RuleViolation NO_SPECIAL_TIER, EVIDENCE_MISSING, PERIOD_ORDER, BEFORE_BINDING, BINDING_ENDED,
    ALREADY_REQUESTED, and the codes of ``core.uploads``.
    """
    _require(actor, "funds.add_specialtierapproval")
    binding = FundPolicyBinding.objects.select_for_update(of=("self",)).get(pk=binding_id)
    rule = ToleranceRule.objects.get(pk=rule_id, document_id=binding.document_id)
    _refuse_request(binding, rule, evidence, valid_from, valid_to)
    approval = SpecialTierApproval.objects.create(
        binding=binding, rule=rule, evidence=evidence, valid_from=valid_from, valid_to=valid_to, requested_by=actor
    )
    for upload in files:
        _attach(approval, upload, actor)
    deciders = User.objects.filter(is_active=True, groups__name=Role.PROGRAMME_MANAGER).exclude(pk=actor.pk)
    _tell(approval, deciders.order_by("pk"))
    return approval


def _refuse_request(
    binding: FundPolicyBinding, rule: ToleranceRule, evidence: str, valid_from: date, valid_to: date | None
) -> None:
    if rule.special_cap is None:
        raise RuleViolation("NO_SPECIAL_TIER", _("This rule knows no special case."), field="rule")
    if not evidence.strip():
        raise RuleViolation(
            "EVIDENCE_MISSING", _("Say what shows that the condition of the special case is met."), field="evidence"
        )
    if valid_to is not None and valid_to < valid_from:
        raise RuleViolation("PERIOD_ORDER", _("The end lies before the start."), field="valid_to")
    if valid_from < binding.valid_from:
        raise RuleViolation(
            "BEFORE_BINDING", _("The policy binds from %(day)s only.") % {"day": binding.valid_from}, field="valid_from"
        )
    if binding.superseded_at is not None:
        raise RuleViolation("BINDING_ENDED", _("This binding was replaced already."), field="binding")
    waiting = SpecialTierApproval.objects.filter(
        rule=rule, binding__fund=binding.fund_id, binding__group=binding.group_id, state=State.REQUESTED
    )
    if waiting.exists():
        raise RuleViolation("ALREADY_REQUESTED", _("A request for this special case waits for its decision already."))


@transaction.atomic
def add_evidence(*, approval_id: int, upload: Any, actor: User) -> TierEvidence:
    """Attach one more file while the request waits. Raises RuleViolation ALREADY_DECIDED, EVIDENCE_TWICE."""
    _require(actor, "funds.add_tierevidence")
    approval = SpecialTierApproval.objects.select_for_update(of=("self",)).get(pk=approval_id)
    if approval.state != State.REQUESTED:
        raise RuleViolation("ALREADY_DECIDED", _("This special case is decided already."))
    return _attach(approval, upload, actor)


def _attach(approval: SpecialTierApproval, upload: Any, actor: User) -> TierEvidence:
    accepted = accept(upload, kinds=DOCUMENTS)
    try:
        with transaction.atomic():
            return TierEvidence.objects.create(
                approval=approval,
                file=File(accepted.content, name=accepted.stored_name),
                file_name=accepted.name,
                file_kind=accepted.kind,
                size=accepted.size,
                sha256=accepted.sha256,
                added_by=actor,
            )
    except IntegrityError as error:
        message = _("This file is attached already.")
        raise RuleViolation("EVIDENCE_TWICE", message, field="file", facts={"sha256": accepted.sha256}) from error


@transaction.atomic
def decide_special_tier(*, approval_id: int, approve: bool, reason: str, actor: User) -> SpecialTierApproval:
    """Approve or refuse a special case; whoever asked cannot decide, and is told of the decision by mail.

    Raises RuleViolation ALREADY_DECIDED, FOUR_EYES, REASON_MISSING.
    """
    _require(actor, "funds.decide_special_tier")
    approval = SpecialTierApproval.objects.select_for_update(of=("self",)).get(pk=approval_id)
    if approval.state != State.REQUESTED:
        raise RuleViolation("ALREADY_DECIDED", _("This special case is decided already."))
    if approval.requested_by_id == actor.pk:
        raise RuleViolation("FOUR_EYES", _("Who asks for the special case does not approve it."))
    if not reason.strip():
        raise RuleViolation("REASON_MISSING", _("A decision needs its reason."), field="decision_reason")
    approval.state = State.APPROVED if approve else State.REFUSED
    approval.decided_by, approval.decided_at, approval.decision_reason = actor, timezone.now(), reason
    approval.save(update_fields=["state", "decided_by", "decided_at", "decision_reason"])
    _tell(approval, [approval.requested_by])
    return approval


@transaction.atomic
def expire_special_tiers(*, today: date) -> int:
    """Mark approved special cases whose last day has passed as expired; returns how many. Their past stays as it was.

    The cap itself never waits for this: it looks at the validity of the day that is asked about.
    """
    due = SpecialTierApproval.objects.select_for_update(of=("self",)).filter(state=State.APPROVED, valid_to__lt=today)
    approvals = list(due.select_related("requested_by", "decided_by"))
    for approval in approvals:
        approval.state, approval.expired_at = State.EXPIRED, timezone.now()
        approval.save(update_fields=["state", "expired_at"])
        _tell(approval, [person for person in (approval.requested_by, approval.decided_by) if person])
    return len(approvals)


def _tell(approval: SpecialTierApproval, people: Iterable[User]) -> None:
    for user in people:
        if not user.is_active:
            continue
        with translation.override(user.language or settings.LANGUAGE_CODE):
            url = urljoin(settings.SITE_URL, reverse("funds:special_tier", args=[approval.pk]))
            context = {"approval": approval, "subject": approval.binding.fund or approval.binding.group, "url": url}
            send_notice(
                to=user,
                kind=NOTICE,
                subject=" ".join(render_to_string("funds/emails/special_tier_subject.txt", context).split()),
                text=render_to_string("funds/emails/special_tier_body.txt", context),
                key=f"special-tier-{approval.pk}-{approval.state}-{user.pk}",
            )
