"""Which role may do what with rounds of stable matching. People and sides with places rank by what they are."""

from innovation.accounts.choices import Role

RECORDS = (
    "managerproof", "matchround", "placement", "rankedchoice", "ranking", "roundhost", "roundoffer",
)  # fmt: skip
READERS = (Role.TALENT_OFFICER, Role.PRIVACY_OFFICER, Role.AUDITOR)
ROLES: dict[Role, list[str]] = {
    Role.TALENT_OFFICER: [
        "talent.add_matchround", "talent.change_matchround", "talent.change_ranking", "talent.change_placement",
    ],
    Role.PROGRAMME_MANAGER: [f"talent.view_{record}" for record in ("matchround", "roundhost", "roundoffer")],
}  # fmt: skip
