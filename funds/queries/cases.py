"""Questions to exemption cases that pages, admin, API, actions and reports share."""

import json
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from funds.choices.cases import CaseState
from funds.models import CaseStep, CatalogueItem, ExemptionCase, LedgerEvent, NegativeFinding
from funds.rules.case_chain import GENESIS, StepLink, step_hash
from funds.rules.cases import Item

CHECKED = (CatalogueItem.Kind.DUTY, CatalogueItem.Kind.CONDITION, CatalogueItem.Kind.SITUATION)


def frozen_content(case: ExemptionCase) -> dict[str, Any]:
    """The frozen set of a case; empty before the freeze."""
    return json.loads(case.freeze.content) if case.frozen_at else {}


def frozen_items(content: dict[str, Any], *kinds: str) -> list[dict[str, Any]]:
    """Lines of the catalogue as they were frozen. Of the conditions only those that the frozen rules name."""
    named = set(content.get("conditions", ()))
    return [
        row
        for row in content.get("catalogue", ())
        if row["kind"] in kinds and (row["kind"] != CatalogueItem.Kind.CONDITION or row["code"] in named)
    ]


def _items(case: ExemptionCase, *kinds: str) -> list[Item]:
    rows = frozen_items(frozen_content(case), *kinds)
    return [Item(row["id"], row["code"], frozenset(row["regimes"])) for row in rows]


def checklist_items(case: ExemptionCase) -> list[Item]:
    """Duties, situations and conditions of the frozen rules: what the checklist asks."""
    return _items(case, *CHECKED)


def negative_items(case: ExemptionCase) -> list[Item]:
    """The negative list as it was frozen."""
    return _items(case, CatalogueItem.Kind.NEGATIVE)


def reversal_of_loss(case: ExemptionCase) -> LedgerEvent | None:
    """The entry that took the loss of a case back; None while the loss stands, or where no entry opened the case."""
    if case.event_id is None:
        return None
    return LedgerEvent.objects.filter(reverses_id=case.event_id).first()


def regimes_of(case: ExemptionCase) -> dict[int, str]:
    """Persons judged by id, each with the regime that binds it."""
    return dict(case.persons.order_by("pk").values_list("pk", "regime"))


def has_hit(case: ExemptionCase) -> bool:
    """Whether an item of the negative list was found."""
    return case.negativefindings.filter(hit=True, superseded_at=None).exists()


def work_list(cases: QuerySet[ExemptionCase]) -> QuerySet[ExemptionCase]:
    """Cases with what a list shows of each, in one statement."""
    hits = NegativeFinding.objects.filter(case=OuterRef("pk"), hit=True, superseded_at=None)
    related = cases.select_related("fund", "investment__company", "handler")
    return related.annotate(hit=Exists(hits))


def waiting(cases: QuerySet[ExemptionCase]) -> QuerySet[ExemptionCase]:
    """Cases that wait for the office: not those that wait for the manager or for the end of a term."""
    return cases.exclude(state__in=(CaseState.ARCHIVED, CaseState.STATEMENT, CaseState.DECIDED))


def overdue(cases: QuerySet[ExemptionCase], today: Any) -> QuerySet[ExemptionCase]:
    """Open cases whose present step should have ended before ``today``."""
    return cases.filter(~Q(state=CaseState.ARCHIVED), due_on__lt=today)


def link_of(step: CaseStep) -> StepLink:
    """A stored step as its hashed fields."""
    return StepLink(
        case_id=step.case_id, seq=step.seq, event=step.event, from_state=step.from_state, to_state=step.to_state,
        at=step.at, actor_id=step.actor_id, actor_label=step.actor_label, note=step.note, facts=step.facts,
    )  # fmt: skip


def broken_steps(case: ExemptionCase) -> list[int]:
    """Numbers of the steps whose hash, predecessor or number does not verify; empty for a sound chain."""
    broken, before = [], GENESIS
    for number, step in enumerate(case.steps.order_by("seq"), 1):
        expected = step_hash(bytes(step.prev_hash), link_of(step).text())
        if step.seq != number or bytes(step.prev_hash) != before or bytes(step.hash) != expected:
            broken.append(step.seq)
        before = bytes(step.hash)
    return broken
