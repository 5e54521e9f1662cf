"""What waits for a person in the funds part: one source per kind, all read in one statement.

The work list, the start page and the API take their rows and counts from here, so that each rule stands once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import (
    BooleanField,
    CharField,
    Count,
    DateField,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)  # fmt: skip
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce

from funds.choices.cases import CaseState
from funds.choices.deals import DealState, DiligenceState, TrancheState
from funds.choices.ledger import ProposalState
from funds.choices.records import FundState
from funds.choices.tolerance import AlertState
from funds.choices.work import WorkKind
from funds.models import (
    Alert,
    ClawBack,
    Deal,
    DiligenceItem,
    EntryProposal,
    EvaluationRun,
    ExemptionCase,
    FilingExtract,
    LedgerProof,
    MonitoringNote,
    PanelMember,
    ReinvestmentClaim,
    SpecialTierApproval,
    Tranche,
    ValuationPaper,
    ValuationRound,
)  # fmt: skip
from funds.models.case_states import MANAGE, VOTE
from funds.models.visibility import sees_funds
from funds.queries.cases import overdue as overdue_cases
from funds.queries.cases import waiting
from funds.queries.deals import unpaid
from funds.queries.notices import unpaid_calls
from funds.queries.valuation_work import holdings_to_value
from funds.rules.cases import FIRST, ON_APPEAL

HORIZON = timedelta(days=30)
"""What falls due within so many days waits already; what is due later does not yet."""
Rows = QuerySet[Any, Any]


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One thing that waits. ``since`` is the day it began to wait, ``due_on`` its last day, None where none is set.

    ``record`` is the key of what is to be done, ``parent`` that of the record it belongs to; ``code`` and ``number``
    name it; ``is_mine`` says that it is this person's by name, not by right alone.
    """

    kind: str
    record: int
    parent: int | None
    since: date | None
    due_on: date | None
    fund_id: int | None
    fund_zh: str
    fund_en: str
    code: str
    number: int | None
    subject_zh: str
    subject_en: str
    state: str
    is_mine: bool | None

    def is_overdue(self, today: date) -> bool:
        return self.due_on is not None and self.due_on < today


COLUMNS = tuple(f"work_{name}" for name in WorkItem.__slots__)
COMPANY = "investment__company__name"


@dataclass(frozen=True)
class Source:
    """What of one kind waits for whoever holds ``permission``. Texts are paths of columns, "" for none.

    ``rows`` gives the records that wait for a person on a day; ``own`` the condition that they are the person's.
    """

    kind: WorkKind
    permission: str
    rows: Callable[[Any, date], Rows]
    fund: str = "fund"
    group: str = ""
    record: str = "pk"
    parent: str = ""
    since: str = ""
    due: str | Combinable = ""
    code: str = ""
    number: str = ""
    subject: str = ""
    state: str = "state"
    own: Callable[[Any], Q] = lambda user: Q(pk=None)

    def read(self, user: Any, today: date) -> list[Rows]:
        """The records as rows of ``COLUMNS``."""
        return [self.annotated(self.rows(user, today), user).values_list(*COLUMNS)]

    def annotated(self, rows: Rows, user: Any) -> Rows:
        names = {
            f"work_fund_{language}": _text(*(f"{path}__name_{language}" for path in (self.fund, self.group) if path))
            for language in ("zh", "en")
        }
        subjects = {
            f"work_subject_{language}": _text(f"{self.subject}_{language}" if self.subject else "")
            for language in ("zh", "en")
        }
        return rows.order_by().annotate(
            work_kind=Value(self.kind.value, CharField()),
            work_record=F(self.record),
            work_parent=_number(self.parent),
            work_since=_day(self.since),
            work_due_on=_day(self.due),
            work_fund_id=_number(f"{self.fund}_id" if self.fund else ""),
            work_code=_text(self.code),
            work_number=_number(self.number),
            work_state=_text(self.state),
            work_is_mine=ExpressionWrapper(self.own(user), BooleanField()),
            **names,
            **subjects,
        )


class RoundSource(Source):
    """Open valuation rounds, fund by fund: how many holdings have neither a value nor one to be approved."""

    def read(self, user: Any, today: date) -> list[Rows]:
        return [self._of(each, user) for each in ValuationRound.objects.filter(state=ValuationRound.State.OPEN)]

    def _of(self, each: ValuationRound, user: Any) -> Rows:
        mended = ValuationPaper.objects.filter(
            investment=OuterRef("pk"), valid_at=each.quarter_end, state=ValuationPaper.State.RETURNED,
            prepared_by=user,
        )  # fmt: skip
        facts = {
            "work_record": Value(each.pk, IntegerField()),
            "work_since": Value(each.opened_at.date(), DateField()),
            "work_due_on": Value(each.due_on, DateField()),
            "work_code": Value(each.quarter_end.isoformat(), CharField()),
        }
        named = self.annotated(holdings_to_value(each.quarter_end).filter(~Exists(mended)), user).annotate(**facts)
        kept = [name for name in COLUMNS if name != "work_number"]
        return named.values(*kept).annotate(work_number=Count("pk")).values_list(*COLUMNS)


def _text(*paths: str) -> Combinable:
    """The first of these columns that has a value, as text; empty where none has."""
    known = [Cast(F(path), CharField()) for path in paths if path]
    return Coalesce(*known, Value("", CharField())) if known else Value("", CharField())


def _number(path: str) -> Combinable:
    return Cast(F(path) if path else Value(None), IntegerField())


def _day(path: str | Combinable) -> Combinable:
    if not isinstance(path, str):
        return path
    return Cast(F(path) if path else Value(None), DateField())


def _cases(user: Any, today: date) -> Rows:
    """Steps of the office, and whatever else is late: a statement that did not come, a term that has ended."""
    every = ExemptionCase.objects.all()
    return waiting(every) | overdue_cases(every, today)


def _seats(user: Any, today: date) -> Rows:
    sits = Q(case__state=CaseState.PANEL, round=FIRST) | Q(case__state=CaseState.APPEAL, round=ON_APPEAL)
    return PanelMember.objects.filter(sits, user=user, recused_at=None, votes=None)


def _questions(user: Any, today: date) -> Rows:
    rows = DiligenceItem.objects.filter(Q(responsible=user) | Q(deal__lead=user), state=DiligenceState.OPEN)
    return rows.filter(due_on__lte=today + HORIZON)


def _looks(user: Any, today: date) -> Rows:
    later = MonitoringNote.objects.filter(investment=OuterRef("investment")).filter(
        Q(noted_on__gt=OuterRef("noted_on")) | Q(noted_on=OuterRef("noted_on"), pk__gt=OuterRef("pk"))
    )
    return MonitoringNote.objects.filter(~Exists(later), next_on__lte=today + HORIZON)


def _ending_tiers(user: Any, today: date) -> Rows:
    rows = SpecialTierApproval.objects.filter(
        state=SpecialTierApproval.State.APPROVED, valid_to__gte=today, valid_to__lte=today + HORIZON
    )
    return rows.exclude(binding__fund__state=FundState.CLOSED)


def _filings(user: Any, today: date) -> Rows:
    """Extracts to be filed by whoever makes them, and drafts whose truth another person commits to."""
    states = FilingExtract.State
    mine = Q(state__in=[states.DRAFT, states.COMMITTED]) if user.has_perm("funds.add_filingextract") else Q(pk=None)
    if user.has_perm("funds.commit_filing"):
        mine |= Q(state=states.DRAFT) & ~Q(made_by=user)
    return FilingExtract.objects.filter(mine, due_on__lte=today + HORIZON)


def _broken_books(user: Any, today: date) -> Rows:
    newest = LedgerProof.objects.filter(fund=None).order_by("-pk").values("pk")[:1]
    return LedgerProof.objects.filter(pk__in=newest).exclude(findings=[])


ROUND_DUE = Cast(
    Subquery(ValuationRound.objects.filter(quarter_end=OuterRef("valid_at")).values("due_on")[:1]), DateField()
)
PAPER, CLAIM, RUN = ValuationPaper.State, ReinvestmentClaim.State, EvaluationRun.State
SOURCES: tuple[Source, ...] = (
    Source(
        WorkKind.BROKEN_BOOKS, "funds.prove_ledger", _broken_books, since="proved_at__date", fund="", state="occasion",
    ),
    Source(
        WorkKind.ALERT, "funds.handle_alert", lambda user, today: Alert.objects.filter(state=AlertState.OPEN),
        group="group", since="opened_at__date", code="kind", subject=COMPANY, state="level",
    ),
    Source(
        WorkKind.CALL, "funds.issue_notice", lambda user, today: unpaid_calls(today + HORIZON),
        since="notice_on", due="due_on", number="number", own=lambda user: Q(issued_by=user),
    ),
    Source(
        WorkKind.ENTRY, "funds.decide_entryproposal",
        lambda user, today: EntryProposal.objects.filter(state=ProposalState.WAITING).exclude(proposed_by=user),
        since="proposed_at__date", subject=COMPANY, state="kind",
    ),
    Source(
        WorkKind.TRANCHE, "funds.add_ledgerevent",
        lambda user, today: unpaid(Tranche.objects.filter(state=TrancheState.READY)),
        fund="agreement__investment__fund", parent="agreement__investment_id", since="met_on", due="due_on",
        number="number", subject="agreement__investment__company__name",
    ),
    Source(
        WorkKind.DILIGENCE, "funds.change_deal", _questions, fund="deal__fund", parent="deal_id",
        since="deal__opened_on", due="due_on", code="deal__code", subject="deal__company__name", state="area",
        own=lambda user: Q(responsible=user),
    ),
    Source(
        WorkKind.DEAL, "funds.add_decision",
        lambda user, today: Deal.objects.filter(state=DealState.PROPOSED).exclude(lead=user),
        since="opened_on", code="code", subject="company__name",
    ),
    Source(
        WorkKind.HOLDING, "funds.add_monitoringnote", _looks, fund="investment__fund", record="investment_id",
        since="noted_on", due="next_on", code="investment__code", subject=COMPANY, state="rating",
        own=lambda user: Q(recorded_by=user),
    ),
    RoundSource(
        WorkKind.ROUND, "funds.add_valuationpaper", lambda user, today: ValuationRound.objects.none(), state="",
    ),
    Source(
        WorkKind.VALUE_TO_APPROVE, "funds.approve_valuation",
        lambda user, today: ValuationPaper.objects.filter(state=PAPER.SUBMITTED).exclude(prepared_by=user),
        fund="investment__fund", since="submitted_at__date", due=ROUND_DUE, subject=COMPANY, code="valid_at",
    ),
    Source(
        WorkKind.VALUE_TO_MEND, "funds.add_valuationpaper",
        lambda user, today: ValuationPaper.objects.filter(state=PAPER.RETURNED, prepared_by=user),
        fund="investment__fund", since="decided_at__date", due=ROUND_DUE, subject=COMPANY, code="valid_at",
        own=lambda user: Q(prepared_by=user),
    ),
    Source(
        WorkKind.CLAIM, "funds.decide_reinvestment",
        lambda user, today: ReinvestmentClaim.objects.filter(
            state__in=[CLAIM.SUBMITTED, CLAIM.UNDER_REVIEW]
        ).exclude(created_by=user),
        since="submitted_at__date", subject="company__name",
    ),
    Source(
        WorkKind.CLAW_BACK, "funds.decide_clawback",
        lambda user, today: ClawBack.objects.filter(state=ClawBack.State.PROPOSED).exclude(proposed_by=user),
        fund="duty__project__investment__fund", parent="duty__project_id", since="proposed_at__date",
        subject="duty__project__investment__company__name",
    ),
    Source(
        WorkKind.TIER, "funds.decide_special_tier",
        lambda user, today: SpecialTierApproval.objects.filter(
            state=SpecialTierApproval.State.REQUESTED
        ).exclude(requested_by=user),
        fund="binding__fund", group="binding__group", since="requested_at__date", code="rule__code",
    ),
    Source(
        WorkKind.TIER_ENDING, "funds.add_specialtierapproval", _ending_tiers, fund="binding__fund",
        group="binding__group", since="valid_from", due="valid_to", code="rule__code",
        own=lambda user: Q(requested_by=user),
    ),
    Source(
        WorkKind.CASE, MANAGE, _cases, since="opened_at__date", due="due_on", number="pk", subject=COMPANY,
        own=lambda user: Q(handler=user),
    ),
    Source(
        WorkKind.CASE_VOTE, VOTE, _seats, fund="case__fund", record="case_id", since="case__opened_at__date",
        due="case__due_on", number="case_id", subject="case__investment__company__name", state="case__state",
        own=lambda user: Q(user=user),
    ),
    Source(
        WorkKind.EVALUATION, "funds.confirm_evaluation",
        lambda user, today: EvaluationRun.objects.filter(state=RUN.SUBMITTED).exclude(prepared_by=user),
        since="submitted_at__date", number="year",
    ),
    Source(
        WorkKind.EVALUATION_TO_MEND, "funds.add_evaluationrun",
        lambda user, today: EvaluationRun.objects.filter(state__in=[RUN.DRAFT, RUN.RETURNED], prepared_by=user),
        since="prepared_at__date", number="year", own=lambda user: Q(prepared_by=user),
    ),
    Source(
        WorkKind.FILING, "", _filings, since="made_at__date", due="due_on", number="year",
        own=lambda user: Q(made_by=user),
    ),
)  # fmt: skip


def has_work(user: Any) -> bool:
    """Whether the work list is for this person: the office, and whoever may sit on a panel."""
    return bool(user.is_authenticated and (sees_funds(user) or user.has_perm(VOTE)))


def sits_on_panels(user: Any) -> bool:
    """Whether the person has a seat on the panel of any case; asked once for a page."""
    if not hasattr(user, "_sits_on_panels"):
        user._sits_on_panels = PanelMember.objects.filter(user=user).exists()
    return bool(user._sits_on_panels)


def may_wait(source: Source, user: Any) -> bool:
    """Whether things of this kind can wait for the person at all."""
    if source.kind == WorkKind.FILING:
        return user.has_perm("funds.add_filingextract") or user.has_perm("funds.commit_filing")
    return user.has_perm(source.permission)


def work_of(user: Any, today: date) -> list[WorkItem]:
    """Everything that waits for ``user``: by due day, then what has none by the day since which it waits.

    Two statements at most, however much waits: the open valuation rounds, and all sources at once.
    """
    parts = [part for source in SOURCES if may_wait(source, user) for part in source.read(user, today)]
    if not parts:
        return []
    found = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    return sorted((WorkItem(*row) for row in found), key=urgency)


def urgency(item: WorkItem) -> tuple[date, date, str, int]:
    """What the list is sorted by: the due day, what has none last; then the first day of waiting."""
    return (item.due_on or date.max, item.since or date.max, item.kind, item.record)


def kept(
    items: Sequence[WorkItem], today: date, *, kind: str = "", fund: int | None = None, mine: bool = False,
    overdue: bool = False,
) -> list[WorkItem]:  # fmt: skip
    """Those of one kind, of one fund, by the person's name, past their day; everything where nothing is asked."""
    return [
        item
        for item in items
        if kind in ("", item.kind)
        and fund in (None, item.fund_id)
        and (not mine or item.is_mine)
        and (not overdue or item.is_overdue(today))
    ]
