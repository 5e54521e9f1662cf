"""Admins of records about people: who is looked at is written down, and no list leaves from here."""

from collections.abc import Iterable
from typing import Any

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from talent.actions.reading import record_reads
from talent.choices.privacy import ReadDoor, ReadPurpose


class PersonalAdmin:
    """Mixin, left of an ``Admin``. ``person_of`` is the attribute that leads to the person's key."""

    person_of = "person_id"
    list_before_template = None
    model: Any
    opts: Any

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        response = super().changelist_view(request, extra_context)  # type: ignore[misc]
        shown = getattr(response, "context_data", None) or {}
        if "cl" in shown and request.method == "GET":
            self._read(request, self._people(shown["cl"].result_list), self.get_list_display(request), ReadDoor.LIST)
        return response

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        if object_id and request.method == "GET":
            found = self.get_object(request, unquote(object_id))
            if found is not None and self.has_view_or_change_permission(request, found):
                fields = [field.name for field in self.model._meta.fields]
                self._read(request, self._people([found]), fields, ReadDoor.ADMIN)
        return super().changeform_view(request, object_id, form_url, extra_context)  # type: ignore[misc]

    def export_view(self, request: HttpRequest) -> HttpResponseBase:
        """No file here: lists of people leave by the page of exports alone, with a reason and a mark."""
        raise PermissionDenied

    def _people(self, rows: Iterable[Any]) -> set[int]:
        return {key for row in rows if (key := getattr(row, self.person_of)) is not None}

    def _read(self, request: HttpRequest, people: set[int], fields: Iterable[Any], door: ReadDoor) -> None:
        names = [name for name in fields if isinstance(name, str) and name != "action_checkbox"]
        if people:
            record_reads(request.user, people, names, ReadPurpose.ADMINISTRATION, door)
