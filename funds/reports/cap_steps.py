"""From the loss to the cap, step by step: how each figure of a cap test is made."""

from django.urls import reverse
from django.utils.translation import gettext as _

from funds.choices.tolerance import MoneyView
from funds.queries.answers import Answer
from funds.queries.tolerance import ToleranceView
from funds.reports import words
from funds.reports.amounts import fen, further_in_group, loss_until_breach
from funds.reports.results import base_figure, holdings_link, ledger_link, percent_or_unknown
from innovation.reports.choices import ColumnKind
from innovation.reports.content import Column, Money, Percent, Row, Section, Table, Text, Value

NOTHING = Text("")


def cap_section(view: ToleranceView, answer: Answer) -> Section | None:
    """The steps; None where no cap is tested."""
    if words.has_no_loss_rate(view.target) or answer.tolerance.effective_cap is None or not answer.rate.denominator:
        return None
    return Section(_("From the loss to the cap"), tables=(cap_table(view, answer),))


def cap_table(view: ToleranceView, answer: Answer) -> Table:
    """Loss, base, cap and what follows from them; each line says of which lines it is made."""
    return Table(
        _("How the figures of the cap are made"),
        (Column(_("Step")), Column(_("Amount"), ColumnKind.MONEY), Column(_("Share"), ColumnKind.PERCENT)),
        tuple(_steps(view, answer)),
        note=_breach_note(view, answer),
    )


def _steps(view: ToleranceView, answer: Answer) -> list[Row]:
    tested, rate = answer.tolerance, answer.rate
    cap = tested.effective_cap or 0
    allowed, left = cap * rate.denominator, tested.headroom or 0
    policy = reverse("funds:policy", args=[answer.document.pk]) if answer.document else ""
    rows = [
        _row(_("1. Loss that counts"), Money(max(0, fen(rate.numerator_signed))), link=holdings_link(view)),
        _row(_("2. Base"), Money(fen(rate.denominator)), link=ledger_link(view, base_figure(answer))),
        _row(_("3. Loss rate: 1 ÷ 2"), share=percent_or_unknown(rate.rate, _("The base is zero."))),
        _row(_("4. Cap in effect"), share=Percent(cap), link=policy),
        _row(_("5. Loss that the cap allows: 4 × 2"), Money(fen(allowed))),
        _row(
            _("6. Exceeded by: 1 − 5") if left < 0 else _("6. Headroom: 5 − 1"),
            Money(abs(fen(left))), Percent(abs(left) / rate.denominator),
        ),
        _row(
            _("7. Share of the cap used: 3 ÷ 4"),
            share=percent_or_unknown(tested.utilisation, _("The cap is zero.")),
        ),
    ]  # fmt: skip
    further = loss_until_breach(view, answer)
    if further is not None:
        rows += [
            _row(_("8. Loss of the whole fund by now, signed"), Money(fen(rate.fund_numerator))),
            _row(_("9. Loss of the whole fund that reaches the cap"), Money(fen(rate.fund_numerator + further))),
            _row(
                _("10. Recovery after which it is within the cap: 8 − 9")
                if further < 0
                else _("10. Further loss until the breach: 9 − 8"),
                Money(abs(fen(further))),
            ),
        ]
    elif (first := further_in_group(view, answer)) is not None:
        rows.append(_row(_("8. Further loss until the breach, at the earliest"), Money(fen(first.amount))))
    return rows


def _row(label: str, amount: Value = NOTHING, share: Value = NOTHING, *, link: str = "") -> Row:
    return Row((Text(label), amount, share), link)


def _breach_note(view: ToleranceView, answer: Answer) -> str:
    """Why the further loss is another amount than the headroom."""
    if answer.resolved.theta.money_view == MoneyView.FUND_TOTAL:
        return _("The loss and the base count the money of the whole fund.")
    if view.target.group is not None:
        return _(
            "The loss and the base count the government's money. A loss counts with the government's share of the fund "
            "that bears it: in the fund with the largest share the least further loss reaches the cap (6 ÷ that share)."
        )
    return _(
        "The loss and the base count the government's money. Lines 8 to 10 count the money of the whole fund: the loss "
        "of which the government's part, after what others bear first, is line 5."
    )
