"""The words and addresses of what waits: what it is, which record, how it stands, what to do next."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from django.db.models import TextChoices
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from funds.choices.cases import CaseState
from funds.choices.deals import DealState, DiligenceArea, MonitoringRating, TrancheState
from funds.choices.ledger import EventKind, ProofOccasion
from funds.choices.records import NoticeState
from funds.choices.tolerance import AlertKind, WarningLevel
from funds.choices.work import WorkKind
from funds.models import (
    ClawBack,
    EvaluationRun,
    FilingExtract,
    Fund,
    ReinvestmentClaim,
    SpecialTierApproval,
    ValuationPaper,
)  # fmt: skip
from funds.models.case_states import STATE_NAMES
from funds.models.cases import case_code
from funds.queries.work import WorkItem
from innovation.core.components import Status, Tone

Text = str | Promise
TITLE = _("Work list")
K = WorkKind
STATES: dict[str, type[TextChoices]] = {
    K.BROKEN_BOOKS: ProofOccasion, K.ALERT: WarningLevel, K.CALL: NoticeState, K.ENTRY: EventKind,
    K.TRANCHE: TrancheState, K.DILIGENCE: DiligenceArea, K.DEAL: DealState, K.HOLDING: MonitoringRating,
    K.VALUE_TO_APPROVE: ValuationPaper.State, K.VALUE_TO_MEND: ValuationPaper.State, K.CLAIM: ReinvestmentClaim.State,
    K.CLAW_BACK: ClawBack.State, K.TIER: SpecialTierApproval.State, K.TIER_ENDING: SpecialTierApproval.State,
    K.CASE: CaseState, K.CASE_VOTE: CaseState, K.EVALUATION: EvaluationRun.State,
    K.EVALUATION_TO_MEND: EvaluationRun.State, K.FILING: FilingExtract.State,
}  # fmt: skip
"""Which enumeration words the state of each kind."""
TONES: Mapping[str, Tone] = {
    WarningLevel.RED: Tone.BAD, WarningLevel.ORANGE: Tone.NOTICE, WarningLevel.YELLOW: Tone.NOTICE,
    MonitoringRating.TROUBLE: Tone.BAD, MonitoringRating.WATCH: Tone.NOTICE,
}  # fmt: skip
NEXT: dict[str, Text] = {
    K.BROKEN_BOOKS: _("Somebody wrote to the database itself. Look at once."),
    K.ALERT: _("Look at the figures and acknowledge it."),
    K.CALL: _("Record the payments, or ask the investors that have not paid."),
    K.ENTRY: _("Compare it with its document; approve or refuse it."),
    K.TRANCHE: _("Pay it and record the entry."),
    K.DILIGENCE: _("Answer it with a finding."),
    K.DEAL: _("Record the vote of the committee."),
    K.HOLDING: _("Look at the company and write a note."),
    K.ROUND: _("Write a fair value for each holding and submit it."),
    K.VALUE_TO_APPROVE: _("Look through its inputs; approve or return it."),
    K.VALUE_TO_MEND: _("Mend what the reason says and submit it again."),
    K.CLAIM: _("Look through its proof; recognise or refuse it."),
    K.CLAW_BACK: _("Demand or waive it."),
    K.TIER: _("Look through the evidence; approve or refuse it."),
    K.TIER_ENDING: _("Ask for a new special tier in time, or let it end."),
    K.CASE_VOTE: _("Read the file and vote, with your reasons."),
    K.EVALUATION: _("Look through the scores; confirm or return it."),
    K.EVALUATION_TO_MEND: _("Score every indicator with its reason and submit it."),
}
NAMES: dict[str, Text] = {
    K.CALL: _("Capital call %(number)s"),
    K.TRANCHE: _("Tranche %(number)s"),
    K.ROUND: _("Valuation at %(code)s"),
    K.VALUE_TO_APPROVE: _("Value at %(code)s"),
    K.VALUE_TO_MEND: _("Value at %(code)s"),
    K.EVALUATION: _("Year %(number)s"),
    K.EVALUATION_TO_MEND: _("Year %(number)s"),
    K.FILING: _("Year %(number)s"),
    K.ENTRY: _("Entry %(record)s"),
}
"""How a record of a kind is called; others go by their own code."""


def _at(name: str) -> Callable[[WorkItem], str]:
    return lambda item: reverse(f"funds:{name}", args=[item.record])


def _of_parent(name: str) -> Callable[[WorkItem], str]:
    return lambda item: reverse(f"funds:{name}", args=[item.parent])


ADDRESSES: dict[str, Callable[[WorkItem], str]] = {
    K.BROKEN_BOOKS: lambda item: reverse("funds:proofs"),
    K.ALERT: _at("alert"),
    K.CALL: lambda item: reverse("funds:notice", args=["call", item.record]),
    K.ENTRY: _at("proposal"),
    K.TRANCHE: _at("tranche_pay"),
    K.DILIGENCE: lambda item: reverse("funds:deal_item", args=[item.parent, item.record]),
    K.DEAL: _at("deal"),
    K.HOLDING: _at("holding"),
    K.ROUND: _at("valuation_round"),
    K.VALUE_TO_APPROVE: _at("valuation_paper"),
    K.VALUE_TO_MEND: _at("valuation_paper"),
    K.CLAIM: _at("claim"),
    K.CLAW_BACK: _of_parent("landed"),
    K.TIER: _at("special_tier"),
    K.TIER_ENDING: _at("special_tier"),
    K.CASE: _at("case"),
    K.CASE_VOTE: _at("case"),
    K.EVALUATION: _at("evaluation"),
    K.EVALUATION_TO_MEND: _at("evaluation"),
    K.FILING: _at("filing"),
}


def kind_of(item: WorkItem) -> str:
    """What it is, in the words of the filter."""
    return str(WorkKind(item.kind).label)


def address_of(item: WorkItem) -> str:
    """The page on which it is done."""
    return ADDRESSES[item.kind](item)


def fund_of(item: WorkItem) -> str:
    """The fund or group, in the reader's language; empty where it is about none."""
    return Fund(name_zh=item.fund_zh, name_en=item.fund_en).name


def subject_of(item: WorkItem) -> str:
    """The company, in the reader's language; empty where it is about none."""
    chinese = (get_language() or "").startswith("zh")
    first, second = (item.subject_zh, item.subject_en) if chinese else (item.subject_en, item.subject_zh)
    return first or second


def record_of(item: WorkItem) -> str:
    """Which record it is: its own number or day, and the company where it is about one."""
    return " · ".join(part for part in (_name_of(item), subject_of(item)) if part) or kind_of(item)


def _name_of(item: WorkItem) -> str:
    if item.kind == K.ALERT:
        return str(AlertKind(item.code).label)
    if item.kind in {K.CASE, K.CASE_VOTE}:
        return case_code(item.since, item.number)
    facts = {"number": item.number, "code": item.code, "record": item.record}
    return str(NAMES[item.kind]) % facts if item.kind in NAMES else item.code


def status_of(item: WorkItem) -> Status:
    """How it stands: its state in words. That its day has passed is said beside the day, not here."""
    if item.kind == K.ROUND:
        count = item.number or 0
        label: Text = ngettext("%(count)s holding without a value", "%(count)s holdings without a value", count) % {
            "count": count
        }
    else:
        label = STATES[item.kind](item.state).label
    tone = Tone.BAD if item.kind == K.BROKEN_BOOKS else TONES.get(item.state, Tone.INFO)
    return Status(label, tone)


def next_of(item: WorkItem) -> str:
    """What to do next."""
    if item.kind == K.CASE:
        return str(STATE_NAMES[CaseState(item.state)].next_step)
    if item.kind == K.FILING:
        return str(FilingExtract.state_names[FilingExtract.State(item.state)].next_step)
    return str(NEXT[item.kind])


def count_words(items: Sequence[WorkItem], today: date) -> str:
    """“7 things wait for you, 2 overdue”; empty where nothing waits."""
    late = sum(item.is_overdue(today) for item in items)
    if not items:
        return ""
    waits = ngettext("%(count)s thing waits for you", "%(count)s things wait for you", len(items))
    return _t("%(waits)s, %(late)s overdue") % {"waits": waits % {"count": len(items)}, "late": late}


def list_address(**asked: str) -> str:
    """The work list, filtered."""
    return reverse("funds:work", query=asked or None)
