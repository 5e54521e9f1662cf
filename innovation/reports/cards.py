"""What the start page says about reports: failures first, then the latest one."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from innovation.core.home import Card
from innovation.core.jobs import JobState
from innovation.reports import queries, registry
from innovation.reports.models import ReportRun


def cards(user: Any) -> Iterator[Card]:
    """Two queries for whoever reads reports, none for others."""
    if not registry.kinds_for(user):
        return
    if failed := list(queries.failed_lately(user)[:100]):
        count = len(failed)
        yield Card(
            ngettext("Report could not be made", "Reports could not be made", count),
            failed[0].get_absolute_url() if count == 1 else f"{reverse('reports:runs')}?state={JobState.FAILED}",
            text=f"{failed[0]}: {failed[0].error}",
            figure=str(count),
            urgent=True,
        )
    latest = ReportRun.objects.visible_to(user).filter(state=JobState.DONE).first()
    if latest:
        yield Card(
            str(latest), latest.get_absolute_url(), text=_("Latest report, as of %(day)s") % {"day": latest.as_of}
        )
