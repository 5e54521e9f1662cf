"""Which role may do what with people, their posts and role profiles, skills and evidence."""

from innovation.accounts.choices import Role

RECORDS = ("person", "laboratory", "affiliation", "roleprofile", "skill", "skillclaim", "evidence", "personmerge")
READERS = (Role.TALENT_OFFICER, Role.PRIVACY_OFFICER, Role.AUDITOR)
"""Who reads personal records of the part; managers read aggregates only."""
_OFFICE = ("person", "laboratory", "affiliation", "roleprofile", "skill")
ROLES: dict[Role, list[str]] = {
    Role.TALENT_OFFICER: [
        *(f"talent.{verb}_{record}" for record in _OFFICE for verb in ("add", "change")),
        "talent.change_skillclaim", "talent.add_talentimport", "talent.view_talentimport",
    ],
}  # fmt: skip
