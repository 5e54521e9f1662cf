"""Decisions with what hangs on them, and the proof that one still reads as it was sealed."""

from typing import Any

from django.db.models import Prefetch, QuerySet

from funds.models import Decision, Paper, Vote
from funds.rules.decisions import Ballot, Count, count_votes, fingerprint


def decisions_with_votes() -> QuerySet[Decision]:
    """Sealed decisions with votes and papers: three statements however many."""
    return (
        Decision.objects.sealed()
        .select_related("fund", "committee", "deal", "investment__company", "recorded_by")
        .prefetch_related(
            Prefetch("votes", Vote.objects.order_by("pk")),
            Prefetch("papers", Paper.objects.order_by("pk")),
        )
    )


def count_of(decision: Decision) -> Count:
    """The votes of a decision counted; reads what is prefetched."""
    return count_votes(Ballot(vote.name, vote.choice, vote.reason) for vote in decision.votes.all())


def sealed_facts(decision: Decision) -> dict[str, Any]:
    """What the fingerprint of a decision covers, as plain values; papers by their hashes. Two statements."""
    votes = decision.votes.order_by("pk").values_list("name", "position", "choice", "reason", "user_id")
    papers = decision.papers.order_by("pk").values_list("sha256", flat=True)
    return {
        "fund": decision.fund_id,
        "number": decision.number,
        "subject": decision.subject,
        "deal": decision.deal_id,
        "investment": decision.investment_id,
        "committee": decision.committee_id,
        "met_on": decision.met_on.isoformat(),
        "quorum": decision.quorum,
        "majority": f"{decision.majority_num}/{decision.majority_den}",
        "outcome": str(decision.outcome),
        "amount_fen": decision.amount_fen,
        "conditions": decision.conditions,
        "reason": decision.reason,
        "minutes": decision.minutes,
        "votes": [list(vote) for vote in votes],
        "papers": list(papers),
    }


def still_reads_as_sealed(decision: Decision) -> bool:
    """Whether the fingerprint computed anew equals the one that was sealed."""
    return decision.sha256 == fingerprint(sealed_facts(decision))
