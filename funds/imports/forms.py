"""The forms of the import door: the file, and what its columns mean."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from funds.choices.files import DateOrder, Layout
from funds.choices.records import InvestmentMode, Stage
from funds.models import ColumnMapping, Fund, PortfolioImport
from funds.rules.file_columns import FIELDS, guess_columns, stated_unit
from funds.rules.portfolio_file import Mapping
from innovation.core.forms import OneTimeToken
from innovation.core.money import Unit

ASSUMED_TERMS = _(
    "Their terms are assumed: they begin with their first row, what the file calls or else invests counts as "
    "committed, and all money as the government's. Correct them in the administration."
)
NOT_IN_FILE = ("", _("not in the file"))


class UploadForm(OneTimeToken, forms.Form):
    file = forms.FileField(
        label=_("Portfolio file"),
        help_text=_("CSV or .xlsx, with one heading row. Nothing is written before you have seen what was read."),
    )
    layout = forms.ChoiceField(
        label=_("How the file is kept"), choices=Layout.choices, initial=Layout.LEDGER, widget=forms.RadioSelect
    )
    saved = forms.ModelChoiceField(
        label=_("Saved mapping"), queryset=ColumnMapping.objects.none(), required=False, empty_label=_("none")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["saved"].queryset = ColumnMapping.objects.filter(content__layout__in=Layout.values)


class ColumnsForm(OneTimeToken, forms.Form):
    """Which heading holds which fact; made for one uploaded file and one layout."""

    unit = forms.ChoiceField(
        label=_("Unit of the amounts"), choices=[("", _("choose")), *Unit.choices], required=True,
        error_messages={"required": _("State the unit of the amounts: 元, 万元 or 亿元.")},
        help_text=_("Amounts in another currency are not converted."),
    )  # fmt: skip
    date_order = forms.ChoiceField(label=_("Order of dates"), choices=DateOrder.choices, initial=DateOrder.YMD)

    def __init__(self, *args: Any, row: PortfolioImport, layout: str, **kwargs: Any) -> None:
        self.row, self.layout = row, layout
        super().__init__(*args, **kwargs)
        headings = [(heading, heading) for heading in dict.fromkeys(row.header) if heading]
        guess = guess_columns(layout, row.header)
        for entry in FIELDS[layout]:
            self.fields[f"column_{entry.key}"] = forms.ChoiceField(
                label=capfirst(str(entry.label)), choices=[NOT_IN_FILE, *headings], required=entry.required,
                initial=guess.get(entry.key, ""),
            )  # fmt: skip
        self.fields["unit"].initial = stated_unit(row.header)
        self._add_defaults()

    def _add_defaults(self) -> None:
        codes = list(Fund.objects.values_list("code", flat=True)[:500])
        defaults = {
            "fund_code": forms.ChoiceField(
                label=_("Fund of all rows"), choices=[("", _("named by the column")), *((c, c) for c in codes)],
                required=False,
            ),
            "fund_prefix": forms.CharField(
                label=_("Put before the fund code"), required=False, max_length=20,
                help_text=_("For example US- where the column only names a state."),
            ),
            "create_funds": forms.BooleanField(
                label=_("Make funds that are not recorded yet"), required=False, help_text=ASSUMED_TERMS,
            ),
            "group_code": forms.CharField(
                label=_("Group of the new funds"), required=False, max_length=40,
                help_text=_("The code of the group; it is made when it does not exist."),
            ),
            "stage": forms.ChoiceField(label=_("Stage where the file names none"), choices=Stage.choices),
            "mode": forms.ChoiceField(label=_("Mode"), choices=InvestmentMode.choices),
        }  # fmt: skip
        defaults["stage"].initial, defaults["mode"].initial = Stage.OTHER, InvestmentMode.DIRECT
        known_only = {"fund_code", "fund_prefix"} if self.layout == Layout.VALUATIONS else set(defaults)
        self.fields |= {name: field for name, field in defaults.items() if name in known_only}
        if self.layout == Layout.HOLDINGS:
            self.fields |= {
                "loss_value": forms.CharField(
                    label=_("Outcome that means total loss"), required=False,
                    help_text=_("The word in the column of outcomes, for example closed."),
                ),
                "loss_not_before_investment": forms.BooleanField(
                    label=_("Move a loss that is dated before its investment to the day of the investment"),
                    required=False,
                ),
            }  # fmt: skip
        self.fields["save_as"] = forms.CharField(
            label=_("Keep this mapping as"), required=False, max_length=100,
            help_text=_("A name, so that the next file of this kind needs no choosing."),
        )  # fmt: skip

    def mapping(self) -> Mapping:
        """The mapping that the answers describe."""
        data = self.cleaned_data
        columns = {
            name.removeprefix("column_"): data[name] for name in data if name.startswith("column_") and data[name]
        }
        plain = {name: data[name] for name in Mapping.__dataclass_fields__ if name in data}
        return Mapping(layout=self.layout, columns=columns, **plain)

    @staticmethod
    def initial_of(mapping: Mapping) -> dict[str, Any]:
        """The answers that give ``mapping``, to begin with a saved one."""
        data = mapping.as_data()
        return data | {f"column_{key}": heading for key, heading in mapping.columns.items()}


class ConfirmForm(OneTimeToken, forms.Form):
    """Only the token: what is confirmed stands on the page."""
