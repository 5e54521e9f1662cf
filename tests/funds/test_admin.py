"""The admin of the funds part: who may open it, that lists cost a constant number of queries, that its acts act."""

from datetime import date

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format, get_format

from funds.actions.events import record_event
from funds.actions.policies import bind_policy
from funds.choices.ledger import EventKind
from funds.models import (
    Fund,
    FundPolicyBinding,
    LedgerEvent,
    PeriodClose,
    PolicyDocument,
    SpecialTierApproval,
    Valuation,
)
from innovation.accounts.choices import Role
from innovation.core import translations
from tests.factories.accounts import UserFactory
from tests.factories.funds import FundFactory, InvestmentFactory

pytestmark = pytest.mark.django_db
DAY = date(2024, 3, 1)
MODELS = [model for model in admin.site._registry if model._meta.app_label == "funds"]
LISTS = sorted(f"admin:funds_{model._meta.model_name}_changelist" for model in MODELS)
READERS = {Role.FUND_OFFICER, Role.FINANCE, Role.PROGRAMME_MANAGER, Role.AUDITOR, Role.ADMINISTRATOR}


@pytest.fixture
def as_role(client):
    def sign_in(role):
        user = UserFactory(role=role)
        client.force_login(user)
        return user

    return sign_in


def stock(count, actor):
    shangcheng = PolicyDocument.objects.get(code="CN-HZ-SHANGCHENG-2025")
    for _ in range(count):
        holding = InvestmentFactory()
        record_event(
            fund_id=holding.fund_id, investment_id=holding.pk, kind=EventKind.INVEST, value_date=DAY, amount_fen=100,
            actor=actor,
        )  # fmt: skip
        bind_policy(document_id=shangcheng.pk, fund_id=holding.fund_id, valid_from=DAY, actor=actor)
        Valuation.objects.create(investment=holding, valid_at=DAY, fair_value_fen=5, method="NET_ASSETS")


@pytest.mark.parametrize("role", Role)
def test_who_may_read_each_model(role, rf):
    request = rf.get("/admin/")
    request.user = UserFactory(role=role)
    for model in MODELS:
        may = admin.site.get_model_admin(model).has_view_permission(request)
        assert may is (role in READERS), model


@pytest.mark.usefixtures("undrawn")
def test_each_list_opens_for_a_reader_and_for_nobody_else(as_role, client):
    for role, answers in ((Role.AUDITOR, {200}), (Role.REVIEWER, {302, 403})):
        as_role(role)
        for name in LISTS:
            assert client.get(reverse(name)).status_code in answers, (role, name)


def test_lists_cost_the_same_for_one_row_and_three(as_role, client, django_assert_max_num_queries):
    """The first reading of a list may also fill a cache, so the second may be cheaper and never dearer."""
    actor = as_role(Role.ADMINISTRATOR)
    counts = []
    for more in (1, 2):
        stock(more, actor)
        counts.append({})
        for name in LISTS:
            with django_assert_max_num_queries(16) as queries:
                client.get(reverse(name))
            # Once a minute the clock of the session is written besides.
            counts[-1][name] = sum(query["sql"].startswith("SELECT") for query in queries)
    assert [name for name in LISTS if counts[1][name] > counts[0][name]] == []


def test_recording_an_event_by_form_reads_the_unit_and_keeps_what_was_typed_on_error(as_role, client):
    as_role(Role.FUND_OFFICER)
    holding = InvestmentFactory()
    form = {
        "fund": holding.fund_id, "investment": holding.pk, "kind": "INVEST", "value_date": "2024-03-01",
        "amount": "1,250.5", "unit": "wan", "document": "Agreement 7",
    }  # fmt: skip
    page = client.post(reverse("admin:funds_ledgerevent_add"), form | {"value_date": "2999-01-01"})
    assert page.status_code == 200
    assert "The value date lies in the future." in page.text
    assert "1,250.5" in page.text
    assert not LedgerEvent.objects.exists()
    assert client.post(reverse("admin:funds_ledgerevent_add"), form).status_code == 302
    assert LedgerEvent.objects.get().amount_fen == 1_250_500_000


def test_an_entry_is_reversed_from_its_page_once(as_role, client):
    stock(1, as_role(Role.ADMINISTRATOR))
    event = LedgerEvent.objects.get()
    page = reverse("admin:funds_ledgerevent_change", args=[event.pk])
    act = reverse("admin:funds_ledgerevent_act", args=[event.pk, "reverse"])
    assert act in client.get(page).text
    refused = client.post(act, {"reason": ""})
    assert refused.status_code == 200
    assert LedgerEvent.objects.count() == 1
    assert client.post(act, {"reason": "typed twice"}).status_code == 302
    assert LedgerEvent.objects.filter(reverses=event, reason="typed twice").count() == 1
    assert act not in client.get(page).text
    reversal = LedgerEvent.objects.get(reverses=event)
    for entry in (event, reversal):
        page = reverse("admin:funds_ledgerevent_change", args=[entry.pk])
        address = reverse("admin:funds_ledgerevent_act", args=[entry.pk, "reverse"])
        for answer in (client.get(address, follow=True), client.post(address, {"reason": "again"}, follow=True)):
            assert answer.redirect_chain == [(page, 302)]
            assert f"“Reverse this entry” is not possible for {entry} as it stands now." in answer.text
    assert LedgerEvent.objects.count() == 2


@pytest.mark.parametrize(("language", "label"), [("en", "Amount (yuan)"), ("zh-hans", "金额（元）")])
def test_an_entry_and_a_value_show_yuan_and_not_the_fen_that_are_kept(as_role, client, language, label):
    translations.compile_all()
    user = as_role(Role.ADMINISTRATOR)
    holding = InvestmentFactory()
    event = record_event(
        fund_id=holding.fund_id, investment_id=holding.pk, kind=EventKind.INVEST, value_date=DAY,
        amount_fen=123_456_789, actor=user,
    )  # fmt: skip
    value = Valuation.objects.create(investment=holding, valid_at=DAY, fair_value_fen=987_654_321, method="NET_ASSETS")
    english = {"accept-language": language}
    page = client.get(reverse("admin:funds_ledgerevent_change", args=[event.pk]), headers=english).text
    assert label in page
    assert "1,234,567.89" in page
    assert "123456789" not in page
    page = client.get(reverse("admin:funds_valuation_change", args=[value.pk]), headers=english).text
    assert "9,876,543.21" in page
    assert "987654321" not in page


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.PROGRAMME_MANAGER])
def test_readers_cannot_reverse(role, as_role, client):
    stock(1, UserFactory(role=Role.ADMINISTRATOR))
    as_role(role)
    act = reverse("admin:funds_ledgerevent_act", args=[LedgerEvent.objects.get().pk, "reverse"])
    assert client.post(act, {"reason": "no"}).status_code == 403
    assert LedgerEvent.objects.count() == 1


def test_a_policy_is_bound_ended_and_its_special_case_decided_by_two_people(as_role, client):
    as_role(Role.FUND_OFFICER)
    fund, document = FundFactory(), PolicyDocument.objects.get(code="CN-HZ-SHANGCHENG-2025")
    form = {"document": document.pk, "fund": fund.pk, "valid_from": "2024-01-01"}
    add = reverse("admin:funds_fundpolicybinding_add")
    assert client.post(add, form).status_code == 302
    assert "binds already" in client.post(add, form).text
    binding = FundPolicyBinding.objects.get()
    request = {
        "binding": binding.pk, "rule": document.rules.get(code="CN-HZ-SC-FUND-VC").pk, "evidence": "Minutes 3",
        "valid_from": "2024-01-01",
    }  # fmt: skip
    assert client.post(reverse("admin:funds_specialtierapproval_add"), request).status_code == 302
    approval = SpecialTierApproval.objects.get()
    decide = reverse("admin:funds_specialtierapproval_act", args=[approval.pk, "decide"])
    assert client.post(decide, {"decision": "approve", "decision_reason": "so"}).status_code == 403
    as_role(Role.PROGRAMME_MANAGER)
    assert client.post(decide, {"decision": "approve", "decision_reason": "Board 4"}).status_code == 302
    approval.refresh_from_db()
    assert approval.state == "APPROVED"
    as_role(Role.FUND_OFFICER)
    end = reverse("admin:funds_fundpolicybinding_act", args=[binding.pk, "end"])
    assert client.post(end, {"valid_to": "2024-12-31"}).status_code == 302
    assert FundPolicyBinding.objects.get(superseded_at=None).valid_to == date(2024, 12, 31)


def test_a_bound_document_is_read_only_and_its_next_version_is_made_by_a_button(as_role, client):
    as_role(Role.FUND_OFFICER)
    document = PolicyDocument.objects.get(code="CN-HZ-SHANGCHENG-2025")
    page = reverse("admin:funds_policydocument_change", args=[document.pk])
    assert 'name="title_zh"' in client.get(page).text
    bind_policy(
        document_id=document.pk, fund_id=FundFactory().pk, valid_from=DAY, actor=UserFactory(role=Role.FUND_OFFICER)
    )
    assert 'name="title_zh"' not in client.get(page).text
    made = client.post(reverse("admin:funds_policydocument_act", args=[document.pk, "version"]))
    assert made.status_code == 302
    version = PolicyDocument.objects.get(code=document.code, version=2)
    assert 'name="title_zh"' in client.get(reverse("admin:funds_policydocument_change", args=[version.pk])).text


def test_a_fund_is_made_and_changed_by_form_with_named_refusals(as_role, client):
    as_role(Role.FUND_OFFICER)
    form = {
        "code": "F1", "name_zh": "一号基金", "fund_class": "VENTURE", "kind": "DIRECT", "state": "INVESTING",
        "starts_on": "2024-01-01",
        "ends_on": "2023-01-01", "committed": "12", "unit": "yi", "government": "40%", "others_first_loss": "",
        "policy_bindings-TOTAL_FORMS": "0", "policy_bindings-INITIAL_FORMS": "0",
    }  # fmt: skip
    add = reverse("admin:funds_fund_add")
    assert "A fund ends after it starts." in client.post(add, form).text
    assert client.post(add, form | {"ends_on": "2034-01-01"}).status_code == 302
    fund = Fund.objects.get()
    assert (fund.code, fund.committed_fen, fund.others_first_loss_fen) == ("F1", 120_000_000_000, 0)
    assert (fund.government_num, fund.government_den) == (2, 5)


FUND = {
    "code": "F2", "name_zh": "二号基金", "fund_class": "VENTURE", "kind": "DIRECT", "state": "INVESTING",
        "starts_on": "2024-01-01",
    "committed": "12,000.5", "unit": "wan", "government": "1/3", "others_first_loss": "20 万元",
    "policy_bindings-TOTAL_FORMS": "0", "policy_bindings-INITIAL_FORMS": "0",
}  # fmt: skip


@pytest.mark.parametrize(
    ("field", "typed", "answer"),
    [
        ("committed", "1,5", "“1,5” is not a clear amount."),
        ("committed", "0", "Committed capital is above zero."),
        ("committed", "5 亿元", "The amount names another unit than the one chosen for it."),
        ("others_first_loss", "-3", "First loss is zero or more."),
        ("others_first_loss", "0.0000001", "The amount is finer than one fen"),
        ("government", "40", "Write the share as a percentage or a fraction, like 40% or 2/5."),
        ("government", "1/0", "Write the share as a percentage or a fraction, like 40% or 2/5."),
        ("government", "101%", "A share lies between 0 and 100 %."),
        ("government", "", "This field is required."),
    ],
)
def test_a_wrong_amount_or_share_is_answered_beside_its_field_with_nothing_lost(field, typed, answer, as_role, client):
    as_role(Role.FUND_OFFICER)
    page = client.post(reverse("admin:funds_fund_add"), FUND | {field: typed})
    form = page.context["adminform"].form
    assert answer in str(form.errors[field])
    assert set(form.errors) == {field}
    for name, text in (FUND | {field: typed}).items():
        if name in {"committed", "government", "others_first_loss"}:
            assert form[name].value() == text
    assert not Fund.objects.exists()


@pytest.mark.parametrize(("typed", "share"), [("33.35 %", (667, 2000)), ("２／５", (2, 5)), ("0%", (0, 1))])
def test_amounts_and_share_are_kept_exactly_and_shown_as_they_may_be_typed(typed, share, as_role, client):
    as_role(Role.FUND_OFFICER)
    assert client.post(reverse("admin:funds_fund_add"), FUND | {"government": typed}).status_code == 302
    fund = Fund.objects.get()
    assert (fund.committed_fen, fund.others_first_loss_fen) == (12_000_500_000, 20_000_000)
    assert (fund.government_num, fund.government_den) == share
    page = reverse("admin:funds_fund_change", args=[fund.pk])
    form = client.get(page).context["adminform"].form
    shown = {name: form[name].value() for name in ("committed", "unit", "government", "others_first_loss")}
    assert (shown["committed"], shown["others_first_loss"]) == ("12,000.5", "20")
    assert client.post(page, FUND | shown).status_code == 302
    again = Fund.objects.get()
    assert (again.committed_fen, again.others_first_loss_fen) == (12_000_500_000, 20_000_000)
    assert (again.government_num, again.government_den) == share


def test_who_only_reads_a_fund_sees_its_money_with_units(as_role, client):
    as_role(Role.AUDITOR)
    page = client.get(reverse("admin:funds_fund_change", args=[FundFactory(committed_fen=120_000_000_000).pk]))
    assert "120,000.00" in page.text
    assert 'name="committed"' not in page.text


def test_records_are_named_by_codes_and_companies(as_role, client):
    actor = as_role(Role.ADMINISTRATOR)
    stock(1, actor)
    event, binding = LedgerEvent.objects.get(), FundPolicyBinding.objects.get()
    holding, fund = event.investment, event.fund
    assert str(event) == f"{fund.code} #1"
    assert str(binding) == f"CN-HZ-SHANGCHENG-2025 v1 → {fund.code}"
    assert str(PeriodClose(fund=fund, through=DAY)) == f"{fund.code} 2024-03-01"
    approval = SpecialTierApproval(binding=binding, rule=binding.document.rules.get(code="CN-HZ-SC-FUND-VC"))
    assert str(approval) == f"CN-HZ-SC-FUND-VC · {binding} · Requested"
    named = f"{holding.code} {holding.company.name_zh}"
    with translation.override("zh-hans"):
        found = client.get(
            reverse("admin:autocomplete"),
            {"term": holding.code, "app_label": "funds", "model_name": "ledgerevent", "field_name": "investment"},
            headers={"Accept-Language": "zh-hans"},
        ).json()["results"]
    assert [result["text"] for result in found] == [named]
    for name in ("funds_investment_change", "funds_ledgerevent_changelist", "funds_valuation_changelist"):
        address = reverse(f"admin:{name}", args=[holding.pk] if name.endswith("change") else [])
        assert named in client.get(address, headers={"Accept-Language": "zh-hans"}).text


def test_dates_are_iso_in_both_languages_and_months_stay_spoken():
    for language, month in (("en", "November 2026"), ("zh-hans", "2026年11月")):
        with translation.override(language):
            assert date_format(date(2026, 11, 3)) == "2026-11-03"
            assert get_format("DATE_INPUT_FORMATS")[0] == "%Y-%m-%d"
            assert date_format(date(2026, 11, 3), "YEAR_MONTH_FORMAT") == month
