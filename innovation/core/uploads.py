"""Files that people hand in, looked at before anything parses them.

``accept()`` streams the upload once to a private temporary file and checks, cheapest first: size, kind by content
(never by name), that it is of one kind only, the shape of the archive inside an XLSX or DOCX, and the virus scanner
where one is configured. Each refusal is a ``RuleViolation`` that says what is wrong and how to mend it; the file is
gone then. Tables are taken by default; ``kinds=DOCUMENTS`` takes what proves something: PDF, pictures, texts, tables.
"""

import hashlib
import re
import socket
import struct
import tempfile
import unicodedata
import uuid
import zipfile
import zlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath, PureWindowsPath
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from innovation.core import resident_ids
from innovation.core.errors import RuleViolation

CHUNK = 65_536
MAX_ENTRIES = 200
MAX_RATIO = 100
RATIO_FLOOR = 1_000_000
"""A part below this many bytes may be as repetitive as it likes."""
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_CHUNK = 12
"""Bytes of a chunk of a PNG beside its data: length, name, check sum."""
_BINARY = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f]")
_DTD = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_BOMS = (b"\xff\xfe", b"\xfe\xff")
NOT_READABLE = (
    zipfile.BadZipFile, zlib.error, struct.error, UnicodeDecodeError, OSError, EOFError, NotImplementedError,
)  # fmt: skip
"""What opening or reading an archive may raise that is none, is cut off, or is made to trip its reader."""
_MACROS = ("vbaproject.bin", "vbadata.xml")
_PDF_TAIL = 2048
"""The end mark of a PDF stands within these last bytes, whatever a program has added behind it."""


class FileKind(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"
    DOCX = "docx"
    PDF = "pdf"
    PNG = "png"
    JPEG = "jpeg"


TABLES = frozenset({FileKind.CSV, FileKind.XLSX})
DOCUMENTS = frozenset(FileKind)
CONTENT_TYPES = {
    FileKind.CSV: "text/csv; charset=utf-8",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileKind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    FileKind.PDF: "application/pdf",
    FileKind.PNG: "image/png",
    FileKind.JPEG: "image/jpeg",
}
_SIGNATURES = {b"%PDF-": FileKind.PDF, _PNG: FileKind.PNG, b"\xff\xd8\xff": FileKind.JPEG}
_MAIN_PARTS = {FileKind.XLSX: "xl/workbook.xml", FileKind.DOCX: "word/document.xml"}


@dataclass
class Accepted:
    """A file that passed. ``content`` is open at its start; ``name`` is for eyes, ``stored_name`` for the disk."""

    content: IO[bytes]
    name: str
    stored_name: str
    kind: FileKind
    size: int
    sha256: str


def accept(upload: Any, *, kinds: Collection[FileKind] = TABLES) -> Accepted:
    """Check an upload (anything with ``chunks()`` and ``name``) and return it as a readable temporary file.

    Raises ``FILE_TOO_LARGE``, ``FILE_EMPTY``, ``FILE_KIND``, ``FILE_ENCRYPTED``, ``FILE_MACROS``, ``FILE_DAMAGED``,
    ``FILE_HIDES``, ``FILE_EXPANDS``, ``FILE_UNSAFE_XML``, ``FILE_INFECTED``, ``SCANNER_AWAY``, or ``RESIDENT_ID``
    when its name holds the number of an identity card.
    """
    resident_ids.refuse(str(upload.name), field="file")
    target = tempfile.TemporaryFile()  # noqa: SIM115 - handed to the caller
    try:
        size, digest = copy_hashed(upload.chunks(), target)
        kind = _sniff(target)
        if kind not in kinds:
            _refuse_kind(kinds)
        if kind in _MAIN_PARTS:
            check_workbook(target, kind)
        else:
            _check_alone(target)
        if kind is FileKind.CSV:
            _check_text(target)
        elif kind is FileKind.PDF:
            _check_pdf(target, size)
        elif kind is FileKind.PNG:
            _check_png(target, size)
        elif kind is FileKind.JPEG:
            _check_jpeg(target)
        scan(target)
    except BaseException:
        target.close()
        raise
    target.seek(0)
    return Accepted(target, display_name(upload.name), f"{uuid.uuid4().hex}.{kind}", kind, size, digest)


def display_name(name: str) -> str:
    """The name as it may be shown: no folder, no control or direction signs, at most 120 characters."""
    name = PureWindowsPath(PurePosixPath(str(name)).name).name
    name = "".join(sign for sign in unicodedata.normalize("NFC", name) if unicodedata.category(sign)[0] != "C")
    stem, dot, extension = name.rpartition(".")
    return f"{stem[:110]}.{extension[:9]}" if dot and len(name) > 120 else name[:120] or "file"  # noqa: PLR2004


def _refuse(code: str, message: Any, **facts: Any) -> None:
    raise RuleViolation(code, message % facts if facts else message, field="file", facts=facts)


def copy_hashed(chunks: Iterable[bytes], target: IO[bytes]) -> tuple[int, str]:
    """Write ``chunks`` to ``target``; size and SHA-256 of all. Raises ``FILE_TOO_LARGE`` or ``FILE_EMPTY``."""
    size, digest, limit = 0, hashlib.sha256(), settings.UPLOAD_MAX_BYTES
    for chunk in chunks:
        size += len(chunk)
        if size > limit:
            _refuse(
                "FILE_TOO_LARGE", _("The file is larger than %(megabytes)s MB. Split it, or leave out what is not "
                "needed."), megabytes=limit // 1_000_000,
            )  # fmt: skip
        digest.update(chunk)
        target.write(chunk)
    if not size:
        _refuse("FILE_EMPTY", _("The file is empty."))
    return size, digest.hexdigest()


def _sniff(content: IO[bytes]) -> FileKind | None:
    """The kind that the first bytes tell; None for one that is never taken."""
    content.seek(0)
    head = content.read(4096)
    if head.startswith(_ZIP):
        return FileKind.DOCX if _holds(content, _MAIN_PARTS[FileKind.DOCX]) else FileKind.XLSX
    for signature, kind in _SIGNATURES.items():
        if head.startswith(signature):
            return kind
    if head.startswith(_OLE):
        _refuse(
            "FILE_ENCRYPTED", _("This file is protected by a password or of an old Office format (.xls, .doc). Save it "
            "without a password as .xlsx or .docx and send that."),
        )  # fmt: skip
    looks_like_text = head.startswith(_BOMS) or not _BINARY.search(head)
    if not looks_like_text or head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith((b"<", b"{\\rtf")):
        return None
    return FileKind.CSV


def _refuse_kind(kinds: Collection[FileKind]) -> None:
    if TABLES.issuperset(kinds):
        _refuse("FILE_KIND", _("This is neither a CSV file nor an .xlsx workbook, whatever its name says."))
    _refuse(
        "FILE_KIND", _("By its content this is none of the kinds that are taken here, whatever its name says: "
        "%(kinds)s."), kinds=", ".join(sorted(kind.upper() for kind in kinds)),
    )  # fmt: skip


def _check_alone(content: IO[bytes]) -> None:
    """No archive hangs behind a picture, paper or text: such a file is another one for another program."""
    try:
        with zipfile.ZipFile(content) as archive:
            hidden = bool(archive.namelist())
    except NOT_READABLE:
        return
    if hidden:
        _refuse("FILE_HIDES", _("An archive hangs behind this file. Save it anew, without what is attached, as a PDF "
                                "or picture, and send that."))  # fmt: skip


def _check_png(content: IO[bytes], size: int) -> None:
    """Walk from chunk to chunk: the picture ends with its end mark and nothing stands behind it."""
    place = len(_PNG)
    while place + _PNG_CHUNK <= size:
        content.seek(place)
        length, name = struct.unpack(">I4s", content.read(8))
        place += _PNG_CHUNK + length
        if name == b"IEND":
            if place == size:
                return
            _refuse("FILE_HIDES", _("Something stands behind the end of this picture. Save it anew and send that."))
    _refuse("FILE_DAMAGED", _("The picture is cut off. Make it again and send that."))


def _check_jpeg(content: IO[bytes]) -> None:
    """The end mark stands somewhere; cameras write data of their own behind it."""
    content.seek(0)
    tail = b""
    while chunk := content.read(CHUNK):
        if b"\xff\xd9" in tail + chunk:
            return
        tail = chunk[-1:]
    _refuse("FILE_DAMAGED", _("The picture is cut off. Make it again and send that."))


def _holds(content: IO[bytes], part: str) -> bool:
    """Whether an archive names ``part``; a damaged one holds nothing, and is refused later with its reason."""
    content.seek(0)
    try:
        with zipfile.ZipFile(content) as archive:
            return part in archive.namelist()
    except NOT_READABLE:
        return False


def _check_pdf(content: IO[bytes], size: int) -> None:
    content.seek(max(0, size - _PDF_TAIL))
    if b"%%EOF" not in content.read():
        _refuse("FILE_DAMAGED", _("The PDF is cut off. Make it again and send that."))


def _check_text(content: IO[bytes]) -> None:
    """Text all the way down: no zero bytes or other control signs behind an innocent head."""
    content.seek(0)
    if content.read(2) in _BOMS:
        return
    content.seek(0)
    while chunk := content.read(CHUNK):
        if _BINARY.search(chunk):
            _refuse("FILE_DAMAGED", _("The file contains bytes that no table has. Export it again as CSV or .xlsx."))


# ── Workbooks ────────────────────────────────────────────────────────────────────────────────────
def check_workbook(content: IO[bytes], kind: FileKind = FileKind.XLSX) -> None:
    """Read every part of the archive within bounds; what its headers claim is believed only where it is worse."""
    content.seek(0)
    try:
        with zipfile.ZipFile(content) as archive:
            parts = archive.infolist()
            names = [part.filename.lower() for part in parts]
            if len(parts) > MAX_ENTRIES or len(set(names)) != len(names):
                _refuse("FILE_EXPANDS", _("The workbook has too many parts. Copy the table to a new workbook."))
            if any(name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name) for name in names):
                _refuse(
                    "FILE_DAMAGED", _("A part of this file names a place outside of it. Save it anew and send that.")
                )
            if any(part.flag_bits & 1 for part in parts):
                _refuse("FILE_ENCRYPTED", _("This file is protected by a password. Save it without one."))
            if any(name.rsplit("/", 1)[-1] in _MACROS for name in names):
                _refuse("FILE_MACROS", _("This file contains macros. Save it as a plain .xlsx or .docx and send that."))
            if "[content_types].xml" not in names or _MAIN_PARTS[kind] not in names:
                _refuse("FILE_KIND", _("This is an archive, but neither an .xlsx workbook nor a .docx text."))
            left = settings.UPLOAD_MAX_EXPANDED_BYTES
            if sum(part.file_size for part in parts) > left:
                _refuse_expansion()
            for part in parts:
                left -= _check_part(archive, part, left)
    except NOT_READABLE:
        _refuse("FILE_DAMAGED", _("The workbook is damaged. Open it, save it again and send that."))


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> int:
    """Expand one part within what is ``left``; return its true size."""
    size, tail = 0, b""
    is_xml = part.filename.lower().endswith((".xml", ".rels", ".vml"))
    with archive.open(part) as stream:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > left or (size > RATIO_FLOOR and size > MAX_RATIO * max(part.compress_size, 1)):
                _refuse_expansion()
            if is_xml:
                _check_xml(tail + chunk, is_start=size == len(chunk))
                tail = chunk[-32:]
    return size


def _check_xml(data: bytes, *, is_start: bool) -> None:
    # Other encodings could hide a declaration from the search; Excel writes UTF-8.
    if is_start and (data.startswith(_BOMS) or b"\x00" in data[:64]):
        _refuse("FILE_UNSAFE_XML", _("The workbook is not written in UTF-8. Open it, save it again and send that."))
    if _DTD.search(data):
        _refuse("FILE_UNSAFE_XML", _("The workbook contains declarations that spreadsheets do not need."))


def _refuse_expansion() -> None:
    _refuse(
        "FILE_EXPANDS", _("The workbook grows beyond %(megabytes)s MB when opened. Send it in parts or as CSV."),
        megabytes=settings.UPLOAD_MAX_EXPANDED_BYTES // 1_000_000,
    )  # fmt: skip


# ── Virus scanner ────────────────────────────────────────────────────────────────────────────────
def scan(content: IO[bytes]) -> None:
    """Ask ClamAV (``CLAMD``: ``unix:/path`` or ``host:port``) when configured.

    Raises ``FILE_INFECTED``; ``SCANNER_AWAY`` when it does not answer, because an unscanned file is not a clean one.
    """
    if not settings.CLAMD:
        return
    content.seek(0)
    try:
        with _scanner() as line:
            line.sendall(b"zINSTREAM\0")
            while chunk := content.read(CHUNK):
                line.sendall(struct.pack(">I", len(chunk)) + chunk)
            line.sendall(struct.pack(">I", 0))
            answer = b""
            while not answer.endswith(b"\0") and (more := line.recv(4096)):
                answer += more
    except OSError as error:
        raise _scanner_away() from error
    if answer.rstrip(b"\0").endswith(b" FOUND"):
        _refuse("FILE_INFECTED", _("The virus scanner found something in this file. It was not kept."))
    if not answer.rstrip(b"\0").endswith(b" OK"):
        raise _scanner_away()


def _scanner() -> socket.socket:
    if settings.CLAMD.startswith("unix:"):
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(settings.CLAMD_TIMEOUT)
        line.connect(settings.CLAMD.removeprefix("unix:"))
        return line
    host, __, port = settings.CLAMD.rpartition(":")
    return socket.create_connection((host, int(port)), settings.CLAMD_TIMEOUT)


def _scanner_away() -> RuleViolation:
    return RuleViolation(
        "SCANNER_AWAY", _("The virus scanner does not answer, so no file can be taken now. Try again later."),
        field="file",
    )  # fmt: skip
