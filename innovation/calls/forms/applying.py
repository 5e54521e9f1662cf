"""Forms of the applicant's pages beside the sections: begin, declare and send, invite."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from innovation.accounts.models import User
from innovation.calls.choices import MemberRole, PartnerRole
from innovation.calls.kinds import Agreement
from innovation.calls.models import Application, Call
from innovation.calls.shown import in_language
from innovation.core.fields import AgreementField
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

    def __init__(
        self, *args: Any, asks_answer: bool = False, agreement: Agreement | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if not asks_answer:
            del self.fields["answer"]
        if agreement is not None:
            self.fields["agreed"] = AgreementField(
                key=agreement.key, words=agreement.words, box=_("I agree"), label=agreement.title
            )


class MemberForm(OneTimeToken, forms.Form):
    """A colleague and what that person may do; without ``colleagues`` the role alone, or nothing any more."""

    NOBODY = "none"

    def __init__(self, *args: Any, colleagues: Iterable[User] | None = None, role: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = list(MemberRole.choices)
        if colleagues is not None:
            self.fields["person"] = forms.TypedChoiceField(
                label=_("Colleague"), coerce=int, choices=[(one.pk, f"{one.name} ({one.email})") for one in colleagues],
                help_text=_("Members of your organisation. Its lead or the office adds others there."),
            )  # fmt: skip
        else:
            roles.append((self.NOBODY, _("Takes no part any more")))
        self.fields["role"] = forms.ChoiceField(
            label=_("Role"), choices=roles, initial=role or MemberRole.EDITOR, widget=forms.RadioSelect
        )


class PartnerForm(OneTimeToken, forms.Form):
    """Whom to invite, for which share, and what the partner fills in."""

    name = forms.CharField(label=_("Organisation"), max_length=200)
    email = forms.EmailField(label=_("E-mail"), help_text=_("The invitation with its link goes to this address."))
    role = forms.ChoiceField(label=_("Role"), choices=PartnerRole.choices, widget=forms.RadioSelect,
                             initial=PartnerRole.PARTNER)  # fmt: skip
    share = forms.DecimalField(
        label=_("Share of the award (%)"), min_value=0, max_value=100, max_digits=6, decimal_places=3, required=False
    )
    sections = forms.MultipleChoiceField(
        label=_("Sections to fill in"), widget=forms.CheckboxSelectMultiple, required=False,
        help_text=_("The partner sees and changes these sections alone."),
    )  # fmt: skip

    def __init__(self, *args: Any, content: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sections"].choices = [(one["key"], in_language(one["title"])) for one in content["sections"]]

    def values(self) -> dict[str, Any]:
        """What ``actions.people.invite_partner`` takes."""
        cleaned = self.cleaned_data
        kept = {name: cleaned[name] for name in ("name", "email", "role", "sections")}
        return kept | {"share": Fraction(cleaned["share"] or 0) / 100}


class InvitationForm(OneTimeToken, forms.Form):
    """For whom the person accepts."""

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = Organisation.objects.of_member(user).order_by("pinyin", "pk") if user.is_authenticated else ()
        choices = [(one.pk, str(one)) for one in mine]
        if choices:
            self.fields["organisation"] = forms.TypedChoiceField(
                label=_("For which organisation?"), coerce=int, empty_value=None, required=False,
                choices=[("", _("None of these")), *choices],
            )  # fmt: skip


class CopyForm(OneTimeToken, forms.Form):
    """Where to copy from."""

    REGISTER = "register"

    def __init__(self, *args: Any, sources: Iterable[Application], has_profile: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: list[tuple[str, Any]] = [(self.REGISTER, _("The register"))] if has_profile else []
        choices += [(str(one.pk), f"{one.title or one.call.title} · {one.created_at:%Y}") for one in sources]
        self.fields["source"] = forms.ChoiceField(
            label=_("Copy from"),
            choices=choices,
            widget=forms.RadioSelect,
            error_messages={"required": _("Choose one.")},
        )
