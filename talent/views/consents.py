"""The consent centre: what I agreed to, purpose by purpose; who may read what; my rights."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from innovation.core.errors import RuleViolation
from innovation.core.views import Crumb, FormPage, PageMixin, PageView
from talent.actions.consents import give_consent, share_with, withdraw_consent
from talent.choices.privacy import HoldKind, Purpose
from talent.forms.privacy import ShareForm
from talent.models import Consent, DataHold, Person
from talent.queries.consents import asked_of, text_in_force
from talent.queries.own import person_of

CENTRE = _("My data and consents")


def crumbs(*last: Crumb) -> list[Crumb]:
    """The way to a page about one's own data."""
    return [(CENTRE, reverse("talent:consents") if last else None), *last]


class OwnRecord(PageMixin):
    """A page about one's own record of the registry; 404 for who has none."""

    @cached_property
    def person(self) -> Person:
        found = person_of(self.request.user)  # type: ignore[attr-defined]
        if found is None:
            raise Http404
        return found


class ConsentCentre(PageView):
    """All purposes with the words that are asked, what was given and since when, one click to change it; shares."""

    title = CENTRE
    lead = _("What you agreed to, purpose by purpose. You may change your mind at any time, in one click.")
    template_name = "talent/privacy/centre.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person = person_of(self.request.user)
        if person is None:
            return super().get_context_data(person=None, **kwargs)
        shares = Consent.objects.filter(person=person, purpose=Purpose.SHARE, ended_at=None)
        wish = DataHold.objects.standing(timezone.localdate()).filter(person=person, kind=HoldKind.WISH).first()
        return super().get_context_data(
            person=person, purposes=asked_of(person), shares=shares.select_related("recipient"),
            kept_until=wish.until if wish else None, **kwargs,
        )  # fmt: skip


class GiveConsent(OwnRecord, View):
    """One click: agree to the text that was shown."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, purpose: str) -> HttpResponse:
        text = request.POST.get("text", "")
        if purpose not in Purpose.values or not text.isdecimal():
            raise Http404
        try:
            give_consent(person_id=self.person.pk, purpose=purpose, text_id=int(text), actor=request.user)
            messages.success(request, gettext("You agreed: %(purpose)s.") % {"purpose": Purpose(purpose).label})
        except RuleViolation as refused:
            messages.error(request, str(refused))
        return redirect("talent:consents")


class WithdrawConsent(OwnRecord, View):
    """One click: withdraw a consent or a share."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        consent = get_object_or_404(Consent.objects.filter(person=self.person), pk=pk)
        withdraw_consent(consent_id=consent.pk, actor=request.user)
        messages.success(request, gettext("Withdrawn: %(purpose)s.") % {"purpose": consent.get_purpose_display()})
        return redirect("talent:consents")


class Share(OwnRecord, FormPage):
    """Let one organisation read some of one's data until a day."""

    title = _("Share with an organisation")
    form_class = ShareForm
    template_name = "talent/privacy/share.html"
    submit_label = _("I agree, share it")

    @property
    def cancel_url(self) -> str:
        return reverse("talent:consents")

    def breadcrumbs(self) -> Sequence[Crumb]:
        return crumbs((self.title, None))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(text=text_in_force(Purpose.SHARE), person=self.person, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        data = form.cleaned_data
        share_with(
            person_id=self.person.pk, recipient=data["recipient"], fields=data["shared"],
            expires_on=data["expires_on"], actor=self.request.user,
        )  # fmt: skip
        messages.success(self.request, gettext("Shared with %(name)s.") % {"name": data["recipient"]})
        return HttpResponseRedirect(reverse("talent:consents"))
