"""A workbook and an ILPA export of the first fund, asked for while the city is made, written by the worker."""

from funds.demo.plan import GUIDANCE, LAST_DAY
from funds.models import ExportTemplate, Fund
from funds.reports import exported, workbook
from innovation.accounts.choices import Role
from innovation.accounts.demo import email_of
from innovation.accounts.models import User
from innovation.reports.actions import request_run
from innovation.reports.models import ReportRun


def make_exports() -> None:
    """One run of each, as of the last quarter end of the story."""
    officer = User.objects.filter(email=email_of(Role.FUND_OFFICER)).first()
    fund = Fund.objects.filter(code=GUIDANCE.code).first()
    template = ExportTemplate.objects.filter(code="ILPA_REPORTING", published_at__isnull=False).first()
    if officer is None or fund is None or template is None or ReportRun.objects.filter(kind=exported.CODE).exists():
        return
    for kind, more in ((workbook.CODE, {}), (exported.CODE, {"template": template.pk})):
        request_run(kind=kind, parameters={"fund": fund.pk, **more}, actor=officer, as_of=LAST_DAY, language="zh-hans")
