"""Which role may do what with fund states, alerts, special tiers and files of records."""

from innovation.accounts.choices import Role

RECORDS = ("alert", "alertthreshold", "toleranceresult", "tierevidence", "recordimport")
ROLES: dict[Role, list[str]] = {
    Role.FUND_OFFICER: [
        "funds.add_tierevidence", "funds.move_fund", "funds.handle_alert", "funds.add_recordimport",
    ],
    Role.PROGRAMME_MANAGER: ["funds.handle_alert", "funds.change_alertthreshold"],
}  # fmt: skip
