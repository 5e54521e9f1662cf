"""Keep a paper: checked by its content, stored byte for byte, known by its hash."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.db import transaction

from funds.models import Paper
from innovation.accounts.models import User
from innovation.core.uploads import DOCUMENTS, accept


@transaction.atomic
def store_paper(*, upload: Any, kind: str, title: str, actor: User, company_id: int | None = None) -> Paper:
    """Store an uploaded paper of ``kind`` (``PaperKind``); an empty ``title`` becomes the file's name.

    Raises RuleViolation with the codes of ``core.uploads``; PermissionDenied without ``funds.add_paper``.
    """
    if not actor.has_perm("funds.add_paper"):
        raise PermissionDenied
    accepted = accept(upload, kinds=DOCUMENTS)
    return Paper.objects.create(
        company_id=company_id,
        kind=kind,
        title=title.strip() or accepted.name,
        file=File(accepted.content, name=accepted.stored_name),
        file_name=accepted.name,
        file_kind=accepted.kind,
        size=accepted.size,
        sha256=accepted.sha256,
        recorded_by=actor,
    )
