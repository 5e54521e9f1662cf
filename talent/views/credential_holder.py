"""What a holder does: candidacy, entries with their proof, the renewal, the name on the public page."""

from collections.abc import Sequence
from typing import Any

from django.http import FileResponse, Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from innovation.core.components import Fact
from innovation.core.uploads import CONTENT_TYPES, FileKind
from innovation.core.views import ConfirmPage, Crumb, FormPage
from talent.actions import cpd, renewals
from talent.actions import credentials as actions
from talent.actions.reading import record_reads
from talent.choices.privacy import ReadDoor, ReadPurpose
from talent.forms.credentials import CandidateForm, EntryForm
from talent.models import CpdCycle, Credential, Person
from talent.queries import credentials as queries
from talent.queries.standing import in_registry
from talent.views.credential_base import CredentialAct, EntryMixin
from talent.views.credential_words import missing_of


class BeginCandidacy(FormPage):
    """Become a candidate."""

    title = _("Begin a credential")
    lead = _("Choose what you aim for. Where points are asked, you collect them here; the rules of today hold for it.")
    form_class = CandidateForm
    allowed = staticmethod(in_registry)
    submit_label = _("Begin")
    credential: Credential

    def act(self, form: Any) -> None:
        person = Person.objects.current().get(user=self.request.user)
        self.credential = actions.open_credential(person_id=person.pk, actor=self.request.user, **form.values())

    def get_success_url(self) -> str:
        return self.credential.get_absolute_url()

    @property
    def cancel_url(self) -> str:  # type: ignore[override]
        return reverse("talent:my_credentials")

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(_("My credentials"), reverse("talent:my_credentials")), (self.title, None)]


class NewEntry(CredentialAct):
    """File something done with its proof."""

    title = _("File an entry")
    form_class = EntryForm
    submit_label = _("File the entry")
    done_message = _("Filed. An officer verifies it; until then it shows as waiting.")

    @cached_property
    def cycle(self) -> CpdCycle:
        found = queries.open_cycle(self.credential)
        if found is None:
            raise Http404
        return found

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"cycle": self.cycle}

    def act(self, form: Any) -> None:
        cpd.file_entry(cycle_id=self.cycle.pk, actor=self.request.user, **form.values())


class WithdrawEntry(EntryMixin, ConfirmPage):
    """Take back an entry that waits."""

    title = _("Take back the entry")
    submit_label = _("Take back")
    warning = _("The entry no longer waits for verification. Its proof may be used for another one.")

    def facts(self) -> Sequence[Fact]:
        return [Fact(_("What was done"), self.entry.title), Fact(_("Day"), f"{self.entry.day}")]

    @property
    def cancel_url(self) -> str:  # type: ignore[override]
        return self.entry.cycle.credential.get_absolute_url()

    def get_success_url(self) -> str:
        return self.cancel_url

    def act(self, form: Any) -> None:
        cpd.withdraw_entry(entry_id=self.entry.pk, actor=self.request.user)


class EntryFile(EntryMixin, View):
    """The proof as it came in, always as a download."""

    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        entry = self.entry
        if not entry.file:
            raise Http404
        record_reads(request.user, entry.person, ("file",), ReadPurpose.VERIFICATION, ReadDoor.FILE)
        return FileResponse(
            entry.file.open("rb"), as_attachment=True, filename=entry.file_name,
            content_type=CONTENT_TYPES[FileKind(entry.file_kind)],
        )  # fmt: skip


class _Confirm(CredentialAct, ConfirmPage):
    """A step that asks nothing but whether to go on."""


class Apply(_Confirm):
    title = _("Ask for the assessment")
    submit_label = _("Ask for the assessment")
    warning = _("An officer checks whether the rules are met and decides.")

    def act(self, form: Any) -> None:
        actions.apply_for_assessment(credential_id=self.credential.pk, actor=self.request.user)


class FileRenewal(_Confirm):
    title = _("File the renewal")
    submit_label = _("File the renewal")
    done_message = _("The renewal is filed.")

    @property
    def warning(self) -> Any:  # type: ignore[override]
        cycle = queries.open_cycle(self.credential)
        standing = queries.standing(cycle, timezone.localdate()) if cycle else None
        missing = missing_of(standing) if standing else []
        return " ".join([*missing, gettext("An officer counts the verified credits and decides.")])

    def facts(self) -> Sequence[Fact]:
        return [Fact(_("File the renewal by"), f"{self.credential.file_renewal_by}")]

    def act(self, form: Any) -> None:
        renewals.file_renewal(credential_id=self.credential.pk, actor=self.request.user)


class Retire(_Confirm):
    title = _("Make emeritus")
    submit_label = _("Make emeritus")
    dangerous = True
    warning = _("The credential is kept in honour and asks for no more credits. It is no longer in force.")

    def act(self, form: Any) -> None:
        actions.retire(credential_id=self.credential.pk, actor=self.request.user)


class ShowName(_Confirm):
    """The holder's choice whether the public page names them."""

    who = staticmethod(lambda user, credential: credential.person.user_id == user.pk)

    def get_title(self) -> str:
        hides = self.credential.name_shown_since
        return gettext("Hide my name on the public page") if hides else gettext("Show my name on the public page")

    @property
    def submit_label(self) -> str:  # type: ignore[override]
        return self.get_title()

    @property
    def warning(self) -> Any:  # type: ignore[override]
        if self.credential.name_shown_since:
            return gettext("The page then shows the first letter of your name only.")
        return gettext("Whoever has the code or its address reads your name. You can hide it again at any time.")

    def act(self, form: Any) -> None:
        shown = not self.credential.name_shown_since
        actions.show_name(credential_id=self.credential.pk, shown=shown, actor=self.request.user)
