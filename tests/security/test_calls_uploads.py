"""Hostile files handed in by an applicant, by script, by button and by program: refused in words, nothing kept."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from innovation.calls.models import AnswerFile
from tests.calls.wide_form import pdf
from tests.factories.calls import ApplicationFactory, CallFactory
from tests.security.test_uploads import EICAR, archive, clamd, png

__all__ = ["clamd"]

pytestmark = pytest.mark.django_db
DOCX = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<document/>"}
FORM = {
    "sections": [{"key": "papers", "title": {"en": "Papers", "zh": "附件"}, "fields": [
        {"key": "paper", "type": "file", "label": {"en": "Paper", "zh": "附件"}},
        {"key": "plan", "type": "file", "label": {"en": "Plan", "zh": "方案"},
         "limits": {"types": ["pdf"], "max_mb": 1}},
    ]}],
    "rules": [],
}  # fmt: skip
# name: (field, file name, content type that is claimed, content, code of the refusal)
ATTACKS = {
    "PDF with an archive behind": ("paper", "a.pdf", "application/pdf", pdf() + archive({"x": b"x"}), "FILE_HIDES"),
    "picture with a page behind it": ("paper", "a.png", "image/png", png(b"<script>alert(1)</script>"), "FILE_HIDES"),
    "SVG with a script": ("paper", "a.svg", "image/svg+xml", b'<svg onload="alert(1)"/>', "FILE_KIND"),
    "SVG that calls itself a picture": ("paper", "a.png", "image/png", b"<?xml version='1.0'?><svg/>", "FILE_KIND"),
    "page that calls itself a PDF": ("plan", "a.pdf", "application/pdf", b"<html><script>1</script>", "FILE_KIND"),
    "program that calls itself a PDF": ("plan", "a.pdf", "application/pdf", b"MZ\x90\0\3", "FILE_KIND"),
    "picture where PDF is asked for": ("plan", "a.pdf", "application/pdf", png(), "FILE_KIND"),
    "zip bomb": (
        "paper", "a.docx", "application/zip", archive(DOCX | {"word/media/a.bin": b"A" * 60_000_000}), "FILE_EXPANDS",
    ),
    "archive that climbs out": ("paper", "a.docx", "", archive(DOCX | {"../../x": b"x"}), "FILE_DAMAGED"),
    "macros": ("paper", "a.docm", "", archive(DOCX | {"word/vbaProject.bin": b"x"}), "FILE_MACROS"),
    "external entity": (
        "paper", "a.docx", "", archive(DOCX | {"word/a.xml": b'<!DOCTYPE a SYSTEM "file:///etc/passwd">'}),
        "FILE_UNSAFE_XML",
    ),
    "old Office file": ("paper", "a.doc", "", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "FILE_ENCRYPTED"),
    "more than the field takes": ("plan", "a.pdf", "", pdf("x" * 1_100_000), "FILE_TOO_LARGE"),
    "virus": ("paper", "a.csv", "text/csv", b"a," + EICAR, "FILE_INFECTED"),
    "nothing": ("paper", "a.pdf", "application/pdf", b"", "FILE_EMPTY"),
}  # fmt: skip


@pytest.fixture
def draft(client, settings, tmp_path):
    """A draft whose owner is signed in; what is kept is kept in a folder of the test."""
    settings.MEDIA_ROOT = str(tmp_path / "media")
    found = ApplicationFactory(call=CallFactory(form__content=FORM))
    client.force_login(found.created_by)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return found


def kept(settings):
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_refused_at_each_door_and_leaves_nothing(client, draft, settings, clamd, attack):
    key, name, claimed, content, code = ATTACKS[attack]
    base = f"/calls/applications/{draft.pk}/sections/papers/"

    def file():
        return SimpleUploadedFile(name, content, content_type=claimed)

    by_script = client.post(f"{base}files/{key}/", {"file": file()})
    by_program = client.post(f"/api/v1/applications/{draft.pk}/files/", {"key": key, "file": file()})
    by_button = client.post(base, {f"u-{key}": file(), "act": "save"})
    told = by_script.json()
    assert (by_script.status_code, told["code"]) == (422, code)
    assert len(told["message"]) >= 25
    if code != "FILE_EMPTY":
        assert (by_program.status_code, by_program.json()["code"]) == (422, code)
        assert by_button.status_code == 422
        assert told["message"].partition(": ")[2] in by_button.content.decode().replace("&#x27;", "'")
    assert by_program.status_code in {400, 422}
    assert not AnswerFile.objects.exists()
    assert kept(settings) == []


def test_no_file_is_taken_while_the_scanner_does_not_answer(client, draft, settings, tmp_path):
    settings.CLAMD = f"unix:{tmp_path}/nobody.sock"
    answer = client.post(
        f"/calls/applications/{draft.pk}/sections/papers/files/paper/", {"file": SimpleUploadedFile("a.pdf", pdf())}
    )
    assert answer.json()["code"] == "SCANNER_AWAY"
    assert "Try again later" in answer.json()["message"]
    assert (AnswerFile.objects.count(), kept(settings)) == (0, [])


@pytest.mark.parametrize("name", ["../../x.pdf", "..\\..\\x.pdf", "/etc/cron.d/x.pdf", "C:\\x.pdf", "a\0/../x.pdf"])
def test_a_name_with_a_path_is_a_name_for_eyes_alone(client, draft, settings, name):
    file = SimpleUploadedFile("a.pdf", pdf())
    file._name = name
    answer = client.post(f"/calls/applications/{draft.pk}/sections/papers/files/paper/", {"file": file})
    assert answer.status_code == 200
    stored = AnswerFile.objects.get()
    assert stored.file_name == "x.pdf"
    (path,) = kept(settings)
    assert Path(settings.MEDIA_ROOT) in path.resolve().parents
    assert path.stem.isalnum()
    download = client.get(f"/calls/applications/files/{stored.pk}/")
    assert download["Content-Disposition"].startswith('attachment; filename="x.pdf"')
    assert download["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("door", "size"),
    [
        ("/calls/applications/{}/sections/papers/files/paper/", 200_000_000),
        ("/calls/applications/{}/sections/papers/", 200_000_000),
        ("/api/v1/applications/{}/files/", 200_000_000),
        ("/api/v1/applications/{}/submit/", 6_000_000),
    ],
)
def test_200_megabytes_are_refused_before_a_byte_is_read(client, draft, settings, door, size):
    class Unread:
        def read(self, *args):
            pytest.fail("the body was read")

        readline = read

    kind = "application/json" if size < settings.UPLOAD_MAX_BYTES else "multipart/form-data; boundary=b"
    more = {"wsgi.input": Unread(), "CONTENT_LENGTH": str(size)}
    answer = client.generic("POST", door.format(draft.pk), b"x", kind, **more)
    assert answer.status_code == 413
    if door.startswith("/api/"):
        assert answer.json()["code"] == "TOO_LARGE"
    else:
        assert "larger than is taken at once" in answer.content.decode()
    assert kept(settings) == []
