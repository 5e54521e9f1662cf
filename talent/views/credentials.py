"""Credentials: one's own with their rings, the register of the office, the page of one."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from innovation.core import transitions
from innovation.core.exports import Kind
from innovation.core.icons import status_html
from innovation.core.tables import Table, TableColumn
from innovation.core.views import Crumb, PageView, TableView, signed_in
from talent.actions.reading import record_reads
from talent.choices.credentials import FILING_STATES, EntryState
from talent.choices.privacy import ReadPurpose
from talent.filters.credentials import CredentialFilters
from talent.models import CpdCycle, Credential
from talent.models.credential_states import holds_or_keeps
from talent.models.visibility import sees_people
from talent.queries import credentials as queries
from talent.queries.standing import in_registry
from talent.reports.ring import ring_svg
from talent.views.credential_base import CredentialMixin, status_of, trail
from talent.views.credential_words import entry_columns, facts_of, lines_of, missing_of, step_moment
from talent.views.personal import PersonalTable

EVENTS = (
    "apply", "grant", "return", "file_renewal", "renew", "return_renewal", "refuse_renewal", "retire", "revoke",
)  # fmt: skip
"""Steps that have a page of their own; the other ones are the clock's."""


class MyCredentials(PageView):
    """Everything that the person holds or is a candidate for, each with its ring."""

    template_name = "talent/credentials/mine.html"
    title = _("My credentials")
    lead = _("Certificates and titles that you hold, the credits that keep them alive, and their last day.")
    allowed = staticmethod(signed_in)

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(gettext("Start"), reverse("home")), (self.title, None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        rows = list(queries.own(self.request.user).order_by("-id"))
        for row in rows:
            row.shown = status_of(row)
            cycle = next(iter(row.open_cycles), None)
            if cycle is not None:
                cycle.credential = row
            row.standing = queries.standing(cycle, today) if cycle and row.state in FILING_STATES else None
            row.ring = ring_svg(row.standing) if row.standing else ""
        return super().get_context_data(rows=rows, may_begin=in_registry(self.request.user), **kwargs)


class Register(PersonalTable, TableView):
    """Every credential for the office; what ends next comes first."""

    read_fields = ("name_zh", "version", "level", "number", "state", "granted_on", "expires_on")
    read_purpose = ReadPurpose.VERIFICATION
    title = _("Credentials")
    lead = _("What people of the registry hold, with its state and last day.")
    allowed = staticmethod(sees_people)
    filterset_class = CredentialFilters
    default_sort = "expires"
    columns = (
        TableColumn(_("Holder"), lambda row: row.person.shown_name, key="holder", order_by=("person__pinyin",),
                    heading=True, link=lambda row: row.get_absolute_url()),
        TableColumn(_("Credential"), lambda row: row.version.scheme.name, key="scheme",
                    order_by=("version__scheme__code",)),
        TableColumn(pgettext_lazy("credential", "Level"), lambda row: row.level_name, key="level"),
        TableColumn(pgettext_lazy("credential", "Number"), "number", key="number", order_by=("number",),
                    unknown=_("Not given")),
        TableColumn(pgettext_lazy("credential", "Granted"), "granted_on", Kind.DATE, key="granted",
                    order_by=("granted_on",), unknown=_("Not granted yet")),
        TableColumn(_("Expires"), "expires_on", Kind.DATE, key="expires", order_by=("expires_on",),
                    unknown=_("without end")),
        TableColumn(_("State"), lambda row: str(row.names.staff), key="state", order_by=("state",),
                    cell=lambda row: status_html(status_of(row))),
    )  # fmt: skip
    empty_title = _("No credential is recorded yet")
    empty_text = _("Holders open one themselves, a filed training cohort makes them, or an officer records one.")

    def get_queryset(self) -> QuerySet[Credential]:
        return queries.with_names(Credential.objects.visible_to(self.request.user))

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(gettext("Start"), reverse("home")), (self.title, None)]


class CredentialPage(CredentialMixin, PageView):
    """One credential: its standing, entries, steps, and what can be done now."""

    template_name = "talent/credentials/detail.html"

    def get_title(self) -> str:
        return str(self.credential)

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [*trail(self.credential, own=self.is_own)[:1], (self.get_title(), None)]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        table = self.entries_table()
        read = ("version", "level", "number", "state", "granted_on", "expires_on", "title", "category", "day")
        record_reads(request.user, self.credential.person, read, ReadPurpose.CASE)
        return self.respond([table] if table else [], table=table)

    @cached_property
    def cycle(self) -> CpdCycle | None:
        return queries.open_cycle(self.credential) or self.credential.cycles.select_related("version__scheme").first()

    @cached_property
    def standing(self) -> queries.Standing | None:
        if self.cycle is None or self.cycle.closed_on is not None:
            return None
        return queries.standing(self.cycle, timezone.localdate())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        one, standing = self.credential, self.standing
        cycle = self.cycle
        return super().get_context_data(
            credential=one, status=status_of(one), next_step=one.names.next_step, facts=facts_of(one, own=self.is_own),
            standing=standing, ring=ring_svg(standing) if standing else "", cycle=cycle,
            days_left=standing.days_left if standing else None, lines=lines_of(standing) if standing else [],
            missing=missing_of(standing) if standing else [],
            unverified=not one.version.is_verified or bool(cycle and not cycle.version.is_verified),
            unknown_values=bool(cycle and cycle.rules is None and cycle.closed_on is None),
            closed=[row for row in one.cycles.all() if row.closed_on], acts=self.acts(), is_own=self.is_own,
            certified=one.granted_on is not None,
            steps=[step_moment(step) for step in transitions.steps_of(one)], checks=one.checks.all(), **kwargs,
        )  # fmt: skip

    def acts(self) -> list[tuple[Any, str]]:
        """Label and address of each act that the reader may take now."""
        one, user = self.credential, self.request.user
        found: list[tuple[Any, str]] = []
        open_now = self.cycle is not None and self.cycle.closed_on is None and self.cycle.rules is not None
        if open_now and one.state in FILING_STATES and holds_or_keeps(user, one):
            found.append((_("File an entry"), reverse("talent:entry_new", args=[one.pk])))
        for event, step in Credential.transitions.get(one.state, {}).items():
            if event in EVENTS and transitions.may(step, one, user):
                found.append((step.label, reverse(f"talent:credential_{event}", args=[one.pk])))
        return found

    def entries_table(self) -> Table | None:
        cycle = self.cycle
        if cycle is None:
            return None
        rejected = self.standing.now.rejected if self.standing else {}
        worth = self.standing.now.entry_credits if self.standing else {}
        rows = cycle.entries.exclude(state=EntryState.WITHDRAWN).prefetch_related("verifications")
        columns = entry_columns(cycle, worth, rejected, may_withdraw=holds_or_keeps(self.request.user, self.credential))
        return Table(
            self.request, columns, rows, gettext("Entries of the cycle"), default_sort="-day",
            empty_title=gettext("Nothing is filed yet"),
            empty_text=gettext("File courses, talks, articles and work as the rules of the scheme count them."),
        )  # fmt: skip
