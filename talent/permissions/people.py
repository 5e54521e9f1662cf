"""Which role may do what with people, their posts and role profiles."""

from innovation.accounts.choices import Role

RECORDS = ("person", "laboratory", "affiliation", "roleprofile")
READERS = (Role.TALENT_OFFICER, Role.PRIVACY_OFFICER, Role.AUDITOR)
"""Who reads personal records of the part; managers read aggregates only."""
ROLES: dict[Role, list[str]] = {
    Role.TALENT_OFFICER: [
        f"talent.{verb}_{record}" for record in RECORDS for verb in ("add", "change")
    ],
}  # fmt: skip
