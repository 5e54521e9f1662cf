"""What an exemption case freezes: everything that was true and known, as plain values with a digest for each part."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from funds.choices.cases import EvidenceKind, LossGrade
from funds.choices.tolerance import ScopeLevel, ToleranceStatus
from funds.models import CatalogueItem, Decision, ExemptionCase, LedgerEvent, PolicyDocument, ToleranceRule, Valuation
from funds.queries.answers import Answer
from funds.queries.inputs import ENGINE_VERSION
from funds.queries.policies import Bound, PolicyBook, load_policies
from funds.queries.questions import Target
from funds.queries.sums import Moment
from funds.queries.tolerance import ToleranceView, evaluate
from funds.rules.case_chain import canonical, digest
from funds.rules.cases import GradeBounds, has_grade_conflict, loss_grade

FORMAT = "exemption-case-freeze/1"
_RULE = (
    "id", "code", "rule_type", "scope", "fund_filter", "stages", "mode", "cap_state", "cap_num", "cap_den", "test",
    "special_num", "special_den", "special_condition_zh", "special_approval_required", "theta", "binding_at",
    "conditions", "wording_zh", "status", "source",
)  # fmt: skip
_DOCUMENT = (
    "id", "code", "version", "kind", "title_zh", "number", "issued", "published", "effective_from", "effective_to",
    "jurisdiction_zh", "text_sha256", "status", "source",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Frozen:
    """The frozen content with its canonical text and hash, and the entry of the ledger that it rests on."""

    content: dict[str, Any]
    text: str
    sha256: str
    ledger_seq: int
    ledger_head: str


def freeze_of(case: ExemptionCase, *, as_of: date, known_at: datetime, no_minutes_reason: str = "") -> Frozen:
    """The frozen set of ``case``: what was true on ``as_of``, as recorded by ``known_at``.

    Its parts, each with its SHA-256 under ``sections``: case, times, policy in force, policy in force on the day of
    the investment decision, definition of the loss rate, procedure, catalogue, ledger position, valuations, rate under
    every reading, decision minutes and voters, evidence. Amounts in fen, rates as exact fractions.
    """
    moment = Moment(as_of, known_at)
    views = [evaluate(Target.of_fund(case.fund), as_of, known_at)]
    if case.investment is not None:
        views.append(evaluate(Target.of_project(case.investment), as_of, known_at))
    if case.breach is not None and case.breach.group is not None:
        views.append(evaluate(Target.of_group(case.breach.group), as_of, known_at))
    book = load_policies(fund_ids=[case.fund_id])
    now, then, decided_on = _policies(case, book, moment)
    seq, _colon, head = views[0].books[case.fund_id].head.partition(":")
    parts: dict[str, Any] = {
        "case": _case(case, views),
        "times": {"as_of": as_of, "known_at": known_at, "decided_on": decided_on},
        "policy": now,
        "policy_at_decision": then,
        "policies_differ": then is not None and _versions(then) != _versions(now),
        "definition": {"version": book.definition(moment).version, "theta": book.definition(moment).theta},
        "procedure": _procedure(case),
        "catalogue": _catalogue(),
        "ledger": {"fund": case.fund_id, "seq": int(seq or 0), "head": head, "events": _events(case, moment)},
        "position": _position(case, views),
        "valuations": _valuations(case, moment),
        "rates": [_rate(answer, view.inputs_hash) for view in views for answer in (*view.answers, *view.stage_answers)],
        "conditions": sorted({code for answer in _answers(views) if answer.rule for code in answer.rule.conditions}),
        "decision": _decision(case, no_minutes_reason),
        "evidence": list(case.evidence.order_by("pk").values("file_id", "kind", "name", "file__size")),
        "engine": ENGINE_VERSION,
    }
    content = {
        "format": FORMAT,
        "sections": {name: digest(canonical(part)) for name, part in parts.items()},
        **parts,
    }
    text = canonical(content)
    return Frozen(content, text, digest(text), int(seq or 0), head)


def _answers(views: Iterable[ToleranceView]) -> list[Answer]:
    return [answer for view in views for answer in view.answers]


def grades() -> list[GradeBounds]:
    """The grades of asset loss as the catalogue has them."""
    rows = CatalogueItem.objects.filter(kind=CatalogueItem.Kind.LOSS_GRADE).order_by("from_yuan")
    return [GradeBounds(LossGrade(row.code), row.from_yuan or 0, row.below_yuan) for row in rows]


def tolerates_total_loss(rates: Iterable[dict[str, Any]]) -> bool:
    """Whether a frozen answer about the project itself tolerates its total loss (subject to duty)."""
    return any(
        rate["scope"] == ScopeLevel.PROJECT and rate["status"] == ToleranceStatus.TOLERABLE_SUBJECT_TO_DUTY
        for rate in rates
    )


def conflict_of(case: ExemptionCase, content: dict[str, Any], regimes: Iterable[str]) -> bool:
    """Whether order 46 (no exemption from a major loss) meets a local rule that tolerates this total loss."""
    grade = loss_grade(case.loss_fen, grades())
    return has_grade_conflict(set(regimes), grade, tolerates_total_loss=tolerates_total_loss(content["rates"]))


def _case(case: ExemptionCase, views: list[ToleranceView]) -> dict[str, Any]:
    holding, fund = case.investment, case.fund
    event = case.event
    return {
        "code": case.code,
        "id": case.pk,
        "ground": case.ground,
        "summary": case.summary,
        "loss_fen": case.loss_fen,
        "loss_on": case.loss_on,
        "loss_grade": str(loss_grade(case.loss_fen, grades())),
        "event": event and {"id": event.pk, "seq": event.seq, "hash": bytes(event.hash).hex(), "kind": event.kind},
        "fund": {
            "id": fund.pk, "code": fund.code, "name_zh": fund.name_zh, "name_en": fund.name_en,
            "class": fund.fund_class, "government_share": fund.government_share,
            "manager": fund.manager and {"id": fund.manager_id, "name_zh": fund.manager.name_zh},
        },
        "investment": holding and {
            "id": holding.pk, "code": holding.code, "stage": holding.stage, "mode": holding.mode,
            "decided_on": holding.decided_on, "company": holding.company.name_zh or holding.company.name_en,
            "uscc": holding.company.uscc,
        },
    }  # fmt: skip


def _policies(
    case: ExemptionCase, book: PolicyBook, moment: Moment
) -> tuple[list[dict[str, Any]], list[dict[str, Any]] | None, date | None]:
    """Documents in force, those in force on the day of the investment decision (None: day not known), and that day."""
    decided_on = case.investment.decided_on if case.investment else None
    now = [_document(bound, book) for bound in book.bound(moment, fund_id=case.fund_id)]
    if decided_on is None:
        return now, None, None
    earlier = book.bound(Moment(decided_on, moment.known_at), fund_id=case.fund_id)
    return now, [_document(bound, book) for bound in earlier], decided_on


def _document(bound: Bound, book: PolicyBook) -> dict[str, Any]:
    own = [rule for rule in book.rules.values() if rule.document_id == bound.document.pk]
    return _fields(bound.document, _DOCUMENT) | {
        "indicative": bound.indicative,
        "bindings": [
            {"id": binding.pk, "from": binding.valid_from, "to": binding.valid_to, "recorded_at": binding.recorded_at}
            for binding in bound.bindings
        ],
        "rules": [_fields(rule, _RULE) for rule in sorted(own, key=lambda rule: rule.pk)],
    }


def _versions(documents: Iterable[dict[str, Any]]) -> set[tuple[str, int]]:
    return {(document["code"], document["version"]) for document in documents}


def _fields(row: PolicyDocument | ToleranceRule, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _procedure(case: ExemptionCase) -> dict[str, Any]:
    procedure = case.procedure
    return {
        "version": procedure.version,
        "valid_from": procedure.valid_from,
        "quorum": procedure.quorum,
        "appeal_days": procedure.appeal_days,
        "impairment_threshold_fen": procedure.impairment_threshold_fen,
        "status": procedure.status,
        "source": procedure.source,
        "working_days": dict(procedure.deadlines.values_list("state", "working_days")),
    }


def _catalogue() -> list[dict[str, Any]]:
    names = ("id", "kind", "code", "zh", "en", "regimes", "from_yuan", "below_yuan", "effect", "source", "status")
    return list(CatalogueItem.objects.order_by("kind", "pk").values(*names))


def _events(case: ExemptionCase, moment: Moment) -> list[dict[str, Any]]:
    """The entries of the holding (of the fund itself where the case is about a fund) that were known."""
    rows = LedgerEvent.objects.filter(
        fund_id=case.fund_id, investment_id=case.investment_id, value_date__lte=moment.as_of,
        recorded_at__lte=moment.known_at,
    ).order_by("seq")  # fmt: skip
    return [
        {
            "id": row.pk, "seq": row.seq, "kind": row.kind, "effect": row.effect, "value_date": row.value_date,
            "recorded_at": row.recorded_at, "amount_fen": row.amount_fen, "cost_relieved_fen": row.cost_relieved_fen,
            "reverses": row.reverses_id, "document": row.document, "hash": bytes(row.hash).hex(),
        }
        for row in rows
    ]  # fmt: skip


def _position(case: ExemptionCase, views: list[ToleranceView]) -> dict[str, Any]:
    """The fund's totals, and the holding's figures where the case is about one."""
    books = views[0].books[case.fund_id]
    fund = {name: getattr(books.fund, name) for name in ("commitment", "paid_in", "fees", "distributions")}
    own = next((each for each in books.holdings if each.id == case.investment_id), None)
    names = (
        "cost", "relieved", "remaining", "proceeds", "realised_loss", "realised_gain", "income", "impairment",
        "fair_value",
    )  # fmt: skip
    return {"fund": fund, "holding": own and {name: getattr(own, name) for name in names}}


def _valuations(case: ExemptionCase, moment: Moment) -> list[dict[str, Any]]:
    """Every fair value of the holding that was recorded, with the one that counted marked by its period."""
    rows = Valuation.objects.filter(
        investment_id=case.investment_id, valid_at__lte=moment.as_of, recorded_at__lte=moment.known_at
    ).order_by("valid_at", "recorded_at")
    names = (
        "id", "valid_at", "recorded_at", "superseded_at", "fair_value_fen", "method", "document", "prepared_by_id",
        "approved_by_id",
    )  # fmt: skip
    return list(rows.values(*names))


def _rate(answer: Answer, inputs_hash: str) -> dict[str, Any]:
    """One bound document's answer about one scope, with the rate under every reading."""
    tested = answer.tolerance
    return {
        "scope": str(answer.question.subject.level),
        "stages": sorted(answer.question.subject.stages),
        "document": answer.document and f"{answer.document.code} v{answer.document.version}",
        "rule": answer.rule and answer.rule.code,
        "status": str(tested.status),
        "reason": tested.reason and str(tested.reason),
        "cap": tested.effective_cap,
        "headroom": tested.headroom,
        "utilisation": tested.utilisation,
        "level": str(tested.level),
        "measured_at": str(answer.measured_at),
        "binding": answer.binds,
        "indicative": answer.indicative,
        "unverified": answer.unverified,
        "inputs_hash": inputs_hash,
        "readings": [
            {
                "code": reading.theta.code, "theta": reading.theta.as_data(), "policy": reading.policy,
                "numerator": reading.rate.numerator_signed, "denominator": reading.rate.denominator,
                "rate": reading.rate.rate,
            }
            for reading in answer.readings
        ],
    }  # fmt: skip


def investment_decisions(case: ExemptionCase) -> list[Decision]:
    """The sealed decisions of committees about the holding, the first first; none where the case is about a fund."""
    if case.investment_id is None:
        return []
    rows = Decision.objects.sealed().filter(Q(investment=case.investment_id) | Q(deal__investment=case.investment_id))
    return list(rows.prefetch_related("votes", "papers").order_by("met_on", "pk"))


def _decision(case: ExemptionCase, no_minutes_reason: str) -> dict[str, Any]:
    minutes = case.evidence.filter(kind=EvidenceKind.MINUTES).order_by("pk")
    return {
        "minutes": list(minutes.values_list("file_id", flat=True)),
        "committee": [
            {
                "id": row.pk, "number": row.number, "met_on": row.met_on, "subject": row.subject,
                "outcome": row.outcome, "amount_fen": row.amount_fen, "minutes": row.minutes, "sha256": row.sha256,
                "votes": [{"name": vote.name, "user": vote.user_id, "choice": vote.choice} for vote in row.votes.all()],
                "papers": [paper.sha256 for paper in row.papers.all()],
            }
            for row in investment_decisions(case)
        ],
        "no_minutes_reason": no_minutes_reason,
        "voters": list(case.voters.order_by("pk").values("name", "user_id", "vote")),
    }  # fmt: skip
