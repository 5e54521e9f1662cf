"""The pages of the books: who opens what, the effect before the entry, taking back, correcting, two people, periods."""

import re
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation

from funds.actions.books import prove_books, set_book_terms
from funds.actions.events import close_period, record_event
from funds.choices.ledger import GRANT_KINDS, EventKind, ProofOccasion
from funds.forms.entries import KIND_FORMS
from funds.models import BookDocument, BookTerms, EntryProposal, LedgerEvent, PeriodClose
from innovation.accounts.choices import Role
from innovation.core import translations
from innovation.core.forms import new_token
from tests.factories.accounts import UserFactory, as_role, in_turn
from tests.factories.funds import FundFactory, GrantAwardFactory, InvestmentFactory

pytestmark = pytest.mark.django_db
DAY = date(2024, 3, 1)
READERS = {Role.FUND_OFFICER, Role.PROGRAMME_MANAGER, Role.FINANCE, Role.AUDITOR, Role.ADMINISTRATOR}
RECORDERS = {Role.FUND_OFFICER, Role.FINANCE, Role.ADMINISTRATOR}
KEEPERS = {Role.FINANCE, Role.ADMINISTRATOR}


@pytest.fixture
def holding():
    return InvestmentFactory(fund=FundFactory(name_en="Test Fund"))


def invested(holding, fen=100_000_000):
    return record_event(
        fund_id=holding.fund_id, investment_id=holding.pk, kind="INVEST", value_date=DAY, amount_fen=fen,
        actor=UserFactory(role=Role.FUND_OFFICER),
    )  # fmt: skip


def answers(**facts):
    money = {}
    for name in ("amount_fen", "cost_relieved_fen"):
        if name in facts:
            money |= {f"{name}_amount": facts.pop(name), f"{name}_unit": "wan"}
    return {"value_date": "2024-03-01", "form_token": new_token()} | money | facts


def send(client, address, given, **more):
    return client.post(address, given | more, headers={"accept-language": "en"})


def book_it(client, address, given):
    """Show the effect, then book what was shown."""
    shown = send(client, address, given)
    assert shown.status_code == 200, shown.context["form"].errors
    seen = shown.context["seen"]
    kept = {"kept_file": shown.context["kept"].pk} if shown.context.get("kept") else {}
    again = {name: value for name, value in given.items() if name != "file"}
    return shown, send(client, address, again | kept, book="1", seen=seen)


@pytest.mark.usefixtures("undrawn")
def test_who_opens_what(client, holding):
    entry, fund = invested(holding), holding.fund
    close = PeriodClose.objects.create(fund=fund, through=DAY, closed_by=UserFactory(role=Role.FINANCE))
    row = EntryProposal.objects.create(
        fund=fund, kind="CALL", value_date=DAY, amount_fen=5, proposed_by=UserFactory(role=Role.FUND_OFFICER)
    )
    expected = {
        reverse("funds:record_choose", args=[fund.pk]): RECORDERS,
        reverse("funds:record", args=[fund.pk, "invest"]): RECORDERS,
        reverse("funds:take_back", args=[entry.pk]): RECORDERS,
        reverse("funds:correct", args=[entry.pk]): RECORDERS,
        reverse("funds:entry", args=[entry.pk]): READERS,
        reverse("funds:books", args=[fund.pk]): READERS,
        reverse("funds:book_terms", args=[fund.pk]): KEEPERS,
        reverse("funds:period_close", args=[fund.pk]): KEEPERS,
        reverse("funds:period_reopen", args=[close.pk]): KEEPERS | {Role.PROGRAMME_MANAGER},
        reverse("funds:restatements", args=[close.pk]): READERS,
        reverse("funds:proposals"): READERS,
        reverse("funds:proposal", args=[row.pk]): READERS,
        reverse("funds:proofs"): READERS,
        reverse("funds:prove"): READERS,
    }
    for role in in_turn(client):
        found = {address: client.get(address).status_code for address in expected}
        assert found == {
            address: 200 if role in roles else 302 if role is None else 403 for address, roles in expected.items()
        }


@pytest.mark.parametrize("kind", KIND_FORMS)
def test_every_kind_has_its_form_with_the_fields_it_needs(client, kind, holding):
    as_role(client, Role.FUND_OFFICER)
    fund_id = GrantAwardFactory().fund_id if kind in GRANT_KINDS else holding.fund_id
    page = client.get(reverse("funds:record", args=[fund_id, kind.lower()]))
    fields = page.context["form"].fields
    spec = KIND_FORMS[kind]
    assert ("investment" in fields, "amount_fen" in fields) == (spec.of in {"holding", "optional"}, bool(spec.amount))
    assert ("award" in fields) == (kind in GRANT_KINDS)
    assert ("cost_relieved_fen" in fields) == bool(spec.relieved)
    assert set(KIND_FORMS) == set(EventKind) - {EventKind.REVERSAL}


def test_a_kind_that_does_not_exist_is_not_found(client, holding):
    as_role(client, Role.FUND_OFFICER)
    for kind in ("reversal", "nothing", "grant"):
        assert client.get(reverse("funds:record", args=[holding.fund_id, kind])).status_code == 404


def test_the_effect_is_shown_before_anything_is_booked_and_only_what_was_shown_is_booked(client, holding):
    invested(holding)
    as_role(client, Role.FUND_OFFICER)
    address = reverse("funds:record", args=[holding.fund_id, "exit_partial"])
    given = answers(investment=holding.pk, amount_fen="10", cost_relieved_fen="40", document="Agreement 7")
    shown = send(client, address, given)
    effect = {change.label: (change.before, change.after) for change in shown.context["effect"]}
    assert effect["Remaining cost of the holding"] == ("100.00 × 10,000 yuan", "60.00 × 10,000 yuan")
    assert effect["Loss rate"] == ("0\u202f%", "30.0\u202f%")
    assert "Nothing is booked yet." in shown.text
    assert LedgerEvent.objects.count() == 1
    other = send(client, address, given | {"amount_fen_amount": "11"}, book="1", seen=shown.context["seen"])
    assert (other.status_code, LedgerEvent.objects.count()) == (200, 1)
    done = send(client, address, given, book="1", seen=shown.context["seen"])
    event = LedgerEvent.objects.get(kind="EXIT_PARTIAL")
    assert done.url == reverse("funds:entry", args=[event.pk])
    assert (event.amount_fen, event.cost_relieved_fen, event.document) == (10_000_000, 40_000_000, "Agreement 7")
    twice = send(client, address, given, book="1", seen=shown.context["seen"])
    assert (twice.url, LedgerEvent.objects.count()) == (done.url, 2)


def test_what_the_rules_refuse_is_said_at_its_field_with_all_that_was_typed(client, holding):
    invested(holding)
    as_role(client, Role.FUND_OFFICER)
    address = reverse("funds:record", args=[holding.fund_id, "exit_partial"])
    page = send(client, address, answers(investment=holding.pk, amount_fen="1", cost_relieved_fen="100.5"))
    assert page.status_code == 422
    assert "relieves more cost than remained" in page.text
    assert 'value="100.5"' in page.text


@pytest.mark.parametrize(("kind", "extra"), [("exit_full", {"amount_fen": "250"}), ("write_off", {"whole": "all"})])
def test_all_of_the_remaining_cost_need_not_be_typed(client, kind, extra, holding):
    invested(holding)
    as_role(client, Role.FUND_OFFICER)
    address = reverse("funds:record", args=[holding.fund_id, kind])
    book_it(client, address, answers(investment=holding.pk, **extra))
    assert LedgerEvent.objects.get(kind=kind.upper()).cost_relieved_fen == 100_000_000


def test_a_part_is_written_off(client, holding):
    invested(holding)
    as_role(client, Role.FUND_OFFICER)
    address = reverse("funds:record", args=[holding.fund_id, "write_off"])
    missing = send(client, address, answers(investment=holding.pk, whole="part"))
    assert "Say how much is written off." in missing.text
    book_it(client, address, answers(investment=holding.pk, whole="part", cost_relieved_fen="30"))
    assert LedgerEvent.objects.get(kind="WRITE_OFF").cost_relieved_fen == 30_000_000


def test_a_document_is_kept_once_and_its_hash_enters_the_entry(client, holding):
    as_role(client, Role.FUND_OFFICER)
    address = reverse("funds:record", args=[holding.fund_id, "call"])
    for number in (1, 2):
        upload = SimpleUploadedFile("slip.csv", b"date,amount\n2024-03-01,5\n")
        __, done = book_it(client, address, answers(amount_fen="5", file=upload, document=f"Slip {number}"))
    kept = BookDocument.objects.get()
    event = LedgerEvent.objects.get(seq=1)
    assert event.document == f"Slip 1 · sha256:{kept.sha256}"
    page = client.get(done.url)
    address = reverse("funds:book_document", args=[kept.pk])
    assert address in page.text
    assert b"".join(client.get(address).streaming_content) == b"date,amount\n2024-03-01,5\n"
    as_role(client, Role.APPLICANT)
    assert client.get(address).status_code == 403


def test_an_entry_is_taken_back_from_its_page_with_the_reason(client, holding):
    event = invested(holding)
    as_role(client, Role.FUND_OFFICER)
    address = reverse("funds:take_back", args=[event.pk])
    assert address in client.get(reverse("funds:entry", args=[event.pk])).text
    assert send(client, address, answers(reason=" ")).status_code == 422
    book_it(client, address, answers(reason="typed twice"))
    assert LedgerEvent.objects.get(reverses=event).reason == "typed twice"
    page = client.get(reverse("funds:entry", args=[event.pk]), headers={"accept-language": "en"})
    assert address not in page.text
    assert "Taken back by no. 2" in page.text


def test_an_entry_is_corrected_in_one_step(client, holding):
    event = invested(holding)
    as_role(client, Role.FUND_OFFICER)
    address = reverse("funds:correct", args=[event.pk])
    form = client.get(address).context["form"]
    assert (form["amount_fen"].initial, form["value_date"].initial) == (100_000_000, DAY)
    book_it(client, address, answers(investment=holding.pk, amount_fen="90", reason="the slip says 90"))
    assert list(LedgerEvent.objects.order_by("seq").values_list("kind", "amount_fen")) == [
        ("INVEST", 100_000_000), ("REVERSAL", -100_000_000), ("INVEST", 90_000_000),
    ]  # fmt: skip
    mirror = LedgerEvent.objects.get(kind="REVERSAL")
    assert client.get(reverse("funds:correct", args=[mirror.pk])).status_code == 404


def test_above_the_limit_the_page_proposes_and_another_person_approves(client, holding):
    finance = UserFactory(role=Role.FINANCE)
    set_book_terms(fund_id=holding.fund_id, approval_limit_fen=1_000_000, is_complete=False, actor=finance)
    maker = as_role(client, Role.FUND_OFFICER)
    address = reverse("funds:record", args=[holding.fund_id, "call"])
    shown, done = book_it(client, address, answers(amount_fen="2"))
    assert "it will wait until another person approves it" in shown.text
    row = EntryProposal.objects.get()
    assert (done.url, row.proposed_by) == (row.get_absolute_url(), maker)
    own = client.get(done.url, headers={"accept-language": "en"})
    assert (own.context["may_decide"], own.context["may_withdraw"]) == (False, True)
    forbidden = send(client, done.url, {"decision": "approve", "form_token": new_token()})
    assert (forbidden.status_code, LedgerEvent.objects.count()) == (422, 0)
    as_role(client, Role.PROGRAMME_MANAGER)
    assert "Entries to approve" in client.get("/", headers={"accept-language": "en"}).text
    page = client.get(done.url, headers={"accept-language": "en"})
    assert page.context["may_decide"]
    cash = next(change for change in page.context["effect"] if change.label == "Cash of the fund")
    assert (cash.before, cash.after) == ("0 × 10,000 yuan", "2.00 × 10,000 yuan")
    send(client, done.url, {"decision": "approve", "form_token": new_token()})
    assert LedgerEvent.objects.get().actor == maker


def test_a_proposal_is_withdrawn_by_its_maker(client, holding):
    finance = UserFactory(role=Role.FINANCE)
    set_book_terms(fund_id=holding.fund_id, approval_limit_fen=0, is_complete=False, actor=finance)
    as_role(client, Role.FUND_OFFICER)
    book_it(client, reverse("funds:record", args=[holding.fund_id, "call"]), answers(amount_fen="2"))
    row = EntryProposal.objects.get()
    send(client, reverse("funds:proposal_withdraw", args=[row.pk]), {"form_token": new_token()})
    row.refresh_from_db()
    assert row.state == "WITHDRAWN"


def test_terms_are_set_and_incomplete_books_named(client, holding):
    invested(holding)
    as_role(client, Role.FINANCE)
    address = reverse("funds:book_terms", args=[holding.fund_id])
    given = {"approval_limit_fen_amount": "500", "approval_limit_fen_unit": "wan", "form_token": new_token()}
    refused = send(client, address, given | {"is_complete": "on"})
    assert refused.status_code == 422
    assert "The books are not complete: entry no. 1." in refused.text
    assert send(client, address, given | {"form_token": new_token()}).status_code == 302
    assert BookTerms.objects.get().approval_limit_fen == 500_000_000
    page = client.get(reverse("funds:books", args=[holding.fund_id]), headers={"accept-language": "en"})
    assert "500.00 × 10,000 yuan" in page.text


def test_a_period_is_closed_restated_and_opened_again(client, holding):
    invested(holding)
    as_role(client, Role.FINANCE)
    send(client, reverse("funds:period_close", args=[holding.fund_id]), {"through": DAY, "form_token": new_token()})
    close = PeriodClose.objects.get()
    address = reverse("funds:record", args=[holding.fund_id, "write_off"])
    given = answers(investment=holding.pk, whole="part", cost_relieved_fen="25")
    assert "The books are closed through 2024-03-01" in send(client, address, given).text
    book_it(client, address, given | {"late": "on", "reason": "found in the audit", "form_token": new_token()})
    page = client.get(reverse("funds:restatements", args=[close.pk]), headers={"accept-language": "en"})
    rates = {change.label: (change.before, change.after) for change in page.context["effect"]}
    assert rates["Loss rate"] == ("0\u202f%", "25.0\u202f%")
    assert "found in the audit" in page.text
    reopen = reverse("funds:period_reopen", args=[close.pk])
    assert send(client, reopen, {"reason": "audit", "form_token": new_token()}).status_code == 422
    as_role(client, Role.PROGRAMME_MANAGER)
    assert send(client, reopen, {"reason": "audit", "form_token": new_token()}).status_code == 302
    close.refresh_from_db()
    assert close.reopen_reason == "audit"


@pytest.mark.parametrize(
    ("name", "most"),
    [("books", 12), ("proposals", 7), ("proofs", 8), ("entry", 9), ("restatements", 20), ("record", 10)],
)
def test_queries_do_not_grow(client, django_assert_max_num_queries, name, most, holding):
    fund, finance = holding.fund, UserFactory(role=Role.FINANCE)
    entry = invested(holding)
    close = close_period(fund_id=fund.pk, through=DAY, actor=finance)
    address = {
        "books": reverse("funds:books", args=[fund.pk]),
        "proposals": reverse("funds:proposals"),
        "proofs": reverse("funds:proofs"),
        "entry": reverse("funds:entry", args=[entry.pk]),
        "restatements": reverse("funds:restatements", args=[close.pk]),
        "record": reverse("funds:record", args=[fund.pk, "dividend"]),
    }[name]
    as_role(client, Role.FUND_OFFICER)

    def stock(day):
        late = {"reason": "audit", "late": True, "actor": finance}
        other = InvestmentFactory(fund=fund)
        record_event(fund_id=fund.pk, investment_id=other.pk, kind="INVEST", value_date=DAY, amount_fen=5, **late)
        EntryProposal.objects.create(
            fund=FundFactory(), kind="CALL", value_date=DAY, amount_fen=5, proposed_by=UserFactory()
        )
        prove_books(occasion=ProofOccasion.COMMAND, fund_id=fund.pk)
        close_period(fund_id=fund.pk, through=day, actor=finance)

    stock(DAY + timedelta(days=1))
    client.get(address)
    with django_assert_max_num_queries(most) as before:
        assert client.get(address).status_code == 200
    for number in (2, 3):
        stock(DAY + timedelta(days=number))
    with django_assert_max_num_queries(len(before.captured_queries)):
        assert client.get(address).status_code == 200


def test_the_pages_speak_chinese(client, holding):
    translations.compile_all()
    entry = invested(holding)
    as_role(client, Role.FUND_OFFICER)
    for address in (
        reverse("funds:record", args=[holding.fund_id, "write_off"]),
        reverse("funds:entry", args=[entry.pk]),
        reverse("funds:books", args=[holding.fund_id]),
    ):
        with translation.override("zh-hans"):
            page = client.get(address, headers={"accept-language": "zh-hans"})
        main = page.text.split("<main")[1].split("</main>")[0]
        words = re.sub(r"<[^>]+>|&\w+;", " ", main)
        assert not re.search(r"\b(entry|cost|book|period|reason)\b", words), words
