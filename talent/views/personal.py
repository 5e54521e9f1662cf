"""Lists of people on pages: who is shown is written down, a file is marked, and a long one takes two people."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from innovation.core import history
from innovation.core.tables import TableColumn
from talent.actions.reading import record_reads
from talent.choices.privacy import ReadDoor, ReadPurpose
from talent.rules.retention import APPROVER_ABOVE


class PersonalTable:
    """Mixin, left of ``TableView``. ``person_of`` is the attribute of a row that leads to the person's key.

    ``read_fields`` are what the list shows, in the names of the field register.
    """

    person_of: ClassVar[str] = "person_id"
    read_fields: ClassVar[Sequence[str]] = ("name_zh",)
    read_purpose: ClassVar[ReadPurpose] = ReadPurpose.CASE

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        table = self.get_table()  # type: ignore[attr-defined]
        if not table.export_format:
            self._read(request, table.page.object_list, ReadDoor.LIST, self.read_purpose)
        elif table.count > APPROVER_ABOVE and not table.refusal:
            words = _("More than %(rows)s rows of people leave by two people only: ask under “Exports of people”.")
            table.refusal = words % {"rows": APPROVER_ABOVE}
        elif not table.no_file:
            mark = f"{history.label_of(request.user)} · {timezone.localtime():%Y-%m-%d %H:%M}"
            table.notes = [*table.notes, mark]
            table.columns = [*table.columns, TableColumn(_("Mark"), lambda row: mark, key="mark")]
            self._read(request, table.ordered(), ReadDoor.FILE, ReadPurpose.EXPORT)
        return self.respond([table], table=table)  # type: ignore[attr-defined]

    def _read(self, request: HttpRequest, rows: Iterable[Any], door: ReadDoor, purpose: ReadPurpose) -> None:
        people = {getattr(row, self.person_of) for row in rows}
        if people:
            record_reads(request.user, people, self.read_fields, purpose, door)
