"""Open exemption cases: by hand, by a loss event in the books, by the breach of a cap."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import F, Max, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from funds.actions.case_mails import tell_opened
from funds.actions.case_steps import deadline, require, write_step
from funds.choices.cases import CaseGround, CaseState
from funds.choices.tolerance import ToleranceStatus
from funds.models import CapBreach, CaseProcedure, ExemptionCase, Fund, FundGroup, Investment, LedgerEvent
from funds.queries.answers import Answer
from funds.queries.case_records import opening
from funds.queries.questions import Target
from funds.queries.tolerance import ToleranceView, evaluate
from funds.rules.cases import GROUNDS, loss_of
from funds.rules.figures import Money
from innovation.accounts.models import User
from innovation.core.errors import RuleViolation

OPEN_PERMISSION = "funds.add_exemptioncase"


def procedure_on(day: date) -> CaseProcedure | None:
    """The procedure in force on ``day``; None before the first."""
    return CaseProcedure.objects.filter(valid_from__lte=day).order_by("-valid_from").first()


@transaction.atomic
def open_case(
    *,
    fund_id: int,
    loss_fen: int,
    loss_on: date,
    summary: str,
    actor: User,
    investment_id: int | None = None,
    at: datetime | None = None,
) -> ExemptionCase:
    """Open a case by hand about a fund or one of its holdings; the loss in fen.

    Raises RuleViolation SUMMARY_MISSING, INVESTMENT_OF_OTHER_FUND, LOSS_NEGATIVE, LOSS_IN_FUTURE, PROCEDURE_MISSING;
    PermissionDenied without ``funds.add_exemptioncase``.
    """
    require(actor, OPEN_PERMISSION)
    at = at or timezone.now()
    fund = Fund.objects.get(pk=fund_id)
    procedure = procedure_on(timezone.localdate(at))
    if investment_id and not Investment.objects.filter(pk=investment_id, fund=fund).exists():
        raise RuleViolation(
            "INVESTMENT_OF_OTHER_FUND", _("This investment belongs to another fund."), field="investment"
        )
    if loss_fen < 0:
        raise RuleViolation("LOSS_NEGATIVE", _("A loss is zero or more."), field="loss_fen")
    if loss_on > timezone.localdate(at):
        raise RuleViolation("LOSS_IN_FUTURE", _("The loss lies in the future."), field="loss_on")
    if not summary.strip():
        raise RuleViolation("SUMMARY_MISSING", _("Say what happened."), field="summary")
    if procedure is None:
        raise RuleViolation("PROCEDURE_MISSING", _("No procedure of exemption cases is in force. Record one first."))
    case = ExemptionCase(
        fund=fund, investment_id=investment_id, ground=CaseGround.MANUAL, procedure=procedure, loss_fen=loss_fen,
        loss_on=loss_on, summary=summary.strip(), opened_at=at, opened_by=actor,
    )  # fmt: skip
    _open([case], actor=actor, at=at)
    return case


def open_for_events(after: Mapping[int, int], *, actor: User | None, at: datetime) -> list[ExemptionCase]:
    """Open a case for each loss among the entries of some ledgers that follow number ``after[fund_id]``.

    Runs in the transaction that wrote the entries, under the funds' locks: the loss and its case are seen together or
    not at all. Losses before the first procedure open none. Two statements when nothing was lost.
    """
    starts = list(CaseProcedure.objects.order_by("-valid_from"))
    if not starts or not after:
        return []
    news = Q()
    for fund_id, seq in after.items():
        news |= Q(fund_id=fund_id, seq__gt=seq)
    events = (
        LedgerEvent.objects.filter(
            news, kind__in=sorted(GROUNDS), value_date__gte=starts[-1].valid_from, exemption_case=None
        )
        .filter(Q(amount_fen__lt=F("cost_relieved_fen")) | Q(cost_relieved_fen=0))
        .order_by("fund_id", "seq")
    )
    cases = []
    for event in events:
        procedure = next(each for each in starts if each.valid_from <= event.value_date)
        loss = loss_of(
            kind=event.kind, amount_fen=event.amount_fen, cost_relieved_fen=event.cost_relieved_fen,
            impairment_threshold_fen=procedure.impairment_threshold_fen,
        )  # fmt: skip
        if loss:
            cases.append(
                ExemptionCase(
                    fund_id=event.fund_id, investment_id=event.investment_id, ground=loss.ground, event=event,
                    procedure=procedure, loss_fen=loss.fen, loss_on=event.value_date, opened_at=at,
                    summary=event.reason or event.document,
                )
            )  # fmt: skip
    return _open(cases, actor=actor, at=at)


@transaction.atomic
def open_for_breaches(*, as_of: date, known_at: datetime) -> list[ExemptionCase]:
    """Record which caps are exceeded on a day; an episode that is new opens its case, one that ended is closed.

    For the daily task: the rates and caps are those of the tolerance pages, of whole funds, of stages in funds and of
    groups. The case of a group's cap is kept with the member that lost most; it freezes the group's rate beside it.
    """
    list(CaseProcedure.objects.select_for_update().order_by("pk"))  # two looks at once would open two cases
    standing = {
        Exceeding(breach.fund_id, breach.group_id, breach.document_id, breach.rule_id, breach.stage): breach
        for breach in CapBreach.objects.filter(until=None)
    }
    exceeded = _exceeded(as_of, known_at)
    for key, breach in standing.items():
        if key not in exceeded:
            breach.until = max(as_of, breach.since)
            breach.save(update_fields=["until"])
    procedure = procedure_on(as_of)
    if procedure is None:
        return []
    cases = []
    for key, (fund_id, answer) in exceeded.items():
        if key in standing:
            continue
        breach = CapBreach.objects.create(
            **key._asdict(), since=as_of, scope=answer.question.subject.level
        )  # fmt: skip
        cases.append(
            ExemptionCase(
                fund_id=fund_id, ground=CaseGround.CAP_BREACH, breach=breach, procedure=procedure, loss_on=as_of,
                loss_fen=max(0, round(answer.rate.numerator_signed)), opened_at=known_at,
                summary=answer.rule.wording_zh if answer.rule else "",
            )
        )  # fmt: skip
    return _open(cases, actor=None, at=known_at)


class Exceeding(NamedTuple):
    """Which cap is exceeded, of which fund or group."""

    fund_id: int | None
    group_id: int | None
    document_id: int
    rule_id: int | None
    stage: str


def _exceeded(as_of: date, known_at: datetime) -> dict[Exceeding, tuple[int, Answer]]:
    """Answers that exceed their cap, each with the fund that its case is kept with."""
    found: dict[Exceeding, tuple[int, Answer]] = {}
    lost: dict[int, Money] = {}
    for fund in Fund.objects.order_by("pk"):
        view = evaluate(Target.of_fund(fund), as_of, known_at)
        lost[fund.pk] = view.main.rate.numerator_signed
        for key, answer in _above_cap(view):
            found[Exceeding(fund.pk, None, *key)] = (fund.pk, answer)
    for group in FundGroup.objects.order_by("pk"):
        view = evaluate(Target.of_group(group), as_of, known_at)
        for key, answer in _above_cap(view):
            worst = max(view.funds, key=lambda fund: (lost[fund.pk], -fund.pk))
            found[Exceeding(None, group.pk, *key)] = (worst.pk, answer)
    return found


def _above_cap(view: ToleranceView) -> Iterator[tuple[tuple[int, int | None, str], Answer]]:
    """The answers of a view that exceed their cap, by document, rule and stage."""
    for answer in (*view.answers, *view.stage_answers):
        if answer.document is not None and answer.tolerance.status == ToleranceStatus.EXCEEDED:
            yield (answer.document.pk, answer.rule.pk if answer.rule else None, answer.question.stage), answer


def heads(fund_ids: list[int]) -> dict[int, int]:
    """The last number of each ledger, 0 for an empty one."""
    found = LedgerEvent.objects.filter(fund_id__in=fund_ids).values_list("fund_id").annotate(last=Max("seq"))
    return dict.fromkeys(fund_ids, 0) | dict(found.order_by())


def _open(cases: list[ExemptionCase], *, actor: User | None, at: datetime) -> list[ExemptionCase]:
    """Write new cases, each with the first step of its chain, and tell the case officers."""
    if not cases:
        return []
    today = timezone.localdate(at)
    due = {procedure: deadline(procedure, CaseState.OPENED, today) for procedure in {case.procedure for case in cases}}
    for case in cases:
        case.due_on = due[case.procedure]
    ExemptionCase.objects.bulk_create(cases)
    for case in cases:
        write_step(case, "open", actor=actor, at=at, records=[opening(case)], facts={"ground": str(case.ground)})
    tell_opened(cases, at=at)
    return cases
