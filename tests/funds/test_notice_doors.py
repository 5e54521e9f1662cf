"""Capital calls and distributions in the database, on pages, in the API and the administration."""

import threading

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from funds.actions.events import record_event
from funds.choices.records import NoticeState
from funds.models import Call, CallLine, Commitment, Distribution, LedgerEvent, Payment
from funds.queries.notices import lines_of
from innovation.accounts.choices import Role
from innovation.core.forms import new_token
from tests.factories.accounts import UserFactory, as_role, in_turn
from tests.factories.funds import CompanyFactory
from tests.funds.noticing import DAY, DUE, amounts, fund_of, issue
from tests.refusals import refused

db = pytest.mark.django_db


# ── What the database refuses ────────────────────────────────────────────────────────────────────
def raw_call(fund, amount, *parts, recallable=0):
    """A call written past the actions; ``parts`` as (amount, recallable) in the order of the commitments."""
    number = Call.objects.filter(fund=fund).count() + 1
    call = Call.objects.create(
        fund=fund, number=number, amount_fen=amount, recallable_fen=recallable, notice_on=DAY, due_on=DUE, purpose="x"
    )
    stakes = Commitment.objects.filter(fund=fund).order_by("pk")
    for place, (stake, (part, back)) in enumerate(zip(stakes, parts, strict=False), start=1):
        CallLine.objects.create(
            notice=call, position=place, investor=stake.investor, source=stake.source, amount_fen=part,
            recallable_fen=back,
        )  # fmt: skip
    return call


@db
def test_the_database_refuses_lines_that_do_not_sum_up_and_calls_above_the_commitment(officer):
    fund = fund_of(600, 400)
    refused("call_lines_sum_up", lambda: raw_call(fund, 100, (60, 0), (39, 0)))
    refused("call_line_within_commitment", lambda: raw_call(fund, 700, (601, 0), (99, 0)))
    refused("call_line_within_commitment", lambda: raw_call(fund, 100, (60, 1), (40, 0), recallable=1))
    call = raw_call(fund, 1000, (600, 0), (400, 0))
    refused("call_line_within_commitment", lambda: raw_call(fund, 1, (1, 0)))
    for change in (
        lambda: CallLine.objects.update(amount_fen=1),
        CallLine.objects.all().delete,
        lambda: CallLine.objects.create(
            notice=call, position=3, investor=CompanyFactory(), source="SOCIAL", amount_fen=0
        ) and Call.objects.update(amount_fen=7) and connection.check_constraints(),
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


@db
def test_the_database_refuses_payments_that_do_not_fit(officer):
    fund = fund_of(600, 400)
    call = issue(fund, officer, 100)
    line = lines_of(call)[0]
    entries = {
        kind: record_event(fund_id=fund.pk, kind=kind, value_date=DAY, amount_fen=fen, actor=officer)
        for kind, fen in (("CALL", 61), ("FEE", 5))
    }
    for entry in entries.values():
        refused("payment_fits", lambda entry=entry: Payment.objects.create(call_line_id=line.pk, event=entry))
    refused("payment_of_one_line", lambda: Payment.objects.create(event=entries["CALL"]))
    Call.objects.filter(pk=call.pk).update(state=NoticeState.CANCELLED, cancel_reason="x")
    small = record_event(fund_id=fund.pk, kind="CALL", value_date=DAY, amount_fen=1, actor=officer)
    refused("payment_fits", lambda: Payment.objects.create(call_line_id=line.pk, event=small))


@pytest.mark.django_db(transaction=True)
def test_two_calls_at_once_stay_within_the_commitment():
    fund = fund_of(600, 400)
    names = []

    def other():
        try:
            with transaction.atomic():
                raw_call(fund, 700, (420, 0), (280, 0))
        except IntegrityError as error:
            names.append(error.__cause__.diag.constraint_name)
        finally:
            connections.close_all()

    thread = threading.Thread(target=other)
    with transaction.atomic():
        raw_call(fund, 700, (420, 0), (280, 0))
        thread.start()
        thread.join(0.5)
        assert thread.is_alive()
    thread.join(20)
    assert names[0] in {"call_line_within_commitment", "call_number_once"}
    assert Call.objects.count() == 1


# ── Pages and API ────────────────────────────────────────────────────────────────────────────────
READERS = {Role.FUND_OFFICER, Role.PROGRAMME_MANAGER, Role.FINANCE, Role.AUDITOR, Role.ADMINISTRATOR}
WRITERS = {Role.FUND_OFFICER, Role.FINANCE, Role.ADMINISTRATOR}


@db
@pytest.mark.parametrize("role", [*Role, None])
@pytest.mark.usefixtures("undrawn")
def test_who_opens_what(client, role, officer):
    call = issue(fund_of(600, 400), officer, 100)
    line = lines_of(call)[0]
    expected = {
        reverse("funds:notices", args=[call.fund_id]): READERS,
        reverse("funds:notice", args=["call", call.pk]): READERS,
        reverse("funds:notice_file", args=["call", call.pk]): READERS,
        reverse("funds:notice_new", args=[call.fund_id, "distribution"]): WRITERS,
        reverse("funds:notice_cancel", args=["call", call.pk]): WRITERS,
        reverse("funds:notice_pay_all", args=["call", call.pk]): WRITERS,
        reverse("funds:notice_pay", args=["call", line.pk]): WRITERS,
    }
    as_role(client, role)
    found = {address: client.get(address).status_code for address in expected}
    assert found == {
        address: 200 if role in roles else 302 if role is None else 403 for address, roles in expected.items()
    }


@db
def test_the_split_is_shown_before_a_notice_is_issued_and_its_lines_are_paid_from_the_page(client, officer):
    fund = fund_of(60_000_000, 40_000_000)
    as_role(client, Role.FUND_OFFICER)
    address = reverse("funds:notice_new", args=[fund.pk, "call"])
    answers = {
        "amount_fen_amount": "50", "amount_fen_unit": "wan", "notice_on": DAY, "due_on": DUE, "purpose": "Investments",
        "form_token": new_token(),
    }  # fmt: skip
    shown = client.post(address, answers, headers={"accept-language": "en"})
    assert [row[4] for row in shown.context["parts"]] == ["30.00", "20.00", "50.00"]
    assert not Call.objects.exists()
    done = client.post(address, answers | {"issue": "1", "seen": shown.context["seen"]})
    call = Call.objects.get()
    assert done.url == call.get_absolute_url()
    assert "Capital calls to be paid" in client.get("/", headers={"accept-language": "en"}).text
    pay = reverse("funds:notice_pay", args=["call", lines_of(call)[0].pk])
    payment = {
        "value_date": DUE, "amount_fen_amount": "30", "amount_fen_unit": "wan", "form_token": new_token(),
        "document": "Slip 9",
    }  # fmt: skip
    assert client.post(pay, payment).url == done.url
    assert LedgerEvent.objects.get().amount_fen == 30_000_000
    client.post(reverse("funds:notice_pay_all", args=["call", call.pk]), {"value_date": DUE, "form_token": new_token()})
    page = client.get(done.url, headers={"accept-language": "en"})
    assert amounts(call, "paid_fen") == [30_000_000, 20_000_000]
    assert not page.context["may_pay"]


@db
def test_pages_cost_the_same_for_few_and_many(client, django_assert_max_num_queries, officer):
    fund = fund_of(600, 400)
    call = issue(fund, officer, 10)
    issue(fund, officer, 10, "distribution")
    as_role(client, Role.AUDITOR)
    for address, most in ((reverse("funds:notices", args=[fund.pk]), 16), (call.get_absolute_url(), 9)):
        with django_assert_max_num_queries(most) as before:
            client.get(address)
        for _ in range(2):
            issue(fund, officer, 10)
            issue(fund, officer, 10, "distribution")
        with django_assert_max_num_queries(len(before.captured_queries)):
            client.get(address)


def api(role):
    client = APIClient()
    client.force_authenticate(UserFactory(role=role))
    return client


@db
def test_a_call_is_issued_paid_and_cancelled_through_the_api():
    fund, officer = fund_of(600, 400), api(Role.FUND_OFFICER)
    body = {"fund": fund.pk, "amount_fen": 100, "notice_on": DAY, "due_on": DUE, "purpose": "Investments"}
    assert api(Role.AUDITOR).post(reverse("api:call-list"), body).status_code == 403
    made = officer.post(reverse("api:call-list"), body)
    assert (made.status_code, made.json()["number"], made.json()["paid_fen"]) == (201, 1, 0)
    pk = made.json()["id"]
    lines = officer.get(reverse("api:call-lines", args=[pk])).json()
    assert [(line["amount_fen"], line["standing"]) for line in lines] == [(60, "OVERDUE"), (40, "OVERDUE")]
    pay = reverse("api:call-pay", args=[pk])
    assert officer.post(pay, {"line": 0, "value_date": DUE}).status_code == 400
    paid = officer.post(pay, {"line": lines[0]["id"], "value_date": DUE, "amount_fen": 20})
    assert (paid.status_code, paid.json()["amount_fen"]) == (201, 20)
    assert officer.get(reverse("api:call-detail", args=[pk])).json()["paid_fen"] == 20
    cancel = reverse("api:call-cancel", args=[pk])
    assert officer.post(cancel, {"reason": "wrong"}).json()["code"] == "NOTICE_PAID"
    other = officer.post(reverse("api:distribution-list"), body | {"recallable_fen": 5}).json()
    answer = officer.post(reverse("api:distribution-cancel", args=[other["id"]]), {"reason": "wrong"})
    assert answer.json()["state"] == "CANCELLED"
    assert Distribution.objects.get().cancel_reason == "wrong"


@db
@pytest.mark.parametrize("name", ["call", "distribution"])
def test_lists_show_the_office_everything_and_others_nothing(name, officer):
    issue(fund_of(600, 400), officer, 10, name)
    address = reverse(f"api:{name}-list")
    for role in in_turn():
        if role is None:
            assert APIClient().get(address).status_code == 401
        else:
            assert len(api(role).get(address).json()["results"]) == (role in READERS)


@db
def test_a_notice_is_issued_and_cancelled_in_the_administration(client):
    fund = fund_of(600_000_000, 400_000_000)
    as_role(client, Role.FUND_OFFICER)
    form = {
        "fund": fund.pk, "amount": "100", "recallable": "", "unit": "wan", "notice_on": DAY, "due_on": DUE,
        "purpose": "Investments",
    }  # fmt: skip
    add = reverse("admin:funds_call_add")
    refused_page = client.post(add, form | {"amount": "2000"})
    assert refused_page.status_code == 200
    assert not Call.objects.exists()
    assert client.post(add, form).status_code == 302
    call = Call.objects.get()
    assert amounts(call) == [60_000_000, 40_000_000]
    act = reverse("admin:funds_call_act", args=[call.pk, "cancel"])
    assert client.post(act, {"reason": "typed wrong"}).status_code == 302
    call.refresh_from_db()
    assert (call.state, timezone.localdate() > DAY) == (NoticeState.CANCELLED, True)
