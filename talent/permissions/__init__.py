"""Which role may do what in the talent part: a table of records and grants per subject, joined for ``TalentConfig``."""

from innovation.accounts.choices import Role
from talent.permissions import assessment, credentials, matching, people, privacy, ratio, rounds

SUBJECTS = (people, privacy, ratio, assessment, credentials, matching, rounds)


def role_permissions() -> dict[Role, list[str]]:
    """Names such as ``"talent.view_person"`` by role: per subject, what its readers see and what it grants beyond."""
    granted: dict[Role, list[str]] = {}
    for subject in SUBJECTS:
        for role in subject.READERS:
            granted.setdefault(role, []).extend(f"talent.view_{record}" for record in subject.RECORDS)
        for role, names in subject.ROLES.items():
            granted.setdefault(role, []).extend(names)
    return granted
