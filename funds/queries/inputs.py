"""The fingerprint of everything that an answer depends on: equal inputs give equal answers, bit for bit."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import UTC
from typing import Any

from funds.models import Fund
from funds.queries.answers import Answer
from funds.queries.sums import Moment
from funds.rules.figures import FundFigures, Money

ENGINE_VERSION = "3"
"""Raised whenever the same inputs would give another answer."""


@dataclass(frozen=True, slots=True)
class FundInputs:
    """A fund with its totals, the head of its ledger ("number:hash") and the exact sums over its holdings, in fen."""

    fund: Fund
    figures: FundFigures
    head: str
    sums: dict[str, Money]


def hash_of_inputs(moment: Moment, funds: Sequence[FundInputs], answers: Iterable[Answer]) -> str:
    """SHA-256 of a canonical text of the two times, the funds' terms, their ledgers' heads and sums, and the rules."""
    content = {
        "engine": ENGINE_VERSION,
        "as_of": moment.as_of.isoformat(),
        "known_at": moment.known_at.astimezone(UTC).isoformat(),
        "funds": [_fund_inputs(each) for each in funds],
        "answers": [_answer_inputs(each) for each in answers],
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _fund_inputs(each: FundInputs) -> dict[str, Any]:
    totals = {f.name: str(getattr(each.figures, f.name)) for f in fields(each.figures)}
    sums = {name: str(amount) for name, amount in each.sums.items()}
    return totals | {"id": each.fund.pk, "head": each.head, "sums": sums}


def _answer_inputs(each: Answer) -> dict[str, Any]:
    rule = each.rule
    return {
        "document": each.document and [each.document.code, each.document.version, str(each.document.effective_from)],
        "rule": rule and [rule.pk, rule.code, str(rule.cap), str(rule.special_cap), rule.test, rule.status],
        "mixed": [[cap.stage, str(cap.cost), cap.cap_state, str(cap.cap)] for cap in each.mixed],
        "special": bool(each.terms and each.terms.special and each.terms.special.is_open),
        "theta": each.resolved.theta.as_data(),
        "scope": sorted(each.question.subject.stages),
        "measured": each.measured_at,
        "moments": sorted(each.question.moments),
    } | ({"breach": [each.breach.pk, str(each.breach.probability)]} if each.breach else {})
