"""The tables beside a result: readings, definition, stages, how holdings become the loss, rules in force."""

from collections.abc import Sequence
from fractions import Fraction

from django.urls import reverse
from django.utils.translation import gettext as _

from funds.choices.tolerance import CapState, MoneyView, SourceStatus
from funds.models import PolicyDocument, ToleranceRule
from funds.queries.answers import Answer
from funds.queries.portfolio import HoldingRow
from funds.queries.tolerance import Target, ToleranceView
from funds.reports import words
from funds.reports.amounts import fen, parts_in_fen
from funds.reports.results import percent_or_unknown, tolerance_link
from funds.rules.loss import government_share
from innovation.core.figures import percent_text
from innovation.reports.choices import ColumnKind
from innovation.reports.content import Column, Money, Percent, Row, Table, Text, Unknown, Value

MONEY, PERCENT = ColumnKind.MONEY, ColumnKind.PERCENT


def readings_table(answer: Answer) -> Table:
    """Every definition side by side; the one that the policy uses is marked."""
    rows = []
    for reading in answer.readings:
        rate = reading.rate
        mark = ""
        if reading.policy:
            mark = words.use_of_reading(answer)
        rows.append(
            Row(
                (
                    Text(words.reading_label(reading.theta)),
                    Money(fen(rate.numerator_signed)),
                    Money(fen(rate.denominator)),
                    percent_or_unknown(rate.rate, _("The base is zero.")),
                    Text(mark),
                )
            )
        )
    return Table(
        _("All readings of the loss rate"),
        (
            Column(_("Definition")),
            Column(_("Loss, signed"), MONEY),
            Column(_("Base"), MONEY),
            Column(_("Loss rate"), PERCENT),
            Column(_("Use")),
        ),
        tuple(rows),
        note=_(
            "No public text gives a formula, and the choice moves the answer. A signed loss below zero means that "
            "gains exceed losses: the rate is then zero."
        ),
    )


def definition_table(answer: Answer) -> Table:
    """The definition that was used, field by field, and who says so."""
    ruled = answer.rule is not None
    rows = tuple(
        Row(
            (
                Text(label),
                Text(words.value_of_field(answer.resolved.theta, name)),
                Text(words.origin_of_field(answer.resolved, name, ruled=ruled)),
            )
        )
        for name, label in words.DEFINITION_FIELDS
    )
    return Table(_("Definition used"), (Column(_("Question")), Column(_("Answer")), Column(_("Who says so"))), rows)


def stages_table(view: ToleranceView) -> Table | None:
    """The caps that the same documents set for single stages; None where they set none."""
    if not view.stage_answers:
        return None
    rows = []
    for answer in view.stage_answers:
        link = tolerance_link(Target.of_stage(view.funds[0], answer.question.stage), view.moment)
        rows.append(Row(_stage_cells(answer), link, unverified=answer.unverified))
    return Table(
        _("Caps by stage"),
        (
            Column(_("Stage")), Column(_("Loss that counts"), MONEY), Column(_("Base"), MONEY),
            Column(_("Loss rate"), PERCENT), Column(_("Cap in effect"), PERCENT),
            Column(_("Share of the cap used"), PERCENT), Column(_("Status")),
        ),
        tuple(rows),
    )  # fmt: skip


def cap_note(answer: Answer) -> str:
    """Why there is no cap to show."""
    return str(words.status_of(answer).label)


def _stage_cells(answer: Answer) -> tuple[Value, ...]:
    tested = answer.tolerance
    no_cap = cap_note(answer)
    return (
        Text(words.stage_label(answer.question.stage)),
        Money(max(0, fen(answer.rate.numerator_signed))),
        Money(fen(answer.rate.denominator)),
        percent_or_unknown(answer.rate.rate, _("The base is zero.")),
        percent_or_unknown(tested.effective_cap, no_cap),
        percent_or_unknown(tested.utilisation, no_cap),
        Text(no_cap),
    )


def weights_table(answer: Answer) -> Table | None:
    """How the cap of a mixed fund is weighted; None for a plain cap."""
    invested = [cap for cap in answer.mixed if cap.cost]
    if not invested:
        return None
    total = sum(Fraction(cap.cost) for cap in invested)
    rows = []
    for cap in invested:
        counted = Fraction(1) if cap.cap_state == CapState.NOT_LIMITED else cap.cap
        unknown = _("The policy gives no figure for this stage.")
        rows.append(
            Row(
                (
                    Text(words.stage_label(cap.stage)),
                    Money(fen(cap.cost)),
                    Percent(Fraction(cap.cost) / total),
                    percent_or_unknown(counted, unknown),
                    percent_or_unknown(None if counted is None else counted * cap.cost / total, unknown),
                )
            )
        )
    cap = answer.tolerance.effective_cap
    return Table(
        _("How the cap of this mixed fund is weighted"),
        (
            Column(_("Stage")), Column(_("Invested cost"), MONEY), Column(_("Weight"), PERCENT),
            Column(_("Cap of the stage"), PERCENT), Column(_("Part of the cap"), PERCENT),
        ),
        tuple(rows),
        note=_("A stage without a ceiling counts with 100 %; one unknown ceiling makes the whole unknown."),
        total=Row(
            (Text(_("Whole fund")), Money(fen(total)), Percent(Fraction(1)), Text(""),
             percent_or_unknown(cap, _("Not known")))
        ),
    )  # fmt: skip


def bridge_table(view: ToleranceView, answer: Answer) -> Table:
    """From the holdings' contributions to the loss that counts, step by step."""
    rate, theta = answer.rate, answer.resolved.theta
    contributions = rate.fund_numerator - rate.fees
    rows = [(_("Sum of the loss contributions"), contributions)]
    if rate.fees:
        rows.append((_("Fees and expenses that count"), rate.fees))
    rows.append((_("Loss of the whole fund, signed"), rate.fund_numerator))
    if theta.money_view == MoneyView.GOVERNMENT_SHARE:
        first_loss = sum(view.books[fund.pk].fund.others_first_loss for fund in view.funds)
        if first_loss and rate.fund_numerator > 0:
            rows.append((_("Of which the other investors bear first"), min(Fraction(first_loss), rate.fund_numerator)))
        rows.append((_("Part of the government, signed"), rate.numerator_signed))
    rows.append((_("Loss that counts (never below zero)"), max(Fraction(0), rate.numerator_signed)))
    return Table(
        _("From the holdings to the loss"),
        (Column(_("Step")), Column(_("Amount"), MONEY)),
        tuple(Row((Text(label), Money(fen(amount)))) for label, amount in rows),
        note=_share_note(view) if theta.money_view == MoneyView.GOVERNMENT_SHARE else "",
    )


def _share_note(view: ToleranceView) -> str:
    if view.target.group is not None:
        return _("The loss of each fund is taken with its own government share, then summed.")
    fund = view.books[view.funds[0].pk].fund
    share = {"share": words.share_words(government_share(fund))}
    if not fund.paid_in:
        return _("No capital call is booked; by the fund's terms the government's share is %(share)s.") % share
    return _("The government paid in %(share)s of the fund.") % share


def holdings_table(view: ToleranceView, rows: Sequence[HoldingRow]) -> Table:
    """Every holding with its figures; the contributions sum to the whole fund's loss."""
    group = view.target.group is not None
    amounts = zip(*(parts_in_fen(values) for values in _holding_amounts(rows)), strict=True)
    lines = []
    for row, own in zip(rows, amounts, strict=True):
        lead = [Text(row.investment.code), Text(row.investment.company.name)]
        lead += [Text(row.fund.name)] if group else []
        cells = (*lead, Text(words.stage_label(row.investment.stage)), *(Money(amount) for amount in own))
        lines.append(Row(cells, reverse("funds:holding", args=[row.investment.pk])))
    heads = [Column(_("Code")), Column(_("Company")), *([Column(_("Fund"))] if group else []), Column(_("Stage"))]
    totals = [Money(fen(sum(values, Fraction(0)))) for values in _holding_amounts(rows)]
    return Table(
        _("Holdings"),
        (*heads, *(Column(label, MONEY) for label in holding_amount_labels())),
        tuple(lines),
        note=_("The contributions count the money of the whole fund; the step to the loss that counts stands above."),
        empty=_no_holdings(view),
        total=Row((Text(_("Total")), *(Text("") for _head in heads[1:]), *totals)) if rows else None,
    )


def _no_holdings(view: ToleranceView) -> str:
    if words.has_no_loss_rate(view.target):
        return _("Grants are paid out, not invested. Its ledger lists what was called, paid out and returned.")
    return _("Nothing was invested by this day.")


def holding_amount_labels() -> list[str]:
    """Heads of the amounts of a holding, in the order of ``_holding_amounts``."""
    return [
        _("Cost"), _("Relieved"), _("Remaining"), _("Fair value"), _("Realised loss"), _("Unrealised loss"),
        _("Loss contribution"),
    ]  # fmt: skip


def _holding_amounts(rows: Sequence[HoldingRow]) -> list[list]:
    figures = [row.figures for row in rows]
    return [
        [f.cost for f in figures],
        [f.relieved for f in figures],
        [f.remaining for f in figures],
        [f.fair_value for f in figures],
        [f.realised_loss for f in figures],
        [row.unrealised_loss for row in rows],
        [row.contribution for row in rows],
    ]


def rules_table(view: ToleranceView) -> Table:
    """The rule behind each answer, with what it says and how well that is known."""
    rows = []
    for answer in view.answers:
        if answer.document is None:
            continue
        rows.append(
            Row(
                (
                    Text(document_label(answer)),
                    Text(scope_of_rule(answer)),
                    _cap_value(answer),
                    Text(words.special_tier(answer.terms) or "–"),
                    Text(force_words(answer)),
                    Text(str(answer.document.get_status_display())),
                    Text(clause_status(answer)),
                    Text(_("Binding") if answer.binds else _("Indicative")),
                ),
                reverse("funds:policy", args=[answer.document.pk]),
            )
        )
    return Table(
        _("Rules in force"),
        (
            Column(_("Document")), Column(_("Rule")), Column(_("Cap"), PERCENT), Column(_("Special tier")),
            Column(_("In force")), Column(_("Document status")), Column(_("Clause status")),
            Column(_("This result is")),
        ),
        tuple(rows),
        empty=_("No policy with a cap was in force for this scope on this day, as far as was known then."),
    )  # fmt: skip


def clause_status(answer: Answer) -> str:
    """How well the clause itself is known: a verified document may cite a clause at second hand."""
    if answer.rule is not None:
        return str(answer.rule.get_status_display())
    if answer.mixed:
        return str((SourceStatus.UNVERIFIED if answer.unverified else SourceStatus.VERIFIED).label)
    return "–"


def document_label(answer: Answer) -> str:
    """The document of an answer as people name it."""
    return binding_title(answer.document) if answer.document else _("No policy")


def binding_title(document: PolicyDocument) -> str:
    """Place, title and version of a document."""
    title = document.title_zh or document.number or document.code
    place = f"{document.jurisdiction} · " if document.jurisdiction else ""
    return f"{place}{title} · {_('version %(number)s') % {'number': document.version}}"


def scope_of_rule(answer: Answer) -> str:
    """Which clause was used, in words."""
    if answer.rule is not None:
        return clause_words(answer.rule)
    if answer.mixed:
        return _("Caps of the stages, weighted by invested cost")
    return _("No clause fits this scope")


def clause_words(rule: ToleranceRule) -> str:
    """Scope, kind of fund, stages and mode of a clause."""
    parts = [str(rule.get_scope_display())]
    if rule.fund_filter:
        parts.append(rule.fund_filter)
    parts += [words.stage_label(stage) for stage in rule.stages]
    if rule.mode:
        parts.append(str(rule.get_mode_display()))
    return " · ".join(parts)


def _cap_value(answer: Answer) -> Value:
    cap = answer.terms.cap if answer.terms else None
    if cap is not None:
        return Percent(cap)
    return Unknown(str(answer.terms.cap_state.label) if answer.terms else _("No clause fits this scope"))


def force_words(answer: Answer) -> str:
    document = answer.document
    if document is None or document.effective_from is None:
        return _("Day of effect not known")
    until = document.effective_to.isoformat() if document.effective_to else _("open")
    return f"{document.effective_from.isoformat()} – {until}"


def rule_notes(view: ToleranceView) -> tuple[str, ...]:
    """What a reader has to know about the rules: wording, second-hand figures, results that only indicate."""
    notes = []
    for answer in view.answers:
        if answer.rule is not None and answer.rule.wording_zh:
            notes.append(_("Wording: “%(text)s”") % {"text": answer.rule.wording_zh})
        if answer.unverified:
            notes.append(
                _("%(document)s: figures known at second hand. Read them as unverified until the text is attached.")
                % {"document": document_label(answer)}
            )
        if answer.document is not None and not answer.binds and answer.tolerance.effective_cap is not None:
            notes.append(_indicative(answer))
    return tuple(notes)


def _indicative(answer: Answer) -> str:
    if answer.indicative:
        return _("%(document)s: its day of effect is not known, so the result is indicative only.") % {
            "document": document_label(answer)
        }
    moments = sorted(str(moment.label) for moment in answer.terms.binding_at) if answer.terms else []
    return _("The cap binds at: %(moments)s. On any other day the result is indicative.") % {
        "moments": ", ".join(moments)
    }


def cap_text(rule: ToleranceRule) -> str:
    """A rule's cap in words, the special tier behind it."""
    if rule.cap is None:
        return str(rule.get_cap_state_display())
    text = percent_text(rule.cap)
    if rule.special_cap is not None:
        text = _("%(cap)s, special tier %(special)s") % {"cap": text, "special": percent_text(rule.special_cap)}
    return text
