"""Pages: the directory, one organisation, its contacts."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponsePermanentRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from innovation.core import history
from innovation.core.components import Fact, Moment, Status, Tone
from innovation.core.forms import SubmitOnce
from innovation.core.tables import TableColumn
from innovation.core.views import ConfirmPage, Crumb, FormPage, PageMixin, PageView, TableView
from innovation.organisations import actions, queries
from innovation.organisations.choices import OrganisationStatus
from innovation.organisations.filters import OrganisationFilters
from innovation.organisations.forms import ContactForm, RemoveForm
from innovation.organisations.models import Contact, Membership, Organisation, OrganisationRole
from innovation.organisations.models.organisation import OrganisationQuerySet, is_staff_role

STATUS = {
    OrganisationStatus.FORMING: Tone.INFO,
    OrganisationStatus.ACTIVE: Tone.OK,
    OrganisationStatus.DISSOLVED: Tone.IDLE,
}


def _names(organisation: Organisation) -> SafeString | str:
    other = organisation.name_en if organisation.name == organisation.name_zh else organisation.name_zh
    language = "en" if other == organisation.name_en else "zh-Hans"
    link = format_html('<a href="{}">{}</a>', organisation.get_absolute_url(), organisation.name)
    if not other:
        return link
    return format_html('{}<br><span class="hint" lang="{}">{}</span>', link, language, other)


class Directory(TableView):
    title = _("Organisations")
    lead = _("Who takes part in the programme: enterprises, universities, institutes, funds and public bodies.")
    filterset_class = OrganisationFilters
    default_sort = "name"
    empty_title = _("No organisation is recorded yet")
    empty_text = _("Staff record organisations in the administration, one by one or from a file.")
    columns = (
        TableColumn(_("Name"), "name", key="name", order_by=("pinyin",), cell=_names, heading=True),
        TableColumn(_("Code"), "code", key="code", order_by=("uscc",)),
        TableColumn(_("Sector"), lambda row: row.get_sector_display(), key="sector", order_by=("sector",)),
        TableColumn(
            _("Place"), lambda row: row.division and row.division.full_name, key="place", order_by=("division_id",)
        ),
        TableColumn(
            pgettext_lazy("classification", "Industry"),
            lambda row: row.industry and row.industry.name,
            key="industry",
            order_by=("industry_id",),
        ),
        TableColumn(_("Roles today"), lambda row: ", ".join(role.kind.name for role in row.roles_today), key="roles"),
        TableColumn(_("Group"), lambda row: row.controlling_group and row.controlling_group.name, key="group"),
        TableColumn(_("Status"), lambda row: row.get_status_display(), key="status", order_by=("status",)),
    )

    def get_queryset(self) -> OrganisationQuerySet:
        return queries.directory(self.request.user)

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(gettext("Start"), reverse("home")), (self.title, None)]


class OrganisationPage(PageView):
    """Names, codes, roles, group; contacts and members for staff and members; history for staff."""

    template_name = "organisations/detail.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.organisation.merged_into_id:
            return HttpResponsePermanentRedirect(self.organisation.merged_into.get_absolute_url())
        return super().get(request, *args, **kwargs)

    @cached_property
    def organisation(self) -> Organisation:
        roles = OrganisationRole.objects.select_related("kind").order_by("-valid_from", "kind__position")
        linked = Organisation.objects.current().only("name_zh", "name_en", "parent_id", "controlling_group_id")
        rows = Organisation.objects.select_related(
            "industry", "division", "parent", "controlling_group", "merged_into"
        ).prefetch_related(
            "other_names",
            Prefetch("roles", roles, to_attr="all_roles"),
            Prefetch("subsidiaries", linked, to_attr="below"),
            Prefetch("group_members", linked, to_attr="members_of_group"),
        )
        organisation = rows.filter(pk=self.kwargs["pk"]).first()
        if organisation is None:
            raise Http404
        return organisation

    def get_title(self) -> str:
        return self.organisation.name

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(Directory.title, reverse("organisations:directory")), (self.organisation.name, None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, organisation = self.request.user, self.organisation
        staff = is_staff_role(user)
        people = {"contacts": Contact.objects, "members": Membership.objects.select_related("user")}
        visible = {name: rows.filter(organisation=organisation).visible_to(user) for name, rows in people.items()}
        is_member = staff or Organisation.objects.of_member(user).filter(pk=organisation.pk).exists()
        return super().get_context_data(
            organisation=organisation,
            facts=facts(organisation, staff=staff),
            roles=[role_moment(role) for role in organisation.all_roles],
            sees_people=is_member,
            keeps_contacts=actions.may_keep_contacts(user, organisation.pk),
            staff=staff,
            status=Status(organisation.get_status_display(), STATUS[OrganisationStatus(organisation.status)]),
            changes=[change_moment(entry) for entry in history.history_of(organisation, limit=20)] if staff else [],
            **visible,
            **kwargs,
        )


def facts(organisation: Organisation, *, staff: bool) -> list[Fact]:
    """What the register says about the organisation itself; remarks for staff."""
    not_given = _("Not recorded")
    linked = [
        Fact(_("Parent organisation"), parent.name if parent else None, parent.get_absolute_url() if parent else "",
             unknown=_("None recorded"))
        for parent in [organisation.parent]
    ] + [
        Fact(_("Controlling group"), group.name if group else None, group.get_absolute_url() if group else "",
             unknown=_("None recorded"))
        for group in [organisation.controlling_group]
    ]  # fmt: skip
    found = [
        Fact(_("Chinese name"), organisation.name_zh or None, unknown=not_given),
        Fact(_("English name"), organisation.name_en or None, unknown=not_given),
        Fact(_("Unified social credit code"), organisation.uscc, unknown=_("It has none; see the local code")),
        Fact(_("Sector"), organisation.get_sector_display()),
        Fact(
            pgettext_lazy("classification", "Industry"),
            str(organisation.industry) if organisation.industry else None,
            unknown=not_given,
        ),
        Fact(_("Place"), str(organisation.division) if organisation.division else None, unknown=not_given),
        *linked,
        Fact(_("Founded"), organisation.founded.isoformat() if organisation.founded else None, unknown=not_given),
        Fact(_("Address"), organisation.address or None, unknown=not_given),
        Fact(_("Website"), organisation.website or None, organisation.website, unknown=not_given),
    ]
    if organisation.local_code:
        found.insert(3, Fact(_("Local code"), organisation.local_code))
    if staff and organisation.remarks:
        found.append(Fact(_("Remarks"), organisation.remarks))
    return found


def role_moment(role: OrganisationRole) -> Moment:
    """One line of the roles' time line: since when, until when, and whether it is held today."""
    today = timezone.localdate()
    held = (role.valid_from is None or role.valid_from <= today) and (role.valid_to is None or role.valid_to >= today)
    since = "" if role.valid_from else gettext("start unknown")
    until = gettext("until %(day)s") % {"day": role.valid_to.isoformat()} if role.valid_to else gettext("until today")
    return Moment(
        when=role.valid_from or role.valid_to or today,
        title=role.kind.name,
        text=" · ".join(part for part in (since, until, role.note) if part),
        tone=Tone.OK if held else Tone.IDLE,
    )


def change_moment(entry: Any) -> Moment:
    """One entry of the history in words."""
    changes = [f"{change.label}: {_brief(change.before)} → {_brief(change.after)}" for change in entry.changes]
    text = "; ".join(changes) if entry.action == "update" else ""
    return Moment(when=entry.at, title=entry.action_label, text=text, who=entry.actor)


def _brief(value: Any) -> str:
    return "–" if value in (None, "") else str(value)[:80]


# ── Contacts ─────────────────────────────────────────────────────────────────────────────────────
class _ContactPage(SubmitOnce, PageMixin):
    """A page that only they open who may keep the organisation's contacts."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not actions.may_keep_contacts(request.user, kwargs["pk"]):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def organisation(self) -> Organisation:
        organisation = Organisation.objects.visible_to(self.request.user).filter(pk=self.kwargs["pk"]).first()
        if organisation is None:
            raise Http404
        return organisation

    @cached_property
    def contact(self) -> Contact | None:
        if "contact" not in self.kwargs:
            return None
        found = self.organisation.contacts.filter(pk=self.kwargs["contact"]).first()
        if found is None:
            raise Http404
        return found

    @property
    def cancel_url(self) -> str:
        return self.organisation.get_absolute_url()

    def get_success_url(self) -> str:
        return self.organisation.get_absolute_url()

    def breadcrumbs(self) -> Sequence[Crumb]:
        here = (self.organisation.name, self.organisation.get_absolute_url())
        return [(Directory.title, reverse("organisations:directory")), here, (self.get_title(), None)]


class ContactPage(_ContactPage, FormPage):
    """Add a contact or change one."""

    form_class = ContactForm
    submit_label = _("Save contact")
    done_message = _("The contact is saved.")

    def get_title(self) -> str:
        return gettext("Change contact") if self.contact else gettext("Add contact")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": self.contact}

    def act(self, form: ContactForm) -> None:
        actions.save_contact(
            organisation_id=self.kwargs["pk"],
            contact_id=self.kwargs.get("contact"),
            actor=self.request.user,
            **form.values(),
        )


class RemoveContactPage(_ContactPage, ConfirmPage):
    """Ask once more, then remove."""

    form_class = RemoveForm
    title = _("Remove contact")
    submit_label = _("Remove contact")
    dangerous = True

    def facts(self) -> Sequence[Fact]:
        return [Fact(_("Name"), self.contact.name), Fact(_("Belongs to"), self.organisation.name)]

    def act(self, form: RemoveForm) -> None:
        actions.remove_contact(
            organisation_id=self.kwargs["pk"], contact_id=self.kwargs["contact"], actor=self.request.user
        )
        messages.success(self.request, _("The contact is removed."))
