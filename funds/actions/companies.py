"""Quarterly figures and cap tables of companies: recorded, corrected, never changed."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from funds.actions.clean import refuse_invalid
from funds.choices.companies import REPORTING_ROLES, QuarterSource
from funds.models import CapRecord, CompanyFile, CompanyQuarter
from funds.models.companies import FIGURES
from funds.rules.ocf import day_of
from innovation.accounts.models import User
from innovation.core.errors import RuleViolation
from innovation.organisations.models import Organisation


def reports_for(user: Any) -> Any:
    """The companies that ``user`` may report for as a member: those that a fund holds or looks at."""
    if not user.is_authenticated:
        return Organisation.objects.none()
    concerned = Q(investments__isnull=False) | Q(deals__isnull=False)
    mine = Organisation.objects.of_member(user, *REPORTING_ROLES).current()
    return Organisation.objects.filter(pk__in=mine.filter(concerned).values("pk"))


@transaction.atomic
def record_quarter(
    *,
    company_id: int,
    quarter_end: date,
    actor: User,
    source: str = QuarterSource.COMPANY,
    reason: str = "",
    paper_id: int | None = None,
    origin: CompanyFile | None = None,
    **figures: int | None,
) -> CompanyQuarter:
    """Record a company's quarter; other figures than those that stand are a correction and need a reason.

    ``figures`` are revenue_fen, headcount, rd_staff, rd_spend_fen, patents, tax_fen; one not given is not reported.
    The same figures again make no second row. Members of the company report for it, source COMPANY; the office needs
    ``funds.add_companyquarter``. Raises RuleViolation QUARTER_NOT_OVER, REASON_MISSING, INVALID for
    figures that the record refuses; PermissionDenied.
    """
    if not actor.has_perm("funds.add_companyquarter"):
        if not reports_for(actor).filter(pk=company_id).exists():
            raise PermissionDenied
        source = QuarterSource.COMPANY
    company = Organisation.objects.select_for_update(of=("self",)).get(pk=company_id)
    now = timezone.now()
    if quarter_end > timezone.localdate(now):
        raise RuleViolation("QUARTER_NOT_OVER", _("This quarter is not over yet."), field="quarter_end")
    standing = CompanyQuarter.objects.filter(company=company, quarter_end=quarter_end, superseded_at=None).first()
    given = {name: figures.get(name) for name in FIGURES}
    if standing and given == {name: getattr(standing, name) for name in FIGURES}:
        return standing
    if standing and not reason.strip():
        raise RuleViolation(
            "REASON_MISSING", _("This quarter is reported already: say why the figures change."), field="reason"
        )
    row = CompanyQuarter(
        company=company, quarter_end=quarter_end, source=source, reason=reason.strip(), paper_id=paper_id,
        origin=origin, recorded_at=now, recorded_by=actor, **given,
    )  # fmt: skip
    if standing:
        CompanyQuarter.objects.filter(pk=standing.pk).update(superseded_at=now)
    refuse_invalid(row, exclude=["company", "recorded_by", "origin", "paper"])
    row.save()
    return row


@transaction.atomic
def write_cap_table(
    *, company_id: int, objects: Iterable[Mapping[str, Any]], actor: User, origin: CompanyFile | None = None,
    whole: bool = True,
) -> dict[str, int]:  # fmt: skip
    """Make the cap table of a company equal to ``objects`` (OCF); what changed or is gone is superseded and stays.

    ``whole`` False adds or changes the given objects alone. Returns how many were ``new``, ``changed``, ``same`` and
    ``gone``. Raises PermissionDenied without ``funds.add_caprecord``.
    """
    if not actor.has_perm("funds.add_caprecord"):
        raise PermissionDenied
    company = Organisation.objects.select_for_update(of=("self",)).get(pk=company_id)
    now = timezone.now()
    counts, fresh, gone = compare(company.pk, objects, whole=whole)
    CapRecord.objects.filter(pk__in=gone).update(superseded_at=now)
    CapRecord.objects.bulk_create(_record(company, item, actor, origin, now) for item in fresh)
    return counts


def compare(
    company_id: int, objects: Iterable[Mapping[str, Any]], *, whole: bool = True
) -> tuple[dict[str, int], list[Mapping[str, Any]], list[int]]:
    """Counts, the objects to write and the rows to supersede, beside what stands. One statement."""
    standing = {
        ocf_id: (pk, data)
        for pk, ocf_id, data in CapRecord.objects.filter(company=company_id, superseded_at=None).values_list(
            "pk", "ocf_id", "data"
        )
    }
    counts = {"new": 0, "changed": 0, "same": 0, "gone": 0}
    fresh, gone = [], []
    for item in objects:
        pk, data = standing.pop(str(item["id"]), (None, None))
        if pk is not None and data == item:
            counts["same"] += 1
            continue
        counts["new" if pk is None else "changed"] += 1
        fresh.append(item)
        if pk is not None:
            gone.append(pk)
    if whole:
        counts["gone"] = len(standing)
        gone += [pk for pk, __ in standing.values()]
    return counts, fresh, gone


def _record(
    company: Organisation, item: Mapping[str, Any], actor: User, origin: CompanyFile | None, now: datetime
) -> CapRecord:
    return CapRecord(
        company=company, kind=item["object_type"], ocf_id=item["id"], effective_on=day_of(item), data=dict(item),
        origin=origin, recorded_at=now, recorded_by=actor,
    )  # fmt: skip
