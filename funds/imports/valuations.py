"""Papers from a file: each row saved as a draft, and submitted at once where nothing stands against it."""

from collections.abc import Iterable

from funds.actions.valuation_papers import Words, objections, save_paper, submit_paper
from funds.rules.portfolio_file import Line
from funds.rules.valuation_methods import METHODS
from innovation.accounts.models import User


def write_papers(lines: Iterable[tuple[int, Line]], *, unit: str, actor: User) -> int:
    """Save a paper for each (holding, line); returns how many could be submitted. Runs in the import's transaction.

    Raises RuleViolation as ``save_paper``, PermissionDenied without ``funds.add_valuationpaper``.
    """
    submitted = 0
    for holding, line in lines:
        said = line.paper
        if said is None:
            continue
        words = Words(
            method=said.method,
            fair_value_fen=line.amount_fen if said.has_value else None,
            unit=unit,
            now=said.now,
            entry=said.entry,
            sources=dict.fromkeys((entry.key for entry in METHODS[said.method].inputs), said.source),
            level=said.level,
            adjustment_reason=said.adjustment_reason,
            correction_reason=said.correction_reason,
            document=line.document,
        )
        paper = save_paper(investment_id=holding, valid_at=line.value_date, words=words, actor=actor)
        if not objections(paper)[0]:
            submit_paper(paper_id=paper.pk, actor=actor)
            submitted += 1
    return submitted
