"""What the pages of credentials share: who may open one, the way to it, its state in colour."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from innovation.core.components import Status, Tone
from innovation.core.views import Crumb, FormPage, PageMixin, signed_in
from talent.actions.reading import record_reads
from talent.choices.credentials import CredentialState, EntryState
from talent.choices.privacy import ReadDoor, ReadPurpose
from talent.models import CpdEntry, Credential
from talent.models.credential_states import holds_or_keeps
from talent.queries import credentials as queries
from talent.queries.standing import standing_of

TONES = {
    CredentialState.CANDIDATE: Tone.IDLE, CredentialState.UNDER_ASSESSMENT: Tone.INFO,
    CredentialState.GRANTED: Tone.OK, CredentialState.RENEWAL_OPEN: Tone.NOTICE,
    CredentialState.RENEWAL_SUBMITTED: Tone.INFO, CredentialState.LAPSED: Tone.BAD,
    CredentialState.REVOKED: Tone.BAD, CredentialState.EMERITUS: Tone.OK,
}  # fmt: skip
ENTRY_TONES = {
    EntryState.CLAIMED: Tone.INFO, EntryState.VERIFIED: Tone.OK, EntryState.REFUSED: Tone.BAD,
    EntryState.WITHDRAWN: Tone.IDLE,
}  # fmt: skip


def status_of(credential: Credential) -> Status:
    return Status(credential.names.staff, TONES[CredentialState(credential.state)])


def has_person(user: Any) -> bool:
    """Whether the registry knows ``user`` as a person."""
    return standing_of(user).in_registry


class CredentialMixin(PageMixin):
    """The credential that the address names, for its holder and the office."""

    request: HttpRequest
    kwargs: dict[str, Any]
    allowed = staticmethod(signed_in)

    @cached_property
    def credential(self) -> Credential:
        rows = queries.with_names(Credential.objects.visible_to(self.request.user))
        found = rows.filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found

    @property
    def is_own(self) -> bool:
        return self.credential.person.user_id == self.request.user.pk

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [*trail(self.credential, own=self.is_own), (self.get_title(), None)]


def trail(credential: Credential, *, own: bool) -> list[Crumb]:
    """The way to a page of one credential."""
    first = (_("My credentials"), reverse("talent:my_credentials"))
    office = (_("Credentials"), reverse("talent:credentials"))
    return [first if own else office, (str(credential), credential.get_absolute_url())]


class CredentialAct(CredentialMixin, FormPage):
    """An act upon one credential; it leads back to its page. ``who`` says who may open it."""

    who = staticmethod(holds_or_keeps)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated and not type(self).who(request.user, self.credential):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    @property
    def cancel_url(self) -> str:  # type: ignore[override]
        return self.credential.get_absolute_url()

    def get_success_url(self) -> str:
        return self.credential.get_absolute_url()


class EntryMixin(PageMixin):
    """The entry that the address names, for its holder and the office."""

    request: HttpRequest
    kwargs: dict[str, Any]
    allowed = staticmethod(signed_in)

    @cached_property
    def entry(self) -> CpdEntry:
        rows = CpdEntry.objects.visible_to(self.request.user)
        rows = rows.select_related("person", "cycle__version__scheme", "cycle__credential__version__scheme")
        found = rows.filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found


class ReadsLogged:
    """Mixin left of ``TableView``: whoever reads the list is written down for each person on it.

    ``fields`` are what the read log names; ``person_path`` leads from a row to the key of its person. A file holds all
    rows, the screen those of its page.
    """

    fields: tuple[str, ...] = ()
    purpose = ReadPurpose.VERIFICATION
    person_path: Any = staticmethod(lambda row: row.person_id)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        table = self.get_table()  # type: ignore[attr-defined]
        whole = bool(table.export_format)
        rows = table.ordered() if whole else table.page.object_list
        people = {type(self).person_path(row) for row in rows}
        record_reads(request.user, people, self.fields, self.purpose, ReadDoor.FILE if whole else ReadDoor.LIST)
        return self.respond([table], table=table)  # type: ignore[attr-defined]
