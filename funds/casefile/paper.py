"""The PDF of a case: the dossier as ``templates/reports_pdf/case.typ`` sets it, tagged, always the same bytes."""

import re
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from funds.casefile.dossier import Dossier
from funds.casefile.parts import Grid, Part
from funds.casefile.words import money
from funds.choices.cases import CaseOutcome
from funds.models import ExemptionCase
from innovation.core.pdf import render_pdf

_HASH = re.compile("[0-9a-f]{64}")
TONES = {
    CaseOutcome.EXEMPT: "ok",
    CaseOutcome.PARTLY_EXEMPT: "notice",
    CaseOutcome.NOT_EXEMPT: "bad",
    CaseOutcome.REFERRED: "bad",
}


def case_pdf(case: ExemptionCase, *, head: str, language: str) -> bytes:
    """The whole case as PDF/UA in ``language``; ``head`` is the hash of its last step."""
    with translation.override(language):
        dossier = Dossier(case)
        outcome = CaseOutcome(case.outcome) if case.outcome else None
        return render_pdf(
            "case.typ",
            {
                "lang": language,
                "title": _("Exemption case %(code)s") % {"code": case.code},
                "subject": case.subject,
                "outcome": str(outcome.label) if outcome else str(_("Without a decision")),
                "tone": TONES[outcome] if outcome else "idle",
                "as_of": case.freeze.as_of.isoformat() if case.frozen_at else case.loss_on.isoformat(),
                "data_hash": head,
                "stamp": [[str(label), str(text)] for label, text in _stamp(dossier, head)],
                "parts": [_part(part) for part in dossier.parts()],
                "how": [
                    str(_("This paper belongs to a sealed file. Take verify_case.py out of it and run:")),
                    f"python verify_case.py {case.code}.zip",
                    str(_("The head of the chain that it prints must be the one on this page.")),
                ],
                "words": {
                    "office": _("Regional innovation programme"),
                    "as_of": _("As of"),
                    "data_hash": _("Head of the chain"),
                    "unverified": _("Unverified"),
                    "no_rows": _("No rows."),
                    "verify": _("How to verify this case"),
                },
            },
        )


def _stamp(dossier: Dossier, head: str) -> list[tuple[str, str]]:
    case = dossier.case
    stamp = [
        (_("Loss"), f"{money(case.loss_fen)} · {dossier.grade_words()}"),
        (_("Ground"), case.get_ground_display()),
    ]
    if case.frozen_at:
        stamp += [
            (_("As of"), case.freeze.as_of.isoformat()),
            (_("Known at"), dossier.content["times"]["known_at"]),
            (_("Hash of the frozen set"), case.freeze.sha256),
        ]
    return [*stamp, (_("Head of the chain"), head)]


def _part(part: Part) -> dict[str, Any]:
    return {
        "title": str(part.title),
        "warning": str(part.warning),
        "facts": [[str(label), str(text)] for label, text in part.facts],
        "paragraphs": [str(text) for text in part.paragraphs],
        "tables": [_table(grid) for grid in part.grids],
        "empty": "" if part.facts or part.paragraphs or part.grids else str(part.empty),
    }


def _table(grid: Grid) -> dict[str, Any]:
    return {
        "title": str(grid.title),
        "heads": [{"text": str(head), "numeric": place in grid.numeric} for place, head in enumerate(grid.heads)],
        "rows": [[_cell(str(cell)) for cell in row] for row in grid.rows],
        "empty": str(grid.empty),
    }


def _cell(text: str) -> str:
    """A whole hash in groups, so that it can break in a narrow column."""
    return " ".join(text[at : at + 16] for at in range(0, 64, 16)) if _HASH.fullmatch(text) else text
