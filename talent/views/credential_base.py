"""What the pages of credentials share: who may open one, the way to it, its state in colour."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from innovation.core.components import Status, Tone
from innovation.core.views import Crumb, FormPage, PageMixin, signed_in
from talent.choices.credentials import CredentialState, EntryState
from talent.models import CpdEntry, Credential
from talent.models.credential_states import holds_or_keeps
from talent.queries import credentials as queries

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
