"""Pages about people: who is shown is written down, a file is marked, and a long one takes two people."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from innovation.core import history
from innovation.core.tables import TableColumn
from talent.actions.reading import people_of, record_reads
from talent.choices.privacy import ReadDoor, ReadPurpose
from talent.models import Person
from talent.rules.retention import APPROVER_ABOVE


class PersonalTable:
    """Mixin, left of ``TableView``. ``read_fields`` are what the list shows, in the names of the field register."""

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

    def people_read(self, rows: Iterable[Any]) -> set[int]:
        """The keys of the people whom the rows name."""
        return people_of(rows)

    def _read(self, request: HttpRequest, rows: Iterable[Any], door: ReadDoor, purpose: ReadPurpose) -> None:
        people = self.people_read(rows)
        if people:
            record_reads(request.user, people, self.read_fields, purpose, door)


class PersonalPage(ABC):
    """Mixin, left of a page that shows people, whom ``people_read`` gives; ``read_fields`` as in ``PersonalTable``."""

    read_fields: ClassVar[Sequence[str]] = ("name_zh",)
    read_purpose: ClassVar[ReadPurpose] = ReadPurpose.CASE

    @abstractmethod
    def people_read(self) -> Person | Iterable[Person]:
        """The people whom the page shows."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        record_reads(request.user, self.people_read(), self.read_fields, self.read_purpose)
        return super().get(request, *args, **kwargs)  # type: ignore[misc]
