"""What an applicant sees: the own applications, and what may be done on each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet, prefetch_related_objects

from innovation.calls.choices import EDITABLE_STATES, SME_TITLE, ApplicationState, MemberRole, PartnerState
from innovation.calls.models import AnswerFile, Application, ApplicationMember, Partner
from innovation.calls.rules import forms
from innovation.core import transitions
from innovation.core.transitions import StateName

TAKES_PART = (PartnerState.ACCEPTED, PartnerState.DONE)
MOST_FIGURES = 5


@dataclass(frozen=True)
class Access:
    """What one person may do on one application. ``sections`` None means all of them."""

    role: str
    sections: frozenset[str] | None = None

    @property
    def leads(self) -> bool:
        return self.role == MemberRole.LEAD

    @property
    def writes(self) -> bool:
        return self.role in {MemberRole.LEAD, MemberRole.EDITOR, "partner"}

    @property
    def is_partner(self) -> bool:
        return self.role in {"partner", "partner_done"}

    def sees(self, section: str) -> bool:
        return self.sections is None or section in self.sections


def of_applicant(user: Any) -> QuerySet[Application]:
    """The applications on which ``user`` writes or reads, also as a partner's person; deleted drafts are gone."""
    if not user.is_authenticated:
        return Application.objects.none()
    members = ApplicationMember.objects.filter(user=user).values("application")
    partners = Partner.objects.filter(user=user, state__in=TAKES_PART).values("application")
    return (
        Application.objects.exclude(state=ApplicationState.DELETED)
        .filter(Q(pk__in=members) | Q(pk__in=partners))
        .select_related("call", "form", "process", "organisation", "created_by")
    )


def told_figures(user: Any) -> QuerySet[Application]:
    """The newest applications for titles on which ``user`` writes: what they tell of the firm can be judged again."""
    if not user.is_authenticated:
        return Application.objects.none()
    rows = Application.objects.of_writer(user).filter(call__kind=SME_TITLE).select_related("form", "organisation")
    return rows.order_by("-pk")[:MOST_FIGURES]


def access(application: Application, user: Any) -> Access | None:
    """What ``user`` may do on ``application``; None for a stranger."""
    member = next((one for one in application.members.all() if one.user_id == user.pk), None)
    if member is not None:
        return Access(member.role)
    mine = (one for one in application.partners.all() if one.user_id == user.pk and one.state in TAKES_PART)
    partner = next(mine, None)
    if partner is None:
        return None
    role = "partner" if partner.state == PartnerState.ACCEPTED else "partner_done"
    return Access(role, frozenset(partner.sections))


def read_once(application: Application) -> None:
    """Read answers and files in two queries for all that a page draws from them; call it after what saves."""
    prefetch_related_objects([application], "answers", "files")


def answers_of(application: Application) -> dict[str, Any]:
    """What stands in each field now."""
    return {answer.key: answer.value for answer in application.answers.all()}


def revisions_of(application: Application) -> dict[str, int]:
    """The revision of each answer; fields without one have 0."""
    return {answer.key: answer.revision for answer in application.answers.all()}


def files_by_field(application: Application) -> dict[str, list[AnswerFile]]:
    """The files of each field, without those that were taken out."""
    found: dict[str, list[AnswerFile]] = {}
    for file in application.files.all():
        if file.removed_at is None:
            found.setdefault(file.key, []).append(file)
    return found


def file_facts(files: Mapping[str, list[AnswerFile]]) -> dict[str, list[forms.FileFacts]]:
    """The same, as the rules of forms read them."""
    return {key: [forms.FileFacts(file.file_name, file.size) for file in found] for key, found in files.items()}


def file_of(user: Any, pk: int) -> AnswerFile | None:
    """A file that ``user`` may open: the own applications' (a partner's: of the own sections), or the staff's cases."""
    file = AnswerFile.objects.select_related("application__form").filter(pk=pk, removed_at=None).first()
    if file is None:
        return None
    mine = of_applicant(user).filter(pk=file.application_id).first()
    if mine is not None:
        found = access(mine, user)
        section = next((one["key"] for one, field in forms.fields(mine.form.content) if field["key"] == file.key), "")
        return file if found is not None and found.sees(section) else None
    return file if Application.objects.visible_to(user).filter(pk=file.application_id).exists() else None


def is_open(application: Application) -> bool:
    """Whether it is a draft, or was returned: what is typed is still to be sent."""
    return application.state in EDITABLE_STATES


def may_type(application: Application) -> bool:
    """Whether anything may be typed in its present state, also what the form asks after the decision."""
    return is_open(application) or forms.opens_in(application.form.content, application.state)


def public_steps(application: Application) -> list[tuple[datetime, StateName]]:
    """When the case came into which state, oldest first; a step that changes no word for the public is not told."""
    names = application.state_names
    found = []
    for step in transitions.steps_of(application):
        before, after = names[ApplicationState(step.from_state)], names[ApplicationState(step.to_state)]
        if str(before.public) != str(after.public):
            found.append((step.at, after))
    return found
