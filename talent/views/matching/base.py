"""What the pages of matching share."""

from abc import ABC, abstractmethod
from typing import Any

from django.db.models import Model, QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from innovation.core.components import Status, Tone
from innovation.core.jobs import JobState
from innovation.core.views import FormPage
from talent.choices.matching import MandateState, MatchLevel, MatchSkill, ProposalState, Tongue
from talent.models import MatchRun
from talent.models.visibility import sees_people, sees_talent_figures

MATCHING, DEMANDS, MANDATES = _("Matching"), _("Demands"), _("Mandates")
MANDATE_FIELDS = ("name_zh", "role", "load", "starts_on", "ends_on", "state")
"""What a page of mandates shows of a person, in the names of the field register."""
JOB_TONES = {
    JobState.QUEUED: Tone.INFO, JobState.RUNNING: Tone.INFO, JobState.DONE: Tone.OK, JobState.FAILED: Tone.BAD,
}  # fmt: skip
MANDATE_TONES = {
    MandateState.PROPOSED: Tone.INFO, MandateState.BY_PERSON: Tone.INFO, MandateState.BY_OWNER: Tone.INFO,
    MandateState.ACTIVE: Tone.OK, MandateState.DELIVERED: Tone.OK, MandateState.SUSPENDED: Tone.BAD,
}  # fmt: skip
PROPOSAL_TONES = {
    ProposalState.OPEN: Tone.NOTICE, ProposalState.CONFIRMED: Tone.OK, ProposalState.SET_ASIDE: Tone.IDLE,
}  # fmt: skip
desk_allowed = sees_people
figures_allowed = sees_talent_figures


def holds(permission: str) -> Any:
    """A page's ``allowed``: people with the permission."""

    def allowed(user: Any) -> bool:
        return bool(user.is_authenticated and user.has_perm(permission))

    return staticmethod(allowed)


def job_status(run: MatchRun) -> Status:
    state = JobState(run.state)
    return Status(state.label, JOB_TONES[state])


def mandate_status(mandate: Any) -> Status:
    return Status(mandate.get_state_display(), MANDATE_TONES.get(MandateState(mandate.state), Tone.IDLE))


def proposal_status(proposal: Any) -> Status:
    return Status(proposal.get_state_display(), PROPOSAL_TONES[ProposalState(proposal.state)])


def needs_words(skills: list[str], languages: list[str]) -> str:
    """Skills and languages in the reader's words; empty when none is needed."""
    return " · ".join([*(str(MatchSkill(each).label) for each in skills),
                       *(str(Tongue(each).label) for each in languages)])  # fmt: skip


def level_words(level: int) -> str:
    return str(MatchLevel(level).label)


def one(rows: QuerySet[Any], pk: Any) -> Any:
    """The row, or 404."""
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


class Act(FormPage, ABC):
    """A form that acts upon one record and leads back to its page."""

    @abstractmethod
    def record(self) -> Model:
        """The record that is acted upon, among those that the person may see."""

    @property
    def cancel_url(self) -> str:  # type: ignore[override]
        return self.record().get_absolute_url()  # type: ignore[attr-defined]

    def get_success_url(self) -> str:
        return self.cancel_url
