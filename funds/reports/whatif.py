"""What-if in the reader's words: what was supposed, and the answer before and after side by side."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from funds.models import Fund, Investment, Scenario
from funds.queries.answers import Answer
from funds.queries.stressed import NotStressed, Stressed
from funds.queries.whatif import Supposed, WhatIf
from funds.reports import words
from funds.reports.amounts import fen
from funds.reports.stress import STATES
from funds.rules.stress.changes import ChangeKind
from funds.rules.stress.reverse import ReverseStress
from innovation.core.figures import percent_text, points_text
from innovation.core.money import Unit, format_fen
from innovation.reports.choices import ColumnKind
from innovation.reports.content import Column, Figure, Money, Percent, Row, Table, Text, Unknown, Value

Names = Mapping[int, Investment]
FIELDS = dict(words.DEFINITION_FIELDS)


def supposed_lines(supposed: Supposed, names: Names, funds: Sequence[Fund], unit: Unit = Unit.WAN) -> list[str]:
    """What is supposed, one sentence a supposition."""
    lines = []
    for change in supposed.changes:
        investment = names.get(int(change.holding))
        facts = {
            "name": f"{investment.company.name} ({investment.code})" if investment else str(change.holding),
            "share": percent_text(change.share),
        }
        if change.kind == ChangeKind.WRITE_OFF:
            lines.append(_("%(name)s: %(share)s of the remaining cost is written off") % facts)
        elif change.impaired:
            lines.append(_("%(name)s: fair value falls by %(share)s, recorded as an impairment") % facts)
        else:
            lines.append(_("%(name)s: fair value falls by %(share)s") % facts)
    if supposed.others is not None:
        share = percent_text(supposed.others)
        lines.append(
            (_("All other holdings: fair value falls by %(share)s") if supposed.changes
             else _("All holdings: fair value falls by %(share)s")) % {"share": share}
        )  # fmt: skip
    by_id = {fund.pk: fund for fund in funds}
    for placed in supposed.new:
        money, fund = placed.money, by_id.get(placed.fund_id)
        lines.append(
            _("New money: %(amount)s %(unit)s in stage %(stage)s by %(fund)s, %(lost)s of it lost, %(paid)s")
            % {
                "amount": format_fen(money.amount, unit),
                "unit": unit.behind,
                "stage": words.stage_label(money.stage),
                "fund": fund.name if fund else placed.fund_id,
                "lost": percent_text(money.lost),
                "paid": _("called from the investors") if money.called else _("paid from cash"),
            }
        )
    for name, value in supposed.reading.items():
        facts = {"field": FIELDS[name], "value": _word(name, value)}
        lines.append(_("Another reading: %(field)s is “%(value)s”") % facts)
    if supposed.cap is not None:
        lines.append(_("Another cap: %(cap)s") % {"cap": percent_text(supposed.cap)})
    return lines


def _word(name: str, value: Any) -> str:
    return words.flag_words(name, value=value) if isinstance(value, bool) else str(value.label)


def outcome(found: WhatIf) -> str:
    """The answer in one sentence."""
    now, then = found.now.rate.rate, found.then.rate.rate
    if now is None or then is None:
        return _("There is no loss rate to compare.")
    facts = {
        "now": percent_text(now), "then": percent_text(then), "status": words.status_of(found.then).label,
        "cap": percent_text(found.then.tolerance.effective_cap),
    }  # fmt: skip
    if found.then.tolerance.effective_cap is None:
        return _("The loss rate goes from %(now)s to %(then)s; no cap is tested.") % facts
    return _("The loss rate goes from %(now)s to %(then)s under a cap of %(cap)s: %(status)s.") % facts


def answer_figures(found: WhatIf) -> tuple[Figure, ...]:
    """The supposed answer as cards, each with today's beside it."""
    then, now = found.then, found.now
    change = None
    if then.rate.rate is not None and now.rate.rate is not None:
        change = then.rate.rate - now.rate.rate
    return (
        Figure(
            _("Loss rate, supposed"),
            _percent(then.rate.rate),
            note=_("now %(now)s, change %(change)s") % {"now": percent_text(now.rate.rate), "change": _signed(change)},
            status=words.status_of(then),
        ),
        Figure(
            _("Headroom, supposed"),
            _money(then.tolerance.headroom),
            note=str(then.resolved.theta.money_view.label),
        ),
        Figure(
            _("Share of the cap used, supposed"),
            _percent(then.tolerance.utilisation),
            note=_("now %(now)s") % {"now": percent_text(now.tolerance.utilisation)},
        ),
    )


def _signed(change: Fraction | None) -> str:
    if change is None:
        return "–"
    return f"+{points_text(change)}" if change > 0 else points_text(change)


def comparison_tables(found: WhatIf) -> tuple[Table, Table]:
    """Every figure now and supposed: what has no unit, then money."""
    now, then = found.now, found.then
    stress_now, stress_then = _reverse(found.stress_now), _reverse(found.stress_then)
    cash_now, cash_then = found.cash
    shares: list[tuple[str, Value, Value]] = [
        (_("Loss rate"), _percent(now.rate.rate), _percent(then.rate.rate)),
        (_("Cap in effect"), _percent(now.tolerance.effective_cap), _percent(then.tolerance.effective_cap)),
        (_("Share of the cap used"), _percent(now.tolerance.utilisation), _percent(then.tolerance.utilisation)),
        (_("Status by the cap alone"), Text(words.status_of(now).label), Text(words.status_of(then).label)),
        (_("Largest uniform markdown that keeps the cap"), _markdown(stress_now), _markdown(stress_then)),
        (_("Failures needed at least"), _number(stress_now, "k_min"), _number(stress_then, "k_min")),
        (_("Failures that break it for certain"), _number(stress_now, "k_max"), _number(stress_then, "k_max")),
        (_("Definition"), _reading(now), _reading(then)),
    ]
    amounts: list[tuple[str, Value, Value]] = [
        (_("Loss that counts"), _money(now.rate.numerator_signed), _money(then.rate.numerator_signed)),
        (_("Base"), _money(now.rate.denominator), _money(then.rate.denominator)),
        (_("Headroom"), _money(now.tolerance.headroom), _money(then.tolerance.headroom)),
        (_("Largest new investment that may be lost whole"), _new(stress_now), _new(stress_then)),
        (_("Cash of the funds"), _money(cash_now), _money(cash_then)),
    ]
    note = _("Cash below zero: the money would have to be called first.") if cash_then < 0 <= cash_now else ""
    return (
        _side_by_side(_("Now and supposed"), shares, ColumnKind.PERCENT),
        _side_by_side(_("Amounts now and supposed"), amounts, ColumnKind.MONEY, note),
    )


def _side_by_side(title: str, lines: Sequence[tuple[str, Value, Value]], kind: ColumnKind, note: str = "") -> Table:
    return Table(
        title,
        (Column(_("Figure")), Column(_("Now"), kind), Column(_("Supposed"), kind)),
        tuple(Row((Text(label), before, after)) for label, before, after in lines),
        note=note,
    )


def scenarios_table(rows: Sequence[tuple[Scenario, WhatIf | str]]) -> Table:
    """Scenarios side by side, each answered for the same day; text instead of an answer says why there is none."""
    shown = []
    for scenario, found in rows:
        if isinstance(found, str):
            missing = Unknown(found)
            cells: tuple[Value, ...] = (missing, missing, missing, missing, Text(found))
        else:
            stress = _reverse(found.stress_then)
            cells = (
                _percent(found.then.rate.rate), _percent(found.then.tolerance.utilisation),
                _money(found.then.tolerance.headroom), _markdown(stress), Text(words.status_of(found.then).label),
            )  # fmt: skip
        shown.append(Row((Text(scenario.name), *cells), scenario.get_absolute_url()))
    return Table(
        _("Saved scenarios, answered for this day"),
        (
            Column(_("Scenario")), Column(_("Loss rate"), ColumnKind.PERCENT),
            Column(_("Share of the cap used"), ColumnKind.PERCENT), Column(_("Headroom"), ColumnKind.MONEY),
            Column(_("Markdown to breach"), ColumnKind.PERCENT), Column(_("Status by the cap alone")),
        ),
        tuple(shown),
        note=_("Each supposition is applied to the portfolio of the day and knowledge shown above."),
        empty=_("No scenario is saved yet. Suppose something and save it under a name."),
    )  # fmt: skip


def _reverse(on: Stressed | NotStressed) -> ReverseStress | None:
    return on.reverse() if isinstance(on, Stressed) else None


def _percent(share: Fraction | None) -> Value:
    return Unknown(_("No cap tested")) if share is None else Percent(share)


def _money(amount: Fraction | None) -> Value:
    return Unknown(_("No cap tested")) if amount is None else Money(fen(amount))


def _markdown(found: ReverseStress | None) -> Value:
    if found is None:
        return Unknown(_("No cap tested"))
    if found.markdown_to_breach is None:
        return Unknown(str(STATES[found.state][0]))
    return Percent(found.markdown_to_breach)


def _number(found: ReverseStress | None, name: str) -> Value:
    number = getattr(found, name) if found else None
    if number is None:
        return Unknown(str(STATES[found.state][0]) if found else _("No cap tested"))
    return Text(str(number))


def _new(found: ReverseStress | None) -> Value:
    if found is None or found.max_new_total_loss_investment is None:
        return Unknown(_("No cap tested") if found is None else _("Under a cap of 100 % any amount."))
    return Money(max(0, fen(found.max_new_total_loss_investment)))


def _reading(answer: Answer) -> Value:
    return Text(words.reading_label(answer.resolved.theta))
