"""Votes of a committee counted, and the fingerprint by which a decision can be proven later."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext_lazy as _

from funds.choices.deals import DecisionOutcome, VoteChoice
from innovation.core.errors import RuleViolation

PRESENT = frozenset({VoteChoice.FOR, VoteChoice.AGAINST, VoteChoice.ABSTAIN})
"""Votes of members who took part. Who recused or was absent counts for no quorum."""


@dataclass(frozen=True, slots=True)
class Ballot:
    """One member's vote; ``reason`` is needed of who recuses."""

    member: str
    choice: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Count:
    """The votes counted; ``present`` took part."""

    for_: int
    against: int
    abstained: int
    recused: int
    absent: int

    @property
    def present(self) -> int:
        return self.for_ + self.against + self.abstained

    def carries(self, majority: Fraction) -> bool:
        """Whether the votes for reach ``majority`` of the members present; nobody present carries nothing."""
        return self.present > 0 and self.for_ * majority.denominator >= majority.numerator * self.present


def count_votes(ballots: Iterable[Ballot]) -> Count:
    counted = Counter(ballot.choice for ballot in ballots)
    return Count(*(counted[choice] for choice in VoteChoice))


def vote_problems(ballots: Iterable[Ballot], *, quorum: int, majority: Fraction, outcome: str) -> list[RuleViolation]:
    """What stands against sealing the decision: a recusal without reason, no quorum, an outcome the votes deny."""
    given = list(ballots)
    found = [
        RuleViolation(
            "RECUSAL_WITHOUT_REASON",
            _("%(member)s recused: say why.") % {"member": ballot.member},
            field="votes",
            facts={"member": ballot.member},
        )
        for ballot in given
        if ballot.choice == VoteChoice.RECUSED and not ballot.reason.strip()
    ]
    count = count_votes(given)
    if outcome == DecisionOutcome.POSTPONED:
        return found
    if count.present < quorum:
        found.append(
            RuleViolation(
                "NO_QUORUM",
                _("%(present)s members took part, %(quorum)s are needed. The decision can only be postponed.")
                % {"present": count.present, "quorum": quorum},
                field="votes",
                facts={"present": count.present, "quorum": quorum},
            )
        )
    elif count.carries(majority) != (outcome == DecisionOutcome.APPROVED):
        found.append(
            RuleViolation(
                "OUTCOME_AGAINST_VOTES",
                _("%(for)s of %(present)s votes for, %(majority)s are needed: the outcome does not follow from them.")
                % {"for": count.for_, "present": count.present, "majority": str(majority)},
                field="outcome",
                facts={"for": count.for_, "present": count.present, "majority": str(majority)},
            )
        )
    return found


def fingerprint(facts: Mapping[str, Any]) -> str:
    """SHA-256 in hexadecimal over the canonical JSON of a decision, its votes and the hashes of its papers."""
    text = json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()
