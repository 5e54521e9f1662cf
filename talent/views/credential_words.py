"""What the page of a credential says: its facts, its categories beside the ring, its entries."""

from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from innovation.core.components import Fact, Moment, Status, Tone
from innovation.core.exports import Kind
from innovation.core.icons import status_html
from innovation.core.tables import TableColumn
from talent.choices.credentials import EntryState
from talent.forms.credentials import UNITS
from talent.models import CpdCycle, CpdEntry, Credential
from talent.queries import credentials as queries
from talent.reports.ring import SHADES, credits_text
from talent.views.credential_base import ENTRY_TONES

REASONS = {
    "outside_cycle": _("lies outside of the cycle"), "unknown_category": _("category unknown to these rules"),
    "no_evidence": _("without proof"), "duplicate": _("the same proof counts already"),
    "not_verified": _("not verified"),
}  # fmt: skip


def entry_columns(
    cycle: CpdCycle, worth: dict[Any, Any], rejected: dict[Any, str], *, may_withdraw: bool
) -> tuple[TableColumn, ...]:
    """Entries with what each counts, or why it does not."""
    rules = cycle.rules

    def quantity(row: CpdEntry) -> str:
        unit = rules.categories[row.category].unit if rules and row.category in rules.categories else ""
        return f"{credits_text(row.quantity)} {UNITS.get(unit, unit)}".strip()

    def state(row: CpdEntry) -> str:
        reason = REASONS.get(rejected.get(row.pk, ""))
        words = str(row.get_state_display())
        return words if reason is None or row.state != EntryState.VERIFIED else f"{words}, {reason}"

    def note(row: CpdEntry) -> str:
        looks = list(row.verifications.all())
        return looks[0].note if looks else ""

    def act(row: CpdEntry) -> Any:
        if not may_withdraw or row.state != EntryState.CLAIMED or cycle.closed_on:
            return ""
        address = reverse("talent:entry_withdraw", args=[row.pk])
        return format_html('<a href="{}">{}</a>', address, gettext("Take back"))

    return (
        TableColumn(_("Day"), "day", Kind.DATE, key="day", order_by=("day",)),
        TableColumn(_("What was done"), "title", key="title", heading=True,
                    link=lambda row: reverse("talent:entry_file", args=[row.pk]) if row.file_name else None),
        TableColumn(_("Category"), lambda row: cycle.category_name(row.category), key="category",
                    order_by=("category",)),
        TableColumn(_("Quantity"), quantity, key="quantity"),
        TableColumn(_("Credits"), lambda row: credits_text(worth[row.pk]) if row.pk in worth else None,
                    key="credits", unknown=_("Does not count")),
        TableColumn(_("State"), state, key="state", order_by=("state",),
                    cell=lambda row: status_html(Status(state(row), ENTRY_TONES[EntryState(row.state)]))),
        TableColumn(_("Note of the officer"), note, key="note"),
        TableColumn(_("Act"), lambda row: "", key="act", cell=act),
    )  # fmt: skip


def lines_of(standing: queries.Standing) -> list[dict[str, Any]]:
    """Categories with what they count, for the table beside the ring; those of the rules that say nothing last."""
    lines = [
        {
            "name": line.name, "swatch": place % SHADES, "counted": credits_text(line.counted),
            "waiting": credits_text(line.waiting) if line.waiting else "",
            "cap": credits_text(line.cap) if line.cap is not None else "",
            "at_cap": line.cap is not None and line.counted >= line.cap,
            "minimum": credits_text(line.minimum) if line.minimum is not None else "",
            "used": bool(line.counted or line.waiting),
        }
        for place, line in enumerate(standing.lines)
    ]  # fmt: skip
    return sorted(lines, key=lambda line: not line["used"])


def missing_of(standing: queries.Standing) -> list[str]:
    """What the cycle still lacks, in sentences; empty when it is met."""
    now, cycle = standing.now, standing.cycle
    found = []
    if now.missing_total:
        found.append(gettext("%(credits)s credits are missing.") % {"credits": credits_text(now.missing_total)})
    for label, value in now.missing_minima.items():
        names = next((group.categories for group in cycle.rules.group_minima if group.label == label), (label,))
        facts = {"credits": credits_text(value), "categories": ", ".join(map(cycle.category_name, names))}
        found.append(gettext("%(credits)s credits are missing in: %(categories)s.") % facts)
    return found


def facts_of(credential: Credential, *, own: bool) -> list[Fact]:
    """What stands on the certificate, and who holds it."""
    version, filing = credential.version, credential.file_renewal_by
    office = [] if own else [Fact(_("Holder"), credential.person.shown_name)]
    renewal = [Fact(_("File the renewal by"), f"{filing}")] if filing and credential.is_live else []
    shown = credential.name_shown_since
    return [
        *office,
        Fact(_("Rules"), f"{version.version} · {version.get_status_display()}", version.get_absolute_url()),
        Fact(_("Issuer"), version.scheme.issuer),
        Fact(pgettext_lazy("credential", "Number of the certificate"), credential.number or None,
             unknown=_("Not given")),
        Fact(pgettext_lazy("credential", "Granted"), f"{credential.granted_on}" if credential.granted_on else None,
             unknown=_("Not granted yet")),
        Fact(
            _("In force until"), f"{credential.expires_on}" if credential.expires_on else None,
            unknown=_("without end") if credential.granted_on else _("Not granted yet"),
        ),
        *renewal,
        Fact(_("Recognised by"), ", ".join(version.scheme.recognised_by) or None, unknown=_("Not recorded")),
        Fact(
            _("Name on the public page"),
            gettext("shown since %(day)s") % {"day": f"{shown:%Y-%m-%d}"} if shown else gettext("hidden"),
            change=reverse("talent:credential_name", args=[credential.pk]) if own and credential.granted_on else "",
        ),
        *([Fact(_("Reason of the end"), credential.end_reason)] if credential.end_reason else []),
    ]  # fmt: skip


def step_moment(step: Any) -> Moment:
    names = {state: name.staff for state, name in Credential.state_names.items()}
    title = f"{names[step.from_state]} → {names[step.to_state]}"
    return Moment(step.at, title, step.reason, "", Tone.IDLE)
