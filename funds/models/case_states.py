"""The states of an exemption case as data: which event leads where, who may cause it, what happens next."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from funds.choices.cases import CaseState as S
from funds.rules.cases import FIRST, ON_APPEAL
from innovation.core.transitions import StateName, Transition

MANAGE, VOTE, DECIDE = "funds.manage_exemptioncase", "funds.vote_exemptioncase", "funds.decide_exemptioncase"


def speaks_for(actor: Any, case: Any) -> bool:
    """Whether ``actor`` speaks for the side that is judged: the fund's manager, or a person named in the case."""
    return type(case).objects.spoken_for_by(actor).filter(pk=case.pk).exists()


def chairs(actor: Any, case: Any) -> bool:
    """Whether ``actor`` chairs the panel that sits now, and is not recused."""
    if not actor.has_perm(DECIDE):
        return False
    round_ = ON_APPEAL if case.state == S.APPEAL else FIRST
    return case.panel.filter(round=round_, user=actor, is_chair=True, recused_at=None).exists()


_DISCONTINUE = Transition(
    to=S.ARCHIVED, permission=DECIDE, label=_("Discontinue"), next_step=_("The loss was reversed: nothing is decided.")
)
TRANSITIONS: dict[str, dict[str, Transition]] = {
    S.OPENED: {
        "freeze": Transition(to=S.FROZEN, permission=MANAGE, label=_("Freeze the evidence")),
        "discontinue": _DISCONTINUE,
        "withdraw": Transition(
            to=S.ARCHIVED, permission=None, automatic=True, label=_("Withdraw"),
            next_step=_("The entry was reversed before any work."),
        ),
    },
    S.FROZEN: {
        "start_checklist": Transition(to=S.CHECKLIST, permission=MANAGE, label=_("Start the checklist")),
        "discontinue": _DISCONTINUE,
    },
    S.CHECKLIST: {
        "finish_checklist": Transition(to=S.SCREENING, permission=MANAGE, label=_("Close the checklist")),
        "discontinue": _DISCONTINUE,
    },
    S.SCREENING: {
        "finish_screening": Transition(to=S.STATEMENT, permission=MANAGE, label=_("Close the screening")),
        "discontinue": _DISCONTINUE,
    },
    S.STATEMENT: {
        "submit_statement": Transition(to=S.EVALUATION, permission=speaks_for, label=_("Submit the statement")),
        "close_statement": Transition(
            to=S.EVALUATION, permission=MANAGE, label=_("Go on without a statement"),
        ),
        "discontinue": _DISCONTINUE,
    },
    S.EVALUATION: {
        "record_evaluation": Transition(to=S.PANEL, permission=MANAGE, label=_("Record the evaluation")),
        "discontinue": _DISCONTINUE,
    },
    S.PANEL: {
        "decide": Transition(to=S.DECIDED, permission=chairs, label=_("Decide")),
        "discontinue": _DISCONTINUE,
    },
    S.DECIDED: {
        "appeal": Transition(to=S.APPEAL, permission=speaks_for, label=_("Appeal")),
        "archive": Transition(to=S.ARCHIVED, permission=MANAGE, label=_("Archive and seal")),
    },
    S.APPEAL: {
        "decide_appeal": Transition(to=S.DECIDED, permission=chairs, label=_("Decide the appeal")),
    },
    S.ARCHIVED: {},
}  # fmt: skip
STATE_NAMES = {
    S.OPENED: StateName(
        staff=S.OPENED.label,
        public=pgettext_lazy("case", "Opened"),
        next_step=_("The case officer collects the minutes and freezes what was known."),
    ),
    S.FROZEN: StateName(
        staff=S.FROZEN.label,
        public=_("Evidence is being collected"),
        next_step=_(
            "The case officer names the persons judged, with the regime that binds each, and starts the checklist."
        ),
    ),
    S.CHECKLIST: StateName(
        staff=S.CHECKLIST.label,
        public=_("Duties are being checked"),
        next_step=_("The case officer answers every duty and condition with its evidence."),
    ),
    S.SCREENING: StateName(
        staff=S.SCREENING.label,
        public=_("Duties are being checked"),
        next_step=_("The case officer tests the case against the negative list."),
    ),
    S.STATEMENT: StateName(
        staff=S.STATEMENT.label,
        public=_("Your statement is awaited"),
        next_step=_("The manager submits a statement with documents."),
    ),
    S.EVALUATION: StateName(
        staff=S.EVALUATION.label,
        public=_("An independent evaluation is being made"),
        next_step=_("A third party evaluates; the case officer records its report."),
    ),
    S.PANEL: StateName(
        staff=S.PANEL.label,
        public=_("The panel is deciding"),
        next_step=_("The members of the panel vote with written reasons; the chair decides."),
    ),
    S.DECIDED: StateName(
        staff=S.DECIDED.label,
        public=_("Decided"),
        next_step=_("The manager may appeal once, within the term; after it the case is archived."),
    ),
    S.APPEAL: StateName(
        staff=S.APPEAL.label,
        public=_("The appeal is being heard"),
        next_step=_("Another panel hears the appeal and decides for good."),
    ),
    S.ARCHIVED: StateName(
        staff=S.ARCHIVED.label,
        public=_("Closed"),
        next_step=_("Nothing. The sealed file holds the whole case."),
    ),
}


def allowed_moves() -> list[tuple[str, str]]:
    """(state before, state after) pairs of the table, for the database's own guard."""
    return sorted({(str(state), str(arrow.to)) for state, arrows in TRANSITIONS.items() for arrow in arrows.values()})
