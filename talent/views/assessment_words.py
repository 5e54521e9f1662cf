"""How assessments are said on every page."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from django.utils.translation import gettext_lazy as _

from innovation.core.components import Status, Tone
from talent.choices.assessment import AssessmentState
from talent.models import Assessment

TITLE = _("Blind assessments")
TONES = {
    AssessmentState.OPEN: Tone.IDLE, AssessmentState.BLIND_SCORING: Tone.INFO, AssessmentState.LOCKED: Tone.NOTICE,
    AssessmentState.MODERATION: Tone.NOTICE, AssessmentState.UNBLINDED: Tone.INFO, AssessmentState.DECIDED: Tone.OK,
    AssessmentState.APPEAL: Tone.NOTICE,
}  # fmt: skip


def state_of(case: Assessment) -> Status:
    """The state in the staff's words."""
    return Status(case.get_state_display(), TONES.get(AssessmentState(case.state), Tone.IDLE))


def points_text(value: Fraction | None) -> str | None:
    """A score to two places, half rounded up; None stays unknown."""
    if value is None:
        return None
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return str(exact.quantize(Decimal("0.01"), ROUND_HALF_UP))
