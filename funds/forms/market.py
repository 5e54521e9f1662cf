"""Forms of market indices, files of their levels, and pacing models."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from funds.models import IndexSeries, PacingModel
from innovation.core.fields import DateField
from innovation.core.forms import TOKEN_FIELD, OneTimeToken


class IndexForm(OneTimeToken, forms.ModelForm):
    """An index; the action saves it."""

    class Meta:
        model = IndexSeries
        fields = ["code", "name_zh", "name_en", "kind", "publisher", "most_days_old"]

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self._meta.fields or ()}


class LevelsForm(OneTimeToken, forms.Form):
    """A file of levels with where it came from."""

    file = forms.FileField(label=_("File"), help_text=_("CSV or .xlsx with a column “date” and a column “level”."))
    source = forms.CharField(
        label=_("Source"), max_length=300, help_text=_("Who publishes it, and where it was taken.")
    )
    licence_note = forms.CharField(
        label=_("Licence note"), max_length=300, help_text=_("What the city may use it for.")
    )
    dated = DateField(label=_("Date of the source"))

    def values(self) -> dict[str, Any]:
        data = {name: self.cleaned_data[name] for name in ("source", "licence_note", "dated")}
        return data | {"upload": self.cleaned_data["file"]}


class PacingForm(OneTimeToken, forms.ModelForm):
    """The parameters of a pacing model; under a code that exists they become its next version."""

    class Meta:
        model = PacingModel
        fields = [
            "code", "name_zh", "name_en", "fund_class", "timing", "call_rates", "life_years", "bow", "growth",
            "least_yield", "source",
        ]  # fmt: skip

    def __init__(self, *args: Any, next_of: PacingModel | None = None, **kwargs: Any) -> None:
        if next_of is not None:
            known = {name: getattr(next_of, name) for name in self._meta.fields or ()}
            numbers = {name: _plain(known[name]) for name in ("bow", "growth", "least_yield")}
            rates = ", ".join(map(_plain, next_of.call_rates))
            kwargs["initial"] = known | numbers | {"call_rates": rates} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        if next_of is not None:
            self.fields["code"].disabled = True
        for name in ("growth", "least_yield"):
            self.fields[name].help_text = _("As a share, like 0.13 for 13 %.")

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != TOKEN_FIELD}


def _plain(number: Decimal) -> str:
    """Without the zeros that the column adds."""
    return f"{number.normalize():f}"
