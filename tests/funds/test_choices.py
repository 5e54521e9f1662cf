"""The enumerations agree with each other and with the kinds that cases and policies name."""

from itertools import combinations

from django.utils import translation

from funds.choices import cases, companies, deals, figures, files, ledger, records, tolerance
from funds.choices.ledger import EXIT_KINDS, GRANT_KINDS, HOLDING_KINDS, INCOME_KINDS, INVESTING_KINDS, EventKind


def test_groups_of_kinds_do_not_overlap_and_belong_to_holdings():
    for one, other in combinations((INVESTING_KINDS, EXIT_KINDS, INCOME_KINDS), 2):
        assert not one & other
    assert INVESTING_KINDS | EXIT_KINDS | INCOME_KINDS < HOLDING_KINDS
    assert {
        EventKind.CALL,
        EventKind.DISTRIBUTION,
        EventKind.FEE,
        EventKind.EXPENSE,
        EventKind.REVERSAL,
        *GRANT_KINDS,
    } == (set(EventKind) - HOLDING_KINDS)


def test_every_choice_reads_in_chinese():
    modules = (cases, companies, deals, figures, files, ledger, records, tolerance)
    kinds = [
        kind
        for module in modules
        for kind in vars(module).values()
        if isinstance(kind, type) and kind.__module__ == module.__name__
    ]
    assert len(kinds) >= 60
    with translation.override("zh-hans"):
        english = {str(member.label) for kind in kinds for member in kind if str(member.label).isascii()}
    assert english == set()
