"""The privacy officer's registers: impact assessments approved by a second person, breaches from notice to close."""

from datetime import date

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from innovation.accounts.models import User
from innovation.core import outbox
from innovation.core.errors import RuleViolation
from talent.choices.privacy import AssessmentState, BreachState
from talent.models import Breach, ImpactAssessment
from talent.queries.breaches import affected_by


@transaction.atomic
def approve_assessment(*, assessment_id: int, review_on: date, actor: User) -> ImpactAssessment:
    """Somebody else than the writer approves. Raises ``OWN_ASSESSMENT``, ``APPROVED_ALREADY``, ``REVIEW_DATE``."""
    found = ImpactAssessment.objects.select_for_update(of=("self",)).get(pk=assessment_id)
    today = timezone.localdate()
    if found.state != AssessmentState.DRAFT:
        raise RuleViolation("APPROVED_ALREADY", _("This assessment is approved already."))
    if found.written_by_id == actor.pk:
        raise RuleViolation("OWN_ASSESSMENT", _("Somebody else than its writer approves it."))
    if review_on <= today:
        raise RuleViolation("REVIEW_DATE", _("The review lies after today."), field="review_on")
    found.state, found.approved_by, found.approved_on, found.review_on = (
        AssessmentState.APPROVED, actor, today, review_on,
    )  # fmt: skip
    found.save()
    return found


def _locked(breach_id: int) -> Breach:
    found = Breach.objects.select_for_update(of=("self",)).get(pk=breach_id)
    if found.state == BreachState.CLOSED:
        raise RuleViolation("BREACH_CLOSED", _("This breach is closed."))
    return found


@transaction.atomic
def report_breach(*, breach_id: int, actor: User) -> Breach:
    """Note that the authority was told now. Raises ``BREACH_CLOSED``, ``REPORTED_ALREADY``."""
    found = _locked(breach_id)
    if found.reported_at:
        raise RuleViolation("REPORTED_ALREADY", _("It is reported already."))
    found.state, found.reported_at = BreachState.REPORTED, timezone.now()
    found.save()
    return found


@transaction.atomic
def tell_affected(*, breach_id: int, words: str, actor: User) -> Breach:
    """Mail everybody whose data was touched and who has an account. Raises ``BREACH_CLOSED``, ``WORDS_MISSING``."""
    found = _locked(breach_id)
    if not words.strip():
        raise RuleViolation("WORDS_MISSING", _("Write what happened and what people can do."), field="words")
    told = 0
    concerned = affected_by(found).values("user")
    for user in User.objects.filter(pk__in=concerned, is_active=True).order_by("pk"):
        with translation.override(user.language or "zh-hans"):
            told += outbox.send_mail(
                to=user.email, key=f"talent-breach-{found.pk}-{user.pk}",
                subject=_("Your data may be affected by a breach"), text=words.strip(),
            )  # fmt: skip
    found.told_at, found.told = timezone.now(), found.told + told
    found.save()
    return found


@transaction.atomic
def close_breach(*, breach_id: int, measures: str, actor: User) -> Breach:
    """Close it with the measures that were taken. Raises ``BREACH_CLOSED``, ``MEASURES_MISSING``."""
    found = _locked(breach_id)
    if not measures.strip():
        raise RuleViolation("MEASURES_MISSING", _("Say what was done."), field="measures")
    found.measures, found.state, found.closed_at = measures.strip(), BreachState.CLOSED, timezone.now()
    found.save()
    return found
