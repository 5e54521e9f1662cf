"""Which role may do what with assessments. The vault has no permission at all, the bias report none but its own."""

from innovation.accounts.choices import Role

RECORDS = (
    "assessmentrubric", "assessmentround", "assessment", "assessmentevidence", "redaction", "blindview", "blindreview",
    "score", "scorechange",
)  # fmt: skip
READERS = (Role.TALENT_OFFICER, Role.PRIVACY_OFFICER, Role.AUDITOR)
"""Who reads cases with their names; managers decide by number and score."""
ROLES: dict[Role, list[str]] = {
    Role.TALENT_OFFICER: [
        "talent.add_assessmentrubric", "talent.add_assessmentround", "talent.change_assessmentround",
        "talent.add_assessment", "talent.change_assessment", "talent.add_assessmentevidence", "talent.add_blindreview",
    ],
    Role.PROGRAMME_MANAGER: ["talent.decide_assessment"],
}  # fmt: skip
