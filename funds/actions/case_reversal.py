"""What becomes of an exemption case whose entry is reversed: withdrawn when nobody worked on it, else asked about."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Count

from funds.actions.case_archive import withdraw_case
from funds.actions.case_mails import tell_reversed
from funds.choices.cases import CaseState
from funds.models import ExemptionCase, LedgerEvent


def follow_reversals(event_ids: Collection[int], *, at: datetime) -> list[ExemptionCase]:
    """Withdraw the untouched cases of reversed entries; tell the officers of those that somebody has worked on.

    Runs in the transaction that wrote the reversals, under the funds' locks, and never deletes. A case that somebody
    has open at this moment is one that somebody works on: it is not waited for. Returns the cases withdrawn. One
    statement when no reversed entry had a case.
    """
    if not event_ids:
        return []
    cases = ExemptionCase.objects.filter(event__in=event_ids).exclude(state=CaseState.ARCHIVED)
    numbers = list(cases.order_by("pk").values_list("pk", flat=True))
    if not numbers:
        return []
    open_ = ExemptionCase.objects.filter(pk__in=numbers, state=CaseState.OPENED, handler=None)
    free = list(open_.select_for_update(skip_locked=True).order_by("pk"))
    steps = dict(
        ExemptionCase.objects.filter(pk__in=[case.pk for case in free])
        .annotate(count=Count("steps"))
        .values_list("pk", "count")
    )
    reasons = dict(LedgerEvent.objects.filter(reverses__in=event_ids).values_list("reverses_id", "reason"))
    untouched = [case for case in free if steps[case.pk] == 1]
    withdrawn = [
        withdraw_case(case_id=case.pk, reason=reasons.get(case.event_id or 0, ""), at=at) for case in untouched
    ]
    gone = {case.pk for case in withdrawn}
    tell_reversed([case for case in cases.select_related("fund") if case.pk not in gone], at=at)
    return withdrawn
