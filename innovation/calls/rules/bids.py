"""Rules of challenge calls as data (specification 3.4): bids, partners, own money, limits per body and leader."""

from dataclasses import dataclass
from fractions import Fraction

# 粤科函资字〔2026〕1312号, unverified: shown with that mark wherever it decides.
SOURCE = "粤科函资字〔2026〕1312号"


@dataclass(frozen=True, slots=True)
class BidRules:
    """Numbers of a challenge call. Shares in percent, money in fen.

    ``own_share_min`` is asked of every bid, ``own_share_company`` where a company must lead. ``strong_rd_fen`` is the
    yearly R&D from which a company may hand in ``bids_per_strong_body`` bids, of which it leads at most
    ``leads_per_strong_body``.
    """

    min_bids: int = 3
    funded: int = 1
    members_max: int = 5
    own_share_min: int = 50
    own_share_company: int = 70
    company_must_lead: bool = False
    bids_per_body: int = 3
    strong_rd_fen: int = 5_000_000_000
    bids_per_strong_body: int = 6
    leads_per_strong_body: int = 2
    leader_unfinished_bars: int = 3
    leader_overdue_bars: int = 1
    leader_bids_bars: int = 2


LIMITS = ("too_many_bids", "too_many_leads", "leader_unfinished", "leader_overdue", "leader_bids")
"""What refuses a bid when it is submitted; the other rules are judged by the office."""


@dataclass(frozen=True, slots=True)
class Bid:
    """Facts of one bid; None is not known. ``partners`` without the lead; money in fen.

    ``body_bids`` counts the lead's other bids in the programme, as lead and as partner, ``body_leads`` those that it
    leads, ``leader_…`` the leading person's unfinished projects, projects overdue in the year and other bids in the
    year.
    """

    partners: int | None
    lead_is_company: bool | None
    own_fen: int | None
    total_fen: int | None
    body_bids: int | None
    body_leads: int | None
    body_is_company: bool | None
    body_rd_fen: int | None
    leader_unfinished: int | None
    leader_overdue: int | None
    leader_bids: int | None


@dataclass(frozen=True, slots=True)
class BidAnswer:
    """``valid`` is None when nothing fails but something is not known.

    Codes: ``too_many_members``, ``company_must_lead``, ``own_share_low``, ``too_many_bids``, ``too_many_leads``,
    ``leader_unfinished``, ``leader_overdue``, ``leader_bids``.
    """

    valid: bool | None
    failed: tuple[str, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Direction:
    """Whether the bids of one direction are reviewed, and how many are funded at most."""

    reviewed: bool
    valid_bids: int
    missing_bids: int
    funded_at_most: int


def judge_bid(bid: Bid, rules: BidRules) -> BidAnswer:
    """Every rule on one bid. Shares are compared exactly; a missing fact fails nothing and passes nothing."""
    answers = {
        "too_many_members": _above(None if bid.partners is None else bid.partners + 1, rules.members_max),
        "company_must_lead": None
        if bid.lead_is_company is None
        else rules.company_must_lead and not bid.lead_is_company,
        "own_share_low": _own_share_low(bid, rules),
        "too_many_bids": _above(None if bid.body_bids is None else bid.body_bids + 1, _bids_allowed(bid, rules)),
        "too_many_leads": _too_many_leads(bid, rules),
        "leader_unfinished": _reaches(bid.leader_unfinished, rules.leader_unfinished_bars),
        "leader_overdue": _reaches(bid.leader_overdue, rules.leader_overdue_bars),
        "leader_bids": _reaches(bid.leader_bids, rules.leader_bids_bars),
    }
    failed = tuple(code for code, fails in answers.items() if fails)
    unknown = tuple(code for code, fails in answers.items() if fails is None)
    return BidAnswer(False if failed else None if unknown else True, failed, unknown)


def judge_direction(valid_bids: int, rules: BidRules) -> Direction:
    """A direction with fewer valid bids than the least is not reviewed, and nothing in it is funded."""
    reviewed = valid_bids >= rules.min_bids
    missing = max(0, rules.min_bids - valid_bids)
    return Direction(reviewed, valid_bids, missing, min(rules.funded, valid_bids) if reviewed else 0)


def own_share(own_fen: int | None, total_fen: int | None) -> Fraction | None:
    """Own money in percent of the total, exact; None when not known or without total."""
    return None if own_fen is None or not total_fen else Fraction(own_fen * 100, total_fen)


def _own_share_low(bid: Bid, rules: BidRules) -> bool | None:
    share = own_share(bid.own_fen, bid.total_fen)
    least = rules.own_share_company if rules.company_must_lead else rules.own_share_min
    return None if share is None else share < least


def is_strong(bid: Bid, rules: BidRules) -> bool | None:
    """Whether the lead is a company with enough R&D for more bids."""
    if bid.body_is_company is False:
        return False
    if bid.body_rd_fen is None:
        return None
    strong = bid.body_rd_fen >= rules.strong_rd_fen
    return False if not strong else bid.body_is_company


def _bids_allowed(bid: Bid, rules: BidRules) -> int | None:
    """None where it depends on what is not known and on how many bids there are."""
    strong = is_strong(bid, rules)
    if strong is None and bid.body_bids is not None:
        certain = bid.body_bids + 1
        if certain <= rules.bids_per_body or certain > rules.bids_per_strong_body:
            return rules.bids_per_body
    return None if strong is None else rules.bids_per_strong_body if strong else rules.bids_per_body


def _too_many_leads(bid: Bid, rules: BidRules) -> bool | None:
    strong = is_strong(bid, rules)
    if strong is False:
        return False
    above = _above(None if bid.body_leads is None else bid.body_leads + 1, rules.leads_per_strong_body)
    return above if strong or above is False else None


def _above(value: int | None, most: int | None) -> bool | None:
    return None if value is None or most is None else value > most


def _reaches(value: int | None, bar: int) -> bool | None:
    return None if value is None else value >= bar
