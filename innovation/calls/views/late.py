"""Late documents for both sides: a tab on the office's page of a case, a panel on the applicant's."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from innovation.accounts.models import User
from innovation.calls.choices import TAKES_LATE, LateState
from innovation.calls.models import Application, LateDocument
from innovation.calls.status_panels import StatusPanel
from innovation.calls.views.following import buttons
from innovation.core.components import Status, Tone

TONES = {LateState.WAITING: Tone.NOTICE, LateState.ACCEPTED: Tone.OK, LateState.REFUSED: Tone.INFO}


def late_status(document: LateDocument) -> Status:
    state = LateState(document.state)
    return Status(state.label, TONES[state])


def late_tab(case: Application, user: User) -> Mapping[str, Any]:
    """Every late document of the case, newest first, with who examined it and why it was accepted or refused."""
    rows = case.late_documents.select_related("application", "examined_by", "recorded_by")
    return {"rows": [(one, late_status(one), buttons(one, user)) for one in rows]}


def late_panel(case: Application, user: User) -> StatusPanel | None:
    """What the applicant handed in late and what became of it, and the way to hand in more while the case is open."""
    writes = any(one.user_id == user.pk and one.role in {"lead", "editor"} for one in case.members.all())
    rows = list(case.late_documents.all())
    takes = case.state in TAKES_LATE and writes
    if not rows and not takes:
        return None
    facts = {
        "rows": [(one, late_status(one)) for one in rows],
        "address": reverse("calls:act", args=["late_document", case.pk]) if takes else "",
    }
    return StatusPanel(_("Late documents"), "calls/applying/_late.html", facts)
