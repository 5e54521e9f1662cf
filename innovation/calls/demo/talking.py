"""Demonstration: appeals, late documents, messages of the office to applicants, cases kept with definitions."""

from django.core.files.base import ContentFile

from innovation.accounts.choices import Role
from innovation.accounts.demo import email_of
from innovation.accounts.models import User
from innovation.calls.actions import appealing, definition_cases, late, messages
from innovation.calls.choices import ApplicationState, Audience
from innovation.calls.demo.papers import WAN
from innovation.calls.models import Appeal, Application, DefinitionCase, LateDocument, MessageBatch, MessageTemplate
from innovation.calls.queries.definitions import MODELS
from innovation.calls.rules.definitions import Kind

RUNNING = "rd-low-altitude"
LATE = {ApplicationState.IN_REVIEW: "第三方检测报告", ApplicationState.ELIGIBLE: "用户试用证明"}
AGAINST_CHECK = "通报的事故发生在已转让的厂区，转让协议和应急管理局的更正函已随信提交，请重新审查。"
AGAINST_DECISION = "专家意见没有考虑补充提交的现场对比测试，请复核评分。"
SITE_VISIT = "请于收到本通知后五个工作日内确认现场考察的时间和陪同人员。"
DRAFTED = "答辩安排在下周三上午，请准备十分钟的汇报材料。"
KEPT: tuple[tuple[Kind, str, str, dict[str, str], dict[str, object]], ...] = (
    (Kind.FORM, "funding_call", "空白申请书不能提交", {"state": "draft"}, {}),
    (Kind.FORM, "funding_call", "自筹低于申请经费", {"state": "draft"},
     {"costs": [{"item": "设备", "category": "equipment", "grant": 100 * WAN, "own": 40 * WAN}]}),
    (Kind.RUBRIC, "funding_eligibility", "近三年有重大失信", {"application_kind": "new"}, {"major_breach_3y": True}),
    (Kind.PROCESS, "rd_fund", "评审专家不足三名", {"state": "eligible", "event": "assign", "role": "coordinator"},
     {"reviewers": 2}),
    (Kind.DEADLINES, "funding_deadlines", "春节前提交", {"day": "2026-02-11"}, {}),
    (Kind.MESSAGE, "application_returned", "没有填写事由", {"language": "zh"}, {"name": "李工", "number": "RD-00001"}),
)  # fmt: skip


def make_talking() -> None:
    """Make what is not there yet; the same each time."""
    officer = User.objects.filter(email=email_of(Role.FUND_OFFICER)).first()
    if officer is None:
        return
    if not Appeal.objects.exists():
        _appeals()
    if not LateDocument.objects.exists():
        _late_documents(officer)
    if not MessageBatch.objects.exists():
        _messages(officer)
    if not DefinitionCase.objects.exists():
        _kept_cases(officer)


def _appeals() -> None:
    """One waits for its answer, one was taken back; of the latter's decision everybody in the office had a part."""
    for state, text in (
        (ApplicationState.INELIGIBLE, AGAINST_CHECK),
        (ApplicationState.REJECTED, AGAINST_DECISION),
    ):
        case = Application.objects.filter(state=state).order_by("pk").first()
        if case is not None:
            made = appealing.appeal(application_id=case.pk, text=text, actor=case.created_by)
            if state == ApplicationState.REJECTED:
                appealing.withdraw_appeal(appeal_id=made.pk, actor=case.created_by)


def _late_documents(officer: User) -> None:
    """One waits to be examined, one was accepted."""
    for (state, title), answer in zip(LATE.items(), ("", "检测日期早于申报截止日，予以接收。"), strict=True):
        case = Application.objects.filter(call__code=RUNNING, state=state).order_by("pk").first()
        if case is not None:
            made = late.hand_in_late(
                application_id=case.pk, title=title, why="检测机构盖章延迟，报告在截止日后才送达。",
                upload=ContentFile(f"项目,结论\n{title},合格\n".encode("utf-8-sig"), name=f"{title}.csv"),
                actor=case.created_by,
            )  # fmt: skip
            if answer:
                late.examine_late(document_id=made.pk, accepted=True, reason=answer, actor=officer)


def _messages(officer: User) -> None:
    """One message that has left, and one that stands as a preview."""
    template = MessageTemplate.objects.published().filter(family="office_message").first()
    rows = Application.objects.filter(call__code=RUNNING).order_by("pk")
    checked = rows.filter(state=ApplicationState.ELIGIBLE).values_list("pk", flat=True)
    reviewed = rows.filter(state=ApplicationState.IN_REVIEW).values_list("pk", flat=True)
    if template is None or not checked or not reviewed:
        return
    sent = messages.prepare(
        template_id=template.pk, application_ids=checked, actor=officer, audience=Audience.LEADS, note=SITE_VISIT
    )
    messages.confirm(batch_id=sent.pk, actor=officer)
    messages.prepare(
        template_id=template.pk, application_ids=reviewed, actor=officer, audience=Audience.WRITERS, note=DRAFTED
    )


def _kept_cases(officer: User) -> None:
    """Sample cases that each later version of a definition is tried with; what is expected is what it answers now."""
    for kind, family, title, asked, sample in KEPT:
        definition = MODELS[kind].objects.newest(family)
        if definition is not None:
            definition_cases.keep_case(
                definition=definition, title=title, asked=asked, sample=sample, actor=officer
            )  # fmt: skip
