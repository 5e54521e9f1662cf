"""Agreements: write a version, offer it under its hash, sign it on both sides, and the case is active."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from innovation.accounts.models import User
from innovation.calls.actions.details import compare_later
from innovation.calls.actions.entitling import entitle
from innovation.calls.actions.following import locked, move, require_unrelated
from innovation.calls.actions.hooks import announce_project
from innovation.calls.actions.letters import tell_applicant
from innovation.calls.actions.notices import applicant_name
from innovation.calls.choices import AgreementState, ApplicationState, Side, SignedBy
from innovation.calls.models import Agreement, AgreementShare, Application, Milestone, Signature
from innovation.calls.models.application_states import leads
from innovation.calls.queries.board import open_events
from innovation.calls.queries.later import faults_later
from innovation.calls.queries.notices import notice_days_left
from innovation.calls.rules.bids import own_share
from innovation.core import history
from innovation.core.errors import RuleViolation
from innovation.core.money import Unit, format_fen

WHOLE = 10_000
WRITE = ("calls.screen_application", "calls.coordinate_application")
TEXT = Path(__file__).parent.parent / "data" / "agreement.json"


class _Known(dict[str, str]):
    """Placeholders that nobody knows stay as they were written."""

    def __missing__(self, key: str) -> str:
        return f"{{{key}}}"


def agreement_text(case: Application, version: int, own_fen: int) -> str:
    """The text of the call (``rules["agreement"]``, by language) or the house text, with its placeholders filled."""
    texts = case.call.rules.get("agreement") or json.loads(TEXT.read_text(encoding="utf-8"))
    template = texts.get("zh") or texts.get("en", "")
    return template.format_map(
        _Known(
            call=case.call.title_zh,
            number=case.number or "",
            version=str(version),
            applicant=applicant_name(case),
            title=case.title,
            award=format_fen(case.award_fen or 0, Unit.YUAN),
            own=format_fen(own_fen, Unit.YUAN),
        )
    )


@transaction.atomic
def write_agreement(
    *, application_id: int, actor: User, milestones: Sequence[Mapping[str, Any]],
    shares: Sequence[Mapping[str, Any]] = (), targets: Sequence[Mapping[str, Any]] = (), text: str = "",
    own_fen: int | None = None,
) -> Agreement:  # fmt: skip
    """Write the next version, or write the open draft anew. Amounts in fen, shares in hundredths of a percent.

    ``milestones``: ``{"title", "target", "due_on", "amount_fen"}``; ``shares``: ``{"name", "share_hundredths"}``,
    without any the applicant has all. Raises ``NOT_PERMITTED``, ``RELATED_PARTY``, ``NOT_APPROVED``,
    ``MILESTONES_SUM``, ``SHARES_SUM``, ``OWN_SHARE_LOW``, ``OFFERED``.
    """
    case = locked(application_id)
    if not any(actor.has_perm(name) for name in WRITE):
        raise RuleViolation("NOT_PERMITTED", _("Your role does not allow this step."))
    require_unrelated(actor, case)
    if "sign" not in open_events(case) and case.state != ApplicationState.APPROVED:
        raise RuleViolation("NOT_APPROVED", _("An agreement is written for an approved case, before it is signed."))
    if case.agreements.filter(state=AgreementState.OFFERED, signatures__isnull=False).exists():
        raise RuleViolation("OFFERED", _("A version is being signed. Let it be signed or write to the other side."))
    own = case.own_fen or 0 if own_fen is None else own_fen
    parts = list(shares) or [{"name": applicant_name(case), "share_hundredths": WHOLE}]
    _refuse_sums(case, milestones, parts, own)
    case.agreements.filter(state=AgreementState.DRAFT).delete()
    version = (case.agreements.aggregate(last=Max("version"))["last"] or 0) + 1
    agreement = Agreement.objects.create(
        application=case, version=version, text=text.strip() or agreement_text(case, version, own),
        targets=[dict(one) for one in targets], award_fen=case.award_fen or 0, own_fen=own, created_by=actor,
    )  # fmt: skip
    for number, one in enumerate(milestones, 1):
        Milestone.objects.create(
            agreement=agreement, number=number, title=one["title"], target=one.get("target", ""),
            due_on=one["due_on"], amount_fen=one["amount_fen"],
        )  # fmt: skip
    for part in parts:
        AgreementShare.objects.create(
            agreement=agreement, name=part["name"], organisation_id=part.get("organisation_id"),
            share_hundredths=part["share_hundredths"],
        )  # fmt: skip
    return agreement


def _refuse_sums(
    case: Application, milestones: Sequence[Mapping[str, Any]], shares: Sequence[Mapping[str, Any]], own_fen: int
) -> None:
    award = case.award_fen or 0
    total = sum(one["amount_fen"] for one in milestones)
    if total != award:
        raise RuleViolation(
            "MILESTONES_SUM", _("The milestones sum to %(total)s yuan, the award is %(award)s yuan.")
            % {"total": format_fen(total, Unit.YUAN), "award": format_fen(award, Unit.YUAN)}, field="milestones",
        )  # fmt: skip
    if sum(one["share_hundredths"] for one in shares) != WHOLE:
        raise RuleViolation("SHARES_SUM", _("The shares of all parties sum to 100 %."), field="shares")
    least = case.call.rules.get("own_share_min")
    share = own_share(own_fen, own_fen + award)
    if least is not None and award and (share is None or share < least):
        raise RuleViolation(
            "OWN_SHARE_LOW", _("Own money is below %(least)s %% of the project.") % {"least": least}, field="own_fen"
        )


def content_hash(agreement: Agreement) -> str:
    """SHA-256 of text, amounts, targets, milestones and shares in canonical JSON."""
    content = {
        "case": agreement.application.number, "version": agreement.version, "text": agreement.text,
        "targets": agreement.targets, "award_fen": agreement.award_fen, "own_fen": agreement.own_fen,
        "milestones": [
            [one.number, one.title, one.target, str(one.due_on), one.amount_fen]
            for one in agreement.milestones.order_by("number")
        ],
        "shares": [[one.name, one.share_hundredths] for one in agreement.shares.order_by("id")],
    }  # fmt: skip
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


@transaction.atomic
def offer_agreement(*, agreement_id: int, actor: User) -> Agreement:
    """Freeze a draft under its hash and lay it before both sides; an earlier unsigned version is replaced.

    Raises ``NOT_PERMITTED``, ``RELATED_PARTY``, ``NOT_DRAFT``.
    """
    found = Agreement.objects.get(pk=agreement_id)
    case = locked(found.application_id)
    if not any(actor.has_perm(name) for name in WRITE):
        raise RuleViolation("NOT_PERMITTED", _("Your role does not allow this step."))
    require_unrelated(actor, case)
    agreement = Agreement.objects.select_for_update().get(pk=agreement_id)
    if agreement.state != AgreementState.DRAFT:
        raise RuleViolation("NOT_DRAFT", _("This version is offered already."))
    case.agreements.filter(state=AgreementState.OFFERED).update(state=AgreementState.REPLACED)
    agreement.sha256, agreement.state, agreement.offered_at = (
        content_hash(agreement),
        AgreementState.OFFERED,
        timezone.now(),
    )
    agreement.save(update_fields=["sha256", "state", "offered_at"])
    tell_applicant(case, gettext_lazy("Your agreement is ready to sign"), key=f"agreement-{agreement.pk}")
    announce_project(case, "agreement_offered", agreement.pk, version=agreement.version, sha256=agreement.sha256)
    return agreement


@transaction.atomic
def sign_agreement(*, agreement_id: int, sha256: str, method: str, actor: User) -> Signature:
    """Sign the version whose hash the signer read; with the second signature the case becomes active.

    ``method`` says how the signer showed who it is right before. The applicant's lead signs for one side, who has
    ``calls.sign_agreement`` and is no party for the other. Raises ``NOT_SIGNATORY``, ``NOT_OFFERED``,
    ``OTHER_VERSION``, ``SIGNED``, ``FORM_INCOMPLETE`` (what the form asks after the decision), ``NOTICE_RUNNING``,
    ``NO_SUCH_TRANSITION``.
    """
    found = Agreement.objects.get(pk=agreement_id)
    case = locked(found.application_id)
    agreement = Agreement.objects.select_for_update().get(pk=agreement_id)
    side = side_of(case, actor)
    if side is None:
        raise RuleViolation("NOT_SIGNATORY", _("You do not sign for one of the two sides."))
    if agreement.state != AgreementState.OFFERED:
        raise RuleViolation("NOT_OFFERED", _("This version cannot be signed now."))
    if agreement.sha256 != sha256:
        raise RuleViolation("OTHER_VERSION", _("Another version was offered meanwhile. Read it first."))
    if agreement.signatures.filter(side=side).exists():
        raise RuleViolation("SIGNED", _("Your side has signed already."))
    if side == Side.APPLICANT:
        if faults_later(case):
            told = _("Fill in first what is asked after the decision. It stands on the page of your application.")
            raise RuleViolation("FORM_INCOMPLETE", told)
        compare_later(case)
    signature = Signature.objects.create(
        agreement=agreement, side=side, sha256=sha256, method=SignedBy(method), signed_by=actor,
        signed_label=history.label_of(actor),
    )  # fmt: skip
    if agreement.signatures.count() == len(Side):
        _bring_in_force(case, agreement, actor)
    return signature


def side_of(case: Application, actor: User) -> Side | None:
    """For which side a person signs: the applicant's leads for theirs, the office by permission."""
    if leads(actor, case):
        return Side.APPLICANT
    is_party = case.members.filter(user=actor).exists()
    return Side.OFFICE if actor.has_perm("calls.sign_agreement") and not is_party else None


def _bring_in_force(case: Application, agreement: Agreement, actor: User) -> None:
    office = agreement.signatures.select_related("signed_by").get(side=Side.OFFICE).signed_by
    require_unrelated(office, case)
    left = notice_days_left(case, timezone.localdate())
    first = agreement.milestones.order_by("due_on").first()
    # The lead is a party by nature: what must not be related is the person who signed for the office.
    move(
        case, "sign", actor=actor, facts={"both_signed": True, "notice_days_left": left, "related": False},
        changes={"due_on": first.due_on if first else None},
    )  # fmt: skip
    case.notices.filter(ended_at=None).update(ended_at=timezone.now())
    agreement.state, agreement.in_force_at = AgreementState.IN_FORCE, timezone.now()
    agreement.save(update_fields=["state", "in_force_at"])
    if case.state == ApplicationState.ENTITLED:
        entitle(case, actor=office)
    tell_applicant(case, gettext_lazy("Your agreement is in force"), key=f"in-force-{agreement.pk}")
