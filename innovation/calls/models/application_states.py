"""The way of a case: the table of its process, met with the people of this product and the words they read.

Events, roles and guards are those of ``rules.workflow`` (programme specification, section 5.2). The process of a call
leaves states and events out or leads them elsewhere; it can neither drop a guard nor hand an event to another role.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from innovation.calls.choices import ApplicationState as S
from innovation.calls.choices import MemberRole
from innovation.calls.rules import workflow
from innovation.calls.rules.workflow.table import decide_by
from innovation.core.errors import RuleViolation
from innovation.core.transitions import Permission, StateName, Transition

STATE_NAMES = {
    S.DRAFT: StateName(_("Draft"), _("Not sent yet"), _("Fill in what is missing, check your answers and submit.")),
    S.DELETED: StateName(pgettext_lazy("application", "Deleted"), pgettext_lazy("application", "Deleted")),
    S.SUBMITTED: StateName(
        _("Submitted"),
        pgettext_lazy("application", "Received"),
        _("The office checks whether it is complete and eligible."),
    ),
    S.RETURNED: StateName(
        _("Returned for answers"), _("We need something from you"), _("Answer what was asked, by the day named.")
    ),
    S.ELIGIBLE: StateName(_("Eligible"), _("Eligible"), _("Reviewers are chosen.")),
    S.INELIGIBLE: StateName(_("Not eligible"), _("Not eligible"), _("You may appeal or apply to another call.")),
    S.IN_REVIEW: StateName(_("In review"), _("In review"), _("Reviewers score it; then all cases are ranked.")),
    S.RANKED: StateName(_("Ranked"), _("Review finished"), _("The board meets and decides.")),
    S.APPROVED: StateName(_("Approved"), _("Approved"), _("The decision is put on public notice.")),
    S.APPROVED_WITH_CONDITIONS: StateName(
        _("Approved with conditions"), _("Approved with conditions"), _("Show that the conditions are met.")
    ),
    S.REJECTED: StateName(_("Rejected"), _("Not chosen"), _("The reasons stand with the decision; you may appeal.")),
    S.RESERVE: StateName(_("Reserve"), _("On the reserve list"), _("The board decides when money becomes free.")),
    S.NOTICED: StateName(_("Public notice"), _("On public notice"), _("After the notice the agreement is signed.")),
    S.OBJECTED: StateName(
        _("Objection"), _("An objection is examined"), _("The days of the notice stand still until it is decided.")
    ),
    S.ACTIVE: StateName(
        pgettext_lazy("application", "Active"), _("Running"), _("Report on the milestones by their days.")
    ),
    S.IN_CHANGE: StateName(_("Change requested"), _("Change under examination"), _("The office answers the request.")),
    S.SUSPENDED: StateName(_("Suspended"), _("Suspended"), _("The office says when and how it goes on.")),
    S.CLOSED: StateName(pgettext_lazy("application", "Closed"), _("Finished")),
    S.WITHDRAWN: StateName(_("Withdrawn"), _("Withdrawn")),
    S.NEED_COLLECTED: StateName(_("Need collected"), _("Need received"), _("Experts check need and market.")),
    S.NEED_CHECKED: StateName(
        _("Need checked"), _("Need checked"), _("The owner of the need signs, then it is published.")
    ),
    S.NEED_PUBLISHED: StateName(_("Need published"), _("Need published"), _("Bids come in until the call closes.")),
    S.COUNTY_CHECKED: StateName(_("Checked by the county"), _("Checked by the county"), _("The city checks it.")),
    S.CITY_CHECKED: StateName(_("Checked by the city"), _("Checked by the city"), _("The province checks it.")),
    S.ENTITLED: StateName(
        pgettext_lazy("application", "In force"),
        pgettext_lazy("application", "In force"),
        _("Renew it before its last day."),
    ),
    S.LEAVING: StateName(_("Notice given"), _("Notice given"), _("It ends when the notice is over.")),
    S.EXPIRED: StateName(_("Expired"), _("Expired"), _("A new application is needed.")),
    S.RENEWED: StateName(_("Renewed"), _("Renewed")),
    S.REVOKED: StateName(_("Revoked"), _("Revoked"), _("You may appeal.")),
}
EVENT_NAMES: dict[str, Promise] = {
    "submit": _("Submit application"),
    "delete": _("Delete the draft"),
    "withdraw": _("Withdraw"),
    "check_pass": _("Eligible"),
    "check_fail": _("Not eligible"),
    "ask": _("Return with questions"),
    "resubmit": _("Send the answers"),
    "lapse": _("Lapses unanswered"),
    "assign": _("Hand to reviewers"),
    "score": pgettext_lazy("act", "Score"),
    "close_review": _("Close the review"),
    "approve": _("Approve"),
    "approve_with_conditions": _("Approve with conditions"),
    "reject": _("Reject"),
    "reserve": _("Put on the reserve list"),
    "conditions_met": _("Conditions met"),
    "publish_notice": _("Put on public notice"),
    "object": _("Object"),
    "objection_rejected": _("Reject the objection"),
    "objection_upheld": _("Uphold the objection"),
    "sign": _("Sign the agreement"),
    "report_ok": _("Accept the report"),
    "pay": _("Pay"),
    "change": _("Ask for a change"),
    "change_approved": _("Approve the change"),
    "change_refused": _("Refuse the change"),
    "change_lapse": _("Lapses unanswered"),
    "suspend": _("Suspend"),
    "resume": _("Resume"),
    "close": _("Close the case"),
    "revert": _("Take the decision back"),
    "check_need": _("Need checked"),
    "publish_need": _("Publish the need"),
    "check_county": _("County agrees"),
    "check_city": _("City agrees"),
    "check_province": _("Province agrees"),
    "issue": _("Issue"),
    "expire": _("Expires"),
    "renew": _("Renew"),
    "revoke": _("Revoke"),
    "give_notice": _("Give notice"),
    "leave": _("Leave"),
}
REFUSALS: dict[str, Promise] = {
    "no_such_transition": _("This step is not possible in the present state."),
    "wrong_role": _("Your role does not allow this step."),
    "related_party": _("You are related to a party of this case."),
    "form_incomplete": _("The form is not complete."),
    "window_closed": _("The window is closed."),
    "applicant_barred": _("The applicant is barred at present."),
    "gates_failed": _("A condition of eligibility is not met."),
    "reason_missing": _("Give a reason."),
    "too_few_reviewers": _("Too few reviewers are assigned."),
    "conflicted_reviewer": _("A reviewer has a conflict of interest."),
    "too_few_bids": _("The call has too few valid bids."),
    "conflict_not_declared": _("Say first whether you have a conflict of interest."),
    "reviews_open": _("Reviews are still open."),
    "no_quorum": _("The board has no quorum."),
    "minutes_missing": _("The minutes are missing."),
    "four_eyes": _("Another person than the one who proposed or checked it has to do this."),
    "conditions_open": _("Conditions are still open."),
    "notice_running": _("The public notice is still running."),
    "signature_missing": _("Both sides sign the same version."),
    "check_missing": _("The check of the milestone is missing."),
    "over_award": _("It would go above the award."),
    "board_needed": _("The board has to agree to changed targets."),
    "outcome_missing": _("Name the outcome."),
    "lesson_missing": _("Write down the lesson."),
    "exemption_case_missing": _("Name the exemption case."),
}


def leads(actor: Any, application: Any) -> bool:
    """Whether ``actor`` leads the application; no query where its members have been read."""
    key = getattr(actor, "pk", None)
    return any(member.user_id == key and member.role == MemberRole.LEAD for member in application.members.all())


def signs(actor: Any, application: Any) -> bool:
    """Whether ``actor`` signs for one of the two sides."""
    return leads(actor, application) or actor.has_perm("calls.sign_agreement")


def reviews(actor: Any, application: Any) -> bool:
    """Whether ``actor`` reviews the case."""
    return application.reviews.filter(reviewer=actor).exists()


def table_of(process: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, dict[str, Transition]]:
    """The transitions of a process for ``core.transitions``; ``settings`` are facts that the call itself gives."""
    table: dict[str, dict[str, Transition]] = {}
    for row in workflow.transitions(process):
        table.setdefault(row.state, {})[row.event] = Transition(
            to=row.to,
            permission=PERMISSIONS[row.role],
            label=EVENT_NAMES[row.event],
            guard=partial(_objections, row, settings),
            next_step=STATE_NAMES[S(row.to)].next_step,
            automatic=row.role in {"public", "system"},
        )
    return table


def _objections(
    row: workflow.Transition, settings: Mapping[str, Any], application: Any, facts: Mapping[str, Any]
) -> list[RuleViolation]:
    decision = decide_by([row], row.state, row.event, row.role, {**settings, **facts})
    return [RuleViolation(code.upper(), REFUSALS[code]) for code in decision.reasons]


PERMISSIONS: dict[str, Permission | None] = {
    "applicant_lead": leads,
    "officer": "calls.screen_application",
    "coordinator": "calls.coordinate_application",
    "reviewer": reviews,
    "board": "calls.decide_application",
    "objection_reviewer": "calls.decide_objection",
    "signatory": signs,
    "finance": "calls.pay_application",
    "public": None,
    "system": None,
}
