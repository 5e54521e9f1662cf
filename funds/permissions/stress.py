"""Which role may do what with outcome data, scenarios and simulations."""

from innovation.accounts.choices import Role

RECORDS = ("outcomeparameter", "scenario", "stressrun")
ROLES: dict[Role, list[str]] = {
    Role.FUND_OFFICER: [
        "funds.add_outcomeparameter", "funds.change_outcomeparameter", "funds.add_scenario", "funds.add_stressrun",
    ],
    Role.PROGRAMME_MANAGER: ["funds.add_scenario", "funds.add_stressrun"],
}  # fmt: skip
