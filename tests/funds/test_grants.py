"""Grant money: awards, payments and returns through every door; what rules and database refuse; no loss rate."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from funds.actions.alerts import sweep
from funds.actions.bank import settle_by_booking
from funds.actions.books import set_book_terms
from funds.actions.entries import Request, approve_entry, submit_entry
from funds.actions.events import Entry, record_event, reverse_event
from funds.actions.grants import change_award, record_award
from funds.actions.ledger import Draft
from funds.choices.ledger import EventKind, ProofFinding
from funds.choices.records import FundClass, FundState
from funds.imports.steps import confirm_import
from funds.models import (
    Alert,
    BankLine,
    BankStatement,
    ExemptionCase,
    Fund,
    GrantAward,
    Investment,
    LedgerEvent,
    ToleranceResult,
)
from funds.queries.grants import award_line, grant_funds, recipient_years
from funds.queries.holdings import books_of
from funds.queries.ledger import broken_links
from funds.queries.proofs import findings_of
from funds.queries.quarterly import fund_quarter
from funds.queries.sums import Moment
from funds.reports.quarterly_tables import money_table
from innovation.accounts.choices import Role
from tests.factories.accounts import UserFactory
from tests.factories.funds import CompanyFactory, FundFactory, GrantAwardFactory, InvestmentFactory
from tests.funds.scenes import bind, book
from tests.funds.test_book_pages import answers, as_role, send
from tests.funds.test_imports import check, csv_file, mapping_of, run
from tests.refusals import refused, refused_by_rule, rule_refuses

pytestmark = pytest.mark.django_db
DAY, NEXT, LATER = date(2024, 3, 1), date(2024, 3, 2), date(2025, 6, 1)
K = EventKind


def paid(award, amount, day=DAY, kind=K.GRANT):
    return Draft(kind, day, amount, award_id=award.pk)


def raw(award, *drafts):
    return lambda: book(award.fund, *drafts, at=timezone.now())


def unseen(statement):
    """Change rows as somebody would who owns the database itself."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement)
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


@pytest.fixture
def award():
    return GrantAwardFactory(committed_fen=1000)


@pytest.fixture
def finance():
    return UserFactory(role=Role.FINANCE)


def record(award, officer, amount, kind=K.GRANT, day=DAY, **facts):
    own = {"fund_id": award.fund_id, "award_id": award.pk} | facts
    return record_event(kind=kind, value_date=day, amount_fen=amount, actor=officer, **own)


class TestTheDatabase:
    def test_no_more_is_out_than_the_award_grants_and_no_more_returned_than_paid(self, award):
        refused("ledger_grants_within_award", raw(award, paid(award, 1001)))
        raw(award, paid(award, 1000))()
        refused("ledger_grants_within_award", raw(award, paid(award, 1, LATER)))
        refused("ledger_grants_within_award", raw(award, paid(award, 1001, LATER, K.GRANT_RETURN)))
        raw(award, paid(award, 300, LATER, K.GRANT_RETURN), paid(award, 300, LATER))()
        refused("ledger_grants_within_award", raw(award, paid(award, 1, DAY, K.GRANT_RETURN), paid(award, 2, NEXT)))

    def test_a_grant_names_an_award_of_its_own_fund_and_no_other_event_does(self, award):
        other = GrantAwardFactory()
        refused("ledger_grant_names_award", raw(award, Draft(K.GRANT, DAY, 5)))
        refused("ledger_grant_names_award", raw(award, paid(award, 5, kind=K.EXPENSE)))
        refused("ledger_award_of_fund", raw(award, paid(other, 5)))
        refused("ledger_award_of_fund", lambda: book(FundFactory(), paid(award, 5), at=timezone.now()))

    def test_grant_money_has_no_holdings_so_no_investing_kind_enters(self, award):
        refused("grant_fund_without_holdings", lambda: InvestmentFactory(fund=award.fund))
        holding = InvestmentFactory()
        refused("grant_fund_without_holdings", lambda: Investment.objects.update(fund=award.fund))
        refused("ledger_holding_of_fund", raw(award, Draft(K.INVEST, DAY, 5, holding.pk)))
        refused("ledger_holding_named", raw(award, Draft(K.WRITE_OFF, DAY, 0, None, 5)))

    def test_a_fund_keeps_its_nature_and_an_award_its_fund(self, award):
        venture, other = InvestmentFactory().fund, FundFactory(fund_class=FundClass.GRANT)
        kinds = {"kind": "DIRECT", "fund_class": FundClass.VENTURE}
        refused("award_of_grant_fund", lambda: GrantAwardFactory(fund=venture))
        refused("award_of_grant_fund", lambda: GrantAward.objects.update(fund=other))
        refused("grant_fund_with_awards_stays", lambda: Fund.objects.filter(pk=award.fund_id).update(**kinds))
        grant = {"kind": "GRANT", "fund_class": FundClass.GRANT}
        refused("grant_fund_without_holdings", lambda: Fund.objects.filter(pk=venture.pk).update(**grant))

    def test_an_award_never_grants_less_than_what_is_out(self, award):
        raw(award, paid(award, 800), paid(award, 500, LATER, K.GRANT_RETURN))()
        refused("award_covers_what_is_out", lambda: GrantAward.objects.update(committed_fen=799))
        GrantAward.objects.update(committed_fen=800)

    def test_cash_of_complete_books_counts_grants_and_returns(self, award, finance):
        set_book_terms(fund_id=award.fund_id, approval_limit_fen=None, is_complete=True, actor=finance)
        raw(award, Draft(K.CALL, DAY, 100))()
        refused("ledger_cash_not_below_zero", raw(award, paid(award, 101)))
        raw(award, paid(award, 100), paid(award, 40, NEXT, K.GRANT_RETURN))()
        (own,) = books_of([award.fund], Moment(LATER, timezone.now())).values()
        assert own.fund.cash(own.holdings) == 40

    def test_the_chain_covers_the_award(self, award):
        raw(award, paid(award, 5))()
        assert (broken_links(), findings_of()) == ([], [])
        other = GrantAwardFactory(fund=award.fund)
        unseen(f"UPDATE funds_ledgerevent SET award_id = {other.pk}")
        assert broken_links() == [(award.fund_id, 1)]

    def test_a_proof_finds_an_award_that_was_overdrawn(self, award):
        raw(award, paid(award, 900))()
        unseen("UPDATE funds_grantaward SET committed_fen = 899")
        assert [one.finding for one in findings_of()] == [ProofFinding.AWARD_EXCEEDED]


class TestTheActions:
    @pytest.mark.parametrize(
        ("code", "kind", "facts"),
        [
            ("AWARD_EXCEEDED", K.GRANT, {"amount": 1001}),
            ("RETURN_ABOVE_PAID", K.GRANT_RETURN, {"amount": 1}),
            ("AWARD_REQUIRED", K.GRANT, {"amount": 1, "award_id": None}),
            ("AWARD_NOT_ALLOWED", K.EXPENSE, {"amount": 1}),
            ("GRANT_FUND", K.INVEST, {"amount": 1, "award_id": None}),
            ("GRANT_FUND", K.WRITE_OFF, {"amount": 0, "award_id": None, "cost_relieved_fen": 5}),
        ],
    )
    def test_what_the_rules_refuse(self, code, kind, facts, award, officer):
        refused_by_rule(code, record, award, officer, facts.pop("amount"), kind, **facts)
        assert not LedgerEvent.objects.exists()

    def test_a_grant_stays_in_its_own_kind_of_fund(self, award, officer):
        refused_by_rule("NO_GRANT_FUND", record, award, officer, 5, fund_id=FundFactory().pk)
        other = FundFactory(fund_class=FundClass.GRANT)
        refused_by_rule("AWARD_OF_OTHER_FUND", record, award, officer, 5, fund_id=other.pk)
        terms = {"code": "X", "recipient": CompanyFactory(), "title": "x", "committed_fen": 5, "starts_on": DAY}
        with rule_refuses("NO_GRANT_FUND"):
            record_award(fund_id=FundFactory().pk, actor=officer, years=1, **terms)

    def test_a_payment_is_taken_back_under_its_award_unless_a_return_leans_on_it(self, award, officer):
        grant = record(award, officer, 600)
        back = record(award, officer, 200, K.GRANT_RETURN, NEXT)
        refused_by_rule("RETURN_ABOVE_PAID", reverse_event, event_id=grant.pk, reason="x", actor=officer)
        mirror = reverse_event(event_id=back.pk, reason="typed twice", actor=officer)
        assert (mirror.award, mirror.effect, mirror.amount_fen) == (award, K.GRANT_RETURN, -200)
        line = award_line(award.pk, Moment(LATER, timezone.now()))
        assert (line.paid, line.returned, line.left) == (600, 0, 400)
        assert (broken_links(), findings_of()) == ([], [])

    def test_a_return_comes_in_after_the_fund_is_closed(self, award, officer):
        record(award, officer, 600)
        Fund.objects.update(state=FundState.CLOSED, ends_on=NEXT)
        refused_by_rule("FUND_CLOSED", record, award, officer, 5)
        assert record(award, officer, 100, K.GRANT_RETURN, LATER).amount_fen == 100

    def test_above_the_limit_another_person_approves_the_grant(self, award, officer, finance):
        set_book_terms(fund_id=award.fund_id, approval_limit_fen=500, is_complete=False, actor=finance)
        request = Request(award.fund_id, Entry(K.GRANT, DAY, 600, award_id=award.pk))
        proposal = submit_entry(request=request, actor=officer)
        assert (proposal.award, LedgerEvent.objects.count()) == (award, 0)
        assert approve_entry(proposal_id=proposal.pk, actor=finance).event.award == award

    def test_the_terms_change_but_never_below_what_was_out(self, award, officer):
        record(award, officer, 700)
        refused_by_rule("AWARD_BELOW_PAID", change_award, award_id=award.pk, actor=officer, committed_fen=699)
        assert change_award(award_id=award.pk, actor=officer, committed_fen=700).committed_fen == 700
        with pytest.raises(PermissionDenied):
            change_award(award_id=award.pk, actor=UserFactory(role=Role.AUDITOR), committed_fen=900)

    def test_sums_by_recipient_and_year_are_asked_at_two_times(self, award, officer):
        record(award, officer, 600)
        record(award, officer, 100, K.GRANT_RETURN, LATER)
        now = timezone.now()
        (one,) = recipient_years(award.fund_id, Moment(LATER, now))
        assert (one.recipient, one.by_year, one.total) == (award.recipient.name, {2024: 600, 2025: -100}, 500)
        ((fund, totals),) = grant_funds(Moment(NEXT, now))
        assert (fund, totals.granted, totals.paid, totals.returned, totals.left) == (award.fund, 1000, 600, 0, 400)
        flows = money_table(fund_quarter(award.fund, Moment(LATER, now)))
        told = {str(row.cells[0].value): [cell.fen for cell in row.cells[1:]] for row in flows.rows}
        assert (told["Grants paid out"], told["Grants returned"]) == ([0, 0, 600], [100, 100, 100])
        assert "Invested" not in told


HEADER = ["fund_code", "award_code", "kind", "date", "amount"]


class TestTheDoors:
    def test_the_form_shows_what_is_left_and_books_what_was_shown(self, client):
        award = GrantAwardFactory(committed_fen=100_000_000)
        as_role(client, Role.FUND_OFFICER)
        choose = client.get(reverse("funds:record_choose", args=[award.fund_id]), headers={"accept-language": "en"})
        assert "Grant returned" in choose.text
        assert "Follow-on" not in choose.text
        address = reverse("funds:record", args=[award.fund_id, "grant"])
        given = answers(award=award.pk, amount_fen="40")
        shown = send(client, address, given)
        effect = {change.label: (change.before, change.after) for change in shown.context["effect"]}
        assert effect["Left to pay under the award"] == ("100.00 × 10,000 yuan", "60.00 × 10,000 yuan")
        assert "Loss rate" not in effect
        done = send(client, address, given, book="1", seen=shown.context["seen"])
        event = LedgerEvent.objects.get()
        assert (done.url, event.award) == (reverse("funds:entry", args=[event.pk]), award)
        assert str(award.code) in client.get(done.url).text
        too_much = send(client, address, answers(award=award.pk, amount_fen="61"))
        assert "More would be paid than the award grants." in too_much.text

    @pytest.mark.parametrize("role", [*Role, None])
    def test_who_opens_the_awards(self, client, role, award):
        readers = {Role.FUND_OFFICER, Role.PROGRAMME_MANAGER, Role.FINANCE, Role.AUDITOR, Role.ADMINISTRATOR}
        makers = {Role.FUND_OFFICER, Role.ADMINISTRATOR}
        expected = {
            reverse("funds:awards", args=[award.fund_id]): readers,
            reverse("funds:award", args=[award.pk]): readers,
            reverse("funds:award_new", args=[award.fund_id]): makers,
            reverse("funds:award_change", args=[award.pk]): makers,
        }
        as_role(client, role)
        for address, roles in expected.items():
            assert client.get(address).status_code == (200 if role in roles else 302 if role is None else 403), address

    def test_an_award_is_made_and_changed_on_pages(self, client):
        fund, recipient = FundFactory(fund_class=FundClass.GRANT), CompanyFactory(name_zh="之江大学")
        as_role(client, Role.FUND_OFFICER)
        terms = {"title": "Quantum", "committed_fen_amount": "500", "committed_fen_unit": "wan", "years": "5"}
        terms |= {"starts_on": "2024-01-01", "form_token": answers()["form_token"]}
        made = client.post(
            reverse("funds:award_new", args=[fund.pk]), terms | {"code": "ZZ-1", "recipient": "之江大学"}
        )
        award = GrantAward.objects.get()
        assert (made.url, award.recipient, award.committed_fen) == (award.get_absolute_url(), recipient, 500_000_000)
        terms |= {"title": "Quantum two", "form_token": answers()["form_token"]}
        client.post(reverse("funds:award_change", args=[award.pk]), terms)
        assert GrantAward.objects.get().title == "Quantum two"
        assert client.get(reverse("funds:awards", args=[FundFactory().pk])).status_code == 404

    def test_a_file_brings_grants_of_awards_that_are_recorded(self, officer):
        fund = FundFactory(code="G1", fund_class=FundClass.GRANT)
        award = GrantAwardFactory(fund=fund, code="ZZ-1", committed_fen=5_000_000)
        rows = [["G1", "ZZ-1", "资助拨付", "2024-02-01", "4"], ["G1", "ZZ-1", "GRANT_RETURN", "2024-03-01", "1"]]
        wrong = [*rows, ["G1", "ZZ-9", "GRANT", "2024-03-02", "1"], ["G1", "ZZ-1", "GRANT", "2024-03-03", "3"]]
        wrong += [["G1", "", "VALUATION", "2024-03-03", "3"]]
        errors = check(csv_file(wrong, HEADER), officer, mapping_of(HEADER)).report["errors"]
        assert [(one["row"], one["code"]) for one in errors] == [
            (4, "AWARD_UNKNOWN"), (4, "AWARD_REQUIRED"), (5, "AWARD_EXCEEDED"), (6, "GRANT_FUND"),
        ]  # fmt: skip
        good = check(csv_file(rows, HEADER), officer, mapping_of(HEADER))
        confirm_import(import_id=good.pk, actor=officer)
        assert run(good).written_at
        assert list(LedgerEvent.objects.order_by("seq").values_list("kind", "award", "amount_fen")) == [
            ("GRANT", award.pk, 4_000_000), ("GRANT_RETURN", award.pk, 1_000_000),
        ]  # fmt: skip

    def test_a_movement_of_the_account_is_settled_as_a_grant(self, award, officer, client):
        statement = BankStatement.objects.create(
            fund=award.fund, file="x.csv", file_name="x.csv", file_kind="csv", sha256="a" * 64, header=[],
            uploaded_by=officer,
        )  # fmt: skip
        line = BankLine.objects.create(
            statement=statement, fund=award.fund, row=1, day=DAY, amount_fen=-300, purpose="资助拨付", key="k"
        )
        client.force_login(officer)
        form = client.get(reverse("funds:bank_line", args=[line.pk])).context["form"]
        assert ("award" in form.fields, "investment" in form.fields) == (True, False)
        assert form.fields["choice"].choices[0][0] == "book-GRANT-0"
        event = settle_by_booking(line_id=line.pk, kind="GRANT", award_id=award.pk, actor=officer)
        assert (event.award, event.amount_fen) == (award, 300)

    def test_the_api_makes_awards_pays_and_takes_back(self, officer):
        fund, recipient = FundFactory(fund_class=FundClass.GRANT), CompanyFactory()
        api = APIClient()
        api.force_authenticate(officer)
        terms = {"fund": fund.pk, "code": "ZZ-1", "recipient": recipient.pk, "title": "x", "committed_fen": 900}
        made = api.post(reverse("api:grantaward-list"), terms | {"starts_on": "2024-01-01", "years": 5}, format="json")
        assert made.status_code == 201, made.data
        pay = {"fund": fund.pk, "award": made.data["id"], "kind": "GRANT", "value_date": "2024-03-01"}
        assert api.post(reverse("api:ledger-list"), pay | {"amount_fen": 901}, format="json").status_code == 422
        assert api.post(reverse("api:ledger-list"), pay | {"amount_fen": 400}, format="json").status_code == 201
        address = reverse("api:grantaward-detail", args=[made.data["id"]])
        assert (api.get(address).data["paid_fen"], api.get(address).data["left_fen"]) == (400, 500)
        changed = api.post(reverse("api:grantaward-change", args=[made.data["id"]]), {"title": "y"}, format="json")
        assert (changed.status_code, changed.data["title"], changed.data["paid_fen"]) == (200, "y", 400)


def test_pages_tell_what_was_given_and_no_return_and_no_loss(client, award, officer):
    record(award, officer, 600)
    record(award, officer, 100, K.GRANT_RETURN, LATER)
    bind("CN-HZ-SHANGCHENG-2025", fund=award.fund)
    sweep(as_of=LATER)
    as_role(client, Role.PROGRAMME_MANAGER)
    english = {"headers": {"accept-language": "en"}}
    page = client.get(reverse("funds:fund", args=[award.fund_id]), **english).text
    for words in (award.code, award.recipient.name, "Left to pay", "By recipient and year", "2025"):
        assert words in page
    assert "TVPI" not in page
    assert "Grant money" in client.get(reverse("funds:performance"), **english).text
    away = client.get(reverse("funds:fund_performance", args=[award.fund_id]))
    assert away.url == reverse("funds:awards", args=[award.fund_id])
    assert award.code in client.get(reverse("funds:ledger", args=[award.fund_id]), **english).text
    answer = client.get(reverse("api:fund-tolerance", args=[award.fund_id])).json()["answers"][0]
    assert (answer["status"], answer["reason"], answer["level"]) == ("NOT_APPLICABLE", "GRANT_MONEY", "NONE")
    assert [model.objects.count() for model in (Alert, ExemptionCase, ToleranceResult)] == [0, 0, 0]
