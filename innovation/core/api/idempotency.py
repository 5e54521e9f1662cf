"""A POST with an ``Idempotency-Key`` is done once; a repetition gets the first answer.

The key's row is written in the same transaction as the work. A concurrent repetition therefore waits on the row's
uniqueness until the first has committed (then it gets that answer) or rolled back (then it does the work itself);
when it waits too long it gets 409. A failed request leaves no row and may be tried again under its key.
"""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import OperationalError, transaction
from django.utils.translation import gettext_lazy as _
from psycopg.errors import LockNotAvailable
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from innovation.core.errors import RuleViolation
from innovation.core.models import IdempotencyKey

HEADER = "Idempotency-Key"
MAX_LENGTH = 200


class StillRunning(APIException):
    status_code = 409
    default_code = "still_running"
    default_detail = _("The first request with this key is still being worked on. Ask again in a moment.")


class _Undo(Exception):
    """Carries an error answer out of the transaction, so that its key is not kept."""

    def __init__(self, response: Response) -> None:
        self.response = response


def once(request: Request, work: Callable[..., Response], *args: Any, **kwargs: Any) -> Response:
    """Do ``work(request, …)`` once per person and key, or return the first answer again."""
    key = request.headers.get(HEADER, "")
    if not key:
        return work(request, *args, **kwargs)
    if len(key) > MAX_LENGTH or not key.isascii() or not key.isprintable():
        raise ValidationError({HEADER: [_("At most 200 plain letters, digits and signs.")]})
    mark = fingerprint(request)
    try:
        with transaction.atomic():
            row, is_first = _take(request, key, mark)
            if not is_first:
                return _again(row, mark)
            response = work(request, *args, **kwargs)
            if response.status_code >= 400:  # noqa: PLR2004 - HTTP's line between done and refused
                raise _Undo(response)
            row.status = response.status_code
            row.body = json.loads(JSONRenderer().render(response.data)) if response.data is not None else None
            row.location = response.get("Location", "")
            row.save(update_fields=["status", "body", "location"])
            return response
    except _Undo as undo:
        return undo.response


def _take(request: Request, key: str, mark: str) -> tuple[IdempotencyKey, bool]:
    try:
        return IdempotencyKey.objects.get_or_create(user=request.user, key=key, defaults={"fingerprint": mark})
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise StillRunning from error
        raise


def _again(row: IdempotencyKey, mark: str) -> Response:
    if row.fingerprint != mark:
        raise RuleViolation("IDEMPOTENCY_KEY_REUSED", _("This key was used for another request."), field=HEADER)
    headers = {"Idempotent-Replayed": "true"} | ({"Location": row.location} if row.location else {})
    return Response(row.body, status=row.status, headers=headers)


def fingerprint(request: Request) -> str:
    """SHA-256 over method, path and content; of a multipart form, over its fields and files."""
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if request.content_type.startswith("multipart/"):
        for name, values in sorted(request.data.lists()):
            for value in values:
                digest.update(f"\n{name}=".encode())
                if isinstance(value, UploadedFile):
                    for chunk in value.chunks():
                        digest.update(chunk)
                    value.seek(0)
                else:
                    digest.update(str(value).encode())
    else:
        digest.update(json.dumps(request.data, sort_keys=True, default=str).encode())
    return digest.hexdigest()
