"""The form of a committee's decision: one line a member, made for one committee."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from funds.choices.deals import DecisionOutcome, DecisionSubject, VoteChoice
from funds.forms.deals import LONG, OptionalPaper
from funds.models import Committee, CommitteeMember
from funds.rules.decisions import Ballot
from innovation.core.fields import DateField, MoneyField
from innovation.core.forms import OneTimeToken


class DecisionForm(OneTimeToken, OptionalPaper):
    """What the committee decided on a proposal, with the vote of each member in office."""

    number = forms.CharField(label=gettext_lazy("Number of the decision"), max_length=60)
    met_on = DateField(label=gettext_lazy("Day of the meeting"))
    outcome = forms.ChoiceField(
        label=gettext_lazy("Outcome"), choices=DecisionOutcome.choices, widget=forms.RadioSelect
    )
    amount_fen = MoneyField(
        label=gettext_lazy("Approved amount"), required=False, help_text=gettext_lazy("Empty: as asked for.")
    )
    conditions = forms.CharField(label=gettext_lazy("Conditions"), widget=LONG, required=False)
    reason = forms.CharField(label=gettext_lazy("Reasons"), widget=LONG)
    minutes = forms.CharField(label=gettext_lazy("Minutes"), widget=forms.Textarea({"rows": 8}), required=False)

    def __init__(self, *args: Any, committee: Committee, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.members: list[CommitteeMember] = list(committee.members.filter(is_active=True))
        self.fields["file"].label = _("Signed minutes")
        for member in self.members:
            label = f"{member.name} ({member.position})" if member.position else member.name
            self.fields[f"vote_{member.pk}"] = forms.ChoiceField(
                label=label, choices=[("", _("choose")), *VoteChoice.choices]
            )
            self.fields[f"reason_{member.pk}"] = forms.CharField(
                label=_("Reason of %(member)s") % {"member": member.name}, required=False, max_length=400,
                help_text=_("Needed of who recuses; a dissent may be kept here too."),
            )  # fmt: skip
        self.order_fields(["number", "met_on", *self._ballot_names(), *self.base_fields])

    def _ballot_names(self) -> list[str]:
        return [f"{part}_{member.pk}" for member in self.members for part in ("vote", "reason")]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        for member in self.members:
            recused = self.cleaned_data.get(f"vote_{member.pk}") == VoteChoice.RECUSED
            if recused and not self.cleaned_data.get(f"reason_{member.pk}"):
                self.add_error(f"reason_{member.pk}", _("Say why %(member)s recused.") % {"member": member.name})
        return cleaned

    def ballots(self) -> list[Ballot]:
        data = self.cleaned_data
        return [Ballot(member.name, data[f"vote_{member.pk}"], data[f"reason_{member.pk}"]) for member in self.members]

    def values(self) -> dict[str, Any]:
        """What the decision itself says."""
        names = ("number", "met_on", "outcome", "amount_fen", "conditions", "reason", "minutes", "subject")
        return {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}


class HoldingDecisionForm(DecisionForm):
    """A decision about a holding that is there."""

    subject = forms.ChoiceField(label=gettext_lazy("Subject"), choices=DecisionSubject.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount_fen"].help_text = _("For an investment: what may be paid. For an exit: the least price.")
        self.order_fields(["subject"])
