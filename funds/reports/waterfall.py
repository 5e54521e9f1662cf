"""The waterfall in words and tables: what each step is, what it takes, and whose that is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from funds.choices.records import Compounding, ConcessionTo, MoneySource, TierKind
from funds.queries.waterfall import Sold
from funds.rules.waterfall import Plan, Step, Tier, Waterfall
from innovation.core.components import Fact
from innovation.core.exports import Kind
from innovation.core.figures import percent_text
from innovation.core.money import Unit, format_fen
from innovation.core.tables import Table, TableColumn

NO_LIMIT = _("All that is left")


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step in whole fen; the three parts sum to the amount."""

    step: Step
    amount: int
    government: int
    others: int
    manager: int
    conceded: int


@dataclass(frozen=True, slots=True)
class PartyRow:
    """What one party gets in whole fen. ``paid_in`` is None for the manager's share of profit."""

    name: str
    source: str
    paid_in: int | None
    capital: int
    gain: int

    @property
    def total(self) -> int:
        return self.capital + self.gain


def step_name(tier: Tier) -> str:
    """What a step is called."""
    if not tier.position and tier.kind == TierKind.PROFIT_SPLIT:
        return gettext("Rest to the investors")
    return str(TierKind(tier.kind).label)


def step_text(tier: Tier) -> str:
    """What a step says, in one or two sentences."""
    parts = [_rule(tier)]
    if tier.concession:
        to_whom = _("the manager") if tier.concession_to == ConcessionTo.MANAGER else _("the other investors")
        text = gettext("The government gives up %(share)s of its part to %(whom)s.")
        parts.append(text % {"share": percent_text(tier.concession), "whom": to_whom})
    return " ".join(parts)


def _rule(tier: Tier) -> str:
    match tier.kind:
        case TierKind.RETURN_OF_CAPITAL:
            return gettext("All paid-in capital of the whole fund comes back first, by what each paid in.")
        case TierKind.PREFERRED_RETURN:
            return _interest_text(tier, gettext("%(rate)s a year on capital not yet returned (%(how)s)."))
        case TierKind.CATCH_UP:
            text = gettext("The manager gets %(share)s of this step until it has its share of the whole profit.")
            return text % {"share": percent_text(tier.manager)}
        case _:
            if not tier.manager:
                return gettext("What is left goes to the investors by what each paid in.")
            text = gettext("The manager gets %(share)s, the investors the rest by what each paid in.")
            return text % {"share": percent_text(tier.manager)}


def _interest_text(tier: Tier, text: str) -> str:
    if tier.interest is None:
        return ""
    simple = tier.interest.compounding == Compounding.SIMPLE
    how = gettext("simple") if simple else gettext("compounded yearly")
    return text % {"rate": percent_text(tier.interest.rate), "how": f"{how}, {tier.interest.day_count.label}"}


def terms_beside(plan: Plan, unit: Unit) -> list[str]:
    """What holds beside the steps: first loss and a way out at cost plus interest."""
    found = []
    if plan.first_loss is not None and plan.first_loss.first_loss:
        text = gettext("Of a loss, %(amount)s are borne first by: %(who)s.")
        amount = format_fen(plan.first_loss.first_loss, unit, with_unit=True)
        found.append(text % {"amount": amount, "who": plan.first_loss.bearer.label})
    if plan.buyout is not None:
        text = gettext("The government leaves at cost plus interest of %(rate)s a year (%(how)s).")
        given = gettext("Of what lies above it gives up %(share)s; the interest on all capital is %(amount)s so far.")
        due = format_fen(plan.buyout_due, unit, with_unit=True)
        share = percent_text(plan.buyout.concession)
        found.append(f"{_interest_text(plan.buyout, text)} {given % {'share': share, 'amount': due}}")
    return found


def step_rows(found: Sold) -> list[StepRow]:
    """The steps with their parts, by whose money it is."""
    government = [party.is_government for party in found.parties]
    rows = []
    for step, parts in found.steps():
        own = sum(fen for fen, chosen in zip(parts, government, strict=False) if chosen)
        rows.append(
            StepRow(step, sum(parts), own, sum(parts[:-1]) - own, parts[-1], round(step.conceded))
        )  # fmt: skip
    return rows


def step_lines(found: Waterfall, unit: Unit) -> list[tuple[str, ...]]:
    """The steps that a distribution reaches, as text: name, rule, amount, to investors, to the manager, conceded."""
    lines = []
    for step in found.steps:
        if step.amount:
            *investors, manager = step.in_fen()
            amounts = (int(step.amount), sum(investors), manager, round(step.conceded))
            lines.append(
                (step_name(step.tier), step_text(step.tier), *(format_fen(fen, unit) for fen in amounts))
            )  # fmt: skip
    return lines


def party_rows(found: Sold, names: Mapping[int, str]) -> list[PartyRow]:
    """The parties and, last, the manager's share of profit; all of them sum to the money that is shared."""
    weights = sum((Fraction(party.weight) for party in found.parties), Fraction(0))
    capital, gain = [0] * (len(found.parties) + 1), [0] * (len(found.parties) + 1)
    for step, parts in found.steps():
        sums = capital if step.tier.kind == TierKind.RETURN_OF_CAPITAL else gain
        for at, fen in enumerate(parts):
            sums[at] += fen
    rows = []
    for at, party in enumerate(found.parties):
        investor, source = party.key if isinstance(party.key, tuple) else (None, "")
        label = str(MoneySource(source).label)
        paid_in = round(Fraction(party.weight) / weights * found.plan.paid_in)
        rows.append(PartyRow(names.get(investor, label), label, paid_in, capital[at], gain[at]))
    carry = PartyRow(gettext("The manager"), gettext("Carried interest"), None, capital[-1], gain[-1])
    return [*rows, carry] if carry.total else rows


def step_table(request: HttpRequest, found: Sold) -> Table:
    """Step by step: up to what, how much, whose."""
    columns = (
        TableColumn(_("Step"), lambda row: step_name(row.step.tier), key="step", heading=True),
        TableColumn(_("What it says"), lambda row: step_text(row.step.tier), key="says"),
        TableColumn(
            _("Up to"), lambda row: None if row.step.limit is None else int(row.step.limit), Kind.MONEY, key="limit",
            unknown=NO_LIMIT,
        ),
        TableColumn(_("Amount"), lambda row: row.amount, Kind.MONEY, key="amount"),
        TableColumn(_("Government"), lambda row: row.government, Kind.MONEY, key="government"),
        TableColumn(_("Other investors"), lambda row: row.others, Kind.MONEY, key="others"),
        TableColumn(_("Manager (carry)"), lambda row: row.manager, Kind.MONEY, key="manager"),
        TableColumn(_("Of which conceded by the government"), lambda row: row.conceded, Kind.MONEY, key="conceded"),
    )  # fmt: skip
    rows = step_rows(found)
    return Table(
        request, columns, rows, _("Step by step"), name="steps", as_of=found.moment.as_of,
        known_at=found.moment.known_at, notes=terms_beside(found.plan, Unit.WAN),
        totals=lambda _rows: {
            name: sum(getattr(row, name) for row in rows)
            for name in ("amount", "government", "others", "manager", "conceded")
        },
    )  # fmt: skip


def party_table(request: HttpRequest, found: Sold, names: Mapping[int, str]) -> Table:
    """Who gets what."""
    columns = (
        TableColumn(_("Party"), lambda row: row.name, key="who", heading=True),
        TableColumn(_("Source of the money"), lambda row: row.source, key="source"),
        TableColumn(
            _("Paid in"), lambda row: row.paid_in, Kind.MONEY, key="paid_in",
            unknown=_("For managing, not for money"),
        ),
        TableColumn(_("Capital back"), lambda row: row.capital, Kind.MONEY, key="capital"),
        TableColumn(_("Gain"), lambda row: row.gain, Kind.MONEY, key="gain"),
        TableColumn(_("In all"), lambda row: row.total, Kind.MONEY, key="total"),
    )  # fmt: skip
    rows = party_rows(found, names)
    return Table(
        request, columns, rows, _("Who gets what"), name="parties", as_of=found.moment.as_of,
        known_at=found.moment.known_at,
        totals=lambda _rows: {
            "paid_in": found.plan.paid_in, **{n: sum(getattr(row, n) for row in rows) for n in ("capital", "gain")},
            "total": sum(row.total for row in rows),
        },
    )  # fmt: skip


def sold_facts(found: Sold, unit: Unit) -> Sequence[Fact]:
    """The money that is shared and what of it is the manager's."""

    def told(fen: int) -> str:
        return format_fen(fen, unit, with_unit=True)

    return [
        Fact(_("Distributed so far"), told(found.plan.distributed)),
        Fact(_("Net asset value at fair value"), told(found.nav)),
        Fact(_("Together, through the steps"), told(found.total)),
        Fact(_("Carry accrued and not yet paid"), told(found.accrued_carry)),
        Fact(_("Net asset value after carry"), told(found.net_nav)),
    ]
