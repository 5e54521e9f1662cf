"""Which role may do what with demands, matchings and mandates. Managers read mandates, never who was judged how."""

from innovation.accounts.choices import Role

RECORDS = (
    "capacityperiod", "conflictdeclaration", "demand", "mandate", "mandateoutcome", "matchproposal", "matchprofile",
    "matchrun", "technology",
)  # fmt: skip
READERS = (Role.TALENT_OFFICER, Role.PRIVACY_OFFICER, Role.AUDITOR)
ROLES: dict[Role, list[str]] = {
    Role.TALENT_OFFICER: [
        *(
            f"talent.{verb}_{record}"
            for record in ("capacityperiod", "conflictdeclaration", "demand", "mandate", "matchprofile", "technology")
            for verb in ("add", "change")
        ),
        "talent.delete_capacityperiod",
        "talent.add_mandateoutcome",
        "talent.add_matchrun",
        "talent.change_matchproposal",
    ],
    Role.PROGRAMME_MANAGER: [
        f"talent.view_{record}" for record in ("demand", "mandate", "mandateoutcome", "technology")
    ],
}  # fmt: skip
