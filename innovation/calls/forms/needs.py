"""A need as it is posted, and the acts upon it, shared by pages, admin and API."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from innovation.accounts.models import User
from innovation.calls.actions import needs
from innovation.calls.choices import CallState, NeedState
from innovation.calls.forms.acts import LONG, CaseAct
from innovation.calls.models import Application, Call, Need
from innovation.calls.models.need_states import CHECK, COORDINATE, TRANSITIONS, owns
from innovation.calls.queries.bids import APPROVED
from innovation.core.fields import DateField, MoneyField
from innovation.core.forms import OneTimeToken
from innovation.organisations.choices import MembershipRole
from innovation.organisations.models import Organisation

NOTE = {"widget": LONG, "max_length": 4000}


class NeedForm(OneTimeToken, forms.Form):
    """What an organisation needs; its figures are what a result is tested against."""

    organisation = forms.ModelChoiceField(label=_("Which organisation needs it?"), queryset=None, empty_label=None)
    title = forms.CharField(label=_("The need in one line"), max_length=200)
    summary = forms.CharField(
        label=_("What is needed, and why nothing on the market does"), widget=forms.Textarea({"rows": 6}),
        max_length=5000,
    )  # fmt: skip
    targets = forms.CharField(
        label=_("Target figures"), widget=forms.Textarea({"rows": 5}), max_length=3000,
        help_text=_("One figure a line, with its unit and how it is tested on your site."),
    )  # fmt: skip
    top_fen = MoneyField(label=_("Most that is paid"), required=False)
    wanted_by = DateField(label=_("Needed by"), required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = Organisation.objects.of_member(user, MembershipRole.LEAD, MembershipRole.EDITOR)
        self.fields["organisation"].queryset = mine.order_by("pinyin", "pk")


class _NeedAct(CaseAct):
    """An act of the office or of the owner, shown where the need's state has its event."""

    model = Need
    event = ""

    @classmethod
    def fits(cls, record: Need) -> bool:
        return cls.event in TRANSITIONS.get(NeedState(record.state), {})


class CheckNeed(_NeedAct):
    name, title, permission, event = "need_check", _("Need and market checked"), CHECK, "check"
    note = forms.CharField(label=_("What experts found about need and market"), **NOTE)

    @staticmethod
    def run(record: Need, data: Mapping[str, Any], actor: User) -> Any:
        return needs.check_need(need_id=record.pk, note=data["note"], actor=actor)


class AgreeNeed(_NeedAct):
    name, title, permission = "need_agree", _("Agree to its publication"), "leads"

    @classmethod
    def fits(cls, record: Need) -> bool:
        return record.state == NeedState.CHECKED and record.agreed_at is None

    @classmethod
    def allowed(cls, user: User, record: Need) -> bool:
        return owns(user, record)

    @staticmethod
    def run(record: Need, data: Mapping[str, Any], actor: User) -> Any:
        return needs.agree_need(need_id=record.pk, actor=actor)


class PublishNeed(_NeedAct):
    name, title, permission, event = "need_publish", _("Publish the need"), COORDINATE, "publish"

    @staticmethod
    def run(record: Need, data: Mapping[str, Any], actor: User) -> Any:
        return needs.publish_need(need_id=record.pk, actor=actor)


class OpenBids(_NeedAct):
    name, title, permission, event = "need_bids", _("Open the bids"), COORDINATE, "open_bids"
    call = forms.ModelChoiceField(label=_("Call for bids"), queryset=None)

    def prepare(self, record: Need) -> None:
        self.fields["call"].queryset = Call.objects.filter(state=CallState.PUBLISHED, rules__has_key="min_bids")

    @staticmethod
    def run(record: Need, data: Mapping[str, Any], actor: User) -> Any:
        return needs.open_bids(need_id=record.pk, call_id=data["call"].pk, actor=actor)


class AwardNeed(_NeedAct):
    name, title, permission, event = "need_award", _("Name the awarded bid"), COORDINATE, "award"
    application = forms.ModelChoiceField(label=_("Approved bid"), queryset=None)

    def prepare(self, record: Need) -> None:
        rows = Application.objects.filter(call=record.call_id, state__in=APPROVED)
        self.fields["application"].queryset = rows.select_related("call")

    @staticmethod
    def run(record: Need, data: Mapping[str, Any], actor: User) -> Any:
        return needs.award_need(need_id=record.pk, application_id=data["application"].pk, actor=actor)


class AcceptNeed(_NeedAct):
    name, title, permission, event = "need_accept", _("Accept the result"), "leads", "accept"
    note = forms.CharField(label=_("How the figures were tested, and what came out"), **NOTE)

    @classmethod
    def allowed(cls, user: User, record: Need) -> bool:
        return owns(user, record)

    @staticmethod
    def run(record: Need, data: Mapping[str, Any], actor: User) -> Any:
        return needs.accept_need(need_id=record.pk, note=data["note"], actor=actor)


class CloseNeed(_NeedAct):
    name, title, permission, event = "need_close", _("Close the need"), COORDINATE, "close"
    dangerous = True
    reason = forms.CharField(label=_("Reason"), help_text=_("The public reads it."), **NOTE)

    @staticmethod
    def run(record: Need, data: Mapping[str, Any], actor: User) -> Any:
        return needs.close_need(need_id=record.pk, reason=data["reason"], actor=actor)


class RefuseNeed(_NeedAct):
    name, title, permission, event = "need_refuse", _("Do not take it up"), CHECK, "refuse"
    dangerous = True
    reason = forms.CharField(label=_("Reason"), help_text=_("The owner of the need reads it."), **NOTE)

    @staticmethod
    def run(record: Need, data: Mapping[str, Any], actor: User) -> Any:
        return needs.refuse_need(need_id=record.pk, reason=data["reason"], actor=actor)
