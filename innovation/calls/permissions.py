"""Which role may do what with calls and applications; ``CallsConfig`` hands it to the roles."""

from innovation.accounts.choices import STAFF_ROLES, Role

RECORDS = (
    "agendaitem",
    "agreement",
    "agreementshare",
    "answer",
    "answerfile",
    "appeal",
    "application",
    "applicationmember",
    "awardimport",
    "bar",
    "boardvote",
    "call",
    "calldocument",
    "changerequest",
    "condition",
    "deadlinedefinition",
    "decision",
    "definitioncase",
    "duechange",
    "earlieraward",
    "entitlement",
    "formdefinition",
    "goal",
    "inforequest",
    "latedocument",
    "meeting",
    "meetingmember",
    "messagebatch",
    "messageline",
    "messagerun",
    "messagetemplate",
    "milestone",
    "milestonecheck",
    "milestonereport",
    "minutes",
    "need",
    "notice",
    "objection",
    "objectionfile",
    "partner",
    "payment",
    "processdefinition",
    "programme",
    "proposal",
    "recusal",
    "reportfile",
    "rubricdefinition",
    "scoresheet",
    "shareddetail",
    "signature",
    "submission",
    "webhooksubscription",
    "discussionround",
    "gateoverride",
    "gateresult",
    "likenessrun",
    "review",
    "reviewerprofile",
    "reviewerrelation",
    "reviewsummary",
    "reviewversion",
    "screening",
    "textlikeness",
)
DEFINED = ("deadlinedefinition", "definitioncase", "formdefinition", "messagetemplate", "processdefinition",
           "rubricdefinition", "scoresheet")  # fmt: skip
OFFICERS = (Role.FUND_OFFICER, Role.TALENT_OFFICER, Role.PATENT_OFFICER)
OFFICER = [
    *(f"calls.{act}_{record}" for record in (*DEFINED, "bar", "call", "calldocument") for act in ("add", "change")),
    *(f"calls.delete_{record}" for record in (*DEFINED, "call")),
    *(f"calls.{act}_{record}" for record in ("reviewerprofile", "reviewerrelation") for act in ("add", "change")),
    "calls.screen_application",
    "calls.coordinate_application",
    "calls.add_awardimport",
    "calls.add_messagebatch",
]
REVIEWER = ["calls.view_review", "calls.change_review"]
MANAGER = [
    *(f"calls.{act}_{record}" for record in ("goal", "programme") for act in ("add", "change")),
    "calls.publish_call",
    "calls.publish_definition",
    "calls.confirm_rule",
    "calls.coordinate_application",
    "calls.add_awardimport",
    "calls.decide_application",
    "calls.decide_objection",
    "calls.sign_agreement",
]


HOOKS = [f"calls.{act}_webhooksubscription" for act in ("add", "change", "delete")]


def role_permissions() -> dict[Role, list[str]]:
    """Names such as ``"calls.view_call"`` by role."""
    seen = [f"calls.view_{record}" for record in RECORDS]
    granted = {role: list(seen) for role in sorted(STAFF_ROLES)}
    for role in OFFICERS:
        granted[role] += OFFICER
    granted[Role.PROGRAMME_MANAGER] += MANAGER + HOOKS
    granted[Role.REVIEWER] = [*REVIEWER]
    granted[Role.FINANCE] += ["calls.pay_application", "calls.decide_application"]
    return granted
