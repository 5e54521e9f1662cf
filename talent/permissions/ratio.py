"""Which role may do what with the support ratio and staff plans. Figures of laboratories, no personal records."""

from innovation.accounts.choices import Role

RECORDS = (
    "ratiodefinition", "ratiomonthend", "ratiosnapshot", "staffreturn", "laboratoryprogramme", "programmelaboratory",
    "staffplan",
)  # fmt: skip
READERS = (Role.TALENT_OFFICER, Role.PROGRAMME_MANAGER, Role.PRIVACY_OFFICER, Role.AUDITOR)
ROLES: dict[Role, list[str]] = {
    Role.TALENT_OFFICER: [
        "talent.add_ratiodefinition", "talent.add_ratiomonthend", "talent.add_staffreturn", "talent.add_staffplan",
        "talent.add_laboratoryprogramme", "talent.change_laboratoryprogramme",
        "talent.add_programmelaboratory", "talent.change_programmelaboratory", "talent.delete_programmelaboratory",
    ],
    Role.PROGRAMME_MANAGER: ["talent.add_staffplan", "talent.add_ratiomonthend"],
}  # fmt: skip
"""The choice of a definition steers the city: the talent office makes it, everybody sees which it is."""
