"""Who may do what on the way from a proposal to an exit."""

from innovation.accounts.choices import Role

RECORDS = (
    "agreement", "caprecord", "capreversal", "committee", "committeemember", "companyfile", "companyquarter", "deal",
    "dealpaper", "decision", "decisionpaper", "diligenceitem", "monitoringnote", "paper", "tranche", "tranchepayment",
    "vote",
)  # fmt: skip
OFFICER = [
    *(
        f"funds.{act}_{record}"
        for act in ("add", "change")
        for record in ("committee", "committeemember", "deal", "diligenceitem", "tranche")
    ),
    "funds.add_agreement",
    "funds.add_caprecord",
    "funds.add_capreversal",
    "funds.add_companyquarter",
    "funds.add_decision",
    "funds.add_monitoringnote",
    "funds.add_paper",
]
FINANCE = ["funds.add_companyquarter", "funds.add_paper"]
MANAGER = ["funds.add_decision", "funds.add_monitoringnote", "funds.add_paper"]
ROLES: dict[Role, list[str]] = {
    Role.FUND_OFFICER: OFFICER,
    Role.FINANCE: FINANCE,
    Role.PROGRAMME_MANAGER: MANAGER,
}
