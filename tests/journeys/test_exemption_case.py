"""One case from the loss to the sealed file, in a browser: officer, manager, panel, and the script that verifies it."""

import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import expect

from funds.actions.events import record_event
from funds.casefile import verify_case
from funds.choices.cases import CaseState
from funds.choices.ledger import EventKind
from funds.models import ExemptionCase
from tests.browser import overflow, violations
from tests.funds.case_scenes import Cast, Walk, fund_with_loss

pytestmark = pytest.mark.django_db(transaction=True)


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def tick_all_and_press(page, *labels, name):
    """Every box of these labels; the button stands after them, so that once it is there none of them is missing."""
    page.get_by_role("button", name=name, exact=True).wait_for()
    for box in [box for label in labels for box in page.get_by_label(label, exact=True).all()]:
        box.check()
    press(page, name)


def paper(name):
    return {"name": f"{name}.pdf", "mimeType": "application/pdf", "buffer": f"%PDF-1.7\n{name}\n%%EOF\n".encode()}


def officer_works(page):
    """Document, person, freeze, checklist, negative list."""
    page.get_by_role("link", name="Add a document").click()
    page.get_by_label("Document", exact=True).set_input_files(paper("minutes"))
    page.get_by_label("Kind").select_option("MINUTES")
    press(page, "Add a document")
    page.get_by_role("link", name="Name a person judged").click()
    page.get_by_label("Name", exact=True).fill("Gu Qingyuan")
    page.get_by_label("Function in the decision").fill("Investment director")
    page.get_by_label("Local state-owned enterprise").check()
    press(page, "Name a person judged")
    page.get_by_role("link", name="Freeze the evidence").click()
    press(page, "Freeze the evidence")
    expect(page.get_by_role("heading", name="Loss rate under every reading")).to_be_visible()
    page.get_by_role("link", name="Start the checklist").click()
    press(page, "Start the checklist")
    page.get_by_role("link", name="Answer the checklist: Gu Qingyuan").click()
    assert not violations(page)
    tick_all_and_press(page, "minutes.pdf", "Met", name="Answer the checklist")
    page.get_by_role("link", name="Close the checklist").click()
    press(page, "Close the checklist")
    page.get_by_role("link", name="Answer the negative list: Gu Qingyuan").click()
    tick_all_and_press(page, "Not found", name="Answer the negative list")
    page.get_by_role("link", name="Close the screening").click()
    press(page, "Close the screening")
    expect(page.get_by_text("The manager submits a statement with documents.")).to_be_visible()


def panel_decides(visit, walk):
    """Evaluation by the office, three votes and the chair's decision in the browser."""
    case, cast = walk.case, walk.cast
    walk.evaluate()
    walk.seat([cast.chair, *cast.members])
    for user in (cast.chair, *cast.members):
        panel = visit(f"/funds/cases/{case.pk}/", user=user)
        panel.get_by_role("link", name="Vote", exact=True).click()
        panel.get_by_label("Exempt", exact=True).check()
        panel.get_by_label("Reasons").fill("Every duty was fulfilled.")
        press(panel, "Vote")
    chair = visit(f"/funds/cases/{case.pk}/", user=cast.chair)
    chair.get_by_role("link", name="Decide", exact=True).click()
    chair.get_by_label("Exempt", exact=True).check()
    chair.get_by_label("Reasons").fill("Lawful, loyal, diligent.")
    press(chair, "Decide")


def test_a_case_from_the_loss_to_the_sealed_file(visit, tmp_path):
    cast = Cast()
    fund, holding = fund_with_loss()
    cast.speak_for(fund)
    record_event(
        fund_id=fund.pk, investment_id=holding.pk, kind=EventKind.WRITE_OFF, value_date=date(2026, 3, 2),
        amount_fen=0, cost_relieved_fen=100_000_000, actor=cast.officer,
    )  # fmt: skip
    case = ExemptionCase.objects.get()
    page = visit("/funds/cases/", user=cast.officer)
    assert not violations(page)
    page.get_by_role("link", name=case.code).click()
    officer_works(page)
    assert not violations(page)

    mine = visit(f"/funds/my-cases/{case.pk}/", user=cast.applicant)
    mine.get_by_role("link", name="Write the statement").click()
    mine.get_by_label("Statement").fill("We followed every rule.")
    press(mine, "Submit the statement")
    expect(mine.get_by_text("An independent evaluation is being made").first).to_be_visible()
    assert not violations(mine)

    walk = Walk(cast, case)
    panel_decides(visit, walk)
    mine.reload()
    expect(mine.get_by_role("heading", name=re.compile("First decision: Exempt"))).to_be_visible()
    expect(mine.get_by_text("You may appeal once")).to_be_visible()

    walk.archive()
    assert ExemptionCase.objects.get().state == CaseState.ARCHIVED
    page = visit(f"/funds/cases/{case.pk}/", user=cast.officer)
    with page.expect_download() as download:
        page.get_by_role("link", name="Sealed file (ZIP)").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    script = Path(verify_case.__file__)
    done = subprocess.run([sys.executable, str(script), str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert page.get_by_text(re.search(r"[0-9a-f]{64}", done.stdout).group()).first.is_visible()
    narrow = visit(f"/funds/cases/{case.pk}/", user=cast.officer, language="zh-hans", width=360)
    expect(narrow.get_by_role("heading", name="步骤链")).to_be_visible()
    assert overflow(narrow) <= 0
    assert not violations(narrow)
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/case.png", full_page=True)
        narrow.screenshot(path=f"{folder}/narrow.png", full_page=True)
        mine.screenshot(path=f"{folder}/mine.png", full_page=True)
        visit("/funds/cases/", user=cast.officer, width=1440).screenshot(path=f"{folder}/list.png")
