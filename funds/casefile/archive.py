"""The sealed ZIP of a case: every record, step, document and ledger entry, the PDF in both languages, a manifest."""

import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

from django.conf import settings

from funds.casefile.paper import case_pdf
from funds.models import CaseStep, Evidence, ExemptionCase, LedgerEvent
from funds.queries.case_records import records_of
from funds.rules.case_chain import canonical, moment_text
from funds.rules.chain import Link

FORMAT = "exemption-case-file/1"
VERIFIER = Path(__file__).parent / "verify_case.py"
_README = """\
Sealed file of exemption case {code} / 免责案卷封存文件 {code}

What is inside / 内容
  case.en.pdf, case.zh.pdf   the case for people / 案卷正文
  frozen.json                what was known, frozen / 固化的证据
  case.json, steps.jsonl     every record and the chain of steps / 全部记录与步骤链
  ledger.jsonl               the fund's ledger up to the frozen entry / 基金账簿(截至固化时)
  evidence/                  documents under their SHA-256 / 证据原件
  manifest.json              SHA-256 and size of every part / 清单

How to verify, offline, with Python 3.8 or later / 离线核验
  unzip {code}.zip verify_case.py
  python verify_case.py {code}.zip

Compare the SHA-256 that it prints with the one the office published with the archived case.
请将打印的 SHA-256 与归档时公布的值核对。
"""


def sealed_zip(case: ExemptionCase) -> tuple[bytes, str]:
    """The ZIP of a case and the head of its chain of steps; the same bytes for the same archived case.

    Parts are stored, not compressed, in the order of their names and with one fixed time, so that no clock and no
    version of a compression library changes a byte.
    """
    steps = list(case.steps.order_by("seq"))
    head = bytes(steps[-1].hash).hex()
    parts = _parts(case, steps, head)
    listed = [
        {"path": path, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
        for path, content in sorted(parts.items())
    ]
    manifest = {
        "format": FORMAT, "case": case.code, "outcome": case.outcome, "chain_head": head, "steps": len(steps),
        "files": listed,
    }  # fmt: skip
    parts["manifest.json"] = (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode()
    return _zip(parts), head


def _parts(case: ExemptionCase, steps: list[CaseStep], head: str) -> dict[str, bytes]:
    parts = {
        "README.txt": _README.format(code=case.code).encode(),
        "verify_case.py": VERIFIER.read_bytes(),
        "case.json": canonical({"case": case.code, "records": records_of(case)}).encode(),
        "steps.jsonl": _lines([_step(step) for step in steps]),
    }
    if case.frozen_at:
        parts["frozen.json"] = case.freeze.content.encode()
        parts["ledger.jsonl"] = _lines(_ledger(case))
    for row in Evidence.objects.filter(case=case).select_related("file"):
        parts[f"evidence/{row.file_id}.{row.file.kind}"] = bytes(row.file.content)
    for language, _name in settings.LANGUAGES:
        parts[f"case.{language[:2]}.pdf"] = case_pdf(case, head=head, language=language)
    return parts


def _lines(rows: list[dict[str, Any]]) -> bytes:
    return "".join(f"{canonical(row)}\n" for row in rows).encode()


def _step(step: CaseStep) -> dict[str, Any]:
    return {
        "case": step.case_id, "seq": step.seq, "event": step.event, "from": step.from_state, "to": step.to_state,
        "at": moment_text(step.at), "actor": step.actor_id, "actor_label": step.actor_label, "note": step.note,
        "facts": step.facts, "hash": bytes(step.hash).hex(),
    }  # fmt: skip


def _ledger(case: ExemptionCase) -> list[dict[str, Any]]:
    """The entries of the fund up to the frozen one, each as the text that is hashed."""
    rows = LedgerEvent.objects.filter(fund_id=case.fund_id, seq__lte=case.freeze.ledger_seq).order_by("seq")
    return [{"seq": row.seq, "text": _link(row).text(), "hash": bytes(row.hash).hex()} for row in rows]


def _link(row: LedgerEvent) -> Link:
    return Link(
        row.fund_id, row.seq, row.investment_id, row.kind, row.effect, row.value_date, row.recorded_at, row.amount_fen,
        row.cost_relieved_fen, row.reverses_id, row.document, row.reason, row.actor_id,
        row.award_id,
    )  # fmt: skip


def _zip(parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for path, content in sorted(parts.items()):
            entry = zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0))
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            archive.writestr(entry, content)
    return target.getvalue()
