"""The applicant's pages: every type of field by button alone, files, check, submit, receipt; strangers find nothing."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from innovation.accounts.choices import Role
from innovation.calls.actions.drafts import Typed, save_answers
from innovation.calls.models import Application
from innovation.calls.rules import forms
from innovation.organisations.choices import MembershipRole
from tests.calls.wide_form import WIDE, pdf
from tests.factories.accounts import UserFactory, in_turn
from tests.factories.calls import ApplicationFactory, CallFactory
from tests.factories.organisations import MembershipFactory

pytestmark = pytest.mark.django_db


def wide_draft(**facts):
    return ApplicationFactory(call=CallFactory(form__content=WIDE), title="", **facts)


PROJECT = {
    "f-title": "激光雷达芯片", "f-summary": "做出样机", "f-start": "2026-12-01", "f-kind": "market",
    "f-fields": ["air", "bio"], "f-trl": "4", "f-onmarket": "true", "f-rival": "B2", "f-industry": "C39",
    "f-place": "330106", "f-owner-name": "某医院", "f-owner-uscc": "", "f-leader-name": "李工", "f-leader-number": "",
    "f-right-name": "一种芯片", "f-right-number": "ZL2024",
}  # fmt: skip
MONEY = {
    "f-requested": "120", "f-own": "300", "f-share": "12.5", "f-power": "80", "f-costs-0-line": "设备",
    "f-costs-0-amount": "20.5", "f-costs-0-when": "2027-01-01", "f-costs-1-line": "", "f-costs-1-amount": "",
    "f-costs-1-when": "",
}  # fmt: skip


def revisions(section, base=0):
    return {f"r-{field['key']}": str(base) for field in WIDE["sections"][section]["fields"]}


def test_the_form_of_the_tests_is_sound():
    assert forms.check_definition(WIDE) == ()


def test_a_draft_from_the_first_field_to_the_receipt_without_scripts(client):
    draft = wide_draft()
    client.force_login(draft.created_by)
    base = f"/calls/applications/{draft.pk}/"
    answer = client.post(f"{base}sections/project/", {**revisions(0), **PROJECT, "act": "next"})
    # The yes opened a further question on the same page.
    assert answer.url == f"{base}sections/project/"
    answer = client.post(f"{base}sections/project/", {**revisions(0, 1), "r-rival": "0", **PROJECT, "act": "next"})
    assert answer.url == f"{base}sections/money/"
    plan = SimpleUploadedFile("方案.pdf", pdf())
    answer = client.post(f"{base}sections/money/", {**revisions(1), **MONEY, "u-plan": plan, "act": "save"})
    assert answer.status_code == 302
    stored = dict(draft.answers.values_list("key", "value"))
    assert stored["rival"] == "B2"
    assert stored["fields"] == ["air", "bio"]
    assert stored["right"] == {"name": "一种芯片", "number": "ZL2024"}
    assert stored["costs"] == [{"line": "设备", "amount": 20_500_000, "when": "2027-01-01"}]
    assert (draft.files.get().file_name, draft.files.get().key) == ("方案.pdf", "plan")
    page = client.get(f"{base}sections/money/").content.decode()
    assert "420 × 10,000 yuan" in page
    assert 'value="20.5"' in page
    check = client.get(f"{base}check/")
    assert check.context["missing"] == []
    form = {"form_token": check.context["form"]["form_token"].value(), "declaration": "on"}
    sent = client.post(f"{base}check/", form)
    assert sent.url == f"{base}receipt/1/"
    receipt = client.get(sent.url).content.decode()
    submission = draft.submissions.get()
    assert submission.sha256 in receipt
    assert "China Standard Time" in receipt
    assert client.get(f"{sent.url}pdf/").content.startswith(b"%PDF")
    assert client.post(f"{base}check/", form).url == base
    assert draft.submissions.count() == 1


def test_what_is_wrong_is_saved_and_shown_at_the_field(client):
    draft = wide_draft()
    client.force_login(draft.created_by)
    path = f"/calls/applications/{draft.pk}/sections/money/"
    typed = {
        **revisions(1),
        **MONEY,
        "f-power": "9000",
        "f-requested": "viel",
        "u-plan": SimpleUploadedFile("a.pdf", b"<svg onload=x>"),
    }
    answer = client.post(path, {**typed, "act": "save"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "At most 500." in page
    assert 'value="viel"' in page
    assert not draft.files.exists()
    assert draft.answers.get(key="power").value == "9000"


def test_rows_are_added_and_removed_by_buttons(client):
    draft = wide_draft()
    client.force_login(draft.created_by)
    path = f"/calls/applications/{draft.pk}/sections/money/"
    answer = client.post(path, {**revisions(1), **MONEY, "act": "row-add:costs"})
    page = client.get(answer.url.partition("#")[0]).content.decode()
    assert "f-costs-2-line" in page
    client.post(path, {**revisions(1, 1), **MONEY, "act": "row-remove:costs:0"})
    assert draft.answers.get(key="costs").value is None


def test_two_tabs_are_both_kept_and_one_is_chosen(client):
    draft = wide_draft()
    client.force_login(draft.created_by)
    save_answers(application_id=draft.pk, typed={"title": Typed("甲", 0)}, actor=draft.created_by)
    path = f"/calls/applications/{draft.pk}/sections/project/"
    late = client.post(path, {"r-title": "0", "f-title": "乙", "act": "save"})
    page = late.content.decode()
    assert late.status_code == 422
    assert "<blockquote>甲</blockquote>" in page
    assert 'value="乙"' in page
    assert 'name="r-title" value="1"' in page
    client.post(path, {"r-title": "1", "f-title": "乙", "act": "take:title"})
    assert draft.answers.get(key="title").value == "甲"
    client.post(path, {"r-title": "1", "f-title": "乙", "act": "keep:title"})
    assert draft.answers.get(key="title").value == "乙"


def test_what_was_typed_survives_a_login_without_scripts(client):
    draft = wide_draft()
    path = f"/calls/applications/{draft.pk}/sections/project/"
    answer = client.post(path, {"r-title": "0", "f-title": "未保存的标题", "act": "save"})
    assert answer.status_code == 302
    assert "login" in answer.url
    client.force_login(draft.created_by)
    page = client.get(path).content.decode()
    assert "未保存的标题" in page
    assert not draft.answers.exists()
    assert "未保存的标题" not in client.get(path).content.decode()


def test_the_script_saves_and_hears_of_conflicts_and_of_the_end_of_the_session(client):
    draft = wide_draft()
    path = f"/calls/applications/{draft.pk}/sections/money/save/"
    assert client.post(path, {"r-own": "0", "f-own": "300"}).status_code == 401
    client.force_login(draft.created_by)
    done = client.post(path, {"r-own": "0", "f-own": "300", "r-requested": "0", "f-requested": "x"}).json()
    assert done["revisions"] == {"own": 1, "requested": 1}
    assert done["faults"]["requested"]
    assert done["computed"] == {"total": "–"}
    late = client.post(path, {"r-own": "0", "f-own": "400"}).json()
    assert "300" in late["conflicts"]["own"]


@pytest.mark.usefixtures("undrawn")
def test_strangers_of_every_role_find_nothing(client):
    draft = wide_draft()
    for role in in_turn(client):
        base = f"/calls/applications/{draft.pk}/"
        for path in ("", "check/", "data/", "withdraw/", "delete/", "sections/project/"):
            assert client.get(base + path).status_code == (302 if role is None else 404), path
        assert client.post(f"{base}sections/project/save/", {}).status_code == (401 if role is None else 404)
        assert client.get("/calls/applications/").status_code == (302 if role is None else 200)


def test_the_list_costs_the_same_for_one_and_for_three_and_the_start_page_says_what_waits(client):
    draft = wide_draft()
    client.force_login(draft.created_by)
    client.get("/calls/applications/")
    counts = []
    for more in (0, 2):
        for _number in range(more):
            wide_draft(created_by=draft.created_by)
        with CaptureQueriesContext(connection) as seen:
            page = client.get("/calls/applications/")
        counts.append(len(seen))
    assert counts[0] == counts[1]
    assert page.content.decode().count("Not sent yet") >= 3
    assert "3 of your applications wait for you." in client.get("/").content.decode()


def test_the_page_of_a_call_begins_one_draft_for_a_chosen_organisation(client):
    user = UserFactory(role=Role.APPLICANT)
    call = CallFactory(form__content=WIDE)
    path = f"/calls/{call.code}/apply/"
    client.force_login(user)
    assert "You do not write for any organisation yet" in client.get(path).content.decode()
    mine = [MembershipFactory(user=user, role=MembershipRole.LEAD).organisation for _each in range(2)]
    for _click in range(2):
        token = client.get(path).context["form"]["form_token"].value()
        begun = client.post(path, {"form_token": token, "organisation": mine[1].pk})
    draft = Application.objects.get()
    assert begun.url == draft.get_absolute_url()
    assert (draft.organisation, draft.created_by) == (mine[1], user)
    token = client.get(path).context["form"]["form_token"].value()
    stranger = client.post(path, {"form_token": token, "organisation": wide_draft().organisation_id})
    assert stranger.status_code == 422


def test_codes_and_names_are_found_while_one_types(client):
    client.force_login(UserFactory(role=Role.APPLICANT))
    found = client.get("/calls/applications/lookup/industry/", {"q": "C3973"}).json()["found"]
    assert found[0]["value"] == "C3973"
    assert client.get("/calls/applications/lookup/division/", {"q": "西湖"}).json()["found"]
    assert client.get("/calls/applications/lookup/user/", {"q": "a"}).status_code == 404
