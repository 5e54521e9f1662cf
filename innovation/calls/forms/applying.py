"""Forms of the applicant's pages beside the sections: begin, declare and send, invite."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from innovation.calls.models import Call
from innovation.core.forms import OneTimeToken
from innovation.organisations.choices import MembershipRole
from innovation.organisations.models import Organisation


class StartForm(OneTimeToken, forms.Form):
    """For whom one applies; nothing to choose where persons apply for themselves."""

    def __init__(self, *args: Any, call: Call, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.call = call
        if not call.for_organisations:
            return
        mine = Organisation.objects.of_member(user, MembershipRole.LEAD, MembershipRole.EDITOR)
        self.organisations = list(mine.order_by("pinyin", "pk"))
        only = self.organisations[0].pk if len(self.organisations) == 1 else None
        self.fields["organisation"] = forms.TypedChoiceField(
            label=_("Which organisation applies?"), coerce=int, initial=only, widget=forms.RadioSelect,
            choices=[(each.pk, f"{each.name} ({each.code})") for each in self.organisations],
            error_messages={"required": _("Say for which organisation you apply.")},
        )  # fmt: skip

    @property
    def lacks_organisation(self) -> bool:
        """Whether an organisation is needed and the person writes for none."""
        return self.call.for_organisations and not self.organisations


class DeclarationForm(OneTimeToken, forms.Form):
    """The declaration, and the answer to the office where it asked for something."""

    answer = forms.CharField(
        label=_("Your answer to the office"), widget=forms.Textarea({"rows": 5}), max_length=5000,
        help_text=_("Say in a few words what you mended."), required=False,
    )  # fmt: skip
    declaration = forms.BooleanField(
        label=_("All answers are true and complete, and I may submit them for the applicant."), required=False
    )

    def __init__(self, *args: Any, asks_answer: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_answer:
            del self.fields["answer"]
