"""Demonstration: a file of old grants, checked and written; one of them runs beside a case of today."""

from django.core.files.base import ContentFile

from innovation.accounts.choices import Role
from innovation.accounts.demo import email_of
from innovation.accounts.models import User
from innovation.calls.demo.papers import firms, planned
from innovation.calls.imports.award_rows import HEADS
from innovation.calls.imports.awards import confirm_awards, send_awards
from innovation.calls.models import EarlierAward

NAMES = ("organisation", "funder", "number", "title", "programme", "leader", "awarded_on", "ends_on", "state")
AWARDS = (
    ("瀚宇先进材料", "省科学技术厅", "2021C01088", "热固性碳纤维舱门", "重点研发计划", "蒋闻", "2021-06-01",
     "2024-05-31", "finished", "180"),
    ("瀚宇先进材料", "国家自然科学基金委员会", "U25A2031", "热塑性复合材料界面机理", "联合基金", "蒋闻", "2025-01-01",
     "2028-12-31", "running", "260"),
    ("朗润智能机器人", "市科学技术局", "2022KJ0417", "双余度飞控样机", "市级科技计划", "郑拓", "2022-09-01",
     "2023-12-31", "stopped", "60.5"),
    ("致远人工智能", "市工业和信息化局", "GX2023-0092", "注塑件视觉检测", "技术改造专项", "柏言", "2023-03-01",
     "2024-02-28", "failed", "45"),
)  # fmt: skip


def make_earlier() -> None:
    """Make what is not there yet; the same each time."""
    officer = User.objects.filter(email=email_of(Role.FUND_OFFICER)).first()
    if officer is None or EarlierAward.objects.exists():
        return
    known = firms([*planned("running"), *planned("finished")])
    rows = [[known[row[0]].code, *row[1:]] for row in AWARDS if row[0] in known]
    if not rows:
        return
    head = [*(HEADS[name][-1] for name in NAMES), "金额（万元）"]
    text = "\ufeff" + "\n".join(",".join(line) for line in (head, *rows)) + "\n"
    sent = send_awards(upload=ContentFile(text.encode(), name="历年立项清单.csv"), actor=officer)
    confirm_awards(import_id=sent.pk, actor=officer)
