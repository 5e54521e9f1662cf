"""Reviews of a call: proposal of reviewers, reminders, end of scoring, ranking with spread and severity."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from innovation.calls.actions import assigning, closing
from innovation.calls.actions.letters_of_office import review_mail
from innovation.calls.choices import ApplicationState
from innovation.calls.figure_words import tie_break_names
from innovation.calls.models import Call, Review
from innovation.calls.queries import ranking
from innovation.calls.queries.proposals import Plan, propose
from innovation.calls.rules.scoring import shown
from innovation.calls.views.desk import works_on_cases
from innovation.calls.views.desk_acts import coordinates
from innovation.core.components import Fact
from innovation.core.exports import Kind
from innovation.core.tables import Table, TableColumn
from innovation.core.views import ConfirmPage, Crumb, PageMixin, PageView

RANK_COLUMNS = (
    TableColumn(_("Rank"), "rank", Kind.INTEGER, key="rank", order_by=("rank",), unknown=_("No review")),
    TableColumn(pgettext_lazy("application", "Number"), lambda row: row.application.number, key="number", heading=True,
                link=lambda row: reverse("calls:case", args=[row.application_id])),
    TableColumn(pgettext_lazy("application", "Title"), lambda row: row.application.title, key="title"),
    TableColumn(_("Applicant"), lambda row: str(row.application.organisation or ""), key="applicant"),
    TableColumn(_("Score (0–100)"), lambda row: shown(row.score), Kind.NUMBER, key="score", order_by=("score",)),
    TableColumn(_("Reviews"), "n", Kind.INTEGER, key="n", order_by=("n",)),
    TableColumn(_("Mean"), "mean", Kind.NUMBER, key="mean", order_by=("mean",)),
    TableColumn(_("Standard deviation"), "sd", Kind.NUMBER, key="sd", order_by=("sd",), unknown=_("One review")),
    TableColumn(_("Lowest"), "min", Kind.NUMBER, key="min"),
    TableColumn(_("Highest"), "max", Kind.NUMBER, key="max"),
    TableColumn(_("Shared rank"), lambda row: gettext("Yes") if row.is_tied else "", key="tied"),
)  # fmt: skip
STRICT_COLUMNS = (
    TableColumn(_("Reviewer"), lambda row: str(row.reviewer), key="reviewer", heading=True),
    TableColumn(_("Cases shared"), lambda row: row.figures.cases, Kind.INTEGER, key="cases"),
    TableColumn(_("Points from the mean"), lambda row: shown(row.figures.deviation), Kind.NUMBER, key="deviation",
                unknown=_("No case scored by others too")),
)  # fmt: skip
FAR_COLUMNS = (
    TableColumn(pgettext_lazy("application", "Number"), lambda row: row.review.application.number, key="number",
                heading=True,
                link=lambda row: reverse("calls:case", args=[row.review.application_id]) + "?tab=reviews"),
    TableColumn(_("Reviewer"), lambda row: str(row.review.reviewer), key="reviewer"),
    TableColumn(_("Points from the others"), lambda row: shown(row.distance), Kind.NUMBER, key="distance"),
    TableColumn(_("Reasons given"), "text", key="text", unknown=_("Handed in before the others")),
)  # fmt: skip


class CallMixin(PageMixin):
    """A page of the reviews of one call."""

    allowed = staticmethod(works_on_cases)
    kwargs: dict[str, Any]
    request: HttpRequest

    @cached_property
    def call(self) -> Call:
        found = Call.objects.visible_to(self.request.user).filter(pk=self.kwargs["call"]).first()
        if found is None:
            raise Http404
        return found

    @property
    def home_url(self) -> str:
        return reverse("calls:ranking", args=[self.kwargs["call"]])

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [
            (gettext("Applications"), reverse("calls:desk")), (self.call.title, self.home_url), (self.get_title(), None)
        ]  # fmt: skip


class RankingPage(CallMixin, PageView):
    """Frozen results of a call, how strict its reviewers were, and who was far from the others."""

    template_name = "calls/desk/ranking.html"

    def get_title(self) -> str:
        return gettext("Reviews: %(call)s") % {"call": self.call.title}

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(gettext("Applications"), reverse("calls:desk")), (self.get_title(), None)]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        reviews = ranking.handed_in(self.call)
        tables = [
            Table(request, RANK_COLUMNS, ranking.summaries(self.call), _("Ranking"), name="rank", default_sort="rank",
                  empty_title=_("Nothing ranked yet"), empty_text=_("Close the review when all reviews are in.")),
            Table(request, STRICT_COLUMNS, ranking.strictness(reviews), _("How strict reviewers are"), name="strict"),
            Table(request, FAR_COLUMNS, ranking.far_apart(self.call, reviews), _("Far from the others"), name="far",
                  empty_title=_("Nobody is far from the others")),
        ]  # fmt: skip
        waiting = Review.objects.waiting().filter(application__call=self.call).count()
        facts = [
            Fact(_("Score of a case"), str(self.call.get_score_rule_display())),
            Fact(_("Tie-breaks, in order"), ", ".join(tie_break_names(self.call)) or _("None: equals share a rank")),
            Fact(_("Open reviews"), str(waiting)),
        ]
        return self.respond(tables, shown_tables=tables, call=self.call, facts=facts, may=coordinates(request.user))


class ProposalPage(CallMixin, ConfirmPage):
    """Reviewers proposed for every open seat of a call, with the reasons; nothing happens before it is confirmed."""

    title = _("Propose reviewers")
    submit_label = _("Send these invitations")
    template_name = "calls/desk/proposal.html"
    allowed = staticmethod(coordinates)

    @property
    def cancel_url(self) -> str:  # type: ignore[override]
        return self.home_url

    @cached_property
    def plan(self) -> Plan:
        states = [ApplicationState.ELIGIBLE, ApplicationState.IN_REVIEW]
        rows = self.call.applications.filter(state__in=states).select_related("call", "organisation").order_by("pk")
        return propose(list(rows))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(plan=self.plan, **kwargs)

    def get_success_url(self) -> str:
        return self.home_url

    def act(self, form: Any) -> None:
        """What was shown is what is sent: the pairs stand in the form, each is judged again."""
        shown_pairs = [one.split("-") for one in self.request.POST.getlist("pair")]
        pairs = [assigning.Pair(int(case), int(person)) for case, person in shown_pairs]
        mine = set(self.call.applications.values_list("pk", flat=True))
        done = assigning.confirm_proposal(
            pairs=[pair for pair in pairs if pair.application_id in mine], actor=self.request.user
        )
        messages.success(self.request, gettext("%(count)s invitations sent.") % {"count": len(done)})


class RemindPage(CallMixin, ConfirmPage):
    """Who would get which reminder; at most one a day."""

    title = _("Remind reviewers")
    submit_label = _("Send the reminders")
    template_name = "calls/desk/remind.html"
    allowed = staticmethod(coordinates)

    @property
    def cancel_url(self) -> str:  # type: ignore[override]
        return self.home_url

    def open_reviews(self) -> Any:
        rows = Review.objects.waiting().filter(application__call=self.call)
        return rows.select_related("reviewer", "application__call").order_by("due_on", "pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        reviews = list(self.open_reviews())
        mail = review_mail(reviews[0], reminder=True) if reviews else None
        return super().get_context_data(reviews=reviews, mail=mail, **kwargs)

    def get_success_url(self) -> str:
        return self.home_url

    def act(self, form: Any) -> None:
        done = assigning.remind(review_ids=[one.pk for one in self.open_reviews()], actor=self.request.user)
        messages.success(self.request, gettext("%(count)s reminders sent.") % {"count": len(done)})


class ClosePage(CallMixin, ConfirmPage):
    """Close scoring for every case that is ready; figures and ranks stay for ever."""

    title = _("Close the review")
    submit_label = _("Close and rank")
    warning = _("Scores, figures and ranks of the cases closed now are never changed.")
    allowed = staticmethod(coordinates)

    @property
    def cancel_url(self) -> str:  # type: ignore[override]
        return self.home_url

    def facts(self) -> list[Fact]:
        count = self.call.applications.filter(state=ApplicationState.IN_REVIEW).count()
        return [Fact(_("Cases in review"), str(count)), Fact(_("Call"), self.call.title)]

    def get_success_url(self) -> str:
        return self.home_url

    def act(self, form: Any) -> None:
        done, refused = closing.close_reviews(call_id=self.call.pk, actor=self.request.user)
        messages.success(self.request, gettext("%(count)s cases ranked.") % {"count": len(done)})
        for one in refused:
            messages.warning(self.request, f"{one.case.number}: {one.why}")
