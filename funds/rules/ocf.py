"""The Open Cap Format read and checked: files of a package, required fields, forms of values, unknown fields.

Open Cap Table Coalition, Open Cap Format 1.1 and 1.2. Numbers are text with at most ten decimals, amounts
``{amount, currency}``, days ISO. Every object is kept whole: what we do not know is listed and never dropped.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from funds.rules.ocf_fields import FILE_TYPES, KINDS, Form

NUMERIC = re.compile(r"^[+-]?[0-9]+(\.[0-9]{1,10})?$")
CURRENCY = re.compile(r"^[A-Z]{3}$")
MANIFEST = "OCF_MANIFEST_FILE"
Objects = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong: ``where`` names the file and object, ``code`` the rule, ``detail`` the field or value."""

    where: str
    code: str
    detail: str


@dataclass
class Package:
    """A package as read. ``objects`` by id, the issuer among them; ``unknown`` lists ``object type.field``."""

    manifest: dict[str, Any] = field(default_factory=dict)
    objects: Objects = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def read_package(files: Mapping[str, Any]) -> Package:
    """Read the parsed JSON files of a package (name → content), in whatever order. Never raises: see ``problems``."""
    package = Package()
    manifests = [name for name, content in files.items() if _type_of(content) == MANIFEST]
    if len(manifests) != 1:
        package.problems.append(Problem("", "NO_MANIFEST", str(len(manifests))))
        return package
    package.manifest = dict(files[manifests[0]])
    _check_manifest(package, manifests[0], files)
    issuer = package.manifest.get("issuer")
    if isinstance(issuer, dict):
        _take(package, manifests[0], issuer)
    for name, content in files.items():
        if name != manifests[0]:
            _take_file(package, name, content)
    _check_references(package)
    package.unknown = sorted(set(package.unknown))
    return package


def _type_of(content: Any) -> str:
    return str(content.get("file_type", "")) if isinstance(content, dict) else ""


def _check_manifest(package: Package, name: str, files: Mapping[str, Any]) -> None:
    manifest = package.manifest
    package.problems += [
        Problem(name, "FIELD_MISSING", key) for key in ("ocf_version", "issuer", "as_of") if key not in manifest
    ]
    if "as_of" in manifest and not _is_day(manifest["as_of"]):
        package.problems.append(Problem(name, "NOT_A_DAY", f"as_of: {manifest['as_of']}"))
    known = {_base(one) for one in files}
    for key, listed in manifest.items():
        if key.endswith("_files") and isinstance(listed, list):
            paths = [one.get("filepath", "") for one in listed if isinstance(one, dict)]
            package.problems += [Problem(name, "FILE_MISSING", path) for path in paths if _base(path) not in known]


def _base(path: str) -> str:
    return path.replace("\\", "/").rsplit("/", 1)[-1]


def _take_file(package: Package, name: str, content: Any) -> None:
    if _type_of(content) not in FILE_TYPES:
        package.problems.append(Problem(name, "FILE_TYPE", _type_of(content) or "–"))
        return
    items = content.get("items")
    if not isinstance(items, list):
        package.problems.append(Problem(name, "FIELD_MISSING", "items"))
        return
    package.unknown += [f"{content['file_type']}.{key}" for key in content if key not in {"file_type", "items"}]
    for item in items:
        _take(package, name, item)


def _take(package: Package, file_name: str, item: Any) -> None:
    """Check one object and keep it; one without id or type cannot be kept and is a problem."""
    if not isinstance(item, dict) or not item.get("id") or not item.get("object_type"):
        package.problems.append(Problem(file_name, "NO_ID", str(item)[:80]))
        return
    where = f"{file_name} {item['object_type']} {item['id']}"
    if item["id"] in package.objects:
        package.problems.append(Problem(where, "ID_TWICE", str(item["id"])))
        return
    package.objects[item["id"]] = item
    kind = KINDS.get(item["object_type"])
    if kind is None:
        package.unknown.append(str(item["object_type"]))
        return
    package.problems += [Problem(where, "FIELD_MISSING", key) for key in kind.required if key not in item]
    known = {"id", "object_type", "comments", *kind.required, *kind.optional, *kind.forms}
    package.unknown += [f"{item['object_type']}.{key}" for key in item if key not in known]
    for key, form in kind.forms.items():
        if key in item and not fits(item[key], form):
            package.problems.append(Problem(where, f"NOT_{form.name}", f"{key}: {item[key]}"[:120]))


def fits(value: Any, form: Form) -> bool:
    """Whether a value has its form; a JSON number is no Numeric, since it may have lost digits."""
    if form is Form.NUMERIC:
        return isinstance(value, str) and NUMERIC.fullmatch(value) is not None
    if form is Form.MONETARY:
        return (
            isinstance(value, dict)
            and fits(value.get("amount"), Form.NUMERIC)
            and CURRENCY.fullmatch(str(value.get("currency", ""))) is not None
        )
    if form is Form.DAY:
        return _is_day(value)
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _is_day(value: Any) -> bool:
    try:
        return isinstance(value, str) and len(value) == 10 and bool(date.fromisoformat(value))  # noqa: PLR2004
    except ValueError:
        return False


def _check_references(package: Package) -> None:
    """Transactions name a stakeholder, a class and a security of this package."""
    securities = {item.get("security_id") for item in package.objects.values() if _issues(item)}
    for item in package.objects.values():
        where = f"{item['object_type']} {item['id']}"
        for key in ("stakeholder_id", "stock_class_id"):
            if key in item and item[key] not in package.objects:
                package.problems.append(Problem(where, "REFERENCE", f"{key}: {item[key]}"))
        if item["object_type"].startswith("TX_") and not _issues(item):
            named = [item[key] for key in ("security_id", "balance_security_id") if item.get(key)]
            named += item.get("resulting_security_ids") or []
            package.problems += [
                Problem(where, "REFERENCE", f"security: {one}") for one in named if one not in securities
            ]


def _issues(item: Mapping[str, Any]) -> bool:
    return str(item.get("object_type", "")).endswith("_ISSUANCE")


def day_of(item: Mapping[str, Any]) -> date | None:
    """The date of a transaction or the day from which an object holds, where it has one."""
    text = item.get("date") or item.get("effective_date")
    return date.fromisoformat(str(text)) if _is_day(text) else None


# ── Writing ──────────────────────────────────────────────────────────────────────────────────────
def write_package(objects: Iterable[Mapping[str, Any]], *, as_of: date, generated_at: str, version: str) -> Objects:
    """The files of a package (name → content) that hold exactly ``objects``; the issuer goes into the manifest."""
    by_file: dict[str, list[Any]] = {name: [] for name in FILE_TYPES}
    issuer: Mapping[str, Any] = {}
    for item in objects:
        if item["object_type"] == "ISSUER":
            issuer = item
        else:
            by_file[_file_of(str(item["object_type"]))].append(item)
    manifest: dict[str, Any] = {
        "file_type": MANIFEST, "ocf_version": version, "issuer": issuer, "as_of": as_of.isoformat(),
        "generated_at": generated_at,
    }  # fmt: skip
    files: Objects = {}
    for file_type, (key, name) in FILE_TYPES.items():
        held = by_file[file_type]
        manifest[key] = [{"filepath": name}] if held else []
        if held:
            files[name] = {"file_type": file_type, "items": held}
    return {"Manifest.ocf.json": manifest} | files


def _file_of(object_type: str) -> str:
    kind = KINDS.get(object_type)
    return kind.file_type if kind else "OCF_TRANSACTIONS_FILE"
