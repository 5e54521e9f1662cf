"""The demonstration city's first reports: asked for while it is filled, made as soon as the worker is up."""

from itertools import product

from django.conf import settings
from django.utils import timezone

from innovation.accounts.choices import Role
from innovation.accounts.models import User
from innovation.reports import actions, registry
from innovation.reports.models import ReportRun


def make_reports() -> None:
    """One run as of today of every kind that is made by default, in each language."""
    manager = User.objects.filter(groups__name=Role.PROGRAMME_MANAGER, is_active=True).order_by("pk").first()
    if manager is None:
        return
    for kind in registry.kinds_for(manager):
        if kind.default_schedule is None or ReportRun.objects.filter(kind=kind.code).exists():
            continue
        # Of a report that is made for each fund one shows what it is; the others follow with the schedule.
        asked = kind.questions(kind.default_schedule.parameters, timezone.localdate())[:1]
        for parameters, (language, _name) in product(asked, settings.LANGUAGES):
            actions.request_run(kind=kind.code, parameters=parameters, actor=manager, language=language)
