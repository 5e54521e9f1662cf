"""The keeping of books in the API: the same rules, roles and visibility as on the pages."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from funds.actions.books import prove_books, set_book_terms
from funds.choices.ledger import ProofOccasion
from funds.models import BookTerms, EntryProposal, LedgerAnchor, LedgerEvent, PeriodClose
from innovation.accounts.choices import Role
from tests.factories.accounts import UserFactory, in_turn
from tests.factories.funds import FundFactory, InvestmentFactory

pytestmark = pytest.mark.django_db
DAY = date(2024, 3, 1)
LISTS = ["bookterms", "periodclose", "entryproposal", "ledgerproof", "ledgeranchor"]
READERS = {Role.FUND_OFFICER, Role.FINANCE, Role.PROGRAMME_MANAGER, Role.AUDITOR, Role.ADMINISTRATOR}


def client_of(role, user=None):
    client = APIClient()
    client.force_authenticate(user or UserFactory(role=role))
    return client


def stock(count):
    finance = UserFactory(role=Role.FINANCE)
    for _ in range(count):
        fund = FundFactory()
        BookTerms.objects.create(fund=fund)
        PeriodClose.objects.create(fund=fund, through=DAY, closed_by=finance)
        EntryProposal.objects.create(fund=fund, kind="CALL", value_date=DAY, amount_fen=5, proposed_by=finance)
        LedgerAnchor.objects.create(fund=fund, day=DAY, seq=1, hash=bytes(32))
        prove_books(occasion=ProofOccasion.COMMAND)


@pytest.mark.parametrize("name", LISTS)
def test_lists_show_the_office_everything_and_others_nothing(name):
    stock(1)
    address = reverse(f"api:{name}-list")
    for role in in_turn():
        if role is None:
            assert APIClient().get(address).status_code == 401
            continue
        assert len(client_of(role).get(address).json()["results"]) == (role in READERS)


@pytest.mark.parametrize("name", LISTS)
def test_lists_cost_the_same_for_one_row_and_three(name, django_assert_num_queries):
    for rows in (1, 2):
        stock(rows)
        client = client_of(Role.AUDITOR)
        with django_assert_num_queries(2):
            client.get(reverse(f"api:{name}-list"))


def entry(holding, **facts):
    return {
        "fund": holding.fund_id, "investment": holding.pk, "kind": "INVEST", "value_date": "2024-03-01",
        "amount_fen": 100,
    } | facts  # fmt: skip


def test_an_entry_is_booked_or_waits_and_another_person_decides():
    holding, finance = InvestmentFactory(), UserFactory(role=Role.FINANCE)
    set_book_terms(fund_id=holding.fund_id, approval_limit_fen=100, is_complete=False, actor=finance)
    officer = client_of(Role.FUND_OFFICER)
    address = reverse("api:entryproposal-list")
    booked = officer.post(address, entry(holding))
    assert (booked.status_code, booked.json()["seq"]) == (201, 1)
    plain = officer.post(reverse("api:ledger-list"), entry(holding, kind="FOLLOW_ON", amount_fen=101))
    assert (plain.status_code, plain.json()["code"]) == (422, "APPROVAL_REQUIRED")
    waits = officer.post(address, entry(holding, kind="FOLLOW_ON", amount_fen=101))
    assert (waits.status_code, waits.json()["state"]) == (202, "WAITING")
    approve = reverse("api:entryproposal-approve", args=[waits.json()["id"]])
    assert officer.post(approve, {}).json()["code"] == "FOUR_EYES"
    assert client_of(Role.AUDITOR).post(approve, {}).status_code == 403
    answer = client_of(None, finance).post(approve, {"reason": "seen"})
    assert (answer.json()["state"], LedgerEvent.objects.count()) == ("APPROVED", 2)


def test_a_proposal_is_refused_or_withdrawn():
    holding, finance = InvestmentFactory(), UserFactory(role=Role.FINANCE)
    set_book_terms(fund_id=holding.fund_id, approval_limit_fen=0, is_complete=False, actor=finance)
    officer = client_of(Role.FUND_OFFICER)
    first, second = (officer.post(reverse("api:entryproposal-list"), entry(holding)).json()["id"] for _ in range(2))
    refuse = reverse("api:entryproposal-refuse", args=[first])
    assert client_of(None, finance).post(refuse, {}).json()["code"] == "REASON_MISSING"
    assert client_of(None, finance).post(refuse, {"reason": "no slip"}).json()["state"] == "REFUSED"
    withdraw = reverse("api:entryproposal-withdraw", args=[second])
    assert client_of(None, finance).post(withdraw, {}).status_code == 403
    assert officer.post(withdraw, {}).json()["state"] == "WITHDRAWN"


def test_a_correction_is_one_call():
    holding, officer = InvestmentFactory(), client_of(Role.FUND_OFFICER)
    address = reverse("api:entryproposal-list")
    wrong = officer.post(address, entry(holding)).json()["id"]
    right = officer.post(address, entry(holding, amount_fen=90, takes_back=wrong, reason="the slip says 90"))
    assert (right.status_code, right.json()["seq"]) == (201, 3)
    assert LedgerEvent.objects.get(reverses=wrong).seq == 2


def test_terms_and_periods_are_set_by_finance_alone():
    fund, finance = FundFactory(), client_of(Role.FINANCE)
    terms = {"fund": fund.pk, "approval_limit_fen": 5, "is_complete": True}
    assert client_of(Role.FUND_OFFICER).post(reverse("api:bookterms-list"), terms).status_code == 403
    for limit in (5, 7):
        answer = finance.post(reverse("api:bookterms-list"), terms | {"approval_limit_fen": limit}, format="json")
        assert (answer.status_code, answer.json()["approval_limit_fen"]) == (201, limit)
    close = finance.post(reverse("api:periodclose-list"), {"fund": fund.pk, "through": "2024-03-01"})
    assert close.status_code == 201
    reopen = reverse("api:periodclose-reopen", args=[close.json()["id"]])
    assert finance.post(reopen, {"reason": "audit"}).json()["code"] == "FOUR_EYES"
    assert client_of(Role.ADMINISTRATOR).post(reopen, {"reason": "audit"}).json()["reopen_reason"] == "audit"


def test_the_books_are_proved_on_demand():
    fund = FundFactory()
    answer = client_of(Role.AUDITOR).post(reverse("api:ledgerproof-now"), {"fund": fund.pk})
    assert (answer.status_code, answer.json()["findings"], answer.json()["fund"]) == (201, [], fund.pk)
    assert client_of(Role.APPLICANT).post(reverse("api:ledgerproof-now"), {}).status_code == 403
    assert timezone.now().date().isoformat()[:4] in answer.json()["proved_at"]
