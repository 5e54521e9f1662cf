"""Funds, holdings and their ledgers for tests."""

from datetime import date

import factory
from factory.django import DjangoModelFactory

from funds.choices.records import FundClass, FundKind, Stage
from funds.models import Fund, GrantAward, Investment
from innovation.organisations.models import Organisation


class CompanyFactory(DjangoModelFactory):
    class Meta:
        model = Organisation

    name_zh = factory.Sequence(lambda n: f"测试企业{n}")


class FundFactory(DjangoModelFactory):
    class Meta:
        model = Fund

    code = factory.Sequence(lambda n: f"F{n:04d}")
    name_zh = factory.Sequence(lambda n: f"测试基金{n}")
    name_en = factory.Sequence(lambda n: f"Test fund {n}")
    fund_class = FundClass.VENTURE
    kind = factory.LazyAttribute(lambda fund: FundKind.GRANT if fund.fund_class == FundClass.GRANT else FundKind.DIRECT)
    starts_on = date(2018, 1, 1)
    committed_fen = 10**12


class GrantAwardFactory(DjangoModelFactory):
    class Meta:
        model = GrantAward

    fund = factory.SubFactory(FundFactory, fund_class=FundClass.GRANT)
    code = factory.Sequence(lambda n: f"A{n:04d}")
    recipient = factory.SubFactory(CompanyFactory)
    title = "Basic research"
    committed_fen = 10**9
    starts_on = date(2024, 1, 1)
    years = 5


class InvestmentFactory(DjangoModelFactory):
    class Meta:
        model = Investment

    fund = factory.SubFactory(FundFactory)
    code = factory.Sequence(lambda n: f"P{n:05d}")
    company = factory.SubFactory(CompanyFactory)
    stage = Stage.SEED
