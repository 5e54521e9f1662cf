"""Hostile files are refused before anything parses them, with words that help; honest ones pass."""

import io
import socket
import struct
import threading
import time
import tracemalloc
import zipfile
import zlib

import openpyxl
import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from innovation.core.errors import RuleViolation
from innovation.core.uploads import DOCUMENTS, FileKind, accept, display_name

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
PLAIN = {"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"}


def upload(content, name="table.csv"):
    return SimpleUploadedFile(name, content)


def archive(parts, compression=zipfile.ZIP_DEFLATED):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", compression) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return target.getvalue()


def workbook(rows=((1, "=1+1", "基金"),)):
    target = io.BytesIO()
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(target)
    return target.getvalue()


def refusal(content, name="table.xlsx", **more):
    with pytest.raises(RuleViolation) as caught:
        accept(upload(content, name), **more)
    assert caught.value.field == "file"
    assert len(str(caught.value)) > 15
    return caught.value.code


def png(behind=b""):
    """The smallest picture, and what stands behind its end."""
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"\0\0")),
        (b"IEND", b""),
    ]
    body = b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body + behind


def lying_archive(claimed):
    """A part whose header claims ``claimed`` bytes and holds more."""
    content = bytearray(archive(PLAIN | {"xl/sheet.xml": b"A" * 3_000_000}))
    real = struct.pack("<I", 3_000_000)
    return bytes(content.replace(real, struct.pack("<I", claimed)))


def encrypted_archive():
    content = bytearray(archive(PLAIN))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(mark)
        while at >= 0:
            content[at + offset] |= 1
            at = content.find(mark, at + 4)
    return bytes(content)


HOSTILE = {
    "nothing": (b"", "FILE_EMPTY"),
    "zero bytes": (b"\0" * 100, "FILE_KIND"),
    "zeros behind an innocent head": (b"a,b\n" * 2000 + b"\0\1", "FILE_DAMAGED"),
    "a program": (b"MZ\x90\x00\x03", "FILE_KIND"),
    "an ELF program": (b"\x7fELF\x02\x01\x01\x00", "FILE_KIND"),
    "HTML named csv": (b"<html><script>alert(1)</script>", "FILE_KIND"),
    "SVG with a script": (b'\xef\xbb\xbf  <svg onload="alert(1)"/>', "FILE_KIND"),
    "PDF": (b"%PDF-1.7\n", "FILE_KIND"),
    "RTF": (b"{\\rtf1", "FILE_KIND"),
    "PNG": (b"\x89PNG\r\n\x1a\n\0\0", "FILE_KIND"),
    "old or encrypted Office file": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "FILE_ENCRYPTED"),
    "half a workbook": (workbook()[:900], "FILE_DAMAGED"),
    "only the beginning of an archive": (b"PK\x03\x04", "FILE_DAMAGED"),
    "an archive that is no workbook": (archive({"a.txt": b"a"}), "FILE_KIND"),
    "a Word document": (archive({"[Content_Types].xml": b"", "word/document.xml": b""}), "FILE_KIND"),
    "201 parts": (archive(PLAIN | {f"xl/{n}.xml": b"" for n in range(199)}), "FILE_EXPANDS"),
    "macros": (archive(PLAIN | {"xl/vbaProject.bin": b"x"}), "FILE_MACROS"),
    "a password": (encrypted_archive(), "FILE_ENCRYPTED"),
    "a zip bomb": (archive(PLAIN | {"xl/sheet.xml": b"A" * 60_000_000}), "FILE_EXPANDS"),
    "a bomb of small parts": (archive(PLAIN | {f"xl/{n}.bin": b"A" * 900_000 for n in range(70)}), "FILE_EXPANDS"),
    "a part of extreme ratio": (archive(PLAIN | {"xl/sheet.xml": b"A" * 3_000_000}), "FILE_EXPANDS"),
    "a header that claims less": (lying_archive(10), "FILE_DAMAGED"),
    "a document type": (archive(PLAIN | {"xl/s.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a/>'}), "FILE_UNSAFE_XML"),
    "an external entity": (
        archive(PLAIN | {"xl/s.xml": b'<!doctype a SYSTEM "file:///etc/passwd"><a/>'}), "FILE_UNSAFE_XML",
    ),
    "a document type across two reads": (
        archive(PLAIN | {"xl/s.xml": b"<a>" + bytes(range(32, 60)) * 2340 + b"    <!DOCTYPE a>"}, zipfile.ZIP_STORED),
        "FILE_UNSAFE_XML",
    ),
    "a document type in UTF-16": (archive(PLAIN | {"xl/s.xml": "<!DOCTYPE a>".encode("utf-16")}), "FILE_UNSAFE_XML"),
    "one name twice": (archive(PLAIN | {"XL/WORKBOOK.XML": b"<workbook/>"}), "FILE_EXPANDS"),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_file_is_refused(case):
    content, code = HOSTILE[case]
    assert refusal(content) == code


def test_200_megabytes_are_refused_while_they_arrive_without_filling_memory(settings):
    settings.UPLOAD_MAX_BYTES = 50_000_000

    class Endless:
        name = "big.csv"
        read = 0

        def chunks(self):
            while self.read < 200_000_000:
                self.read += 65_536
                yield b"a,b\n" * 16_384

    big = Endless()
    tracemalloc.start()
    with pytest.raises(RuleViolation, match="larger than 50 MB"):
        accept(big)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert big.read < 50_200_000
    assert peak < 5_000_000


def test_a_zip_bomb_is_refused_fast_and_in_little_memory():
    content = HOSTILE["a zip bomb"][0]
    assert len(content) < 100_000
    tracemalloc.start()
    started = time.process_time()
    assert refusal(content) == "FILE_EXPANDS"
    seconds, peak = time.process_time() - started, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert seconds < 0.5
    assert peak < 20_000_000


@pytest.mark.parametrize(
    "content",
    [b"a,b\n1,2\n", "名称,金额\n基金,1".encode("gb18030"), "名称\n基金".encode("utf-16"), "\ufeff名称\n".encode(),
     b"=HYPERLINK(1),+1\n"],
)  # fmt: skip
def test_text_passes_in_the_encodings_that_offices_use_and_formulas_are_data(content):
    accepted = accept(upload(content, "x.xlsx"))
    assert (accepted.kind, accepted.content.read(), accepted.size) == (FileKind.CSV, content, len(content))


def test_a_workbook_passes_whatever_its_name_and_its_formulas_are_data():
    accepted = accept(upload(workbook(), "table.csv"))
    assert accepted.kind is FileKind.XLSX
    cells = [cell.value for cell in openpyxl.load_workbook(accepted.content).active[1]]
    assert cells == [1, "=1+1", "基金"]


def test_a_portfolio_of_100_000_rows_passes_the_default_limits():
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"constant_memory": True})
    sheet = book.add_worksheet()
    for row in range(100_000):
        sheet.write_row(
            row, 0, [f"91440300MA5G{row:06d}", f"深圳市创新科技{row}有限公司", "invest", "2024-03-31",
                     row * 7919 % 10**9, row % 100, "equity", f"REF-{row:08d}"],
        )  # fmt: skip
    book.close()
    assert accept(upload(target.getvalue())).kind is FileKind.XLSX


def test_a_kind_that_is_not_asked_for_is_refused():
    assert refusal(workbook(), kinds=[FileKind.CSV]) == "FILE_KIND"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "passwd"), ("C:\\Users\\li\\表.xlsx", "表.xlsx"), ("a\0b\r\nc.csv", "abc.csv"),
        ("invoice\u202exslx.exe", "invoicexslx.exe"), ("表" * 300 + ".xlsx", "表" * 110 + ".xlsx"), ("", "file"),
        ("a.csv.exe", "a.csv.exe"), ("..", ".."),
    ],
)  # fmt: skip
def test_the_name_is_shown_without_folders_and_tricks_and_never_used_on_disk(given, shown):
    assert display_name(given) == shown
    upload_ = upload(b"a,b\n")
    upload_._name = given
    stored = accept(upload_).stored_name
    assert len(stored) == 36
    assert stored.endswith(".csv")
    assert stored[:-4].isalnum()


# ── Scanner ──────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def clamd(settings, tmp_path):
    """A daemon that speaks INSTREAM and knows one virus; ``answer`` overrides what it says."""
    path = str(tmp_path / "clamd.sock")
    server = socket.socket(socket.AF_UNIX)
    server.bind(path)
    server.listen()
    said = {"answer": None, "got": b""}

    def serve():
        while True:
            try:
                line, __ = server.accept()
            except OSError:
                return
            with line, line.makefile("rb") as stream:
                assert stream.read(10) == b"zINSTREAM\0"
                content = b""
                while size := struct.unpack(">I", stream.read(4))[0]:
                    content += stream.read(size)
                said["got"] = content
                verdict = b"stream: Eicar-Signature FOUND\0" if EICAR in content else b"stream: OK\0"
                line.sendall(said["answer"] if said["answer"] is not None else verdict)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    settings.CLAMD, settings.CLAMD_TIMEOUT = f"unix:{path}", 5
    yield said
    server.shutdown(socket.SHUT_RDWR)
    server.close()


def test_the_scanner_sees_the_whole_file_and_its_verdict_counts(clamd):
    content = b"a,b\n" * 50_000
    assert accept(upload(content)).size == len(content)
    assert clamd["got"] == content
    assert refusal(b"a," + EICAR) == "FILE_INFECTED"


@pytest.mark.parametrize("answer", [b"", b"INSTREAM size limit exceeded. ERROR\0"])
def test_an_unclear_answer_is_not_a_clean_one(clamd, answer):
    clamd["answer"] = answer
    assert refusal(b"a,b\n") == "SCANNER_AWAY"


def test_no_file_is_taken_while_the_scanner_is_away(settings, tmp_path):
    settings.CLAMD = f"unix:{tmp_path}/nobody.sock"
    assert refusal(b"a,b\n") == "SCANNER_AWAY"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7\n1 0 obj\n%%EOF\n", FileKind.PDF),
        (png(), FileKind.PNG),
        (b"\xff\xd8\xff\xe0\0\x10JFIF\xff\xd9and what a camera adds", FileKind.JPEG),
        (archive({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<document/>"}), FileKind.DOCX),
        (workbook(), FileKind.XLSX),
        ("说明,1\n".encode(), FileKind.CSV),
    ],
)
def test_a_document_is_taken_where_documents_are_asked_for(content, kind):
    with accept(upload(content, "paper.bin"), kinds=DOCUMENTS).content as taken:
        assert taken.read() == content
    assert accept(upload(content), kinds=DOCUMENTS).kind is kind


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"%PDF-1.7\n cut off", "FILE_DAMAGED"),
        (b"%PDF-1.7\n%%EOF\n" + archive({"a.html": b"<script>"}), "FILE_HIDES"),
        (png(archive({"a.class": b"x"})), "FILE_HIDES"),
        (png(b"<script>alert(1)</script>"), "FILE_HIDES"),
        (png()[:-20], "FILE_DAMAGED"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "FILE_DAMAGED"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF\xff\xd9" + archive({"a.php": b"x"}), "FILE_HIDES"),
        (archive({"word/document.xml": b"<document/>"}), "FILE_KIND"),
        (
            archive({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"", "word/vbaProject.bin": b"x"}),
            "FILE_MACROS",
        ),
        (
            archive({"[Content_Types].xml": b"<Types/>", "word/document.xml": b'<!DOCTYPE x [<!ENTITY a "b">]>'}),
            "FILE_UNSAFE_XML",
        ),
        (b"<html><script>alert(1)</script>", "FILE_KIND"),
        (b"MZ\x90\x00\x03", "FILE_KIND"),
    ],
)
def test_a_hostile_document_is_refused(content, code):
    assert refusal(content, kinds=DOCUMENTS) == code
