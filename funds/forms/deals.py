"""Forms of proposals: the proposal itself, a question of due diligence, a paper, a reason."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from funds.choices.deals import (
    DealSource,
    DiligenceArea,
    DiligenceState,
    Instrument,
    MonitoringKind,
    MonitoringRating,
    PaperKind,
)
from funds.choices.records import FundClass, InvestmentMode, Stage
from funds.forms.fields import OrganisationField
from funds.models import Deal, DiligenceItem, Fund, Investment
from innovation.core.fields import DateField, MoneyField
from innovation.core.forms import OneTimeToken

LONG = forms.Textarea({"rows": 4})


class DealForm(OneTimeToken, forms.Form):
    """A proposal. For a follow-on the holding is named and its company must agree."""

    fund = forms.ModelChoiceField(label=_("Fund"), queryset=Fund.objects.none())
    company = OrganisationField(label=_("Company"))
    investment = forms.ModelChoiceField(
        label=_("Holding that grows"), queryset=Investment.objects.none(), required=False,
        empty_label=_("none: a new holding"), help_text=_("Only for a follow-on investment."),
    )  # fmt: skip
    stage = forms.ChoiceField(label=_("Stage at entry"), choices=Stage.choices)
    mode = forms.ChoiceField(label=_("Mode"), choices=InvestmentMode.choices, initial=InvestmentMode.DIRECT)
    instrument = forms.ChoiceField(label=_("Instrument"), choices=Instrument.choices)
    amount_fen = MoneyField(label=_("Amount asked for"))
    pre_money_fen = MoneyField(label=_("Value of the company before the money"), required=False)
    source = forms.ChoiceField(label=_("How it was found"), choices=DealSource.choices)
    opened_on = DateField(label=_("Opened on"))
    summary = forms.CharField(label=_("Why to invest"), widget=LONG, required=False)
    risks = forms.CharField(
        label=_("Main risks"), widget=LONG, required=False, help_text=_("Needed before the committee sees it.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fund"].queryset = Fund.objects.exclude(fund_class=FundClass.GRANT).order_by("code")
        self.fields["investment"].queryset = Investment.objects.select_related("company").order_by("code")

    def values(self) -> dict[str, Any]:
        """What ``actions.save_deal`` takes."""
        data = {name: value for name, value in self.cleaned_data.items() if name in self.base_fields}
        investment = data.pop("investment")
        return data | {"investment_id": investment.pk if investment else None}

    @staticmethod
    def initial_of(deal: Deal) -> dict[str, Any]:
        names = [name for name in DealForm.base_fields if name not in {"fund", "investment"}]
        chosen = {name: getattr(deal, name) for name in names}
        named = {"company": deal.company.uscc or deal.company.name}
        return chosen | named | {"fund": deal.fund_id, "investment": deal.investment_id if deal.is_follow_on else None}


class ItemForm(OneTimeToken, forms.Form):
    """A question of due diligence with its answer."""

    area = forms.ChoiceField(label=_("Area"), choices=DiligenceArea.choices)
    question = forms.CharField(label=_("Question"), max_length=300)
    state = forms.ChoiceField(label=_("Answer"), choices=DiligenceState.choices, initial=DiligenceState.OPEN)
    finding = forms.CharField(
        label=_("Finding"), widget=LONG, required=False, help_text=_("Needed for every answer but “Clear”.")
    )
    due_on = DateField(label=_("Due"), required=False)

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name in self.base_fields}

    @staticmethod
    def initial_of(item: DiligenceItem) -> dict[str, Any]:
        return {name: getattr(item, name) for name in ItemForm.base_fields}


class PaperForm(OneTimeToken, forms.Form):
    """A paper to keep."""

    file = forms.FileField(
        label=_("File"), help_text=_("PDF, picture, .docx, .xlsx or CSV. It is kept byte for byte under its SHA-256.")
    )
    kind = forms.ChoiceField(label=_("What it is"), choices=PaperKind.choices)
    title = forms.CharField(label=_("Title"), max_length=200, required=False, help_text=_("Empty: the file's name."))


class ReasonForm(OneTimeToken, forms.Form):
    """Why something is done."""

    reason = forms.CharField(label=_("Reason"), widget=LONG, max_length=1000)


class OptionalPaper(forms.Form):
    """The file that proves what the form says; without one nothing is stored."""

    file = forms.FileField(label=_("Paper"), required=False, help_text=_("PDF, picture, .docx, .xlsx or CSV."))


class NoteForm(OneTimeToken, OptionalPaper):
    """What was seen of a holding."""

    noted_on = DateField(label=_("Day"))
    kind = forms.ChoiceField(label=_("Kind"), choices=MonitoringKind.choices)
    rating = forms.ChoiceField(label=_("Judgement"), choices=MonitoringRating.choices, widget=forms.RadioSelect)
    text = forms.CharField(label=_("What was seen"), widget=LONG)
    next_on = DateField(label=_("Look again by"), required=False)
    field_order = ["noted_on", "kind", "rating", "text", "next_on", "file"]
