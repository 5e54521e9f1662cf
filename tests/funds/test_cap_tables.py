"""Cap tables: entries by hand and their taking back, the round trip of packages."""

import io
import json
import zipfile
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from funds.actions.cap_entries import record_entry, take_back_entry
from funds.choices.companies import CapEntryKind
from funds.imports.companies import confirm_file, send_cap_table
from funds.models import CapRecord, CapReversal, CompanyFile
from funds.queries.companies import cap_table_of
from funds.queries.sums import Moment
from funds.rules.cap_securities import Entry
from funds.rules.ocf import read_package, write_package
from innovation.accounts.choices import Role
from innovation.core.errors import RuleViolation
from tests.factories import deals
from tests.factories.accounts import UserFactory, as_role
from tests.factories.funds import InvestmentFactory
from tests.factories.organisations import OrganisationFactory
from tests.funds.ocf_package import package, zipped
from tests.funds.reporting import Q1, issue, now
from tests.funds.test_deals_pages import post

pytestmark = pytest.mark.django_db


@pytest.fixture
def company():
    return InvestmentFactory(company=OrganisationFactory()).company


def test_entries_by_hand_are_for_officers_up_to_today_and_pass_the_formats_own_check(company):
    security = issue(company)
    assert CapRecord.objects.filter(company=company).count() == 4
    issue(company, quantity=Decimal(300), stakeholder="Founder")
    named = cap_table_of(company, now())
    lines = [(named.holders[line.stakeholder], line.quantity, line.share) for line in named.table.lines]
    assert lines == [("Founder", 300, Fraction(3, 4)), ("Fund A", 100, Fraction(1, 4))]
    objects = list(CapRecord.objects.values_list("data", flat=True))
    files = write_package(objects, as_of=Q1, generated_at="2026-03-31T00:00:00Z", version="1.2.0")
    assert read_package(files).problems == []
    later = Entry(CapEntryKind.TRANSFER, date(2999, 1, 1), security_id=security, stakeholder="X")
    with pytest.raises(RuleViolation) as refused:
        record_entry(company_id=company.pk, entry=later, actor=deals.officer())
    assert refused.value.code == "FUTURE_DAY"
    for role in set(Role) - {Role.FUND_OFFICER, Role.ADMINISTRATOR}:
        with pytest.raises(PermissionDenied):
            issue(company, UserFactory(role=role))
    assert CapRecord.objects.filter(recorded_by__isnull=False).count() == CapRecord.objects.count() == 6


def test_one_transfer_by_page_admin_and_api(company, client):
    first, second, third = (issue(company, stakeholder=name) for name in ("One", "Two", "Three"))
    officer = as_role(client, Role.ADMINISTRATOR)
    page = ("cap_entry", [company.pk, "transfer"])
    form = client.get(reverse("funds:cap_entry", args=page[1]), headers={"accept-language": "zh-hans"}).text
    assert "One · Series A · 100 股" in form, form[form.find("security_id") :][:600]
    fields = {"security_id": first, "stakeholder": "New", "is_institution": "on", "on": "2025-02-01", "number": ""}
    refused = post(client, *page, **fields, quantity="101", price="")
    assert [error.code for error in refused.context["form"].errors.as_data()["quantity"]] == ["MORE_THAN_HELD"]
    assert post(client, *page, **fields, quantity="40", price="2").status_code == 302
    fields |= {"company": company.pk, "object_type": "TX_STOCK_TRANSFER", "security_id": second, "quantity": "40"}
    add = reverse("admin:funds_caprecord_add")
    assert client.get(add).status_code == 200
    assert client.post(add, fields).status_code == 302
    api, address = APIClient(), reverse("api:caprecord-entries")
    api.force_authenticate(officer)
    body = {
        "company": company.pk, "object_type": "TX_STOCK_TRANSFER", "date": "2025-02-01", "security_id": third,
        "stakeholder": "New", "quantity": "140",
    }  # fmt: skip
    assert api.post(address, body, format="json").json()["errors"][0]["field"] == "quantity"
    answer = api.post(address, body | {"quantity": "40"}, format="json")
    assert (answer.status_code, answer.json()[-1]["kind"]) == (201, "TX_STOCK_TRANSFER")
    named = cap_table_of(company, now())
    held = {named.holders[line.stakeholder]: (line.quantity, line.share) for line in named.table.lines}
    assert held == {"New": (120, Fraction(2, 5))} | dict.fromkeys(("One", "Two", "Three"), (60, Fraction(1, 5)))
    text = client.get(reverse("funds:company", args=[company.pk]), headers={"accept-language": "en"}).text
    for words in ("Transfer of shares", "What is left over, issued anew", "Exercise of a grant"):
        assert (words in text) == (words != "Exercise of a grant"), words


def shares(company, moment=None):
    """Who holds how many shares."""
    named = cap_table_of(company, moment or now())
    return {named.holders[line.stakeholder]: line.quantity for line in named.table.lines}


def transfer(company, security, holder="New", quantity=40):
    """A part of a security sold; returns the transaction."""
    entry = Entry(
        CapEntryKind.TRANSFER, date(2025, 2, 1), security_id=security, stakeholder=holder, quantity=Decimal(quantity),
        price=Decimal(2), number="C-7",
    )  # fmt: skip
    return record_entry(company_id=company.pk, entry=entry, actor=deals.officer())[-1]


def test_an_entry_is_taken_back_whole_and_before_stays_answerable(company):
    first = transfer(company, issue(company))
    before = now()
    second = transfer(company, first.data["resulting_security_ids"][0], "Newer")
    with pytest.raises(RuleViolation) as refused:
        take_back_entry(record_id=first.pk, reason="wrong", actor=deals.officer())
    assert refused.value.code == "ENTRY_USED"
    for reason, code in ((" ", "REASON_MISSING"), ("wrong holder", None), ("again", "ENTRY_GONE")):
        if code is None:
            taken = take_back_entry(record_id=second.pk, reason=reason, actor=deals.officer())
            assert (taken.record, taken.reason) == (second, reason)
            continue
        with pytest.raises(RuleViolation) as refused:
            take_back_entry(record_id=second.pk, reason=reason, actor=deals.officer())
        assert refused.value.code == code
    assert shares(company) == {"Fund A": 60, "New": 40}
    take_back_entry(record_id=first.pk, reason="wrong day", actor=deals.officer())
    assert shares(company) == {"Fund A": 100}
    assert shares(company, before) == {"Fund A": 60, "New": 40}
    # The names that the entries alone brought went with them; the class that the issuance needs stays.
    standing = CapRecord.objects.filter(company=company, superseded_at=None).values_list("kind", flat=True)
    assert sorted(standing) == ["ISSUER", "STAKEHOLDER", "STOCK_CLASS", "TX_STOCK_ISSUANCE"]
    for role in set(Role) - {Role.FUND_OFFICER, Role.ADMINISTRATOR}:
        with pytest.raises(PermissionDenied):
            take_back_entry(record_id=first.pk, reason="so", actor=UserFactory(role=role))


def test_what_came_with_a_package_is_not_taken_back(company):
    officer = deals.officer()
    row = send_cap_table(upload=zipped(package()), company_id=company.pk, actor=officer)
    confirm_file(file_id=row.pk, actor=officer)
    with pytest.raises(RuleViolation) as refused:
        take_back_entry(record_id=CapRecord.objects.latest("pk").pk, reason="so", actor=officer)
    assert refused.value.code == "CAME_BY_FILE"


def test_one_entry_is_taken_back_by_page_admin_and_api_and_entered_anew(company, client):
    sold = [transfer(company, issue(company, stakeholder=name), f"To {name}") for name in ("One", "Two", "Three")]
    officer = as_role(client, Role.ADMINISTRATOR)
    english = {"accept-language": "en"}
    text = client.get(reverse("funds:company", args=[company.pk]), headers=english).text
    address = reverse("funds:cap_take_back", args=[sold[0].pk])
    assert text.count("Take it back") == 6
    assert address in text
    assert "To One" in client.get(address, headers=english).text
    assert post(client, "cap_take_back", [sold[0].pk], reason="").status_code == 422
    done = post(client, "cap_take_back", [sold[0].pk], reason="wrong price", anew="on")
    form = client.get(done["Location"], headers=english).context["form"]
    before = {"security_id": sold[0].data["security_id"], "stakeholder": "To One", "quantity": "40", "number": "C-7"}
    assert form.initial | before | {"price": "2"} == form.initial
    act = reverse("admin:funds_caprecord_act", args=[sold[1].pk, "take-back"])
    assert client.get(act).status_code == 200
    assert client.post(act, {"reason": "wrong holder"}).status_code == 302
    api = APIClient()
    api.force_authenticate(officer)
    answer = api.post(reverse("api:caprecord-take-back", args=[sold[2].pk]), {"reason": "wrong day"}, format="json")
    assert (answer.status_code, answer.json()["record"]) == (201, sold[2].pk)
    assert len(api.get(reverse("api:capreversal-list")).json()["results"]) == 3
    assert shares(company) == dict.fromkeys(("One", "Two", "Three"), 100)
    text = client.get(reverse("funds:company", args=[company.pk]), headers=english).text
    assert "Entries taken back" in text
    assert "wrong price" in text


def test_the_database_keeps_what_was_taken_back(company):
    entry = transfer(company, issue(company))
    row = take_back_entry(record_id=entry.pk, reason="so", actor=deals.officer())
    for work in (
        lambda: CapReversal.objects.update(reason="other"),
        lambda: CapReversal.objects.all().delete(),
        lambda: CapReversal.objects.create(record=entry, reason="twice", reversed_by=row.reversed_by),
        lambda: CapReversal.objects.create(
            record=CapRecord.objects.exclude(pk=entry.pk).first(), reason="", reversed_by=row.reversed_by
        ),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            work()


def test_a_package_is_shown_written_and_comes_out_as_it_went_in(company, client):
    officer = deals.officer()
    row = send_cap_table(upload=zipped(package()), company_id=company.pk, actor=officer)
    assert row.problems == []
    assert row.report["unknown"] == ["STAKEHOLDER.x_house_account", "X_SIDE_LETTER"]
    assert not CapRecord.objects.exists()
    confirm_file(file_id=row.pk, actor=officer)
    client.force_login(officer)
    answer = client.get(reverse("funds:company_ocf", args=[company.pk]), {"as_of": "2026-06-30"})
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        out = {name: json.loads(archive.read(name)) for name in archive.namelist()}
    assert read_package(out).problems == []
    assert read_package(out).objects == read_package(package()).objects


def test_a_second_package_supersedes_what_changed_and_is_gone(company):
    officer = deals.officer()
    confirm_file(
        file_id=send_cap_table(upload=zipped(package()), company_id=company.pk, actor=officer).pk, actor=officer
    )
    before = Moment(timezone.localdate(), timezone.now())
    changed = package()
    transactions = changed["Transactions.ocf.json"]["items"]
    transactions[0]["quantity"] = "700"
    changed["Valuations.ocf.json"]["items"] = []
    row = send_cap_table(upload=zipped(changed), company_id=company.pk, actor=officer)
    assert [row.report[name] for name in ("new", "changed", "gone")] == [0, 1, 1]
    confirm_file(file_id=row.pk, actor=officer)
    assert cap_table_of(company, before).table.total == 1000
    assert cap_table_of(company, now()).table.total == 1100


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"no archive", "PACKAGE_DAMAGED"),
        (zipped({}, raw={"a.json": "{"}).read(), "JSON_DAMAGED"),
        (zipped({}, raw={"a.json": '{"quantity": 1.5}'}).read(), "JSON_FLOAT"),
    ],
)
def test_a_damaged_package_is_refused(content, code, company):
    with pytest.raises(RuleViolation) as refused:
        send_cap_table(upload=SimpleUploadedFile("x.zip", content), company_id=company.pk, actor=deals.officer())
    assert refused.value.code == code
    assert not CompanyFile.objects.exists()


def test_a_cap_record_is_named_as_its_object(company):
    data = {"id": "a", "object_type": "STAKEHOLDER"}
    for facts in ({"ocf_id": "b", "kind": "STAKEHOLDER"}, {"ocf_id": "a", "kind": "VALUATION"}):
        with pytest.raises(IntegrityError) as caught, transaction.atomic():
            CapRecord.objects.create(company=company, data=data, **facts)
        assert caught.value.__cause__.diag.constraint_name == "cap_record_named_as_its_object"
