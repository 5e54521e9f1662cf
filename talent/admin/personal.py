"""Admins of records about people: who is looked at is written down, and no list leaves from here."""

from collections.abc import Iterable
from typing import Any

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from talent.actions.reading import people_of, record_reads
from talent.choices.privacy import ReadDoor, ReadPurpose


class PeopleBeside:
    """Mixin, left of an ``Admin`` of records about nobody whose page lists people: who opens one is written down.

    ``people_path`` leads from the record to these people; the inlines say what is shown of them.
    """

    people_path = ""
    inlines: Any

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        if object_id and request.method == "GET":
            found = self.get_object(request, unquote(object_id))  # type: ignore[attr-defined]
            if found is not None and self.has_view_or_change_permission(request, found):  # type: ignore[attr-defined]
                self._read(request, [found], self._shown(), ReadDoor.ADMIN)
        return super().changeform_view(request, object_id, form_url, extra_context)  # type: ignore[misc]

    def _shown(self) -> list[str]:
        return [name for inline in self.inlines for name in inline.fields]

    def _read(self, request: HttpRequest, rows: Iterable[Any], fields: Iterable[Any], door: ReadDoor) -> None:
        names = [name for name in fields if isinstance(name, str) and name != "action_checkbox"]
        people = people_of(rows, self.people_path)
        if people:
            record_reads(request.user, people, names, ReadPurpose.ADMINISTRATION, door)


class PersonalAdmin(PeopleBeside):
    """Mixin, left of an ``Admin`` of records about people, as the field register has it."""

    list_before_template = None
    model: Any

    def _shown(self) -> list[str]:
        return [field.name for field in self.model._meta.fields]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        response = super().changelist_view(request, extra_context)  # type: ignore[misc]
        shown = getattr(response, "context_data", None) or {}
        if "cl" in shown and request.method == "GET":
            fields = self.get_list_display(request)  # type: ignore[attr-defined]
            self._read(request, shown["cl"].result_list, fields, ReadDoor.LIST)
        return response

    def export_view(self, request: HttpRequest) -> HttpResponseBase:
        """No file here: lists of people leave by the page of exports alone, with a reason and a mark."""
        raise PermissionDenied
