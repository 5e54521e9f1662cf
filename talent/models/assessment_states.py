"""The way of an assessment as data: which step leads where, who may take it, what happens next."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from innovation.core.transitions import StateName, Transition
from talent.choices.assessment import AssessmentState as State
from talent.rules.assessing import may_answer, may_begin, may_decide, may_lock, may_reopen, may_unblind

RUN, DECIDE = "talent.change_assessment", "talent.decide_assessment"


def is_subject(user: Any, assessment: Any) -> bool:
    """Whether ``user`` is the person assessed."""
    return assessment.person.user_id == user.pk


_reopen = Transition(
    to=State.BLIND_SCORING, permission=RUN, label=_("Open scoring again"), guard=may_reopen,
    next_step=_("A further reviewer scores the same blind view; what was handed in stays locked."),
)  # fmt: skip
_unblind = Transition(
    to=State.UNBLINDED, permission=RUN, label=_("Unblind"), guard=may_unblind,
    next_step=_("The office looks into the case with the name; every change of a mark is logged with its reason."),
)  # fmt: skip
TRANSITIONS = {
    State.OPEN: {
        "begin": Transition(
            to=State.BLIND_SCORING, permission=RUN, label=_("Begin blind scoring"), guard=may_begin,
            next_step=_("The reviewers get the blind view and score it, each alone."),
        )
    },
    State.BLIND_SCORING: {
        "lock": Transition(
            to=State.LOCKED, permission=RUN, label=_("Lock the scores"), guard=may_lock,
            next_step=_("Scores cannot be changed any more."),
        )
    },
    State.LOCKED: {
        "moderate": Transition(
            to=State.MODERATION, permission=RUN, label=_("Open a round of discussion"),
            next_step=_("Reviewers may change a mark, with a reason, still without the name."),
        ),
        "unblind": _unblind, "reopen": _reopen,
    },
    State.MODERATION: {"unblind": _unblind, "reopen": _reopen},
    State.UNBLINDED: {
        "decide": Transition(
            to=State.DECIDED, permission=DECIDE, label=pgettext_lazy("assessment", "Decide"), guard=may_decide,
            next_step=_("The person reads the outcome with its reasons and may appeal."),
        ),
        "reopen": _reopen,
    },
    State.DECIDED: {
        "appeal": Transition(
            to=State.APPEAL, permission=is_subject, label=_("Appeal"),
            next_step=_("Somebody who took no part in the decision answers."),
        ),
        "close": Transition(to=State.CLOSED, permission=RUN, label=_("Close"), next_step=_("Nothing follows.")),
    },
    State.APPEAL: {
        "answer": Transition(
            to=State.CLOSED, permission=DECIDE, label=_("Answer the appeal"), guard=may_answer,
            next_step=_("The answer is final here; the person can read it."),
        )
    },
}  # fmt: skip
STATE_NAMES = {
    State.OPEN: StateName(
        State.OPEN.label, _("Your evidence is gathered"), _("Add evidence, redact it and ask two reviewers")
    ),
    State.BLIND_SCORING: StateName(
        State.BLIND_SCORING.label, _("Reviewers score without your name"), _("Wait until every review is handed in")
    ),
    State.LOCKED: StateName(
        State.LOCKED.label, _("Scores are locked"), _("Hold a discussion where marks lie apart, then unblind")
    ),
    State.MODERATION: StateName(
        State.MODERATION.label, _("Reviewers discuss, still without your name"), _("Unblind when the reviewers agree")
    ),
    State.UNBLINDED: StateName(
        State.UNBLINDED.label, _("Due diligence"), _("Write down the findings, then a manager decides")
    ),
    State.DECIDED: StateName(State.DECIDED.label, _("Decided"), _("The person may appeal; otherwise close the case")),
    State.APPEAL: StateName(
        State.APPEAL.label, _("Your appeal is examined"), _("Somebody who did not decide answers the appeal")
    ),
    State.CLOSED: StateName(State.CLOSED.label, _("Closed"), _("Nothing follows")),
}
