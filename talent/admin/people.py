"""The office of people: records, laboratories, posts, and what somebody is registered as."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from innovation.core.admin import ActForm, ActionAdmin, ActionForm, Admin, ReadInline
from talent.actions.people import OWN_FIELDS, change_person, register_person, verify_orcid
from talent.actions.posts import FIELDS as POST_FIELDS
from talent.actions.posts import change_post, confirm_post, record_post
from talent.actions.roles import open_profile, step
from talent.admin.personal import PersonalAdmin
from talent.choices.people import OrcidState, RoleState
from talent.models import Affiliation, Laboratory, Person, RoleProfile


class RoleInline(ReadInline):
    model = RoleProfile
    fields = ["kind", "state", "valid_from", "valid_until"]
    show_change_link = True


class PostInline(ReadInline):
    model = Affiliation
    fields = [
        "organisation", "laboratory", "title", "duty", "fte_centi", "valid_from", "valid_to", "confirmed_at",
    ]  # fmt: skip
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Affiliation]:
        return super().get_queryset(request).select_related("organisation", "laboratory")


class PersonForm(ActionForm):
    """Records a person by the same action as the page of the person."""

    orcid_text = forms.CharField(
        label=_("ORCID iD"), max_length=60, required=False, widget=UnfoldAdminTextInputWidget,
        help_text=_("With or without hyphens, or as an address of orcid.org."),
    )  # fmt: skip
    fact_fields = {"orcid": "orcid_text"}

    class Meta:
        model = Person
        fields = [*OWN_FIELDS, "user"]

    def act(self) -> Person:
        return register_person(actor=self.actor, **self.cleaned_data)


class ChangePersonForm(ActForm):
    title = _("Correct the record")
    permission = "talent.change_person"
    orcid_text = PersonForm.base_fields["orcid_text"]
    fact_fields = PersonForm.fact_fields

    class Meta:
        model = Person
        fields = list(OWN_FIELDS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["orcid_text"].initial = self.instance.orcid or ""

    @classmethod
    def fits(cls, record: Person) -> bool:
        return record.erased_at is None and record.merged_into_id is None

    def act(self) -> Person:
        return change_person(person_id=self.instance.pk, actor=self.actor, **self.cleaned_data)


class VerifyOrcidForm(ActForm):
    title = _("ORCID iD verified by sign-in")
    permission = "talent.change_person"

    class Meta:
        model = Person
        fields: list[str] = []

    @classmethod
    def fits(cls, record: Person) -> bool:
        return record.orcid_state == OrcidState.SELF_DECLARED

    def act(self) -> Person:
        return verify_orcid(person_id=self.instance.pk, actor=self.actor)


@admin.register(Person)
class PersonAdmin(PersonalAdmin, ActionAdmin):
    """Found by Chinese words, pinyin, initials, ORCID iD; corrected by acts, so that the rules are asked."""

    add_form = PersonForm
    acts = {"correct": ChangePersonForm, "verify-orcid": VerifyOrcidForm}
    list_display = ["name", "name_en", "kinds", "home", "orcid", "orcid_state", "is_listed", "registered_at"]
    list_filter = [
        ("roles__kind", ChoicesDropdownFilter),
        ("roles__state", ChoicesDropdownFilter),
        ("orcid_state", ChoicesDropdownFilter),
        "is_listed",
    ]
    search_fields = ["name_zh"]  # switches the search box and autocomplete on; the query below is what searches
    search_help_text = _("Chinese or English words, pinyin, initials, ORCID iD")
    date_hierarchy = "registered_at"
    ordering = ["pinyin", "id"]
    inlines = [RoleInline, PostInline]
    list_select_related = ["home"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Person]:
        roles = RoleProfile.objects.exclude(state__in=[RoleState.WITHDRAWN, RoleState.ERASED])
        return super().get_queryset(request).prefetch_related(Prefetch("roles", roles, to_attr="held")).defer("search")

    def get_inlines(self, request: HttpRequest, obj: Person | None) -> list[Any]:
        return super().get_inlines(request, obj) if obj else []

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        # Autocomplete of other forms must not offer records that were erased or merged away.
        if request.path.endswith("/autocomplete/"):
            queryset = queryset.current()
        return queryset.search(search_term), False

    @admin.display(description=_("name"), ordering="pinyin")
    def name(self, person: Person) -> str:
        return person.shown_name

    @admin.display(description=_("registered as"))
    def kinds(self, person: Any) -> str:
        return ", ".join(f"{role.get_kind_display()} ({role.get_state_display()})" for role in person.held)


@admin.register(Laboratory)
class LaboratoryAdmin(Admin):
    list_display = ["code", "name_zh", "name_en", "organisation", "opened_on", "closed_on"]
    search_fields = ["code", "name_zh", "name_en"]
    list_select_related = ["organisation"]
    ordering = ["organisation", "code"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class PostForm(ActionForm):
    class Meta:
        model = Affiliation
        fields = ["person", *POST_FIELDS]

    def act(self) -> Affiliation:
        data = dict(self.cleaned_data)
        return record_post(person_id=data.pop("person").pk, actor=self.actor, **data)


class ChangePostForm(ActForm):
    title = _("Correct the post")
    permission = "talent.change_affiliation"

    class Meta:
        model = Affiliation
        fields = list(POST_FIELDS)

    def act(self) -> Affiliation:
        return change_post(post_id=self.instance.pk, actor=self.actor, **self.cleaned_data)


class ConfirmPostForm(ActForm):
    title = _("Confirm the post")
    permission = "talent.change_affiliation"

    class Meta:
        model = Affiliation
        fields: list[str] = []

    @classmethod
    def fits(cls, record: Affiliation) -> bool:
        return record.confirmed_at is None

    def act(self) -> Affiliation:
        return confirm_post(post_id=self.instance.pk, actor=self.actor)


class TodayFilter(admin.SimpleListFilter):
    """Whether a post is held is computed from its days."""

    title = _("held today")
    parameter_name = "held"

    def lookups(self, request: HttpRequest, model_admin: Admin) -> list[tuple[str, Any]]:
        return [("yes", _("Held today")), ("no", _("Ended or not begun"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Affiliation]) -> QuerySet[Affiliation]:
        held = Affiliation.objects.on(timezone.localdate()).values("pk")
        chosen = {"yes": queryset.filter(pk__in=held), "no": queryset.exclude(pk__in=held)}
        return chosen.get(self.value() or "", queryset)


@admin.register(Affiliation)
class AffiliationAdmin(PersonalAdmin, ActionAdmin):
    add_form = PostForm
    acts = {"correct": ChangePostForm, "confirm": ConfirmPostForm}
    list_display = [
        "person", "organisation", "laboratory", "title", "duty", "frascati_class", "fte_centi", "valid_from",
        "valid_to", "confirmed_at",
    ]  # fmt: skip
    list_filter = [
        TodayFilter,
        ("duty", ChoicesDropdownFilter),
        ("post_class", ChoicesDropdownFilter),
        ("frascati_class", ChoicesDropdownFilter),
        ("r_profile", ChoicesDropdownFilter),
    ]
    search_fields = ["title", "person__name_zh", "person__name_en", "organisation__name_zh", "organisation__name_en"]
    date_hierarchy = "valid_from"
    list_select_related = ["person", "organisation", "laboratory"]


class ProfileForm(ActionForm):
    class Meta:
        model = RoleProfile
        fields = ["person", "kind"]

    def act(self) -> RoleProfile:
        return open_profile(person_id=self.cleaned_data["person"].pk, kind=self.cleaned_data["kind"], actor=self.actor)


class StepForm(ActForm):
    """One event of the table of role profiles; ``events`` where the same button means another step by state."""

    permission = "talent.change_roleprofile"
    events: tuple[str, ...] = ()
    reason = forms.CharField(
        label=_("reason"), max_length=1000, required=False, widget=UnfoldAdminTextareaWidget,
        help_text=_("The person reads it."),
    )  # fmt: skip

    class Meta:
        model = RoleProfile
        fields: list[str] = []

    @classmethod
    def event_of(cls, record: RoleProfile) -> str | None:
        possible = record.transitions.get(RoleState(record.state), {})
        return next((event for event in cls.events if event in possible), None)

    @classmethod
    def fits(cls, record: RoleProfile) -> bool:
        return cls.event_of(record) is not None

    def act(self) -> RoleProfile:
        event = self.event_of(self.instance) or self.events[0]
        return step(profile_id=self.instance.pk, event=event, actor=self.actor, reason=self.cleaned_data["reason"])


def _act(name: Any, *names: str) -> type[StepForm]:
    return type(f"{names[0].title()}Form", (StepForm,), {"title": name, "events": names})


@admin.register(RoleProfile)
class RoleProfileAdmin(PersonalAdmin, ActionAdmin):
    """The verifier's list; every step is the action of the table, so that its rules and its mail are the same."""

    add_form = ProfileForm
    acts = {
        "submit": _act(_("Submit"), "submit"),
        "take-up": _act(_("Take up"), "take_up"),
        "verify": _act(_("Verified"), "verify", "renew"),
        "return": _act(_("Return for completion"), "return"),
        "reject": _act(_("Reject"), "reject"),
        "suspend": _act(_("Suspend"), "suspend"),
        "reinstate": _act(_("Reinstate"), "reinstate"),
        "again": _act(_("Ask for verification again"), "ask_again"),
        "withdraw": _act(_("Withdraw"), "withdraw"),
    }
    list_display = ["person", "kind", "state", "state_since", "valid_from", "valid_until", "verified_by"]
    list_filter = [("kind", ChoicesDropdownFilter), ("state", ChoicesDropdownFilter)]
    search_fields = ["person__name_zh", "person__name_en", "person__orcid"]
    date_hierarchy = "state_since"
    list_select_related = ["person", "verified_by"]
