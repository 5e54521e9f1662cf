"""Forms of companies: a quarter, a file."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from funds.choices.companies import QuarterSource
from funds.forms.deals import OptionalPaper
from funds.models import CompanyQuarter
from funds.models.companies import FIGURES
from funds.rules.company_figures import quarter_before, quarter_end
from innovation.core.fields import MoneyField
from innovation.core.forms import OneTimeToken

QUARTERS_OFFERED = 20


def past_quarters(today: date) -> list[tuple[str, str]]:
    """The last quarters that are over, the latest first."""
    last = quarter_before(quarter_end(today.year, (today.month + 2) // 3), 1)
    ends = [quarter_before(last, back) for back in range(QUARTERS_OFFERED)]
    return [(end.isoformat(), f"{end.year} Q{end.month // 3}") for end in ends]


class QuarterForm(OneTimeToken, OptionalPaper):
    """One quarter of one company. What is left empty is not reported, which is another thing than zero."""

    quarter_end = forms.ChoiceField(label=_("Quarter"))
    revenue_fen = MoneyField(label=_("Revenue of the quarter"), required=False)
    headcount = forms.IntegerField(label=_("Headcount at its end"), required=False, min_value=0)
    rd_staff = forms.IntegerField(label=_("of these in research and development"), required=False, min_value=0)
    rd_spend_fen = MoneyField(label=_("R&D spend of the quarter"), required=False)
    patents = forms.IntegerField(label=_("Patents in force at its end"), required=False, min_value=0)
    tax_fen = MoneyField(label=_("Tax paid in the quarter"), required=False)
    source = forms.ChoiceField(label=_("Source"), choices=QuarterSource.choices)
    reason = forms.CharField(
        label=_("Reason of the correction"), max_length=300, required=False,
        help_text=_("Only where the quarter is reported already."),
    )  # fmt: skip

    def __init__(self, *args: Any, by_company: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["quarter_end"].choices = past_quarters(timezone.localdate())
        if by_company:
            del self.fields["source"], self.fields["file"]

    def values(self) -> dict[str, Any]:
        """What ``actions.record_quarter`` takes, paper apart."""
        data = self.cleaned_data
        known = {name: data[name] for name in (*FIGURES, "reason", "source") if name in data}
        return known | {"quarter_end": date.fromisoformat(data["quarter_end"])}

    @staticmethod
    def initial_of(row: CompanyQuarter) -> dict[str, Any]:
        figures = {name: getattr(row, name) for name in FIGURES}
        return figures | {"quarter_end": row.quarter_end.isoformat(), "source": row.source}


class QuartersFileForm(OneTimeToken, forms.Form):
    """A table of quarterly figures."""

    file = forms.FileField(
        label=_("Table of quarters"), help_text=_("CSV or .xlsx with the columns company, quarter and unit.")
    )
    source = forms.ChoiceField(label=_("Source"), choices=QuarterSource.choices, initial=QuarterSource.MANAGER)
    reason = forms.CharField(
        label=_("Reason of corrections"), max_length=300, required=False,
        help_text=_("Needed when rows of the file change figures that stand."),
    )  # fmt: skip


class CapTableFileForm(OneTimeToken, forms.Form):
    """An Open Cap Format package."""

    file = forms.FileField(label=_("Package"), help_text=_("A .zip that holds the manifest and its JSON files."))
