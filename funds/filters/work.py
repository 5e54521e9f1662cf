"""Filters of the work list: plain rows, with the parts of a FilterSet that ``core.tables`` asks for."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from funds.choices.work import WorkKind
from funds.queries.work import WorkItem, kept
from funds.reports.work import fund_of

ALL = ("", _("All"))


class WorkFilterForm(forms.Form):
    kind = forms.ChoiceField(label=_("What"), required=False)
    fund = forms.ChoiceField(label=_("Fund"), required=False)
    whose = forms.ChoiceField(label=_("Whose"), required=False, choices=[ALL, ("mine", _("Mine by name"))])
    due = forms.ChoiceField(label=_("Deadline"), required=False, choices=[ALL, ("overdue", _("Overdue"))])


class WorkFilters:
    """By kind, fund, whether it is the person's by name, and whether its day has passed."""

    def __init__(
        self, data: Any, *, queryset: Sequence[WorkItem], request: HttpRequest, prefix: str | None = None
    ) -> None:
        self.is_bound = data is not None
        self.form = WorkFilterForm(data, prefix=prefix)
        self._rows = queryset
        # A kind or fund of which nothing waits any more can still be asked for: kept addresses go on working.
        funds = {str(row.fund_id): fund_of(row) for row in queryset if row.fund_id}
        asked = (data or {}).get(self.form.add_prefix("fund"), "")
        if asked.isdecimal():
            funds.setdefault(asked, asked)
        self.form.fields["kind"].choices = [ALL, *WorkKind.choices]
        self.form.fields["fund"].choices = [ALL, *sorted(funds.items(), key=lambda choice: choice[1])]

    @property
    def qs(self) -> list[WorkItem]:
        if not self.is_bound or not self.form.is_valid():
            return list(self._rows)
        asked = self.form.cleaned_data
        return kept(
            self._rows, timezone.localdate(), kind=asked["kind"], fund=int(asked["fund"]) if asked["fund"] else None,
            mine=bool(asked["whose"]), overdue=bool(asked["due"]),
        )  # fmt: skip
