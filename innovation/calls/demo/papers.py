"""Demonstration: an application as a firm would send it, whole, with every section answered."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.utils import timezone

from innovation.accounts.choices import Role
from innovation.accounts.demo import email_of
from innovation.accounts.models import User
from innovation.calls.choices import ApplicationState, GateOutcome, MemberRole
from innovation.calls.models import Answer, AnswerFile, Application, ApplicationMember, Call, GateOverride, Submission
from innovation.calls.queries.screening import judged_gates
from innovation.calls.rules import forms
from innovation.core import history
from innovation.core.models import TransitionRecord
from innovation.organisations.choices import MembershipRole
from innovation.organisations.models import Organisation

FILE = Path(__file__).with_name("cases.json")
WAN = 1_000_000
CHECK_DAYS = 14
PAPERS = {"trl_start": "就绪度测试报告.pdf", "accounts": "上年度审计报告.pdf"}
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer<<>>\n%%EOF\n"
OFFICE = "项目管理办公室"
WAY = (
    (ApplicationState.DRAFT, "submit", ApplicationState.SUBMITTED),
    (ApplicationState.SUBMITTED, "check_pass", ApplicationState.ELIGIBLE),
    (ApplicationState.ELIGIBLE, "assign", ApplicationState.IN_REVIEW),
)
"""How a case comes to the reviewers, event by event."""
Row = dict[str, Any]


def planned(part: str) -> list[Row]:
    """The cases of ``part`` (``running``, ``finished``) as they are planned."""
    rows: list[Row] = json.loads(FILE.read_text(encoding="utf-8"))[part]
    return rows


def firms(rows: list[Row]) -> dict[str, Organisation]:
    """The firm of each plan by the name that the plan gives; ``own`` and ``second`` are those of the applicant."""
    found = {}
    for name in {row["firm"] for row in rows}:
        firm = own_firm(name) if name in OWN else Organisation.objects.filter(name_zh__contains=name).first()
        if firm is not None:
            found[name] = firm
    return found


def own_firm(name: str = "own") -> Organisation | None:
    """The firm that the demonstration's applicant leads (``own``), or a firm for which it writes (``second``)."""
    user = applicant()
    if user is None:
        return None
    mine = Organisation.objects.of_member(user, OWN[name]).filter(sector="I").order_by("-pk")
    return mine.first()


def applicant() -> User | None:
    return User.objects.filter(email=email_of(Role.APPLICANT)).first()


OWN = {"own": MembershipRole.LEAD, "second": MembershipRole.EDITOR}


def lodge(call: Call, firm: Organisation, row: Row, moment: datetime, state: str = ApplicationState.SUBMITTED) -> Any:
    """A case with its answers and its submission; a stranger's lead has an address of the firm's own domain."""
    user = applicant() if row["firm"] in OWN else None
    lead = user or User.objects.get_or_create(
        email=f"project@firm{firm.pk}.example", defaults={"name": f"{firm.name_zh[2:4]}项目部", "language": "zh-hans"}
    )[0]  # fmt: skip
    grant, own = _money(row)
    case = Application.objects.create(
        call=call, form=call.form, process=call.process, organisation=firm, title=row["title"], state=state,
        number=f"{call.code}-{call.applications.count() + 1:05d}".upper(), requested_fen=grant, own_fen=own,
        created_by=lead, created_at=moment - timedelta(days=9), submitted_at=moment, state_since=moment,
        due_on=timezone.localdate(moment) + timedelta(days=CHECK_DAYS), is_exclusive=call.one_per_organisation,
    )  # fmt: skip
    ApplicationMember.objects.create(application=case, user=lead, role=MemberRole.LEAD)
    _walked(case, moment)
    known = forms.by_key(call.form.content)
    given = {
        key: value
        for key, value in _answers(firm, row, lead).items()
        if key in known and isinstance(value, list) == (known[key]["type"] == "table")
    }
    Answer.objects.bulk_create(
        Answer(application=case, key=key, value=value, saved_at=moment, saved_by=lead) for key, value in given.items()
    )
    sent = {key: value for key, value in given.items() if not forms.is_later(known[key])}
    kept = sent | forms.computed_answers(call.form.content, sent)
    Submission.objects.create(
        application=case, serial=1, form=call.form, answers=kept, files=[], submitted_at=moment, submitted_by=lead,
        sha256=hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest(),
        submitted_label=history.label_of(lead),
    )  # fmt: skip
    return case


def _walked(case: Application, moment: datetime) -> None:
    """The steps from the draft to where the case stands, each with its day: rows alone, their mails left long ago."""
    steps = []
    for place, (before, event, after) in enumerate(WAY):
        actor = case.created_by if event == "submit" else None
        steps.append(
            TransitionRecord(
                content_type=ContentType.objects.get_for_model(Application), object_pk=str(case.pk), event=event,
                from_state=before, to_state=after, at=moment + timedelta(days=2 * place),
                actor_id=actor and actor.pk, actor_label=history.label_of(actor) or OFFICE,
            )
        )  # fmt: skip
        if after == case.state:
            break
    TransitionRecord.objects.bulk_create(steps)


def _money(row: Row) -> tuple[int, int]:
    """Fen of grant and own money: own money is over half, and ``own`` per cent of the grant where the plan says so."""
    grant = row["grant"] * WAN
    return grant, grant * row.get("own", 120) // 100


def attach_papers(case: Application) -> None:
    """The files that the form of the case asks for."""
    known = forms.by_key(case.form.content)
    for key, name in PAPERS.items():
        if key in known:
            AnswerFile.objects.create(
                application=case, key=key, file=ContentFile(PDF, name=f"{case.pk}-{key}.pdf"), file_name=name,
                file_kind="pdf", size=len(PDF), sha256=hashlib.sha256(PDF).hexdigest(), uploaded_by=case.created_by,
            )  # fmt: skip


def judge_gates(case: Application, officer: User, reason: str) -> None:
    """Have every gate that is not met by itself judged as met; rows alone, as many cases are judged."""
    GateOverride.objects.bulk_create(
        GateOverride(result=one.result, outcome=GateOutcome.MET, reason=reason, by=officer)
        for one in judged_gates(case)
        if one.outcome != GateOutcome.MET
    )


def _answers(firm: Organisation, row: Row, lead: User) -> Mapping[str, Any]:
    year = timezone.localdate().year
    grant, own = _money(row)
    half = grant * 6 // 10
    return {
        "title": row["title"], "innovation_type": "efficiency", "field": row["field"],
        "summary": row["summary"],
        "starts_on": date(year + 1, 1, 1).isoformat(), "ends_on": date(year + 2, 12, 31).isoformat(),
        "trl_start": 4, "trl_end": 7,
        "organisation_name": firm.name_zh, "uscc": firm.uscc or "", "division": firm.division_id,
        "industry": firm.industry_id, "staff": "86", "revenue": 4_200 * WAN, "rd_expense": 520 * WAN,
        "contact_name": {"name": lead.name}, "contact_phone": row.get("phone") or f"0571-55{firm.pk % 1_000_000:06d}",
        "market_fit": row["market"], "already_on_market": False,
        "operating_cost": 1_200_00, "energy_use": "1800",
        "cost_basis": "按试制记录测算。", "method": row["method"], "risks": "关键件设两家供应商。",
        "targets": [
            {"target": "主要性能", "now": "原理样机", "goal": "达到摘要所列指标", "proof": "第三方检测报告"},
            {"target": "可靠性", "now": "100小时", "goal": "1000小时", "proof": "连续运行记录"},
        ],
        "milestones": [
            {"title": "样机研制", "due": date(year + 1, 12, 31).isoformat(), "result": "样机通过检测", "payment": half},
            {"title": "小批验证", "due": date(year + 2, 12, 31).isoformat(), "result": "交付用户试用",
             "payment": grant - half},
        ],
        "leader": {"name": lead.name}, "leader_share": "60", "unfinished": "1",
        "members": [{"person": {"name": "方可"}, "role": "总体设计", "months": "18"},
                    {"person": {"name": "陶然"}, "role": "试验验证", "months": "12"}],
        "costs": [
            {"item": "研制人员", "category": "staff", "grant": grant - half, "own": own // 2},
            {"item": "试验设备", "category": "equipment", "grant": half, "own": own - own // 2},
        ],
        "double_funding": False, "ip_rule": "成果归申报单位所有。",
        "need_answer": [{"figure": "探测效率", "promise": "27%", "test": "需求方产线"}],
        "account_holder": firm.name_zh, "bank_name": "之江银行高新支行", "bank_account": f"3301{firm.pk:015d}",
        "company_leads": True, "pledge": True, "race": True, **_title_answers(year),
    }  # fmt: skip


def _title_answers(year: int) -> Mapping[str, Any]:
    """What the form of titles asks besides: an SRDI enterprise that is not a Little Giant yet."""
    figures = ((3_600, 3_420, 420, 2_350), (3_900, 3_660, 470, 2_500), (4_200, 3_990, 520, 2_700))
    return {
        "application_kind": "new", "family": "srdi", "segment_years": "6", "market_share": "8", "national_rank": "5",
        "years": [
            {"year": str(year - 3 + place), "revenue": sales * WAN, "main_revenue": main * WAN, "rd_expense": rd * WAN,
             "net_assets": net * WAN}
            for place, (sales, main, rd, net) in enumerate(figures)
        ],
        "main_ratio": "95", "main_revenue_growth": "9",
        "sales": 4_200 * WAN, "assets": 5_100 * WAN, "debts": 2_400 * WAN,
        "sci_staff": "24", "rd_staff": "18", "class1_ip": "3", "class1_ip_own_top3": "3", "class2_ip": "5",
        "ip_class": "class1_own", "strategic_industry": True, "holds_innovative_sme": True, "holds_srdi": True,
        "resident_enterprise": True, "field_allowed": True, "major_breach_3y": False, "major_breach_last_year": False,
        "is_single_champion": False, "twin_of_little_giant": False, "chain_key_link": True, "key_field": True,
    }  # fmt: skip
