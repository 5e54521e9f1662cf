"""Take out of a file what its program wrote into it: author, device, place, dates, comments, attachments.

What is seen on the page stays; that is for the officer's eyes. Kinds that cannot be cleaned with certainty are refused.
"""

import io
import struct

from django.utils.translation import gettext as _
from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import DictionaryObject, IndirectObject, NameObject

from innovation.core.errors import RuleViolation
from innovation.core.uploads import FileKind

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD"}
_JPEG_ALONE = {0x01, 0xD8, *range(0xD0, 0xD8)}
_JPEG_MARK, _JPEG_SCAN, _JPEG_END = 0xFF, 0xDA, 0xD9
_JPEG_HIDDEN = {*range(0xE1, 0xF0), 0xFE} - {0xEE}
"""Application data and comments; JFIF (0xE0) and Adobe's colours (0xEE) tell how to draw the picture."""
_PDF_HIDDEN = ("/Metadata", "/PieceInfo", "/Annots", "/LastModified", "/Thumb", "/AA", "/StructParents")


def strip(content: bytes, kind: FileKind) -> bytes:
    """``content`` of a PDF, PNG or JPEG without hidden facts. Raises ``FILE_KIND`` or ``FILE_DAMAGED``."""
    try:
        if kind is FileKind.PNG:
            return _strip_png(content)
        if kind is FileKind.JPEG:
            return _strip_jpeg(content)
        if kind is FileKind.PDF:
            return _strip_pdf(content)
    except (struct.error, IndexError, PyPdfError, ValueError, KeyError, AttributeError, TypeError):
        raise RuleViolation(
            "FILE_DAMAGED", _("The file is damaged. Save it anew and send that."), field="file"
        ) from None
    raise RuleViolation(
        "FILE_KIND", _("Give the redacted copy as a PDF or a picture (PNG, JPEG)."), field="file",
        facts={"kind": str(kind)},
    )  # fmt: skip


def text_of_pdf(content: bytes) -> str:
    """The words on the pages of a PDF, as far as they are text and not pictures. Raises ``FILE_DAMAGED``."""
    try:
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    except (PyPdfError, ValueError, KeyError, AttributeError, TypeError):
        raise RuleViolation(
            "FILE_DAMAGED", _("The file is damaged. Save it anew and send that."), field="file"
        ) from None


def _strip_png(content: bytes) -> bytes:
    kept, place = [_PNG], len(_PNG)
    while place < len(content):
        length, name = struct.unpack(">I4s", content[place : place + 8])
        end = place + 12 + length
        if name in _PNG_KEPT:
            kept.append(content[place:end])
        place = end
        if name == b"IEND":
            break
    return b"".join(kept)


def _strip_jpeg(content: bytes) -> bytes:
    """Segments up to the end mark; what a camera wrote behind it goes too."""
    kept, place = [], 0
    while True:
        if content[place] != _JPEG_MARK:
            raise ValueError(place)
        mark = content[place + 1]
        if mark in _JPEG_ALONE:
            kept.append(content[place : place + 2])
            place += 2
        elif mark == _JPEG_END:
            return b"".join([*kept, content[place : place + 2]])
        else:
            end = place + 2 + struct.unpack(">H", content[place + 2 : place + 4])[0]
            if mark == _JPEG_SCAN:
                end = _end_of_scan(content, end)
            if mark not in _JPEG_HIDDEN:
                kept.append(content[place:end])
            place = end


def _end_of_scan(content: bytes, place: int) -> int:
    """Where the drawn data ends: at a mark that is neither a stuffed byte nor a restart."""
    while True:
        place = content.index(b"\xff", place)
        if content[place + 1] != 0 and content[place + 1] not in range(0xD0, 0xD8):
            return place
        place += 2


def _strip_pdf(content: bytes) -> bytes:
    """The pages alone in a new document: no title, author, dates, outline, attachments, forms, scripts or remarks."""
    writer = PdfWriter()
    for page in PdfReader(io.BytesIO(content)).pages:
        for name in _PDF_HIDDEN:
            page.pop(NameObject(name), None)
        _strip_drawings(page.get("/Resources"))
        writer.add_page(page)
    writer.metadata = None
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def _strip_drawings(resources: DictionaryObject | IndirectObject | None) -> None:
    """Pictures on the pages carry hidden facts of their own."""
    found = resources.get_object() if resources is not None else None
    drawings = found.get("/XObject") if isinstance(found, DictionaryObject) else None
    for one in drawings.get_object().values() if drawings is not None else ():
        drawing = one.get_object()
        for name in ("/Metadata", "/PieceInfo", "/LastModified"):
            drawing.pop(NameObject(name), None)
        if drawing.get("/Filter") == "/DCTDecode":
            drawing._data = _strip_jpeg(drawing._data)
