"""Proofs of the books: what they find when somebody writes to the database itself, whom they tell, what they keep."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from funds.actions.books import prove_books
from funds.actions.ledger import Draft
from funds.choices.ledger import EventKind, ProofFinding, ProofOccasion
from funds.models import BookTerms, Fund, LedgerAnchor, LedgerEvent, LedgerProof
from funds.tasks import prove_all_books
from innovation.accounts.choices import Role
from innovation.core.models import OutboxMessage
from tests.factories.accounts import UserFactory, as_role
from tests.factories.funds import FundFactory, InvestmentFactory
from tests.funds.scenes import book

pytestmark = pytest.mark.django_db
DAY = date(2024, 3, 1)


@pytest.fixture
def fund():
    fund = FundFactory(code="F-1")
    book(fund, *(Draft(EventKind.CALL, DAY, 100 + number) for number in range(3)), at=timezone.now())
    return fund


def past_the_triggers(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement, values)
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


def findings(fund=None):
    proof = prove_books(occasion=ProofOccasion.COMMAND, fund_id=fund and fund.pk)
    return [(found["fund"], found["seq"], found["finding"]) for found in proof.findings]


def test_sound_books_are_proved_and_their_heads_kept_once_a_day(fund):
    assert prove_all_books() == 0
    assert prove_all_books() == 0
    proof = LedgerProof.objects.first()
    assert (proof.occasion, proof.funds, proof.entries, proof.anchors) == (ProofOccasion.NIGHTLY, 1, 3, 1)
    anchor = LedgerAnchor.objects.get()
    assert (anchor.seq, bytes(anchor.hash)) == (3, bytes(LedgerEvent.objects.get(seq=3).hash))
    assert not OutboxMessage.objects.exists()


def test_a_changed_amount_is_found_and_told(fund):
    auditor, stranger = UserFactory(role=Role.AUDITOR), UserFactory(role=Role.APPLICANT)
    past_the_triggers("UPDATE funds_ledgerevent SET amount_fen = 999 WHERE seq = 2")
    assert findings() == [("F-1", 2, ProofFinding.LINK_BROKEN)]
    recipients = set(OutboxMessage.objects.values_list("recipient", flat=True))
    assert auditor.email in recipients
    assert stranger.email not in recipients


def test_a_chain_written_anew_verifies_in_itself_but_lost_its_head(fund):
    prove_all_books()
    past_the_triggers("DELETE FROM funds_ledgerevent WHERE seq > 1")
    book(fund, Draft(EventKind.CALL, DAY, 7), Draft(EventKind.CALL, DAY, 8), at=timezone.now())
    assert findings(fund) == [("F-1", 3, ProofFinding.ANCHOR_LOST)]
    assert LedgerAnchor.objects.count() == 1


def test_a_tail_cut_off_is_found_by_the_head(fund):
    prove_all_books()
    past_the_triggers("DELETE FROM funds_ledgerevent WHERE seq = 3")
    assert findings(fund) == [("F-1", 3, ProofFinding.ANCHOR_LOST)]


def test_sums_that_no_entry_could_have_made_are_found(fund):
    holding = InvestmentFactory(fund=fund)
    BookTerms.objects.create(fund=fund, is_complete=True)
    written_off = Draft(EventKind.WRITE_OFF, DAY, 0, holding.pk, 50)
    book(fund, Draft(EventKind.INVEST, DAY, 50, holding.pk), written_off, at=timezone.now())
    past_the_triggers("UPDATE funds_ledgerevent SET amount_fen = 10 WHERE seq = 4")
    past_the_triggers(
        "UPDATE funds_ledgerevent SET kind = 'EXPENSE', effect = 'EXPENSE', amount_fen = 900 WHERE seq = 3"
    )
    kinds = {finding for __, __, finding in findings()}
    assert {ProofFinding.COST_BELOW_ZERO, ProofFinding.CASH_BELOW_ZERO} <= kinds
    past_the_triggers("UPDATE funds_fund SET committed_fen = 1")
    past_the_triggers("UPDATE funds_ledgerevent SET amount_fen = 2 WHERE seq = 1")
    assert ProofFinding.CALLS_ABOVE_COMMITMENT in {finding for __, __, finding in findings()}


def test_a_broken_ledger_keeps_no_head_for_the_day(fund):
    past_the_triggers("UPDATE funds_ledgerevent SET reason = 'x' WHERE seq = 1")
    sound = FundFactory()
    book(sound, Draft(EventKind.CALL, DAY, 5), at=timezone.now())
    assert prove_all_books() == 1
    assert LedgerAnchor.objects.get().fund == sound


def test_the_command_says_what_it_read_and_fails_loudly(fund, capsys):
    call_command("verify_ledger")
    assert "All is well: 3 entries of 1 ledgers" in capsys.readouterr().out
    call_command("verify_ledger", "F-1", "--anchor")
    assert LedgerAnchor.objects.filter(fund=fund).count() == 1
    past_the_triggers("UPDATE funds_ledgerevent SET amount_fen = 999 WHERE seq = 2")
    with pytest.raises(CommandError, match="1 found wrong"):
        call_command("verify_ledger", "F-1")
    assert "F-1 no. 2" in capsys.readouterr().err
    with pytest.raises(CommandError, match="no fund with code"):
        call_command("verify_ledger", "F-9")
    assert list(LedgerProof.objects.values_list("fund__code", flat=True)) == ["F-1", "F-1", None]


PROVERS = {Role.FUND_OFFICER, Role.FINANCE, Role.PROGRAMME_MANAGER, Role.AUDITOR, Role.ADMINISTRATOR}


@pytest.mark.parametrize("role", Role)
def test_who_may_have_the_books_proved(role, fund):
    user = UserFactory(role=role)
    if role in PROVERS:
        assert prove_books(occasion=ProofOccasion.ON_DEMAND, actor=user).is_sound
    else:
        with pytest.raises(PermissionDenied):
            prove_books(occasion=ProofOccasion.ON_DEMAND, actor=user)


def test_the_page_proves_shows_the_history_and_the_start_page_warns(client, fund):
    as_role(client, Role.AUDITOR)
    page = client.get(reverse("funds:prove"))
    token = page.context["form"]["form_token"].value()
    answer = client.post(reverse("funds:prove"), {"form_token": token}, follow=True)
    assert answer.redirect_chain == [(reverse("funds:proofs"), 302)]
    assert "All is well" in answer.text
    past_the_triggers("UPDATE funds_ledgerevent SET amount_fen = 999 WHERE seq = 2")
    prove_all_books()
    listed = client.get(reverse("funds:proofs"), headers={"accept-language": "en"}).text
    assert "F-1 #2: The entry was changed" in listed
    assert "The books do not verify" in client.get("/", headers={"accept-language": "en"}).text
    assert Fund.objects.count() == 1
