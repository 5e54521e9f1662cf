#!/usr/bin/env python3
"""Verify the sealed file of an exemption case, offline, with nothing but Python 3.8 or later.

    python verify_case.py EX-2026-0001.zip

The file passes when
  1. every part is listed in manifest.json with its SHA-256 and size, and nothing else is inside;
  2. the steps of the case form one unbroken chain of hashes up to the head in the manifest;
  3. every record in case.json was sealed by a step, and every seal of a step has its record;
  4. the frozen set has the hash that was sealed when it was frozen, and so has each of its sections;
  5. every document has the hash under which the case refers to it, and none is missing;
  6. the ledger of the fund forms one unbroken chain up to the entry on which the frozen set rests;
  7. the outcome in the manifest is that of the last decision.
Exit code 0: all hold. 1: something does not; each problem is printed. Compare the SHA-256 that is printed first with
the one that the office published when it archived the case: whoever rewrites a whole file cannot rewrite that.
"""

import hashlib
import json
import sys
import zipfile

GENESIS = bytes(32)
FORMAT = "exemption-case-file/1"


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def canonical(value):
    """JSON with sorted keys and no spaces: the text over which records are hashed."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def lines_of(content):
    return [json.loads(line) for line in content.decode().splitlines() if line]


def check_parts(parts, manifest):
    listed = {row["path"]: row for row in manifest["files"]}
    for name in sorted(set(parts) - set(listed) - {"manifest.json"}):
        yield "part that the manifest does not list: " + name
    for name, row in sorted(listed.items()):
        if name not in parts:
            yield "part missing: " + name
        elif sha256(parts[name]) != row["sha256"] or len(parts[name]) != row["size"]:
            yield "part changed: " + name


def step_text(step):
    head = "|".join(
        [
            str(step["case"]),
            str(step["seq"]),
            step["event"],
            step["from"],
            step["to"],
            step["at"],
            "" if step["actor"] is None else str(step["actor"]),
        ]
    )
    return head + "".join(f"|{len(step[name])}|{step[name]}" for name in ("actor_label", "note", "facts"))


def check_chain(rows, text_of, head, name):
    before = GENESIS
    for number, row in enumerate(rows, 1):
        before = hashlib.sha256(before + text_of(row).encode()).digest()
        if row["seq"] != number or row["hash"] != before.hex():
            yield f"{name} {number} does not continue the chain"
            return
    if before.hex() != (head or GENESIS.hex()):
        yield f"the chain ({name}) does not end in the head that was recorded"


def check_records(case, steps):
    sealed = [digest for step in steps for digest in json.loads(step["facts"]).get("records", [])]
    present = []
    for record in case["records"]:
        present.append(sha256(canonical(record)))
        if present[-1] not in sealed:
            yield f"record changed or never sealed: {record['type']} {record.get('id', record.get('member'))}"
    for digest in sealed:
        if digest not in present:
            yield "a sealed record is missing: " + digest


def check_frozen(frozen, case):
    rows = [record for record in case["records"] if record["type"] == "freeze"]
    if not rows:
        return
    if sha256(frozen) != rows[0]["sha256"]:
        yield "the frozen set has another hash than was sealed"
        return
    content = json.loads(frozen)
    for name, digest in sorted(content["sections"].items()):
        if sha256(canonical(content[name])) != digest:
            yield "section of the frozen set changed: " + name
    if content["ledger"]["seq"] != rows[0]["ledger_seq"] or content["ledger"]["head"] != rows[0]["ledger_head"]:
        yield "the frozen set names another entry of the ledger than was sealed"


def check_evidence(parts, case):
    held = {}
    for name, content in parts.items():
        if name.startswith("evidence/"):
            digest = name.split("/", 1)[1].split(".", 1)[0]
            held[digest] = name
            if sha256(content) != digest:
                yield "document is not what its name says: " + name
    named = [record for record in case["records"] if record["type"] == "evidence"]
    for record in named:
        if record["sha256"] not in held:
            yield f"document missing: {record['name']} ({record['sha256']})"
    for digest in sorted(set(held) - {record["sha256"] for record in named}):
        yield "document that the case does not name: " + held[digest]


def check_outcome(manifest, case):
    decisions = [record for record in case["records"] if record["type"] == "decision"]
    last = max(decisions, key=lambda record: record["round"])["outcome"] if decisions else ""
    if manifest["outcome"] != last:
        yield "the manifest names another outcome than the last decision"


def problems_of(parts):
    """Every problem of the unpacked file (path -> bytes), in words."""
    try:
        manifest = json.loads(parts["manifest.json"])
        found = list(check_parts(parts, manifest))
        if manifest["format"] != FORMAT:
            return [f"unknown format: {manifest['format']}"]
        steps, case = lines_of(parts["steps.jsonl"]), json.loads(parts["case.json"])
        frozen_row = next((record for record in case["records"] if record["type"] == "freeze"), None)
        found += check_chain(steps, step_text, manifest["chain_head"], "step")
        found += check_records(case, steps)
        found += check_frozen(parts.get("frozen.json", b""), case)
        found += check_evidence(parts, case)
        if frozen_row:
            ledger = lines_of(parts["ledger.jsonl"])
            if len(ledger) != frozen_row["ledger_seq"]:
                found.append("the ledger does not end with the entry that was frozen")
            found += check_chain(ledger, lambda row: row["text"], frozen_row["ledger_head"], "ledger entry")
        return found + list(check_outcome(manifest, case))
    except (KeyError, ValueError, TypeError, AttributeError, IndexError) as error:
        return [f"the file cannot be read: {error!r}"]


def main(arguments):
    if len(arguments) != 1:
        print(__doc__)
        return 2
    try:
        with open(arguments[0], "rb") as file:
            print("SHA-256 of the file: " + sha256(file.read()))
        with zipfile.ZipFile(arguments[0]) as archive:
            names = archive.namelist()
            parts = {name: archive.read(name) for name in names}
    except (OSError, zipfile.BadZipFile, RuntimeError) as error:
        print(f"The file cannot be opened: {error}")
        return 1
    found = problems_of(parts)
    if len(names) != len(parts):
        found.append("a part is inside twice")
    for problem in found:
        print("PROBLEM: " + problem)
    if found:
        print(f"NOT VERIFIED: {len(found)} problems")
        return 1
    manifest = json.loads(parts["manifest.json"])
    print(f"Head of the chain: {manifest['chain_head']} ({manifest['steps']} steps)")
    print(f"VERIFIED: case {manifest['case']}, outcome {manifest['outcome'] or '-'}, {len(parts)} parts")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
