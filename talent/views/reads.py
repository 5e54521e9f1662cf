"""Who looked at me; what the field register says; what people share with one's organisation."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _

from innovation.accounts.choices import Role
from innovation.core.exports import Kind
from innovation.core.tables import TableColumn
from innovation.core.views import Crumb, TableView
from talent.actions.reading import record_reads
from talent.choices.privacy import ReadDoor, ReadPurpose, SharedField
from talent.filters.privacy import ReadFilters
from talent.models import AccessLog, Consent
from talent.queries import field_register
from talent.queries.consents import shared_with
from talent.queries.own import keys_of
from talent.views.consents import OwnRecord, crumbs

ROLE_NAMES = dict(Role.choices)


def unit_name(row: AccessLog) -> Any:
    """How a person sees who read: the office by its role, others by their organisation."""
    return ROLE_NAMES.get(row.reader_unit, row.reader_unit or _("A visitor"))


def field_names(row: AccessLog) -> str:
    """The fields that were read, in words where the register knows them."""
    known = field_register.labels()
    return ", ".join(str(known.get(name, name)) for name in row.fields)


class WhoLooked(OwnRecord, TableView):
    """Every read of one's data by others in the last three years, newest first."""

    title = _("Who looked at my data")
    lead = _("Each read by others in the last three years. People of the office appear by their role.")
    filterset_class = ReadFilters
    default_sort = "-at"
    empty_title = _("Nobody has looked at your data yet")
    empty_text = _("As soon as somebody of the office or an organisation reads it, it stands here.")
    columns = (
        TableColumn(_("Time"), "at", Kind.DATETIME, key="at", order_by=("at", "id"), heading=True),
        TableColumn(_("Who"), unit_name, key="who", order_by=("reader_unit",)),
        TableColumn(_("What"), field_names, key="what"),
        TableColumn(_("Purpose"), lambda row: row.get_purpose_display(), key="purpose", order_by=("purpose",)),
        TableColumn(_("Where"), lambda row: row.get_door_display(), key="door", order_by=("door",)),
    )

    def breadcrumbs(self) -> Sequence[Crumb]:
        return crumbs((self.title, None))

    def get_queryset(self) -> QuerySet[AccessLog]:
        return AccessLog.objects.filter(person__in=keys_of(self.person))


class RegisterPage(TableView):
    """Every column about people: purpose, basis, how long it is kept, who reads it, what an erasure does."""

    title = _("Field register")
    lead = _("What the talent part keeps: why, on what basis, for how long, who reads it, what an erasure does to it.")
    default_sort = ""
    columns = (
        TableColumn(_("Record"), "record", key="record", order_by=("record",)),
        TableColumn(_("Field"), "label", key="field", order_by=("label",), heading=True),
        TableColumn(_("Purpose"), lambda line: line.entry.purpose.label, key="purpose"),
        TableColumn(_("Basis"), lambda line: line.entry.basis.label, key="basis"),
        TableColumn(_("Kept"), lambda line: line.entry.retention.label, key="kept"),
        TableColumn(_("Who reads it"), lambda line: line.entry.visibility.label, key="readers"),
        TableColumn(_("On erasure"), lambda line: line.fate, key="erasure"),
    )

    def breadcrumbs(self) -> Sequence[Crumb]:
        return crumbs((self.title, None))

    def get_queryset(self) -> list[field_register.Line]:
        return [line for line in field_register.lines() if line.is_personal]


SHOWN = {
    SharedField.NAME: lambda consent: consent.person.shown_name,
    SharedField.ROLES: lambda consent: ", ".join(role.get_kind_display() for role in consent.person.roles.all()),
    SharedField.POSTS: lambda consent: "; ".join(str(post.title) for post in consent.person.affiliations.all()),
    SharedField.ORCID: lambda consent: consent.person.orcid or "",
}


def _shared(name: SharedField) -> Any:
    """A column's value: what the person shares of it, nothing else."""
    return lambda consent: SHOWN[name](consent) if name in consent.fields else None


class SharedWithUs(TableView):
    """What people let one's organisation read, as long as they do. Each look is recorded."""

    title = _("Shared with my organisation")
    lead = _("People chose what you read here and until when. They see each look, and no file is made of it.")
    default_sort = "until"
    empty_title = _("Nobody shares anything with your organisation now")
    columns = (
        TableColumn(_("Organisation"), "recipient", key="organisation", order_by=("recipient__name_zh",)),
        *(
            TableColumn(name.label, _shared(name), key=name.value, unknown=_("Not shared"), heading=name == "name")
            for name in SharedField
        ),
        TableColumn(_("Until"), "expires_on", Kind.DATE, key="until", order_by=("expires_on", "id")),
    )

    def get_queryset(self) -> QuerySet[Consent]:
        return shared_with(self.request.user)

    def table_options(self) -> dict[str, Any]:
        return {"refusal": _("What people share is read here only; no file is made of it.")}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        table = self.get_table()
        people: dict[tuple[str, ...], set[int]] = defaultdict(set)
        for consent in table.page.object_list:
            people[tuple(consent.fields)].add(consent.person_id)
        for fields, keys in people.items():
            record_reads(request.user, keys, fields, ReadPurpose.SHARE, ReadDoor.LIST)
        return self.respond([table], table=table)
