"""What the office does with rounds: record, change, run, publish, chase, move on, put right by hand."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from innovation.core.components import Fact
from innovation.core.views import ConfirmPage, Crumb, FormPage
from talent.actions import rounds
from talent.choices.rounds import RoundKind
from talent.forms.matching import WhyForm
from talent.forms.rounds import LaboratoryPlacesForm, PlaceForm, RoundForm, TechnologyPlacesForm
from talent.models import MatchRound, Placement, RoundOffer
from talent.queries.rounds import offers_of
from talent.views.matching.base import Act, holds, one
from talent.views.rounds.base import ROUNDS
from talent.views.rounds.office import OneRound

WITH_REASON = frozenset({"cancel", "take_back"})


class NewRound(FormPage):
    """Record a round."""

    title = _("Record a round")
    form_class = RoundForm
    allowed = holds("talent.add_matchround")
    round: MatchRound

    def act(self, form: RoundForm) -> None:
        self.round = rounds.save_round(actor=self.request.user, **form.values())

    def get_success_url(self) -> str:
        return self.round.get_absolute_url()

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(ROUNDS, reverse("talent:rounds")), (self.title, None)]


class RoundAct(OneRound, Act):
    """An act upon a round."""

    allowed = holds("talent.change_matchround")

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(ROUNDS, reverse("talent:rounds")), (str(self.round), self.cancel_url), (self.get_title(), None)]


class EditRound(RoundAct):
    title = _("Change the round")
    form_class = RoundForm

    def get_initial(self) -> dict[str, Any]:
        return RoundForm.initial_of(self.round)

    def act(self, form: RoundForm) -> None:
        rounds.save_round(actor=self.request.user, round_id=self.round.pk, **form.values())


class RecordPlaces(RoundAct):
    title = _("Record places")
    lead = _("Name the laboratory or technology again to change its places; places that nobody ranked can be removed.")
    template_name = "talent/rounds/places.html"

    def get_form_class(self) -> Any:
        return LaboratoryPlacesForm if self.round.kind == RoundKind.LABORATORIES else TechnologyPlacesForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(offers=list(offers_of(self.round)), **kwargs)

    def act(self, form: Any) -> None:
        rounds.offer_places(round_id=self.round.pk, actor=self.request.user, **form.values())


class RemovePlaces(ConfirmPage):
    title = _("Remove the places")
    submit_label = _("Remove")
    allowed = holds("talent.change_matchround")

    @cached_property
    def offer(self) -> RoundOffer:
        rows = RoundOffer.objects.select_related("technology", "host__laboratory", "host__organisation", "host__round")
        return one(rows, self.kwargs["pk"])

    @property
    def cancel_url(self) -> str:  # type: ignore[override]
        return reverse("talent:round_places", args=[self.offer.host.round_id])

    def get_success_url(self) -> str:
        return self.cancel_url

    def facts(self) -> list[Fact]:
        return [Fact(_("Places"), f"{self.offer}: {self.offer.places}")]

    def act(self, form: Any) -> None:
        rounds.withdraw_places(offer_id=self.offer.pk, actor=self.request.user)

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(ROUNDS, reverse("talent:rounds")), (self.title, None)]


class RunRound(RoundAct, ConfirmPage):
    title = _("Run the matching")
    submit_label = _("Run the matching")
    warning = _("What both sides have submitted is kept with the run. The same rankings give the same result.")

    def act(self, form: Any) -> None:
        rounds.ask_run(round_id=self.round.pk, actor=self.request.user)


class PublishRound(RoundAct, ConfirmPage):
    title = _("Publish the result")
    submit_label = _("Publish the result")
    warning = _("Each pair becomes a mandate that both sides accept within 14 days; everybody is told by mail.")

    def act(self, form: Any) -> None:
        rounds.publish(round_id=self.round.pk, actor=self.request.user)


class ChaseRound(RoundAct, ConfirmPage):
    title = _("Write to who has not ranked")
    submit_label = _("Send the mails")
    warning = _("Everybody whose ranking is missing gets a mail, at most one a day.")

    def act(self, form: Any) -> None:
        told = rounds.chase(round_id=self.round.pk, actor=self.request.user)
        words = ngettext("%(count)s mail is written.", "%(count)s mails are written.", told)
        messages.success(self.request, words % {"count": told})


class StepRound(RoundAct, ConfirmPage):
    """Open, close, cancel, take the result back."""

    @cached_property
    def step(self) -> Any:
        found = MatchRound.transitions.get(self.round.state, {}).get(self.kwargs["event"])
        if found is None or self.kwargs["event"] in {"publish", "match"}:
            raise Http404
        return found

    def get_title(self) -> Any:
        return self.step.label

    @property
    def submit_label(self) -> Any:  # type: ignore[override]
        return self.step.label

    @property
    def warning(self) -> Any:  # type: ignore[override]
        return self.step.next_step

    def get_form_class(self) -> Any:
        return WhyForm if self.kwargs["event"] in WITH_REASON else super().get_form_class()

    def act(self, form: Any) -> None:
        reason = form.cleaned_data.get("reason", "")
        rounds.step(round_id=self.round.pk, event=self.kwargs["event"], actor=self.request.user, reason=reason)


class PlaceOtherwise(FormPage):
    """Give a person other places, or none, by hand."""

    title = _("Place otherwise")
    lead = _("Your name and reason stand with it. The page of the round then shows whether the result is still stable.")
    form_class = PlaceForm
    allowed = holds("talent.change_placement")

    @cached_property
    def placement(self) -> Placement:
        return one(Placement.objects.select_related("run__round", "person"), self.kwargs["pk"])

    @property
    def cancel_url(self) -> str:  # type: ignore[override]
        return self.placement.run.get_absolute_url()

    def get_success_url(self) -> str:
        return self.cancel_url

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"offers": offers_of(self.placement.run.round)}  # type: ignore[arg-type]

    def get_initial(self) -> dict[str, Any]:
        return {"offer": self.placement.offer_id}

    def act(self, form: PlaceForm) -> None:
        offer = form.cleaned_data["offer"]
        rounds.override(
            placement_id=self.placement.pk, offer_id=offer.pk if offer else None,
            reason=form.cleaned_data["reason"], actor=self.request.user,
        )  # fmt: skip

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(ROUNDS, reverse("talent:rounds")), (str(self.placement.run.round), self.cancel_url),
                (str(self.placement.person), None)]  # fmt: skip
