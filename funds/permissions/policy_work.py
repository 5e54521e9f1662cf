"""Which role may do what in valuation and policy work."""

from innovation.accounts.choices import Role

RECORDS = (
    "clawback",
    "dutyactual",
    "evaluationindicator",
    "evaluationrun",
    "evaluationscheme",
    "evaluationscore",
    "filingextract",
    "filingfield",
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
EVALUATES = ["funds.add_evaluationrun", "funds.add_filingextract"]
KEEPS_SCHEMES = [
    f"funds.{act}_{record}"
    for act in ("add", "change")
    for record in ("evaluationscheme", "evaluationindicator", "filingfield")
]
CONFIRMS = ["funds.confirm_evaluation", "funds.commit_filing"]
ROLES: dict[Role, list[str]] = {
    Role.FUND_OFFICER: [
        *PREPARES,
        *LANDS,
        *EVALUATES,
        *KEEPS_SCHEMES,
        "funds.add_threshold",
        "funds.change_threshold",
        "funds.add_reinvestmentclaim",
    ],
    Role.FINANCE: [*PREPARES, *APPROVES, "funds.decide_clawback"],
    Role.PROGRAMME_MANAGER: [*APPROVES, *CONFIRMS, "funds.decide_reinvestment", "funds.decide_clawback"],
}
