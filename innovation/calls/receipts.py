"""A submission as a document: the receipt with every answer as it was sent, in the reader's language."""

from typing import Any

from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from innovation.calls.models import Submission
from innovation.calls.queries.codes import code_names
from innovation.calls.shown import ShownField, ShownFile, ShownSection, shown_sections
from innovation.core.pdf import render_pdf


def submitted_sections(submission: Submission) -> list[ShownSection]:
    """What was sent, read with the form that it was given for; fields that were hidden then are not in it."""
    content, answers = submission.form.content, submission.answers
    files: dict[str, list[ShownFile]] = {}
    for file in submission.files:
        files.setdefault(file["field"], []).append(ShownFile(file["name"], file["size"], sha256=file["sha256"]))
    return shown_sections(content, answers, code_names(content, answers), answers.keys() | files.keys(), files)


def submitted_moment(submission: Submission) -> str:
    """When it arrived, with the zone."""
    at = timezone.localtime(submission.submitted_at)
    return _("%(moment)s, China Standard Time (UTC+8)") % {"moment": f"{at:%Y-%m-%d %H:%M:%S}"}


def receipt_pdf(submission: Submission) -> bytes:
    """The receipt and the whole application as PDF/UA; the same submission and language give the same bytes."""
    application = submission.application
    stamp = [
        [pgettext("application", "Number"), application.number or ""],
        [_("Call"), application.call.title],
        [_("Applicant"), str(application.organisation or application.created_by)],
        [pgettext("application", "Received"), submitted_moment(submission)],
        [_("Sent by"), submission.submitted_label],
        [_("Form"), f"{submission.form.title} · {submission.form.version}"],
        ["SHA-256", submission.sha256],
    ]
    data = {
        "lang": get_language() or "en",
        "title": str(submission.answers.get("title") or application.title or application.number),
        "as_of": f"{timezone.localtime(submission.submitted_at):%Y-%m-%d}",
        "data_hash": submission.sha256,
        "stamp": stamp,
        "parts": [part_of(section) for section in submitted_sections(submission)],
        "words": {
            "office": _("Application as submitted"),
            "as_of": _("Submitted"),
            "data_hash": _("Hash"),
            "unverified": _("unverified"),
            "no_rows": _("No rows"),
        },
    }
    return render_pdf("submission.typ", data)


def part_of(section: ShownSection) -> dict[str, Any]:
    """A section as ``submission.typ`` sets it."""
    short = [field for field in section.fields if not (field.is_long or field.rows)]
    return {
        "title": section.title,
        "facts": [[field.label, field.text or _files(field) or "–"] for field in short],
        "texts": [[field.label, field.text or "–"] for field in section.fields if field.is_long],
        "tables": [
            {
                "title": field.label,
                "heads": [
                    {"text": head, "numeric": numeric} for head, numeric in zip(field.heads, field.numeric, strict=True)
                ],
                "rows": [list(row) for row in field.rows],
            }
            for field in section.fields
            if field.rows
        ],
    }


def _files(field: ShownField) -> str:
    return "\n".join(f"{file.name} · SHA-256 {file.sha256[:16]}…" for file in field.files)
