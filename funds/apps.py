from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from funds import case_permissions, deal_permissions, office_permissions, stress_permissions, watch_permissions
from innovation.accounts.choices import Role

RECORDS = (
    "bankline",
    "bankmatch",
    "bankstatement",
    "bookdocument",
    "call",
    "callline",
    "distribution",
    "distributionline",
    "feecharge",
    "payment",
    "bookterms",
    "entryproposal",
    "ledgeranchor",
    "ledgerproof",
    "fund",
    "fundgroup",
    "fundgroupmember",
    "fundpolicybinding",
    "indexseries",
    "indexupload",
    "indexvalue",
    "investment",
    "ledgerevent",
    "pacingmodel",
    "periodclose",
    "policydocument",
    "policyterm",
    "portfolioimport",
    "catalogueitem",
    "columnmapping",
    "lossratedefinition",
    "specialtierapproval",
    "tolerancerule",
    "valuation",
    "commitment",
    "fundterm",
    "feeterm",
    "waterfalltier",
    "fundlimit",
    "subfundinterest",
    *office_permissions.RECORDS,
    *stress_permissions.RECORDS,
    *watch_permissions.RECORDS,
    *case_permissions.RECORDS,
)
VIEW = ["funds.view_portfolio", *(f"funds.view_{record}" for record in RECORDS)]
EDITED = (
    "fund",
    "fundgroup",
    "fundgroupmember",
    "fundpolicybinding",
    "indexseries",
    "investment",
    "policydocument",
    "policyterm",
    "tolerancerule",
    "commitment",
    "fundterm",
    "feeterm",
    "waterfalltier",
    "fundlimit",
    "subfundinterest",
)

ROLES = {
    Role.FUND_OFFICER: [
        *VIEW,
        *(f"funds.{act}_{record}" for record in EDITED for act in ("add", "change")),
        "funds.add_ledgerevent",
        "funds.add_entryproposal",
        "funds.add_bankstatement",
        "funds.add_call",
        "funds.add_distribution",
        "funds.add_feecharge",
        "funds.issue_notice",
        "funds.decide_entryproposal",
        "funds.prove_ledger",
        "funds.add_specialtierapproval",
        "funds.add_portfolioimport",
        "funds.add_indexupload",
        "funds.add_pacingmodel",
        "funds.change_columnmapping",
        "funds.delete_columnmapping",
    ],
    Role.FINANCE: [
        *VIEW,
        "funds.add_ledgerevent",
        "funds.record_late_event",
        "funds.add_entryproposal",
        "funds.add_bankstatement",
        "funds.add_call",
        "funds.add_distribution",
        "funds.add_feecharge",
        "funds.issue_notice",
        "funds.decide_entryproposal",
        "funds.prove_ledger",
        "funds.add_bookterms",
        "funds.change_bookterms",
        "funds.reopen_period",
        "funds.add_periodclose",
        "funds.add_portfolioimport",
        "funds.add_indexupload",
    ],
    Role.PROGRAMME_MANAGER: [
        *VIEW,
        "funds.decide_special_tier",
        "funds.decide_entryproposal",
        "funds.reopen_period",
        "funds.prove_ledger",
    ],
    Role.AUDITOR: [*VIEW, "funds.prove_ledger"],
}


class FundsConfig(AppConfig):
    name = "funds"
    verbose_name = _("Funds")
    role_permissions = {
        role: [
            *ROLES.get(role, []),
            *case_permissions.ROLES.get(role, []),
            *office_permissions.ROLES.get(role, []),
            *stress_permissions.ROLES.get(role, []),
            *watch_permissions.ROLES.get(role, []),
            *deal_permissions.ROLES.get(role, []),
        ]
        for role in {*ROLES, *case_permissions.ROLES}
    }

    def ready(self) -> None:
        import_module("funds.registration").register()
