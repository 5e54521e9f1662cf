"""The work list: what waits for whom, in the same statements however much it is; the start page and the API alike."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from funds.actions.results import keep_results
from funds.actions.valuation_papers import return_paper
from funds.choices.cases import CaseState
from funds.choices.work import WorkKind
from funds.models import (
    Alert,
    Call,
    CallLine,
    ClawBack,
    Commitment,
    DiligenceItem,
    EntryProposal,
    EvaluationRun,
    EvaluationScheme,
    FilingExtract,
    LandedDuty,
    LandedProject,
    LedgerProof,
    MonitoringNote,
    PanelMember,
    SpecialTierApproval,
    ValuationRound,
)
from funds.queries.work import work_of
from funds.reports.work import address_of, record_of
from innovation.accounts.choices import Role
from tests.factories import deals
from tests.factories.accounts import UserFactory, as_role
from tests.factories.funds import CompanyFactory, FundFactory
from tests.funds import claiming, scenes, valuing
from tests.funds.case_scenes import Cast, case_in

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}
TODAY = timezone.localdate()
FOUND = {"fund_id": 1, "fund": "F-1", "seq": 1, "finding": "LINK_BROKEN", "detail": ""}


def kinds(user):
    return [item.kind for item in work_of(user, timezone.localdate())]


def call(number=1, due=-3, fund=None, **facts):
    """A call of one investor, 40 days ago, due ``due`` days from today."""
    days = {"notice_on": TODAY - timedelta(days=40), "due_on": TODAY + timedelta(days=due)}
    fund, investor = fund or FundFactory(), CompanyFactory()
    Commitment.objects.create(
        fund=fund, investor=investor, source="SOCIAL", amount_fen=100, valid_from=TODAY - timedelta(days=400)
    )
    row = Call.objects.create(fund=fund, number=number, amount_fen=100, purpose="x", **days, **facts)
    CallLine.objects.create(notice=row, position=1, investor=investor, source="SOCIAL", amount_fen=100)
    return row


def alert(fund=None, level="RED", number=1):
    return Alert.objects.create(
        fund=fund or FundFactory(), kind="LEVEL", level=level, matter=f"level/{number}", as_of=TODAY,
        known_at=timezone.now(),
    )  # fmt: skip


def everything():
    """One thing of each kind; the officer who owns what is owned by name."""
    officer = UserFactory(role=Role.FUND_OFFICER)
    call()
    alert()
    working = deals.examined_deal()
    DiligenceItem.objects.create(
        deal=working, area="LEGAL", question="Who owns the patent?", responsible=officer,
        due_on=TODAY - timedelta(days=1),
    )  # fmt: skip
    deals.proposed_deal()
    approved = deals.approved_deal()
    deals.signed(approved)
    MonitoringNote.objects.create(
        investment=approved.investment, noted_on=TODAY - timedelta(days=9), kind="VISIT", rating="TROUBLE", text="seen",
        next_on=TODAY - timedelta(days=2),
    )  # fmt: skip
    binding = scenes.fund_within().policy_bindings.get()
    rule = binding.document.rules.get(code="CN-HZ-SC-FUND-VC")
    for state, end in (("REQUESTED", None), ("APPROVED", TODAY + timedelta(days=5))):
        decided = {"decided_by": UserFactory(), "decided_at": timezone.now()} if state == "APPROVED" else {}
        SpecialTierApproval.objects.create(
            binding=binding, rule=rule, evidence="x", valid_from=TODAY - timedelta(days=50), valid_to=end, state=state,
            requested_by=officer, **decided,
        )  # fmt: skip
    LedgerProof.objects.create(occasion="NIGHTLY", funds=1, entries=1, anchors=1, findings=[FOUND], seconds=0)
    paper = valuing.submitted(actor=officer)
    return_paper(paper_id=paper.pk, actor=valuing.finance(), reason="mend")
    valuing.submitted()
    valuing.holding()
    ValuationRound.objects.create(quarter_end=valuing.QUARTER, due_on=valuing.QUARTER + timedelta(days=60))
    row = claiming.sent()
    project = LandedProject.objects.create(
        investment=approved.investment, name="Plant", agreement="L-1", signed_on=TODAY, created_by=officer
    )
    duty = LandedDuty.objects.create(project=project, kind="JOBS", target=10, due_on=TODAY, stake_fen=200)
    ClawBack.objects.create(
        duty=duty, amount_fen=100, shortfall_num=1, shortfall_den=2, proposed_by=officer,
    )  # fmt: skip
    facts = {"fund": row.fund, "year": 2023, "scheme": EvaluationScheme.objects.first(), "prepared_by": officer}
    EvaluationRun.objects.create(**facts)
    EvaluationRun.objects.create(**facts | {"year": 2022, "state": "SUBMITTED", "submitted_at": timezone.now()})
    FilingExtract.objects.create(
        fund=row.fund, year=2023, due_on=date(2024, 6, 30), content={}, sha256="0" * 64, made_by=officer
    )
    EntryProposal.objects.create(
        fund=row.fund, kind="EXPENSE", value_date=TODAY, amount_fen=100, proposed_by=officer
    )  # fmt: skip
    return officer


EXPECTED = {
    Role.FUND_OFFICER: {
        WorkKind.BROKEN_BOOKS, WorkKind.ALERT, WorkKind.CALL, WorkKind.TRANCHE, WorkKind.DILIGENCE, WorkKind.HOLDING,
        WorkKind.ROUND, WorkKind.VALUE_TO_MEND, WorkKind.TIER_ENDING, WorkKind.EVALUATION_TO_MEND, WorkKind.FILING,
        WorkKind.DEAL,
    },
    Role.FINANCE: {
        WorkKind.BROKEN_BOOKS, WorkKind.CALL, WorkKind.ENTRY, WorkKind.TRANCHE, WorkKind.ROUND,
        WorkKind.VALUE_TO_APPROVE, WorkKind.CLAW_BACK,
    },
    Role.PROGRAMME_MANAGER: {
        WorkKind.BROKEN_BOOKS, WorkKind.ALERT, WorkKind.ENTRY, WorkKind.DEAL, WorkKind.HOLDING,
        WorkKind.VALUE_TO_APPROVE, WorkKind.CLAIM, WorkKind.CLAW_BACK, WorkKind.TIER, WorkKind.EVALUATION,
        WorkKind.FILING,
    },
    Role.AUDITOR: {WorkKind.BROKEN_BOOKS},
    Role.TALENT_OFFICER: set(),
    Role.APPLICANT: set(),
}  # fmt: skip


def test_each_kind_waits_for_those_who_may_do_it_and_for_nobody_else(client, django_assert_max_num_queries):
    officer = everything()
    for role, expected in EXPECTED.items():
        user = officer if role == Role.FUND_OFFICER else UserFactory(role=role)
        assert set(kinds(user)) == {kind.value for kind in expected}, role
        client.force_login(user)
        page = client.get(reverse("funds:work"), headers=ENGLISH)
        allowed = role != Role.APPLICANT
        assert page.status_code == (200 if allowed else 403), role
        for item in work_of(user, TODAY):
            # Whatever is listed can be opened by the person for whom it waits.
            assert client.get(address_of(item)).status_code == 200, (role, item)
            assert f'href="{address_of(item)}"' in page.text, (role, item)
        answer = client.get("/api/v1/fund-work/", headers=ENGLISH)
        assert answer.status_code == (200 if allowed else 403), role
        if allowed:
            assert [row["kind"] for row in answer.json()["items"]] == kinds(user)
    page = client.get(reverse("funds:work"))
    assert page.status_code == 403


def test_the_list_is_sorted_by_due_day_and_filtered_by_kind_fund_name_and_deadline(client):
    fund, officer = FundFactory(), UserFactory(role=Role.FUND_OFFICER)
    late, today, later = call(1, -3), call(2, 0, fund, issued_by=officer), call(3, 20, fund)
    call(4, 31, fund)
    call(5, -9, fund, state="CANCELLED", cancel_reason="x")
    told = alert(fund)
    client.force_login(officer)
    listed = lambda **asked: [  # noqa: E731 - one expression
        (item.kind, item.record) for item in client.get(reverse("funds:work"), asked).context["table"].ordered()
    ]
    calls = [("CALL", each.pk) for each in (late, today, later)]
    assert listed() == [*calls, ("ALERT", told.pk)]
    assert listed(kind="CALL", fund=fund.pk) == calls[1:]
    assert listed(whose="mine") == [calls[1]]
    assert listed(due="overdue") == [calls[0]]
    assert listed(kind="DEAL") == []
    page = client.get(reverse("funds:work"), headers=ENGLISH).text
    assert "4 things wait for you, 1 overdue" in page
    assert "Capital call 2" in page
    sheet = client.get(reverse("funds:work"), {"export": "csv", "due": "overdue"}, headers=ENGLISH)
    body = b"".join(sheet.streaming_content).decode("utf-8-sig")
    assert "Capital call 1" in body
    assert "Capital call 2" not in body
    rows = client.get("/api/v1/fund-work/", {"overdue": "true"}, headers=ENGLISH).json()
    assert (rows["count"], rows["overdue"], rows["items"][0]["title"]) == (1, 1, "Capital call 1")
    assert client.get("/api/v1/fund-work/", {"kind": "NONE"}).status_code == 400
    assert "待办清单" in client.get(reverse("funds:work"), headers={"accept-language": "zh-hans"}).text


def test_cases_wait_for_their_officer_and_for_the_seats_of_their_panel():
    cast = Cast()
    case, walk = case_in(CaseState.STATEMENT, cast)
    # A statement is the manager's to write; once it is late, the officer goes on without it.
    assert kinds(cast.officer) == []
    case.due_on = TODAY - timedelta(days=1)
    case.save()
    assert kinds(cast.officer) == ["CASE"]
    walk.to(CaseState.PANEL)
    walk.seat([cast.chair, *cast.members])
    found = work_of(cast.members[0], TODAY)
    assert [(item.kind, record_of(item)[:7]) for item in found if item.kind == "CASE_VOTE"] == [
        ("CASE_VOTE", case.code[:7])
    ]
    walk.vote([cast.members[0]])
    assert "CASE_VOTE" not in kinds(cast.members[0])
    assert PanelMember.objects.filter(user=cast.members[1]).exists()
    assert "CASE_VOTE" in kinds(cast.members[1])


@pytest.mark.parametrize("address", ["/", "/funds/work/", "/api/v1/fund-work/"])
def test_it_costs_the_same_for_one_row_and_three(client, address, django_assert_max_num_queries):
    client.force_login(everything())
    counts = []
    for rows in (1, 2):
        for number in range(rows):
            call(rows * 10 + number)
            alert(number=number)
            deals.signed(deals.approved_deal())
            valuing.holding()
        client.get(address)
        # The start page asks every part of the programme what waits.
        with django_assert_max_num_queries(16 if address == "/" else 12) as queries:
            assert client.get(address).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_start_page_counts_what_the_list_holds_and_shows_five(client):
    officer = UserFactory(role=Role.FUND_OFFICER)
    for number in range(7):
        call(number + 1, number - 3)
    client.force_login(officer)
    page = client.get(reverse("home"), headers=ENGLISH)
    (panel,) = page.context["panels"]
    assert str(panel.sentence) == "7 things wait for you, 3 overdue"
    assert [line.title for line in panel.lines] == [f"Capital call {number}" for number in range(1, 6)]
    assert [(str(each.label), each.number, each.href) for each in panel.counts] == [
        ("Capital calls to be paid", 7, "/funds/work/?kind=CALL")
    ]
    # What the rail says is not said again.
    assert page.text.count('href="/funds/policies/"') == 1
    as_role(client, Role.FUND_OFFICER)
    Call.objects.update(due_on=TODAY + timedelta(days=90))
    assert "Nothing waits for you" in client.get(reverse("home"), headers=ENGLISH).text


def test_the_start_page_shows_the_rate_nearest_to_its_cap_from_kept_results(client):
    scenes.fund_within()
    over = scenes.fund_exceeded()
    as_role(client, Role.PROGRAMME_MANAGER)
    card = lambda: client.get(reverse("home"), headers=ENGLISH).context["overview"][0]  # noqa: E731
    assert (card().figure, str(card().text)) == ("", "How much of each loss cap is used, as of any day.")
    keep_results(as_of=scenes.DAY, known_at=scenes.KNOWN)
    alert(over)
    assert card().figure == "50.0\u202f%"
    assert f"{over.name} exceeds its cap" in card().text
    assert card().href.endswith(f"?as_of={scenes.DAY}")
    assert "Alerts that stand" in client.get(reverse("home"), headers=ENGLISH).text
