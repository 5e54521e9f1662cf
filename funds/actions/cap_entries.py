"""Enter into a cap table by hand: written as Open Cap Format objects, as if a package had brought them."""

import uuid
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from funds.actions.companies import write_cap_table
from funds.models import CapRecord
from funds.rules.cap_entries import entry_objects
from funds.rules.cap_securities import Entry
from innovation.accounts.models import User
from innovation.core.errors import RuleViolation
from innovation.organisations.models import Organisation


@transaction.atomic
def record_entry(*, company_id: int, entry: Entry, actor: User) -> list[CapRecord]:
    """Add what ``entry`` says to the company's cap table; returns the new rows, the transaction last.

    Issuer, holder, class and plan are made where the cap table lacks them. Raises RuleViolation FUTURE_DAY and the
    codes of ``funds.rules.cap_entries.entry_objects``; PermissionDenied without ``funds.add_caprecord``.
    """
    if not actor.has_perm("funds.add_caprecord"):
        raise PermissionDenied
    if entry.on > timezone.localdate():
        raise RuleViolation("FUTURE_DAY", _("This day has not come yet."), field="on")
    company = Organisation.objects.select_for_update(of=("self",)).get(pk=company_id)
    standing = CapRecord.objects.filter(company=company, superseded_at=None).order_by("pk")
    objects = entry_objects(
        entry, standing.values_list("data", flat=True), new_id=lambda: str(uuid.uuid4()), issuer=_issuer(company)
    )
    write_cap_table(company_id=company_id, objects=objects, actor=actor, whole=False)
    return list(standing.filter(ocf_id__in=[item["id"] for item in objects]))


def _issuer(company: Organisation) -> dict[str, Any]:
    tax_ids = [{"tax_id": company.uscc, "country": "CN"}] if company.uscc else []
    return {
        "legal_name": company.name_zh or company.name_en,
        "formation_date": company.founded.isoformat() if company.founded else "1900-01-01",
        "country_of_formation": "CN",
        "tax_ids": tax_ids,
    }
