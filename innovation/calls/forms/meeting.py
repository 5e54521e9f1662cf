"""The form that calls the board together."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from innovation.accounts.choices import Role
from innovation.accounts.models import User
from innovation.calls.choices import CallState
from innovation.calls.models import Call
from innovation.core.fields import MomentField
from innovation.core.forms import OneTimeToken


class MeetingForm(OneTimeToken, forms.Form):
    """Call, moment, members, chair and quorum; the waiting cases come onto the agenda by themselves."""

    call = forms.ModelChoiceField(label=_("Call"), queryset=Call.objects.none())
    title = forms.CharField(label=pgettext_lazy("meeting", "Title"), max_length=200)
    held_at = MomentField(label=pgettext_lazy("meeting", "When"))
    place = forms.CharField(label=_("Where"), max_length=200, required=False)
    members = forms.ModelMultipleChoiceField(
        label=_("Members"), queryset=User.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    chair = forms.ModelChoiceField(label=pgettext_lazy("meeting", "Chair"), queryset=User.objects.none())
    quorum = forms.IntegerField(
        label=_("Quorum"),
        min_value=1,
        initial=3,
        help_text=_("Members who vote on a case; who steps out does not count."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["call"].queryset = Call.objects.filter(state=CallState.PUBLISHED).order_by("-opens_at")
        board = User.objects.filter(is_active=True, groups__name__in=[Role.PROGRAMME_MANAGER, Role.FINANCE]).distinct()
        self.fields["members"].queryset = self.fields["chair"].queryset = board.order_by("name", "email")
