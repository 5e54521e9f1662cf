"""The result of a cap test as gauges and figures, each opening the rows it is made of."""

from fractions import Fraction
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from funds.choices.tolerance import Basis, Denominator, Netting
from funds.queries.answers import Answer
from funds.queries.policies import thresholds
from funds.queries.sums import Moment
from funds.queries.tolerance import Target, ToleranceView
from funds.reports import words
from funds.reports.amounts import fen, further_in_group, loss_until_breach
from funds.rules.loss import LossRate
from innovation.core.figures import percent_text, points_text
from innovation.reports.content import Count, Figure, Gauge, Money, Percent, Status, Text, Unknown, Value

COUNTED_MONEY = (Basis.REALISED, Netting.NONE, Denominator.INVESTED_COST)


def moment_query(moment: Moment) -> dict[str, str]:
    """The two times as an address carries them: those that were chosen."""
    both = {"as_of": moment.as_of.isoformat(), "known_at": moment.known_at.isoformat()}
    return {name: value for name, value in both.items() if name in moment.written}


def at_moment(address: str, moment: Moment, **more: str) -> str:
    """``address`` asking ``more`` at a moment."""
    query = more | moment_query(moment)
    return f"{address}?{urlencode(query)}" if query else address


def scope_code(target: Target) -> str:
    """A target as an address carries it; the stage goes beside it."""
    if target.group is not None:
        return f"group-{target.group.pk}"
    if target.investment is not None:
        return f"project-{target.investment.pk}"
    return f"fund-{target.fund.pk}" if target.fund else ""


def tolerance_link(target: Target, moment: Moment) -> str:
    """The page of a target at a moment."""
    query = {"scope": scope_code(target), "stage": target.stage} | moment_query(moment)
    address = {name: value for name, value in query.items() if value}
    return f"{reverse('funds:tolerance')}?{urlencode(address)}"


def ledger_link(view: ToleranceView, figure: str) -> str:
    """The events that sum to one figure of the view; for a group, whose books are several, its holdings."""
    target = view.target
    if target.fund is None:
        return holdings_link(view)
    query = {"figure": figure, "stage": target.stage} | moment_query(view.moment)
    if target.investment is not None:
        query["investment"] = str(target.investment.pk)
    address = urlencode({name: value for name, value in query.items() if value})
    return f"{reverse('funds:ledger', args=[target.fund.pk])}?{address}"


def holdings_link(view: ToleranceView) -> str:
    """The table whose loss contributions sum to the loss."""
    return f"{tolerance_link(view.target, view.moment)}&holdings-sort=-contribution#table-holdings"


def lost_link(view: ToleranceView) -> str:
    """The table of holdings narrowed to those lost wholly."""
    return f"{tolerance_link(view.target, view.moment)}&holdings-only=lost#table-holdings"


def steps_link(view: ToleranceView, answer: Answer) -> str:
    """The steps from the loss to the cap, of the document that is spoken of."""
    document = f"&document={answer.document.pk}" if answer.document else ""
    return f"{tolerance_link(view.target, view.moment)}{document}#to-the-cap"


def gauge_of(view: ToleranceView, answer: Answer, *, label: str, link: str = "") -> Gauge | None:
    """How much of the cap is used; None where there is nothing to show a share of."""
    rate, cap = answer.rate.rate, answer.tolerance.effective_cap
    free = answer.terms is not None and answer.terms.cap is None and not answer.tolerance.reason
    if rate is None or (cap is None and not free) or answer.problem is not None:
        return None
    return Gauge(
        label=label,
        used=rate,
        cap=cap,
        status=words.status_of(answer),
        warning=cap * thresholds(answer.rule).yellow if cap is not None else None,
        headroom=headroom_figures(answer) if cap is not None else (),
        link=link,
        unverified=answer.unverified,
    )


def headroom_figures(answer: Answer) -> tuple[Figure, ...]:
    """What is left below the cap in money and in points, and the special tier."""
    tested, points = answer.tolerance, answer.headroom_points
    if tested.headroom is None or points is None:
        return ()
    exceeded = tested.headroom < 0
    lines = [
        Figure(_("Exceeded by") if exceeded else _("Headroom"), Money(abs(fen(tested.headroom)))),
        Figure(_("In points"), Text(points_text(abs(points)))),
        Figure(_("Share of the cap used"), percent_or_unknown(tested.utilisation, _("The cap is zero."))),
    ]
    if tier := words.special_tier(answer.terms):
        lines.append(Figure(_("Special tier"), Text(tier)))
    return tuple(lines)


def percent_or_unknown(share: Fraction | None, reason: str) -> Value:
    """A share, or why there is none."""
    return Unknown(reason) if share is None else Percent(share)


def figures_of(view: ToleranceView, answer: Answer) -> tuple[Figure, ...]:
    """The cards of a result, the most telling first."""
    rate = answer.rate
    if words.has_no_loss_rate(view.target):
        return ()
    return (
        _rate(view, answer),
        _loss(view, answer),
        Figure(
            _("Base"),
            Money(fen(rate.denominator)),
            ledger_link(view, base_figure(answer)),
            note=f"{answer.resolved.theta.denominator.label}, {_money_words(answer)}",
        ),
        *_cap(view, answer),
        _breach(view, answer),
        *_probability(answer),
        _largest(view, answer),
        *_lost_wholly(view, answer),
    )


def _rate(view: ToleranceView, answer: Answer) -> Figure:
    exact = answer.rate.rate
    note = words.reading_label(answer.resolved.theta)
    return Figure(
        _("Loss rate"),
        percent_or_unknown(exact, _("Nothing was invested by this day.")),
        holdings_link(view),
        note=note,
        unverified=answer.unverified,
        status=words.status_of(answer),
    )


def _loss(view: ToleranceView, answer: Answer) -> Figure:
    signed = answer.rate.numerator_signed
    note = _money_words(answer)
    if signed < 0:
        note = _("Gains exceed losses; a loss is never below zero.")
    return Figure(_("Loss that counts"), Money(max(0, fen(signed))), holdings_link(view), note=note)


def _money_words(answer: Answer) -> str:
    return str(answer.resolved.theta.money_view.label)


def base_figure(answer: Answer) -> str:
    """Which events the denominator is made of."""
    return {
        Denominator.EXITED_COST: "relieved",
        Denominator.PAID_IN: "paid_in",
        Denominator.COMMITTED: "paid_in",
    }.get(answer.resolved.theta.denominator, "cost")


def _cap(view: ToleranceView, answer: Answer) -> list[Figure]:
    tested, steps = answer.tolerance, steps_link(view, answer)
    if tested.effective_cap is None:
        return []
    headroom, points = tested.headroom or Fraction(0), answer.headroom_points or Fraction(0)
    label = _("Exceeded by") if headroom < 0 else _("Headroom")
    return [
        Figure(
            _("Cap in effect"),
            Percent(tested.effective_cap),
            reverse("funds:policy", args=[answer.document.pk]) if answer.document and not answer.mixed else steps,
            note=words.special_tier(answer.terms) or (str(answer.terms.test.label) if answer.terms else ""),
            unverified=answer.unverified,
        ),
        Figure(label, Money(abs(fen(headroom))), steps, note=points_text(abs(points))),
        Figure(
            _("Share of the cap used"),
            percent_or_unknown(tested.utilisation, _("The cap is zero.")),
            steps,
            note=words.level_label(tested.level),
        ),
    ]


def _breach(view: ToleranceView, answer: Answer) -> Figure:
    further, note = loss_until_breach(view, answer), _("Money of the whole fund")
    if further is None and (first := further_in_group(view, answer)) is not None:
        further = first.amount
        note = _("At the earliest: if %(fund)s bears it, of which the government holds most") % {
            "fund": first.fund.name
        }
    if further is None:
        reason = (
            _("No cap is tested.")
            if answer.tolerance.effective_cap is None
            else _("The funds of the group share losses in different ways. See each fund.")
        )
        return Figure(_("Next breach after a further loss of"), Unknown(reason))
    if further < 0:
        label = _("Breached; back within after a recovery of")
        return Figure(label, Money(-fen(further)), steps_link(view, answer), note=note)
    return Figure(_("Next breach after a further loss of"), Money(fen(further)), steps_link(view, answer), note=note)


def _probability(answer: Answer) -> list[Figure]:
    """The simulation whose probability counts in the warning level, with its day: never silently."""
    if answer.breach is None:
        return []
    return [
        Figure(
            _("Probability of breach by the end of the fund"),
            Percent(answer.breach.probability),
            reverse("funds:stress_run", args=[answer.breach.pk]),
            note=_("Simulation as of %(day)s; it counts in the warning level") % {"day": answer.breach.as_of},
        )
    ]


def _largest(view: ToleranceView, answer: Answer) -> Figure:
    label = _("Largest single failure would add")
    if answer.largest_delta is None:
        return Figure(label, Unknown(_("No position could add to the loss.")))
    alone = answer.tolerance.single_position_exceeds_headroom
    note, status = "", None
    if alone is not None:
        note = _("More than the headroom: this one failure breaches the cap.") if alone else _("Within the headroom")
        if answer.tolerance.headroom is not None and answer.tolerance.headroom < 0:
            note = _("The cap is exceeded already.")
        status = Status(_("Exceeds the headroom"), "notice") if alone else None
    return Figure(label, Money(fen(answer.largest_delta)), holdings_link(view), note=note, status=status)


def _lost_wholly(view: ToleranceView, answer: Answer) -> list[Figure]:
    count = view.total_losses
    realised = realised_share(answer)
    return [
        Figure(
            _("Companies lost wholly"),
            Count(count.total_losses),
            lost_link(view),
            note=_("%(count)s of %(all)s companies, %(share)s; the cap counts money, not companies")
            % {"count": count.total_losses, "all": count.holdings, "share": percent_text(count.rate)},
        ),
        Figure(
            _("Capital lost for good"),
            percent_or_unknown(realised.rate if realised else None, _("Nothing was invested by this day.")),
            ledger_link(view, "lost"),
            note=_("Realised losses over invested cost, no gains set off"),
        ),
    ]


def realised_share(answer: Answer) -> LossRate | None:
    """The reading that says how much of the invested capital is lost for good."""
    for reading in answer.readings:
        theta = reading.theta
        if (theta.basis, theta.netting, theta.denominator) == COUNTED_MONEY and not theta.fees:
            return reading.rate
    return None
