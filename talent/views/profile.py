"""The own profile: names, what one is registered as, posts, the directory; each act on a page of its own."""

from collections.abc import Sequence
from typing import Any

from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from innovation.core import transitions
from innovation.core.components import Fact, Status, Tone
from innovation.core.views import ConfirmPage, Crumb, FormPage, PageView
from talent.actions import people, posts, roles
from talent.actions.consents import give_consent
from talent.choices.people import DirectoryField, OrcidState, RoleState
from talent.choices.privacy import Purpose
from talent.forms import profile as forms
from talent.models import Affiliation, ConsentText, Person, RoleProfile
from talent.queries.consents import holds, text_in_force

TITLE = _("My talent profile")
TONES = {
    RoleState.ACTIVE: Tone.OK, RoleState.RENEWAL_DUE: Tone.NOTICE, RoleState.RETURNED: Tone.NOTICE,
    RoleState.REJECTED: Tone.BAD, RoleState.SUSPENDED: Tone.BAD, RoleState.EXPIRED: Tone.BAD,
    RoleState.SUBMITTED: Tone.INFO, RoleState.IN_VERIFICATION: Tone.INFO,
}  # fmt: skip
OWN_EVENTS = ("submit", "appeal", "ask_again", "withdraw")


def keeps_profile(user: Any) -> bool:
    """Who has a page of the own profile: every person with an account that is not of the office alone."""
    return bool(user.is_authenticated and "applicant" in user.roles)


def status_of(profile: RoleProfile, *, public: bool = True) -> Status:
    """State of a profile in the words for the person, or for the office."""
    names = profile.state_names[RoleState(profile.state)]
    return Status(names.public if public else names.staff, TONES.get(RoleState(profile.state), Tone.IDLE))


class OwnProfile(PageView):
    """Everything that the registry holds of the person, with what can be done about it."""

    title = TITLE
    lead = _("What the registry holds about you, who confirmed it, and who may see it.")
    template_name = "talent/profile.html"
    allowed = staticmethod(keeps_profile)

    @cached_property
    def person(self) -> Person | None:
        return Person.objects.select_related("home").filter(user=self.request.user).first()

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(self.title, None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if self.person is None:
            return super().get_context_data(person=None, **kwargs)
        profiles = list(self.person.roles.exclude(state=RoleState.ERASED).select_related("person", "application"))
        today = timezone.localdate()
        held = self.person.affiliations.select_related("organisation", "laboratory")
        return super().get_context_data(
            person=self.person,
            facts=own_facts(self.person),
            shown=[DirectoryField(name).label for name in self.person.shown_fields],
            roles=[self.shown_role(profile) for profile in profiles],
            claims=self.person.skills.select_related("skill").prefetch_related("evidence"),
            posts=[shown_post(post, today) for post in held],
            asks_available=self.person.available_until is None or self.person.available_until < today,
            **kwargs,
        )  # fmt: skip

    def shown_role(self, profile: RoleProfile) -> dict[str, Any]:
        possible = transitions.available(profile, self.request.user, {"reason_given": True})
        table = profile.transitions[RoleState(profile.state)]
        return {
            "profile": profile,
            "status": status_of(profile),
            "next_step": profile.state_names[RoleState(profile.state)].next_step,
            "acts": [(event, table[event].label) for event in OWN_EVENTS if event in possible],
        }


def own_facts(person: Person) -> list[Fact]:
    """Names, division and iD, with the one page where they are changed."""
    not_given = _("Not given")
    verified = person.orcid_state == OrcidState.VERIFIED
    orcid = person.orcid and f"{person.orcid} ({person.get_orcid_state_display()})"
    return [
        Fact(_("Name"), person.whole_name),
        Fact(_("Name in Latin letters"), person.name_en or None, unknown=not_given),
        Fact(_("Former names"), person.former_names or None, unknown=not_given),
        Fact(_("Division"), str(person.home) if person.home else None, unknown=not_given),
        Fact(_("ORCID iD"), orcid, f"https://orcid.org/{person.orcid}" if verified else "", unknown=not_given),
        Fact(_("What I offer"), person.offers or None, unknown=not_given),
    ]


def shown_post(post: Affiliation, today: Any) -> dict[str, Any]:
    """A post with whether it is held today and whether the unit confirmed it."""
    is_held = post.valid_from <= today and (post.valid_to is None or post.valid_to >= today)
    confirmed = Status(_("Confirmed"), Tone.OK) if post.confirmed_at else Status(_("Not confirmed yet"), Tone.NOTICE)
    return {"post": post, "is_held": is_held, "status": confirmed}


def agree(person: Person, data: dict[str, Any], user: Any) -> None:
    """Record the consent that a ``ConsentingForm`` asked for, if it did."""
    if data.get("agreed"):
        give_consent(person_id=person.pk, purpose=Purpose.REGISTRY, text_id=int(data["agreed"]), actor=user)


class OwnForm(FormPage):
    """Base of the acts upon the own record; without one, only the page that makes it opens."""

    allowed = staticmethod(keeps_profile)
    needs_person = True

    @cached_property
    def person(self) -> Person | None:
        return Person.objects.select_related("home").filter(user=self.request.user).first()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if keeps_profile(request.user) and self.needs_person and self.person is None:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    @property
    def cancel_url(self) -> str:  # type: ignore[override]
        return reverse("talent:profile")

    def get_success_url(self) -> str:
        return reverse("talent:profile")

    def registry_text(self) -> ConsentText | None:
        """The words of the consent that carries the registry; None for who agreed to them already."""
        agreed = self.person is not None and holds(self.person, Purpose.REGISTRY)
        return None if agreed else text_in_force(Purpose.REGISTRY)

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(TITLE, reverse("talent:profile")), (self.get_title(), None)]


class EditPerson(OwnForm):
    """Names and iD; makes the record where there is none."""

    title = _("Names and ORCID iD")
    lead = _("The registry keeps no birth date, sex, photo or identity number. Please write none into any field.")
    form_class = forms.PersonForm
    done_message = _("Your record is saved.")
    needs_person = False

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"consent": None if self.person else self.registry_text()}

    def get_initial(self) -> dict[str, Any]:
        person = self.person
        if person is None:
            family, given = people.split_name(self.request.user.name)
            return {"family_name": family, "given_name": given}
        values = {name: getattr(person, name) for name in people.OWN_FIELDS}
        return values | {"home": person.home_id or "", "orcid": person.orcid or ""}

    def act(self, form: BaseForm) -> None:
        data, user = dict(form.cleaned_data), self.request.user
        plain = {name: data[name] for name in people.OWN_FIELDS}
        if self.person is None:
            made = people.register_person(actor=user, user=user, orcid_text=data["orcid"], **plain)
            agree(made, data, user)
        else:
            people.change_person(person_id=self.person.pk, actor=user, orcid_text=data["orcid"], **plain)


class EditDirectory(OwnForm):
    title = _("Public directory")
    lead = _("Nobody stands in the directory who did not ask for it. Your profile must be in force to appear.")
    form_class = forms.DirectoryForm
    done_message = _("Your choice is saved and in effect.")

    @cached_property
    def text(self) -> ConsentText:
        return ConsentText.objects.current().get(purpose=Purpose.DIRECTORY)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"consent": self.text}

    def get_initial(self) -> dict[str, Any]:
        listed = [str(self.text.pk)] if self.person.is_listed else []
        return {"is_listed": listed, "shown": self.person.shown_fields}

    def act(self, form: BaseForm) -> None:
        key = form.cleaned_data["is_listed"]
        people.set_directory(
            person_id=self.person.pk, actor=self.request.user, text_id=int(key) if key else None,
            shown=form.cleaned_data["shown"],
        )  # fmt: skip


class SayAvailable(ConfirmPage, OwnForm):
    """Whether one takes mandates; asked again every 90 days."""

    title = _("Are you available for mandates?")
    lead = _("You are asked every 90 days, so that nobody is proposed who no longer wants it.")
    submit_label: str | Promise = _("Yes, for the next 90 days")

    def act(self, form: BaseForm) -> None:
        people.say_available(person_id=self.person.pk, actor=self.request.user, is_available=True)


class AddPost(OwnForm):
    title = _("Add a post")
    lead = _("The organisation or the office confirms it. On no day may all posts exceed full time.")
    form_class = forms.PostForm
    done_message = _("The post is recorded and waits for confirmation.")

    def act(self, form: BaseForm) -> None:
        posts.record_post(person_id=self.person.pk, actor=self.request.user, **form.cleaned_data)


class ChangePost(OwnForm):
    """Correct or end a post; a confirmed one is confirmed anew."""

    title = _("Change the post")
    form_class = forms.PostForm
    done_message = _("The post is changed and waits for confirmation.")

    @cached_property
    def post_held(self) -> Affiliation:
        rows = Affiliation.objects.filter(person__user=self.request.user).select_related("organisation", "laboratory")
        found = rows.filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found

    def get_initial(self) -> dict[str, Any]:
        values = {name: getattr(self.post_held, name) for name in posts.FIELDS}
        return values | {"laboratory": self.post_held.laboratory.code if self.post_held.laboratory else ""}

    def act(self, form: BaseForm) -> None:
        posts.change_post(post_id=self.post_held.pk, actor=self.request.user, **form.cleaned_data)


class AddRole(OwnForm):
    title = _("Ask to be registered")
    lead = _("An officer verifies it. Where a call for registration is open, apply there instead.")
    form_class = forms.NewRoleForm
    done_message = _("Your request is submitted.")
    submit_label = _("Submit")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"consent": self.registry_text()}

    def act(self, form: BaseForm) -> None:
        user = self.request.user
        agree(self.person, form.cleaned_data, user)
        profile = roles.open_profile(person_id=self.person.pk, kind=form.cleaned_data["kind"], actor=user)
        roles.step(profile_id=profile.pk, event="submit", actor=user)


class RoleStep(OwnForm):
    """One step of the person upon a profile: submit again, appeal, ask for verification, withdraw."""

    form_class = forms.StepForm
    done_message = _("Done.")

    @cached_property
    def profile(self) -> RoleProfile:
        found = RoleProfile.objects.select_related("person").filter(
            person__user=self.request.user, pk=self.kwargs["pk"]
        ).first()  # fmt: skip
        event = self.kwargs["event"]
        if found is None or event not in OWN_EVENTS or event not in found.transitions[RoleState(found.state)]:
            raise Http404
        return found

    def get_title(self) -> str:
        label = self.profile.transitions[RoleState(self.profile.state)][self.kwargs["event"]].label
        return _t("%(act)s: %(kind)s") % {"act": label, "kind": self.profile.get_kind_display()}

    @property
    def submit_label(self) -> str | Promise:  # type: ignore[override]
        return self.profile.transitions[RoleState(self.profile.state)][self.kwargs["event"]].label

    def get_form_kwargs(self) -> dict[str, Any]:
        asks = self.kwargs["event"] in roles.ASKING
        return super().get_form_kwargs() | {"consent": self.registry_text() if asks else None}

    def act(self, form: BaseForm) -> None:
        event, reason = self.kwargs["event"], form.cleaned_data["reason"]
        agree(self.person, form.cleaned_data, self.request.user)
        roles.step(profile_id=self.profile.pk, event=event, actor=self.request.user, reason=reason)
