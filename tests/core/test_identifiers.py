import pytest
from hypothesis import given
from hypothesis import strategies as st

from innovation.core.identifiers import (
    USCC_ALPHABET,
    amac_fund_code_warning,
    amac_manager_code_warning,
    check_uscc,
    organisation_check_character,
    uscc_check_character,
)

GOOD = [
    "91110000600037341L",
    "91110108551385082Q",
    "91440300708461136T",
    "91330102MA2013AB80",  # remainder 0: the check value 31 counts as 0
    "91330102MA2TE5T010",
    "91330102MA2TE5T1XP",
    "91320583MA1X2Y3W3L",
]


@pytest.mark.parametrize("code", GOOD)
def test_codes_of_the_specification_are_valid(code):
    result = check_uscc(code)
    assert result.valid
    assert (result.normalised, result.reason, result.message) == (code, None, None)
    assert (result.division, result.organisation_code) == (code[2:8], code[8:17])


@pytest.mark.parametrize(
    ("code", "reason", "normalised"),
    [
        ("91110000600037342L", "check_character", "91110000600037342L"),
        ("91110000600037341", "length", "91110000600037341"),
        ("", "length", ""),
        ("91O10000600037341L", "characters", "91O10000600037341L"),
        ("91I10000600037341", "length", "91I10000600037341"),  # the length is told before the letter
        ("911A0000600037341L", "division", "911A0000600037341L"),
        ("91350100M000100Y4Z", "characters", "91350100M000100Y4Z"),
        ("9.1110000600037E+1", "characters", "9.1110000600037E+1"),
    ],
)
def test_wrong_codes_name_their_first_fault(code, reason, normalised):
    result = check_uscc(code)
    assert (result.valid, result.reason, result.normalised) == (False, reason, normalised)
    assert result.message
    assert (result.division, result.organisation_code, result.organisation_code_ok) == (None, None, None)


@pytest.mark.parametrize("code", ["9111 0000 6000 3734 1l", " 91110000-600037341-L\t", "91110000\u3000600037341L"])
def test_spaces_hyphens_and_small_letters_do_not_matter(code):
    assert check_uscc(code).normalised == "91110000600037341L"
    assert check_uscc(code).valid


def test_a_wrong_organisation_code_inside_is_a_warning():
    result = check_uscc("91110000600037342P")
    assert result.valid
    assert result.organisation_code_ok is False
    assert len(result.warnings) == 1
    assert check_uscc(GOOD[0]).warnings == []


def test_a_letter_in_front_is_valid_and_warned_of_when_unknown():
    for first, warned in (("N", False), ("Y", False), ("A", False), ("K", True)):
        body = f"{first}2330102MA2TE5T0{organisation_check_character('MA2TE5T0')}"
        result = check_uscc(body + uscc_check_character(body))
        assert result.valid
        assert bool(result.warnings) is warned


bodies = st.tuples(
    st.text("0123456789ANY", min_size=2, max_size=2),
    st.text("0123456789", min_size=6, max_size=6),
    st.text(USCC_ALPHABET, min_size=9, max_size=9),
).map("".join)


@given(bodies, st.integers(0, 17), st.sampled_from(USCC_ALPHABET))
def test_every_single_wrong_character_is_found(body, place, sign):
    code = body + uscc_check_character(body)
    assert check_uscc(code).valid
    wrong = code[:place] + sign + code[place + 1 :]
    assert check_uscc(wrong).valid is (wrong == code)


@pytest.mark.parametrize(("body", "check"), [("60003734", "1"), ("MA1X2Y3W", "3"), ("D2143569", "X")])
def test_organisation_codes_get_their_check_character(body, check):
    assert organisation_check_character(body) == check


def test_amac_codes_are_warned_of_by_form_alone():
    assert amac_fund_code_warning("SAB123") is None
    assert amac_fund_code_warning("XAB123")
    assert amac_fund_code_warning("SAB1234")
    assert amac_manager_code_warning("P1000001") is None
    assert amac_manager_code_warning("P100001")
