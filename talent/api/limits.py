"""People through the API: who is read is written down, and the directory is as slow as on its pages."""

from collections.abc import Iterable
from typing import Any, ClassVar

from rest_framework.request import Request

from innovation.core.api.throttles import Throttle
from talent.actions.reading import people_of, record_reads
from talent.choices.privacy import ReadDoor, ReadPurpose


class DirectoryThrottle(Throttle):
    """Sixty requests in ten minutes by whoever is not of the office."""

    scope = "directory"

    def applies(self, request: Request) -> bool:
        return not request.user.works_for_programme


class PersonalRecords:
    """Mixin, left of a view set of records about people, as the field register has them."""

    read_purpose: ClassVar[ReadPurpose] = ReadPurpose.CASE
    request: Request

    def paginate_queryset(self, queryset: Any) -> Any:
        page = super().paginate_queryset(queryset)  # type: ignore[misc]
        self._read(page or ())
        return page

    def get_object(self) -> Any:
        found = super().get_object()  # type: ignore[misc]
        self._read([found])
        return found

    def _read(self, records: Iterable[Any]) -> None:
        people = people_of(records)
        if people:
            fields = self.get_serializer_class().Meta.fields  # type: ignore[attr-defined]
            record_reads(self.request.user, people, fields, self.read_purpose, ReadDoor.API)
