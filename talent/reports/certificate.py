"""The certificate of a credential: what the public page and the PDF say, and the QR code that leads from one to the
other.
"""

import hashlib
import json
from datetime import date

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from innovation.core.pdf import render_pdf
from talent.choices.credentials import CredentialState
from talent.models import Credential
from talent.reports.qr import qr_svg


def address_of(credential: Credential) -> str:
    """The public page, whole address; it is what the QR code holds."""
    return f"{settings.SITE_URL}{reverse('talent:certificate', args=[credential.code])}"


def public_holder(credential: Credential) -> str:
    """The holder's name where the holder shows it, else its first letter and stars: enough to compare."""
    name = credential.person.whole_name
    return credential.person.shown_name if credential.name_shown_since else f"{name[:1]}**"


def in_force_on(credential: Credential, day: date) -> bool:
    """Whether the certificate holds on ``day``: in force, and last day not past but for a renewal filed in time."""
    if not credential.is_live:
        return False
    waits = credential.state == CredentialState.RENEWAL_SUBMITTED
    return credential.expires_on is None or credential.expires_on >= day or waits


def dated_facts(credential: Credential) -> list[tuple[str, str]]:
    """What a certificate states beside the holder; labels and texts in the reader's language."""
    scheme = credential.version.scheme
    facts = [
        (pgettext("credential", "Scheme"), scheme.name), (pgettext("credential", "Level"), credential.level_name),
        (_("Issuer"), scheme.issuer),
        (pgettext("credential", "Number of the certificate"), credential.number),
        (_("Rules"), credential.version.version),
        (pgettext("credential", "Granted"), f"{credential.granted_on or ''}"),
        (_("In force until"), f"{credential.expires_on}" if credential.expires_on else _("without end")),
    ]  # fmt: skip
    return [(label, text) for label, text in facts if text]


def certificate_pdf(credential: Credential) -> bytes:
    """The certificate for its holder, with name, QR code and address; the same data give the same bytes."""
    address = address_of(credential)
    scheme = credential.version.scheme
    facts = [pair for pair in dated_facts(credential) if pair[1] not in {scheme.name, scheme.issuer}]
    content = {
        "title": str(credential), "kind": _("Certificate"), "holder": credential.person.shown_name,
        "address": address, "text": _("holds the credential"), "as_of": f"{credential.granted_on}",
        "warning": "" if credential.is_live else _("Not in force: %(state)s") % {"state": credential.names.public},
        "facts": [list(pair) for pair in facts], "issued": [pgettext("certificate", "Issued by"), scheme.issuer],
        "seal": "", "verify": _("Scan to see whether this certificate is in force now."),
        "lang": get_language() or "en",
        "words": {"office": _("Regional innovation programme"), "data_hash": pgettext("credential", "Hash")},
    }  # fmt: skip
    digest = hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()
    code = str(qr_svg(address, _("QR code to the page that says whether it is in force")))
    return render_pdf("certificate.typ", content | {"data_hash": digest, "qr": code})
