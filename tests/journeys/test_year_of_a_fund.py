"""A year in the life of a fund, as its people live it in a browser: call, decide, invest, value, lose, warn, report."""

import io
import os
import re
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import timezone, translation
from django.utils.translation import gettext
from playwright.sync_api import expect
from pypdf import PdfReader

from funds.actions.alerts import sweep
from funds.actions.deals import save_item
from funds.casefile import verify_case
from funds.models import Commitment, Deal, ExemptionCase, LedgerEvent
from innovation.accounts.choices import Role
from innovation.reports.actions import make_run
from innovation.reports.models import ReportRun
from tests.browser import violations
from tests.factories import deals
from tests.factories.accounts import UserFactory
from tests.factories.deals import PDF
from tests.factories.funds import CompanyFactory
from tests.factories.organisations import OrganisationFactory
from tests.funds import scenes
from tests.funds.case_scenes import Cast, Walk

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]
THIN = "\u202f"


def quarter_end(day: date) -> date:
    """The last quarter end before ``day``."""
    return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1) - timedelta(days=1)


class Year:
    """One fund, its people, each with a window of their own, and the words of the language that they read."""

    def __init__(self, visit, language):
        self.visit, self.language = visit, language
        self.cast = Cast()
        self.finance = UserFactory(role=Role.FINANCE, name="Fang")
        self.fund = scenes.venture(
            name_en="Spring Fund",
            name_zh="春潮创投基金",
            committed_fen=1000 * scenes.WAN,
            manager=OrganisationFactory(),
        )
        self.cast.speak_for(self.fund)
        scenes.bind("CN-HZ-SHANGCHENG-2025", fund=self.fund)
        for source, amount in (("GOVERNMENT", 600), ("SOCIAL", 400)):
            Commitment.objects.create(
                fund=self.fund, investor=CompanyFactory(), source=source, amount_fen=amount * scenes.WAN,
                valid_from=date(2020, 1, 1),
            )  # fmt: skip
        self.committee = deals.committee(3, 2)
        self.today = timezone.localdate()
        self.quarter = quarter_end(self.today)
        self.met = self.quarter - timedelta(days=40)
        self.pages, self.shots = {}, 0

    def word(self, english, **facts):
        with translation.override(self.language):
            return gettext(english) % facts if facts else gettext(english)

    def open(self, user, path):
        """``path`` in the window of ``user``."""
        if user.pk not in self.pages:
            self.pages[user.pk] = self.visit(path, user=user, language=self.language)
        else:
            answer = self.pages[user.pk].goto(path)
            assert answer.status == 200, (path, answer.status)
        return self.pages[user.pk]

    def look(self, page):
        """Nothing that axe finds, in one of two languages of the same markup."""
        assert self.language == "en" or not violations(page), page.url

    def link(self, page, english):
        page.locator("main").get_by_role("link", name=self.word(english), exact=True).first.click()

    def press(self, page, english):
        page.locator("main").get_by_role("button", name=self.word(english), exact=True).first.click()

    def send(self, page, **fields):
        """Fill the form's fields by name and press its first button."""
        self.fill(page, **fields)
        page.locator("main form.form button.button").first.click()
        assert not page.locator(".error-summary").count(), page.locator(".error-summary").inner_text()

    def fill(self, page, **fields):
        for name, value in fields.items():
            field = page.locator(f"main form.form [name={name}]")
            kind = field.first.evaluate("field => field.type")
            if kind == "checkbox":
                field.check()
            elif kind == "radio":
                page.locator(f'main form.form [name={name}][value="{value}"]').check()
            elif kind == "file":
                field.set_input_files(value)
            elif kind == "select-one":
                field.select_option(str(value))
            else:
                field.fill(str(value))

    def reads(self, page, *texts):
        """The page shows each of ``texts``."""
        for text in texts:
            expect(page.locator("main")).to_contain_text(text)
        if folder := os.environ.get("SHOTS"):
            self.shots += 1
            page.screenshot(path=f"{folder}/{self.language}-{self.shots:02}.png", full_page=True)


def paper(name):
    return {"name": f"{name}.pdf", "mimeType": "application/pdf", "buffer": PDF + name.encode()}


def call_money(year):
    """600 and 400 万元 called, shown before they are issued, booked when paid."""
    page = year.open(year.cast.officer, f"/funds/{year.fund.pk}/notices/")
    year.link(page, "New capital call")
    year.send(
        page, amount_fen_amount="1000", notice_on=year.met, due_on=year.met + timedelta(days=15), purpose="Investments"
    )
    year.reads(page, "600.00", "400.00")
    year.press(page, "Issue this notice")
    year.link(page, "Book all open lines as paid")
    year.send(page, value_date=year.met + timedelta(days=15), document="bank slip 1")
    year.reads(page, year.word("Paid"))
    year.look(page)
    year.open(year.cast.officer, f"/funds/{year.fund.pk}/ledger/")
    year.reads(page, "600.00", "400.00")


def decide_deal(year):
    """From the first look to a committee in which one member recuses; returns the holding."""
    company = CompanyFactory(name_zh="钱江光电有限公司", name_en="Qianjiang Optics")
    page = year.open(year.cast.officer, "/funds/deals/new/")
    year.send(
        page, fund=year.fund.pk, company=company.name_zh, stage="seed", instrument="PREFERRED", amount_fen_amount="500",
        source="OWN", opened_on=year.met - timedelta(days=60), summary="A laser that pays", risks="One customer",
    )  # fmt: skip
    deal = Deal.objects.get()
    year.link(page, "Begin due diligence")
    year.send(page)
    for item in deal.items.all()[1:]:
        save_item(deal_id=deal.pk, item_id=item.pk, state="CLEAR", actor=year.cast.officer)
    year.open(year.cast.officer, f"/funds/deals/{deal.pk}/items/{deal.items.first().pk}/")
    year.send(page, state="CLEAR")
    year.open(year.cast.officer, f"/funds/deals/{deal.pk}/propose/")
    year.send(page)
    manager = year.open(year.cast.chair, f"/funds/deals/{deal.pk}/decide/")
    first, second, third = year.committee.members.all()
    year.send(
        manager, number="IC 1", met_on=year.met, outcome="APPROVED", reason="Good people", file=paper("minutes"),
        **{
            f"vote_{first.pk}": "RECUSED", f"reason_{first.pk}": "Cousin of the founder",
            f"vote_{second.pk}": "FOR", f"vote_{third.pk}": "FOR",
        },
    )  # fmt: skip
    manager.locator("main a", has_text="IC 1").first.click()
    year.reads(manager, "Cousin of the founder", year.word("Recused"), "500.00", "minutes.pdf")
    year.look(manager)
    deal.refresh_from_db()
    return deal.investment


def invest(year, holding):
    """A tranche above the limit of one person is paid once another person has approved it."""
    finance = year.open(year.finance, f"/funds/{year.fund.pk}/books/terms/")
    year.send(finance, approval_limit_fen_amount="450")
    page = year.open(year.cast.officer, f"/funds/holdings/{holding.pk}/agreement/")
    year.send(
        page, number="A 1", signed_on=year.met + timedelta(days=5), amount_fen_amount="500", tranche_1_amount="500",
        share="20%", decision=holding.decisions.get().pk,
    )  # fmt: skip
    year.link(page, "Pay")
    year.send(page, value_date=year.met + timedelta(days=20), document="transfer 7")
    assert not LedgerEvent.objects.filter(kind="INVEST").exists()
    year.reads(page, year.word("The payment waits for a second person."))
    year.open(year.finance, "/funds/proposals/")
    finance.locator("main tbody a").first.click()
    year.reads(finance, "500.00")
    year.look(finance)
    year.send(finance, decision="approve")
    year.open(year.cast.officer, f"/funds/holdings/{holding.pk}/")
    year.reads(page, "500.00", year.word("Paid"))


def value(year, holding):
    """20 % of 3,000 万元 at the end of the quarter, approved by another person."""
    page = year.open(
        year.cast.officer,
        f"/funds/valuations/new/?investment={holding.pk}&valid_at={year.quarter}&method=NET_ASSETS",
    )
    year.fill(
        page, entry_assets="2500", entry_liabilities="0", entry_share="20", now_assets="3000", now_liabilities="0",
        now_share="20", source_assets="Accounts", source_liabilities="Accounts", source_share="Register",
    )  # fmt: skip
    page.locator("main button[name=submit]").click()
    year.reads(page, "600.00")
    finance = year.open(year.finance, page.url)
    year.look(finance)
    year.link(finance, "Approve")
    year.send(finance, reason="Committee 4")
    year.open(year.cast.officer, f"/funds/holdings/{holding.pk}/")
    year.reads(page, "600.00")


def lose(year, holding):
    """Half the cost is lost: 250 of 500 万元 are 50 % against a cap of 40 %; the alert is taken note of."""
    page = year.open(year.cast.officer, f"/funds/{year.fund.pk}/record/write_off/")
    year.send(
        page, investment=holding.pk, value_date=year.quarter + timedelta(days=1), whole="part",
        cost_relieved_fen_amount="250", reason="The laser failed",
    )  # fmt: skip
    page.wait_for_selector("#preview")
    year.reads(page, "250.00")
    page.locator("button[name=book]").click()
    page.wait_for_url("**/entries/*/")
    sweep()
    year.open(year.cast.officer, "/funds/alerts/")
    year.reads(page, year.word("Red"))
    page.locator("main tbody a").first.click()
    year.reads(page, f"50.0{THIN}%")
    year.press(page, "Acknowledge the alert")
    year.reads(page, year.word("Acknowledged"))
    year.look(page)
    year.open(year.cast.officer, f"/funds/tolerance/?scope=fund-{year.fund.pk}")
    expect(page.locator(".result-sentence")).to_contain_text(f"50.0{THIN}%")
    expect(page.locator(".result-sentence")).to_contain_text(f"40.0{THIN}%")


def ask_for_special_tier(year):
    """The cap of 60 % holds only once the manager has approved it on the evidence."""
    page = year.open(year.cast.officer, f"/funds/special-tiers/request/?fund={year.fund.pk}")
    choice = page.locator("[name=choice] option[value]:not([value=''])").first.get_attribute("value")
    year.send(
        page, choice=choice, condition_met="on", evidence="Minutes 3", files=paper("opinion"),
        valid_from=date(year.today.year, 1, 1), valid_to=year.today + timedelta(days=90),
    )  # fmt: skip
    year.reads(page, "opinion.pdf")
    address = page.url
    year.open(year.cast.officer, f"/funds/tolerance/?scope=fund-{year.fund.pk}")
    expect(page.locator(".result-sentence")).to_contain_text(f"40.0{THIN}%")
    manager = year.open(year.cast.chair, address)
    year.fill(manager, decision="approve", decision_reason="Board 4")
    year.press(manager, "Record the decision")
    year.reads(manager, "Board 4", year.word("Approved"))
    year.look(manager)
    year.open(year.cast.officer, f"/funds/tolerance/?scope=fund-{year.fund.pk}")
    expect(page.locator(".result-sentence")).to_contain_text(f"60.0{THIN}%")
    year.look(page)


def exempt(year, folder):
    """The case that the loss opened: frozen, examined, decided, archived; its sealed file verifies without us."""
    case = ExemptionCase.objects.get()
    page = year.open(year.cast.officer, f"/funds/cases/{case.pk}/")
    year.reads(page, "250.00")
    year.link(page, "Add a document")
    year.send(page, file=paper("minutes of the committee"), kind="MINUTES")
    year.link(page, "Name a person judged")
    year.send(page, name="Gu Qingyuan", function="Investment director", regime="LOCAL_SOE")
    year.link(page, "Freeze the evidence")
    year.send(page)
    year.reads(page, f"50.0{THIN}%")
    walk = Walk(year.cast, ExemptionCase.objects.get())
    walk.start()
    walk.answer()
    walk.screen()
    mine = year.open(year.cast.applicant, f"/funds/my-cases/{case.pk}/statement/")
    year.fill(mine, text="We followed every rule.")
    year.press(mine, "Submit the statement")
    walk.evaluate()
    people = [year.cast.chair, *year.cast.members]
    walk.seat(people)
    walk.vote(people)
    chair = year.open(year.cast.chair, f"/funds/cases/{case.pk}/")
    year.link(chair, "Decide")
    year.send(chair, outcome="EXEMPT", reasons="Lawful, loyal, diligent.")
    mine.goto(f"/funds/my-cases/{case.pk}/")
    year.reads(mine, year.word("Exempt"), "Lawful, loyal, diligent.")
    walk.archive()
    year.open(year.cast.officer, f"/funds/cases/{case.pk}/")
    year.look(page)
    with page.expect_download() as download:
        year.link(page, "Sealed file (ZIP)")
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    script = Path(verify_case.__file__)
    done = subprocess.run([sys.executable, str(script), str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    year.reads(page, re.search(r"[0-9a-f]{64}", done.stdout).group())


def report(year, folder):
    """The report of the quarter, made by the worker, on the page and on paper."""
    page = year.open(year.cast.officer, "/reports/new/fund_quarter/")
    year.send(page, fund=year.fund.pk, as_of=year.today)
    run = ReportRun.objects.get()
    make_run(run.pk)
    expect(page.locator(f"a[href='/reports/runs/{run.pk}/files/pdf/']").first).to_be_visible(timeout=30_000)
    year.reads(page, "500.00", "1,000.00")
    year.look(page)
    with page.expect_download() as download:
        page.locator(f"a[href='/reports/runs/{run.pk}/files/pdf/']").first.click()
    file = folder / "report.pdf"
    download.value.save_as(file)
    text = "".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(file.read_bytes())).pages)
    assert year.fund.name_en in text if year.language == "en" else year.fund.name_zh in text
    assert "1,000.00" in text


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_year_in_the_life_of_a_fund(visit, tmp_path, language):
    year = Year(visit, language)
    call_money(year)
    holding = decide_deal(year)
    invest(year, holding)
    value(year, holding)
    lose(year, holding)
    ask_for_special_tier(year)
    exempt(year, tmp_path)
    report(year, tmp_path)
