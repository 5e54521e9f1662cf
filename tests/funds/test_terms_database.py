"""What the database itself refuses in the terms of a fund, whoever writes."""

from datetime import date

import pytest
from django.db import connection

from funds.choices.records import FundClass, FundKind, InvestmentMode
from funds.models import Commitment, FeeTerm, Fund, FundLimit, FundTerm, Investment, SubFundInterest, WaterfallTier
from tests.factories.funds import FundFactory, InvestmentFactory
from tests.factories.organisations import OrganisationFactory
from tests.refusals import refused

pytestmark = pytest.mark.django_db
DAY, END = date(2024, 1, 1), date(2026, 12, 31)


def term(**facts):
    return {"phase": "INVESTMENT", "valid_to": END, "approved_by": "合伙人会议", "approved_on": DAY} | facts


def fee(**facts):
    return {"phase": "INVESTMENT", "rate_num": 2, "rate_den": 100, "basis": "PAID_IN"} | facts


def tier(**facts):
    return {"position": 1, "kind": "RETURN_OF_CAPITAL"} | facts


def limit(**facts):
    return {"kind": "MAX_TICKET", "amount_fen": 5, "source": "合伙协议第8条"} | facts


BEFORE = {"valid_to": date(2023, 12, 31)}
PROBLEMS = [
    (Commitment, "commitment_above_zero", {"amount_fen": 0}),
    (Commitment, "commitment_source_known", {"source": "MOON"}),
    (Commitment, "commitment_in_order", BEFORE),
    (Commitment, "commitment_superseded_later", {"superseded_at": "2020-01-01T00:00Z"}),
    (FundTerm, "fund_term_in_order", term(**BEFORE)),
    (FundTerm, "fund_term_ends", term(valid_to=None)),
    (FundTerm, "fund_term_approved", term(approved_by="")),
    (FundTerm, "fund_term_superseded_later", term(superseded_at="2020-01-01T00:00Z")),
    (FeeTerm, "fee_term_rate", fee(rate_num=101)),
    (FeeTerm, "fee_term_in_order", fee(**BEFORE)),
    (FeeTerm, "fee_term_superseded_later", fee(superseded_at="2020-01-01T00:00Z")),
    (WaterfallTier, "waterfall_tier_first_loss_stated", tier(kind="FIRST_LOSS")),
    (WaterfallTier, "waterfall_tier_first_loss_stated", tier(amount_fen=5)),
    (
        WaterfallTier,
        "waterfall_tier_first_loss_stated",
        tier(kind="FIRST_LOSS", amount_fen=5, first_loss_num=1, first_loss_den=5),
    ),
    (WaterfallTier, "waterfall_tier_first_loss", tier(kind="FIRST_LOSS", first_loss_num=6, first_loss_den=5)),
    (WaterfallTier, "waterfall_tier_hurdle_stated", tier(kind="PREFERRED_RETURN")),
    (WaterfallTier, "waterfall_tier_hurdle", tier(kind="PREFERRED_RETURN", hurdle_num=9, hurdle_den=8)),
    (WaterfallTier, "waterfall_tier_hurdle", tier(kind="PREFERRED_RETURN", hurdle_num=9)),
    (
        WaterfallTier,
        "waterfall_tier_hurdle_stated",
        tier(kind="PROFIT_SPLIT", manager_num=1, manager_den=5, day_count="ACT/365F"),
    ),
    (WaterfallTier, "waterfall_tier_bearer_of_loss", tier(bearer="GOVERNMENT")),
    (WaterfallTier, "waterfall_tier_buyout_concedes", tier(kind="BUYOUT", hurdle_num=4, hurdle_den=100)),
    (WaterfallTier, "waterfall_tier_manager_stated", tier(kind="PROFIT_SPLIT")),
    (WaterfallTier, "waterfall_tier_manager", tier(kind="PROFIT_SPLIT", manager_num=-1, manager_den=5)),
    (WaterfallTier, "waterfall_tier_concession_whole", tier(concession_num=1, concession_den=2)),
    (
        WaterfallTier,
        "waterfall_tier_concession",
        tier(
            kind="PREFERRED_RETURN",
            hurdle_num=8,
            hurdle_den=100,
            concession_num=3,
            concession_den=2,
            concession_to="OTHERS",
        ),
    ),
    (WaterfallTier, "waterfall_tier_in_order", tier(**BEFORE)),
    (WaterfallTier, "waterfall_tier_superseded_later", tier(superseded_at="2020-01-01T00:00Z")),
    (FundLimit, "fund_limit_one_value", limit(count=3)),
    (FundLimit, "fund_limit_one_value", limit(amount_fen=None, share_num=1, share_den=5)),
    (FundLimit, "fund_limit_share", limit(amount_fen=None, share_num=6, share_den=5, basis="COMMITTED")),
    (FundLimit, "fund_limit_amount", limit(amount_fen=0)),
    (FundLimit, "fund_limit_sourced", limit(source="")),
    (FundLimit, "fund_limit_in_order", limit(**BEFORE)),
    (FundLimit, "fund_limit_superseded_later", limit(superseded_at="2020-01-01T00:00Z")),
]


def facts_of(model):
    facts = {"fund": FundFactory(), "valid_from": DAY}
    if model is Commitment:
        facts |= {"investor": OrganisationFactory(), "source": "GOVERNMENT", "amount_fen": 100}
    return facts


@pytest.mark.parametrize(("model", "name", "wrong"), PROBLEMS)
def test_the_database_refuses_wrong_terms(model, name, wrong):
    facts = facts_of(model) | wrong
    refused(name, lambda: model.objects.create(**facts))


@pytest.mark.parametrize(
    ("model", "name", "facts"),
    [
        (Commitment, "commitment_once_at_a_time", {}),
        (FundTerm, "fund_term_once_at_a_time", term()),
        (FeeTerm, "fee_term_once_at_a_time", fee()),
        (WaterfallTier, "waterfall_tier_once_at_a_time", tier()),
        (FundLimit, "fund_limit_once_at_a_time", limit()),
    ],
)
def test_current_periods_of_one_key_never_overlap_and_rows_are_never_changed(model, name, facts):
    facts = facts_of(model) | facts
    row = model.objects.create(**facts)
    refused(name, lambda: model.objects.create(**facts | {"valid_from": date(2024, 6, 1)}))
    refused(f"{name.removesuffix('_once_at_a_time')}_append_only", lambda: model.objects.update(document="other"))
    refused(f"{name.removesuffix('_once_at_a_time')}_append_only", lambda: model.objects.all().delete())
    model.objects.filter(pk=row.pk).update(superseded_at="2099-01-01T00:00Z")
    model.objects.create(**facts | {"valid_from": date(2024, 6, 1)})


def test_other_keys_do_not_clash():
    facts = facts_of(Commitment)
    Commitment.objects.create(**facts)
    Commitment.objects.create(**facts | {"source": "SOCIAL"})
    Commitment.objects.create(**facts | {"investor": OrganisationFactory()})
    assert Commitment.objects.count() == 3


def test_grant_money_is_a_kind_and_a_class_of_its_own():
    refused("fund_grant_is_grant", lambda: FundFactory(kind=FundKind.GRANT, fund_class=FundClass.VENTURE))
    refused("fund_grant_is_grant", lambda: FundFactory(kind=FundKind.DIRECT, fund_class=FundClass.GRANT))
    assert FundFactory(fund_class=FundClass.GRANT).kind == FundKind.GRANT


# ── The graph ────────────────────────────────────────────────────────────────────────────────────
def interest(mother, sub, num=1, den=2, **facts):
    holding = facts.pop("investment", None) or InvestmentFactory(fund=mother, mode=InvestmentMode.SUB_FUND)
    return SubFundInterest.objects.create(
        investment=holding, sub_fund=sub, share_num=num, share_den=den, **{"valid_from": DAY} | facts
    )


def test_no_fund_stands_below_itself():
    a, b, c = FundFactory.create_batch(3)
    refused("fund_graph_no_cycle", lambda: interest(a, a))
    interest(a, b)
    interest(b, c)
    refused("fund_graph_no_cycle", lambda: interest(c, a, 1, 100))
    refused("fund_graph_no_cycle", lambda: Fund.objects.filter(pk=a.pk).update(parent=c))
    Fund.objects.filter(pk=c.pk).update(parent=a)
    refused("fund_graph_no_cycle", lambda: Fund.objects.filter(pk=b.pk).update(parent=c))


def test_an_ended_interest_no_longer_counts_against_the_graph_once_it_is_superseded():
    a, b = FundFactory.create_batch(2)
    row = interest(a, b)
    SubFundInterest.objects.filter(pk=row.pk).update(superseded_at="2099-01-01T00:00Z")
    assert interest(b, a).pk


@pytest.mark.parametrize(("shares", "fits"), [([(1, 3)] * 3, True), ([(1, 6)] * 6, True), ([(1, 3)] * 4, False)])
def test_shares_in_one_sub_fund_sum_to_at_most_one_exactly(shares, fits):
    sub = FundFactory()
    for num, den in shares[:-1]:
        interest(FundFactory(), sub, num, den)
    if fits:
        interest(FundFactory(), sub, *shares[-1])
    else:
        refused("interest_shares_within_one", lambda: interest(FundFactory(), sub, *shares[-1]))


def test_shares_count_on_the_days_on_which_they_hold():
    sub = FundFactory()
    interest(FundFactory(), sub, 2, 3, valid_to=END)
    interest(FundFactory(), sub, 2, 3, valid_from=date(2027, 1, 1))
    refused("interest_shares_within_one", lambda: interest(FundFactory(), sub, 2, 3, valid_from=date(2020, 1, 1)))
    refused("interest_shares_within_one", lambda: interest(FundFactory(), sub, 1, 2, valid_from=date(2029, 1, 1)))


def test_an_investment_is_a_share_in_one_sub_fund_and_stays_with_its_mother():
    a, b, c = FundFactory.create_batch(3)
    first = interest(a, b, valid_to=END)
    refused(
        "interest_in_one_sub_fund", lambda: interest(a, c, valid_from=date(2027, 1, 1), investment=first.investment)
    )
    moved = Investment.objects.filter(pk=first.investment_id)
    refused("interest_stays_with_mother", lambda: moved.update(fund=c))
    refused("sub_fund_interest_once_at_a_time", lambda: interest(a, b, 1, 9, investment=first.investment))
    refused("sub_fund_interest_share", lambda: interest(a, c, 0, 9))
    refused("sub_fund_interest_share", lambda: interest(a, c, 10, 9))
    refused("sub_fund_interest_in_order", lambda: interest(a, c, **BEFORE))
    refused("sub_fund_interest_superseded_later", lambda: interest(a, c, superseded_at="2020-01-01T00:00Z"))
    refused("sub_fund_interest_append_only", lambda: SubFundInterest.objects.update(share_num=2))


@pytest.mark.parametrize("table", ["commitment", "fundterm", "feeterm", "waterfalltier", "fundlimit"])
def test_terms_are_not_emptied_either(table):
    def empty():
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE funds_{table}")

    name = {
        "fundterm": "fund_term",
        "feeterm": "fee_term",
        "waterfalltier": "waterfall_tier",
        "fundlimit": "fund_limit",
    }
    refused(f"{name.get(table, table)}_append_only_truncate", empty)
