"""A public list of 923 real start-ups goes through the mapping door and gives its known loss rates.

The list is not part of the product (its licence is not stated). ``STARTUP_LIST`` names a copy of it.
"""

import os
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Sum
from django.utils import timezone

from funds.choices.ledger import EventKind
from funds.imports import steps
from funds.imports.demo import STARTUP_LIST
from funds.models import Fund, FundGroup, LedgerEvent, PortfolioImport
from funds.queries.ledger import broken_links
from funds.queries.tolerance import Target, evaluate
from innovation.accounts.choices import Role
from innovation.core import jobs
from tests.factories.accounts import UserFactory

FILE = Path(os.environ.get("STARTUP_LIST", ""))


@pytest.mark.django_db
@pytest.mark.skipif(not FILE.is_file(), reason="STARTUP_LIST names no copy of the public list of start-ups")
def test_the_public_list_gives_its_known_loss_by_count_and_by_capital():
    officer = UserFactory(role=Role.FUND_OFFICER)
    row = steps.upload_portfolio(upload=SimpleUploadedFile(FILE.name, FILE.read_bytes()), actor=officer)
    steps.map_columns(import_id=row.pk, mapping=STARTUP_LIST, actor=officer)
    jobs.run(PortfolioImport, row.pk, steps.work_on)
    steps.confirm_import(import_id=row.pk, actor=officer)
    jobs.run(PortfolioImport, row.pk, steps.work_on)
    row.refresh_from_db()
    assert (row.state, row.error, row.receipt["rows"]) == ("done", "", 923)
    assert Fund.objects.count() == 35
    group = FundGroup.objects.get(code=STARTUP_LIST.group_code)
    view = evaluate(Target.of_group(group), date(2013, 12, 31), timezone.now())
    assert (view.total_losses.total_losses, view.total_losses.holdings) == (326, 923)
    invested = LedgerEvent.objects.filter(kind=EventKind.INVEST).aggregate(sum=Sum("amount_fen"))["sum"]
    lost = LedgerEvent.objects.aggregate(sum=Sum("cost_relieved_fen"))["sum"]
    assert (invested, lost) == (23_462_428_412_00, 4_927_595_122_00)
    gross = next(r for r in view.main.readings if (r.theta.basis, r.theta.netting) == ("REALISED", "NONE"))
    assert gross.rate.rate == Fraction(lost, invested)
    assert f"{float(gross.rate.rate):.3f}" == "0.210"
    assert broken_links() == []
