"""Record an issuance of shares by hand: written as Open Cap Format objects, as if a package had brought them."""

import uuid
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from funds.actions.companies import write_cap_table
from funds.models import CapRecord
from innovation.accounts.models import User
from innovation.core.errors import RuleViolation
from innovation.organisations.models import Organisation

MAX_DECIMALS = -10


@transaction.atomic
def record_issuance(
    *,
    company_id: int,
    stakeholder: str,
    stock_class: str,
    is_preferred: bool,
    quantity: Decimal,
    share_price: Decimal,
    issued_on: date,
    actor: User,
    is_institution: bool = True,
    number: str = "",
) -> dict[str, int]:
    """Add an issuance (share price in yuan); issuer, holder and class are made where the cap table lacks them.

    Raises RuleViolation QUANTITY, PRICE; PermissionDenied without ``funds.add_caprecord``.
    """
    if quantity <= 0 or _too_fine(quantity):
        raise RuleViolation(
            "QUANTITY", _("The number of shares is above zero, with at most ten decimals."), field="quantity"
        )
    if share_price < 0 or _too_fine(share_price):
        raise RuleViolation("PRICE", _("The price is zero or more, with at most ten decimals."), field="share_price")
    company = Organisation.objects.select_for_update(of=("self",)).get(pk=company_id)
    standing = list(CapRecord.objects.filter(company=company, superseded_at=None).values_list("data", flat=True))
    objects: list[dict[str, Any]] = []
    if not any(item["object_type"] == "ISSUER" for item in standing):
        objects.append(_issuer(company))
    holder = _found(standing, "STAKEHOLDER", stakeholder)
    if holder is None:
        kind = "INSTITUTION" if is_institution else "INDIVIDUAL"
        holder = _made("STAKEHOLDER", name={"legal_name": stakeholder}, stakeholder_type=kind)
        objects.append(holder)
    shares = _found(standing, "STOCK_CLASS", stock_class)
    if shares is None:
        classes = sum(item["object_type"] == "STOCK_CLASS" for item in standing)
        shares = _made(
            "STOCK_CLASS", name=stock_class, class_type="PREFERRED" if is_preferred else "COMMON",
            default_id_prefix="PS-" if is_preferred else "CS-", initial_shares_authorized="NOT APPLICABLE",
            votes_per_share="1", seniority=str(classes + 1),
        )  # fmt: skip
        objects.append(shares)
    issued = _made(
        "TX_STOCK_ISSUANCE", date=issued_on.isoformat(), security_id=str(uuid.uuid4()), custom_id=number or "–",
        stakeholder_id=holder["id"], security_law_exemptions=[], stock_class_id=shares["id"],
        share_price={"amount": f"{share_price:f}", "currency": "CNY"}, quantity=f"{quantity:f}", stock_legend_ids=[],
    )  # fmt: skip
    return write_cap_table(company_id=company_id, objects=[*objects, issued], actor=actor, whole=False)


def _too_fine(number: Decimal) -> bool:
    exponent = number.as_tuple().exponent
    return not isinstance(exponent, int) or exponent < MAX_DECIMALS


def _made(object_type: str, **fields: Any) -> dict[str, Any]:
    return {"id": str(uuid.uuid4()), "object_type": object_type, **fields}


def _found(standing: list[dict[str, Any]], object_type: str, name: str) -> dict[str, Any] | None:
    for item in standing:
        own = item.get("name")
        own = own.get("legal_name") if isinstance(own, dict) else own
        if item["object_type"] == object_type and own == name:
            return item
    return None


def _issuer(company: Organisation) -> dict[str, Any]:
    tax_ids = [{"tax_id": company.uscc, "country": "CN"}] if company.uscc else []
    founded = company.founded.isoformat() if company.founded else "1900-01-01"
    return _made(
        "ISSUER", legal_name=company.name_zh or company.name_en, formation_date=founded, country_of_formation="CN",
        tax_ids=tax_ids,
    )  # fmt: skip
