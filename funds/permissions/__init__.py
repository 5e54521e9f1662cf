"""Which role may do what in the funds part: a table of records and grants per subject, joined for ``FundsConfig``."""

from funds.permissions import cases, deals, exports, policy_work, portfolio, stress, watch
from innovation.accounts.choices import Role

SUBJECTS = (portfolio, cases, deals, policy_work, stress, watch, exports)
READERS = (Role.FUND_OFFICER, Role.FINANCE, Role.PROGRAMME_MANAGER, Role.AUDITOR)
"""Who sees every record of the part."""


def role_permissions() -> dict[Role, list[str]]:
    """Names such as ``"funds.view_fund"`` by role: what readers see, and what each subject grants beyond it."""
    seen = ["funds.view_portfolio", *(f"funds.view_{record}" for subject in SUBJECTS for record in subject.RECORDS)]
    granted = {role: list(seen) for role in READERS}
    for subject in SUBJECTS:
        for role, names in subject.ROLES.items():
            granted.setdefault(role, []).extend(names)
    return granted
