"""The manager's side of an exemption case: where it stands, the statement with documents, the decision, the appeal."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from funds.actions import case_speaking, case_work
from funds.casefile.words import money
from funds.choices.cases import CaseState, EvidenceKind
from funds.forms import cases as forms
from funds.models import Appeal, ExemptionCase, Statement
from funds.rules.cases import appeal_problem
from innovation.core.components import Fact, Status, Tone
from innovation.core.exports import Kind
from innovation.core.tables import TableColumn
from innovation.core.views import Crumb, FormPage, PageMixin, PageView, TableView, signed_in

TITLE = _("My exemption cases")


def may_have_cases(user: Any) -> bool:
    """Whether the navigation shows the way; officials who are named in a case come by the link in their mail."""
    return bool(user.is_authenticated) and "applicant" in user.roles


def public_status(case: ExemptionCase) -> Status:
    """The state in the words for the manager."""
    waits = case.state == CaseState.STATEMENT
    return Status(case.names.public, Tone.NOTICE if waits else Tone.INFO)


class MyCases(TableView):
    """The cases about the funds that the person manages, or in which the person is named."""

    title = TITLE
    lead = _("Losses of funds that you manage, and where their exemption stands.")
    allowed = staticmethod(signed_in)
    default_sort = "-opened"
    empty_title = _("There is no case about your funds")
    empty_text = _("When a loss is recorded, the office opens a case and tells you what it needs from you.")
    columns = (
        TableColumn(
            _("Case"), "code", key="case", order_by=("pk",), heading=True,
            link=lambda row: reverse("funds:my_case", args=[row.pk]),
        ),
        TableColumn(_("Fund and company"), "subject", key="subject"),
        TableColumn(_("State"), lambda row: str(row.names.public), key="state", order_by=("state",)),
        TableColumn(_("What happens next"), lambda row: str(row.names.next_step), key="next"),
        TableColumn(_("Due"), "due_on", Kind.DATE, key="due", order_by=("due_on",), unknown=_("No deadline runs")),
        TableColumn(_("Opened"), "opened_at", Kind.DATETIME, key="opened", order_by=("opened_at",)),
    )  # fmt: skip

    def get_queryset(self) -> QuerySet[ExemptionCase]:
        rows = ExemptionCase.objects.spoken_for_by(self.request.user)
        return rows.select_related("fund", "investment__company").distinct()

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(self.title, None)]


class _OwnCase(PageMixin):
    allowed = staticmethod(signed_in)

    @cached_property
    def case(self) -> ExemptionCase:
        rows = ExemptionCase.objects.spoken_for_by(self.request.user)
        case = rows.select_related("fund", "investment__company", "procedure").filter(pk=self.kwargs["pk"]).first()
        if case is None:
            raise Http404
        return case

    def breadcrumbs(self) -> Sequence[Crumb]:
        here = (self.case.code, reverse("funds:my_case", args=[self.case.pk]))
        return [(TITLE, reverse("funds:my_cases")), here, (self.get_title(), None)]


class MyCase(_OwnCase, PageView):
    """One case as its manager sees it: state, next step and day, statement, decision with reasons, appeal."""

    template_name = "funds/cases/my_case.html"

    def get_title(self) -> str:
        return _t("Exemption case %(code)s") % {"code": self.case.code}

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(TITLE, reverse("funds:my_cases")), (self.case.code, None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        case = self.case
        appeal = Appeal.objects.filter(case=case).first()
        decided = case.state == CaseState.DECIDED
        late = appeal_problem(today=timezone.localdate(), until=case.appeal_until, has_appealed=appeal is not None)
        return super().get_context_data(
            case=case,
            status=public_status(case),
            next_step=case.names.next_step,
            facts=self.facts(),
            statement=Statement.objects.filter(case=case).first(),
            may_state=case.state == CaseState.STATEMENT,
            attachments=case.evidence.filter(added_by=self.request.user).order_by("pk"),
            decisions=case.decisions.order_by("round"),
            appeal=appeal,
            may_appeal=decided and late is None,
            sealed=getattr(case, "sealed", None) if case.state == CaseState.ARCHIVED else None,
            **kwargs,
        )

    def facts(self) -> list[Fact]:
        case = self.case
        day = case.due_on.isoformat() if case.due_on else None
        return [
            Fact(_("Ground"), case.get_ground_display()),
            Fact(_("Loss"), money(case.loss_fen)),
            Fact(_("Day of the loss"), case.loss_on.isoformat()),
            Fact(_("Opened"), timezone.localtime(case.opened_at).strftime("%Y-%m-%d")),
            Fact(_("By"), day, unknown=_("No deadline runs")),
        ]


class _OwnAct(_OwnCase, FormPage):
    """Base of what the manager does; fits in some states only."""

    states: frozenset[str] = frozenset()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and self.case.state not in self.states:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"case": self.case, "user": self.request.user}

    @property
    def cancel_url(self) -> str:  # type: ignore[override]
        return reverse("funds:my_case", args=[self.case.pk])

    def get_success_url(self) -> str:
        return self.cancel_url


class StatementPage(_OwnAct):
    """Write the statement; a draft is kept, the submitted one is final."""

    title = _("Statement")
    lead = _("What you submit becomes part of the case for good. Until then you can save a draft and come back.")
    template_name = "funds/cases/statement.html"
    form_class = forms.StatementForm
    submit_label: str | Promise = _("Submit the statement")
    states = frozenset({CaseState.STATEMENT})

    def get_initial(self) -> dict[str, Any]:
        draft = Statement.objects.filter(case=self.case).first()
        return {"text": draft.text if draft else ""}

    def act(self, form: BaseForm) -> None:
        facts = {"case_id": self.case.pk, "text": form.cleaned_data["text"], "actor": self.request.user}
        if "draft" in self.request.POST:
            case_speaking.save_statement(**facts)
            messages.success(self.request, _("The draft is saved."))
        else:
            case_speaking.submit_statement(**facts)
            messages.success(self.request, _("The statement is submitted."))


class AttachmentPage(_OwnAct):
    """Add a document to the statement or for the appeal."""

    title = _("Add a document")
    form_class = forms.AttachmentForm
    submit_label = _("Add the document")
    states = frozenset({CaseState.STATEMENT, CaseState.DECIDED})

    def act(self, form: BaseForm) -> None:
        kind = EvidenceKind.STATEMENT if self.case.state == CaseState.STATEMENT else EvidenceKind.APPEAL
        data = form.cleaned_data
        case_work.add_evidence(
            case_id=self.case.pk, upload=data["file"], kind=kind, note=data["note"], actor=self.request.user
        )


class AppealPage(_OwnAct):
    """Appeal against the decision, once."""

    title = _("Appeal")
    lead = _("An appeal is possible once. Another panel hears it and decides for good.")
    form_class = forms.AppealForm
    submit_label = _("Submit the appeal")
    done_message = _("The appeal is submitted.")
    states = frozenset({CaseState.DECIDED})

    def act(self, form: BaseForm) -> None:
        case_speaking.appeal_case(case_id=self.case.pk, text=form.cleaned_data["text"], actor=self.request.user)
