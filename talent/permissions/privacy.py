"""Which role may do what with consents, reads, requests on one's data and the privacy officer's registers."""

from innovation.accounts.choices import Role

RECORDS = (
    "accesslog", "consent", "consenttext", "rightsrequest", "datahold", "erasurecase", "exportrequest",
    "impactassessment", "breach", "retentionrun", "privacyproof",
)  # fmt: skip
READERS = (Role.PRIVACY_OFFICER, Role.AUDITOR)
ROLES: dict[Role, list[str]] = {
    Role.PRIVACY_OFFICER: [
        "talent.add_consenttext", "talent.answer_rightsrequest", "talent.add_datahold", "talent.lift_datahold",
        "talent.perform_erasurecase", "talent.approve_exportrequest", "talent.add_retentionrun",
        "talent.add_impactassessment", "talent.change_impactassessment", "talent.approve_impactassessment",
        "talent.add_breach", "talent.change_breach",
    ],
    Role.TALENT_OFFICER: [
        "talent.view_exportrequest", "talent.add_exportrequest", "talent.approve_exportrequest", "talent.view_consent",
        "talent.view_consenttext",
    ],
}  # fmt: skip
