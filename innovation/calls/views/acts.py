"""The page of one act, and the page on which both sides sign."""

from collections.abc import Sequence
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.login import get_authentication_records
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from innovation.calls.actions.agreements import side_of, sign_agreement
from innovation.calls.choices import AgreementState, SignedBy
from innovation.calls.forms.acts import ACTS
from innovation.calls.models import AgendaItem, Agreement, Application, Meeting, Need
from innovation.calls.models.following import works_here
from innovation.core.components import Fact
from innovation.core.forms import OneTimeToken
from innovation.core.money import Unit, format_fen
from innovation.core.views import ConfirmPage, Crumb, FormPage


def home_of(record: Any, user: Any, case: Application | None, tab: str) -> str:
    """Where an act leads back to: the meeting, ``tab`` of the office's page of the case, or the applicant's page."""
    if isinstance(record, Need):
        return record.get_absolute_url()
    meeting = record if isinstance(record, Meeting) else getattr(record, "meeting", None)
    if isinstance(meeting, Meeting) and isinstance(record, Meeting | AgendaItem):
        return meeting.get_absolute_url()
    keys = [case.pk if case else 0]
    if works_here(user):
        return f"{reverse('calls:case', args=keys)}?tab={tab}"
    return reverse("calls:application", args=keys)


def above_case(user: Any) -> Crumb:
    """The list in which ``user`` finds a case."""
    if works_here(user):
        return gettext("Applications"), reverse("calls:desk")
    return gettext("My applications"), reverse("calls:applications")


class ActPage(FormPage):
    """Ask what an act needs, then do it. Who does not see the record finds nothing; who may not act is refused."""

    @cached_property
    def act(self) -> Any:
        found = ACTS.get(self.kwargs["act"])
        if found is None:
            raise Http404
        return found

    @cached_property
    def record(self) -> Any:
        found = self.act.model.objects.visible_to(self.request.user).filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        if not self.act.allowed(self.request.user, found):
            raise PermissionDenied
        return found

    @property
    def cancel_url(self) -> str:
        return home_of(self.record, self.request.user, self.act.case_of(self.record), self.act.tab)

    @property
    def submit_label(self) -> Any:
        return self.act.title

    def get_template_names(self) -> list[str]:
        return [self.act.page]

    def get_title(self) -> str:
        return str(self.act.title)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask; a step that somebody else took meanwhile leads back with a word."""
        if not self.act.fits(self.record):
            messages.error(request, gettext("This step is not possible in the present state."))
            return redirect(self.cancel_url)
        return super().get(request, *args, **kwargs)

    def place(self) -> str:
        return str(self.breadcrumbs()[0][1])

    def breadcrumbs(self) -> Sequence[Crumb]:
        """From the list of the office, or of the applicant, over the record's own page."""
        record = self.record
        if isinstance(record, Need):
            above_need: Crumb = (gettext("Needs of challenge calls"), reverse("calls:needs"))
            return [above_need, (record.title, self.cancel_url), (self.get_title(), None)]
        meeting = record if isinstance(record, Meeting) else getattr(record, "meeting", None)
        if isinstance(meeting, Meeting) and isinstance(record, Meeting | AgendaItem):
            above: Crumb = (gettext("Meetings of the board"), reverse("calls:meetings"))
        else:
            above = above_case(self.request.user)
        here = meeting if isinstance(record, Meeting | AgendaItem) else self.act.case_of(record)
        return [above, (str(here), self.cancel_url), (self.get_title(), None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(record=self.record, dangerous=self.act.dangerous, **kwargs)

    def get_form_class(self) -> type[Form]:
        self.record  # noqa: B018 - who may not act is refused before anything is asked
        return type(self.act.__name__, (OneTimeToken, self.act), {"name": ""})

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"record": self.record}

    def form_valid(self, form: Form) -> HttpResponse:
        self.act.run(self.record, form.cleaned_data, self.request.user)
        messages.success(self.request, gettext("Done: %(act)s") % {"act": self.act.title})
        return redirect(self.cancel_url)


@method_decorator(reauthentication_required(allow_get=True, app="allauth.mfa"), name="dispatch")
class SignPage(ConfirmPage):
    """The whole agreement with its hash; password or second factor right before, then one button signs."""

    template_name = "calls/following/sign.html"
    submit_label = _("Sign this version")
    warning = _("Your signature binds your side. Both sides sign the same version, known by its SHA-256.")

    @cached_property
    def agreement(self) -> Agreement:
        rows = Agreement.objects.visible_to(self.request.user).select_related("application__call")
        found = rows.filter(pk=self.kwargs["pk"], state=AgreementState.OFFERED).first()
        if found is None or side_of(found.application, self.request.user) is None:
            raise Http404
        return found

    def get_title(self) -> str:
        return gettext("Sign the agreement: %(case)s") % {"case": self.agreement.application}

    @property
    def cancel_url(self) -> str:
        return home_of(self.agreement, self.request.user, self.agreement.application, "agreement")

    def place(self) -> str:
        return self.cancel_url

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [
            above_case(self.request.user), (str(self.agreement.application), self.cancel_url),
            (pgettext("act", "Sign"), None),
        ]  # fmt: skip

    def facts(self) -> list[Fact]:
        agreement = self.agreement
        side = side_of(agreement.application, self.request.user)
        return [
            Fact(_("Version"), str(agreement.version)),
            Fact("SHA-256", agreement.sha256),
            Fact(pgettext_lazy("amount", "Award"), format_fen(agreement.award_fen, Unit.YUAN, with_unit=True)),
            Fact(_("You sign for"), side.label if side else None),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(agreement=self.agreement, milestones=self.agreement.milestones.all(), **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        shown = [one["method"] for one in get_authentication_records(self.request, self.request.user)]
        method = SignedBy.PASSWORD if not shown or shown[-1] == "password" else SignedBy.SECOND_FACTOR
        sign_agreement(
            agreement_id=self.agreement.pk, sha256=self.request.POST.get("sha256", ""), method=method,
            actor=self.request.user,
        )  # fmt: skip
        messages.success(self.request, gettext("You have signed."))
        return redirect(self.cancel_url)
