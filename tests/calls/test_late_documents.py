"""Documents that come late: recorded apart from the submission, accepted or refused with a reason, by pages and API."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from innovation.accounts.choices import Role
from innovation.calls.actions import late
from innovation.calls.application_export import application_data
from innovation.calls.choices import ApplicationState, LateState
from innovation.calls.models import LateDocument
from innovation.core.forms import new_token
from innovation.core.models import OutboxMessage
from tests.factories.accounts import UserFactory
from tests.factories.reviews import submitted_case
from tests.refusals import refused, rule_refuses

pytestmark = pytest.mark.django_db


def paper(words="合格"):
    return SimpleUploadedFile("检测报告.csv", f"项目,结论\n{words},是\n".encode("utf-8-sig"))


def handed_in(case, **more):
    facts = {"title": "检测报告", "why": "检测机构盖章延迟", "upload": paper(), "actor": case.created_by} | more
    return late.hand_in_late(application_id=case.pk, **facts)


def test_from_the_applicant_to_the_answer_by_pages(client):
    case = submitted_case(ApplicationState.IN_REVIEW)
    before = case.submissions.get().sha256
    client.force_login(case.created_by)
    address = reverse("calls:act", args=["late_document", case.pk])
    assert address in client.get(case.get_absolute_url()).content.decode()
    for _ in range(2):
        told = {"subject": "检测报告", "why": "盖章延迟", "file": paper(), "form_token": new_token()}
        assert client.post(address, told).status_code == 302
    document = LateDocument.objects.get()
    assert (case.submissions.get().sha256, case.files.count()) == (before, 0)

    officer = UserFactory(role=Role.FUND_OFFICER)
    client.force_login(officer)
    assert "which=late" in client.get(reverse("home")).content.decode()
    assert case.number in client.get(reverse("calls:desk") + "?which=late").content.decode()
    answer = reverse("calls:act", args=["examine_late", document.pk])
    assert answer in client.get(reverse("calls:case", args=[case.pk]) + "?tab=late").content.decode()
    file = client.get(reverse("calls:following_file", args=["late", document.pk]))
    assert "合格" in b"".join(file.streaming_content).decode("utf-8-sig")
    client.post(answer, {"accepted": "no", "reason": "报告日期晚于截止日", "form_token": new_token()})
    document.refresh_from_db()
    assert (document.state, document.examined_by) == (LateState.REFUSED, officer)
    assert client.get(answer).status_code == 302
    assert case.number not in client.get(reverse("calls:desk") + "?which=late").content.decode()
    assert OutboxMessage.objects.filter(key__startswith=f"case-late-{document.pk}").count() == 1
    client.force_login(case.created_by)
    assert "报告日期晚于截止日" in client.get(case.get_absolute_url()).content.decode()
    assert application_data(case)["late_documents"][0]["state"] == "refused"


def test_who_may_hand_in_and_when():
    case = submitted_case()
    with rule_refuses("NOT_YOURS"):
        handed_in(case, actor=UserFactory(role=Role.APPLICANT))
    with rule_refuses("REASON_MISSING"):
        handed_in(case, why=" ")
    first = handed_in(case)
    assert handed_in(case, title="另一个名字") == first
    for number in range(9):
        handed_in(case, upload=paper(str(number)))
    with rule_refuses("TOO_MANY_FILES"):
        handed_in(case, upload=paper("又一份"))
    with rule_refuses("NOT_TAKEN"):
        handed_in(submitted_case(ApplicationState.APPROVED))
    examine = {"document_id": first.pk, "accepted": True}
    with rule_refuses("NOT_PERMITTED"):
        late.examine_late(**examine, reason="x", actor=UserFactory(role=Role.FINANCE))
    officer = UserFactory(role=Role.FUND_OFFICER)
    with rule_refuses("REASON_MISSING"):
        late.examine_late(**examine, reason=" ", actor=officer)
    late.examine_late(**examine, reason="日期早于截止日", actor=officer)
    with rule_refuses("EXAMINED"):
        late.examine_late(**examine, reason="x", actor=officer)


def test_the_api_and_what_the_database_refuses(client):
    case = submitted_case()
    client.force_login(case.created_by)
    given = {"application": case.pk, "title": "检测报告", "why": "盖章延迟", "file": paper()}
    made = client.post("/api/v1/application-late-documents/", given)
    assert made.status_code == 201, made.content
    own = f"/api/v1/application-late-documents/{made.json()['id']}/"
    assert client.get(f"{own}acts/").json()["acts"] == {}
    client.force_login(UserFactory(role=Role.APPLICANT))
    assert client.get(own).status_code == 404
    assert client.post("/api/v1/application-late-documents/", given | {"file": paper()}).status_code == 404
    client.force_login(UserFactory(role=Role.FUND_OFFICER))
    answer = {"accepted": "yes", "reason": "接收"}
    done = client.post(f"{own}acts/examine_late/", answer, content_type="application/json")
    assert done.json()["state"] == "accepted"
    rows = LateDocument.objects.filter(pk=made.json()["id"])
    refused("late_document_answer_has_reason", lambda: rows.update(reason=""))
    refused("late_document_answer_has_reason", lambda: rows.update(state=LateState.WAITING))
    refused("late_document_says_why", lambda: rows.update(why=""))
    own_answer = {"examined_by": case.created_by, "examined_at": timezone.now()}
    refused("late_document_examined_by_another", lambda: rows.update(**own_answer))
    copy = {"title": "x", "why": "x", "size": 1, "file_kind": "csv", "sha256": rows.get().sha256}
    refused("late_document_once", lambda: LateDocument.objects.create(application=case, **copy))
