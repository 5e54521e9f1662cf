"""Rounds of stable matching in the office, and the proofs of technology managers."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from innovation.core.admin import ActForm, ActionAdmin, ActionForm, ReadInline, ReadOnlyAdmin
from talent.actions import rounds
from talent.actions.reading import record_reads
from talent.admin.personal import PersonalAdmin
from talent.choices.privacy import ReadDoor, ReadPurpose
from talent.choices.rounds import RoundState
from talent.models import ManagerProof, MatchRound, Placement, RankedChoice, Ranking, RoundHost, RoundOffer
from talent.queries.rounds import offers_of

FIELDS = ["kind", "title_zh", "title_en", "opens_on", "people_by", "hosts_by", "starts_on", "ends_on", "load"]


def _reason() -> forms.CharField:
    return forms.CharField(label=_("reason"), max_length=500, widget=UnfoldAdminTextareaWidget)


class HostInline(ReadInline):
    model = RoundHost
    fields = readonly_fields = ["organisation", "laboratory", "places"]


class OfferInline(ReadInline):
    model = RoundOffer
    fields = readonly_fields = ["technology", "places"]


class LineInline(ReadInline):
    model = RankedChoice
    fields = readonly_fields = ["position", "offer", "person"]


class RoundAddForm(ActionForm):
    class Meta:
        model = MatchRound
        fields = FIELDS

    def act(self) -> MatchRound:
        return rounds.save_round(actor=self.actor, **self.cleaned_data)


class _Act(ActForm):
    permission = "talent.change_matchround"
    states: tuple[str, ...] = ()

    class Meta:
        model = MatchRound
        fields: list[str] = []

    @classmethod
    def fits(cls, record: MatchRound) -> bool:
        return record.state in cls.states


class _Step(_Act):
    event = ""

    def act(self) -> MatchRound:
        return rounds.step(round_id=self.instance.pk, event=self.event, actor=self.actor, **self.cleaned_data)


class OpenForm(_Step):
    title, event, states = _("Open the round for rankings"), "open", (RoundState.PLANNED,)


class CloseForm(_Step):
    title, event, states = _("Close the rankings"), "close", (RoundState.RANKING,)


class TakeBackForm(_Step):
    title, event, states = _("Take the result back"), "take_back", (RoundState.MATCHED,)
    reason = _reason()


class RunForm(_Act):
    title, states = _("Run the matching"), (RoundState.CLOSED,)

    def act(self) -> MatchRound:
        rounds.ask_run(round_id=self.instance.pk, actor=self.actor)
        return self.instance


class PublishForm(_Act):
    title, states = _("Publish the result"), (RoundState.MATCHED,)

    def act(self) -> MatchRound:
        return rounds.publish(round_id=self.instance.pk, actor=self.actor)


@admin.register(MatchRound)
class MatchRoundAdmin(ActionAdmin):
    """Places are recorded on the page of the round."""

    add_form = RoundAddForm
    acts = {
        "open": OpenForm, "close": CloseForm, "run": RunForm, "take-back": TakeBackForm, "publish": PublishForm,
    }  # fmt: skip
    list_display = ["title_zh", "title_en", "kind", "opens_on", "people_by", "hosts_by", "state"]
    list_filter = ["state", "kind"]
    search_fields = ["title_zh", "title_en"]
    date_hierarchy = "opens_on"
    inlines = [HostInline]

    def view_on_site(self, row: MatchRound) -> str:
        return row.get_absolute_url()


@admin.register(RoundHost)
class RoundHostAdmin(ReadOnlyAdmin):
    list_display = ["round", "organisation", "laboratory", "places"]
    list_filter = ["round__kind", "round__state"]
    search_fields = ["organisation__name_zh", "laboratory__name_zh"]
    list_select_related = ["round", "organisation", "laboratory"]
    inlines = [OfferInline]


@admin.register(Ranking)
class RankingAdmin(PersonalAdmin, ReadOnlyAdmin):
    """Who ranked whom; handed in by each side on its own page."""

    list_display = ["round", "person", "host", "state", "submitted_at"]
    list_filter = ["state", "round__kind"]
    search_fields = ["person__name_zh", "person__pinyin", "host__organisation__name_zh"]
    date_hierarchy = "changed_at"
    list_select_related = ["round", "person", "host__organisation", "host__laboratory"]
    inlines = [LineInline]

    def _read(self, request: HttpRequest, rows: Iterable[Any], fields: Iterable[Any], door: ReadDoor) -> None:
        """The page of a side with places shows the people whom it ranked."""
        super()._read(request, rows, fields, door)
        if door == ReadDoor.ADMIN:
            lines = RankedChoice.objects.filter(ranking__in=[row.pk for row in rows], person__isnull=False)
            people = set(lines.values_list("person_id", flat=True))
            if people:
                record_reads(request.user, people, ["person", "position"], ReadPurpose.ADMINISTRATION, door)


class OverrideForm(ActForm):
    title = _("Place otherwise")
    permission = "talent.change_placement"
    offer = forms.ModelChoiceField(
        label=_("places"), queryset=RoundOffer.objects.none(), required=False, widget=UnfoldAdminSelectWidget
    )
    reason = _reason()

    class Meta:
        model = Placement
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and self.instance.run.round:
            self.fields["offer"].queryset = offers_of(self.instance.run.round)  # type: ignore[attr-defined]

    @classmethod
    def fits(cls, record: Placement) -> bool:
        return record.run.round is not None and record.run.round.state == RoundState.MATCHED

    def act(self) -> Placement:
        offer = self.cleaned_data["offer"]
        return rounds.override(
            placement_id=self.instance.pk, offer_id=offer.pk if offer else None, actor=self.actor,
            reason=self.cleaned_data["reason"],
        )  # fmt: skip


@admin.register(Placement)
class PlacementAdmin(PersonalAdmin, ActionAdmin):
    acts = {"override": OverrideForm}
    fields = readonly_fields = [
        "run", "person", "offer", "why_not", "own_rank", "their_rank", "by_hand", "reason", "decided_by", "mandate",
    ]  # fmt: skip
    list_display = ["person", "offer", "why_not", "own_rank", "their_rank", "by_hand", "mandate"]
    list_filter = ["why_not", "by_hand", "run__round__kind"]
    search_fields = ["person__name_zh", "person__pinyin"]
    list_select_related = [
        "person", "offer__technology", "offer__host__laboratory", "offer__host__organisation", "run__round",
        "mandate__demand", "mandate__person",
    ]  # fmt: skip

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(ManagerProof)
class ManagerProofAdmin(ReadOnlyAdmin):
    """Every night: technology managers in force hold a credential of the level that is used for matching."""

    list_display = ["at", "managers", "number_found"]
    date_hierarchy = "at"

    @admin.display(description=_("findings"))
    def number_found(self, row: ManagerProof) -> int:
        return len(row.findings)
