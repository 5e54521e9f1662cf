"""Proposals on their way: ``proposed_deal()``, ``decide(deal)``, ``approved_deal()``, ``signed(deal)``. In fen."""

from datetime import date, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from funds.actions.agreements import sign_agreement
from funds.actions.deals import begin_diligence, propose, save_deal, save_item
from funds.actions.decisions import decide_deal
from funds.actions.papers import store_paper
from funds.choices.deals import DecisionOutcome, DiligenceState, Instrument, PaperKind, VoteChoice
from funds.choices.records import Stage
from funds.models import Agreement, Committee, CommitteeMember, Deal, Decision, Fund, Paper
from funds.rules.decisions import Ballot
from innovation.accounts.models import User
from tests.factories.accounts import manager, officer
from tests.factories.funds import CompanyFactory, FundFactory

WAN = 1_000_000
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def today() -> date:
    return timezone.localdate()


def committee(members: int = 5, quorum: int = 3, fund: Fund | None = None) -> Committee:
    """A committee whose members are called M1, M2 …; two thirds of those present must vote for."""
    made = Committee.objects.create(name_zh="投资决策委员会", name_en="Investment committee", quorum=quorum, fund=fund)
    CommitteeMember.objects.bulk_create(
        CommitteeMember(committee=made, name=f"M{number}", position="expert") for number in range(1, members + 1)
    )
    return made


def ballots(*choices: str, reason: str = "shareholder of the company") -> list[Ballot]:
    """The votes of M1, M2 … in this order; who recuses gives ``reason``."""
    return [
        Ballot(f"M{place}", choice, reason if choice == VoteChoice.RECUSED else "")
        for place, choice in enumerate(choices, start=1)
    ]


ALL_FOR = ballots(*["FOR"] * 5)
ALL_AGAINST = ballots(*["AGAINST"] * 5)


def deal_facts(**facts: Any) -> dict[str, Any]:
    """What a proposal of 500 万元 says."""
    given = {
        "stage": Stage.ANGEL, "instrument": Instrument.PREFERRED, "amount_fen": 500 * WAN, "summary": "A sound company",
        "risks": "One customer",
    } | facts  # fmt: skip
    given.setdefault("fund", None)
    given["fund"] = given["fund"] or FundFactory()
    given.setdefault("company", None)
    given["company"] = given["company"] or CompanyFactory()
    return given


def new_deal(actor: User | None = None, **facts: Any) -> Deal:
    return save_deal(actor=actor or officer(), **deal_facts(**facts))


def examined_deal(actor: User | None = None, **facts: Any) -> Deal:
    """A proposal whose every question is answered."""
    deal = new_deal(actor, **facts)
    begin_diligence(deal_id=deal.pk, actor=deal.lead)
    for item in deal.items.all():
        save_item(deal_id=deal.pk, item_id=item.pk, state=DiligenceState.CLEAR, actor=deal.lead)
    deal.refresh_from_db()
    return deal


def proposed_deal(actor: User | None = None, **facts: Any) -> Deal:
    deal = examined_deal(actor, **facts)
    propose(deal_id=deal.pk, actor=deal.lead)
    deal.refresh_from_db()
    return deal


def decide(deal: Deal, outcome: str = DecisionOutcome.APPROVED, **facts: Any) -> Decision:
    """Record a decision; every member votes as the outcome says unless ``ballots`` are given."""
    given = {
        "number": f"IC-{deal.code}-{deal.decisions.count() + 1}",
        "met_on": today() - timedelta(days=3),
        "ballots": ALL_FOR if outcome == DecisionOutcome.APPROVED else ALL_AGAINST,
        "reason": "Discussed at length",
        "actor": None,
        "committee_id": None,
    } | facts
    given["actor"] = given["actor"] or manager()
    given["committee_id"] = given["committee_id"] or committee().pk
    decision = decide_deal(deal_id=deal.pk, outcome=outcome, **given)
    deal.refresh_from_db()
    return decision


def approved_deal(actor: User | None = None, **facts: Any) -> Deal:
    deal = proposed_deal(actor, **facts)
    decide(deal)
    return deal


def signed(deal: Deal, *promises: Any, **facts: Any) -> Agreement:
    """The agreement that follows an approved proposal."""
    given = {
        "number": "A-1", "signed_on": today() - timedelta(days=2), "instrument": deal.instrument,
        "amount_fen": deal.amount_fen, "actor": deal.lead, "decision_id": deal.decisions.latest("id").pk,
    } | facts  # fmt: skip
    return sign_agreement(investment_id=deal.investment_id, promises=promises, **given)


def paper(actor: User | None = None, content: bytes = PDF, **facts: Any) -> Paper:
    given = {"kind": PaperKind.MINUTES, "title": "Minutes"} | facts
    return store_paper(upload=SimpleUploadedFile("minutes.pdf", content), actor=actor or officer(), **given)
