"""What a person may see, take along and have deleted: one part for each app that keeps something about people.

An app registers its part in ``AppConfig.ready``; page, archive, API and deletion go through all parts::

    own_data.register(Part("applications", _("Applications"), collect=…, files=…, obstacles=…, erase=…, kept=…))
"""

import json
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import IO, Any

from django.core.files.base import File
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone
from django.utils.functional import Promise

from innovation.accounts.models import User

Text = str | Promise


def _nothing(user: User) -> list[Any]:
    return []


def _no_work(user: User) -> None:
    return None


@dataclass(frozen=True)
class Part:
    """One kind of data about a person.

    ``collect`` returns plain values for JSON; ``files`` pairs of path and stored file; ``obstacles`` what has to be
    ended before the account can go, in words; ``erase`` deletes, in the caller's transaction. ``deleted`` says what
    goes with the account, ``kept`` what stays, why and for how long; empty where nothing does.
    """

    key: str
    label: Text
    collect: Callable[[User], Any]
    files: Callable[[User], Iterable[tuple[str, File]]] = _nothing
    obstacles: Callable[[User], list[str]] = _nothing
    erase: Callable[[User], None] = _no_work
    deleted: Text = ""
    kept: Text = ""
    order: int = 100


_parts: dict[str, Part] = {}


def register(part: Part) -> None:
    """Add ``part``; one of the same key takes its place."""
    _parts[part.key] = part


def parts() -> list[Part]:
    """All parts in their order."""
    return sorted(_parts.values(), key=lambda part: part.order)


def collected(user: User) -> dict[str, Any]:
    """Everything about ``user`` as plain values, by part."""
    return {"made_at": timezone.now(), **{part.key: part.collect(user) for part in parts()}}


def archive(user: User) -> IO[bytes]:
    """A temporary file at its start, a ZIP: ``data.json``, and the files of each part under its key."""
    target = tempfile.TemporaryFile()  # noqa: SIM115 - handed to the caller
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        content = json.dumps(collected(user), cls=DjangoJSONEncoder, ensure_ascii=False, indent=2, default=str)
        packed.writestr("data.json", content)
        for part in parts():
            for name, file in part.files(user):
                with file.open("rb") as source, packed.open(f"{part.key}/{name}", "w") as to:
                    for chunk in source.chunks():
                        to.write(chunk)
    target.seek(0)
    return target


def obstacles(user: User) -> list[str]:
    """What has to be ended before the account of ``user`` can be deleted, in words; empty when nothing stands."""
    return [words for part in parts() for words in part.obstacles(user)]
