"""The sealed file: complete, deterministic, verified by the script that travels inside it, and by nothing tampered."""

import io
import json
import subprocess
import sys
import zipfile
from functools import cache
from hashlib import sha256
from pathlib import Path

import pytest
from pypdf import PdfReader

from funds.casefile import verify_case
from funds.casefile.archive import sealed_zip
from funds.choices.cases import CaseState, Regime
from funds.models import ExemptionCase, LedgerEvent
from tests.funds import scenes
from tests.funds.case_scenes import case_in

pytestmark = pytest.mark.django_db
SCRIPT = Path(verify_case.__file__)


@cache
def sealed() -> bytes:
    """One whole case with its appeal, made once for the tests that only read it."""
    case, walk = case_in(CaseState.APPEAL)
    walk.seat(walk.cast.second)
    walk.vote(walk.cast.second, "NOT_EXEMPT")
    walk.close(walk.cast.second[0], "NOT_EXEMPT")
    walk.archive()
    return bytes(ExemptionCase.objects.get(pk=case.pk).sealed.content)


def parts_of(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def listed(parts):
    """The same parts under a manifest that names their present hashes: a careful forger's work."""
    manifest = json.loads(parts["manifest.json"])
    manifest["files"] = [
        {"path": name, "sha256": sha256(content).hexdigest(), "size": len(content)}
        for name, content in sorted(parts.items())
        if name != "manifest.json"
    ]
    return parts | {"manifest.json": json.dumps(manifest).encode()}


def test_the_script_inside_the_file_verifies_it_offline(tmp_path):
    file = tmp_path / "case.zip"
    file.write_bytes(sealed())
    script = tmp_path / "verify_case.py"
    script.write_bytes(parts_of(sealed())["verify_case.py"])
    assert script.read_bytes() == SCRIPT.read_bytes()
    done = subprocess.run(
        [sys.executable, "-I", str(script), str(file)], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert sha256(sealed()).hexdigest() in done.stdout
    assert "VERIFIED" in done.stdout.splitlines()[-1]
    assert "NOT_EXEMPT" in done.stdout.splitlines()[-1]


def test_the_file_holds_everything_and_says_how_to_verify_it():
    parts = parts_of(sealed())
    assert {
        "README.txt", "case.en.pdf", "case.zh.pdf", "case.json", "steps.jsonl", "frozen.json", "ledger.jsonl",
        "manifest.json", "verify_case.py",
    } < set(parts)  # fmt: skip
    assert sum(name.startswith("evidence/") for name in parts) == 2
    assert b"python verify_case.py" in parts["README.txt"]
    kinds = {record["type"] for record in json.loads(parts["case.json"])["records"]}
    assert kinds == {
        "case", "voter", "person", "evidence", "freeze", "answer", "finding", "statement", "evaluation", "seat",
        "vote", "decision", "appeal",
    }  # fmt: skip


@pytest.mark.parametrize(("name", "words"), [("case.en.pdf", "Not exempt"), ("case.zh.pdf", "不予免责")])
def test_the_paper_is_tagged_and_tells_the_whole_case(name, words):
    content = parts_of(sealed())[name]
    reader = PdfReader(io.BytesIO(content))
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    text = "".join(page.extract_text() for page in reader.pages)
    assert words in text
    head = json.loads(parts_of(sealed())["manifest.json"])["chain_head"]
    assert head in text.replace("\n", "").replace(" ", "")


def test_the_same_case_gives_the_same_bytes():
    case, _walk = case_in(CaseState.ARCHIVED)
    again, head = sealed_zip(ExemptionCase.objects.get(pk=case.pk))
    assert again == bytes(case.sealed.content)
    assert (sha256(again).hexdigest(), head) == (case.sealed.sha256, case.sealed.chain_head)


def test_later_bookings_do_not_change_the_file():
    case, walk = case_in(CaseState.FROZEN, regime=Regime.FISCAL)
    scenes.invest(case.fund, 70)
    walk.to(CaseState.ARCHIVED)
    content = bytes(ExemptionCase.objects.get(pk=case.pk).sealed.content)
    assert verify_case.problems_of(parts_of(content)) == []
    lines = parts_of(content)["ledger.jsonl"].splitlines()
    assert len(lines) == 3 < LedgerEvent.objects.filter(fund=case.fund).count()


@pytest.mark.parametrize(
    "name", ["case.json", "steps.jsonl", "frozen.json", "ledger.jsonl", "case.en.pdf", "README.txt"]
)
def test_a_changed_part_is_found(name):
    parts = parts_of(sealed())
    content = bytearray(parts[name])
    content[len(content) // 2] ^= 1
    found = verify_case.problems_of(parts | {name: bytes(content)})
    assert any(name in problem for problem in found) or "cannot be read" in found[0]


def test_a_missing_and_an_added_part_are_found():
    parts = parts_of(sealed())
    without = {name: content for name, content in parts.items() if not name.startswith("evidence/")}
    assert any("part missing" in problem for problem in verify_case.problems_of(without))
    assert any("does not list" in problem for problem in verify_case.problems_of(parts | {"note.txt": b"x"}))
    assert any("document missing" in problem for problem in verify_case.problems_of(listed(without)))


def edited(name, change):
    parts = parts_of(sealed())
    value = json.loads(parts[name])
    change(value)
    return listed(parts | {name: verify_case.canonical(value)})


def lines_edited(name, change):
    parts = parts_of(sealed())
    rows = [json.loads(line) for line in parts[name].decode().splitlines()]
    change(rows)
    return listed(parts | {name: b"".join(verify_case.canonical(row) + b"\n" for row in rows)})


def record_of(case, kind):
    return next(record for record in case["records"] if record["type"] == kind)


@pytest.mark.parametrize(
    ("forged", "words"),
    [
        (lambda: edited("case.json", lambda c: record_of(c, "vote").update(outcome="EXEMPT2")), "record changed"),
        (lambda: edited("case.json", lambda c: record_of(c, "answer").update(reason="better")), "record changed"),
        (lambda: edited("case.json", lambda c: record_of(c, "case").update(loss_fen=1)), "record changed"),
        (
            lambda: edited("case.json", lambda c: c["records"].remove(record_of(c, "appeal"))),
            "sealed record is missing",
        ),
        (lambda: edited("case.json", lambda c: c["records"].append({"type": "vote", "id": 9})), "never sealed"),
        (lambda: edited("frozen.json", lambda c: c["times"].update(as_of="2020-01-01")), "frozen set has another hash"),
        (lambda: lines_edited("steps.jsonl", lambda rows: rows[2].update(note="x")), "step 3 does not continue"),
        (lambda: lines_edited("steps.jsonl", lambda rows: rows.pop(4)), "step 5 does not continue"),
        (lambda: lines_edited("steps.jsonl", lambda rows: rows.pop()), "does not end in the head"),
        (lambda: lines_edited("ledger.jsonl", lambda rows: rows[0].update(text="1|1|x")), "ledger entry 1 does not"),
        (lambda: lines_edited("ledger.jsonl", lambda rows: rows.pop()), "does not end with the entry"),
    ],
)
def test_a_forger_who_lists_the_new_hashes_is_found_by_the_chains(forged, words):
    found = verify_case.problems_of(forged())
    assert any(words in problem for problem in found), found


def test_another_document_under_the_same_name_is_found():
    parts = parts_of(sealed())
    name = next(name for name in parts if name.startswith("evidence/"))
    found = verify_case.problems_of(listed(parts | {name: b"%PDF-1.7 other"}))
    assert any("not what its name says" in problem for problem in found)


def test_another_outcome_in_the_manifest_is_found():
    parts = parts_of(sealed())
    manifest = json.loads(parts["manifest.json"]) | {"outcome": "EXEMPT"}
    found = verify_case.problems_of(parts | {"manifest.json": json.dumps(manifest).encode()})
    assert any("another outcome" in problem for problem in found)


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04 cut"])
def test_what_is_no_sealed_file_fails_with_words(content, tmp_path, capsys):
    file = tmp_path / "x.zip"
    file.write_bytes(content)
    assert verify_case.main([str(file)]) == 1
    assert "cannot be opened" in capsys.readouterr().out
    assert verify_case.main([]) == 2


def test_a_part_that_is_inside_twice_fails(tmp_path, capsys):
    file = tmp_path / "x.zip"
    file.write_bytes(sealed())
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(file, "a") as archive:
        archive.writestr("case.json", b"{}")
    assert verify_case.main([str(file)]) == 1
    assert "NOT VERIFIED" in capsys.readouterr().out
    file.write_bytes(packed(parts_of(sealed())))
    assert verify_case.main([str(file)]) == 0
