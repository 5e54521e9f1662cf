"""Acts around a late document: hand it in, accept or refuse it."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from innovation.accounts.models import User
from innovation.calls.actions import late
from innovation.calls.choices import TAKES_LATE, LateState
from innovation.calls.forms.acts import LONG, CaseAct
from innovation.calls.models import Application, LateDocument


class HandInLate(CaseAct):
    name, title, permission, model = "late_document", _("Hand in a late document"), "writes", Application
    tab = "late"
    subject = forms.CharField(label=_("What it is"), max_length=200)
    why = forms.CharField(label=_("Why it comes late"), widget=LONG, max_length=2000)
    file = forms.FileField(
        label=_("File"),
        help_text=_("It is kept apart from what you submitted. The office accepts or refuses it and tells you why; "
                    "reviewers read only what was submitted."),
    )  # fmt: skip

    @classmethod
    def fits(cls, record: Application) -> bool:
        return record.state in TAKES_LATE

    @staticmethod
    def run(record: Application, data: Mapping[str, Any], actor: User) -> Any:
        return late.hand_in_late(
            application_id=record.pk, title=data["subject"], why=data["why"], upload=data["file"], actor=actor
        )


class ExamineLate(CaseAct):
    name, title, permission, model = "examine_late", _("Answer the late document"), late.EXAMINE, LateDocument
    tab = "late"
    accepted = forms.TypedChoiceField(
        label=_("Result"),
        choices=[("yes", pgettext_lazy("late document", "Accept")), ("no", pgettext_lazy("late document", "Refuse"))],
        coerce=lambda value: value == "yes", widget=forms.RadioSelect,
    )  # fmt: skip
    reason = forms.CharField(label=_("Reason"), widget=LONG, max_length=2000, help_text=_("The applicant reads it."))

    @classmethod
    def fits(cls, record: LateDocument) -> bool:
        return record.state == LateState.WAITING

    @staticmethod
    def run(record: LateDocument, data: Mapping[str, Any], actor: User) -> Any:
        return late.examine_late(document_id=record.pk, accepted=data["accepted"], reason=data["reason"], actor=actor)
