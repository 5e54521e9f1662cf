"""What a person gave: to read, to take along with its files, to have deleted; what the law keeps is said and stays."""

import io
import json
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from innovation.accounts.choices import Role
from innovation.accounts.models import ApiToken, User
from innovation.calls.actions.drafts import Typed, save_answers
from innovation.calls.actions.files import add_file
from innovation.calls.actions.submitting import submit
from innovation.core.models import OutboxMessage
from tests.calls.wide_form import WIDE, pdf
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.calls import ApplicationFactory, CallFactory
from tests.factories.reviews import ReviewFactory

pytestmark = pytest.mark.django_db
WHOLE = {"title": Typed("激光雷达芯片"), "summary": Typed("做出样机"), "requested": Typed("120"), "own": Typed("300")}


def written(user, **facts):
    """A draft with words and a file of ``user``."""
    draft = ApplicationFactory(call=CallFactory(form__content=WIDE), created_by=user, **facts)
    save_answers(application_id=draft.pk, typed=WHOLE, actor=user)
    upload = SimpleUploadedFile("方案.pdf", pdf())
    add_file(application_id=draft.pk, key="plan", upload=upload, actor=user)
    return draft


def contents(response):
    return zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))


def sign_in(client, user):
    """By password, so that no page asks for it again."""
    client.force_login(user)
    client.post("/account/reauthenticate/", {"password": PASSWORD})


def test_the_archive_holds_every_word_and_file_of_the_person_and_nothing_of_others(client):
    user, stranger = UserFactory(role=Role.APPLICANT), UserFactory(role=Role.APPLICANT, name="Somebody else")
    draft = written(user)
    written(stranger)
    ReviewFactory(reviewer=user, draft={"comment": "可行"})
    client.force_login(user)
    page = client.get("/account/data/").content.decode()
    assert "Applications with their files" in page
    assert "ten years" in page
    # A visit of unknown origin shows the password first.
    assert "reauthenticate" in client.get("/account/data/archive/").url
    through_api = contents(client.get("/api/v1/own-data/archive/"))
    sign_in(client, user)
    for found in (contents(client.get("/account/data/archive/")), through_api):
        data = json.loads(found.read("data.json"))
        assert data["account"]["email"] == user.email
        assert [one["role"] for one in data["organisations"]] == ["lead"]
        (application,) = data["applications"]
        assert application["answers"]["summary"]["value"] == "做出样机"
        assert data["reviews"]["reviews"][0]["draft"] == {"comment": "可行"}
        assert "Somebody else" not in json.dumps(data)
        names = set(found.namelist()) - {"data.json"}
        assert names == {f"applications/draft-{draft.pk}/plan/{draft.files.get().pk}-方案.pdf"}
        assert found.read(names.pop()) == pdf()
    assert client.get("/api/v1/own-data/").json()["account"]["email"] == user.email


def test_deleting_waits_for_what_is_under_way_wipes_drafts_and_keeps_what_was_submitted(client):
    user = UserFactory(role=Role.APPLICANT)
    draft, sent = written(user), written(user)
    submission = submit(application_id=sent.pk, actor=user, declared=True)
    ApiToken.objects.create(user=user, name="x", public_id="abc", digest="0" * 64, expires_at="2099-01-01T00:00:00Z")
    sign_in(client, user)
    page = client.get("/account/data/delete/").content.decode()
    assert "withdraw it, or make a colleague its lead" in page
    refused = client.post("/api/v1/own-data/erase/", {"confirmation": user.email}, "application/json")
    assert (refused.status_code, refused.json()["code"]) == (422, "STILL_NEEDED")
    type(sent).objects.filter(pk=sent.pk).update(state="rejected")
    wrong = client.post("/account/data/delete/", {"confirmation": "other@example.org"})
    assert "Type your e-mail address as it stands above." in wrong.content.decode()
    assert client.post("/account/data/delete/", {"confirmation": user.email.upper()}).status_code == 302
    gone = User.objects.get(pk=user.pk)
    assert (gone.is_active, gone.name, gone.email) == (False, "", f"person-{user.pk}@deleted.invalid")
    assert not gone.has_usable_password()
    assert not gone.organisation_memberships.exists()
    assert not ApiToken.objects.filter(user=user).exists()
    draft.refresh_from_db()
    assert (draft.state, draft.title) == ("deleted", "")
    assert not draft.answers.exists()
    assert not draft.files.get().file.storage.exists(draft.files.get().file.name)
    submission.refresh_from_db()
    assert submission.answers["summary"] == "做出样机"
    assert OutboxMessage.objects.get(key=f"account-deleted-{user.pk}").recipient == user.email
    assert client.get("/account/data/").status_code == 302


def test_people_of_the_office_and_strangers_delete_nothing(client):
    assert client.get("/api/v1/own-data/").status_code in {401, 403}
    assert client.get("/account/data/").status_code == 302
    officer = UserFactory(role=Role.FUND_OFFICER)
    sign_in(client, officer)
    assert "closed by an administrator" in client.get("/account/data/delete/").content.decode()
    refused = client.post("/api/v1/own-data/erase/", {"confirmation": officer.email}, "application/json")
    assert refused.json()["code"] == "OFFICE_ACCOUNT"
