"""The five methods exactly, calibration to the price of entry, and what warns."""

from datetime import date
from fractions import Fraction

import pytest

from funds.rules import valuation_checks, valuation_methods
from funds.rules.valuation_checks import Paper
from innovation.core.errors import RuleViolation
from innovation.core.money import Unit

WAN = 1_000_000


def value(method, **texts):
    stored = valuation_methods.read(method, texts, Unit.WAN)
    return valuation_methods.fair_value(method, valuation_methods.typed(method, stored))


@pytest.mark.parametrize(
    ("method", "texts", "fen"),
    [
        ("RECENT_ROUND", {"round_on": "2024-01-05", "price": "12.5", "quantity": "400,000"}, 500 * WAN),
        (
            "RECENT_ROUND",
            {"round_on": "2024-01-05", "price": "12.5", "quantity": "400000", "change_since": "-20", "discount": "10%"},
            360 * WAN,
        ),
        ("MARKET_MULTIPLES", {"metric": "1200", "multiple": "8.5", "net_debt": "200", "share": "15%"}, 1500 * WAN),
        ("MARKET_MULTIPLES", {"metric": "100", "multiple": "2", "net_debt": "300", "share": "15"}, 0),
        ("INDUSTRY_INDICATORS", {"quantity": "30000", "price": "1500", "share": "10", "discount": "20"}, 360 * WAN),
        ("DISCOUNTED_CASH_FLOW", {"cash_flows": "110 121", "rate": "10", "share": "50"}, 100 * WAN),
        ("DISCOUNTED_CASH_FLOW", {"cash_flows": "0；0", "rate": "10", "terminal": "242", "share": "25"}, 50 * WAN),
        ("NET_ASSETS", {"assets": "5000", "liabilities": "1000", "share": "20"}, 800 * WAN),
        ("NET_ASSETS", {"assets": "0.000001", "share": "50"}, 1),
    ],
)
def test_each_method_gives_its_value_to_the_fen(method, texts, fen):
    assert value(method, **texts) == fen


@pytest.mark.parametrize(
    ("method", "texts", "code", "field"),
    [
        ("NET_ASSETS", {"assets": "1,5", "share": "20"}, "MONEY_FORMAT", "assets"),
        ("NET_ASSETS", {"assets": "5 亿元"}, "MONEY_UNIT", "assets"),
        ("RECENT_ROUND", {"round_on": "soon"}, "INPUT_DAY", "round_on"),
        ("RECENT_ROUND", {"quantity": "-3"}, "INPUT_NUMBER", "quantity"),
        ("DISCOUNTED_CASH_FLOW", {"cash_flows": " ".join("1" * 31)}, "INPUT_SERIES", "cash_flows"),
    ],
)
def test_what_cannot_be_read_names_its_input(method, texts, code, field):
    with pytest.raises(RuleViolation) as refused:
        valuation_methods.read(method, texts, Unit.WAN)
    assert (refused.value.code, refused.value.field) == (code, field)


def test_a_rate_of_minus_one_and_a_missing_input_are_refused():
    stored = valuation_methods.read("DISCOUNTED_CASH_FLOW", {"cash_flows": "1", "share": "1"}, Unit.WAN)
    with pytest.raises(RuleViolation) as refused:
        valuation_methods.typed("DISCOUNTED_CASH_FLOW", stored)
    assert (refused.value.code, refused.value.facts) == ("INPUT_MISSING", {"inputs": ["rate"]})
    with pytest.raises(RuleViolation) as refused:
        valuation_methods.fair_value(
            "DISCOUNTED_CASH_FLOW", valuation_methods.typed("DISCOUNTED_CASH_FLOW", stored | {"rate": "-1"})
        )
    assert refused.value.code == "INPUT_RATE"


def paper(**changes):
    read = {"assets": str(4000 * WAN), "liabilities": "0", "share": "1/5"}
    facts = {
        "method": "NET_ASSETS", "valid_at": date(2024, 6, 30), "fair_value": 800 * WAN, "now": read,
        "entry": read | {"assets": str(3000 * WAN)}, "sources": dict.fromkeys(read, "accounts"),
        "entry_price": 600 * WAN, "tolerance": Fraction(1, 100),
    }  # fmt: skip
    return Paper(**facts | changes)


def codes(found):
    return [problem.code for problem in found]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"fair_value": None}, ["FAIR_VALUE_MISSING"]),
        ({"sources": {}}, ["SOURCE_MISSING"] * 3),
        ({"entry": {}}, ["CALIBRATION_MISSING"] * 2),
        ({"entry_price": None}, ["ENTRY_PRICE_MISSING"]),
        ({"entry_price": 606 * WAN}, []),
        ({"entry_price": 594 * WAN}, ["CALIBRATION_FAILS"]),
        ({"entry_price": 607 * WAN}, ["CALIBRATION_FAILS"]),
        ({"entry_price": 606 * WAN, "tolerance": Fraction(0)}, ["CALIBRATION_FAILS"]),
        ({"fair_value": 700 * WAN}, ["ADJUSTMENT_REASON"]),
        ({"fair_value": 700 * WAN, "adjustment_reason": "one customer left"}, []),
        ({"fair_value": 800 * WAN + 50_000}, []),
        ({"in_locked_round": True}, ["CORRECTION_REASON"]),
        ({"in_locked_round": True, "correction_reason": "audited accounts"}, []),
    ],
)
def test_what_stands_against_a_paper(changes, expected):
    assert codes(valuation_checks.problems(paper(**changes))) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [("2023-07-01", []), ("2023-06-30", ["LAST_ROUND_STALE"]), ("2024-07-01", ["ROUND_AFTER_DAY"])],
)
def test_the_price_of_the_last_round_warns_once_it_is_old(day, expected):
    stale = paper(method="RECENT_ROUND", now={"round_on": day, "price": "1", "quantity": "1"})
    assert codes(valuation_checks.warnings(stale)) == expected


def test_a_value_that_never_moves_warns():
    assert codes(valuation_checks.warnings(paper(previous=800 * WAN))) == ["VALUE_UNCHANGED"]
    assert codes(valuation_checks.warnings(paper(previous=700 * WAN))) == []
