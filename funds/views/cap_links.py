"""Which entries can be made upon a cap table, and where."""

from django.urls import reverse
from django.utils.functional import Promise

from funds.choices.companies import CAP_ENTRY_FIELDS, CapEntryKind
from funds.queries.companies import NamedCapTable
from funds.rules.cap_securities import family_of
from innovation.organisations.models import Organisation

ISSUANCES = (CapEntryKind.ISSUANCE, CapEntryKind.CONVERTIBLE, CapEntryKind.GRANT)
SLUGS = {kind.name.lower().replace("_", "-"): kind for kind in CapEntryKind}


def entry_links(company: Organisation, cap: NamedCapTable) -> list[tuple[Promise, str]]:
    """Label and address of each kind of entry that is possible; those upon a security only where one stands."""
    families = {family_of(str(item["object_type"])) for item in cap.objects if item["object_type"] in ISSUANCES}
    return [
        (kind.label, reverse("funds:cap_entry", args=[company.pk, slug]))
        for slug, kind in SLUGS.items()
        if "security_id" not in CAP_ENTRY_FIELDS[kind][0] or family_of(kind) in families
    ]
