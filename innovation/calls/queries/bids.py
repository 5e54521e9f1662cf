"""Bids of a challenge call: how many count, what the call's rules say in words, and how one bid stands to them."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from innovation.calls.choices import ApplicationState, GateOutcome
from innovation.calls.models import Application, Call
from innovation.calls.queries.screening import latest_submission
from innovation.calls.rules.bids import Bid, BidRules, judge_bid, own_share
from innovation.calls.rules.forms import computed
from innovation.calls.rules.scoring import shown
from innovation.organisations.choices import Sector

NO_BID = (
    ApplicationState.DRAFT, ApplicationState.DELETED, ApplicationState.SUBMITTED, ApplicationState.RETURNED,
    ApplicationState.WITHDRAWN, ApplicationState.INELIGIBLE,
)  # fmt: skip
"""States in which an application is no valid bid: not sent, not checked yet, or out."""
APPROVED = (ApplicationState.APPROVED, ApplicationState.NOTICED, ApplicationState.ACTIVE)
NUMBERS = ("min_bids", "funded", "members_max", "own_share_min", "own_share_company", "bids_per_body")


@dataclass(frozen=True)
class RuleLine:
    """One rule in words, what the bid has, and whether that is met."""

    rule: str
    actual: str
    outcome: GateOutcome


def rules_of(call: Call) -> BidRules | None:
    """The numbers of a challenge call; None where the call asks for no least number of bids."""
    if not call.rules.get("min_bids"):
        return None
    return BidRules(**{name: int(call.rules[name]) for name in NUMBERS if call.rules.get(name) is not None})


def valid_bids(call: Call) -> int:
    return call.applications.exclude(state__in=NO_BID).count()


def rule_words(call: Call) -> list[str]:
    """The rules of a challenge call as sentences; empty for other calls."""
    rules = rules_of(call)
    if rules is None:
        return []
    lines = [
        _("Bids are reviewed when at least %(count)s are valid; %(funded)s of them is funded at most.")
        % {"count": rules.min_bids, "funded": rules.funded},
        _("Own money: at least %(company)s %% where a company leads, else at least %(other)s %% of all costs.")
        % {"company": rules.own_share_company, "other": rules.own_share_min},
        _("Lead and partners together: at most %(count)s.") % {"count": rules.members_max},
        _("One organisation hands in at most %(count)s bids.") % {"count": rules.bids_per_body},
    ]
    trl = call.rules.get("trl")
    if trl:
        lines.append(
            _("Technology readiness: from level %(start_min)s–%(start_max)s to level %(end_min)s–%(end_max)s, a rise "
              "of at least %(rise_min)s levels.") % trl
        )  # fmt: skip
    return lines


def bid_lines(case: Application) -> list[RuleLine]:
    """How a submitted bid stands to each rule; empty for other calls."""
    rules, submission = rules_of(case.call), latest_submission(case)
    if rules is None or submission is None:
        return []
    answers = {**submission.answers, **computed(submission.form.content, submission.answers)}
    bid = _bid(case, answers)
    judged = judge_bid(bid, rules)
    share = own_share(bid.own_fen, bid.total_fen)
    asked = rules.own_share_company if bid.lead_is_company else rules.own_share_min
    lines = [
        RuleLine(
            _("Own money at least %(share)s %%") % {"share": asked}, f"{shown(share)} %" if share is not None else "–",
            _outcome(None if share is None or bid.lead_is_company is None else share >= asked),
        ),
        RuleLine(
            _("Lead and partners at most %(count)s") % {"count": rules.members_max},
            "–" if bid.partners is None else str(bid.partners + 1), _coded("too_many_members", judged),
        ),
        RuleLine(
            _("At most %(count)s bids of one organisation") % {"count": rules.bids_per_body},
            "–" if bid.body_bids is None else str(bid.body_bids + 1), _coded("too_many_bids", judged),
        ),
        RuleLine(
            _("Leader has fewer than %(count)s unfinished projects") % {"count": rules.leader_unfinished_bars},
            "–" if bid.leader_unfinished is None else str(bid.leader_unfinished),
            _coded("leader_unfinished", judged),
        ),
    ]  # fmt: skip
    return [*lines, *_trl_lines(case.call.rules.get("trl"), answers)]


def _bid(case: Application, answers: Mapping[str, Any]) -> Bid:
    year = timezone.localdate(case.submitted_at).year if case.submitted_at else timezone.localdate().year
    same = Application.objects.filter(
        organisation=case.organisation_id, call__programme=case.call.programme_id, submitted_at__year=year
    )
    others = same.exclude(pk=case.pk).exclude(state__in=[ApplicationState.WITHDRAWN, ApplicationState.DELETED])
    own, asked = case.own_fen, case.requested_fen
    return Bid(
        partners=_whole(answers.get("partner_count")), lead_is_company=answers.get("company_leads"), own_fen=own,
        total_fen=None if own is None or asked is None else own + asked,
        body_bids=others.filter(call__rules__has_key="min_bids").count() if case.organisation_id else None,
        body_leads=None,
        body_is_company=case.organisation.sector == Sector.INDUSTRY if case.organisation else None,
        body_rd_fen=_whole(answers.get("rd_expense")), leader_unfinished=_whole(answers.get("unfinished")),
        leader_overdue=None, leader_bids=None,
    )  # fmt: skip


def _trl_lines(rule: Mapping[str, int] | None, answers: Mapping[str, Any]) -> list[RuleLine]:
    if not rule:
        return []
    start, end = _whole(answers.get("trl_start")), _whole(answers.get("trl_end"))
    rise = None if start is None or end is None else end - start
    words = (
        (_("Readiness at the start: level %(start_min)s–%(start_max)s"), start, rule["start_min"], rule["start_max"]),
        (_("Readiness at the end: level %(end_min)s–%(end_max)s"), end, rule["end_min"], rule["end_max"]),
        (_("Readiness rises by at least %(rise_min)s levels"), rise, rule["rise_min"], 99),
    )
    return [
        RuleLine(text % rule, "–" if value is None else str(value),
                 _outcome(None if value is None else least <= value <= most))
        for text, value, least, most in words
    ]  # fmt: skip


def _whole(value: Any) -> int | None:
    """A whole number of an answer; None where it is none."""
    try:
        return int(Fraction(str(value)))
    except (ValueError, ZeroDivisionError):
        return None


def _coded(code: str, judged: Any) -> GateOutcome:
    return _outcome(False if code in judged.failed else None if code in judged.unknown else True)


def _outcome(met: bool | None) -> GateOutcome:
    return GateOutcome.NOT_KNOWN if met is None else GateOutcome.MET if met else GateOutcome.NOT_MET
