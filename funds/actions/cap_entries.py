"""Enter into a cap table by hand, as Open Cap Format objects like those of a package, and take an entry back."""

import uuid
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from funds.actions.companies import write_cap_table
from funds.models import CapRecord, CapReversal
from funds.rules.cap_entries import entry_objects
from funds.rules.cap_reversals import objects_that_go
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


@transaction.atomic
def take_back_entry(*, record_id: int, reason: str, actor: User) -> CapReversal:
    """Take back the entry made by hand that the record belongs to; what it closed stands again.

    Its transactions are superseded, and the names that it alone brought. Raises RuleViolation REASON_MISSING,
    CAME_BY_FILE, ENTRY_GONE where it stands no more, ENTRY_USED; PermissionDenied without ``funds.add_capreversal``.
    """
    if not actor.has_perm("funds.add_capreversal"):
        raise PermissionDenied
    record = CapRecord.objects.get(pk=record_id)
    Organisation.objects.select_for_update(of=("self",)).get(pk=record.company_id)
    record.refresh_from_db()
    if not reason.strip():
        raise RuleViolation("REASON_MISSING", _("Say why the entry is taken back."), field="reason")
    if record.origin_id is not None:
        raise RuleViolation("CAME_BY_FILE", _("This came with a package: send a corrected one."))
    if not record.is_entry:
        raise RuleViolation("ENTRY_GONE", _("This entry stands no more."))
    standing = CapRecord.objects.filter(company=record.company_id, superseded_at=None).order_by("pk")
    own = standing.filter(origin=None, recorded_at=record.recorded_at, recorded_by=record.recorded_by)
    rows = list(own)
    gone = objects_that_go(
        [row.data for row in rows], standing.exclude(pk__in=[row.pk for row in rows]).values_list("data", flat=True)
    )
    now = timezone.now()
    own.filter(ocf_id__in=gone).update(superseded_at=now)
    # The transaction is the last object of its entry.
    return CapReversal.objects.create(record=rows[-1], reason=reason.strip(), reversed_at=now, reversed_by=actor)


def _issuer(company: Organisation) -> dict[str, Any]:
    tax_ids = [{"tax_id": company.uscc, "country": "CN"}] if company.uscc else []
    return {
        "legal_name": company.name_zh or company.name_en,
        "formation_date": company.founded.isoformat() if company.founded else "1900-01-01",
        "country_of_formation": "CN",
        "tax_ids": tax_ids,
    }
