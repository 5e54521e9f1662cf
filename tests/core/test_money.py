from decimal import Decimal
from fractions import Fraction

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from innovation.core.errors import RuleViolation
from innovation.core.money import (
    MAX_FEN,
    Unit,
    format_fen,
    from_fen,
    largest_remainder,
    parse_amount,
    parse_fen,
    to_fen,
)

units = st.sampled_from(list(Unit))
fens = st.integers(-MAX_FEN, MAX_FEN)


@given(fens, units)
def test_every_amount_of_fen_survives_the_way_out_and_back(fen, unit):
    assert to_fen(from_fen(fen, unit), unit) == fen
    assert to_fen(f"{from_fen(fen, unit):f}", unit) == fen


@pytest.mark.parametrize(
    ("amount", "unit", "fen"),
    [
        ("0.01", Unit.YUAN, 1),
        ("1", Unit.WAN, 1_000_000),
        ("0.000001", Unit.WAN, 1),
        ("1.5", Unit.YI, 15_000_000_000),
        (Fraction(1, 8), Unit.WAN, 125_000),
        (Decimal("-3.20"), Unit.YUAN, -320),
        (7, Unit.YUAN, 700),
    ],
)
def test_amounts_become_fen(amount, unit, fen):
    assert to_fen(amount, unit) == fen


@pytest.mark.parametrize(("amount", "unit"), [("0.001", Unit.YUAN), ("0.0000001", Unit.WAN), (Fraction(1, 3), Unit.YI)])
def test_a_fraction_of_a_fen_is_refused(amount, unit):
    with pytest.raises(RuleViolation) as refusal:
        to_fen(amount, unit)
    assert refusal.value.code == "MONEY_FRACTION_OF_FEN"


@pytest.mark.parametrize("amount", [0.1, 1.0, True, None])
def test_floats_and_other_things_are_no_money(amount):
    with pytest.raises(TypeError):
        to_fen(amount, Unit.YUAN)


@pytest.mark.parametrize(
    ("amount", "code"),
    [(Decimal("NaN"), "MONEY_FORMAT"), (Decimal("Infinity"), "MONEY_FORMAT"), (MAX_FEN, "MONEY_RANGE")],
)
def test_what_the_ledger_cannot_hold_is_refused(amount, code):
    with pytest.raises(RuleViolation) as refusal:
        to_fen(amount, Unit.YUAN)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1234567.89", "1234567.89"),
        ("1,234,567.89", "1234567.89"),
        ("1 234 567", "1234567"),
        ("1\u00a0234\u202f567", "1234567"),
        ("１，２３４．５０", "1234.50"),
        ("－５", "-5"),
        ("−5", "-5"),
        ("- 5", "-5"),
        ("+5", "5"),
        ("¥ 12", "12"),
        ("￥12", "12"),
        ("-¥12", "-12"),
        ("  0.10 ", "0.10"),
    ],
)
def test_typed_amounts_are_read(text, number):
    assert parse_amount(text) == Decimal(number)


@pytest.mark.parametrize(
    "text",
    ["", " ", "1,5", "1.234,56", "1,2345", "12,34,567", "1 2", "1.2.3", "1E5", "(5)", "5-", "--5", "一百", "1.", ".5",
     "1,234 567", "0x10", "1_000", "٣", "NaN", "=1+1", "5%"],
)  # fmt: skip
def test_what_can_be_read_in_two_ways_is_refused(text):
    with pytest.raises(RuleViolation) as refusal:
        parse_amount(text)
    assert refusal.value.code == "MONEY_FORMAT"


def test_an_amount_may_repeat_its_unit_but_not_name_another():
    assert parse_fen("500 万元", Unit.WAN) == 500_000_000
    assert parse_fen("５００", Unit.WAN) == 500_000_000
    for text in ("500元", "500 万元", "500 pounds"):
        with pytest.raises(RuleViolation) as refusal:
            parse_fen(text, Unit.YI)
        assert refusal.value.code == "MONEY_UNIT"


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("元", Unit.YUAN),
        (" 万元 ", Unit.WAN),
        ("亿元", Unit.YI),
        ("WAN", Unit.WAN),
        ("人民币万元", Unit.WAN),
        ("CNY", Unit.YUAN),
    ],
)
def test_units_are_known_by_their_names(text, unit):
    assert Unit.from_text(text) is unit


@pytest.mark.parametrize("text", ["", "美元", "千元", "USD", "1"])
def test_no_unit_or_a_strange_one_is_refused(text):
    with pytest.raises(RuleViolation) as refusal:
        Unit.from_text(text)
    assert refusal.value.code == "MONEY_UNIT"


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize(
    ("fen", "unit", "shown"),
    [
        (0, Unit.WAN, "0"),
        (None, Unit.WAN, "–"),
        (123_456_789_012, Unit.YUAN, "1,234,567,890.12"),
        (-123_456_789_012, Unit.WAN, "−123,456.79"),
        (123_456_789_012, Unit.YI, "12.3457"),
        (500_000, Unit.WAN, "0.50"),
        (-1, Unit.YI, "0.0000"),
        (5_000, Unit.WAN, "0.01"),
    ],
)
def test_figures_are_grouped_by_three_in_both_languages(language, fen, unit, shown):
    with translation.override(language):
        assert format_fen(fen, unit) == shown


def test_the_unit_can_be_printed_with_the_figure():
    assert format_fen(150, Unit.YUAN, decimals=1, with_unit=True) == "1.5 yuan"


weights = st.lists(
    st.one_of(st.integers(0, 10**12), st.fractions(min_value=0, max_denominator=10**6)), min_size=1, max_size=40
).filter(any)


@given(st.integers(-(10**18), 10**18), weights)
def test_the_parts_of_a_split_sum_to_the_whole_and_miss_their_share_by_less_than_one(total, shares):
    parts = largest_remainder(total, shares)
    assert sum(parts) == total
    whole = sum(shares)
    assert all(abs(Fraction(total) * share / whole - part) < 1 for share, part in zip(shares, parts, strict=True))


@given(st.integers(0, 10**18), weights)
def test_a_negative_total_cancels_part_by_part(total, shares):
    assert largest_remainder(-total, shares) == [-part for part in largest_remainder(total, shares)]


def test_the_example_of_the_specification():
    assert largest_remainder(100_001, [40, 35, 25]) == [40_001, 35_000, 25_000]


def test_ties_go_to_the_earlier_part():
    assert largest_remainder(2, [1, 1, 1]) == [1, 1, 0]
    assert largest_remainder(1, [Fraction(1, 3), Fraction(1, 3), Fraction(1, 3)]) == [1, 0, 0]


@pytest.mark.parametrize("shares", [[], [0, 0], [1, -1], [-1]])
def test_a_split_without_shares_is_an_error(shares):
    with pytest.raises(ValueError, match="Weights"):
        largest_remainder(1, shares)


def test_a_split_by_floats_is_an_error():
    with pytest.raises(TypeError):
        largest_remainder(1, [0.5, 0.5])
