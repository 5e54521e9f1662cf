"""Growth figures, states of holdings, and the Open Cap Format, by plain values."""

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest

from funds.choices.ledger import EventKind
from funds.choices.records import InvestmentState
from funds.rules.cap_table import cap_table
from funds.rules.company_figures import Quarter, growth, quarter_before, quarter_end
from funds.rules.investment_state import state_of_events
from funds.rules.ledger import Event
from funds.rules.ocf import read_package, write_package
from tests.funds.ocf_package import package


@pytest.mark.parametrize(
    ("end", "back", "before"),
    [
        (date(2026, 3, 31), 1, date(2025, 12, 31)),
        (date(2026, 12, 31), 1, date(2026, 9, 30)),
        (date(2026, 6, 30), 4, date(2025, 6, 30)),
        (date(2026, 6, 30), 0, date(2026, 6, 30)),
    ],
)
def test_quarters_before(end, back, before):
    assert quarter_before(end, back) == before


def test_growth_is_exact_and_unknown_where_a_figure_is_missing():
    quarters = [
        Quarter(quarter_before(quarter_end(2026, 2), back), revenue=100 - 10 * back, headcount=50, rd_staff=20,
                rd_spend=15, patents=9 - back, tax=None if back == 2 else 3)
        for back in range(5)
    ]  # fmt: skip
    found = growth(quarters)
    assert found.revenue == Fraction(2, 3)
    assert (found.headcount, found.revenue_year, found.tax_year) == (0, 340, None)
    assert (found.rd_intensity, found.rd_share, found.patents_added) == (Fraction(3, 20), Fraction(2, 5), 4)
    alone = growth(quarters[:1])
    assert (alone.revenue, alone.revenue_year) == (None, None)
    assert growth([]) is None


def event(number, kind, amount, relieved=0, *, reverses=None, day=1):
    at = datetime(2024, 1, day, tzinfo=UTC)
    return Event(number, EventKind(kind), date(2024, 1, day), at, amount, 1, relieved, reverses)


@pytest.mark.parametrize(
    ("events", "state"),
    [
        ([], InvestmentState.APPROVED),
        ([event(1, "INVEST", 10)], InvestmentState.INVESTED),
        ([event(1, "INVEST", 10), event(2, "WRITE_OFF", 0, 4)], InvestmentState.INVESTED),
        ([event(1, "INVEST", 10), event(2, "EXIT_PARTIAL", 9, 4)], InvestmentState.PARTLY_EXITED),
        ([event(1, "INVEST", 10), event(2, "EXIT_PARTIAL", 9, 4), event(3, "FOLLOW_ON", 5)], "PARTLY_EXITED"),
        ([event(1, "INVEST", 10), event(2, "EXIT_FULL", 9, 10)], InvestmentState.EXITED),
        ([event(1, "INVEST", 10), event(2, "EXIT_PARTIAL", 9, 4), event(3, "WRITE_OFF", 0, 6)], "WRITTEN_OFF"),
        ([event(1, "INVEST", 10), event(2, "WRITE_OFF", 0, 10)], InvestmentState.WRITTEN_OFF),
        (
            [event(1, "INVEST", 10), event(2, "WRITE_OFF", 0, 10), event(3, "RECOVERY_AFTER_WRITE_OFF", 1, day=2)],
            InvestmentState.RECOVERED,
        ),
        ([event(1, "INVEST", 10), event(2, "REVERSAL", -10, reverses=1)], InvestmentState.APPROVED),
        (
            [event(1, "INVEST", 10), event(2, "WRITE_OFF", 0, 10), event(3, "REVERSAL", 0, -10, reverses=2)],
            InvestmentState.INVESTED,
        ),
        ([event(1, "INVEST", 10), event(2, "WRITE_OFF", 0, 10), event(3, "FOLLOW_ON", 1, day=2)], "INVESTED"),
    ],
)
def test_the_state_of_a_holding_follows_from_its_events(events, state):
    assert state_of_events(events) == state


# ── Open Cap Format ──────────────────────────────────────────────────────────────────────────────
def test_a_package_is_read_whole_and_written_as_it_was():
    read = read_package(package())
    assert read.problems == []
    assert read.unknown == ["STAKEHOLDER.x_house_account", "X_SIDE_LETTER"]
    files = write_package(
        read.objects.values(), as_of=date(2026, 6, 30), generated_at="2026-06-30T08:00:00Z", version="1.2.0"
    )
    again = read_package(files)
    assert (again.problems, again.objects, again.unknown) == ([], read.objects, read.unknown)


def broken(change):
    files = package()
    change(files)
    return {problem.code for problem in read_package(files).problems}


def first_issuance(files):
    return files["Transactions.ocf.json"]["items"][0]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda f: f.pop("Manifest.ocf.json"), "NO_MANIFEST"),
        (lambda f: f["Manifest.ocf.json"].pop("issuer"), "FIELD_MISSING"),
        (lambda f: f["Manifest.ocf.json"].update(as_of="30.6.2026"), "NOT_A_DAY"),
        (lambda f: f.pop("Stakeholders.ocf.json"), "FILE_MISSING"),
        (lambda f: f["Stakeholders.ocf.json"].update(file_type="OTHER"), "FILE_TYPE"),
        (lambda f: f["Stakeholders.ocf.json"]["items"].append({"id": "x"}), "NO_ID"),
        (lambda f: f["Stakeholders.ocf.json"]["items"].append(f["Stakeholders.ocf.json"]["items"][0]), "ID_TWICE"),
        (lambda f: first_issuance(f).pop("custom_id"), "FIELD_MISSING"),
        (lambda f: first_issuance(f).update(quantity=600), "NOT_NUMERIC"),
        (lambda f: first_issuance(f).update(quantity="1.12345678901"), "NOT_NUMERIC"),
        (lambda f: first_issuance(f).update(quantity="1e5"), "NOT_NUMERIC"),
        (lambda f: first_issuance(f).update(share_price={"amount": "1"}), "NOT_MONETARY"),
        (lambda f: first_issuance(f).update(share_price={"amount": "1", "currency": "元"}), "NOT_MONETARY"),
        (lambda f: first_issuance(f).update(date="2021-02-30"), "NOT_DAY"),
        (lambda f: first_issuance(f).update(stock_legend_ids="none"), "NOT_LIST"),
        (lambda f: first_issuance(f).update(stakeholder_id="stranger"), "REFERENCE"),
        (lambda f: first_issuance(f).update(security_id="s9"), None),
        (lambda f: f["Transactions.ocf.json"]["items"][2].update(security_id="s9"), "REFERENCE"),
    ],
)
def test_what_the_format_asks_for(change, code):
    found = broken(change)
    assert code in found if code else not found


def test_shares_stand_until_a_transaction_takes_them_out():
    objects = list(read_package(package()).objects.values())

    def held(day):
        return {line.stakeholder: line.quantity for line in cap_table(objects, day).lines}

    assert held(date(2020, 12, 31)) == {}
    assert held(date(2023, 1, 1)) == {"fund": 600, "founder": 400}
    table = cap_table(objects, date(2026, 1, 1))
    assert {line.stakeholder: line.share for line in table.lines} == {
        "fund": Fraction(7, 10),
        "founder": Fraction(3, 10),
    }
    assert str(table.lines[0].paid["CNY"]) == "260.0000000600"


def test_a_split_multiplies_what_its_class_had_before_it_and_convertibles_stand_apart():
    objects = list(read_package(package()).objects.values())
    objects += [
        {"id": "split", "object_type": "TX_STOCK_CLASS_SPLIT", "date": "2024-06-01", "stock_class_id": "common",
         "split_ratio": {"numerator": "3", "denominator": "1"}},
        {"id": "loan", "object_type": "TX_CONVERTIBLE_ISSUANCE", "date": "2024-06-01", "security_id": "c1",
         "stakeholder_id": "fund", "investment_amount": {"amount": "100.50", "currency": "CNY"}},
    ]  # fmt: skip
    table = cap_table(objects, date(2026, 1, 1))
    assert table.total == 3000
    assert [(loan.stakeholder, str(loan.amount)) for loan in table.loans] == [("fund", "100.50")]
