"""The life of a holding on its page: state, decisions, agreements with their tranches, notes, and what to do next."""

from typing import Any

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from funds.choices.deals import MonitoringRating, TrancheState
from funds.choices.records import InvestmentState
from funds.models import Agreement, Decision, Investment, MonitoringNote, Tranche
from funds.queries.deals import with_payment
from funds.queries.states import states_of
from funds.queries.sums import Moment as Times
from funds.reports.words import share_words
from funds.views.deal_base import money
from funds.views.deals import decision_moment
from funds.views.papers import paper_fact
from innovation.core.components import Fact, Moment, Status, Tone

STATES = {
    InvestmentState.APPROVED: Tone.INFO,
    InvestmentState.INVESTED: Tone.OK,
    InvestmentState.PARTLY_EXITED: Tone.INFO,
    InvestmentState.EXITED: Tone.IDLE,
    InvestmentState.WRITTEN_OFF: Tone.BAD,
    InvestmentState.RECOVERED: Tone.NOTICE,
}
RATINGS = {
    MonitoringRating.AS_PLANNED: Tone.OK,
    MonitoringRating.WATCH: Tone.NOTICE,
    MonitoringRating.TROUBLE: Tone.BAD,
}


def state_status(state: InvestmentState) -> Status:
    return Status(state.label, STATES[state])


def life_of(investment: Investment, user: Any, unit: Any, times: Times) -> dict[str, Any]:
    """What the page of a holding shows of its life. Seven statements."""
    state = states_of([investment.pk], times)[investment.pk]
    decisions = Decision.objects.sealed().filter(investment=investment).order_by("met_on", "pk")
    notes = MonitoringNote.objects.filter(investment=investment).select_related("recorded_by", "paper")
    tranches = with_payment(Tranche.objects.order_by("number")).prefetch_related("payments__event")
    agreements = (
        Agreement.objects.filter(investment=investment)
        .select_related("decision", "paper", "superseded_by")
        .prefetch_related(Prefetch("tranches", tranches))
    )
    return {
        "state": state_status(state),
        "decisions": [decision_moment(decision, unit) for decision in decisions],
        "agreements": [agreement_view(agreement, user, unit) for agreement in agreements],
        "notes": [note_moment(note) for note in notes[:20]],
        "acts": holding_acts(investment, user),
    }


def holding_acts(investment: Investment, user: Any) -> list[tuple[Any, str]]:
    """Label and address of what the reader may record about a holding."""
    pages = (
        ("funds.add_monitoringnote", _("Note what was seen"), "holding_note"),
        ("funds.add_agreement", _("Record an agreement"), "holding_agreement"),
        ("funds.add_decision", _("Record a decision"), "holding_decide"),
    )
    return [
        (label, reverse(f"funds:{name}", args=[investment.pk]))
        for permission, label, name in pages
        if user.has_perms([permission, "funds.add_paper"])
    ]


def agreement_view(agreement: Agreement, user: Any, unit: Any) -> dict[str, Any]:
    """One agreement with its facts and tranches."""
    share = agreement.share
    decision = agreement.decision
    replaced = getattr(agreement, "superseded_by", None)
    facts = [
        Fact(_("Signed on"), agreement.signed_on.isoformat()),
        Fact(
            _("Decision"),
            decision.number if decision else None,
            decision.get_absolute_url() if decision else "",
            unknown=_("Not recorded"),
        ),
        Fact(_("Instrument"), agreement.get_instrument_display()),
        Fact(_("Amount"), money(agreement.amount_fen, unit)),
        Fact(_("Share of the company"), share_words(share) if share else None, unknown=_("Not recorded")),
        Fact(
            _("Redemption possible from"),
            agreement.redeem_from.isoformat() if agreement.redeem_from else None,
            unknown=_("None agreed"),
        ),
        Fact(_("Terms"), agreement.terms or None, unknown=_("Not recorded")),
        paper_fact(_("Paper"), agreement.paper),
    ]
    return {
        "number": agreement.number,
        "facts": facts,
        "replaced": gettext("Replaced by %(number)s") % {"number": replaced.number} if replaced else "",
        "tranches": [tranche_view(tranche, user, unit) for tranche in agreement.tranches.all()],
    }


def tranche_view(tranche: Any, user: Any, unit: Any) -> dict[str, Any]:
    """One tranche with what may be done about it."""
    payment = next((one for one in tranche.payments.all()), None) if tranche.is_paid else None
    acts = []
    if not tranche.is_paid and tranche.state == TrancheState.PLANNED and user.has_perm("funds.change_tranche"):
        acts.append((_("Condition met"), reverse("funds:tranche_met", args=[tranche.pk])))
    if not tranche.is_paid and tranche.state == TrancheState.READY and user.has_perm("funds.add_ledgerevent"):
        acts.append((_("Pay"), reverse("funds:tranche_pay", args=[tranche.pk])))
    if not tranche.is_paid and tranche.state != TrancheState.CANCELLED and user.has_perm("funds.change_tranche"):
        acts.append((_("Give up"), reverse("funds:tranche_give_up", args=[tranche.pk])))
    return {
        "number": tranche.number,
        "amount": money(tranche.amount_fen, unit),
        "condition": tranche.condition,
        "due_on": tranche.due_on,
        "status": tranche_status(tranche),
        "entry": f"{payment.event.value_date} · #{payment.event.seq}" if payment else "",
        "acts": acts,
    }


def tranche_status(tranche: Any) -> Status:
    """Paid, or how far it is."""
    if tranche.is_paid:
        return Status(_("Paid"), Tone.OK)
    if tranche.state == TrancheState.READY:
        return Status(tranche.get_state_display(), Tone.NOTICE)
    return Status(tranche.get_state_display(), Tone.IDLE)


def note_moment(note: MonitoringNote) -> Moment:
    title = f"{note.get_kind_display()}: {note.get_rating_display()}"
    again = gettext("Look again by %(day)s.") % {"day": note.next_on} if note.next_on else ""
    return Moment(
        note.noted_on, title, " ".join(part for part in (note.text, again) if part), str(note.recorded_by or ""),
        RATINGS[MonitoringRating(note.rating)], note.paper.get_absolute_url() if note.paper else "",
    )  # fmt: skip
