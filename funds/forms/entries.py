"""The forms of the books: one per kind of event with the fields that this kind has, made from one table."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from funds.actions.entries import Request
from funds.actions.events import Entry
from funds.choices.ledger import EventKind
from funds.choices.records import FundKind
from funds.models import BookDocument, Fund, GrantAward, Investment, LedgerEvent
from funds.queries.books import closed_through
from funds.queries.effects import remaining_on
from funds.rules.grants import fund_kind_problem
from innovation.core.fields import DateField, MoneyField
from innovation.core.forms import OneTimeToken

Text = str | Promise
HOLDING, OPTIONAL_HOLDING, FUND, AWARD = "holding", "optional", "fund", "award"


@dataclass(frozen=True, slots=True)
class KindForm:
    """What the form of one kind asks.

    ``of``: whether the event belongs to a holding or an award. ``amount``: label of the money (empty: none is asked);
    ``relieved``: label of the cost that it takes out; ``whole``: whether it may take all remaining cost, "always" or
    "choice". ``text`` says in one sentence what is booked.
    """

    of: str
    amount: Text = ""
    relieved: Text = ""
    whole: str = ""
    text: Text = ""


KIND_FORMS: Mapping[EventKind, KindForm] = {
    EventKind.CALL: KindForm(FUND, _("Money received"), text=_("Investors paid money into the fund.")),
    EventKind.DISTRIBUTION: KindForm(FUND, _("Money paid out"), text=_("The fund paid money back to its investors.")),
    EventKind.FEE: KindForm(FUND, _("Money paid"), text=_("The fund paid its manager.")),
    EventKind.EXPENSE: KindForm(FUND, _("Money paid"), text=_("The fund paid for audit, law, custody or the like.")),
    EventKind.GRANT: KindForm(AWARD, _("Money paid"), text=_("Money was paid to a recipient under an award.")),
    EventKind.GRANT_RETURN: KindForm(
        AWARD, _("Money received"), text=_("A recipient paid back money that was not used or not due.")
    ),
    EventKind.INVEST: KindForm(HOLDING, _("Money paid"), text=_("The fund paid for a new holding.")),
    EventKind.FOLLOW_ON: KindForm(HOLDING, _("Money paid"), text=_("The fund paid more into a holding it has.")),
    EventKind.EXIT_PARTIAL: KindForm(
        HOLDING, _("Proceeds"), _("Cost that leaves"), text=_("A part of a holding was sold or bought back.")
    ),
    EventKind.EXIT_FULL: KindForm(
        HOLDING, _("Proceeds"), whole="always", text=_("All of a holding was sold: its remaining cost leaves.")
    ),
    EventKind.WRITE_OFF: KindForm(
        HOLDING, relieved=_("Cost written off"), whole="choice", text=_("Cost of a holding is lost for good.")
    ),
    EventKind.RECOVERY_AFTER_WRITE_OFF: KindForm(
        HOLDING, _("Money received"), text=_("Something came back after a write-off.")
    ),
    EventKind.DIVIDEND: KindForm(HOLDING, _("Money received"), text=_("A holding paid a dividend.")),
    EventKind.INTEREST: KindForm(
        OPTIONAL_HOLDING, _("Money received"), text=_("A holding's loan or the fund's account bore interest.")
    ),
    EventKind.IMPAIRMENT: KindForm(
        HOLDING, _("Loss of value recorded"), text=_("A holding is worth less than its cost; nothing was sold.")
    ),
    EventKind.FX: KindForm(
        HOLDING, _("Change of the remaining cost in yuan"),
        text=_("A holding in foreign currency is restated; a fall carries a minus sign."),
    ),
}  # fmt: skip
"""Every kind that a person records; a reversal is made from the event that it takes back."""


def kinds_of(fund: Fund, kinds: Iterable[EventKind]) -> list[EventKind]:
    """Those of ``kinds`` that a fund's books take: grants in grant money alone, holdings everywhere else."""
    return [kind for kind in kinds if fund_kind_problem(kind, fund.kind) is None]


class AwardChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.code} · {obj.recipient.name}"


class HoldingChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.code} · {obj.company.name}"


class RequestForm(OneTimeToken, forms.Form):
    """Base of the forms whose answers are a :class:`Request`, shown with its effect before it is booked."""

    fund: Fund

    def __init__(self, *args: Any, fund: Fund, user: Any, **kwargs: Any) -> None:
        self.fund, self.user = fund, user
        super().__init__(*args, **kwargs)

    def add_last_fields(self, *, reason_needed: bool) -> None:
        """Reason, and the tick for a closed period where there is one and the person may."""
        self.fields["reason"] = forms.CharField(
            label=_("Reason"), required=reason_needed, max_length=400, widget=forms.Textarea({"rows": 2})
        )
        closed = closed_through(self.fund.pk)
        if closed and self.user.has_perm("funds.record_late_event"):
            self.fields["late"] = forms.BooleanField(
                label=_("Book into the closed period"), required=False,
                help_text=_("The books are closed through %(day)s. A late entry needs a reason.") % {"day": closed},
            )  # fmt: skip

    def request(self) -> Request:
        """What the answers ask for."""
        raise NotImplementedError

    @property
    def investment_id(self) -> int | None:
        """The holding whose position the entry moves."""
        raise NotImplementedError

    @property
    def award_id(self) -> int | None:
        """The award under which the entry pays or takes back."""
        raise NotImplementedError

    def digest(self) -> str:
        """Names the answers, so that only what was previewed can be booked."""
        return hashlib.sha256(json.dumps(asdict(self.request()), default=str, sort_keys=True).encode()).hexdigest()


class EntryForm(RequestForm):
    """A new entry of one kind; with ``corrects`` it takes that event back in the same step."""

    def __init__(self, *args: Any, kind: EventKind, corrects: LedgerEvent | None = None, **kwargs: Any) -> None:
        self.kind, self.corrects, self.spec = kind, corrects, KIND_FORMS[kind]
        self.kept: BookDocument | None = None
        super().__init__(*args, **kwargs)
        self._add_holding()
        self.fields["value_date"] = DateField(
            label=_("Value date"), help_text=_("The day on which the money moved or the decision took effect."),
            initial=corrects.value_date if corrects else timezone.localdate(),
        )  # fmt: skip
        self._add_amounts()
        self.fields["document"] = forms.CharField(
            label=_("Source document"), required=False, max_length=110,
            help_text=_("Number or name of the resolution, agreement or bank slip."),
            initial=corrects.document.split(" · sha256:")[0][:110] if corrects else "",
        )  # fmt: skip
        self.fields["file"] = forms.FileField(
            label=_("Document as a file"), required=False, help_text=_("Its SHA-256 enters the ledger with the entry.")
        )
        self.fields["kept_file"] = forms.IntegerField(required=False, widget=forms.HiddenInput)
        self.add_last_fields(reason_needed=corrects is not None)

    def _add_holding(self) -> None:
        if self.spec.of == AWARD:
            awards = GrantAward.objects.filter(fund=self.fund).select_related("recipient")
            self.fields["award"] = AwardChoice(
                awards, label=_("Award"), empty_label=_("choose"), initial=self.corrects and self.corrects.award_id
            )
        elif self.spec.of != FUND and self.fund.kind != FundKind.GRANT:
            rows = Investment.objects.filter(fund=self.fund).select_related("company")
            self.fields["investment"] = HoldingChoice(
                rows, label=_("Holding"), required=self.spec.of == HOLDING,
                empty_label=_("choose") if self.spec.of == HOLDING else _("the fund's own account"),
                initial=self.corrects.investment_id if self.corrects else None,
            )  # fmt: skip

    def _add_amounts(self) -> None:
        spec, old = self.spec, self.corrects
        if spec.amount:
            self.fields["amount_fen"] = MoneyField(label=spec.amount, initial=old.amount_fen if old else None)
        if spec.whole == "choice":
            self.fields["whole"] = forms.ChoiceField(
                label=_("How much is written off"), widget=forms.RadioSelect, initial="part" if old else "all",
                choices=[("all", _("all of the remaining cost")), ("part", _("a part of it"))],
            )  # fmt: skip
        if spec.relieved:
            self.fields["cost_relieved_fen"] = MoneyField(
                label=spec.relieved, required=not spec.whole, initial=old.cost_relieved_fen if old else None
            )

    def clean(self) -> dict[str, Any] | None:
        data = super().clean() or {}
        if data.get("whole") == "part" and "cost_relieved_fen" not in self.errors and not data.get("cost_relieved_fen"):
            self.add_error("cost_relieved_fen", _("Say how much is written off."))
        if data.get("whole") == "all" and data.get("cost_relieved_fen"):
            self.add_error("whole", _("An amount is typed too: choose “a part of it”, or leave the amount empty."))
        pk = data.get("kept_file")
        self.kept = BookDocument.objects.filter(pk=pk, fund=self.fund).first() if pk else None
        return data

    @property
    def investment_id(self) -> int | None:
        investment = self.cleaned_data.get("investment")
        return investment.pk if investment else None

    @property
    def award_id(self) -> int | None:
        award = self.cleaned_data.get("award")
        return award.pk if award else None

    def request(self) -> Request:
        data = self.cleaned_data
        entry = Entry(
            kind=str(self.kind),
            value_date=data["value_date"],
            amount_fen=data.get("amount_fen") or 0,
            investment_id=self.investment_id,
            cost_relieved_fen=self._relieved(),
            document=self.kept.reference_as(data["document"]) if self.kept else data["document"],
            award_id=self.award_id,
        )
        return Request(
            fund_id=self.fund.pk, entry=entry, takes_back_id=self.corrects.pk if self.corrects else None,
            reason=data["reason"], late=bool(data.get("late")),
        )  # fmt: skip

    def _relieved(self) -> int:
        """What was typed, or all that remains on the value date; an event that is taken back counts as undone."""
        data = self.cleaned_data
        if self.spec.whole != "always" and data.get("whole") != "all":
            return data.get("cost_relieved_fen") or 0
        remaining = remaining_on(self.investment_id or 0, data["value_date"])
        old = self.corrects
        undone = old is not None and old.investment_id == self.investment_id and old.value_date <= data["value_date"]
        return remaining + (old.cost_relieved_fen if old is not None and undone else 0)


class TakeBackForm(RequestForm):
    """Only the reason: what is taken back stands on the page."""

    def __init__(self, *args: Any, event: LedgerEvent, **kwargs: Any) -> None:
        self.event = event
        super().__init__(*args, **kwargs)
        self.add_last_fields(reason_needed=True)

    @property
    def investment_id(self) -> int | None:
        return self.event.investment_id

    @property
    def award_id(self) -> int | None:
        return self.event.award_id

    def request(self) -> Request:
        data = self.cleaned_data
        return Request(
            fund_id=self.fund.pk, takes_back_id=self.event.pk, reason=data["reason"], late=bool(data.get("late"))
        )


class BookTermsForm(OneTimeToken, forms.Form):
    """A fund's limit and whether its books are complete."""

    approval_limit_fen = MoneyField(
        label=_("A second person above"), required=False,
        help_text=_("Entries that move more money or cost wait until another person approves them. Empty: none waits."),
    )  # fmt: skip
    is_complete = forms.BooleanField(
        label=_("The books are complete"), required=False,
        help_text=_(
            "All calls, distributions, fees and expenses are booked. From then on nothing is accepted that "
            "would bring the cash below zero on any day, or the calls above the commitment."
        ),
    )  # fmt: skip


class ClosePeriodForm(OneTimeToken, forms.Form):
    through = DateField(label=_("Close through"), help_text=_("The last day of the period, for example 2026-06-30."))


class ReasonForm(OneTimeToken, forms.Form):
    """A reason, needed."""

    reason = forms.CharField(label=_("Reason"), max_length=400, widget=forms.Textarea({"rows": 2}))


class DecisionForm(OneTimeToken, forms.Form):
    """Approve or refuse a proposed entry."""

    decision = forms.ChoiceField(
        label=_("Decision"), widget=forms.RadioSelect,
        choices=[("approve", _("Approve: book the entry now")), ("refuse", _("Refuse: book nothing"))],
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=400, widget=forms.Textarea({"rows": 2}),
        help_text=_("Needed to refuse."),
    )  # fmt: skip
