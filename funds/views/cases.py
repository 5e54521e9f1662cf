"""The case desk: the work list by deadline, one case with all its steps, its documents and its sealed file."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from funds.casefile.dossier import Dossier
from funds.choices.cases import CaseOutcome, CaseState
from funds.filters.cases import CaseFilters
from funds.models import ExemptionCase
from funds.models.case_states import VOTE
from funds.models.visibility import sees_funds
from funds.queries.cases import broken_steps, reversal_of_loss, work_list
from funds.views.case_acts import BEFORE_DECIDED, acts_for
from innovation.core.components import Fact, Status, Tone
from innovation.core.exports import Kind
from innovation.core.icons import status_html
from innovation.core.tables import TableColumn
from innovation.core.uploads import CONTENT_TYPES
from innovation.core.views import Crumb, PageMixin, PageView, TableView

OUTCOME_TONES = {
    CaseOutcome.EXEMPT: Tone.OK,
    CaseOutcome.PARTLY_EXEMPT: Tone.NOTICE,
    CaseOutcome.NOT_EXEMPT: Tone.BAD,
    CaseOutcome.REFERRED: Tone.BAD,
}


def sees_cases(user: Any) -> bool:
    """The office, and whoever may sit on a panel; which cases is decided by ``visible_to``."""
    return bool(user.is_authenticated and (sees_funds(user) or user.has_perm(VOTE)))


def status_of(case: ExemptionCase) -> Status:
    """State, and once decided the outcome, in words."""
    if case.outcome and case.state in {CaseState.DECIDED, CaseState.ARCHIVED}:
        outcome = CaseOutcome(case.outcome)
        return Status(f"{case.names.staff} · {outcome.label}", OUTCOME_TONES[outcome])
    if case.is_overdue and case.state != CaseState.ARCHIVED:
        return Status(case.names.staff, Tone.BAD)
    return Status(case.names.staff, Tone.IDLE if case.state == CaseState.ARCHIVED else Tone.INFO)


def due_text(case: ExemptionCase) -> str:
    """The last day of the present step, and whether it has passed."""
    if case.due_on is None:
        return ""
    return f"{case.due_on.isoformat()} · {_t('overdue')}" if case.is_overdue else case.due_on.isoformat()


class CaseList(TableView):
    """All cases that the person may see, those due first."""

    title = _("Exemption cases")
    lead = _("Losses, and whether those who decided had fulfilled their duties. The case due next comes first.")
    allowed = staticmethod(sees_cases)
    template_name = "funds/cases/list.html"
    filterset_class = CaseFilters
    default_sort = "due"
    empty_title = _("No exemption case yet")
    empty_text = _("A loss in the books opens one by itself; case officers open others by hand.")
    columns = (
        TableColumn(
            _("Case"), "code", key="case", order_by=("pk",), heading=True, link=lambda row: row.get_absolute_url()
        ),
        TableColumn(_("Fund and company"), "subject", key="subject", order_by=("fund__code", "pk")),
        TableColumn(_("Ground"), lambda row: row.get_ground_display(), key="ground", order_by=("ground",)),
        TableColumn(_("Loss"), "loss_fen", Kind.MONEY, key="loss", order_by=("loss_fen",)),
        TableColumn(
            _("State"), lambda row: str(status_of(row).label), key="state", order_by=("state",),
            cell=lambda row: status_html(status_of(row)),
        ),
        TableColumn(_("What happens next"), lambda row: str(row.names.next_step), key="next"),
        TableColumn(_("Due"), due_text, key="due", order_by=("due_on", "pk"), unknown=_("No deadline runs")),
        TableColumn(
            _("Case officer"), lambda row: str(row.handler or ""), key="handler", unknown=_("Nobody has taken it yet")
        ),
    )  # fmt: skip

    def get_queryset(self) -> QuerySet[ExemptionCase]:
        return work_list(ExemptionCase.objects.visible_to(self.request.user))

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(self.title, None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may_open = self.request.user.has_perm("funds.add_exemptioncase")
        return super().get_context_data(may_open=may_open, **kwargs)


class OfCase(PageMixin):
    """What belongs to one case that the person may see."""

    allowed = staticmethod(sees_cases)

    @cached_property
    def case(self) -> ExemptionCase:
        rows = ExemptionCase.objects.visible_to(self.request.user).select_related(
            "fund__manager", "investment__company", "procedure", "handler", "event", "freeze", "statement",
            "evaluation__organisation", "appeal",
        )  # fmt: skip
        case = rows.filter(pk=self.kwargs["pk"]).first()
        if case is None:
            raise Http404
        return case


class CasePage(OfCase, PageView):
    """One case: where it stands, what to do now, and everything that was recorded, section by section."""

    template_name = "funds/cases/case.html"

    def get_title(self) -> str:
        return _t("Exemption case %(code)s") % {"code": self.case.code}

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(CaseList.title, reverse("funds:cases")), (self.case.code, None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        case = self.case
        dossier = Dossier(case)
        parts = dossier.parts()
        return super().get_context_data(
            case=case,
            status=status_of(case),
            due=due_text(case),
            acts=acts_for(case, self.request.user),
            parts=parts,
            warnings=[part.warning for part in parts if part.warning],
            evidence=dossier.evidence,
            sealed=self.sealed_facts(),
            is_sound=not broken_steps(case),
            reversal=reversal_of_loss(case) if case.state in BEFORE_DECIDED else None,
            **kwargs,
        )

    def sealed_facts(self) -> list[Fact]:
        """Hash and size of the sealed file, once there is one."""
        row = getattr(self.case, "sealed", None) if self.case.state == CaseState.ARCHIVED else None
        if row is None:
            return []
        return [
            Fact("SHA-256", row.sha256),
            Fact(_("Head of the chain"), row.chain_head),
            Fact(_("Size"), f"{row.size:,} B"),
            Fact(_("Made"), timezone.localtime(row.made_at).strftime("%Y-%m-%d %H:%M")),
        ]


class EvidenceFilePage(OfCase, View):
    """A document of the case as it was handed in; always as a download."""

    def get(self, request: HttpRequest, pk: int, sha256: str) -> HttpResponse:
        row = self.case.evidence.select_related("file").filter(file_id=sha256).first()
        if row is None:
            raise Http404
        return download(bytes(row.file.content), row.name, CONTENT_TYPES[row.file.kind])


class SealedFilePage(OfCase, View):
    """The sealed ZIP of an archived case."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = getattr(self.case, "sealed", None)
        if row is None:
            raise Http404
        return download(bytes(row.content), f"{self.case.code}.zip", "application/zip")


def download(content: bytes, name: str, content_type: str) -> HttpResponse:
    """A file that browsers keep and never show as a page."""
    response = HttpResponse(content, content_type=content_type)
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
