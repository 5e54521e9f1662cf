"""What the Open Cap Format asks of each object that we read: required fields, further ones, forms of values.

Objects of other types are kept whole and listed as unknown.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


class Form(Enum):
    """The form of a value."""

    NUMERIC = "text of digits with at most ten decimals"
    MONETARY = "amount and currency"
    DAY = "ISO day"
    LIST = "list of texts"


@dataclass(frozen=True, slots=True)
class Kind:
    """One object type: the file that holds it, what it must have, what it may have, and forms."""

    file_type: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    forms: Mapping[str, Form] = field(default_factory=dict)


FILE_TYPES = {
    "OCF_STAKEHOLDERS_FILE": ("stakeholders_files", "Stakeholders.ocf.json"),
    "OCF_STOCK_CLASSES_FILE": ("stock_classes_files", "StockClasses.ocf.json"),
    "OCF_STOCK_PLANS_FILE": ("stock_plans_files", "StockPlans.ocf.json"),
    "OCF_STOCK_LEGEND_TEMPLATES_FILE": ("stock_legend_templates_files", "StockLegendTemplates.ocf.json"),
    "OCF_VESTING_TERMS_FILE": ("vesting_terms_files", "VestingTerms.ocf.json"),
    "OCF_VALUATIONS_FILE": ("valuations_files", "Valuations.ocf.json"),
    "OCF_FINANCINGS_FILE": ("financings_files", "Financings.ocf.json"),
    "OCF_DOCUMENTS_FILE": ("documents_files", "Documents.ocf.json"),
    "OCF_TRANSACTIONS_FILE": ("transactions_files", "Transactions.ocf.json"),
}
"""File type → the manifest's list of such files, and the name that we give ours."""

_TX = "OCF_TRANSACTIONS_FILE"
_ISSUED = ("date", "security_id", "custom_id", "stakeholder_id", "security_law_exemptions")
_ISSUED_MORE = ("board_approval_date", "stockholder_approval_date", "consideration_text")
_OF_SECURITY = ("date", "security_id")
_DAY, _NUMBER, _MONEY, _LIST = Form.DAY, Form.NUMERIC, Form.MONETARY, Form.LIST


def _transfer(*, counted: bool) -> Kind:
    """A security goes over to new ones; shares say how many."""
    return Kind(
        _TX,
        (*_OF_SECURITY, "resulting_security_ids", *(("quantity",) if counted else ("amount",))),
        ("balance_security_id", "consideration_text"),
        {"date": _DAY, "resulting_security_ids": _LIST, **({"quantity": _NUMBER} if counted else {"amount": _MONEY})},
    )


def _cancellation(amount: str, form: Form) -> Kind:
    return Kind(_TX, (*_OF_SECURITY, "reason_text", amount), ("balance_security_id",), {"date": _DAY, amount: form})


KINDS = {
    "ISSUER": Kind(
        "OCF_MANIFEST_FILE",
        ("legal_name", "formation_date", "country_of_formation"),
        ("dba", "country_subdivision_of_formation", "country_subdivision_name_of_formation", "tax_ids", "email",
         "phone", "address", "initial_shares_authorized"),
        {"formation_date": _DAY},
    ),
    "STAKEHOLDER": Kind(
        "OCF_STAKEHOLDERS_FILE",
        ("name", "stakeholder_type"),
        ("issuer_assigned_id", "current_relationship", "current_relationships", "current_status", "primary_contact",
         "contact_info", "addresses", "tax_ids"),
    ),
    "STOCK_CLASS": Kind(
        "OCF_STOCK_CLASSES_FILE",
        ("name", "class_type", "default_id_prefix", "initial_shares_authorized", "votes_per_share", "seniority"),
        ("board_approval_date", "stockholder_approval_date", "par_value", "price_per_share", "conversion_rights",
         "liquidation_preference_multiple", "participation_cap_multiple"),
        {"votes_per_share": _NUMBER, "seniority": _NUMBER, "board_approval_date": _DAY, "par_value": _MONEY,
         "price_per_share": _MONEY, "liquidation_preference_multiple": _NUMBER},
    ),
    "STOCK_PLAN": Kind(
        "OCF_STOCK_PLANS_FILE",
        ("plan_name", "initial_shares_reserved"),
        ("board_approval_date", "stockholder_approval_date", "default_cancellation_behavior", "stock_class_id",
         "stock_class_ids"),
        {"initial_shares_reserved": _NUMBER},
    ),
    "STOCK_LEGEND_TEMPLATE": Kind("OCF_STOCK_LEGEND_TEMPLATES_FILE", ("name", "text")),
    "VESTING_TERMS": Kind(
        "OCF_VESTING_TERMS_FILE", ("name", "description", "allocation_type", "vesting_conditions")
    ),
    "VALUATION": Kind(
        "OCF_VALUATIONS_FILE",
        ("price_per_share", "effective_date", "valuation_type", "stock_class_id"),
        ("provider", "board_approval_date", "stockholder_approval_date"),
        {"price_per_share": _MONEY, "effective_date": _DAY},
    ),
    "FINANCING": Kind(
        "OCF_FINANCINGS_FILE", ("name", "issuance_ids", "date"), (), {"issuance_ids": _LIST, "date": _DAY}
    ),
    "DOCUMENT": Kind("OCF_DOCUMENTS_FILE", ("md5",), ("path", "uri", "related_objects")),
    "TX_STOCK_ISSUANCE": Kind(
        _TX,
        (*_ISSUED, "stock_class_id", "share_price", "quantity", "stock_legend_ids"),
        (*_ISSUED_MORE, "stock_plan_id", "share_numbers_issued", "vesting_terms_id", "vestings", "cost_basis",
         "issuance_type"),
        {"date": _DAY, "share_price": _MONEY, "quantity": _NUMBER, "cost_basis": _MONEY, "stock_legend_ids": _LIST},
    ),
    "TX_CONVERTIBLE_ISSUANCE": Kind(
        _TX,
        (*_ISSUED, "investment_amount", "convertible_type", "conversion_triggers", "seniority"),
        (*_ISSUED_MORE, "pro_rata"),
        {"date": _DAY, "investment_amount": _MONEY},
    ),
    "TX_WARRANT_ISSUANCE": Kind(
        _TX,
        (*_ISSUED, "purchase_price", "exercise_triggers"),
        (*_ISSUED_MORE, "quantity", "quantity_source", "exercise_price", "warrant_expiration_date",
         "vesting_terms_id", "vestings", "conversion_triggers"),
        {"date": _DAY, "purchase_price": _MONEY, "quantity": _NUMBER},
    ),
    "TX_EQUITY_COMPENSATION_ISSUANCE": Kind(
        _TX,
        (*_ISSUED, "compensation_type", "quantity", "expiration_date", "termination_exercise_windows"),
        (*_ISSUED_MORE, "stock_plan_id", "stock_class_id", "option_grant_type", "exercise_price", "base_price",
         "early_exercisable", "vesting_terms_id", "vestings"),
        {"date": _DAY, "quantity": _NUMBER},
    ),
    "TX_STOCK_TRANSFER": _transfer(counted=True),
    "TX_CONVERTIBLE_TRANSFER": _transfer(counted=False),
    "TX_STOCK_CANCELLATION": _cancellation("quantity", _NUMBER),
    "TX_CONVERTIBLE_CANCELLATION": _cancellation("amount", _MONEY),
    "TX_EQUITY_COMPENSATION_CANCELLATION": _cancellation("quantity", _NUMBER),
    "TX_EQUITY_COMPENSATION_EXERCISE": Kind(
        _TX,
        (*_OF_SECURITY, "quantity", "resulting_security_ids"),
        ("consideration_text",),
        {"date": _DAY, "quantity": _NUMBER, "resulting_security_ids": _LIST},
    ),
    "TX_STOCK_PLAN_POOL_ADJUSTMENT": Kind(
        _TX,
        ("date", "stock_plan_id", "shares_reserved"),
        ("board_approval_date", "stockholder_approval_date"),
        {"date": _DAY, "shares_reserved": _NUMBER},
    ),
    "TX_STOCK_RETRACTION": Kind(_TX, (*_OF_SECURITY, "reason_text"), (), {"date": _DAY}),
    "TX_STOCK_ACCEPTANCE": Kind(_TX, _OF_SECURITY, (), {"date": _DAY}),
    "TX_STOCK_REPURCHASE": Kind(
        _TX,
        (*_OF_SECURITY, "price", "quantity"),
        ("balance_security_id", "consideration_text"),
        {"date": _DAY, "price": _MONEY, "quantity": _NUMBER},
    ),
    "TX_STOCK_CONVERSION": Kind(
        _TX,
        (*_OF_SECURITY, "quantity_converted", "resulting_security_ids"),
        ("balance_security_id",),
        {"date": _DAY, "quantity_converted": _NUMBER, "resulting_security_ids": _LIST},
    ),
    "TX_CONVERTIBLE_CONVERSION": Kind(
        _TX,
        (*_OF_SECURITY, "reason_text", "trigger_id", "resulting_security_ids"),
        ("balance_security_id", "capitalization_definition", "quantity_converted"),
        {"date": _DAY, "resulting_security_ids": _LIST},
    ),
    "TX_STOCK_REISSUANCE": Kind(
        _TX,
        (*_OF_SECURITY, "resulting_security_ids"),
        ("split_transaction_id", "reason_text"),
        {"date": _DAY, "resulting_security_ids": _LIST},
    ),
    "TX_STOCK_CLASS_SPLIT": Kind(_TX, ("date", "stock_class_id", "split_ratio"), (), {"date": _DAY}),
}  # fmt: skip
