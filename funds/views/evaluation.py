"""Self-evaluation of funds: the list, one run with its indicators, scoring, confirming."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from funds.actions import evaluation as actions
from funds.forms.evaluation import RunForm, ScoreForm
from funds.forms.reinvestment import PlainForm, ReasonForm
from funds.models import EvaluationRun
from funds.models.visibility import sees_funds
from funds.views.records import ActPage, RecordPage, status_of
from innovation.core.components import Fact
from innovation.core.exports import Kind
from innovation.core.figures import number_text
from innovation.core.icons import status_html
from innovation.core.tables import Table, TableColumn
from innovation.core.views import Crumb, FormPage, TableView

LIST = _("Performance evaluation")


def prepares(user: Any) -> bool:
    return bool(user.is_authenticated and user.has_perm(actions.PREPARES))


def confirms(user: Any) -> bool:
    return bool(user.is_authenticated and user.has_perm(actions.CONFIRMS))


def runs_of(user: Any) -> QuerySet[EvaluationRun]:
    rows = EvaluationRun.objects.visible_to(user)
    return rows.select_related("fund", "scheme", "prepared_by", "decided_by")


class RunList(TableView):
    """All self-evaluations, the last year first."""

    title = LIST
    lead = _("The yearly self-evaluation of each fund under a scheme whose weights are data.")
    allowed = staticmethod(sees_funds)
    template_name = "funds/evaluations.html"
    default_sort = "-year"
    empty_title = _("No evaluation was begun yet")
    empty_text = _("Choose a fund, a year and a scheme to begin.")
    columns = (
        TableColumn(
            _("Fund"), lambda row: row.fund.name, key="fund", order_by=("fund__code",), heading=True,
            link=lambda row: row.get_absolute_url(),
        ),
        TableColumn(_("Year"), "year", key="year", order_by=("year", "fund__code")),
        TableColumn(_("Scheme"), lambda row: row.scheme.code, key="scheme"),
        TableColumn(
            _("Score"), lambda row: None if row.total is None else number_text(row.total, 2), key="score",
            unknown=_("Not confirmed yet"),
        ),
        TableColumn(
            _("State"), lambda row: row.get_state_display(), key="state", order_by=("state",),
            cell=lambda row: status_html(status_of(row)),
        ),
        TableColumn(_("Prepared by"), lambda row: str(row.prepared_by), key="by"),
    )  # fmt: skip

    def get_queryset(self) -> QuerySet[EvaluationRun]:
        return runs_of(self.request.user)

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(self.title, None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(may_write=prepares(self.request.user), **kwargs)


class RunNew(FormPage):
    title = _("Begin a self-evaluation")
    allowed = staticmethod(prepares)
    form_class = RunForm
    submit_label = _("Begin it")

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(LIST, reverse("funds:evaluations")), (self.title, None)]

    def act(self, form: BaseForm) -> None:
        data = {name: form.cleaned_data[name] for name in RunForm.base_fields}
        self.made = actions.start_run(actor=self.request.user, **data)

    def get_success_url(self) -> str:
        return self.made.get_absolute_url()


class RunPage(RecordPage):
    """One run: each indicator with its weight, score, reason and evidence."""

    allowed = staticmethod(sees_funds)

    def get_records(self) -> QuerySet[EvaluationRun]:
        return runs_of(self.request.user)

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(LIST, reverse("funds:evaluations")), (str(self.record), None)]

    def facts(self) -> list[Fact]:
        run = self.record
        total = run.total if run.total is not None else actions.total_of(run)
        return [
            Fact(_("Fund"), run.fund.name, reverse("funds:fund", args=[run.fund_id])),
            Fact(_("Year"), str(run.year)),
            Fact(_("Scheme"), f"{run.scheme} · {run.scheme.get_status_display()}"),
            Fact(_("Score"), None if total is None else number_text(total, 2), unknown=_("An indicator has no score")),
            Fact(_("Prepared by"), str(run.prepared_by)),
            Fact(_("Decided by"), str(run.decided_by) if run.decided_by else None, unknown=_("Nobody yet")),
            Fact(_("Reason of the decision"), run.decision_reason or None, unknown=_("None")),
        ]

    def tables(self) -> list[Table]:
        scores = {row.indicator_id: row for row in self.record.scores.prefetch_related("proofs")}

        def proof(row: Any) -> str | None:
            found = next(iter(scores[row.pk].proofs.all()), None) if row.pk in scores else None
            return reverse("funds:proof", args=[found.pk]) if found else None

        columns = (
            TableColumn(_("Dimension"), lambda row: row.get_dimension_display(), key="dimension"),
            TableColumn(_("Indicator"), str, key="indicator", heading=True),
            TableColumn(_("Weight"), lambda row: row.weight, Kind.NUMBER, key="weight"),
            TableColumn(
                _("Score"), lambda row: scores[row.pk].value if row.pk in scores else None, Kind.NUMBER, key="score",
                unknown=_("No score yet"),
            ),
            TableColumn(
                _("Points"), lambda row: row.weight * scores[row.pk].value / 100 if row.pk in scores else None,
                Kind.NUMBER, key="points", unknown=_("No score yet"),
            ),
            TableColumn(
                _("Reason and evidence"), lambda row: scores[row.pk].reason if row.pk in scores else None, key="reason",
                link=proof, unknown=_("No score yet"),
            ),
        )  # fmt: skip
        return [Table(self.request, columns, list(self.record.scheme.indicators.all()), gettext("Indicators"))]

    def acts(self) -> list[tuple[Any, str]]:
        run, user = self.record, self.request.user
        names: tuple[str, ...] = ()
        if run.state in {"DRAFT", "RETURNED"} and prepares(user):
            names = ("score", "submit")
        elif run.state == "SUBMITTED" and confirms(user) and run.prepared_by_id != user.pk:
            names = ("confirm", "return")
        return [(ACTS[name].submit_label, reverse("funds:evaluation_act", args=[run.pk, name])) for name in names]


class RunAct(ActPage):
    """Base of the acts upon a run."""

    allowed = staticmethod(sees_funds)
    states: tuple[str, ...] = ("DRAFT", "RETURNED")
    permission = staticmethod(prepares)

    def get_records(self) -> QuerySet[EvaluationRun]:
        return runs_of(self.request.user).filter(state__in=self.states)

    def may(self, user: Any, record: Any) -> bool:
        return self.permission(user)


class Score(RunAct):
    form_class, submit_label = ScoreForm, _("Score an indicator")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"indicators": self.record.scheme.indicators.all()}

    def act(self, form: BaseForm) -> None:
        data = form.cleaned_data
        actions.score_indicator(
            run_id=self.record.pk, indicator=data["indicator"], score=Fraction(data["score"]), reason=data["reason"],
            upload=data["upload"], actor=self.request.user,
        )  # fmt: skip


class Submit(RunAct):
    form_class, submit_label = PlainForm, _("Submit it")

    def act(self, form: BaseForm) -> None:
        actions.submit_run(run_id=self.record.pk, actor=self.request.user)


class Confirm(RunAct):
    form_class, submit_label, states = ReasonForm, _("Confirm it"), ("SUBMITTED",)
    permission = staticmethod(confirms)

    def act(self, form: BaseForm) -> None:
        reason = form.cleaned_data["reason"]
        actions.confirm_run(run_id=self.record.pk, actor=self.request.user, reason=reason)


class Return(Confirm):
    submit_label = _("Return it")

    def act(self, form: BaseForm) -> None:
        actions.return_run(run_id=self.record.pk, actor=self.request.user, reason=form.cleaned_data["reason"])


ACTS: dict[str, type[RunAct]] = {"score": Score, "submit": Submit, "confirm": Confirm, "return": Return}


def evaluation_act(request: HttpRequest, pk: int, act: str) -> Any:
    """The page of one act; unknown ones are not found."""
    if act not in ACTS:
        raise Http404
    return ACTS[act].as_view()(request, pk=pk)
