"""What an entry made by hand adds to a cap table: whole objects of the Open Cap Format, exact to ten decimals.

Open Cap Table Coalition, Open Cap Format 1.2. A transfer, repurchase, cancellation or conversion closes a security
whole; what is left over is issued anew on the same day as its balance (``balance_security_id``), and what was paid for
it is divided in the same proportion. Amounts are yuan.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext_lazy as _

from funds.choices.companies import CapEntryKind
from funds.rules.cap_securities import (
    CONVERTIBLE,
    STOCK,
    Entry,
    Security,
    basis,
    check_fields,
    check_security,
    money,
    numeric,
    plain,
    plan_left,
    securities,
    yuan,
)
from innovation.core.errors import RuleViolation

NO_NUMBER = "–"


def entry_objects(
    entry: Entry, standing: Iterable[Mapping[str, Any]], *, new_id: Callable[[], str], issuer: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """The objects to add to those that stand, the transaction last. ``issuer`` is added where none stands.

    Raises RuleViolation FIELD_MISSING, NUMBER, PRICE, SECURITY_UNKNOWN, SECURITY_KIND, SECURITY_CLOSED, BEFORE_ISSUE,
    MORE_THAN_HELD, TOO_FINE, SAME_HOLDER, SAME_CLASS, PLAN_SIZE, PLAN_USED_UP, PERIOD_ORDER, GRANT_ENDED.
    """
    check_fields(entry)
    table = _Table(list(standing), new_id)
    if not any(item["object_type"] == "ISSUER" for item in table.standing):
        table.fresh.append({"id": new_id(), "object_type": "ISSUER", **issuer})
    _WRITERS[entry.kind](table, entry)
    return table.fresh


@dataclass(slots=True)
class _Taken:
    """What an entry takes of a security; ``part`` of its whole, and what is left over."""

    security: Security
    quantity: Fraction
    left: Fraction

    @property
    def part(self) -> Fraction:
        return self.quantity / self.security.held


@dataclass(slots=True)
class _Table:
    """The cap table while an entry is written: what stands, and what is added."""

    standing: list[Mapping[str, Any]]
    new_id: Callable[[], str]
    fresh: list[dict[str, Any]] = field(default_factory=list)

    def add(self, object_type: str, **fields: Any) -> dict[str, Any]:
        item = {"id": self.new_id(), "object_type": object_type, **fields}
        self.fresh.append(item)
        return item

    def named(self, object_type: str, name: str) -> Mapping[str, Any] | None:
        for item in self.standing:
            own = item.get("plan_name") or item.get("name")
            own = own.get("legal_name") if isinstance(own, dict) else own
            if item["object_type"] == object_type and own == name.strip():
                return item
        return None

    def holder(self, entry: Entry) -> str:
        known = self.named("STAKEHOLDER", entry.stakeholder)
        if known:
            return str(known["id"])
        kind = "INSTITUTION" if entry.is_institution else "INDIVIDUAL"
        made = self.add("STAKEHOLDER", name={"legal_name": entry.stakeholder.strip()}, stakeholder_type=kind)
        return str(made["id"])

    def stock_class(self, entry: Entry) -> str:
        known = self.named("STOCK_CLASS", entry.stock_class)
        if known:
            return str(known["id"])
        classes = sum(item["object_type"] == "STOCK_CLASS" for item in self.standing)
        made = self.add(
            "STOCK_CLASS", name=entry.stock_class.strip(), class_type="PREFERRED" if entry.is_preferred else "COMMON",
            default_id_prefix="PS-" if entry.is_preferred else "CS-", initial_shares_authorized="NOT APPLICABLE",
            votes_per_share="1", seniority=str(classes + 1),
        )  # fmt: skip
        return str(made["id"])

    def take(self, entry: Entry) -> _Taken:
        """What the entry takes of its security, after all refusals."""
        security = securities(self.standing, entry.on).get(entry.security_id)
        if security is None:
            raise RuleViolation(
                "SECURITY_UNKNOWN", _("The cap table does not hold this security."), field="security_id"
            )
        check_security(entry, security)
        asked = entry.amount if security.family == CONVERTIBLE else entry.quantity
        quantity = security.held if asked is None else Fraction(asked)
        if quantity > security.held or not quantity:
            raise RuleViolation(
                "MORE_THAN_HELD", _("Only %(held)s are held of it on that day.") % {"held": plain(security.held)},
                field="amount" if security.family == CONVERTIBLE else "quantity",
                facts={"held": plain(security.held)},
            )  # fmt: skip
        return _Taken(security, quantity, security.held - quantity)

    def shares(
        self, entry: Entry, *, holder: str, stock_class: str, quantity: Decimal | Fraction | int,
        price: Mapping[str, str], paid: Mapping[str, str] | None = None, number: str = "", **more: Any,
    ) -> str:  # fmt: skip
        """Issue shares; returns their security."""
        key = self.new_id()
        cost = {"cost_basis": dict(paid)} if paid else {}
        self.add(
            CapEntryKind.ISSUANCE.value, date=entry.on.isoformat(), security_id=key, custom_id=number or NO_NUMBER,
            stakeholder_id=holder, security_law_exemptions=[], stock_class_id=stock_class, share_price=dict(price),
            quantity=numeric(quantity), stock_legend_ids=[], **cost, **more,
        )  # fmt: skip
        return key

    def balance(self, entry: Entry, taken: _Taken) -> dict[str, str]:
        """Issue anew what is left over, on the same terms; empty where nothing is."""
        if not taken.left:
            return {}
        item, left = taken.security.item, taken.left / taken.security.held
        key = self.new_id()
        kept = {name: value for name, value in item.items() if name not in {"id", "date", "security_id"}}
        kept |= {"date": entry.on.isoformat(), "security_id": key}
        if taken.security.family == CONVERTIBLE:
            kept["investment_amount"] = money(taken.left, str(item["investment_amount"]["currency"]))
        else:
            kept["quantity"] = numeric(taken.left)
        if taken.security.family == STOCK:
            kept["cost_basis"] = basis(item, left)
        self.fresh.append({"id": self.new_id(), **kept})
        return {"balance_security_id": key}

    def close(self, entry: Entry, taken: _Taken, **fields: Any) -> None:
        """The transaction itself, with its balance."""
        self.add(
            entry.kind.value, date=entry.on.isoformat(), security_id=entry.security_id,
            **fields, **self.balance(entry, taken),
        )  # fmt: skip


# ── One writer for each family and event ─────────────────────────────────────────────────────────
def _issue_shares(table: _Table, entry: Entry) -> None:
    holder, stock_class = table.holder(entry), table.stock_class(entry)
    table.shares(
        entry, holder=holder, stock_class=stock_class, quantity=entry.quantity or 0, price=yuan(entry.price or 0),
        number=entry.number,
    )  # fmt: skip


def _take_up(table: _Table, entry: Entry) -> None:
    """Convertible money; its one trigger is that both sides agree, so that a conversion can name it."""
    table.add(
        entry.kind.value, date=entry.on.isoformat(), security_id=table.new_id(), custom_id=entry.number or NO_NUMBER,
        stakeholder_id=table.holder(entry), security_law_exemptions=[], investment_amount=yuan(entry.amount or 0),
        convertible_type="NOTE", seniority=1,
        conversion_triggers=[
            {
                "type": "ELECTIVE_AT_WILL", "trigger_id": table.new_id(),
                "conversion_right": {
                    "type": "CONVERTIBLE_CONVERSION_RIGHT",
                    "conversion_mechanism": {
                        "type": "CUSTOM_CONVERSION", "custom_conversion_description": "As agreed by both sides",
                    },
                },
            }
        ],
    )  # fmt: skip


def _grant(table: _Table, entry: Entry) -> None:
    last = entry.expires_on
    if last is None or last <= entry.on:
        raise RuleViolation("PERIOD_ORDER", _("A grant ends after it is made."), field="expires_on")
    stock_class, plan = table.stock_class(entry), table.named("STOCK_PLAN", entry.plan)
    if plan is None:
        if entry.reserved is None:
            raise RuleViolation("PLAN_SIZE", _("This plan is new: say how many shares it may give."), field="reserved")
        plan = table.add(
            "STOCK_PLAN", plan_name=entry.plan.strip(), initial_shares_reserved=numeric(entry.reserved),
            stock_class_ids=[stock_class],
        )  # fmt: skip
    left = plan_left([*table.standing, *table.fresh], plan)
    if Fraction(entry.quantity or 0) > left:
        raise RuleViolation(
            "PLAN_USED_UP", _("The plan has %(left)s shares left.") % {"left": plain(left)}, field="quantity",
            facts={"left": plain(left)},
        )  # fmt: skip
    table.add(
        entry.kind.value, date=entry.on.isoformat(), security_id=table.new_id(), custom_id=entry.number or NO_NUMBER,
        stakeholder_id=table.holder(entry), security_law_exemptions=[], compensation_type="OPTION",
        quantity=numeric(entry.quantity or 0), exercise_price=yuan(entry.price or 0), expiration_date=last.isoformat(),
        termination_exercise_windows=[], stock_plan_id=plan["id"], stock_class_id=stock_class,
    )  # fmt: skip


def _transfer(table: _Table, entry: Entry) -> None:
    taken = table.take(entry)
    item, holder = taken.security.item, table.holder(entry)
    if holder == item["stakeholder_id"]:
        raise RuleViolation("SAME_HOLDER", _("This holder has the shares already."), field="stakeholder")
    paid = None if entry.price is not None else basis(item, taken.part)
    key = table.shares(
        entry, holder=holder, stock_class=str(item["stock_class_id"]), quantity=taken.quantity, paid=paid,
        price=item["share_price"] if entry.price is None else yuan(entry.price), number=entry.number,
    )  # fmt: skip
    table.close(entry, taken, quantity=numeric(taken.quantity), resulting_security_ids=[key])


def _repurchase(table: _Table, entry: Entry) -> None:
    taken = table.take(entry)
    said = {"consideration_text": entry.reason.strip()} if entry.reason.strip() else {}
    table.close(entry, taken, quantity=numeric(taken.quantity), price=yuan(entry.price or 0), **said)


def _cancel(table: _Table, entry: Entry) -> None:
    taken = table.take(entry)
    if taken.security.family == CONVERTIBLE:
        currency = str(taken.security.item["investment_amount"]["currency"])
        amount: dict[str, Any] = {"amount": money(taken.quantity, currency)}
    else:
        amount = {"quantity": numeric(taken.quantity)}
    table.close(entry, taken, reason_text=entry.reason.strip(), **amount)


def _convert_shares(table: _Table, entry: Entry) -> None:
    taken = table.take(entry)
    item, stock_class = taken.security.item, table.stock_class(entry)
    if stock_class == item["stock_class_id"]:
        raise RuleViolation("SAME_CLASS", _("These are shares of that class already."), field="stock_class")
    key = table.shares(
        entry, holder=str(item["stakeholder_id"]), stock_class=stock_class, quantity=entry.new_shares or 0,
        price=item["share_price"], paid=basis(item, taken.part), number=entry.number,
    )  # fmt: skip
    table.close(entry, taken, quantity_converted=numeric(taken.quantity), resulting_security_ids=[key])


def _convert_money(table: _Table, entry: Entry) -> None:
    taken = table.take(entry)
    item, stock_class = taken.security.item, table.stock_class(entry)
    currency, shares = str(item["investment_amount"]["currency"]), Fraction(entry.new_shares or 1)
    key = table.shares(
        entry, holder=str(item["stakeholder_id"]), stock_class=stock_class, quantity=shares,
        price=money(taken.quantity / shares, currency), paid=money(taken.quantity, currency), number=entry.number,
    )  # fmt: skip
    triggers = [one.get("trigger_id") for one in item.get("conversion_triggers") or [] if isinstance(one, dict)]
    table.close(
        entry, taken, reason_text=entry.reason.strip(), trigger_id=str((triggers or [NO_NUMBER])[0]),
        resulting_security_ids=[key],
    )  # fmt: skip


def _exercise(table: _Table, entry: Entry) -> None:
    """Shares at the price of exercise; the grant stands on with the rest."""
    taken = table.take(entry)
    item = taken.security.item
    stock_class = item.get("stock_class_id") or _class_of_plan(table, item)
    if stock_class is None:
        raise RuleViolation(
            "NO_CLASS", _("Neither the grant nor its plan names a class of shares."), field="security_id"
        )
    key = table.shares(
        entry, holder=str(item["stakeholder_id"]), stock_class=str(stock_class), quantity=taken.quantity,
        price=item.get("exercise_price") or yuan(0), number=entry.number,
        **({"stock_plan_id": item["stock_plan_id"]} if item.get("stock_plan_id") else {}),
    )  # fmt: skip
    table.add(
        entry.kind.value, date=entry.on.isoformat(), security_id=entry.security_id, quantity=numeric(taken.quantity),
        resulting_security_ids=[key],
    )  # fmt: skip


def _class_of_plan(table: _Table, grant: Mapping[str, Any]) -> str | None:
    plans = {item["id"]: item for item in table.standing if item["object_type"] == "STOCK_PLAN"}
    plan = plans.get(grant.get("stock_plan_id"), {})
    named = [plan.get("stock_class_id"), *(plan.get("stock_class_ids") or [])]
    return next((str(one) for one in named if one), None)


_WRITERS: dict[CapEntryKind, Callable[[_Table, Entry], None]] = {
    CapEntryKind.ISSUANCE: _issue_shares,
    CapEntryKind.CONVERTIBLE: _take_up,
    CapEntryKind.GRANT: _grant,
    CapEntryKind.TRANSFER: _transfer,
    CapEntryKind.REPURCHASE: _repurchase,
    CapEntryKind.CONVERSION: _convert_shares,
    CapEntryKind.CONVERTIBLE_CONVERSION: _convert_money,
    CapEntryKind.EXERCISE: _exercise,
    CapEntryKind.CANCELLATION: _cancel,
    CapEntryKind.CONVERTIBLE_CANCELLATION: _cancel,
    CapEntryKind.GRANT_CANCELLATION: _cancel,
}
