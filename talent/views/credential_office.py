"""What the office decides: grants, renewals, revocations; the queue of entries to verify; the audit sample."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from innovation.core.components import Fact
from innovation.core.exports import Kind
from innovation.core.icons import status_html
from innovation.core.tables import TableColumn
from innovation.core.views import Crumb, FormPage, TableView
from talent.actions import cpd, renewals
from talent.actions import credentials as actions
from talent.choices.privacy import ReadPurpose
from talent.filters.credentials import EntryFilters
from talent.forms import credentials as forms
from talent.forms.credentials import UNITS
from talent.models import CpdEntry, Credential, Person
from talent.models.credential_states import decides_for_others
from talent.models.visibility import sees_people, works_on_people
from talent.queries import credentials as queries
from talent.reports.ring import credits_text
from talent.rules.cpd import credits_of
from talent.views.credential_base import CredentialAct, EntryMixin, status_of
from talent.views.credential_words import missing_of
from talent.views.personal import PersonalPage, PersonalTable

ENTRY_FIELDS = ("name_zh", "title", "category", "day", "quantity_num", "state")


def verifies(user: Any) -> bool:
    """Whether ``user`` verifies entries and decides on credentials."""
    return bool(works_on_people(user) and user.has_perm(cpd.VERIFY))


# ── Decisions on a credential ────────────────────────────────────────────────────────────────────
class _Decide(PersonalPage, CredentialAct):
    read_fields = ("name_zh", "version", "level", "state")
    read_purpose = ReadPurpose.VERIFICATION
    who = staticmethod(decides_for_others)

    def people_read(self) -> Person:
        return self.credential.person


class Grant(_Decide):
    title = _("Grant")
    lead = _("Check the rules as they hold on the day of the grant; rules that change later take nothing away.")
    form_class = forms.GrantForm
    submit_label = _("Grant the credential")
    template_name = "talent/credentials/decide.html"

    def get_initial(self) -> dict[str, Any]:
        return {"granted_on": timezone.localdate()} | super().get_initial()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(credential=self.credential, version=self.credential.version, **kwargs)

    def act(self, form: Any) -> None:
        actions.grant(credential_id=self.credential.pk, actor=self.request.user, **typed(form))


def typed(form: Any) -> dict[str, Any]:
    """What was typed, without the one-time token."""
    return {name: value for name, value in form.cleaned_data.items() if name != "form_token"}


class ReturnCandidate(_Decide):
    title = _("Return the assessment")
    form_class = forms.ReasonForm
    submit_label = _("Return")

    def act(self, form: Any) -> None:
        actions.return_candidate(credential_id=self.credential.pk, actor=self.request.user, **typed(form))


class Renew(_Decide):
    title = _("Renew")
    form_class = forms.NoteForm
    submit_label = _("Renew the credential")
    template_name = "talent/credentials/decide.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        cycle = queries.open_cycle(self.credential)
        standing = queries.standing(cycle, timezone.localdate()) if cycle else None
        version = cycle.version if cycle else self.credential.version
        return super().get_context_data(
            credential=self.credential, version=version, standing=standing, counted=_counted(standing),
            missing=missing_of(standing) if standing else [], **kwargs,
        )  # fmt: skip

    def act(self, form: Any) -> None:
        renewals.renew(credential_id=self.credential.pk, actor=self.request.user, **typed(form))


def _counted(standing: queries.Standing | None) -> list[Fact]:
    if standing is None:
        return []
    now = standing.now
    return [
        Fact(_("Credits counted"), f"{credits_text(now.counted_total)} / {credits_text(now.required)}"),
        Fact(_("Of which carried in"), credits_text(now.carried_in)),
        Fact(_("Carried over to the next cycle"), credits_text(now.carry_over)),
        Fact(
            _("Entries that wait"), f"{sum(one.state == 'claimed' for one in standing.cycle.entries.all())}",
            reverse("talent:entries"),
        ),
    ]  # fmt: skip


class ReturnRenewal(_Decide):
    title = _("Return the renewal")
    form_class = forms.ReasonForm
    submit_label = _("Return")

    def act(self, form: Any) -> None:
        renewals.return_renewal(credential_id=self.credential.pk, actor=self.request.user, **typed(form))


class RefuseRenewal(_Decide):
    title = _("Refuse the renewal")
    lead = _("The credential lapses.")
    form_class = forms.ReasonForm
    submit_label = pgettext_lazy("credential", "Refuse")

    def act(self, form: Any) -> None:
        renewals.refuse_renewal(credential_id=self.credential.pk, actor=self.request.user, **typed(form))


class Revoke(_Decide):
    title = _("Revoke")
    lead = _("Only after a hearing, with its day and the reason. The public page says at once that it is not in force.")
    form_class = forms.RevokeForm
    submit_label = _("Revoke the credential")

    def act(self, form: Any) -> None:
        actions.revoke(credential_id=self.credential.pk, actor=self.request.user, **typed(form))


class DecisionQueue(PersonalTable, TableView):
    """Assessments and renewals that wait, the oldest first."""

    read_fields = ("name_zh", "version", "level", "state", "state_since", "expires_on")
    read_purpose = ReadPurpose.VERIFICATION
    title = _("Credentials to decide")
    lead = _("Assessments that holders asked for and renewals that they filed.")
    allowed = staticmethod(sees_people)
    columns = (
        TableColumn(_("Holder"), lambda row: row.person.shown_name, key="holder", heading=True,
                    link=lambda row: row.get_absolute_url()),
        TableColumn(_("Credential"), str, key="credential"),
        TableColumn(_("Waits since"), "state_since", Kind.DATETIME, key="since", order_by=("state_since",)),
        TableColumn(_("Expires"), "expires_on", Kind.DATE, key="expires", order_by=("expires_on",),
                    unknown=_("Not granted yet")),
        TableColumn(_("State"), lambda row: str(row.names.staff), key="state",
                    cell=lambda row: status_html(status_of(row))),
    )  # fmt: skip
    empty_title = _("Nothing waits for a decision")
    empty_text = _("Assessments and renewals come here when holders file them.")
    default_sort = "since"

    def get_queryset(self) -> QuerySet[Credential]:
        return queries.waits_for_decision().filter(pk__in=Credential.objects.visible_to(self.request.user).values("pk"))

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(_("Credentials"), reverse("talent:credentials")), (self.title, None)]


# ── Entries ──────────────────────────────────────────────────────────────────────────────────────
def worth(entry: CpdEntry) -> Any:
    """Credits of an entry alone, caps of year and cycle apart; None where its category is not known."""
    rules = entry.cycle.rules
    category = rules.categories.get(entry.category) if rules else None
    return credits_text(credits_of(category, entry.quantity)) if category else None


def quantity_of(entry: CpdEntry) -> str:
    rules = entry.cycle.rules
    unit = rules.categories[entry.category].unit if rules and entry.category in rules.categories else ""
    return f"{credits_text(entry.quantity)} {UNITS.get(unit, unit)}".strip()


class EntryQueue(PersonalTable, TableView):
    """Entries that wait for verification, the oldest first."""

    read_fields = ENTRY_FIELDS
    read_purpose = ReadPurpose.VERIFICATION
    title = _("Entries to verify")
    lead = _("What holders did and prove. Compare the proof with what is claimed; each counts once.")
    allowed = staticmethod(sees_people)
    filterset_class = EntryFilters
    default_sort = "filed"
    columns = (
        TableColumn(_("What was done"), "title", key="title", heading=True,
                    link=lambda row: reverse("talent:entry", args=[row.pk])),
        TableColumn(_("Holder"), lambda row: row.person.shown_name, key="holder", order_by=("person__pinyin",)),
        TableColumn(pgettext_lazy("credential", "Scheme"), lambda row: row.cycle.version.scheme.name, key="scheme"),
        TableColumn(_("Category"), lambda row: row.cycle.category_name(row.category), key="category"),
        TableColumn(_("Quantity"), quantity_of, key="quantity"),
        TableColumn(_("Credits"), worth, key="credits", unknown=_("Does not count")),
        TableColumn(_("Day"), "day", Kind.DATE, key="day", order_by=("day",)),
        TableColumn(_("Filed"), "filed_at", Kind.DATETIME, key="filed", order_by=("filed_at",)),
    )  # fmt: skip
    empty_title = _("Nothing waits for verification")
    empty_text = _("Entries come here when holders file them.")

    def get_queryset(self) -> QuerySet[CpdEntry]:
        rows = CpdEntry.objects.visible_to(self.request.user).to_verify()
        return rows.select_related("person", "cycle__version__scheme")

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(_("Credentials"), reverse("talent:credentials")), (self.title, None)]


def entry_facts(entry: CpdEntry) -> list[Fact]:
    """What an officer compares with the proof."""
    proof = reverse("talent:entry_file", args=[entry.pk]) if entry.file_name else ""
    return [
        Fact(_("Holder"), entry.person.shown_name, entry.cycle.credential.get_absolute_url()),
        Fact(_("Credential"), str(entry.cycle.credential)),
        Fact(_("Cycle"), str(entry.cycle)),
        Fact(_("What was done"), entry.title),
        Fact(_("Category"), entry.cycle.category_name(entry.category)),
        Fact(_("Day"), f"{entry.day}"),
        Fact(_("Quantity"), quantity_of(entry)),
        Fact(_("Credits"), worth(entry), unknown=_("Does not count")),
        Fact(_("Proof"), entry.file_name or None, proof, unknown=_("None attached")),
        Fact("SHA-256", entry.sha256[:16] or None, unknown=_("None attached")),
    ]  # fmt: skip


class VerifyEntry(PersonalPage, EntryMixin, FormPage):
    """Accept or refuse one entry, then the next."""

    read_fields = ENTRY_FIELDS
    read_purpose = ReadPurpose.VERIFICATION
    title = _("Verify an entry")
    form_class = forms.VerifyForm
    template_name = "talent/credentials/verify.html"
    allowed = staticmethod(verifies)
    submit_label = _("Record the verdict")
    done_message = _("Recorded.")

    @property
    def cancel_url(self) -> str:  # type: ignore[override]
        return reverse("talent:entries")

    def get_success_url(self) -> str:
        rest = CpdEntry.objects.visible_to(self.request.user).to_verify().exclude(person__user=self.request.user)
        following = rest.exclude(pk=self.entry.pk).first()
        return reverse("talent:entry", args=[following.pk]) if following else self.cancel_url

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(_("Entries to verify"), self.cancel_url), (self.entry.title, None)]

    def people_read(self) -> Person:
        return self.entry.person

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(entry=self.entry, facts=entry_facts(self.entry), **kwargs)

    def act(self, form: Any) -> None:
        cpd.verify_entry(entry_id=self.entry.pk, actor=self.request.user, **typed(form))
