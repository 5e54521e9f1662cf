"""Needs of challenge calls: the public list, one need with its way and its bids, posting one."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from innovation.calls.actions.needs import post_need
from innovation.calls.choices import NeedState
from innovation.calls.forms.acts import acts_on
from innovation.calls.forms.needs import NeedForm
from innovation.calls.models import Need
from innovation.calls.models.following import works_here
from innovation.calls.models.need_states import NAMES, owns
from innovation.calls.queries.bids import rule_words, rules_of, valid_bids
from innovation.calls.rules.bids import SOURCE
from innovation.core.components import Fact, Status, Tone
from innovation.core.display import unit_of
from innovation.core.exports import Kind
from innovation.core.icons import status_html
from innovation.core.money import format_fen
from innovation.core.tables import TableColumn
from innovation.core.views import Crumb, FormPage, PageView, TableView, everyone

WAY = (
    NeedState.COLLECTED, NeedState.CHECKED, NeedState.PUBLISHED, NeedState.BIDDING, NeedState.AWARDED,
    NeedState.ACCEPTED, NeedState.CLOSED,
)  # fmt: skip
TONES = {NeedState.BIDDING: Tone.OK, NeedState.PUBLISHED: Tone.INFO, NeedState.REFUSED: Tone.BAD}


def need_status(need: Need) -> Status:
    state = NeedState(need.state)
    return Status(NAMES[state].public, TONES.get(state, Tone.IDLE if state == NeedState.CLOSED else Tone.INFO))


class Needs(TableView):
    """What organisations need and nobody sells: open to everybody."""

    title = _("Needs of challenge calls")
    lead = _("Organisations say what they need; whoever can do it bids, without limits of rank or age.")
    template_name = "calls/needs/needs.html"
    allowed = staticmethod(everyone)
    default_sort = "-posted"
    empty_title = _("No needs are published now")
    empty_text = _("Post a need of your organisation; it is published after its check.")
    columns = (
        TableColumn(_("Need"), "title", key="title", heading=True, order_by=("title",),
                    link=lambda row: row.get_absolute_url()),
        TableColumn(_("Owner of the need"), lambda row: row.organisation.name, key="owner"),
        TableColumn(_("State"), lambda row: str(need_status(row).label), key="state", order_by=("state",),
                    cell=lambda row: status_html(need_status(row))),
        TableColumn(_("Most that is paid"), "top_fen", Kind.MONEY, key="top", order_by=("top_fen",)),
        TableColumn(_("Needed by"), "wanted_by", Kind.DATE, key="wanted", order_by=("wanted_by",)),
        TableColumn(_("Posted"), "posted_at", Kind.DATETIME, key="posted", order_by=("posted_at", "pk")),
    )  # fmt: skip

    def get_queryset(self) -> QuerySet[Need]:
        return Need.objects.visible_to(self.request.user).select_related("organisation")

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(gettext("Calls for applications"), reverse("calls:calls")), (self.title, None)]


class NeedPage(PageView):
    """One need: where it stands, figures, the rules of its bids in words, what can be done."""

    template_name = "calls/needs/need.html"
    allowed = staticmethod(everyone)

    @cached_property
    def need(self) -> Need:
        rows = Need.objects.visible_to(self.request.user).select_related("organisation", "call", "awarded__call")
        found = rows.filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found

    def get_title(self) -> str:
        return self.need.title

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(gettext("Needs of challenge calls"), reverse("calls:needs")), (self.need.title, None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        need, user = self.need, self.request.user
        state = NeedState(need.state)
        acts = [] if isinstance(user, AnonymousUser) else acts_on(need, user)
        place = WAY.index(state) if state in WAY else -1
        sees_all = works_here(user) or (user.is_authenticated and owns(user, need))
        return super().get_context_data(
            need=need, status=need_status(need), next_step=NAMES[state].next_step, facts=self.facts(),
            way=[(one.label, number < place, one is state) for number, one in enumerate(WAY)],
            rules=rule_words(need.call) if need.call else [], bid_source=SOURCE, sees_all=sees_all,
            acts=[(act.title, reverse("calls:act", args=[act.name, need.pk])) for act in acts], **kwargs,
        )  # fmt: skip

    def facts(self) -> list[Fact]:
        need, unit = self.need, unit_of(self.request)
        rows = [
            Fact(_("Owner of the need"), need.organisation.name),
            Fact(_("Most that is paid"), format_fen(need.top_fen, unit, with_unit=True) if need.top_fen else None,
                 unknown=_("As agreed with the winner")),
            Fact(_("Needed by"), need.wanted_by and need.wanted_by.isoformat(), unknown=_("No day is set.")),
        ]  # fmt: skip
        if need.call is not None:
            rows.append(Fact(_("Call for bids"), need.call.title, href=need.call.get_absolute_url()))
            rules = rules_of(need.call)
            if rules is not None:
                count = {"count": valid_bids(need.call), "least": rules.min_bids}
                rows.append(Fact(_("Valid bids"), gettext("%(count)s of at least %(least)s") % count))
        if need.awarded is not None:
            rows.append(Fact(_("Awarded to"), str(need.awarded.organisation or need.awarded.title)))
        return rows


class NeedNew(FormPage):
    """Post a need of one's organisation."""

    title = _("Post a need")
    lead = _("The office checks it with experts. Nothing is public before you agree to the wording.")
    submit_label = _("Post the need")
    form_class = NeedForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.request.user}

    def act(self, form: Any) -> None:
        data = form.cleaned_data
        self.need = post_need(
            organisation_id=data["organisation"].pk, title=data["title"], summary=data["summary"],
            targets=data["targets"], top_fen=data["top_fen"], wanted_by=data["wanted_by"], actor=self.request.user,
        )  # fmt: skip

    def get_success_url(self) -> str:
        return self.need.get_absolute_url()

    @property
    def cancel_url(self) -> str:  # type: ignore[override]
        return reverse("calls:needs")

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(gettext("Needs of challenge calls"), reverse("calls:needs")), (self.title, None)]
