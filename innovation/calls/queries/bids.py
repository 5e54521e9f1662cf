"""Bids of a challenge call: how many count, what the call's rules say in words, and how one bid stands to them."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from innovation.calls.choices import AgreementState, ApplicationState, GateOutcome
from innovation.calls.models import Application, Call, Milestone, MilestoneReport
from innovation.calls.queries.applying import TAKES_PART
from innovation.calls.queries.earlier import unfinished_of
from innovation.calls.queries.money import LIVE_MONEY
from innovation.calls.queries.screening import latest_submission
from innovation.calls.rules.bids import LIMITS, Bid, BidRules, is_strong, judge_bid, own_share
from innovation.calls.rules.forms import computed
from innovation.calls.rules.scoring import shown
from innovation.core.money import Unit, format_fen
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
        _("One organisation hands in at most %(count)s bids; a company with %(rd)s of R&D a year or more at most "
          "%(strong)s, of which it leads %(leads)s.")
        % {"count": rules.bids_per_body, "rd": format_fen(rules.strong_rd_fen, Unit.WAN, decimals=0, with_unit=True),
           "strong": rules.bids_per_strong_body, "leads": rules.leads_per_strong_body},
        _("The leader has fewer than %(unfinished)s unfinished projects, none that was overdue this year, and at most "
          "%(bids)s bids in the year.")
        % {"unfinished": rules.leader_unfinished_bars, "bids": rules.leader_bids_bars},
    ]  # fmt: skip
    trl = call.rules.get("trl")
    if trl:
        lines.append(
            _("Technology readiness: from level %(start_min)s–%(start_max)s to level %(end_min)s–%(end_max)s, a rise "
              "of at least %(rise_min)s levels.") % trl
        )  # fmt: skip
    return lines


def bid_lines(case: Application) -> list[RuleLine]:
    """How a submitted bid stands to each rule; empty for other calls."""
    rules = rules_of(case.call)
    submission = latest_submission(case) if rules else None
    if rules is None or submission is None:
        return []
    answers = {**submission.answers, **computed(submission.form.content, submission.answers)}
    bid = bid_of(case, answers)
    share = own_share(bid.own_fen, bid.total_fen)
    asked = rules.own_share_company if bid.lead_is_company else rules.own_share_min
    lines = [
        RuleLine(
            _("Own money at least %(share)s %%") % {"share": asked}, f"{shown(share)} %" if share is not None else "–",
            _outcome(None if share is None or bid.lead_is_company is None else share >= asked),
        ),
        RuleLine(
            _("Lead and partners at most %(count)s") % {"count": rules.members_max},
            _count(bid.partners, 1), _coded("too_many_members", judge_bid(bid, rules)),
        ),
        *limit_lines(bid, rules).values(),
    ]  # fmt: skip
    return [*lines, *_trl_lines(case.call.rules.get("trl"), answers)]


def limit_lines(bid: Bid, rules: BidRules) -> dict[str, RuleLine]:
    """The limits of the organisation and of the leading person in words, by the code of the rule."""
    judged, strong = judge_bid(bid, rules), is_strong(bid, rules)
    bids_allowed = rules.bids_per_strong_body if strong else rules.bids_per_body
    rows = [
        ("too_many_bids", _("At most %(count)s bids of one organisation"), bids_allowed, _count(bid.body_bids, 1)),
        ("leader_unfinished", _("Leader has fewer than %(count)s unfinished projects"), rules.leader_unfinished_bars,
         _count(bid.leader_unfinished)),
        ("leader_overdue", _("Projects of the leader that were overdue this year: fewer than %(count)s"),
         rules.leader_overdue_bars, _count(bid.leader_overdue)),
        ("leader_bids", _("At most %(count)s bids of one leader in a year"), rules.leader_bids_bars,
         _count(bid.leader_bids, 1)),
    ]  # fmt: skip
    if strong is not False:
        rows.insert(1, ("too_many_leads", _("Leads at most %(count)s of its bids"), rules.leads_per_strong_body,
                        _count(bid.body_leads, 1)))  # fmt: skip
    return {code: RuleLine(text % {"count": count}, actual, _coded(code, judged)) for code, text, count, actual in rows}


def limits_reached(case: Application, answers: Mapping[str, Any]) -> list[RuleLine]:
    """The limits that a bid with these answers would break if it were submitted now; empty for other calls."""
    rules = rules_of(case.call)
    if rules is None:
        return []
    filled = {**answers, **computed(case.form.content, answers)}
    lines = limit_lines(bid_of(case, filled), rules)
    return [line for code, line in lines.items() if code in LIMITS and line.outcome == GateOutcome.NOT_MET]


def bid_of(case: Application, answers: Mapping[str, Any]) -> Bid:
    """What the rules ask about the bid, from its answers and from what else the office knows of its people."""
    year = timezone.localdate(case.submitted_at).year if case.submitted_at else timezone.localdate().year
    others = _bids_of_year(year).exclude(pk=case.pk)
    programme, body = others.filter(call__programme=case.call.programme_id), case.organisation_id
    partner = Q(partners__organisation=body, partners__state__in=TAKES_PART)
    own, asked = case.own_fen, case.requested_fen
    typed, leader = _whole(answers.get("unfinished")), _name_of(answers.get("leader"))
    led = Application.objects.filter(organisation=body, submissions__answers__leader__name=leader).exclude(pk=case.pk)
    running = 0
    if body and leader:
        running = led.filter(state__in=LIVE_MONEY).distinct().count() + unfinished_of(body, leader)
    return Bid(
        partners=_whole(answers.get("partner_count")), lead_is_company=answers.get("company_leads"), own_fen=own,
        total_fen=None if own is None or asked is None else own + asked,
        body_bids=programme.filter(Q(organisation=body) | partner).distinct().count() if body else None,
        body_leads=programme.filter(organisation=body).count() if body else None,
        body_is_company=case.organisation.sector == Sector.INDUSTRY if case.organisation else None,
        body_rd_fen=_whole(answers.get("rd_expense")), leader_unfinished=None if typed is None else max(typed, running),
        leader_overdue=_overdue_projects(led, year) if body and leader else None,
        leader_bids=others.filter(pk__in=led.values("pk")).count() if body and leader else None,
    )  # fmt: skip


def _bids_of_year(year: int) -> QuerySet[Application]:
    """Bids submitted to any challenge call in ``year`` that were not taken back."""
    rows = Application.objects.filter(submitted_at__year=year, call__rules__has_key="min_bids")
    return rows.exclude(state__in=[ApplicationState.WITHDRAWN, ApplicationState.DELETED])


def _overdue_projects(led: QuerySet[Application], year: int) -> int:
    """Of the projects ``led`` those with a milestone that is overdue, or was handed in late in ``year``."""
    today = timezone.localdate()
    due = Milestone.objects.filter(
        agreement__application__in=led.values("pk"), agreement__state=AgreementState.IN_FORCE, due_on__lt=today
    )
    first = MilestoneReport.objects.filter(milestone=OuterRef("pk"), serial=1).values("submitted_at__date")[:1]
    late = due.annotate(first=Subquery(first)).filter(
        (Q(first=None) & Q(agreement__application__state__in=LIVE_MONEY)) | Q(first__gt=F("due_on"), first__year=year)
    )
    return late.values("agreement__application").distinct().count()


def _name_of(person: Any) -> str:
    """The name in an answer about a person; empty without one."""
    return str(person.get("name") or "").strip() if isinstance(person, Mapping) else ""


def _count(others: int | None, itself: int = 0) -> str:
    return "–" if others is None else str(others + itself)


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
