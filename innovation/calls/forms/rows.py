"""Several rows in one plain form: milestones and shares, without a script; rows left empty are not taken."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from innovation.calls.models import Application
from innovation.core.fields import DateField, MoneyField

MOST = 6
WHOLE = 100


class MilestoneRows(forms.Form):
    """Up to six milestones: title, day, amount, target."""

    def prepare_rows(self, record: Application) -> None:
        for number in range(1, MOST + 1):
            named = {"number": number}
            first = number == 1
            self.fields[f"m{number}_title"] = forms.CharField(
                label=_("Milestone %(number)s") % named, max_length=200, required=first
            )
            self.fields[f"m{number}_due"] = DateField(label=_("Due (milestone %(number)s)") % named, required=first)
            self.fields[f"m{number}_amount"] = MoneyField(
                label=_("Amount (milestone %(number)s)") % named, required=first,
                initial=record.award_fen if first else None,
            )  # fmt: skip
            self.fields[f"m{number}_target"] = forms.CharField(
                label=_("What has to be reached (milestone %(number)s)") % named, max_length=500, required=False
            )

    def milestone_groups(self) -> list[tuple[int, list[forms.BoundField]]]:
        """Each milestone with its fields, for a page that sets them side by side."""
        parts = ("title", "due", "amount", "target")
        return [(number, [self[f"m{number}_{part}"] for part in parts]) for number in range(1, MOST + 1)]

    @staticmethod
    def rows(data: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The rows that have a title, a day and an amount."""
        return [
            {
                "title": data[f"m{n}_title"], "due_on": data[f"m{n}_due"], "amount_fen": data[f"m{n}_amount"],
                "target": data.get(f"m{n}_target") or "",
            }
            for n in range(1, MOST + 1)
            if data.get(f"m{n}_title") and data.get(f"m{n}_due") and data.get(f"m{n}_amount") is not None
        ]  # fmt: skip


class ShareRows(forms.Form):
    """Up to six parties with their share in percent; nothing named gives the applicant all."""

    def prepare_shares(self, record: Application) -> None:
        names = [record.organisation.name] if record.organisation else []
        names += [partner.name for partner in record.partners.all()][: MOST - 1]
        for number in range(1, max(2, len(names)) + 1):
            name = names[number - 1] if number <= len(names) else ""
            named = {"number": number}
            self.fields[f"s{number}_name"] = forms.CharField(
                label=_("Party %(number)s") % named, max_length=200, required=False, initial=name
            )
            self.fields[f"s{number}_share"] = forms.DecimalField(
                label=_("Share of party %(number)s (%%)") % named, min_value=0, max_value=WHOLE, decimal_places=2,
                required=False, initial=WHOLE if number == 1 else 0,
            )  # fmt: skip

    def share_groups(self) -> list[list[forms.BoundField]]:
        """Each party with its share."""
        numbers = [name.removeprefix("s").removesuffix("_name") for name in self.fields if name.endswith("_name")]
        return [[self[f"s{number}_name"], self[f"s{number}_share"]] for number in numbers if number.isdecimal()]

    @staticmethod
    def shares(data: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The rows with a name and a share above zero, in hundredths of a percent."""
        return [
            {"name": data[f"s{n}_name"], "share_hundredths": int(data[f"s{n}_share"] * Decimal(WHOLE))}
            for n in range(1, MOST + 1)
            if data.get(f"s{n}_name") and data.get(f"s{n}_share")
        ]
