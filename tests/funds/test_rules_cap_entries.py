"""Entries into a cap table by plain values: exact shares, what is left over, what is refused, and a clean package."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import count

import pytest

from funds.choices.companies import CapEntryKind
from funds.rules.cap_entries import entry_objects
from funds.rules.cap_securities import Entry, plan_left, securities
from funds.rules.cap_table import cap_table
from funds.rules.ocf import read_package, write_package
from innovation.core.errors import RuleViolation

ISSUER = {"legal_name": "甲公司", "formation_date": "2020-01-01", "country_of_formation": "CN", "tax_ids": []}
YEAR, LATER, LAST = date(2024, 1, 1), date(2024, 6, 30), date(2025, 1, 1)
DAYS = date(2026, 1, 1)


class Book:
    """A cap table that entries are made upon one after the other."""

    def __init__(self):
        self.objects, self.numbers = [], count()

    def enter(self, kind, on=YEAR, **facts):
        numbers = {"quantity", "new_shares", "price", "amount", "reserved"}
        given = {name: Decimal(str(value)) if name in numbers else value for name, value in facts.items()}
        fresh = entry_objects(
            Entry(kind, on, **given), self.objects, new_id=lambda: f"id{next(self.numbers)}", issuer=ISSUER
        )
        self.objects += fresh
        return fresh[-1]["security_id"]

    def refuses(self, code, *arguments, **facts):
        with pytest.raises(RuleViolation) as caught:
            self.enter(*arguments, **facts)
        assert caught.value.code == code
        return caught.value

    def lines(self, as_of=DAYS):
        names = {item["id"]: item["name"] for item in self.objects if "name" in item}
        found = cap_table(self.objects, as_of)
        return {
            (names[line.stakeholder]["legal_name"], names[line.stock_class]): (line.quantity, line.share, line.paid)
            for line in found.lines
        }


@pytest.fixture
def book():
    made = Book()
    made.founder = made.enter(
        CapEntryKind.ISSUANCE,
        stakeholder="Founder",
        is_institution=False,
        stock_class="Common",
        quantity=600,
        price=0.1,
    )
    made.fund = made.enter(
        CapEntryKind.ISSUANCE, stakeholder="Fund", stock_class="A", is_preferred=True, quantity=400, price="6.4"
    )
    return made


def test_a_transfer_of_a_part_keeps_all_shares_and_divides_what_was_paid(book):
    book.enter(CapEntryKind.TRANSFER, LATER, security_id=book.founder, stakeholder="Employees", quantity=200)
    assert book.lines(date(2024, 6, 29))["Founder", "Common"][:2] == (600, Fraction(3, 5))
    lines = book.lines()
    assert {name: line[:2] for name, line in lines.items()} == {
        ("Founder", "Common"): (400, Fraction(2, 5)), ("Fund", "A"): (400, Fraction(2, 5)),
        ("Employees", "Common"): (200, Fraction(1, 5)),
    }  # fmt: skip
    assert lines["Employees", "Common"][2] == {"CNY": Decimal(20)}
    assert lines["Founder", "Common"][2] == {"CNY": Decimal(40)}


def test_repurchase_cancellation_and_conversion_take_out_exactly_what_they_say(book):
    book.enter(CapEntryKind.REPURCHASE, LATER, security_id=book.founder, quantity=100, price=2)
    left = next(key for key, one in securities(book.objects, DAYS).items() if one.held == 500 and not one.closed)
    book.enter(CapEntryKind.CANCELLATION, LATER, security_id=left, reason="never paid")
    assert book.lines()["Fund", "A"][1] == 1
    book.enter(CapEntryKind.CONVERSION, LAST, security_id=book.fund, quantity=300, new_shares=450, stock_class="Common")
    lines = book.lines()
    assert (lines["Fund", "Common"][:2], lines["Fund", "A"][:2]) == ((450, Fraction(9, 11)), (100, Fraction(2, 11)))
    assert lines["Fund", "Common"][2] == {"CNY": Decimal("1920")}


def test_convertible_money_stands_beside_the_shares_until_it_converts_once(book):
    loan = book.enter(CapEntryKind.CONVERTIBLE, stakeholder="Lender", amount=1000)
    assert [one.amount for one in cap_table(book.objects, DAYS).loans] == [1000]
    terms = {"security_id": loan, "new_shares": 250, "stock_class": "A", "reason": "round A"}
    book.enter(CapEntryKind.CONVERTIBLE_CONVERSION, LATER, amount=750, **terms)
    assert book.lines()["Lender", "A"] == (250, Fraction(1, 5), {"CNY": Decimal(750)})
    assert [one.amount for one in cap_table(book.objects, DAYS).loans] == [250]
    assert book.refuses("SECURITY_CLOSED", CapEntryKind.CONVERTIBLE_CONVERSION, LATER, **terms).facts == {
        "day": "2024-06-30"
    }


def test_a_grant_counts_as_shares_only_when_exercised_and_the_plan_has_an_end(book):
    terms = {"plan": "ESOP", "stock_class": "Common", "price": "0.5", "expires_on": LAST}
    book.refuses("PLAN_SIZE", CapEntryKind.GRANT, stakeholder="Engineer", quantity=1, **terms)
    grant = book.enter(CapEntryKind.GRANT, stakeholder="Engineer", quantity=100, reserved=120, **terms)
    book.refuses("PLAN_USED_UP", CapEntryKind.GRANT, stakeholder="Cook", quantity=21, **terms)
    book.refuses("PERIOD_ORDER", CapEntryKind.GRANT, LAST, stakeholder="Cook", quantity=1, **terms)
    book.enter(CapEntryKind.EXERCISE, LATER, security_id=grant, quantity=40)
    table = cap_table(book.objects, LATER)
    assert (table.total, table.diluted, [one.quantity for one in table.grants]) == (1040, 1100, [60])
    book.refuses("GRANT_ENDED", CapEntryKind.EXERCISE, date(2025, 1, 2), security_id=grant)
    book.refuses("MORE_THAN_HELD", CapEntryKind.EXERCISE, LATER, security_id=grant, quantity=61)
    book.enter(CapEntryKind.GRANT_CANCELLATION, LATER, security_id=grant, reason="left")
    plan = next(item for item in book.objects if item["object_type"] == "STOCK_PLAN")
    assert (cap_table(book.objects, LATER).diluted, plan_left(book.objects, plan)) == (1040, 80)


def test_a_split_between_issue_and_transfer_counts(book):
    book.objects.append(
        {"id": "split", "object_type": "TX_STOCK_CLASS_SPLIT", "date": "2024-03-01",
         "stock_class_id": next(item["id"] for item in book.objects if item.get("name") == "Common"),
         "split_ratio": {"numerator": "3", "denominator": "1"}}
    )  # fmt: skip
    book.refuses("MORE_THAN_HELD", CapEntryKind.TRANSFER, YEAR, security_id=book.founder, stakeholder="X", quantity=601)
    book.enter(CapEntryKind.TRANSFER, LATER, security_id=book.founder, stakeholder="X", quantity=601)
    lines = book.lines()
    assert (lines["X", "Common"][0], lines["Founder", "Common"][0]) == (601, 1199)
    assert lines["X", "Common"][2]["CNY"] + lines["Founder", "Common"][2]["CNY"] == 60


@pytest.mark.parametrize(
    ("code", "kind", "on", "facts"),
    [
        ("MORE_THAN_HELD", CapEntryKind.TRANSFER, LATER, {"stakeholder": "X", "quantity": 601}),
        ("BEFORE_ISSUE", CapEntryKind.TRANSFER, date(2023, 12, 31), {"stakeholder": "X"}),
        ("SAME_HOLDER", CapEntryKind.TRANSFER, LATER, {"stakeholder": "Founder"}),
        ("SECURITY_UNKNOWN", CapEntryKind.TRANSFER, LATER, {"stakeholder": "X", "security_id": "nothing"}),
        ("SECURITY_KIND", CapEntryKind.EXERCISE, LATER, {}),
        ("SAME_CLASS", CapEntryKind.CONVERSION, LATER, {"stock_class": "Common", "new_shares": 1}),
        ("FIELD_MISSING", CapEntryKind.CANCELLATION, LATER, {"reason": " "}),
        ("NUMBER", CapEntryKind.TRANSFER, LATER, {"stakeholder": "X", "quantity": 0}),
        ("NUMBER", CapEntryKind.TRANSFER, LATER, {"stakeholder": "X", "quantity": "1E-11"}),
        ("PRICE", CapEntryKind.REPURCHASE, LATER, {"price": -1}),
    ],
)
def test_what_is_refused(book, code, kind, on, facts):
    before = list(book.objects)
    book.refuses(code, kind, on, **({"security_id": book.founder} | facts))
    assert book.objects == before


def test_all_kinds_together_make_a_package_that_the_format_accepts(book):
    loan = book.enter(CapEntryKind.CONVERTIBLE, stakeholder="Lender", amount=1000)
    grant = book.enter(
        CapEntryKind.GRANT, stakeholder="Engineer", plan="ESOP", reserved=100, stock_class="Common", quantity=100,
        price=1, expires_on=LAST,
    )  # fmt: skip
    book.enter(CapEntryKind.EXERCISE, LATER, security_id=grant, quantity=10)
    book.enter(CapEntryKind.GRANT_CANCELLATION, LATER, security_id=grant, quantity=50, reason="left")
    book.enter(CapEntryKind.CONVERTIBLE_CANCELLATION, LATER, security_id=loan, amount=400, reason="repaid")
    book.enter(CapEntryKind.TRANSFER, LATER, security_id=book.founder, stakeholder="X", quantity="0.5", price=3)
    book.enter(CapEntryKind.CONVERSION, LATER, security_id=book.fund, stock_class="Common", new_shares=1)
    files = write_package(book.objects, as_of=DAYS, generated_at="2026-01-01T00:00:00Z", version="1.2.0")
    read = read_package(files)
    assert (read.problems, read.unknown) == ([], [])
    assert sorted(read.objects) == sorted(item["id"] for item in book.objects)
    assert cap_table(read.objects.values(), DAYS) == cap_table(book.objects, DAYS)
