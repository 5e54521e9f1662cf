"""Which role may do what with schemes, credentials, continuing education and training."""

from innovation.accounts.choices import Role

RECORDS = (
    "scheme", "schemeversion", "credential", "grantcheck", "cpdcycle", "categorycredit", "cpdentry", "verification",
    "auditsample", "auditlook", "trainingprogramme", "cohort", "enrolment",
)  # fmt: skip
READERS = (Role.TALENT_OFFICER, Role.PRIVACY_OFFICER, Role.AUDITOR)
_KEPT = ("scheme", "schemeversion", "credential", "cpdentry", "trainingprogramme", "cohort", "enrolment")
ROLES: dict[Role, list[str]] = {
    Role.TALENT_OFFICER: [
        *(f"talent.{verb}_{record}" for record in _KEPT for verb in ("add", "change")),
        "talent.decide_credential", "talent.add_verification", "talent.add_auditsample", "talent.change_auditlook",
    ],
    Role.PROGRAMME_MANAGER: [
        "talent.view_scheme", "talent.view_schemeversion", "talent.view_trainingprogramme", "talent.view_cohort",
    ],
}  # fmt: skip
