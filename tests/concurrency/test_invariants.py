"""Two writers at once against each invariant of the funds part, past every rule of ours: the database stands.

The writers go round the actions on purpose. ``docs/decisions/0015-invariants.md`` says which test belongs to which.
"""

import re
import threading
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.utils import timezone

from funds.actions.ledger import Draft, append, lock_fund, reversal_of
from funds.choices.cases import CaseState
from funds.choices.ledger import EventKind
from funds.models import (
    BookTerms,
    Call,
    CallLine,
    CaseFreeze,
    Commitment,
    Evidence,
    EvidenceFile,
    ExemptionCase,
    FundPolicyBinding,
    LedgerEvent,
    PolicyDocument,
    ToleranceResult,
    ToleranceRule,
    Tranche,
    Valuation,
    WaterfallTier,
)
from funds.queries.ledger import broken_links
from tests.concurrency.test_fund_graph import together
from tests.factories import deals
from tests.factories.funds import CompanyFactory, FundFactory, InvestmentFactory
from tests.funds import scenes
from tests.funds.case_scenes import Cast, manual_case

pytestmark = pytest.mark.django_db(transaction=True)
DAY = date(2024, 3, 1)
K = EventKind
ROOT = Path(__file__).parents[2]
TABLE = ROOT / "docs" / "decisions" / "0015-invariants.md"


def book(fund, *drafts, at=None):
    """Entries in the chain of the fund, with no rule asked."""
    with transaction.atomic():
        lock_fund(fund.pk)
        append({fund.pk: drafts}, actor=None, recorded_at=at)


def bought(amount=1000):
    holding = InvestmentFactory()
    book(holding.fund, Draft(K.INVEST, DAY, amount, holding.pk))
    return holding


def entries(fund, *drafts):
    """Writers that book one of ``drafts`` each."""
    return [lambda draft=draft: book(fund, draft) for draft in drafts]


def complete(committed=1000, cash=0):
    fund = FundFactory(committed_fen=committed)
    if cash:
        book(fund, Draft(K.CALL, DAY, cash))
    BookTerms.objects.create(fund=fund, is_complete=True)
    return fund


def test_1_calls_stay_within_the_commitment():
    fund = complete(committed=1000)
    written = together(*entries(fund, Draft(K.CALL, DAY, 600), Draft(K.CALL, DAY, 600)))
    assert written == ["ledger_calls_within_commitment", "written"]


def notice(fund, number, amount, *parts):
    call = Call.objects.create(fund=fund, number=number, amount_fen=amount, notice_on=DAY, due_on=DAY, purpose="x")
    for place, (stake, part) in enumerate(parts, start=1):
        CallLine.objects.create(
            notice=call, position=place, investor=stake.investor, source=stake.source, amount_fen=part
        )


@pytest.fixture
def stake():
    return Commitment.objects.create(
        fund=FundFactory(committed_fen=1000), investor=CompanyFactory(), source="SOCIAL", amount_fen=1000,
        valid_from=DAY,
    )  # fmt: skip


def test_1_notices_stay_within_the_commitment_of_each_investor(stake):
    works = [lambda number=number: notice(stake.fund, number, 600, (stake, 600)) for number in (1, 2)]
    assert together(*works) == ["call_line_within_commitment", "written"]


def test_2_relieved_cost_stays_within_cost():
    holding = bought()
    works = entries(holding.fund, *[Draft(K.EXIT_PARTIAL, DAY, 1, holding.pk, 600)] * 2)
    assert together(*works) == ["ledger_cost_relieved_within_cost", "written"]
    holding = bought()
    works = entries(holding.fund, *[Draft(K.WRITE_OFF, DAY, 0, holding.pk, 600)] * 2)
    assert together(*works) == ["ledger_cost_relieved_within_cost", "written"]


def test_3_a_full_exit_leaves_nothing():
    holding = bought()
    more, whole = Draft(K.FOLLOW_ON, DAY, 100, holding.pk), Draft(K.EXIT_FULL, DAY, 5, holding.pk, 1000)
    assert together(*entries(holding.fund, more, whole)) == ["ledger_cost_relieved_within_cost", "written"]


def test_4_an_event_is_reversed_once_and_never_changed():
    holding = bought()
    event = LedgerEvent.objects.get()
    works = entries(holding.fund, *[reversal_of(event, reason="typed twice")] * 2)
    assert together(*works) == ["funds_ledgerevent_reverses_id_key", "written"]
    works = [lambda word=word: LedgerEvent.objects.filter(pk=event.pk).update(reason=word) for word in "ab"]
    assert [name[:29] for name in together(*works)] == ["pgtrigger_ledger_append_only_"] * 2


def test_4_a_value_is_superseded_once():
    row = value_on(InvestmentFactory(), 1)()
    now = timezone.now()
    works = [
        lambda days=days: Valuation.objects.filter(pk=row.pk).update(superseded_at=now + timedelta(days=days))
        for days in (1, 2)
    ]
    refused, written = together(*works)
    assert (refused[:32], written) == ("pgtrigger_valuation_append_only_", "written")


def test_5_no_entry_is_dated_after_the_day_on_which_it_was_recorded():
    fund, tomorrow = FundFactory(), timezone.localdate() + timedelta(days=1)
    assert together(*entries(fund, *[Draft(K.CALL, tomorrow, 5)] * 2)) == ["ledger_not_in_future"] * 2


def test_6_the_parts_sum_to_the_whole(stake):
    other = Commitment.objects.create(
        fund=stake.fund, investor=CompanyFactory(), source="SOCIAL", amount_fen=1000, valid_from=DAY
    )
    works = [
        lambda: notice(stake.fund, 1, 100, (stake, 60), (other, 39)),
        lambda: notice(stake.fund, 2, 100, (stake, 60), (other, 40)),
    ]
    assert together(*works) == ["call_lines_sum_up", "written"]


def test_7_cash_is_never_below_zero():
    fund = complete(cash=1000)
    assert together(*entries(fund, *[Draft(K.FEE, DAY, 600)] * 2)) == ["ledger_cash_not_below_zero", "written"]


def test_7_books_are_not_called_complete_while_an_entry_takes_the_cash_away():
    fund = FundFactory(committed_fen=1000)
    works = [lambda: book(fund, Draft(K.FEE, DAY, 5)), lambda: BookTerms.objects.create(fund=fund, is_complete=True)]
    assert together(*works) == ["ledger_cash_not_below_zero", "written"]


def value_on(holding, fen):
    return lambda: Valuation.objects.create(investment=holding, valid_at=DAY, fair_value_fen=fen, method="NET_ASSETS")


def test_8_a_holding_has_one_current_value_a_day():
    holding = InvestmentFactory()
    assert together(value_on(holding, 1), value_on(holding, 2)) == ["valuation_one_current_per_day", "written"]


def test_9_the_tiers_that_leave_pro_rata_never_overlap():
    fund = FundFactory()
    facts = {"fund": fund, "position": 1, "kind": "FIRST_LOSS", "valid_from": DAY, "amount_fen": 5}
    works = [lambda: WaterfallTier.objects.create(**facts)] * 2
    assert together(*works) == ["waterfall_tier_once_at_a_time", "written"]


def test_11_the_chain_has_no_fork():
    holding = bought()
    last = LedgerEvent.objects.get()
    row = {"fund": holding.fund, "investment": holding, "kind": K.DIVIDEND, "effect": K.DIVIDEND, "value_date": DAY}
    row |= {"seq": 2, "prev_hash": last.hash, "amount_fen": 1, "recorded_at": timezone.now()}
    works = [lambda mark=mark: LedgerEvent.objects.create(hash=bytes([mark]) * 32, **row) for mark in (1, 2)]
    assert together(*works) == ["ledger_seq_once_per_fund", "written"]


def test_11_entries_of_two_writers_make_one_chain():
    holding = bought()
    works = entries(holding.fund, *[Draft(K.DIVIDEND, DAY, 5, holding.pk)] * 2)
    assert together(*works) == ["written", "written"]
    assert broken_links() == []


def result(fund, rule, **facts):
    given = {
        "fund": fund, "document": rule.document, "rule": rule, "scope": "FUND", "as_of": DAY, "numerator": "1",
        "known_at": scenes.KNOWN, "denominator": "2", "status": "WITHIN", "level": "GREEN", "binding": False,
        "unverified": False, "inputs_hash": "a" * 64, "engine_version": "1",
    }  # fmt: skip
    return lambda: ToleranceResult.objects.create(**given | facts)


@pytest.fixture
def rule():
    document = PolicyDocument.objects.create(code="X", title_zh="x")
    return ToleranceRule.objects.create(
        document=document, code="X-1", scope="FUND", cap_state="LIMIT", cap_num=2, cap_den=5, special_num=3,
        special_den=5,
    )  # fmt: skip


def test_12_the_result_of_a_moment_is_kept_once(rule):
    fund = FundFactory()
    written = together(result(fund, rule), result(fund, rule, numerator="2"))
    assert written == ["tolerance_result_once", "written"]


def test_13_nothing_is_recorded_before_what_is_recorded():
    holding = bought()
    before = LedgerEvent.objects.get().recorded_at - timedelta(seconds=1)
    late = Draft(K.DIVIDEND, DAY, 5, holding.pk)
    works = [lambda: book(holding.fund, late, at=before)] * 2
    assert together(*works) == ["ledger_chain_unbroken"] * 2


def test_14_a_special_cap_stays_above_the_cap(rule):
    rows = ToleranceRule.objects.filter(pk=rule.pk)
    works = [
        lambda: rows.update(cap_num=1, cap_den=2),  # each fits alone, both together do not
        lambda: rows.update(special_num=9, special_den=20),
    ]
    assert together(*works) == ["rule_special_above_cap", "written"]


def test_14_a_limit_has_its_cap(rule):
    ToleranceRule.objects.update(special_num=None, special_den=None)
    rows = ToleranceRule.objects.filter(pk=rule.pk)
    works = [lambda: rows.update(cap_state="NOT_LIMITED"), lambda: rows.update(cap_num=None)]
    assert together(*works) == ["rule_cap_only_when_limited"] * 2


def test_15_one_binding_of_fund_and_document_at_a_time(rule):
    fund = FundFactory()
    works = [
        lambda day=day: FundPolicyBinding.objects.create(fund=fund, document=rule.document, valid_from=day)
        for day in (DAY, DAY + timedelta(days=9))
    ]
    assert together(*works) == ["binding_once_per_fund", "written"]


def test_16_a_rule_that_shares_a_loss_is_never_tested(rule):
    fund = FundFactory()
    works = [
        lambda: ToleranceRule.objects.filter(pk=rule.pk).update(rule_type="LOSS_SHARE"),
        result(fund, rule),
    ]
    refused, written = together(*works)
    assert (refused in {"tolerance_result_of_cap_rule", "rule_of_results_caps"}, written) == (True, "written")


def test_17_evidence_that_meets_the_freeze_is_no_part_of_it():
    case, content, now = manual_case(Cast()), b"proof", timezone.now()
    file = EvidenceFile.objects.create(kind="pdf", sha256=sha256(content).hexdigest(), content=content, size=5)
    frozen = threading.Event()

    def freeze():
        CaseFreeze.objects.create(
            case=case, as_of=DAY, known_at=now, ledger_seq=1, content="{}", sha256=sha256(b"{}").hexdigest(), at=now
        )
        ExemptionCase.objects.filter(pk=case.pk).update(state=CaseState.FROZEN, frozen_at=now)
        frozen.set()  # not committed yet: whoever looks without waiting still sees an open case

    def add():
        frozen.wait(10)
        Evidence.objects.create(case=case, file=file, kind="OTHER", name="x", at=now, later=False)

    assert together(freeze, add) == ["evidence_later_once_frozen", "written"]


def test_tranches_of_two_writers_stay_within_their_agreement():
    agreement = deals.signed(deals.approved_deal())
    Tranche.objects.all().update(state="CANCELLED")
    half = agreement.amount_fen * 2 // 3
    works = [
        lambda number=number: Tranche.objects.create(agreement=agreement, number=number, amount_fen=half)
        for number in (8, 9)
    ]
    assert together(*works) == ["tranches_within_agreement", "written"]


def test_the_table_of_invariants_names_what_there_is():
    lines = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if re.match(r"\| \d+ \|", line)]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert [int(row[0]) for row in cells] == list(range(1, 18))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(name, E'\\n') FROM (SELECT conname::text AS name FROM pg_constraint UNION "
            "SELECT tgname::text FROM pg_trigger UNION SELECT indexname::text FROM pg_indexes "
            "UNION SELECT prosrc FROM pg_proc) x"
        )
        (known,) = cursor.fetchone()
    tried = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests" / "concurrency").glob("test_*.py"))
    for number, _what, refused, alone, twice in cells:
        for name in re.findall(r"`([a-z_]+)`", refused):
            assert name in known, (number, name)
        files = re.findall(r"`(tests/[a-z_/]+\.py)`", alone)
        words = "".join((ROOT / file).read_text(encoding="utf-8") for file in files)
        assert any(name in words for name in re.findall(r"`([a-z_]+)`", refused)), number
        names = re.findall(r"`(test_[0-9a-z_]+)`", twice)
        assert names, number
        assert [name for name in names if f"def {name}(" not in tried] == []
