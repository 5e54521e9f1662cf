"""Files of companies: quarterly figures as a table, cap tables as Open Cap Format packages. Dry run, then written."""

import io
import json
import zipfile
from collections import Counter
from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from funds.actions.companies import compare, record_quarter, write_cap_table
from funds.choices.files import CompanyFileKind
from funds.imports.quarter_rows import read_rows
from funds.imports.reading import read_table
from funds.models import CompanyFile
from funds.rules.ocf import Package, read_package
from innovation.accounts.models import User
from innovation.core import uploads
from innovation.core.errors import RuleViolation

MAX_ENTRIES = 200
ISSUER = "ISSUER"


@transaction.atomic
def send_quarters(*, upload: Any, source: str, reason: str, actor: User) -> CompanyFile:
    """Check a table of quarterly figures and keep it with its report; nothing is written yet.

    Raises RuleViolation with the codes of ``core.uploads`` and ``funds.imports.reading``, COLUMNS_MISSING;
    PermissionDenied without ``funds.add_companyquarter``.
    """
    if not actor.has_perm("funds.add_companyquarter"):
        raise PermissionDenied
    accepted = uploads.accept(upload)
    table = read_table(accepted.content, accepted.kind)
    report = read_rows(table, reason=reason) | {"source": source, "reason": reason}
    accepted.content.seek(0)
    return CompanyFile.objects.create(
        kind=CompanyFileKind.QUARTERS, file=File(accepted.content, name=accepted.stored_name), file_name=accepted.name,
        file_kind=accepted.kind, sha256=accepted.sha256, report=report, created_by=actor,
    )  # fmt: skip


@transaction.atomic
def send_cap_table(*, upload: Any, company_id: int, actor: User) -> CompanyFile:
    """Check an Open Cap Format package (a .zip of its JSON files) and keep it with its report; nothing is written yet.

    Raises RuleViolation PACKAGE_SIZE, PACKAGE_DAMAGED, JSON_DAMAGED; PermissionDenied without
    ``funds.add_caprecord``.
    """
    if not actor.has_perm("funds.add_caprecord"):
        raise PermissionDenied
    content, name, digest = _whole(upload)
    package = read_package(_json_files(content))
    return CompanyFile.objects.create(
        kind=CompanyFileKind.OCF, company_id=company_id, file=ContentFile(content, name=f"{digest[:32]}.zip"),
        file_name=name, file_kind="zip", sha256=digest, report=_cap_report(package, company_id), created_by=actor,
    )  # fmt: skip


@transaction.atomic
def confirm_file(*, file_id: int, actor: User) -> CompanyFile:
    """Write what the dry run showed, whole or not at all. Raises RuleViolation ALREADY_WRITTEN, FILE_HAS_PROBLEMS,
    ALREADY_IMPORTED; PermissionDenied as the sending does."""
    row = CompanyFile.objects.select_for_update(of=("self",)).get(pk=file_id)
    if row.written_at:
        raise RuleViolation("ALREADY_WRITTEN", _("This file is written already."))
    if row.problems:
        raise RuleViolation("FILE_HAS_PROBLEMS", _("Mend what is wrong and send the file again."))
    twin = CompanyFile.objects.filter(kind=row.kind, company=row.company_id, sha256=row.sha256)
    if twin.filter(written_at__isnull=False).exists():
        raise RuleViolation("ALREADY_IMPORTED", _("This file was imported already."))
    if row.kind == CompanyFileKind.OCF:
        with row.file.open("rb") as stored:
            package = read_package(_json_files(stored.read()))
        write_cap_table(company_id=row.company_id or 0, objects=package.objects.values(), actor=actor, origin=row)
    else:
        _write_quarters(row, actor)
    row.written_at = timezone.now()
    row.save(update_fields=["written_at"])
    return row


def _write_quarters(row: CompanyFile, actor: User) -> None:
    if not actor.has_perm("funds.add_companyquarter"):
        raise PermissionDenied
    for line in row.report["lines"]:
        record_quarter(
            company_id=line["company_id"], quarter_end=date.fromisoformat(line["quarter_end"]), actor=actor,
            source=row.report["source"], reason=row.report["reason"], origin=row, **line["figures"],
        )  # fmt: skip


# ── Packages ─────────────────────────────────────────────────────────────────────────────────────
def _whole(upload: Any) -> tuple[bytes, str, str]:
    target = io.BytesIO()
    size, digest = uploads.copy_hashed(upload.chunks(), target)
    if size > settings.UPLOAD_MAX_BYTES // 5:
        raise RuleViolation("PACKAGE_SIZE", _("The package is larger than 10 MB."), field="file")
    uploads.scan(target)
    return target.getvalue(), uploads.display_name(upload.name), digest


def _json_files(content: bytes) -> dict[str, Any]:
    """The parsed JSON files of a package; sizes are bounded by what is read, not by what headers claim."""
    files: dict[str, Any] = {}
    left = settings.UPLOAD_MAX_EXPANDED_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = [name for name in archive.namelist() if name.lower().endswith(".json")]
            if len(archive.namelist()) > MAX_ENTRIES:
                raise RuleViolation("PACKAGE_SIZE", _("The package has too many files."), field="file")
            for name in names:
                with archive.open(name) as stream:
                    text = stream.read(left + 1)
                left -= len(text)
                if left < 0:
                    raise RuleViolation("PACKAGE_SIZE", _("The package grows too large when opened."), field="file")
                files[name] = json.loads(text, parse_float=_no_float, parse_constant=_no_float)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, OSError, RuntimeError):
        raise RuleViolation(
            "PACKAGE_DAMAGED", _("Send the package as a .zip that holds its JSON files."), field="file"
        ) from None
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        raise RuleViolation("JSON_DAMAGED", _("A file of the package is no valid JSON."), field="file") from None
    return files


def _no_float(text: str) -> Any:
    raise RuleViolation(
        "JSON_FLOAT",
        _("The number %(number)s is not written as text: it may have lost digits. OCF writes numbers as text.")
        % {"number": text},
        field="file",
    )


def words_of(code: str) -> str:
    """What a problem of a package means."""
    return {
        "NO_MANIFEST": _("The package needs one manifest file."),
        "FIELD_MISSING": _("A required field is missing."),
        "FILE_MISSING": _("The manifest names a file that is not in the package."),
        "FILE_TYPE": _("This file is of no type of the Open Cap Format."),
        "NO_ID": _("An object has no id or no type."),
        "ID_TWICE": _("Two objects have the same id."),
        "REFERENCE": _("It names something that is not in the package."),
        "NOT_NUMERIC": _("A number is text of digits with at most ten decimals."),
        "NOT_MONETARY": _("An amount has a number as text and a currency of three letters."),
        "NOT_DAY": _("A day is written like 2026-06-30."),
        "NOT_A_DAY": _("A day is written like 2026-06-30."),
        "NOT_LIST": _("This field is a list of texts."),
    }[code]


def _cap_report(package: Package, company_id: int) -> dict[str, Any]:
    counts, __, __ = compare(company_id, package.objects.values())
    issuers = [item for item in package.objects.values() if item["object_type"] == ISSUER]
    return counts | {
        "objects": dict(Counter(str(item["object_type"]) for item in package.objects.values())),
        "unknown": package.unknown,
        "problems": [
            {"row": one.where, "column": one.detail, "value": "", "message": words_of(one.code), "code": one.code}
            for one in package.problems
        ],
        "as_of": package.manifest.get("as_of", ""),
        "version": package.manifest.get("ocf_version", ""),
        "issuer": issuers[0].get("legal_name", "") if issuers else "",
    }
