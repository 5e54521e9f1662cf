"""Record market indices; their levels come by files (``funds.imports.index_levels``)."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from funds.actions.clean import refuse_invalid
from funds.models import IndexSeries
from innovation.accounts.models import User


@transaction.atomic
def save_index(*, actor: User, series_id: int | None = None, **facts: Any) -> IndexSeries:
    """Record an index, or change the one of ``series_id``; ``facts`` are the fields of the record.

    Raises RuleViolation INVALID where the record refuses them; PermissionDenied without ``funds.add_indexseries`` or
    ``funds.change_indexseries``.
    """
    if not actor.has_perm(f"funds.{'add' if series_id is None else 'change'}_indexseries"):
        raise PermissionDenied
    series = IndexSeries() if series_id is None else IndexSeries.objects.select_for_update().get(pk=series_id)
    for name, value in facts.items():
        setattr(series, name, value)
    refuse_invalid(series)
    series.save()
    return series
