"""Which role may do what in valuation and policy work; ``FundsConfig`` adds it to its own."""

from innovation.accounts.choices import Role

RECORDS = ("prooffile", "reinvestmentclaim", "threshold", "valuationpaper", "valuationround")
PREPARES = ["funds.add_valuationpaper", "funds.add_valuationround"]
DECIDES = ["funds.approve_valuation", "funds.lock_valuationround"]
ROLES: dict[Role, list[str]] = {
    Role.FUND_OFFICER: [*PREPARES, "funds.add_threshold", "funds.change_threshold", "funds.add_reinvestmentclaim"],
    Role.FINANCE: [*PREPARES, *DECIDES],
    Role.PROGRAMME_MANAGER: [*DECIDES, "funds.decide_reinvestment"],
}
