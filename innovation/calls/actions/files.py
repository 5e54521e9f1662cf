"""Files that belong to a field of a draft: taken in once they are looked at, taken out without a gap in the record."""

from pathlib import PurePosixPath
from typing import Any

from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from innovation.accounts.models import User
from innovation.calls.actions.drafts import asked_fields, sections_open_to
from innovation.calls.choices import EDITABLE_STATES
from innovation.calls.models import AnswerFile, Application
from innovation.calls.rules import forms
from innovation.calls.rules.forms.shape import Field
from innovation.core.errors import RuleViolation
from innovation.core.uploads import DOCUMENTS, Accepted, FileKind, accept

MEBIBYTE = 2**20
ENDINGS: dict[str, FileKind] = {**{str(kind): kind for kind in DOCUMENTS}, "jpg": FileKind.JPEG, "txt": FileKind.CSV}


def add_file(*, application_id: int, key: str, upload: Any, actor: User) -> AnswerFile:
    """Keep ``upload`` for field ``key``; the same file a second time is the one that is there already.

    Size and kind are judged by the content before anything is locked. Raises what ``uploads.accept`` raises, and
    ``NOT_EDITABLE``, ``NOT_YOURS``, ``FIELD_CLOSED``, ``FILE_TOO_LARGE``, ``FILE_KIND``, ``TOO_MANY_FILES``.
    """
    field = forms.by_key(Application.objects.select_related("form").get(pk=application_id).form.content).get(key)
    if field is None or not (field["type"] == "file" or field.get("evidence_required")):
        raise RuleViolation("FIELD_CLOSED", _("No file is taken for this field now."), field=key)
    most = forms.limit(field, "max_mb")
    if most is not None and (upload.size or 0) > most * MEBIBYTE:
        raise RuleViolation(
            "FILE_TOO_LARGE", _("%(name)s is larger than %(most)s MB.") % {"name": upload.name, "most": most}, field=key
        )
    accepted = accept(upload, kinds=_kinds(field))
    try:
        return _keep(application_id, field, accepted, actor)
    finally:
        accepted.content.close()


def _kinds(field: Field) -> frozenset[FileKind]:
    endings = forms.limit(field, "types")
    return frozenset(ENDINGS[ending] for ending in endings if ending in ENDINGS) if endings else frozenset(DOCUMENTS)


@transaction.atomic
def _keep(application_id: int, field: Field, accepted: Accepted, actor: User) -> AnswerFile:
    application = _locked(application_id, field["key"], actor)
    standing = application.files.filter(key=field["key"], removed_at=None)
    same = standing.filter(sha256=accepted.sha256).first()
    if same is not None:
        return same
    most = forms.limit(field, "max_files")
    if most is not None and standing.count() >= most:
        raise RuleViolation(
            "TOO_MANY_FILES", _("At most %(most)s files. Take one out first.") % {"most": most}, field=field["key"]
        )
    kept = AnswerFile(
        application=application, key=field["key"], file_name=_named(field, accepted), file_kind=accepted.kind,
        size=accepted.size, sha256=accepted.sha256, uploaded_by=actor,
    )  # fmt: skip
    kept.file.save(accepted.stored_name, File(accepted.content), save=False)
    kept.save()
    return kept


def _named(field: Field, accepted: Accepted) -> str:
    """The name with the ending of what the file is, where its own says something else."""
    endings = forms.limit(field, "types")
    ending = PurePosixPath(accepted.name).suffix.removeprefix(".").casefold()
    if ENDINGS.get(ending) == accepted.kind and (not endings or ending in endings):
        return accepted.name
    fitting = next((one for one in endings or () if ENDINGS.get(one) == accepted.kind), str(accepted.kind))
    return f"{accepted.name[:110]}.{fitting}"


@transaction.atomic
def remove_file(*, file_id: int, actor: User) -> AnswerFile:
    """Take a file out of a draft; its name and hash stay known. Raises as :func:`add_file`."""
    file = AnswerFile.objects.select_related("application").get(pk=file_id)
    _locked(file.application_id, file.key, actor)
    if file.removed_at is None:
        file.removed_at = timezone.now()
        file.save(update_fields=["removed_at"])
    return file


def _locked(application_id: int, key: str, actor: User) -> Application:
    """The application under its lock, open for ``key`` and ``actor``."""
    application = Application.objects.select_for_update(of=("self",)).select_related("form").get(pk=application_id)
    if application.state not in EDITABLE_STATES and not forms.opens_in(application.form.content, application.state):
        raise RuleViolation("NOT_EDITABLE", _("This application has been submitted; it cannot be changed now."))
    sections = sections_open_to(application, actor)
    content = application.form.content
    section = next((one["key"] for one, field in forms.fields(content) if field["key"] == key), None)
    answers = dict(application.answers.values_list("key", "value"))
    open_now = forms.editable(content, answers, application.state, asked_fields(application))
    if key not in open_now or (sections is not None and section not in sections):
        raise RuleViolation("FIELD_CLOSED", _("No file is taken for this field now."), field=key)
    return application
