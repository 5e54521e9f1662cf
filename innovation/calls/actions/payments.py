"""Payments of milestones and refunds: ordered by finance, never by whoever checked, never above the award."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from innovation.accounts.models import User
from innovation.calls.actions.following import locked, move, require, require_unrelated
from innovation.calls.actions.hooks import announce_project
from innovation.calls.actions.letters import tell_applicant
from innovation.calls.choices import PaymentState
from innovation.calls.models import MilestoneCheck, Payment
from innovation.calls.queries.money import money_of
from innovation.core.errors import RuleViolation

PAY = "calls.pay_application"


@transaction.atomic
def order_payment(*, check_id: int, actor: User, amount_fen: int | None = None) -> Payment:
    """Order the payment of a passed milestone; it is reserved at once. Without amount the whole milestone is paid.

    Raises ``NOT_PERMITTED``, ``RELATED_PARTY``, ``CHECK_MISSING``, ``FOUR_EYES``, ``OVER_AWARD``,
    ``ABOVE_MILESTONE``, ``PAID``, ``NO_SUCH_TRANSITION``.
    """
    check = MilestoneCheck.objects.select_related("report__milestone__agreement").get(pk=check_id)
    milestone = check.report.milestone
    case = locked(milestone.agreement.application_id)
    amount = milestone.amount_fen if amount_fen is None else amount_fen
    if not 0 < amount <= milestone.amount_fen:
        raise RuleViolation(
            "ABOVE_MILESTONE", _("A payment lies between nothing and the milestone."), field="amount_fen"
        )
    if check.payments.exclude(state=PaymentState.CANCELLED).exists():
        raise RuleViolation("PAID", _("This milestone is paid or ordered already."))
    facts = {
        "check_passed": check.passed, "same_actor_as_checker": check.checked_by_id == actor.pk,
        "within_award": amount <= money_of(case).left_fen,
    }  # fmt: skip
    move(case, "pay", actor=actor, facts=facts, changes={"due_on": case.due_on, "state_since": case.state_since})
    payment = Payment.objects.create(application=case, passed_check=check, amount_fen=amount, ordered_by=actor)
    tell_applicant(case, gettext_lazy("A payment is ordered"), key=f"ordered-{payment.pk}")
    announce_project(case, "payment_ordered", payment.pk, milestone=milestone.number, amount_fen=amount)
    return payment


@transaction.atomic
def refund(
    *, application_id: int, amount_fen: int, reason: str, paid_on: date, actor: User, reference: str = ""
) -> Payment:
    """Record money that came back: a negative posting with its reason. ``amount_fen`` is given above zero.

    Raises ``NOT_PERMITTED``, ``RELATED_PARTY``, ``REASON_MISSING``, ``ABOVE_PAID``.
    """
    require(actor, PAY)
    case = locked(application_id)
    require_unrelated(actor, case)
    if not reason.strip():
        raise RuleViolation("REASON_MISSING", _("Give a reason."), field="reason")
    if not 0 < amount_fen <= money_of(case).paid_fen:
        raise RuleViolation("ABOVE_PAID", _("No more comes back than was paid."), field="amount_fen")
    returned = Payment.objects.create(
        application=case, amount_fen=-amount_fen, reason=reason.strip(), ordered_by=actor, state=PaymentState.PAID,
        paid_on=paid_on, reference=reference, settled_at=timezone.now(), settled_by=actor,
    )  # fmt: skip
    announce_project(case, "money_returned", returned.pk, amount_fen=amount_fen, paid_on=str(paid_on))
    return returned


@transaction.atomic
def confirm_payment(*, payment_id: int, paid_on: date, actor: User, reference: str = "") -> Payment:
    """Record that the bank has paid. Raises ``NOT_PERMITTED``, ``SETTLED``, ``IN_FUTURE``."""
    if paid_on > timezone.localdate():
        raise RuleViolation("IN_FUTURE", _("This day has not come yet."), field="paid_on")
    payment = _settle(payment_id, actor, PaymentState.PAID, paid_on=paid_on, reference=reference)
    tell_applicant(payment.application, gettext_lazy("A payment was made"), key=f"paid-{payment.pk}")
    return payment


@transaction.atomic
def cancel_payment(*, payment_id: int, actor: User) -> Payment:
    """Take an order back before it is paid; what was reserved is free again. Raises ``NOT_PERMITTED``, ``SETTLED``."""
    return _settle(payment_id, actor, PaymentState.CANCELLED)


def _settle(
    payment_id: int, actor: User, state: PaymentState, *, paid_on: date | None = None, reference: str = ""
) -> Payment:
    require(actor, PAY)
    found = Payment.objects.get(pk=payment_id)
    case = locked(found.application_id)
    require_unrelated(actor, case)
    payment = Payment.objects.select_for_update(of=("self",)).select_related("application").get(pk=payment_id)
    if payment.state != PaymentState.ORDERED:
        raise RuleViolation("SETTLED", _("This payment is settled already."))
    payment.state, payment.paid_on, payment.reference = state, paid_on, reference
    payment.settled_at, payment.settled_by = timezone.now(), actor
    payment.save(update_fields=["state", "paid_on", "reference", "settled_at", "settled_by"])
    event = "payment_made" if state == PaymentState.PAID else "payment_cancelled"
    announce_project(case, event, payment.pk, amount_fen=payment.amount_fen, paid_on=paid_on and str(paid_on))
    return payment
