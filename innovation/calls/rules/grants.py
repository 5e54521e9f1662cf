"""The most that may be granted for eligible costs (specification 4.9), exact, in fen."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

# Percent of eligible costs by category and size: the published claim table of Innovate UK; category names inferred
# from the state-aid rule, so it is a rule of this demonstration city and editable where calls are configured.
BUSINESS_PERCENT: Mapping[str, Mapping[str, int]] = {
    "feasibility": {"small": 70, "medium": 60, "large": 50},
    "industrial": {"small": 70, "medium": 60, "large": 50},
    "experimental": {"small": 45, "medium": 35, "large": 25},
}
RESEARCH_PERCENT = 100


class Status(StrEnum):
    OK = "ok"
    NOT_KNOWN = "not_known"
    NO_RULE = "no_rule"


@dataclass(frozen=True, slots=True)
class GrantLimit:
    """Percent, most grant and excess in fen; all None unless the status is ok. Without a request only the limit."""

    status: Status
    max_percent: int | None = None
    max_grant_fen: int | None = None
    within_limit: bool | None = None
    over_by_fen: int | None = None


def grant_limit(
    category: str,
    organisation_kind: str | None,
    size: str | None,
    eligible_fen: int | None,
    requested_fen: int | None = None,
    *,
    table: Mapping[str, Mapping[str, int]] = BUSINESS_PERCENT,
) -> GrantLimit:
    """eligible × percent / 100, cut (not rounded) to the fen.

    An unknown category, kind or size is ``no_rule``; a business without size, or costs that are not known, is
    ``not_known``. Research organisations may be granted all costs whatever their size.
    """
    if category not in table or organisation_kind not in {"business", "research", None}:
        return GrantLimit(Status.NO_RULE)
    if organisation_kind is None or eligible_fen is None or (organisation_kind == "business" and size is None):
        return GrantLimit(Status.NOT_KNOWN)
    percent = RESEARCH_PERCENT if organisation_kind == "research" else table[category].get(size or "")
    if percent is None:
        return GrantLimit(Status.NO_RULE)
    most = eligible_fen * percent // 100
    if requested_fen is None:
        return GrantLimit(Status.OK, percent, most)
    return GrantLimit(Status.OK, percent, most, requested_fen <= most, max(0, requested_fen - most))
