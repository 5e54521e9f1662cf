"""Alerts: the list with its filters, and one alert with its figures and its two acts."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from funds.actions import alerts
from funds.choices.tolerance import AlertState, ToleranceStatus, WarningLevel
from funds.filters.portfolio import AlertFilters
from funds.forms.watch import AcknowledgeForm, CloseAlertForm
from funds.models import Alert, Fund, Threshold
from funds.models.visibility import sees_funds
from funds.reports.progress import figure_text
from funds.reports.words import source_words
from innovation.core.components import Fact, Status, Tone
from innovation.core.display import unit_of
from innovation.core.exports import Kind
from innovation.core.figures import percent_text, unit_behind
from innovation.core.icons import status_html
from innovation.core.money import format_fen
from innovation.core.tables import TableColumn
from innovation.core.views import Crumb, FormPage, TableView

TONES = {WarningLevel.YELLOW: Tone.NOTICE, WarningLevel.ORANGE: Tone.NOTICE, WarningLevel.RED: Tone.BAD}


def level_status(alert: Alert) -> Status:
    return Status(alert.get_level_display(), TONES[WarningLevel(alert.level)])


def state_status(alert: Alert) -> Status:
    tone = {AlertState.OPEN: Tone.NOTICE, AlertState.ACKNOWLEDGED: Tone.INFO, AlertState.CLOSED: Tone.IDLE}
    return Status(alert.get_state_display(), tone[AlertState(alert.state)])


def subject_url(alert: Alert) -> str:
    if alert.fund_id:
        return reverse("funds:fund", args=[alert.fund_id])
    return f"{reverse('funds:tolerance')}?scope=group-{alert.group_id}"


def share_text(facts: dict[str, Any], name: str) -> str | None:
    """A share of the facts as people read it."""
    return percent_text(Fraction(facts[name])) if facts.get(name) else None


def reason_text(alert: Alert) -> str:
    """Why it was closed, in the reader's language where the sweep closed it."""
    if alert.close_reason == alerts.CLEARED:
        return gettext("It was no longer so.")
    return alert.close_reason


class AlertList(TableView):
    """All alerts, those that need somebody first."""

    title = _("Alerts")
    lead = _("What the nightly sweep of all funds and groups found, each told once.")
    allowed = staticmethod(sees_funds)
    filterset_class = AlertFilters
    default_sort = "-opened"
    empty_title = _("No alert")
    empty_text = _("The sweep runs every morning. Where alerts begin is set in the administration.")
    columns = (
        TableColumn(_("Opened"), "opened_at", Kind.DATETIME, key="opened", order_by=("opened_at",)),
        TableColumn(
            _("Level"), lambda row: row.get_level_display(), key="level", order_by=("level",),
            cell=lambda row: status_html(level_status(row)),
        ),
        TableColumn(
            _("Alert"), lambda row: row.get_kind_display(), key="kind", order_by=("kind",), heading=True,
            link=lambda row: row.get_absolute_url(),
        ),
        TableColumn(_("Fund or group"), lambda row: row.subject.name, key="subject", link=subject_url),
        TableColumn(
            _("Share of the cap used"), lambda row: share_text(row.facts, "used"), key="used",
            unknown=_("This alert is not about a cap"),
        ),
        TableColumn(
            _("State"), lambda row: row.get_state_display(), key="state", order_by=("state",),
            cell=lambda row: status_html(state_status(row)),
        ),
        TableColumn(_("Closed because"), reason_text, key="reason", unknown=_("Not closed")),
    )  # fmt: skip

    def get_queryset(self) -> QuerySet[Alert]:
        return Alert.objects.visible_to(self.request.user).select_related("fund", "group")

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(_("Funds"), reverse("funds:funds")), (self.title, None)]


class AlertPage(FormPage):
    """One alert: what was found, what became of it, and the next act."""

    template_name = "funds/watch/alert.html"
    allowed = staticmethod(sees_funds)

    @cached_property
    def alert(self) -> Alert:
        rows = Alert.objects.visible_to(self.request.user).select_related(
            "fund", "group", "document", "rule", "acknowledged_by", "closed_by"
        )
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_title(self) -> str:
        return f"{self.alert.get_kind_display()} · {self.alert.subject.name}"

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(AlertList.title, reverse("funds:alerts")), (self.alert.get_kind_display(), None)]

    def get_form_class(self) -> Any:
        asked = self.request.POST.get("act", "")
        return AcknowledgeForm if asked == "acknowledge" else CloseAlertForm

    def form_valid(self, form: Any) -> HttpResponse:
        if isinstance(form, AcknowledgeForm):
            alerts.acknowledge(alert_id=self.alert.pk, actor=self.request.user)
            messages.success(self.request, _("The alert is acknowledged."))
        else:
            reason = form.cleaned_data["reason"]
            alerts.close(alert_id=self.alert.pk, reason=reason, actor=self.request.user)
            messages.success(self.request, _("The alert is closed."))
        return HttpResponseRedirect(self.alert.get_absolute_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        alert = self.alert
        may_act = self.request.user.has_perm("funds.handle_alert") and alert.state != AlertState.CLOSED
        return super().get_context_data(
            alert=alert,
            level=level_status(alert),
            state=state_status(alert),
            found=found_facts(alert, unit_of(self.request)),
            became=became_facts(alert),
            may_close=may_act,
            acknowledge=AcknowledgeForm() if may_act and alert.state == AlertState.OPEN else None,
            **kwargs,
        )


def found_facts(alert: Alert, unit: Any) -> list[Fact]:
    """What the sweep found, with the figures as they were then."""
    facts, rows = alert.facts, [Fact(_("Fund or group"), alert.subject.name, subject_url(alert))]
    if alert.document:
        rows.append(Fact(_("Policy"), str(alert.document), reverse("funds:policy", args=[alert.document_id])))
    if facts.get("status"):
        rows.append(Fact(_("Status"), ToleranceStatus(facts["status"]).label))
    for name, label in (
        ("rate", _("Loss rate")), ("before", _("Loss rate before")), ("cap", _("Cap in effect")),
        ("used", _("Share of the cap used")),
    ):  # fmt: skip
        if share_text(facts, name):
            rows.append(Fact(label, share_text(facts, name)))
    for name, label in (
        ("headroom_fen", _("Headroom")), ("largest_fen", _("Loss if the largest position fails")),
        ("cash_fen", _("Money held")), ("paid_in_fen", _("Paid in")),
    ):  # fmt: skip
        if facts.get(name) is not None:
            rows.append(Fact(label, f"{format_fen(facts[name], unit)} {unit_behind(unit)}"))
    rows += progress_facts(facts)
    for name, label in (("before_day", _("Day before")), ("last", _("Last day"))):
        if facts.get(name):
            rows.append(Fact(label, facts[name]))
    rows += [Fact(_("As of"), alert.as_of.isoformat()), Fact(_("Known at"), f"{alert.known_at:%Y-%m-%d %H:%M} UTC")]
    if facts.get("unverified"):
        rows.append(
            Fact(
                _("Source"),
                gettext("The threshold is unverified.")
                if facts.get("progress")
                else gettext("The rule is unverified."),
            )
        )
    return rows


def progress_facts(facts: dict[str, Any]) -> list[Fact]:
    """Which figure of the money's progress is beyond which threshold, and where the money stands now."""
    key = facts.get("progress")
    if key is None:
        return []
    value, threshold = (figure_text(key, Fraction(facts[name])) for name in ("value", "threshold"))
    return [
        Fact(_("Figure"), Threshold.Key(key).label, reverse("funds:progress")),
        Fact(_("Value"), value),
        Fact(_("Threshold"), threshold),
        Fact(_("Source of the threshold"), source_words(facts["source"])),
    ]


def became_facts(alert: Alert) -> list[Fact]:
    """Who has dealt with it."""
    not_yet = _("Not yet")
    closed_by = str(alert.closed_by) if alert.closed_by else gettext("The sweep")
    return [
        Fact(_("Opened"), f"{alert.opened_at:%Y-%m-%d}"),
        Fact(
            _("Acknowledged"),
            f"{alert.acknowledged_at:%Y-%m-%d} · {alert.acknowledged_by}" if alert.acknowledged_at else None,
            unknown=not_yet,
        ),
        Fact(_("Closed"), f"{alert.closed_at:%Y-%m-%d} · {closed_by}" if alert.closed_at else None, unknown=not_yet),
        Fact(_("Closed because"), reason_text(alert) or None, unknown=not_yet),
        Fact(
            _("Still so"), gettext("No, since %(day)s") % {"day": f"{alert.cleared_at:%Y-%m-%d}"}
            if alert.cleared_at else gettext("Yes"),
        ),
    ]  # fmt: skip


def open_alerts_of(fund: Fund) -> list[Alert]:
    """The alerts of a fund that nobody has closed, the highest first."""
    order = list(WarningLevel.values)
    rows = fund.alerts.exclude(state=AlertState.CLOSED).select_related("fund", "group")
    return sorted(rows, key=lambda alert: (-order.index(alert.level), -alert.pk))
