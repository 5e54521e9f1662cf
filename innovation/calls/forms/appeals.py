"""Acts around an appeal: hand it in, take it back, answer it."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from innovation.accounts.models import User
from innovation.calls.actions import appealing
from innovation.calls.choices import AppealState
from innovation.calls.forms.acts import LONG, CaseAct
from innovation.calls.models import Appeal, Application
from innovation.calls.queries.appeals import can_appeal, goes_back


class HandInAppeal(CaseAct):
    name, title, permission, model = "appeal", _("Appeal"), "leads", Application
    text = forms.CharField(
        label=_("Why the refusal is wrong"), widget=forms.Textarea({"rows": 8}), max_length=5000,
        help_text=_("Name facts and where they stand in your application. You can appeal once."),
    )  # fmt: skip

    @classmethod
    def fits(cls, record: Application) -> bool:
        return can_appeal(record)

    @staticmethod
    def run(record: Application, data: Mapping[str, Any], actor: User) -> Any:
        return appealing.appeal(application_id=record.pk, text=data["text"], actor=actor)


class WithdrawAppeal(CaseAct):
    name, title, permission, model = "withdraw_appeal", _("Take the appeal back"), "leads", Appeal
    dangerous = True

    @classmethod
    def fits(cls, record: Appeal) -> bool:
        return record.state == AppealState.OPEN

    @staticmethod
    def run(record: Appeal, data: Mapping[str, Any], actor: User) -> Any:
        return appealing.withdraw_appeal(appeal_id=record.pk, actor=actor)


class ExamineAppeal(CaseAct):
    name, title, permission, model = "examine_appeal", _("Answer the appeal"), appealing.EXAMINE, Appeal
    tab, page = "appeals", "calls/following/appeal_form.html"
    upheld = forms.TypedChoiceField(
        label=_("Result"), choices=[("no", _("Dismiss the appeal")), ("yes", _("Uphold the appeal"))],
        coerce=lambda value: value == "yes", widget=forms.RadioSelect,
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Reason"), widget=LONG, max_length=4000, help_text=_("The applicant reads it.")
    )  # fmt: skip
    remedy = forms.CharField(label=_("What the office does now"), widget=LONG, max_length=2000, required=False)

    def prepare(self, record: Appeal) -> None:
        if goes_back(record.application):
            del self.fields["remedy"]
        else:
            self.fields["remedy"].help_text = _("Needed when you uphold it: this process cannot take the refusal back.")

    @classmethod
    def fits(cls, record: Appeal) -> bool:
        return record.state == AppealState.OPEN

    @staticmethod
    def run(record: Appeal, data: Mapping[str, Any], actor: User) -> Any:
        return appealing.examine_appeal(
            appeal_id=record.pk, upheld=data["upheld"], reason=data["reason"], remedy=data.get("remedy") or "",
            actor=actor,
        )  # fmt: skip
