"""A file of capital calls in the shape of the ILPA template that waits for its confirmation."""

from datetime import date

from django.core.files.uploadedfile import SimpleUploadedFile

from funds.actions.notices import split_call
from funds.choices.files import RecordFile
from funds.demo.plan import YOUNG
from funds.imports.records import upload_records
from funds.models import Fund, RecordImport
from funds.queries.notices import positions
from innovation.accounts.choices import Role
from innovation.accounts.demo import email_of
from innovation.accounts.models import User
from innovation.core.money import Unit, from_fen

HEAD = "fund_code,type,notice_date,due_date,purpose,investor,source,commitment (万元),investments,fees,expenses"
FIRST_CALL = 15_000 * 1_000_000
NOTICE_ON, DUE_ON = date(2026, 10, 8), date(2026, 10, 30)


def make_notice_file() -> None:
    """The first call of the young fund as its manager would send it: nine tenths for investments."""
    officer = User.objects.filter(email=email_of(Role.FUND_OFFICER)).first()
    fund = Fund.objects.filter(code=YOUNG.code).first()
    if officer is None or fund is None or RecordImport.objects.filter(kind=RecordFile.NOTICES).exists():
        return
    lines = [HEAD]
    for part in split_call(positions(fund, DUE_ON), FIRST_CALL, 0):
        stake, fees = part.position.stake, part.amount_fen // 12
        expenses = part.amount_fen // 60
        amounts = (stake.amount_fen, part.amount_fen - fees - expenses, fees, expenses)
        investor = fund.commitments.get(pk=stake.commitment_id).investor
        cells = (fund.code, "CALL", NOTICE_ON, DUE_ON, "首期缴款", investor.uscc, stake.source)
        lines.append(",".join([*map(str, cells), *(str(from_fen(fen, Unit.WAN)) for fen in amounts)]))
    content = ("\ufeff" + "\r\n".join(lines) + "\r\n").encode()
    upload = SimpleUploadedFile("ILPA-capital-call-2026-10.csv", content)
    upload_records(upload=upload, kind=RecordFile.NOTICES, actor=officer)
