"""The unit's side: posts at the own organisation that wait for confirmation."""

from collections.abc import Sequence
from typing import Any

from django.forms import BaseForm
from django.http import Http404
from django.urls import reverse
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _

from innovation.core.components import Fact
from innovation.core.exports import Kind
from innovation.core.tables import TableColumn
from innovation.core.views import ConfirmPage, Crumb, TableView, signed_in
from innovation.organisations.choices import MembershipRole
from innovation.organisations.models import Organisation
from talent.actions.posts import confirm_post
from talent.choices.privacy import ReadPurpose
from talent.models import Affiliation, Person
from talent.queries.standing import standing_of
from talent.views.personal import PersonalPage, PersonalTable

TITLE = _("Posts at my organisation")


def leads_a_unit(user: Any) -> bool:
    """Whoever leads an organisation's account confirms the posts there."""
    return standing_of(user).leads_a_unit


class UnitPosts(PersonalTable, TableView):
    """Posts at the organisations that the person leads; what waits for confirmation comes first."""

    read_fields = ("name_zh", "title", "laboratory", "duty", "fte_centi", "valid_from", "valid_to")
    read_purpose = ReadPurpose.UNIT
    title = TITLE
    lead = _("Confirm who works with you and with which share of full time. The support ratio counts these posts.")
    allowed = staticmethod(signed_in)
    default_sort = "confirmed"
    empty_title = _("No post is recorded at your organisation")
    columns = (
        TableColumn(_("Person"), lambda row: row.person.shown_name, key="person", order_by=("person__pinyin", "id"),
                    heading=True),
        TableColumn(_("Post"), "title", key="title", order_by=("title", "id")),
        TableColumn(_("Laboratory"), lambda row: row.laboratory and str(row.laboratory), key="laboratory"),
        TableColumn(_("Kind of work"), lambda row: row.get_duty_display(), key="duty"),
        TableColumn(_("Full time (%)"), "fte_centi", Kind.INTEGER, key="fte", order_by=("fte_centi", "id")),
        TableColumn(_("From"), "valid_from", Kind.DATE, key="from", order_by=("valid_from", "id")),
        TableColumn(_("To"), "valid_to", Kind.DATE, key="to", order_by=("valid_to", "id"), unknown=_("Still held")),
        TableColumn(
            _("Confirmed"), "confirmed_at", Kind.DATETIME, key="confirmed", order_by=("confirmed_at", "id"),
            unknown=_("Open the post and confirm it"),
            link=lambda row: None if row.confirmed_at else reverse("talent:unit_post_confirm", args=[row.pk]),
        ),
        TableColumn(
            _("What to do"), lambda row: "" if row.confirmed_at else _("Confirm the post"), key="act",
            link=lambda row: None if row.confirmed_at else reverse("talent:unit_post_confirm", args=[row.pk]),
        ),
    )  # fmt: skip

    def get_queryset(self) -> Any:
        mine = Organisation.objects.of_member(self.request.user, MembershipRole.LEAD)
        return Affiliation.objects.filter(organisation__in=mine).select_related("person", "laboratory")

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(self.title, None)]


class ConfirmUnitPost(PersonalPage, ConfirmPage):
    read_fields = UnitPosts.read_fields
    read_purpose = ReadPurpose.UNIT
    title = _("Confirm the post")
    submit_label: str | Promise = _("Yes, it is held as recorded")
    allowed = staticmethod(signed_in)

    @cached_property
    def post_held(self) -> Affiliation:
        mine = Organisation.objects.of_member(self.request.user, MembershipRole.LEAD)
        rows = Affiliation.objects.filter(organisation__in=mine, confirmed_at=None)
        found = rows.select_related("person", "organisation", "laboratory").filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found

    def people_read(self) -> Person:
        return self.post_held.person

    def facts(self) -> Sequence[Fact]:
        post = self.post_held
        last = post.valid_to and post.valid_to.isoformat()
        return [
            Fact(_("Person"), post.person.shown_name),
            Fact(_("Post"), post.title),
            Fact(_("Organisation"), str(post.organisation)),
            Fact(_("Laboratory"), str(post.laboratory) if post.laboratory else None, unknown=_("None named")),
            Fact(_("Kind of work"), post.get_duty_display()),
            Fact(_("Frascati class"), post.get_frascati_class_display()),
            Fact(_("Full time (%)"), str(post.fte_centi)),
            Fact(_("From"), post.valid_from.isoformat()),
            Fact(_("To"), last, unknown=_("Still held")),
        ]

    @property
    def cancel_url(self) -> str:  # type: ignore[override]
        return reverse("talent:unit_posts")

    def get_success_url(self) -> str:
        return reverse("talent:unit_posts")

    def act(self, form: BaseForm) -> None:
        confirm_post(post_id=self.post_held.pk, actor=self.request.user)
