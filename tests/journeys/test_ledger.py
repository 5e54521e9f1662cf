"""The officer's ledger in a real browser: an entry with its effect, a call with its split, nothing for axe to find."""

import os
from datetime import date

import pytest
from django.urls import reverse

from funds.actions.books import prove_books, set_book_terms
from funds.actions.events import close_period, record_event
from funds.actions.notices import issue_notice
from funds.choices.ledger import ProofOccasion
from funds.models import Commitment, EntryProposal, LedgerEvent
from innovation.accounts.choices import Role
from tests.browser import violations
from tests.factories.accounts import UserFactory
from tests.factories.funds import CompanyFactory
from tests.funds import scenes

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]
DAY = date(2024, 3, 1)


def books():
    """A fund with investors, a call, a closed period, a limit and a proof."""
    officer, finance = UserFactory(role=Role.FUND_OFFICER), UserFactory(role=Role.FINANCE)
    fund = scenes.fund_within()
    for name, amount in (("之江财政投资中心", 600), ("钱塘产业资本", 400)):
        Commitment.objects.create(
            fund=fund, investor=CompanyFactory(name_zh=name), source="SOCIAL", amount_fen=amount * 10 * scenes.WAN,
            valid_from=date(2020, 1, 1),
        )  # fmt: skip
    call = issue_notice(
        word="call", fund_id=fund.pk, amount_fen=100 * scenes.WAN, notice_on=DAY, due_on=DAY, purpose="Investments",
        actor=officer,
    )  # fmt: skip
    close = close_period(fund_id=fund.pk, through=date(2024, 3, 31), actor=finance)
    holding = fund.investments.first()
    record_event(
        fund_id=fund.pk, investment_id=holding.pk, kind="WRITE_OFF", value_date=DAY, amount_fen=0, late=True,
        cost_relieved_fen=50 * scenes.WAN, reason="found in the audit", actor=finance,
    )  # fmt: skip
    set_book_terms(fund_id=fund.pk, approval_limit_fen=200 * scenes.WAN, is_complete=False, actor=finance)
    proposal = EntryProposal.objects.create(
        fund=fund, kind="CALL", value_date=date(2024, 5, 2), amount_fen=300 * scenes.WAN, proposed_by=officer
    )
    prove_books(occasion=ProofOccasion.NIGHTLY, anchor_on=DAY)
    return fund, holding, call, close, proposal


@pytest.mark.parametrize(("language", "width"), [("en", 1440), ("zh-hans", 360)])
def test_an_officer_books_an_exit_after_its_effect_was_shown(visit, language, width):
    fund, holding, call, close, proposal = books()
    page = visit(
        reverse("funds:record", args=[fund.pk, "exit_partial"]), role=Role.FUND_OFFICER, language=language, width=width
    )
    page.select_option("select[name=investment]", str(holding.pk))
    page.fill("input[name=value_date]", "2024-05-01")
    page.fill("input[name=amount_fen_amount]", "10")
    page.fill("input[name=cost_relieved_fen_amount]", "40")
    page.click("form.form[enctype] button.button")
    page.wait_for_selector("#preview")
    assert violations(page) == []
    _keep(page, f"effect-{language}")
    page.click("button[name=book]")
    page.wait_for_url("**/entries/*/")
    assert LedgerEvent.objects.filter(kind="EXIT_PARTIAL", amount_fen=10 * scenes.WAN).count() == 1
    addresses = {
        "entry": page.url,
        "books": reverse("funds:books", args=[fund.pk]),
        "choose": reverse("funds:record_choose", args=[fund.pk]),
        "restated": reverse("funds:restatements", args=[close.pk]),
        "proposal": proposal.get_absolute_url(),
        "notices": reverse("funds:notices", args=[fund.pk]),
        "call": call.get_absolute_url(),
        "proofs": reverse("funds:proofs"),
        "bank": reverse("funds:bank", args=[fund.pk]),
        "fees": reverse("funds:fee_charge", args=[fund.pk]),
    }
    for name, address in addresses.items():
        page.goto(address)
        assert violations(page) == [], name
        _keep(page, f"{name}-{language}")


def _keep(page, name):
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
