"""Reports on milestones and their checks."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from innovation.accounts.models import User
from innovation.calls.actions.following import locked, move, require_unrelated, stored
from innovation.calls.actions.hooks import announce_project
from innovation.calls.actions.letters import tell_applicant
from innovation.calls.choices import AgreementState, ApplicationState, MemberRole, ReportSection
from innovation.calls.models import Milestone, MilestoneCheck, MilestoneReport, ReportFile
from innovation.calls.queries.money import is_passed, newest_report, next_due
from innovation.core.errors import RuleViolation

WRITERS = (MemberRole.LEAD, MemberRole.EDITOR)
MOST_FILES = 10


@transaction.atomic
def submit_report(
    *, milestone_id: int, sections: Mapping[str, str], actor: User, uploads: Sequence[Any] = ()
) -> MilestoneReport:
    """Report on a milestone, also when it is overdue. After a failed check only the sections opened again are taken.

    ``sections`` by ``choices.ReportSection``. Raises ``NOT_YOURS``, ``NOT_ACTIVE``, ``PASSED``, ``UNDER_CHECK``,
    ``RESULTS_MISSING``, ``TOO_MANY_FILES`` and what is wrong with a file.
    """
    milestone = Milestone.objects.select_related("agreement").get(pk=milestone_id)
    case = locked(milestone.agreement.application_id)
    if not case.members.filter(user=actor, role__in=WRITERS).exists():
        raise RuleViolation("NOT_YOURS", _("You do not write this application."))
    if case.state != ApplicationState.ACTIVE or milestone.agreement.state != AgreementState.IN_FORCE:
        raise RuleViolation("NOT_ACTIVE", _("Reports are taken while the project runs."))
    if is_passed(milestone):
        raise RuleViolation("PASSED", _("This milestone is passed already."))
    before = newest_report(milestone)
    if before is not None and not hasattr(before, "check_made"):
        raise RuleViolation("UNDER_CHECK", _("Your report is being checked."))
    if len(uploads) > MOST_FILES:
        raise RuleViolation("TOO_MANY_FILES", _("Attach at most ten files."), field="files")
    open_now = set(ReportSection.values) if before is None else set(before.check_made.reopened)
    kept = dict(before.sections) if before is not None else {}
    kept |= {key: sections[key].strip() for key in ReportSection.values if key in open_now and key in sections}
    if not kept.get(ReportSection.RESULTS):
        raise RuleViolation("RESULTS_MISSING", _("Describe the results against the target."), field="results")
    report = MilestoneReport.objects.create(
        milestone=milestone, serial=(before.serial if before else 0) + 1, sections=kept, submitted_by=actor
    )
    for upload in uploads:
        ReportFile.objects.create(report=report, **stored(upload, actor))
    announce_project(case, "report_received", report.pk, milestone=milestone.number, serial=report.serial)
    return report


@transaction.atomic
def check_report(
    *, report_id: int, passed: bool, actor: User, reason: str = "", reopened: Sequence[str] = ()
) -> MilestoneCheck:
    """Answer a report: passed, or failed with a reason and the sections that the applicant writes again.

    Raises ``NOT_PERMITTED``, ``RELATED_PARTY``, ``CHECKED``, ``REASON_MISSING``, ``SECTIONS_MISSING``,
    ``NO_SUCH_TRANSITION``.
    """
    found = MilestoneReport.objects.select_related("milestone__agreement").get(pk=report_id)
    case = locked(found.milestone.agreement.application_id)
    if MilestoneCheck.objects.filter(report=found).exists():
        raise RuleViolation("CHECKED", _("This report is checked already."))
    opened = [key for key in ReportSection.values if key in set(reopened)]
    if not passed and not reason.strip():
        raise RuleViolation("REASON_MISSING", _("Say why the check failed."), field="reason")
    if not passed and not opened:
        raise RuleViolation("SECTIONS_MISSING", _("Name the sections to write again."), field="reopened")
    if passed:
        check = _checked(found, actor, reason, passed=True, opened=[])
        following = next_due(case)
        move(
            case, "report_ok", actor=actor, reason=reason,
            changes={"due_on": following.due_on if following else None, "state_since": case.state_since},
        )  # fmt: skip
    else:
        if case.state != ApplicationState.ACTIVE or not actor.has_perm("calls.screen_application"):
            raise RuleViolation("NOT_PERMITTED", _("Your role does not allow this step."))
        require_unrelated(actor, case)
        check = _checked(found, actor, reason, passed=False, opened=opened)
    tell_applicant(case, gettext_lazy("Your report was checked"), key=f"check-{check.pk}")
    announce_project(case, "report_checked", check.pk, milestone=found.milestone.number, passed=passed)
    return check


def _checked(report: MilestoneReport, actor: User, reason: str, *, passed: bool, opened: list[str]) -> MilestoneCheck:
    return MilestoneCheck.objects.create(
        report=report, passed=passed, reason=reason.strip(), reopened=opened, checked_by=actor
    )
