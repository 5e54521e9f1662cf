"""Which role may do what with exemption cases."""

from innovation.accounts.choices import Role

RECORDS = (
    "appeal",
    "capbreach",
    "casedeadline",
    "casedecision",
    "casefreeze",
    "caseperson",
    "caseprocedure",
    "casestep",
    "checklistanswer",
    "decisionvoter",
    "evaluation",
    "evidence",
    "exemptioncase",
    "negativefinding",
    "panelmember",
    "panelvote",
    "sealedfile",
    "statement",
)
SITS = ["funds.vote_exemptioncase"]
"""Members of a panel come from all offices and from outside; they see the cases on which they sit."""

ROLES: dict[Role, list[str]] = {
    Role.FUND_OFFICER: [
        "funds.add_exemptioncase",
        "funds.manage_exemptioncase",
        *(f"funds.{act}_{record}" for record in ("caseprocedure", "casedeadline") for act in ("add", "change")),
    ],
    Role.FINANCE: [*SITS, "funds.decide_exemptioncase"],
    Role.PROGRAMME_MANAGER: ["funds.add_exemptioncase", *SITS, "funds.decide_exemptioncase"],
    Role.TALENT_OFFICER: SITS,
    Role.PATENT_OFFICER: SITS,
    Role.REVIEWER: SITS,
}
