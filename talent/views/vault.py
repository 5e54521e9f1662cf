"""The page on which a person fills the vault of their own will, or empties it. It never shows what is in it."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from innovation.core.views import ConfirmPage, Crumb, FormPage
from talent.actions import vault
from talent.forms.vault import BirthYearForm
from talent.models import PersonVault
from talent.queries.standing import in_registry

VAULT_TITLE = _("Year of birth for the check of fairness")


class VaultPage(FormPage):
    """Give a year of birth of one's own will, or take it back. What was given is never shown again."""

    title = VAULT_TITLE
    lead = _("Of your own will. Not giving it has no effect on anything.")
    template_name = "talent/assessments/vault.html"
    form_class = BirthYearForm
    submit_label = _("Keep it sealed")
    allowed = staticmethod(in_registry)

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(_("Start"), reverse("home")), (self.title, None)]

    def form_valid(self, form: Any) -> HttpResponse:
        data = form.cleaned_data
        vault.give_year(year=data["year"], consent=data["consent"], actor=self.request.user)
        messages.success(self.request, gettext("Kept sealed. Thank you."))
        return HttpResponseRedirect(reverse("talent:vault"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        entry = PersonVault.objects.filter(person__user=self.request.user).only("consented_at").first()
        return super().get_context_data(given_at=entry.consented_at if entry else None, **kwargs)


class VaultWithdraw(ConfirmPage):
    """Take the year of birth back."""

    title = _("Take my year of birth back")
    lead = _("It is deleted at once.")
    submit_label = _("Delete it")
    allowed = staticmethod(in_registry)

    dangerous = True

    @property
    def cancel_url(self) -> str:  # type: ignore[override]
        return reverse("talent:vault")

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(VAULT_TITLE, reverse("talent:vault")), (self.title, None)]

    def form_valid(self, form: Any) -> HttpResponse:
        vault.withdraw_year(actor=self.request.user)
        messages.success(self.request, gettext("Your year of birth was deleted."))
        return HttpResponseRedirect(reverse("talent:vault"))
