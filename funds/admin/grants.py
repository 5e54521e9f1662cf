"""Awards of grant money in the office."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from funds.actions.grants import change_award, record_award
from funds.admin.columns import AmountField, UnitField, fen_of, in_wan
from funds.choices.records import FundKind
from funds.models import Fund, GrantAward
from innovation.core.admin import ActForm, ActionAdmin, ActionForm
from innovation.core.money import Unit, format_fen

TERMS = ["recipient", "title", "starts_on", "years", "review_on", "document"]


class AwardForm(ActionForm):
    granted = AmountField(label=_("granted"))
    unit = UnitField()
    fact_fields = {"committed_fen": "granted"}

    class Meta:
        model = GrantAward
        fields = ["fund", "code", *TERMS]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fund"].queryset = Fund.objects.filter(kind=FundKind.GRANT)

    def act(self) -> GrantAward:
        data = dict(self.cleaned_data)
        fen = fen_of(data, "granted")
        fund = data.pop("fund")
        terms = {name: data[name] for name in ("code", *TERMS)}
        return record_award(fund_id=fund.pk, committed_fen=fen, actor=self.actor, **terms)


class ChangeAwardForm(ActForm):
    title = _("Change this award")
    permission = "funds.change_grantaward"
    granted = AmountField(label=_("granted"))
    unit = UnitField()
    fact_fields = {"committed_fen": "granted"}

    class Meta:
        model = GrantAward
        fields = ["title", "starts_on", "years", "review_on", "document"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["granted"].initial = format_fen(self.instance.committed_fen, Unit.WAN)

    def act(self) -> GrantAward:
        data = self.cleaned_data
        terms = {name: data[name] for name in self._meta.fields or ()}
        return change_award(award_id=self.instance.pk, committed_fen=fen_of(data, "granted"), actor=self.actor, **terms)


@admin.register(GrantAward)
class GrantAwardAdmin(ActionAdmin):
    add_form = AwardForm
    acts = {"change": ChangeAwardForm}
    list_display = ["code", "fund", "recipient", "title", "granted", "starts_on", "years", "review_on"]
    list_filter = ["fund", "starts_on"]
    search_fields = ["code", "title", "recipient__name_zh", "recipient__name_en", "fund__code"]
    date_hierarchy = "starts_on"
    list_select_related = ["fund", "recipient"]

    @admin.display(description=_("granted (万元)"), ordering="committed_fen")
    def granted(self, award: GrantAward) -> str:
        return in_wan(award.committed_fen)
