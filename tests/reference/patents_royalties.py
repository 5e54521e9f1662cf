"""Runners of the cases of the patents part: rates and distribution."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from innovation.core.money import Unit, from_fen, to_fen
from patents.rules import distribution, rates
from tests.reference.patents import BOOK, day_of, money, word
from tests.reference.registry import runner


def fen(text: str) -> int:
    return to_fen(Decimal(text), Unit.YUAN)


def yuan(amount_fen: int) -> str:
    return f"{from_fen(amount_fen, Unit.YUAN):.2f}"


def shown(parts: Mapping[str, int]) -> dict[str, str]:
    return {party: yuan(amount) for party, amount in parts.items()}


def decimal_or_none(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def tiers(rows: list[dict[str, Any]], price: str) -> list[rates.Tier]:
    return [rates.Tier(None if row["upto"] is None else int(row["upto"]), Decimal(row[price])) for row in rows]


def weights(inputs: Mapping[str, Any]) -> dict[str, int]:
    return {party: int(weight) for party, weight in inputs.items()}


@runner("rate_marginal_tiers")
def run_marginal(inputs: Mapping[str, Any]) -> dict[str, Any]:
    cap = decimal_or_none(inputs["cap"])
    answer = rates.marginal(int(inputs["units"]), tiers(inputs["tiers"], "rate"), cap)
    return {"uncapped": money(answer.uncapped), "royalty": money(answer.royalty)}


@runner("rate_slab")
def run_slab(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {"royalty": money(rates.slab(int(inputs["units"]), tiers(inputs["slabs"], "fee")))}


@runner("rate_flat")
def run_flat(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {"royalty": money(rates.flat(int(inputs["units"]), Decimal(inputs["rate"])))}


@runner("rate_category_caps")
def run_category_caps(inputs: Mapping[str, Any]) -> dict[str, Any]:
    card = {
        name: rates.CategoryRate(Decimal(row["rate"]), decimal_or_none(row["cap"]))
        for name, row in inputs["card"].items()
    }
    answer = rates.by_category(
        weights(inputs["units"]), card, region_factor=Decimal(inputs["region_factor"]),
        enterprise_cap=decimal_or_none(inputs["enterprise_cap"]),
    )  # fmt: skip
    return {"by_category": {name: money(line) for name, line in answer.lines.items()}, "total": money(answer.total)}


@runner("pay_once")
def run_pay_once(inputs: Mapping[str, Any]) -> dict[str, Any]:
    units = rates.payable_units(int(inputs["terminal_units"]), int(inputs["chip_paid_units"]))
    return {"payable_units": units, "royalty": money(rates.flat(units, Decimal(inputs["rate"])))}


@runner("rate_by_signing_date")
def run_signing(inputs: Mapping[str, Any]) -> dict[str, Any]:
    found = rates.signing_class(
        date.fromisoformat(inputs["signed"]), early_before=date.fromisoformat(inputs["early_before"]),
        first_sale=day_of(inputs["first_sale"]), first_sale_extends=inputs["first_sale_extends"],
    )  # fmt: skip
    rate = Decimal(inputs["early_rate" if found == rates.SigningClass.EARLY else "standard_rate"])
    return {"class": word(found), "rate": money(rate), "royalty": money(rates.flat(int(inputs["units"]), rate))}


@runner("rate_compliance")
def run_compliance(inputs: Mapping[str, Any]) -> dict[str, Any]:
    rate = rates.compliance_rate(
        compliant=inputs["compliant"], compliant_rate=Decimal(inputs["compliant_rate"]),
        standard_rate=Decimal(inputs["standard_rate"]), multiplier=Decimal(inputs["product_multiplier"]),
    )  # fmt: skip
    return {"rate": money(rate), "royalty": money(rates.flat(int(inputs["units"]), rate))}


@runner("cap_by_year")
def run_cap_by_year(inputs: Mapping[str, Any]) -> dict[str, Any]:
    caps = [(int(row["from_year"]), Decimal(row["cap"])) for row in inputs["caps"]]
    return {"caps": [money(rates.cap_of_year(caps, int(year))) for year in inputs["years"]]}


@runner("cn_open_licence_price")
def run_open_licence_price(inputs: Mapping[str, Any]) -> dict[str, Any]:
    value = Decimal(inputs["amount" if inputs["basis"] == "fixed" else "rate"])
    guide = BOOK.find("OPEN_LICENCE_PRICE_GUIDE").parameters
    return {"ok": rates.within_price_guide(inputs["basis"], value, guide)}


@runner("allocate")
def run_allocate(inputs: Mapping[str, Any]) -> dict[str, Any]:
    answer = distribution.split(fen(inputs["amount"]), weights(inputs["weights"]))
    return {"shares": shown(answer.shares), "unallocated": yuan(answer.unallocated_fen)}


@runner("allocate_pool")
def run_allocate_pool(inputs: Mapping[str, Any]) -> dict[str, Any]:
    counts = weights(inputs["patent_counts"])
    answer = distribution.split_pool(fen(inputs["gross"]), Decimal(inputs["admin_rate"]), counts)
    return {
        "admin": yuan(answer.admin_fen), "distributable": yuan(answer.distributable_fen),
        "shares": shown(answer.split.shares), "unallocated": yuan(answer.split.unallocated_fen),
    }  # fmt: skip


@runner("allocate_pool_by_country")
def run_allocate_by_country(inputs: Mapping[str, Any]) -> dict[str, Any]:
    amounts = {country: fen(amount) for country, amount in inputs["revenue"].items()}
    counts = {country: weights(own) for country, own in inputs["counts"].items()}
    by_country, whole = distribution.split_by_country(amounts, counts)
    return {
        "by_country": {country: shown(one.shares) for country, one in by_country.items()},
        "shares": shown(whole.shares), "unallocated": yuan(whole.unallocated_fen),
    }  # fmt: skip


@runner("allocate_coowned")
def run_allocate_coowned(inputs: Mapping[str, Any]) -> dict[str, Any]:
    owned = [
        {party: Fraction(int(top), int(bottom)) for party, (top, bottom) in patent["shares"].items()}
        for patent in inputs["patents"]
    ]
    found = distribution.owner_weights(owned)
    answer = distribution.split(fen(inputs["amount"]), found)
    return {
        "weights": {party: str(weight) for party, weight in found.items()},
        "shares": shown(answer.shares), "unallocated": yuan(answer.unallocated_fen),
    }  # fmt: skip


@runner("allocate_with_expiry")
def run_allocate_with_expiry(inputs: Mapping[str, Any]) -> dict[str, Any]:
    patents = [
        distribution.Counted(
            row["owner"], row["type"], date.fromisoformat(row["filing"]), date.fromisoformat(row["grant"]),
            day_of(row["ceased_on"]),
        )
        for row in inputs["patents"]
    ]  # fmt: skip
    counts = distribution.count_in_force(BOOK, patents, date.fromisoformat(inputs["as_of"]))
    answer = distribution.split(fen(inputs["amount"]), counts)
    return {"counts": counts, "shares": shown(answer.shares), "unallocated": yuan(answer.unallocated_fen)}


@runner("allocate_restatement")
def run_allocate_restatement(inputs: Mapping[str, Any]) -> dict[str, Any]:
    old, new = (
        distribution.split(fen(inputs[f"amount_{version}"]), weights(inputs[f"weights_{version}"]))
        for version in ("old", "new")
    )
    return {
        "old": shown(old.shares), "new": shown(new.shares), "difference": shown(distribution.restated(old, new)),
    }  # fmt: skip
