"""Forms of rounds: the round, its places, rankings as a number beside each line, a result changed by hand."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from innovation.core.fields import DateField
from talent.choices.rounds import RoundKind
from talent.forms.matching import LONG, Asking
from talent.models import Laboratory, MatchRound, RoundOffer, Technology


class RoundForm(Asking):
    """A round with its days."""

    kind = forms.ChoiceField(label=_("Who ranks whom"), choices=RoundKind.choices, widget=forms.RadioSelect)
    title_zh = forms.CharField(label=_("Chinese title"), max_length=200)
    title_en = forms.CharField(label=_("English title"), max_length=200, required=False)
    opens_on = DateField(label=_("Opens on"))
    people_by = DateField(label=_("People rank until"))
    hosts_by = DateField(
        label=_("Places rank until"), help_text=_("They rank those who chose them: give them days of their own.")
    )
    starts_on = DateField(label=_("Mandates from"))
    ends_on = DateField(label=_("Mandates to"))
    load = forms.IntegerField(label=_("Load of a mandate (points)"), min_value=1, max_value=4, initial=4)

    @staticmethod
    def initial_of(round_: MatchRound) -> dict[str, Any]:
        return {name: getattr(round_, name) for name in RoundForm.base_fields}


class LaboratoryPlacesForm(Asking):
    """The places of a laboratory; naming it again changes them."""

    laboratory = forms.ModelChoiceField(label=_("Laboratory"), queryset=Laboratory.objects.none())
    places = forms.IntegerField(label=_("Places"), min_value=1, max_value=500, initial=1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Laboratory.objects.filter(closed_on=None).select_related("organisation")
        field = self.fields["laboratory"]
        field.queryset = rows.order_by("organisation__pinyin", "code")
        field.label_from_instance = lambda row: f"{row.organisation}: {row}"


class TechnologyPlacesForm(Asking):
    """The places on a technology, and in all of its institute; naming it again changes them."""

    technology = forms.ModelChoiceField(label=_("Technology"), queryset=Technology.objects.none())
    places = forms.IntegerField(label=_("Places"), min_value=1, max_value=500, initial=1)
    in_all = forms.IntegerField(
        label=_("Places of the institute in all"), min_value=1, max_value=500, required=False,
        help_text=_("How many founders the institute takes on all its technologies together. Empty: as it stands."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["technology"]
        field.queryset = Technology.objects.select_related("organisation").order_by("organisation__pinyin", "code")
        field.label_from_instance = lambda row: f"{row.organisation}: {row}"


class RankForm(Asking):
    """One number beside each line, 1 the most wanted; an empty one is not acceptable.

    ``lines`` are key and label. ``chosen()`` are the keys in their order: what is given is what counts, gaps do not.
    """

    def __init__(self, *args: Any, lines: Sequence[tuple[int, str]] = (), asks_conflict: bool = False, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.keys = [key for key, _label in lines]
        for key, label in lines:
            self.fields[f"rank_{key}"] = forms.IntegerField(
                label=label, min_value=1, max_value=9999, required=False,
                widget=forms.NumberInput({"class": "input-short"}),
            )  # fmt: skip
        if asks_conflict:
            self.fields["no_conflict"] = forms.BooleanField(
                label=_("I have no conflict of interest with the organisations that I rank"), required=False,
                help_text=_("Declared for those about which you have not spoken: no shares, no family, no rival work."),
            )  # fmt: skip

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        given: dict[int, int] = {}
        for key in self.keys:
            rank = self.cleaned_data.get(f"rank_{key}")
            if rank is not None and rank in given:
                self.add_error(f"rank_{key}", _("Two lines cannot have the same rank."))
            elif rank is not None:
                given[rank] = key
        self.order = [given[rank] for rank in sorted(given)]
        return cleaned

    def chosen(self) -> list[int]:
        return self.order


class PlaceForm(Asking):
    """Other places for a person, or none, and why."""

    offer = forms.ModelChoiceField(
        label=_("Places"), queryset=RoundOffer.objects.none(), required=False, empty_label=_("no place")
    )
    reason = forms.CharField(label=_("Reason"), widget=LONG, max_length=500)

    def __init__(self, *args: Any, offers: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["offer"].queryset = offers if offers is not None else RoundOffer.objects.none()
