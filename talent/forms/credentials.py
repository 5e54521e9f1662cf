"""Forms of credentials: candidacy, entries, decisions, verification, the audit sample."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from innovation.core.fields import DateField
from innovation.core.forms import OneTimeToken
from talent.choices.credentials import AuditVerdict, Verdict, VerificationMethod
from talent.forms.typed import QuantityField
from talent.models import CpdCycle, SchemeVersion

UNITS = {
    "hour": _("hours"), "point": _("points"), "month": _("months"), "article": _("articles"),
    "chapter": _("chapters"), "book": _("books"), "day": pgettext_lazy("credential", "days"),
}  # fmt: skip


class CandidateForm(OneTimeToken, forms.Form):
    """Which level of which version; the versions in force, verified ones first."""

    award = forms.ChoiceField(label=_("Credential and level"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = SchemeVersion.objects.valid_on(timezone.localdate()).select_related("scheme")
        rows = rows.exclude(scheme__kind="role_rules").order_by("-status", "scheme__code", "version")
        self.fields["award"].choices = [("", "–"), *_groups(rows)]

    def values(self) -> dict[str, Any]:
        pk, _mark, level = self.cleaned_data["award"].partition(":")
        return {"version_id": int(pk), "level": level}


def _groups(rows: Any) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    for row in rows:
        mark = "" if row.is_verified else f" ({row.get_status_display()})"
        levels = [level["code"] for level in row.scheme.levels] or [""]
        only = row.rules.get("level")
        names = [
            (f"{row.pk}:{code}", row.scheme.level_name(code) or row.scheme.name)
            for code in levels
            if only in {None, code}
        ]
        yield f"{row.scheme.name} · {row.version}{mark}", names


class EntryForm(OneTimeToken, forms.Form):
    """Something done, with its proof; the categories are those of the cycle's rules."""

    category = forms.ChoiceField(label=_("Category"))
    title = forms.CharField(label=_("What was done"), max_length=200)
    day = DateField(label=_("Day"))
    quantity = QuantityField(
        label=_("Quantity"), help_text=_("In the unit that stands behind the category; parts as decimals.")
    )
    file = forms.FileField(
        label=_("Proof"), required=False, help_text=_("PDF, picture, text or table. The same file counts once.")
    )

    def __init__(self, *args: Any, cycle: CpdCycle, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = cycle.rules
        categories = rules.categories if rules else {}
        self.fields["category"].choices = [
            ("", "–"),
            *(
                (key, f"{cycle.category_name(key)} ({UNITS.get(category.unit, category.unit)})")
                for key, category in categories.items()
            ),
        ]

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        names = ("category", "title", "day", "quantity")
        return {name: data[name] for name in names} | {"upload": data["file"]}


class GrantForm(OneTimeToken, forms.Form):
    """The decision on an assessment."""

    granted_on = DateField(label=_("Day of the grant"))
    number = forms.CharField(
        label=pgettext_lazy("credential", "Number of the certificate"), max_length=60, required=False
    )
    note = forms.CharField(
        label=_("What was checked, and how"), max_length=500, widget=forms.Textarea({"rows": 4}),
        help_text=_("Kept with the rules of this day; it is what a later question is answered from."),
    )  # fmt: skip


class ReasonForm(OneTimeToken, forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea({"rows": 4}))


class NoteForm(OneTimeToken, forms.Form):
    note = forms.CharField(label=_("Note"), max_length=500, required=False, widget=forms.Textarea({"rows": 3}))


class RevokeForm(ReasonForm):
    heard_on = DateField(label=_("Day of the hearing"))


class VerifyForm(OneTimeToken, forms.Form):
    """The verdict on an entry."""

    verdict = forms.ChoiceField(label=_("Verdict"), choices=Verdict.choices, widget=forms.RadioSelect)
    method = forms.ChoiceField(label=_("Verified by"), choices=VerificationMethod.choices)
    note = forms.CharField(
        label=_("Note"), max_length=500, required=False, widget=forms.Textarea({"rows": 3}),
        help_text=_("A refusal says why; the holder reads it."),
    )  # fmt: skip


class SampleForm(OneTimeToken, forms.Form):
    """Which verified entries are looked at again."""

    verified_from = DateField(label=_("Verified from"))
    verified_to = DateField(label=_("Verified to"))
    percent = forms.IntegerField(label=_("Share of the entries, per cent"), min_value=1, max_value=100, initial=10)
    seed = forms.CharField(
        label=pgettext_lazy("credential", "Seed"), max_length=60,
        help_text=_("Any word or number said in advance. The same seed draws the same sample again."),
    )  # fmt: skip

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        names = ("verified_from", "verified_to", "seed")
        return {name: data[name] for name in names} | {"share": Fraction(data["percent"], 100)}


class LookForm(OneTimeToken, forms.Form):
    """What the second look found."""

    verdict = forms.ChoiceField(label=_("Finding"), choices=AuditVerdict.choices, widget=forms.RadioSelect)
    note = forms.CharField(label=_("Note"), max_length=500, required=False, widget=forms.Textarea({"rows": 3}))
