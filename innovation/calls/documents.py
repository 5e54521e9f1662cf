"""Agreement, certificate and the board's page of a case as PDF, in the reader's language; the same data, same bytes."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import qrcode
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from innovation.calls.choices import EntitlementState
from innovation.calls.figure_words import FIGURE_NAMES, figure_text
from innovation.calls.models import AgendaItem, Agreement, Entitlement
from innovation.calls.queries.board import FIGURES
from innovation.calls.queries.screening import latest_submission
from innovation.core.money import Unit, format_fen
from innovation.core.pdf import render_pdf

Facts = Sequence[tuple[str, Any]]


def _document(
    title: str, kind: str, as_of: str, stamp: Facts, parts: list[dict[str, Any]], *, sha256: str = ""
) -> bytes:
    content = {"title": title, "stamp": [[label, str(value)] for label, value in stamp], "parts": parts}
    digest = sha256 or hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()
    words = {"office": kind, "as_of": _("As of"), "data_hash": _("Hash"), "unverified": _("unverified"),
             "no_rows": _("No rows")}  # fmt: skip
    known = {"lang": get_language() or "en", "as_of": as_of, "data_hash": digest, "words": words}
    return render_pdf("submission.typ", content | known)


def _part(title: str, facts: Facts = (), texts: Facts = (), tables: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    return {
        "title": title, "facts": [[label, str(value)] for label, value in facts],
        "texts": [[label, str(text)] for label, text in texts], "tables": list(tables),
    }  # fmt: skip


def _day(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d}"


def _yuan(fen: int | None) -> str:
    return "–" if fen is None else format_fen(fen, Unit.YUAN, with_unit=True)


def agreement_pdf(agreement: Agreement) -> bytes:
    """The version with its milestones, shares, hash and signatures."""
    case = agreement.application
    rows = [
        [str(one), one.target or "–", f"{one.due_on:%Y-%m-%d}", _yuan(one.amount_fen)]
        for one in agreement.milestones.all()
    ]
    heads = [{"text": text, "numeric": number} for text, number in (
        (_("Milestone"), False), (_("What has to be reached"), False), (_("Due"), False), (_("Amount"), True),
    )]  # fmt: skip
    shares = [(one.name, f"{one.share_hundredths / 100:g} %") for one in agreement.shares.all()]
    signed = [
        (one.get_side_display(), f"{one.signed_label}, {timezone.localtime(one.signed_at):%Y-%m-%d %H:%M}")
        for one in agreement.signatures.all()
    ]
    parts = [
        _part(_("Agreement"), texts=[(_("Agreement"), agreement.text)]),
        _part(_("Milestones"), tables=[{"title": _("Milestones"), "heads": heads, "rows": rows}]),
        _part(_("Shares of the award"), facts=shares),
        _part(_("Signatures"), facts=signed or [(_("Signatures"), "–")]),
    ]
    stamp = [(pgettext("application", "Number"), case.number or ""), (_("Version"), agreement.version),
             (_("State"), agreement.get_state_display()), (pgettext("amount", "Award"), _yuan(agreement.award_fen)),
             ("SHA-256", agreement.sha256 or "–")]  # fmt: skip
    day = agreement.in_force_at or agreement.offered_at or agreement.created_at
    return _document(str(case), _("Agreement"), _day(day), stamp, parts, sha256=agreement.sha256)


def certificate_pdf(entitlement: Entitlement, address: str) -> bytes:
    """The certificate on one sheet, with the address on which anybody can verify it, in letters and as a QR code."""
    content = {
        "title": entitlement.title, "kind": _("Certificate"), "holder": entitlement.holder, "address": address,
        "text": _("is hereby granted the title"), "as_of": _day(entitlement.issued_at),
        "warning": "" if entitlement.state == EntitlementState.VALID
        else _("Not in force: %(state)s") % {"state": entitlement.get_state_display()},
        "facts": [
            [_("Certificate number"), entitlement.number], [_("Valid from"), str(entitlement.valid_from)],
            [_("Valid to"), str(entitlement.valid_to or _("without end"))],
        ],
        "issued": [pgettext("certificate", "Issued by"), _("Office of the regional innovation programme")],
        "seal": _("(Seal)"), "verify": _("Verify this certificate"), "lang": get_language() or "en",
        "words": {"office": _("Regional innovation programme"), "data_hash": _("Hash")},
    }  # fmt: skip
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    return render_pdf("certificate.typ", content | {"data_hash": digest, "qr": qr_code(address)})


def qr_code(text: str) -> str:
    """``text`` as a QR code: an SVG of one dark path on white, with the quiet border that readers need."""
    drawn = qrcode.QRCode(border=2)
    drawn.add_data(text)
    drawn.make()
    rows = drawn.get_matrix()
    squares = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    frame = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {len(rows)} {len(rows)}" shape-rendering="crispEdges">'
    )
    return f'{frame}<rect width="100%" height="100%" fill="#fff"/><path d="{squares}"/></svg>'


def board_page_pdf(item: AgendaItem) -> bytes:
    """One case on one page for the board: who asks for what, the figures of the review, what is proposed."""
    case = item.application
    known = [name for name in FIGURES if item.figures.get(name) is not None]
    figures = [(FIGURE_NAMES[name], figure_text(name, item.figures[name])) for name in known]
    proposal = case.proposals.filter(settled_at=None).first()
    proposed: list[tuple[str, Any]] = []
    if proposal is not None:
        proposed = [(_("Decision"), proposal.get_event_display()),
                    (pgettext("amount", "Award"), _yuan(proposal.award_fen)),
                    (_("Proposed by"), proposal.proposed_by)]  # fmt: skip
    stamp = [(pgettext("application", "Number"), case.number or ""), (_("Call"), case.call.title),
             (_("Applicant"), case.organisation or case.created_by),
             (pgettext("amount", "Requested"), _yuan(case.requested_fen)),
             (_("Own money"), _yuan(case.own_fen))]  # fmt: skip
    sent = latest_submission(case)
    summary = sent.answers.get("summary") if sent else None
    parts = [
        _part(_("Summary"), texts=[(_("Summary"), str(summary or "–")[:1500])]),
        _part(_("Review"), facts=figures or [(_("Review"), _("This case came without a review."))]),
        _part(pgettext("decision", "Proposed"), facts=proposed or [(_("Decision"), "–")],
              texts=[(_("Reasons"), proposal.reasons)] if proposal else []),
    ]  # fmt: skip
    return _document(case.title or str(case), _("For the board"), _day(item.meeting.held_at), stamp, parts)
