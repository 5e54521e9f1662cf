"""Appeals for both sides: the office's list and tab, and what the applicant reads of a refusal and of the appeal."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from innovation.accounts.models import User
from innovation.calls.choices import AppealState
from innovation.calls.forms.acts import acts_on
from innovation.calls.models import Appeal, Application
from innovation.calls.models.following import works_here
from innovation.calls.queries.appeals import appeal_until, appeals, can_appeal, refusal_of
from innovation.calls.status_panels import StatusPanel
from innovation.core.components import Status, Tone
from innovation.core.exports import Kind
from innovation.core.icons import status_html
from innovation.core.tables import TableColumn
from innovation.core.views import Crumb, TableView

TONES = {AppealState.OPEN: Tone.NOTICE, AppealState.UPHELD: Tone.OK, AppealState.DISMISSED: Tone.INFO}


def appeal_status(appeal: Appeal) -> Status:
    state = AppealState(appeal.state)
    return Status(state.label, TONES.get(state, Tone.IDLE))


def act_links(record: Any, user: User) -> list[tuple[Any, str]]:
    """Title and address of each act upon an appeal that ``user`` may take now."""
    return [(act.title, reverse("calls:act", args=[act.name, record.pk])) for act in acts_on(record, user)]


class Appeals(TableView):
    """All appeals, the open ones first by the day on which the answer is due."""

    title = _("Appeals")
    lead = _("Appeals of applicants against refusals. Somebody who had no part in the refusal answers.")
    allowed = staticmethod(works_here)
    default_sort = "due"
    empty_title = _("No appeals")
    empty_text = _("Applicants appeal on the page of their refused application.")
    columns = (
        TableColumn(pgettext_lazy("application", "Case"), lambda row: str(row.application), key="case", heading=True,
                    link=lambda row: f"{reverse('calls:case', args=[row.application_id])}?tab=appeals"),
        TableColumn(_("Against"), lambda row: row.get_against_display(), key="against"),
        TableColumn(_("State"), lambda row: str(appeal_status(row).label), key="state", order_by=("state",),
                    cell=lambda row: status_html(appeal_status(row))),
        TableColumn(_("Received"), "submitted_at", Kind.DATETIME, key="received", order_by=("submitted_at",)),
        TableColumn(_("Answer due"), "due_on", Kind.DATE, key="due", order_by=("is_over", "due_on")),
        TableColumn(_("Examined by"), lambda row: str(row.examined_by or ""), key="by"),
    )  # fmt: skip

    def get_queryset(self) -> Any:
        return appeals(self.request.user).annotate(is_over=F("examined_at"))

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(gettext("Applications"), reverse("calls:desk")), (self.title, None)]


def appeals_tab(case: Application, user: User) -> Mapping[str, Any]:
    """The appeals of one case with the refusal that each is about."""
    rows = appeals(user).filter(application=case)
    return {"rows": [(one, appeal_status(one), act_links(one, user)) for one in rows]}


def refusal_panel(case: Application, user: User) -> StatusPanel | None:
    """Why the case was refused, what can be done and by when, and where the appeal stands."""
    step, past = refusal_of(case), list(case.appeals.order_by("-pk"))
    if step is None and not past:
        return None
    standing = next((one for one in past if step is not None and one.step_id == step.pk), None)
    facts: dict[str, Any] = {
        "appeals": [(one, appeal_status(one), act_links(one, user)) for one in past], "step": step,
        # The decision stands in a panel of its own; a check leaves its reasons with the step alone.
        "reasons": step.reason if step is not None and not case.decisions.exists() else "",
    }  # fmt: skip
    if step is not None and standing is None:
        may = can_appeal(case) and case.members.filter(user=user, role="lead").exists()
        facts |= {
            "until": appeal_until(case, step), "open": can_appeal(case),
            "address": reverse("calls:act", args=["appeal", case.pk]) if may else "",
        }  # fmt: skip
    return StatusPanel(_("Refusal and appeal"), "calls/applying/_appeal.html", facts)
