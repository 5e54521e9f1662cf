"""Colleagues, partners by mail, copies, notices, own data, and the API of own applications."""

import json
import re
import zipfile
from fractions import Fraction
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from innovation.accounts.choices import MailChoice, Role
from innovation.calls.actions import copying, people
from innovation.calls.actions.drafts import Typed, save_answers
from innovation.calls.actions.files import add_file
from innovation.calls.actions.submitting import submit
from innovation.calls.choices import MemberRole, PartnerState
from innovation.calls.models import InfoRequest
from innovation.core import transitions
from innovation.core.models import OutboxMessage
from innovation.organisations.choices import MembershipRole
from tests.calls.wide_form import WIDE, pdf
from tests.factories.accounts import UserFactory
from tests.factories.calls import ApplicationFactory, CallFactory
from tests.factories.organisations import MembershipFactory
from tests.refusals import refused_by_rule

pytestmark = pytest.mark.django_db
WHOLE = {
    "title": Typed("激光雷达芯片"),
    "summary": Typed("做出样机"),
    "requested": Typed("120"),
    "own": Typed("300"),
}


def draft_with(answers=None, **facts):
    draft = ApplicationFactory(call=CallFactory(form__content=WIDE, **facts), title="")
    if answers:
        save_answers(application_id=draft.pk, typed=answers, actor=draft.created_by)
    return draft


def mails(prefix):
    return OutboxMessage.objects.filter(kind="mail", key__startswith=prefix).order_by("pk")


def invited(draft, email="partner@example.org", sections=("money",)):
    partner = people.invite_partner(
        application_id=draft.pk, name="合作大学", email=email, sections=sections, actor=draft.created_by,
        share=Fraction(3, 10),
    )  # fmt: skip
    mail = mails(f"application-partner-{partner.pk}-").last()
    return partner, re.search(r"/calls/invitations/([^/\s]+)/", mail.payload["text"]).group(1), mail


def test_a_colleague_takes_part_and_somebody_always_leads():
    draft = draft_with()
    colleague = MembershipFactory(organisation=draft.organisation, role=MembershipRole.VIEWER).user
    facts = {"application_id": draft.pk, "actor": draft.created_by}
    people.set_member(user_id=colleague.pk, role=MemberRole.EDITOR, **facts)
    save_answers(application_id=draft.pk, typed={"title": Typed("甲")}, actor=colleague)
    refused_by_rule("NOT_PERMITTED", people.remove_member, application_id=draft.pk, user_id=colleague.pk,
                    actor=colleague)  # fmt: skip
    refused_by_rule("NOT_A_COLLEAGUE", people.set_member, user_id=UserFactory().pk, role=MemberRole.EDITOR, **facts)
    refused_by_rule("LAST_LEAD", people.remove_member, user_id=draft.created_by_id, **facts)
    refused_by_rule("LAST_LEAD", people.set_member, user_id=draft.created_by_id, role=MemberRole.VIEWER, **facts)
    people.remove_member(user_id=colleague.pk, **facts)
    refused_by_rule("NOT_YOURS", save_answers, application_id=draft.pk, typed={}, actor=colleague)


def test_a_partner_comes_by_mail_and_fills_in_its_own_part_alone(client):
    draft = draft_with()
    partner, token, mail = invited(draft)
    assert token not in partner.token_sha256
    assert mail.payload["secret"]
    path = f"/calls/invitations/{token}/"
    assert "合作大学" in client.get(path).content.decode()
    person = UserFactory(role=Role.APPLICANT, email="partner@example.org")
    client.force_login(person)
    form = client.get(path).context["form"]
    client.post(path, {"form_token": form["form_token"].value(), "act": "accept"})
    partner.refresh_from_db()
    assert (partner.state, partner.user) == (PartnerState.ACCEPTED, person)
    base = f"/calls/applications/{draft.pk}/"
    assert client.get(f"{base}sections/money/").status_code == 200
    for closed in ("sections/project/", "people/add/", "data/", "withdraw/", "copy/", "people/"):
        assert client.get(base + closed).status_code == 404, closed
    client.post(f"{base}sections/money/", {"r-own": "0", "f-own": "300", "act": "save"})
    assert draft.answers.get().value == 300_000_000
    client.post(f"{base}part/", {"act": "done"})
    partner.refresh_from_db()
    assert partner.state == PartnerState.DONE
    refused_by_rule("NO_INVITATION", people.answer_invitation, token=token, accepts=False)


def test_an_invitation_is_limited_replaced_and_declined():
    draft = draft_with(rules={"members_max": 2})
    partner, old, _mail = invited(draft)
    _partner, token, _mail = invited(draft)
    assert people.invitation(old) is None
    refused_by_rule("TOO_MANY_PARTNERS", invited, draft, email="third@example.org")
    people.answer_invitation(token=token, accepts=False)
    partner.refresh_from_db()
    assert (partner.state, partner.user) == (PartnerState.DECLINED, None)


def test_the_register_and_an_earlier_application_fill_what_is_empty():
    earlier = draft_with({**WHOLE, "costs": Typed([{"line": "设备", "amount": "20", "when": "2027-01-01"}])})
    draft = ApplicationFactory(call=CallFactory(form__content=WIDE), title="", created_by=earlier.created_by)
    save_answers(application_id=draft.pk, typed={"title": Typed("新的")}, actor=draft.created_by)
    filled = copying.copy_from_application(application_id=draft.pk, source_id=earlier.pk, actor=draft.created_by)
    assert set(filled) == {"summary", "requested", "own", "costs"}
    stored = dict(draft.answers.values_list("key", "value"))
    assert stored["title"] == "新的"
    assert stored["costs"] == [{"line": "设备", "amount": 20_000_000, "when": "2027-01-01"}]
    assert stored["own"] == 300_000_000
    refused_by_rule(
        "NO_SUCH_SOURCE", copying.copy_from_application, application_id=draft.pk, source_id=draft_with().pk,
        actor=draft.created_by,
    )  # fmt: skip
    fields = [
        {"key": key, "type": "text", "label": {"en": key, "zh": key}, "source": f"profile:{source}"}
        for key, source in (("name", "name_zh"), ("code", "uscc"))
    ]
    form = {"sections": [{"key": "who", "title": {"en": "Who", "zh": "单位"}, "fields": fields}]}
    other = ApplicationFactory(call=CallFactory(form__content=form))
    assert copying.copy_from_profile(application_id=other.pk, actor=other.created_by) == ["name", "code"]
    assert other.answers.get(key="code").value == other.organisation.uscc


def test_each_public_step_is_told_once_and_what_is_internal_never():
    draft = draft_with(WHOLE)
    quiet = MembershipFactory(organisation=draft.organisation, user=UserFactory(role=Role.APPLICANT)).user
    quiet.notification_choices.create(kind="calls_status", in_product=True, mail=MailChoice.OFF)
    people.set_member(application_id=draft.pk, user_id=quiet.pk, role=MemberRole.VIEWER, actor=draft.created_by)
    submit(application_id=draft.pk, actor=draft.created_by, declared=True)
    submit(application_id=draft.pk, actor=draft.created_by, declared=True)
    prefix = f"application-{draft.pk}-step-"
    (receipt,) = mails(prefix)
    assert receipt.payload["to"] == [draft.created_by.email]
    draft.refresh_from_db()
    assert draft.number in receipt.subject
    officer = UserFactory(role=Role.FUND_OFFICER)
    transitions.apply(draft, "check_pass", actor=officer, reason="secret remark")
    assert mails(prefix).count() == 2
    assert "secret remark" not in mails(prefix).last().payload["text"]


def test_a_returned_case_opens_what_was_asked_and_takes_the_answer(client):
    case = draft_with(WHOLE)
    submit(application_id=case.pk, actor=case.created_by, declared=True)
    officer = UserFactory(role=Role.FUND_OFFICER)
    InfoRequest.objects.create(application=case, text="请补充摘要", fields=["summary"], asked_by=officer)
    transitions.apply(case, "ask", actor=officer, facts={"reason_given": True}, reason="请补充摘要")
    client.force_login(case.created_by)
    base = f"/calls/applications/{case.pk}/"
    page = client.get(base)
    assert "请补充摘要" in page.content.decode()
    assert [(task.href, task.state.name) for task in page.context["tasks"]] == [(f"{base}sections/project/", "TODO")]
    typed = {"r-summary": "1", "f-summary": "更长的摘要", "r-title": "1", "f-title": "另一个", "act": "save"}
    client.post(f"{base}sections/project/", typed)
    assert dict(case.answers.values_list("key", "value"))["title"] == "激光雷达芯片"
    assert [task.state.name for task in client.get(base).context["tasks"]] == ["DONE"]
    form = client.get(f"{base}check/").context["form"]
    sent = client.post(
        f"{base}check/", {"form_token": form["form_token"].value(), "declaration": "on", "answer": "已补充"}
    )
    assert sent.url == f"{base}receipt/2/"
    asked = case.requests.get()
    assert (asked.answer, asked.answered_at is not None) == ("已补充", True)


def test_own_data_leaves_as_one_file_with_its_files(client):
    draft = draft_with(WHOLE)
    add_file(
        application_id=draft.pk, key="plan", upload=SimpleUploadedFile("plan.pdf", pdf()), actor=draft.created_by
    )  # fmt: skip
    client.force_login(draft.created_by)
    content = b"".join(client.get(f"/calls/applications/{draft.pk}/data/").streaming_content)
    with zipfile.ZipFile(BytesIO(content)) as archive:
        data = json.loads(archive.read("application.json"))
        (name,) = (name for name in archive.namelist() if name.startswith("files/"))
        assert archive.read(name) == pdf()
    assert data["answers"]["title"]["value"] == "激光雷达芯片"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.pdf", b"<svg xmlns='http://www.w3.org/2000/svg' onload='x'/>", "FILE_KIND"),
        ("a.pdf", b"%PDF-1.7 without an end", "FILE_DAMAGED"),
        ("a.pdf", b"", "FILE_EMPTY"),
        ("a.pdf", pdf("x" * 1_100_000), "FILE_TOO_LARGE"),
    ],
)
def test_files_are_judged_by_their_content(name, content, code):
    draft = draft_with()
    refused_by_rule(
        code, add_file, application_id=draft.pk, key="plan", upload=SimpleUploadedFile(name, content),
        actor=draft.created_by,
    )  # fmt: skip


def test_the_same_file_twice_is_one_and_the_third_is_too_many():
    draft = draft_with()
    facts = {"application_id": draft.pk, "key": "plan", "actor": draft.created_by}
    first = add_file(upload=SimpleUploadedFile("../../a.pdf", pdf("a")), **facts)
    assert add_file(upload=SimpleUploadedFile("b.pdf", pdf("a")), **facts) == first
    assert first.file_name == "a.pdf"
    add_file(upload=SimpleUploadedFile("b.pdf", pdf("b")), **facts)
    refused_by_rule("TOO_MANY_FILES", add_file, upload=SimpleUploadedFile("c.pdf", pdf("c")), **facts)


def test_the_api_does_what_the_pages_do(client):
    membership = MembershipFactory(role=MembershipRole.LEAD, user=UserFactory(role=Role.APPLICANT))
    call = CallFactory(form__content=WIDE)
    client.force_login(membership.user)
    options = {"content_type": "application/json"}
    begun = client.post("/api/v1/applications/", {"call": call.code, "organisation": membership.organisation_id},
                        **options)  # fmt: skip
    assert begun.status_code == 201, begun.content
    path = f"/api/v1/applications/{begun.json()['id']}/"
    answers = {key: {"value": one.raw, "base": 0} for key, one in WHOLE.items()}
    saved = client.patch(f"{path}answers/", {"answers": answers | {"power": {"value": "9000"}}}, **options)
    assert saved.json()["revisions"]["title"] == 1
    assert saved.json()["faults"]["power"]
    late = client.patch(f"{path}answers/", {"answers": {"title": {"value": "乙", "base": 0}}}, **options)
    assert late.json()["conflicts"][0]["stored"] == "激光雷达芯片"
    refused = client.post(f"{path}submit/", {"declaration": True}, **options)
    assert refused.status_code in {409, 422}, refused.content
    client.patch(f"{path}answers/", {"answers": {"power": {"value": "90", "base": 1}}}, **options)
    kept = client.post(f"{path}files/", {"key": "plan", "file": SimpleUploadedFile("a.pdf", pdf())})
    assert kept.status_code == 201, kept.content
    sent = client.post(f"{path}submit/", {"declaration": True}, **options)
    assert sent.status_code == 201, sent.content
    assert client.post(f"{path}submit/", {"declaration": True}, **options).json() == sent.json()
    assert client.get(path).json()["progress"][0]["section"] == "project"
    client.force_login(UserFactory(role=Role.APPLICANT))
    assert client.get(path).status_code == 404
    assert client.get("/api/v1/applications/").json()["results"] == []
