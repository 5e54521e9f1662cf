"""What a person may take along of an application: everything about it as JSON, with its files, in one ZIP."""

import json
import tempfile
import zipfile
from typing import IO, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from innovation.calls.choices import ApplicationState
from innovation.calls.models import Application
from innovation.calls.queries.applying import public_steps


def application_zip(application: Application) -> IO[bytes]:
    """A temporary file at its start: ``application.json`` and ``files/FIELD/NUMBER-NAME``."""
    target = tempfile.TemporaryFile()  # noqa: SIM115 - handed to the caller
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        content = json.dumps(application_data(application), cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
        archive.writestr("application.json", content)
        kept = [(file.key, file) for file in application.files.filter(removed_at=None)]
        kept += [("late-documents", file) for file in application.late_documents.all()]
        for folder, file in kept:
            with (
                file.file.open("rb") as source,
                archive.open(f"files/{folder}/{file.pk}-{file.file_name}", "w") as to,
            ):
                for chunk in source.chunks():
                    to.write(chunk)
    target.seek(0)
    return target


def application_data(application: Application) -> dict[str, Any]:
    """The application as its writers know it; nothing that only the office sees."""
    names = application.state_names
    return {
        "number": application.number,
        "call": {"code": application.call.code, "title": application.call.title},
        "applicant": str(application.organisation or application.created_by),
        "title": application.title,
        "state": str(names[ApplicationState(application.state)].public),
        "state_since": application.state_since,
        "due_on": application.due_on,
        "form": {"family": application.form.family, "version": application.form.version,
                 "content": application.form.content},
        "answers": {
            answer.key: {"value": answer.value, "saved_at": answer.saved_at, "saved_by": str(answer.saved_by)}
            for answer in application.answers.select_related("saved_by")
        },
        "files": list(
            application.files.values("key", "file_name", "size", "sha256", "uploaded_at", "removed_at")
        ),
        "submissions": list(
            application.submissions.values("serial", "submitted_at", "submitted_label", "sha256", "answers", "files")
        ),
        "questions": list(application.requests.values("text", "fields", "asked_at", "due_on", "answer", "answered_at")),
        "late_documents": list(
            application.late_documents.values(
                "title", "why", "file_name", "sha256", "recorded_at", "state", "reason", "examined_at"
            )
        ),
        "people": [{"name": str(one.user), "role": one.role} for one in application.members.select_related("user")],
        "partners": list(application.partners.values("name", "email", "role", "state", "sections")),
        "steps": [{"at": at, "state": str(state.public)} for at, state in public_steps(application)],
        "made_at": timezone.now(),
    }  # fmt: skip
