"""The audit sample: drawn by a seed, each entry looked at a second time by somebody else."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from innovation.core.components import Status, Tone
from innovation.core.exports import Kind
from innovation.core.figures import percent_text
from innovation.core.icons import status_html
from innovation.core.tables import TableColumn
from innovation.core.views import Crumb, FormPage, TableView
from talent.actions import cpd
from talent.choices.credentials import AuditVerdict
from talent.choices.privacy import ReadPurpose
from talent.forms import credentials as forms
from talent.models import AuditLook, AuditSample, Person
from talent.models.visibility import sees_people
from talent.views.credential_office import ENTRY_FIELDS, entry_facts, typed
from talent.views.personal import PersonalPage, PersonalTable


def samples(user: Any) -> bool:
    return bool(user.is_authenticated and user.has_perm("talent.add_auditsample"))


def looks(user: Any) -> bool:
    return bool(user.is_authenticated and user.has_perm("talent.change_auditlook"))


class SampleList(TableView):
    """Samples with how far they are."""

    title = _("Audit samples")
    lead = _("A share of the verified entries is looked at a second time by somebody else, drawn by a seed.")
    template_name = "talent/credentials/samples.html"
    allowed = staticmethod(sees_people)
    default_sort = "-drawn"
    columns = (
        TableColumn(_("Verified"), lambda row: f"{row.verified_from} – {row.verified_to}", key="days", heading=True,
                    link=lambda row: row.get_absolute_url()),
        TableColumn(pgettext_lazy("credential", "Seed"), "seed", key="seed"),
        TableColumn(_("Share"), lambda row: percent_text(row.share), key="share"),
        TableColumn(_("Entries drawn from"), "population", Kind.INTEGER, key="population"),
        TableColumn(_("In the sample"), "size", Kind.INTEGER, key="size"),
        TableColumn(_("Looked at"), "seen", Kind.INTEGER, key="seen"),
        TableColumn(_("Found wrong"), "wrong", Kind.INTEGER, key="wrong"),
        TableColumn(_("Drawn"), "drawn_at", Kind.DATETIME, key="drawn", order_by=("drawn_at",)),
    )  # fmt: skip
    empty_title = _("No sample was drawn yet")
    empty_text = _("Draw one for a month or a year of verified entries.")

    def get_queryset(self) -> QuerySet[AuditSample]:
        return AuditSample.objects.visible_to(self.request.user).annotate(
            size=Count("looks"), seen=Count("looks", filter=~Q(looks__verdict="")),
            wrong=Count("looks", filter=Q(looks__verdict=AuditVerdict.WRONG)),
        )  # fmt: skip

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(_("Credentials"), reverse("talent:credentials")), (self.title, None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(may_draw=samples(self.request.user), **kwargs)


class DrawSample(FormPage):
    title = _("Draw a sample")
    form_class = forms.SampleForm
    allowed = staticmethod(samples)
    submit_label = _("Draw")
    sample: AuditSample

    @property
    def cancel_url(self) -> str:  # type: ignore[override]
        return reverse("talent:audit_samples")

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(_("Audit samples"), self.cancel_url), (self.title, None)]

    def act(self, form: Any) -> None:
        self.sample = cpd.draw_sample(actor=self.request.user, **form.values())

    def get_success_url(self) -> str:
        return self.sample.get_absolute_url()


def finding_html(look: AuditLook) -> Any:
    if not look.verdict:
        return status_html(Status(_("Nobody looked yet"), Tone.IDLE))
    return status_html(Status(look.get_verdict_display(), Tone.BAD if look.verdict == "wrong" else Tone.OK))


class SamplePage(PersonalTable, TableView):
    """The entries of one sample."""

    read_fields = ENTRY_FIELDS
    read_purpose = ReadPurpose.AUDIT
    allowed = staticmethod(sees_people)
    columns = (
        TableColumn(_("What was done"), lambda row: row.entry.title, key="title", heading=True,
                    link=lambda row: reverse("talent:audit_look", args=[row.pk])),
        TableColumn(_("Holder"), lambda row: row.entry.person.shown_name, key="holder"),
        TableColumn(_("Category"), lambda row: row.entry.cycle.category_name(row.entry.category), key="category"),
        TableColumn(_("Day"), lambda row: row.entry.day, Kind.DATE, key="day"),
        TableColumn(_("Finding"), lambda row: row.get_verdict_display(), key="finding", unknown=_("Nobody looked yet"),
                    cell=finding_html),
        TableColumn(_("Note"), "note", key="note"),
        TableColumn(_("Looked at"), "looked_at", Kind.DATETIME, key="looked", unknown=_("Nobody looked yet")),
    )  # fmt: skip

    @cached_property
    def sample(self) -> AuditSample:
        found = AuditSample.objects.visible_to(self.request.user).filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found

    def get_title(self) -> str:
        return gettext("Audit sample %(sample)s") % {"sample": self.sample}

    def get_queryset(self) -> QuerySet[AuditLook]:
        return self.sample.looks.select_related("entry__person", "entry__cycle__version__scheme")

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(_("Audit samples"), reverse("talent:audit_samples")), (str(self.sample), None)]


class LookAgain(PersonalPage, FormPage):
    """The second look at one entry."""

    read_fields = ENTRY_FIELDS
    read_purpose = ReadPurpose.AUDIT
    title = _("Second look")
    form_class = forms.LookForm
    template_name = "talent/credentials/verify.html"
    allowed = staticmethod(looks)
    submit_label = _("Record the finding")
    done_message = _("Recorded.")

    @cached_property
    def look(self) -> AuditLook:
        rows = AuditLook.objects.visible_to(self.request.user).select_related(
            "sample", "entry__person", "entry__cycle__version__scheme", "entry__cycle__credential__version__scheme"
        )
        found = rows.filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found

    @property
    def cancel_url(self) -> str:  # type: ignore[override]
        return self.look.sample.get_absolute_url()

    def get_success_url(self) -> str:
        return self.cancel_url

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(str(self.look.sample), self.cancel_url), (self.look.entry.title, None)]

    def people_read(self) -> Person:
        return self.look.entry.person

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(entry=self.look.entry, facts=entry_facts(self.look.entry), **kwargs)

    def act(self, form: Any) -> None:
        cpd.look_again(look_id=self.look.pk, actor=self.request.user, **typed(form))
