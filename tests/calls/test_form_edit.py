"""A form that is edited after a hundred submissions: cases keep theirs, and what was answered stays readable."""

import json
import zipfile
from io import BytesIO

import pytest
from django.test import Client
from django.utils import timezone

from innovation.accounts.choices import Role
from innovation.calls.actions import calls, definitions
from innovation.calls.actions.drafts import Typed, save_answers, start_draft
from innovation.calls.choices import ApplicationState
from innovation.calls.models import Application, ApplicationMember, Submission
from innovation.core.errors import RuleViolation
from tests.factories.accounts import UserFactory
from tests.factories.calls import FORM, CallFactory, FormFactory

pytestmark = pytest.mark.django_db
OLD = json.loads(json.dumps(FORM))
NEW = {
    "sections": [
        {"key": "project", "title": {"en": "The undertaking", "zh": "课题"}, "fields": [
            {"key": "title", "type": "text", "label": {"en": "Name", "zh": "课题名称"}, "column": "title"},
            {"key": "summary", "type": "choice", "label": {"en": "Kind", "zh": "类型"},
             "options": [{"value": "a", "label": {"en": "A", "zh": "甲"}}]},
        ]},
    ],
    "rules": [],
}  # fmt: skip


@pytest.fixture
def hundred():
    """A call whose form has a hundred submissions and one draft, all of one person."""
    lead, moment = UserFactory(role=Role.APPLICANT), timezone.now()
    form = FormFactory(content=OLD, family="edited")
    call = CallFactory(form=form, for_organisations=False)
    common = {"call": call, "form": form, "process": call.process, "created_by": lead, "is_exclusive": False}
    cases = Application.objects.bulk_create(
        Application(number=f"E-{number:03d}", title=f"项目{number}", state=ApplicationState.SUBMITTED,
                    submitted_at=moment, **common)
        for number in range(100)
    )  # fmt: skip
    ApplicationMember.objects.bulk_create(
        ApplicationMember(application=case, user=lead, role="lead") for case in cases
    )  # fmt: skip
    Submission.objects.bulk_create(
        Submission(application=case, serial=1, form=form, sha256="0" * 64, submitted_at=moment, submitted_by=lead,
                   submitted_label=str(lead), files=[],
                   answers={"title": case.title, "summary": f"做出样机{case.number}", "requested": 100_000_000})
        for case in cases
    )  # fmt: skip
    draft = start_draft(call_id=call.pk, actor=lead)
    save_answers(application_id=draft.pk, typed={"summary": Typed("写到一半")}, actor=lead)
    return call, cases, draft, lead


def test_an_edit_makes_a_version_and_leaves_every_case_with_its_own(hundred):
    call, cases, draft, lead = hundred
    officer, manager = UserFactory(role=Role.FUND_OFFICER), UserFactory(role=Role.PROGRAMME_MANAGER)
    with pytest.raises(RuleViolation, match="stays as it is"):
        definitions.save_draft(definition=call.form, actor=officer, fields={"content": NEW})
    second = definitions.new_version(definition=call.form, reason="Shorter", actor=officer)
    definitions.save_draft(definition=second, actor=officer, fields={"content": NEW})
    second = definitions.publish(definition=second, actor=manager)
    assert (second.version, second.family) == (2, "edited")
    with pytest.raises(RuleViolation, match="published call stays"):
        calls.save_call(call_id=call.pk, actor=officer, fields={"form": second})
    assert set(Application.objects.filter(call=call).values_list("form__version", flat=True)) == {1}
    assert set(Submission.objects.values_list("form__version", flat=True)) == {1}

    client = Client(headers={"accept-language": "en"})
    client.force_login(lead)
    base = f"/calls/applications/{cases[41].pk}/"
    receipt = client.get(f"{base}receipt/1/").content.decode()
    exported = zipfile.ZipFile(BytesIO(b"".join(client.get(f"{base}data/").streaming_content)))
    words = "".join(exported.read(name).decode(errors="replace") for name in exported.namelist())
    told = client.get(f"/api/v1/applications/{cases[41].pk}/").json()
    assert client.get(base).status_code == 200
    assert "做出样机E-041" in words
    assert told["submissions"][0]["answers"]["summary"] == "做出样机E-041"
    assert told["form"] == OLD
    assert "项目41" in receipt
    assert client.get(f"{base}receipt/1/pdf/").content.startswith(b"%PDF")
    # The draft goes on with the form that it began with; its half sentence is still a text.
    section = client.get(f"/calls/applications/{draft.pk}/sections/project/").content.decode()
    assert "写到一半" in section
    assert "The undertaking" not in section
    saved = save_answers(application_id=draft.pk, typed={"own": Typed("3")}, actor=lead)
    assert (saved.closed, saved.revisions) == ([], {"own": 1})

    staff = Client(headers={"accept-language": "en"})
    staff.force_login(officer)
    page = staff.get(f"/calls/desk/{cases[41].pk}/?tab=answers").content.decode()
    assert "做出样机E-041" in page
    assert "Summary" in page

    copied = calls.copy_call(
        call_id=call.pk, code="next-year", opens_at=timezone.now(), closes_at=None, actor=officer
    )  # fmt: skip
    calls.save_call(call_id=copied.pk, actor=officer, fields={"form": second})
    type(call).objects.filter(pk=copied.pk).update(state="PUBLISHED", published_at=timezone.now())
    assert start_draft(call_id=copied.pk, actor=lead).form == second
