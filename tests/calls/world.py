"""A world with a case in every phase, and arguments for every address of calls: for tests that walk through all.

``World(blind=case)`` is built once a test; ``more()`` adds another case in every phase, to see whether pages that list
them cost more. The addresses are those of the resolver, never a list by hand: a new one without arguments fails.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from innovation.accounts.choices import Role
from innovation.calls.actions import (
    appealing,
    changing,
    deciding,
    definition_cases,
    entitling,
    late,
    messages,
    milestones,
    needs,
    notices,
    payments,
    people,
    reviewing,
    screening,
)
from innovation.calls.actions.files import add_file
from innovation.calls.actions.reviewing import Written
from innovation.calls.choices import ApplicationState, MemberRole, ReportSection
from innovation.calls.forms.acts import ACTS
from innovation.calls.imports.awards import confirm_awards, send_awards
from innovation.calls.models import Application, CallDocument, MessageTemplate, RubricDefinition
from innovation.calls.queries.definitions import MODELS
from innovation.core.models import OutboxMessage
from tests.calls.scenes import Office, first_milestone, pdf
from tests.calls.wide_form import WIDE
from tests.calls.wide_form import pdf as plan
from tests.factories.accounts import UserFactory
from tests.factories.calls import ApplicationFactory, CallFactory
from tests.factories.organisations import MembershipFactory, OrganisationFactory
from tests.factories.reviews import ReviewFactory, make_reviewer, submitted_case

NAMESPACES = ("calls", "reviews")
ROUTES = (
    "publiccall", "application", "applicationdecision", "publicnotice", "applicationagreement", "applicationmilestone",
    "applicationpayment", "applicationchange", "entitlement", "review", "casereview", "officecase", "screening",
    "challengeneed", "applicationappeal", "applicationlatedocument", "earlieraward", "applicationmessage",
    "definitioncase", "definition",
)  # fmt: skip
"""Base names of the API's routes of calls; ``definition`` stands for those of all kinds."""
WRITTEN = Written({"novelty": 8, "team": 6, "market": 4}, {"novelty": "有新意"}, "总体可行", "")


def pages() -> Iterator[tuple[str, list[str]]]:
    """Name and arguments of every page of calls, as the resolver knows them."""
    for top in get_resolver().url_patterns:
        if isinstance(top, URLResolver) and top.namespace in NAMESPACES:
            for pattern in top.url_patterns:
                assert isinstance(pattern, URLPattern)
                yield f"{top.namespace}:{pattern.name}", list(pattern.pattern.converters)


def routes() -> Iterator[tuple[str, list[str]]]:
    """Name and arguments of every address of the API that belongs to calls."""
    (api,) = [top for top in get_resolver().url_patterns if getattr(top, "namespace", None) == "api"]
    for pattern in api.url_patterns:
        base = next((one for one in ROUTES if re.match(rf"{one}(-[a-z_]+)*-", f"{pattern.name}-")), None)
        module = getattr(getattr(pattern.callback, "cls", None), "__module__", "")
        assert (base is not None) == module.startswith("innovation.calls."), pattern.name
        if base is not None:
            yield f"api:{pattern.name}", list(pattern.pattern.regex.groupindex)


@dataclass
class World:
    """``owner`` writes every case, ``reviewer`` reviews every case that is in review."""

    office: Office = field(default_factory=Office)
    owner: Any = field(default_factory=lambda: UserFactory(role=Role.APPLICANT, name="World Owner"))
    reviewer: Any = field(default_factory=make_reviewer)
    found: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.more()

    def case(self, state: str, **facts: Any) -> Application:
        return ApplicationFactory(state=state, created_by=self.owner, **facts)

    def more(self) -> None:
        """One more case in every phase; ``found`` names the newest record of each kind."""
        self._applying()
        self._reviewing()
        self._deciding()
        self._running()
        self.found["kept"] = definition_cases.keep_case(
            definition=RubricDefinition.objects.newest("challenge_eligibility"), title=f"例{self.found['draft'].pk}",
            asked={}, sample={"own_share": "0.4"}, actor=self.office.officer,
        )  # fmt: skip

    def _applying(self) -> None:
        office, at = self.office, self.found
        call = CallFactory(form__content=WIDE)
        file = SimpleUploadedFile("公告.csv", "甲,乙\n".encode())
        at["call"], at["document"] = call, CallDocument.objects.create(
            call=call, title="公告", file=file, file_name="公告.csv", file_kind="csv", size=8, sha256="0" * 64,
            recorded_by=office.officer,
        )  # fmt: skip
        draft = at["draft"] = self.case(ApplicationState.DRAFT, call=call)
        colleague = MembershipFactory(organisation=draft.organisation).user
        people.set_member(application_id=draft.pk, user_id=colleague.pk, role=MemberRole.VIEWER, actor=self.owner)
        at["colleague"] = colleague
        at["need"] = needs.post_need(
            organisation_id=draft.organisation_id, title="低成本传感器", summary="农机用", targets="寿命3000小时",
            actor=self.owner,
        )  # fmt: skip
        at["partner"] = people.invite_partner(
            application_id=draft.pk, name="合作大学", email=f"p{draft.pk}@example.org", sections=("money",),
            actor=self.owner,
        )  # fmt: skip
        mail = OutboxMessage.objects.filter(key__startswith=f"application-partner-{at['partner'].pk}-").last()
        at["token"] = re.search(r"/calls/invitations/([^/\s]+)/", mail.payload["text"]).group(1)
        upload = SimpleUploadedFile("plan.pdf", plan())
        at["file"] = add_file(application_id=draft.pk, key="plan", upload=upload, actor=self.owner)
        sent = at["sent"] = submitted_case(
            created_by=self.owner, call__rubric=RubricDefinition.objects.newest("challenge_eligibility")
        )
        batch = messages.prepare(
            template_id=MessageTemplate.objects.newest("application_received").pk, application_ids=[sent.pk],
            audience="leads", note="", actor=office.officer,
        )  # fmt: skip
        at["batch"] = batch
        refused = submitted_case(created_by=self.owner)
        screening.check_fail(application_id=refused.pk, reasons={}, text="不在支持领域内", actor=office.officer)
        at["appeal"] = appealing.appeal(application_id=refused.pk, text="属于新材料领域", actor=self.owner)
        at["late"] = late.hand_in_late(
            application_id=sent.pk, title="检测报告", why="盖章延迟", actor=self.owner,
            upload=SimpleUploadedFile("report.pdf", plan()),
        )  # fmt: skip
        file = send_awards(upload=SimpleUploadedFile("old.csv", self.old_grants()), actor=office.officer)
        at["awards"] = confirm_awards(import_id=file.pk, actor=office.officer)
        run = screening.screen(application_id=sent.pk, actor=office.officer)
        at["screening"], at["gate"] = run, run.gates.first() if run else None

    def old_grants(self) -> bytes:
        """A file of earlier awards with one row."""
        firm = OrganisationFactory()
        head = "uscc,funder,number,project,state,awarded on,amount (yuan)"
        return f"{head}\n{firm.code},省科技厅,A1,雷达,finished,2023-05-01,1205000\n".encode()

    def _reviewing(self) -> None:
        at = self.found
        case = submitted_case(ApplicationState.IN_REVIEW, created_by=self.owner, call__is_blind=True)
        at["reviewed"] = case
        at["review"] = ReviewFactory(application=case, reviewer=self.reviewer)
        other = ReviewFactory(application=case)
        reviewing.submit_review(review_id=other.pk, written=WRITTEN, actor=other.reviewer)
        make_reviewer()
        invited = submitted_case(ApplicationState.IN_REVIEW)
        at["invited"] = ReviewFactory(application=invited, reviewer=self.reviewer, state="invited")

    def _deciding(self) -> None:
        office, at = self.office, self.found
        ranked = at["ranked"] = self.case("ranked")
        item = at["item"] = office.meeting(ranked)
        office.vote(item, "approve_with_conditions")
        at["proposal"] = office.proposed(
            ranked, "approve_with_conditions",
            conditions=[{"text": "补充合同", "due_on": timezone.localdate() + timedelta(days=5)}],
        )  # fmt: skip
        deciding.decide(proposal_id=at["proposal"].pk, actor=office.chair)
        noticed = self.case("ranked")
        office.decided(noticed)
        notice = at["notice"] = office.noticed(noticed, over=False)
        at["offered"] = office.offered(noticed)
        at["objection"] = notices.object_to(
            notice_id=notice.pk, name="王", email="w@example.org", phone="", text="不公平", uploads=[pdf("x.pdf")]
        )
        mail = OutboxMessage.objects.get(key=f"objection-{at['objection'].pk}")
        at["objection_token"] = re.search(r"/objections/([^/\s]+)/", mail.payload["text"]).group(1)
        certified = self.case("approved", call__process__key="sme_certification", call__kind="sme")
        office.noticed(certified)
        at["title"] = entitling.issue(application_id=certified.pk, actor=office.officer)

    def _running(self) -> None:
        office, at = self.office, self.found
        case = at["active"] = office.active(created_by=self.owner)
        at["milestone"] = first_milestone(case)
        at["agreement"] = at["milestone"].agreement
        report = at["report"] = milestones.submit_report(
            milestone_id=at["milestone"].pk, sections={ReportSection.RESULTS: "样机通过测试"}, actor=self.owner,
            uploads=[pdf("report.pdf")],
        )  # fmt: skip
        check = milestones.check_report(report_id=report.pk, passed=True, actor=office.checker)
        at["payment"] = payments.order_payment(check_id=check.pk, actor=office.finance)
        at["change"] = changing.ask_change(application_id=case.pk, text="换负责人", actor=self.owner)

    def arguments(self) -> dict[str, dict[str, Any]]:
        """For each page with arguments those of the newest records."""
        at = self.found
        draft, sent = {"pk": at["draft"].pk}, {"pk": at["sent"].pk}
        receipt = sent | {"serial": 1}
        section = draft | {"section": "project"}
        reviewed, review = {"pk": at["reviewed"].pk}, {"pk": at["review"].pk}
        notice, title = {"pk": at["notice"].pk}, {"number": at["title"].number}
        code, of_call = {"code": at["call"].code}, {"call": at["reviewed"].call_id}
        judged = {"code": at["sent"].call.code}
        of_file = {"pk": at["review"].pk, "file": at["file"].pk}
        return {
            "calls:need": {"pk": at["need"].pk}, "calls:award_file": {"pk": at["awards"].pk},
            "calls:call": code, "calls:call_calendar": code, "calls:eligibility": judged, "calls:apply": code,
            "calls:call_document": {"pk": at["document"].pk}, "calls:self_test": {"family": "srdi"},
            "calls:lookup": {"kind": "industry"}, "calls:answer_file": {"pk": at["file"].pk},
            "calls:application": draft, "calls:application_check": draft, "calls:receipt": receipt,
            "calls:receipt_pdf": receipt, "calls:application_withdraw": sent, "calls:application_delete": draft,
            "calls:application_data": sent, "calls:section": section, "calls:section_save": section,
            "calls:file_add": section | {"section": "money", "key": "plan"}, "calls:application_copy": draft,
            "calls:people": draft, "calls:member_add": draft, "calls:partner_add": draft, "calls:own_part": draft,
            "calls:member_change": draft | {"user": at["colleague"].pk},
            "calls:partner_remove": draft | {"partner": at["partner"].pk}, "calls:invitation": {"token": at["token"]},
            "calls:notice": notice, "calls:notice_object": notice,
            "calls:objection_confirm": {"token": at["objection_token"]}, "calls:certificate": title,
            "calls:certificate_pdf": title,
            "calls:meeting": {"pk": at["item"].meeting_id}, "calls:board_page": {"pk": at["item"].pk},
            "calls:agreement_pdf": {"pk": at["agreement"].pk}, "calls:sign": {"pk": at["offered"].pk},
            "calls:following_file": {"kind": "report", "pk": at["report"].files.get().pk},
            "calls:case": reviewed, "calls:case_pass": sent, "calls:case_fail": sent, "calls:case_ask": sent,
            "calls:case_screen": sent, "calls:case_override": sent | {"gate": at["gate"].pk},
            "calls:case_officer": sent, "calls:case_assign": reviewed,
            "calls:case_replace": reviewed | {"review": at["review"].pk}, "calls:case_discuss": reviewed,
            "calls:ranking": of_call, "calls:propose": of_call, "calls:remind": of_call, "calls:close_reviews": of_call,
            "reviews:review": review, "reviews:declare": {"pk": at["invited"].pk}, "reviews:decline": review,
            "reviews:packet_pdf": review, "reviews:file": of_file, "calls:message": {"pk": at["batch"].pk},
        }  # fmt: skip

    def acts(self) -> dict[str, dict[str, Any]]:
        """Each act upon the newest record that it can be about."""
        cases = {"report": "milestone"}
        return {
            name: {"act": name, "pk": self._subject(act.model, cases.get(name))} for name, act in sorted(ACTS.items())
        }

    def _subject(self, model: Any, known: str | None) -> int:
        if known is not None:
            return self.found[known].pk
        return self.found["active"].pk if model is Application else model.objects.latest("pk").pk

    def addresses(self) -> dict[str, str]:
        """Every page by name, each act as ``calls:act <name>``. Fails for a page whose arguments are not known."""
        known = self.arguments()
        found = {}
        for name, asked in pages():
            if name == "calls:act":
                found |= {f"{name} {act}": reverse(name, kwargs=one) for act, one in self.acts().items()}
                continue
            assert set(known.get(name, {})) == set(asked), f"{name} needs {asked} in the world of the tests"
            found[name] = reverse(name, kwargs=known.get(name))
        assert set(known) <= set(found), set(known) - set(found)
        return found

    def api(self) -> dict[str, str]:
        """Every address of the API by name, with the newest record of its kind."""
        at = self.found
        keys = {
            "publiccall": at["call"].code, "application": at["draft"].pk, "applicationagreement": at["agreement"].pk,
            "applicationdecision": at["active"].decisions.latest("pk").pk, "publicnotice": at["notice"].pk,
            "applicationmilestone": at["milestone"].pk, "applicationpayment": at["payment"].pk,
            "applicationchange": at["change"].pk, "entitlement": at["title"].pk, "review": at["review"].pk,
            "officecase": at["reviewed"].pk, "screening": at["screening"].pk, "applicationappeal": at["appeal"].pk,
            "applicationlatedocument": at["late"].pk,
            "earlieraward": at["awards"].awards.get().pk,
            "challengeneed": at["need"].pk, "casereview": at["review"].pk,
            "applicationmessage": at["batch"].pk, "definitioncase": at["kept"].pk,
        }  # fmt: skip
        keys |= {f"definition-{kind}": model.objects.latest("pk").pk for kind, model in MODELS.items()}
        found = {}
        for name, asked in routes():
            base = max((one for one in keys if name.startswith(f"api:{one}-")), key=len, default=None)
            given = {one: {"act": "report"}.get(one, keys.get(base)) for one in asked}
            assert None not in given.values(), f"{name} needs {asked} in the world of the tests"
            found[name] = reverse(name, kwargs=given)
        return found
