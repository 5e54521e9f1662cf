"""Fair values: recorded by their action, superseded and never edited."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from funds.actions.valuations import record_valuation
from funds.admin.columns import HOLDING_SEARCH, AmountField, UnitField, fen_of, in_wan
from funds.models import Investment, Valuation
from innovation.core.admin import ActionAdmin, ActionForm


class RecordValuationForm(ActionForm):
    fair_value = AmountField(label=_("fair value"))
    unit = UnitField()
    fact_fields = {"fair_value_fen": "fair_value"}

    class Meta:
        model = Valuation
        fields = ["investment", "valid_at", "method", "document", "prepared_by"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["investment"].queryset = Investment.objects.select_related("company")

    def act(self) -> Valuation:
        data = self.cleaned_data
        return record_valuation(
            investment_id=data["investment"].pk,
            valid_at=data["valid_at"],
            fair_value_fen=fen_of(data, "fair_value"),
            method=data["method"],
            document=data["document"],
            prepared_by=data["prepared_by"],
            actor=self.actor,
        )


@admin.register(Valuation)
class ValuationAdmin(ActionAdmin):
    add_form = RecordValuationForm
    list_display = ["investment", "valid_at", "fair_value", "method", "recorded_at", "superseded_at", "approved_by"]
    list_filter = ["method", "valid_at"]
    search_fields = [*HOLDING_SEARCH, "investment__fund__code"]
    date_hierarchy = "valid_at"
    list_select_related = ["investment__company", "approved_by"]

    @admin.display(description=_("fair value (万元)"), ordering="fair_value_fen")
    def fair_value(self, valuation: Valuation) -> str:
        return in_wan(valuation.fair_value_fen)
