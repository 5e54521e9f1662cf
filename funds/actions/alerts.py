"""Sweep for alerts, tell people once, acknowledge, close."""

from collections.abc import Sequence
from datetime import date, datetime
from urllib.parse import urljoin

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from funds.choices.tolerance import AlertState, WarningLevel
from funds.models import Alert
from funds.queries.alerts import findings_at
from funds.queries.sums import Moment
from funds.rules.alerts import Standing, to_clear, to_open
from innovation.accounts.choices import Role
from innovation.accounts.models import User
from innovation.accounts.notices import send as send_notice
from innovation.core.errors import RuleViolation

NOTICE = "funds_alerts"
CLEARED = "NO_LONGER_STANDS"
"""Stands for the reason of an alert that the sweep closed; pages say it in the reader's language."""
TOLD_ROLES = (Role.FUND_OFFICER, Role.PROGRAMME_MANAGER)
_SWEEP_LOCK = 4_217_630_156


@transaction.atomic
def sweep(*, as_of: date | None = None, known_at: datetime | None = None) -> dict[str, int]:
    """Open the alerts that are due at a moment (now by default), clear those that stand no longer, tell people.

    Two sweeps at once work one after the other; repeating one changes nothing. Returns how many were ``opened``,
    ``cleared`` and how many people were ``told``.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_SWEEP_LOCK])
    known = known_at or timezone.now()
    moment = Moment(as_of or timezone.localdate(known), known)
    findings = findings_at(moment)
    standing = [
        Standing(pk, (fund, group, matter), WarningLevel(level))
        for pk, fund, group, matter, level in Alert.objects.filter(cleared_at=None).values_list(
            "pk", "fund_id", "group_id", "matter", "level"
        )
    ]
    cleared = to_clear(findings, standing)
    still_open = Alert.objects.filter(pk__in=cleared).exclude(state=AlertState.CLOSED)
    still_open.update(state=AlertState.CLOSED, closed_at=known, close_reason=CLEARED)
    Alert.objects.filter(pk__in=cleared).update(cleared_at=known)
    opened = Alert.objects.bulk_create(
        Alert(
            fund_id=found.fund_id, group_id=found.group_id, kind=found.kind, level=found.level, matter=found.matter,
            rule_id=found.rule_id, document_id=found.document_id, as_of=moment.as_of, known_at=known, opened_at=known,
            facts=found.facts,
        )
        for found in to_open(findings, standing)
    )  # fmt: skip
    return {"opened": len(opened), "cleared": len(cleared), "told": _tell([alert.pk for alert in opened])}


@transaction.atomic
def acknowledge(*, alert_id: int, actor: User) -> Alert:
    """Say that somebody has seen the alert. Raises RuleViolation ALERT_NOT_OPEN; PermissionDenied."""
    alert = _locked(alert_id, actor)
    if alert.state != AlertState.OPEN:
        raise RuleViolation("ALERT_NOT_OPEN", _("Somebody has dealt with this alert already."))
    alert.state, alert.acknowledged_by, alert.acknowledged_at = AlertState.ACKNOWLEDGED, actor, timezone.now()
    alert.save(update_fields=["state", "acknowledged_by", "acknowledged_at"])
    return alert


@transaction.atomic
def close(*, alert_id: int, reason: str, actor: User) -> Alert:
    """Close the alert with what was done about it. Raises RuleViolation ALERT_CLOSED, REASON_MISSING."""
    alert = _locked(alert_id, actor)
    if alert.state == AlertState.CLOSED:
        raise RuleViolation("ALERT_CLOSED", _("This alert is closed already."))
    if not reason.strip():
        raise RuleViolation("REASON_MISSING", _("Say what was done about it."), field="reason")
    alert.state, alert.closed_by, alert.closed_at, alert.close_reason = (
        AlertState.CLOSED, actor, timezone.now(), reason.strip(),
    )  # fmt: skip
    alert.save(update_fields=["state", "closed_by", "closed_at", "close_reason"])
    return alert


def _locked(alert_id: int, actor: User) -> Alert:
    if not actor.has_perm("funds.handle_alert"):
        raise PermissionDenied
    return Alert.objects.select_for_update(of=("self",)).get(pk=alert_id)


def _tell(opened: Sequence[int]) -> int:
    """One mail a person about all new alerts of a sweep; its key makes it one even if the sweep is repeated."""
    if not opened:
        return 0
    rows = Alert.objects.filter(pk__in=opened).select_related("fund", "group", "document").order_by("pk")
    alerts = sorted(rows, key=lambda alert: list(WarningLevel).index(WarningLevel(alert.level)), reverse=True)
    told = 0
    people = User.objects.filter(is_active=True, groups__name__in=TOLD_ROLES).distinct().order_by("pk")
    for user in people:
        with translation.override(user.language or settings.LANGUAGE_CODE):
            context = {"alerts": alerts, "url": urljoin(settings.SITE_URL, reverse("funds:alerts"))}
            told += send_notice(
                to=user,
                kind=NOTICE,
                subject=" ".join(render_to_string("funds/emails/alerts_subject.txt", context).split()),
                text=render_to_string("funds/emails/alerts_body.txt", context),
                key=f"funds-alerts-{min(opened)}-{max(opened)}-{user.pk}",
            )
    return told
