"""Who takes part in an application: colleagues, partners, the invitation by mail; and what is copied into it."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from innovation.accounts.models import User
from innovation.calls.actions import copying, people
from innovation.calls.choices import ApplicationState, PartnerState
from innovation.calls.forms.applying import CopyForm, InvitationForm, MemberForm, PartnerForm
from innovation.calls.models import ApplicationMember, Partner
from innovation.calls.queries import applying
from innovation.calls.queries.codes import code_names
from innovation.calls.rules import forms
from innovation.calls.shown import in_language, value_text
from innovation.calls.views.applications import LeadOnly, MembersOnly, OwnApplication
from innovation.core.components import Fact, Status, Tone
from innovation.core.errors import RuleViolation
from innovation.core.views import ConfirmPage, Crumb, FormPage, PageView, everyone

PARTNER_TONES = {
    PartnerState.INVITED: Tone.INFO,
    PartnerState.ACCEPTED: Tone.INFO,
    PartnerState.DONE: Tone.OK,
    PartnerState.DECLINED: Tone.BAD,
}


class PeoplePage(MembersOnly, PageView):
    """Who writes and reads the application, and which partners fill in what."""

    template_name = "calls/applying/people.html"
    title = _("People and partners")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        titles = {one["key"]: in_language(one["title"]) for one in self.application.form.content["sections"]}
        partners = [
            {
                "partner": one,
                "status": Status(one.get_state_display(), PARTNER_TONES[PartnerState(one.state)]),
                "sections": [titles.get(key, key) for key in one.sections],
                "share": f"{float(one.share_num) / one.share_den:.1%}",
            }
            for one in self.application.partners.all()
        ]
        return super().get_context_data(
            application=self.application, access=self.access, partners=partners,
            members=self.application.members.select_related("user"),
            is_draft=self.application.state == ApplicationState.DRAFT, **kwargs,
        )  # fmt: skip


class _PeopleForm(LeadOnly, FormPage):
    @property
    def cancel_url(self) -> str:  # type: ignore[override]
        return self.get_success_url()

    def get_success_url(self) -> str:
        return reverse("calls:people", args=[self.application.pk])


class AddMember(_PeopleForm):
    """Let a colleague of the organisation take part."""

    form_class = MemberForm
    title = _("Add a colleague")
    submit_label = _("Add")

    def get_form_kwargs(self) -> dict[str, Any]:
        there = ApplicationMember.objects.filter(application=self.application).values("user")
        colleagues = User.objects.filter(
            organisation_memberships__organisation=self.application.organisation_id, is_active=True
        )
        return super().get_form_kwargs() | {"colleagues": colleagues.exclude(pk__in=there).order_by("name", "pk")}

    def act(self, form: Any) -> None:
        people.set_member(
            application_id=self.application.pk, user_id=form.cleaned_data["person"], role=form.cleaned_data["role"],
            actor=self.request.user,
        )  # fmt: skip
        messages.success(self.request, _("Your colleague takes part now."))


class ChangeMember(_PeopleForm):
    """Another role for a person, or none any more."""

    form_class = MemberForm
    submit_label = _("Save")

    @cached_property
    def member(self) -> ApplicationMember:
        found = self.application.members.select_related("user").filter(user=self.kwargs["user"]).first()
        if found is None:
            raise Http404
        return found

    def get_title(self) -> str:
        return gettext("Role of %(name)s") % {"name": self.member.user}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"role": self.member.role}

    def act(self, form: Any) -> None:
        facts = {"application_id": self.application.pk, "user_id": self.member.user_id, "actor": self.request.user}
        if form.cleaned_data["role"] == MemberForm.NOBODY:
            people.remove_member(**facts)
        else:
            people.set_member(role=form.cleaned_data["role"], **facts)

    def get_success_url(self) -> str:
        gone = not self.application.members.filter(user=self.request.user).exists()
        return reverse("calls:applications") if gone else super().get_success_url()


class InvitePartner(_PeopleForm):
    """Invite another organisation by mail."""

    form_class = PartnerForm
    title = _("Invite a partner")
    submit_label = _("Send the invitation")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"content": self.application.form.content}

    def act(self, form: Any) -> None:
        people.invite_partner(application_id=self.application.pk, actor=self.request.user, **form.values())
        messages.success(self.request, _("The invitation is on its way."))


class RemovePartner(LeadOnly, ConfirmPage):
    """Ask once more, then take the partner off."""

    title = _("Take the partner off")
    submit_label = _("Take the partner off")
    dangerous = True

    @cached_property
    def partner(self) -> Partner:
        found = self.application.partners.filter(pk=self.kwargs["partner"]).first()
        if found is None:
            raise Http404
        return found

    def facts(self) -> Sequence[Fact]:
        return [Fact(_("Organisation"), self.partner.name), Fact(_("E-mail"), self.partner.email)]

    @property
    def cancel_url(self) -> str:  # type: ignore[override]
        return self.get_success_url()

    def get_success_url(self) -> str:
        return reverse("calls:people", args=[self.application.pk])

    def act(self, form: Any) -> None:
        people.remove_partner(
            application_id=self.application.pk, partner_id=self.partner.pk, actor=self.request.user
        )  # fmt: skip


class InvitationPage(FormPage):
    """Who invites to what; accept after signing in, or decline."""

    template_name = "calls/applying/invitation.html"
    form_class = InvitationForm
    title = _("Invitation to take part")
    allowed = staticmethod(everyone)

    @cached_property
    def partner(self) -> Partner | None:
        return people.invitation(self.kwargs["token"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.request.user}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        partner = self.partner
        sections = []
        if partner is not None:
            content = partner.application.form.content
            sections = [in_language(one["title"]) for one in content["sections"] if one["key"] in partner.sections]
        return super().get_context_data(
            partner=partner, sections=sections, here=self.request.path, facts=self.facts(partner), **kwargs
        )  # fmt: skip

    def facts(self, partner: Partner | None) -> list[Fact]:
        """What one is invited to, by whom, and until when it can be sent."""
        if partner is None:
            return []
        call, lead = partner.application.call, partner.application.created_by
        end = call.closes_at and gettext("%(moment)s, China Standard Time") % {
            "moment": f"{timezone.localtime(call.closes_at):%Y-%m-%d %H:%M}"
        }
        return [
            Fact(_("Call"), call.title, call.get_absolute_url()), Fact(_("Invited by"), lead.name or lead.email),
            Fact(_("Closes"), end or _("Open all the time")),
        ]  # fmt: skip

    def place(self) -> str:
        return reverse("home")

    def breadcrumbs(self) -> Sequence[Crumb]:
        return []

    def form_valid(self, form: Any) -> HttpResponse:
        accepts = self.request.POST.get("act") != "decline"
        user = self.request.user if self.request.user.is_authenticated else None
        if accepts and user is None:
            raise RuleViolation("SIGN_IN_FIRST", gettext("Sign in first, then accept."))
        partner = people.answer_invitation(
            token=self.kwargs["token"], accepts=accepts, actor=user,
            organisation_id=form.cleaned_data.get("organisation"),
        )  # fmt: skip
        if not accepts:
            messages.info(self.request, gettext("You have declined the invitation."))
            return HttpResponseRedirect(reverse("home"))
        return HttpResponseRedirect(partner.application.get_absolute_url())


class OwnPart(OwnApplication, View):
    """A partner's person says that the own part is done, or goes on with it."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            people.mark_part(
                application_id=self.application.pk, actor=request.user, done=request.POST.get("act") == "done"
            )
        except RuleViolation as refused:
            messages.error(request, str(refused))
        return HttpResponseRedirect(self.application.get_absolute_url())


class CopyPage(MembersOnly, FormPage):
    """Fill empty fields from an earlier application, or from the register."""

    template_name = "calls/applying/copy.html"
    form_class = CopyForm
    title = _("Copy what is known already")
    submit_label = _("Copy into the empty fields")

    @cached_property
    def known(self) -> dict[str, Any]:
        return copying.profile_of(self.application)

    def get_form_kwargs(self) -> dict[str, Any]:
        earlier = applying.of_applicant(self.request.user).filter(members__user=self.request.user)
        sources = list(earlier.exclude(pk=self.application.pk)[:20])
        return super().get_form_kwargs() | {"sources": sources, "has_profile": bool(self.known)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        index = forms.by_key(self.application.form.content)
        stored = {key: forms.parse_value(index[key], one.raw).value for key, one in self.known.items()}
        names = code_names(self.application.form.content, stored)
        facts = [
            Fact(in_language(index[key]["label"]),
                 gettext("%(value)s (register, %(year)s)") % {"value": value_text(index[key], stored[key], names),
                                                              "year": one.as_of})
            for key, one in self.known.items()
        ]  # fmt: skip
        return super().get_context_data(application=self.application, facts=facts, **kwargs)

    def get_success_url(self) -> str:
        return self.application.get_absolute_url()

    @property
    def cancel_url(self) -> str:  # type: ignore[override]
        return self.get_success_url()

    def act(self, form: Any) -> None:
        source, facts = form.cleaned_data["source"], {"application_id": self.application.pk, "actor": self.request.user}
        if source == CopyForm.REGISTER:
            filled = copying.copy_from_profile(**facts)
        else:
            filled = copying.copy_from_application(source_id=int(source), **facts)
        count = len(filled)
        told = ngettext("%(count)s field was filled.", "%(count)s fields were filled.", count) % {"count": count}
        messages.success(self.request, told)
