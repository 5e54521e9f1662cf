"""The forms of bank statements: the file, its columns, what a movement is."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from funds.choices.files import DateOrder
from funds.choices.ledger import EventKind
from funds.choices.records import FundKind
from funds.forms.entries import AwardChoice, kinds_of
from funds.models import BankStatement, ColumnMapping, GrantAward, Investment
from funds.queries.bank import Suggestion
from funds.rules.bank_file import BANK, FIELDS, BankMapping, guess_bank_columns
from funds.rules.file_columns import stated_unit
from innovation.core.fields import MoneyField
from innovation.core.forms import OneTimeToken
from innovation.core.money import Unit

IN_KINDS = (
    EventKind.CALL, EventKind.INTEREST, EventKind.DIVIDEND, EventKind.EXIT_PARTIAL, EventKind.EXIT_FULL,
    EventKind.RECOVERY_AFTER_WRITE_OFF, EventKind.GRANT_RETURN,
)  # fmt: skip
OUT_KINDS = (
    EventKind.INVEST, EventKind.FOLLOW_ON, EventKind.FEE, EventKind.EXPENSE, EventKind.DISTRIBUTION,
    EventKind.GRANT,
)  # fmt: skip
EXITS = (EventKind.EXIT_PARTIAL, EventKind.EXIT_FULL)


class StatementForm(OneTimeToken, forms.Form):
    file = forms.FileField(
        label=_("Bank statement"), help_text=_("CSV or .xlsx, with one heading row. It changes no figure by itself.")
    )
    saved = forms.ModelChoiceField(
        ColumnMapping.objects.filter(content__layout=BANK), label=_("Saved mapping"), required=False,
        empty_label=_("none"),
    )  # fmt: skip


class StatementColumnsForm(OneTimeToken, forms.Form):
    """Which heading holds which fact, and the unit."""

    unit = forms.ChoiceField(
        label=_("Unit of the amounts"), choices=[("", _("choose")), *Unit.choices],
        error_messages={"required": _("State the unit of the amounts: 元, 万元 or 亿元.")},
    )  # fmt: skip
    date_order = forms.ChoiceField(label=_("Order of dates"), choices=DateOrder.choices, initial=DateOrder.YMD)

    def __init__(self, *args: Any, statement: BankStatement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        headings = [(heading, heading) for heading in dict.fromkeys(statement.header) if heading]
        guess = guess_bank_columns(statement.header)
        for entry in FIELDS:
            self.fields[f"column_{entry.key}"] = forms.ChoiceField(
                label=capfirst(str(entry.label)), choices=[("", _("not in the file")), *headings],
                required=entry.required, initial=guess.get(entry.key, ""),
            )  # fmt: skip
        self.fields["unit"].initial = stated_unit(statement.header)
        self.fields["save_as"] = forms.CharField(
            label=_("Keep this mapping as"), required=False, max_length=100,
            help_text=_("A name, so that the next file of this kind needs no choosing."),
        )  # fmt: skip

    @staticmethod
    def initial_of(mapping: BankMapping) -> dict[str, Any]:
        """The answers that give ``mapping``, to begin with a saved one."""
        columns = {f"column_{key}": heading for key, heading in mapping.columns.items()}
        return {"unit": mapping.unit, "date_order": mapping.date_order} | columns

    def mapping(self) -> BankMapping:
        """The mapping that the answers describe."""
        data = self.cleaned_data
        columns = {entry.key: data[f"column_{entry.key}"] for entry in FIELDS if data[f"column_{entry.key}"]}
        return BankMapping(unit=data["unit"], columns=columns, date_order=data["date_order"])


class HoldingChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.code} · {obj.company.name}"


class SettleForm(OneTimeToken, forms.Form):
    """What one movement is: one of the suggestions, a new entry, or nothing of this ledger."""

    choice = forms.ChoiceField(label=_("This movement is"), widget=forms.RadioSelect)
    investment = HoldingChoice(
        Investment.objects.none(), label=_("Holding"), required=False, help_text=_("For entries about a holding.")
    )
    cost_relieved_fen = MoneyField(label=_("Cost that leaves"), required=False, help_text=_("For an exit."))
    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=400, widget=forms.Textarea({"rows": 2}),
        help_text=_("Needed to set it aside, and for a closed period."),
    )  # fmt: skip
    late = forms.BooleanField(label=_("Book into the closed period"), required=False)

    def __init__(self, *args: Any, line: Any, found: list[Suggestion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = kinds_of(line.fund, IN_KINDS if line.amount_fen > 0 else OUT_KINDS)
        guessed = [one.kind for one in found if one.what == "book"]
        ordered = sorted(kinds, key=lambda kind: str(kind) not in guessed)
        self.fields["choice"].choices = [
            *((f"{one.what}-{one.word}-{one.pk}", self.told(one)) for one in found if one.what != "book"),
            *((f"book-{kind}-0", _("Book it as: %(kind)s") % {"kind": kind.label}) for kind in ordered),
            ("aside--0", _("Set it aside: it is no entry of this ledger")),
        ]
        self.fields["choice"].initial = self.fields["choice"].choices[0][0] if found else None
        if line.fund.kind == FundKind.GRANT:
            awards = GrantAward.objects.filter(fund=line.fund_id).select_related("recipient")
            self.fields["award"] = AwardChoice(
                awards, label=_("Award"), required=False, help_text=_("For a grant or its return.")
            )
            del self.fields["investment"], self.fields["cost_relieved_fen"]
            self.order_fields(["choice", "award"])
            return
        self.fields["investment"].queryset = Investment.objects.filter(fund=line.fund_id).select_related("company")

    @staticmethod
    def told(one: Suggestion) -> Any:
        """A suggestion in words."""
        if one.what == "pay":
            return _("Payment of: %(line)s") % {"line": one.label}
        return _("Entry %(entry)s, booked already") % {"entry": one.label}
