"""The page of one record with states: where it stands, what it says, what may be done; shared by policy work."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.functional import Promise, cached_property

from innovation.core.components import Fact, Status, Tone
from innovation.core.tables import Table
from innovation.core.views import FormPage, PageView

Text = str | Promise
TONES = {
    "DRAFT": Tone.IDLE, "SUBMITTED": Tone.INFO, "UNDER_REVIEW": Tone.INFO, "RECOGNISED": Tone.OK, "REFUSED": Tone.BAD,
    "REVOKED": Tone.BAD, "RETURNED": Tone.BAD, "CONFIRMED": Tone.OK, "COMMITTED": Tone.INFO, "FILED": Tone.OK,
    "ACTIVE": Tone.INFO, "ENDED": Tone.IDLE, "PROPOSED": Tone.NOTICE, "DEMANDED": Tone.INFO, "PAID": Tone.OK,
    "WAIVED": Tone.IDLE,
}  # fmt: skip


def status_of(record: Any) -> Status:
    """The state of a record in words and colour."""
    return Status(record.get_state_display(), TONES[record.state])


class RecordMixin(ABC):
    """Finds the record of the address among those that the person may see."""

    kwargs: dict[str, Any]
    request: HttpRequest

    @abstractmethod
    def get_records(self) -> Any:
        """The records that the person may see, with what the page shows of them."""

    @cached_property
    def record(self) -> Any:
        found = self.get_records().filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found


class RecordPage(RecordMixin, PageView):
    """One record: status with what happens next, facts, tables below, buttons for what this person may do."""

    template_name = "funds/record.html"

    def get_title(self) -> Text:
        return str(self.record)

    @abstractmethod
    def facts(self) -> Sequence[Fact]:
        """What is known of the record, above its tables."""

    def tables(self) -> Sequence[Table]:
        """Lists that hang on the record; each can be taken away as a file."""
        return []

    def acts(self) -> Sequence[tuple[Text, str]]:
        """``(label, address)`` of what this person may do now; the first is the main one."""
        return []

    def notes(self) -> Sequence[tuple[str, Text]]:
        """Banners: tone and text."""
        return []

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.shown_tables = self.tables()
        for table in self.shown_tables:
            if table.export_format:
                return table.export()
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        record = self.record
        state = getattr(record, "state", None)
        return super().get_context_data(
            record=record,
            status=status_of(record) if state else None,
            next_step=record.state_names[state].next_step if state else "",
            facts=self.facts(),
            tables=self.shown_tables,
            acts=self.acts(),
            notes=self.notes(),
            **kwargs,
        )


class ActPage(RecordMixin, FormPage):
    """One act upon a record, on a page of its own; ``may(user, record)`` decides who sees it."""

    @abstractmethod
    def may(self, user: Any, record: Any) -> bool:
        """Whether the person may do this to the record as it stands."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not self.may(request.user, self.record):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_title(self) -> Text:
        return f"{self.submit_label}: {self.record}"

    def get_success_url(self) -> str:
        return self.record.get_absolute_url()

    @property
    def cancel_url(self) -> str:
        return self.record.get_absolute_url()

    def breadcrumbs(self) -> Sequence[tuple[Text, str | None]]:
        return [(str(self.record), self.record.get_absolute_url()), (self.submit_label, None)]
