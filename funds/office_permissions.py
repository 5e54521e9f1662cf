"""Which role may do what in valuation and policy work; ``FundsConfig`` adds it to its own."""

from innovation.accounts.choices import Role

RECORDS = (
    "clawback",
    "dutyactual",
    "landedduty",
    "landedproject",
    "prooffile",
    "reinvestmentclaim",
    "threshold",
    "valuationpaper",
    "valuationround",
)
PREPARES = ["funds.add_valuationpaper", "funds.add_valuationround"]
APPROVES = ["funds.approve_valuation", "funds.lock_valuationround"]
LANDS = ["funds.add_landedproject", "funds.add_landedduty", "funds.add_dutyactual", "funds.add_clawback"]
ROLES: dict[Role, list[str]] = {
    Role.FUND_OFFICER: [
        *PREPARES,
        *LANDS,
        "funds.add_threshold",
        "funds.change_threshold",
        "funds.add_reinvestmentclaim",
    ],
    Role.FINANCE: [*PREPARES, *APPROVES, "funds.decide_clawback"],
    Role.PROGRAMME_MANAGER: [*APPROVES, "funds.decide_reinvestment", "funds.decide_clawback"],
}
