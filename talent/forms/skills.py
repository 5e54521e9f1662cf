"""Forms of skills and evidence."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from innovation.core.fields import DateField
from talent.choices.skills import EvidenceKind, SkillLevel, Vocabulary
from talent.forms.fields import AskingForm
from talent.models import Person, Skill, SkillClaim


class SkillField(forms.ModelChoiceField):
    """Skills grouped by vocabulary."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Skill.objects.none(), **kwargs)

    def load(self, *, most: int = 400) -> None:
        """Offer the skills of all short lists; of imported long ones a person searches by name first."""
        rows = Skill.objects.claimable().select_related("parent").exclude(vocabulary=Vocabulary.ESCO)[:most]
        self.queryset = Skill.objects.claimable()
        groups: dict[str, list[tuple[int, str]]] = {}
        for skill in rows:
            group = f"{skill.get_vocabulary_display()}: {skill.parent}" if skill.parent else str(skill.vocabulary)
            groups.setdefault(group, []).append((skill.pk, skill.name))
        self.widget.choices = [("", _("Choose")), *groups.items()]


class ClaimForm(AskingForm):
    """A skill of the lists, or one found by name in an imported list."""

    skill = SkillField(label=_("Skill"), required=False)
    named = forms.CharField(
        label=_("Or its name in an imported list"), max_length=300, required=False,
        help_text=_("Such as ESCO: the whole name, or its address."),
    )  # fmt: skip
    level = forms.TypedChoiceField(label=_("Level"), choices=SkillLevel.choices, coerce=int)
    note = forms.CharField(
        label=_("Where it was shown"), max_length=600, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One or two sentences about a result. No years, names or ages are needed."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["skill"].load()

    def clean(self) -> dict[str, Any] | None:
        data = super().clean() or {}
        name = (data.pop("named", "") or "").strip()
        if not data.get("skill") and name:
            found = Skill.objects.claimable().filter(name_en__iexact=name) | Skill.objects.claimable().filter(
                name_zh=name
            )
            data["skill"] = (found | Skill.objects.claimable().filter(uri=name)).first()
            if data["skill"] is None:
                self.add_error("named", _("No list holds a skill of this name."))
        elif not data.get("skill"):
            self.add_error("skill", _("Choose a skill of the lists."))
        return data


class EvidenceForm(AskingForm):
    """A paper, and the claims that it proves: evidence is asked per skill, never for a profile as a whole."""

    claims = forms.ModelMultipleChoiceField(
        SkillClaim.objects.none(), label=_("Which skills does it prove?"), widget=forms.CheckboxSelectMultiple
    )
    kind = forms.ChoiceField(label=_("Kind of evidence"), choices=EvidenceKind.choices)
    title = forms.CharField(label=_("Title"), max_length=200)
    issuer = forms.CharField(label=_("Issuing body"), max_length=200, required=False)
    issued_on = DateField(label=_("Issued on"), required=False)
    expires_on = DateField(label=_("Valid until"), required=False, help_text=_("Empty where it has no end."))
    file = forms.FileField(
        label=_("File"), required=False, help_text=_("PDF, picture, text or table. Its name is looked at too."),
    )  # fmt: skip

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["claims"].queryset = person.skills.select_related("skill")
