"""The steps of an assessment as pages of one form each; the table says which form and which action."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.forms import BaseForm
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from innovation.accounts.models import User
from innovation.core import transitions
from innovation.core.views import ConfirmForm
from talent.actions import assessing
from talent.choices.assessment import AssessmentState
from talent.forms.assessment import AnswerAppealForm, DecideForm, DiligenceForm, ReasonEntryForm
from talent.models import Assessment

Act = Callable[[int, Mapping[str, Any], User], Any]


@dataclass(frozen=True)
class Step:
    """``label`` stands on the button; ``lead`` says what happens."""

    label: str | Promise
    lead: str | Promise
    form: type[BaseForm]
    act: Act


STEPS: Mapping[str, Step] = {
    "begin": Step(
        _("Begin blind scoring"), _("The blind view is frozen and the reviewers are told. Evidence stays as it is."),
        ConfirmForm, lambda pk, data, actor: assessing.begin_scoring(assessment_id=pk, actor=actor),
    ),
    "lock": Step(
        _("Lock the scores"), _("From here a mark changes only as a logged difference with a reason."),
        ConfirmForm, lambda pk, data, actor: assessing.lock_scores(assessment_id=pk, actor=actor),
    ),
    "moderate": Step(
        _("Open a round of discussion"), _("Reviewers may change their marks, each with a reason, still blind."),
        ReasonEntryForm,
        lambda pk, data, actor: assessing.open_moderation(assessment_id=pk, note=data["reason"], actor=actor),
    ),
    "reopen": Step(
        _("Open scoring again"), _("For a further reviewer, after a conflict of interest took a review away."),
        ReasonEntryForm,
        lambda pk, data, actor: assessing.reopen_scoring(assessment_id=pk, reason=data["reason"], actor=actor),
    ),
    "unblind": Step(
        _("Unblind"), _("Reviewers who handed in may then read the name. This cannot be taken back."),
        ConfirmForm, lambda pk, data, actor: assessing.unblind(assessment_id=pk, actor=actor),
    ),
    "diligence": Step(
        _("Write down due diligence"), _("What was checked under the name, in words that name nobody."),
        DiligenceForm,
        lambda pk, data, actor: assessing.record_diligence(assessment_id=pk, findings=data["findings"], actor=actor),
    ),
    "decide": Step(
        pgettext_lazy("assessment", "Decide"),
        _("By pseudonym, scores and findings. The person reads outcome and reasons."),
        DecideForm,
        lambda pk, data, actor: assessing.decide(
            assessment_id=pk, outcome=data["outcome"], reason=data["reason"], actor=actor
        ),
    ),
    "answer": Step(
        _("Answer the appeal"), _("Somebody who did not take the decision answers; the outcome may change."),
        AnswerAppealForm,
        lambda pk, data, actor: assessing.answer_appeal(
            assessment_id=pk, outcome=data["outcome"], answer=data["answer"], actor=actor
        ),
    ),
    "close": Step(
        _("Close"), _("Nobody has appealed; nothing follows."),
        ConfirmForm, lambda pk, data, actor: assessing.close(assessment_id=pk, actor=actor),
    ),
}  # fmt: skip


def may_step(case: Assessment, event: str, user: User) -> bool:
    """Whether ``user`` may take the step in the case's present state; guards are asked when it is sent."""
    if event == "diligence":
        return case.state == AssessmentState.UNBLINDED and user.has_perm("talent.change_assessment")
    step = Assessment.transitions.get(case.state, {}).get(event)
    return step is not None and transitions.may(step, case, user)


def acts_for(case: Assessment, user: User) -> list[tuple[Any, str]]:
    """Label and address of each step that the reader may take now."""
    return [
        (step.label, reverse("talent:assessment_step", args=[case.pk, event]))
        for event, step in STEPS.items()
        if may_step(case, event, user)
    ]
