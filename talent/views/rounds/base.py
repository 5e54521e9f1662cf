"""What the pages of rounds share."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from innovation.core.components import Fact, Status, Tone
from talent.choices.matching import MandateState
from talent.choices.rounds import RankingState, RoundState, Unplaced
from talent.models import MatchRound, Placement, Ranking

ROUNDS, OWN_ROUNDS = _("Matching rounds"), _("My rankings")
TONES = {
    RoundState.PLANNED: Tone.IDLE, RoundState.RANKING: Tone.INFO, RoundState.CLOSED: Tone.NOTICE,
    RoundState.MATCHED: Tone.NOTICE, RoundState.PUBLISHED: Tone.OK, RoundState.CANCELLED: Tone.BAD,
}  # fmt: skip


def round_status(round_: MatchRound) -> Status:
    return Status(round_.get_state_display(), TONES[RoundState(round_.state)])


def ranking_status(ranking: Ranking | None) -> Status:
    if ranking is None:
        return Status(_("Nothing yet"), Tone.IDLE)
    done = ranking.state == RankingState.SUBMITTED
    return Status(ranking.get_state_display(), Tone.OK if done else Tone.NOTICE)


def placement_status(row: Placement) -> Status:
    """Matched or not, and whether by hand."""
    if row.offer_id is None:
        return Status(_("No place"), Tone.BAD)
    return Status(_("Placed by hand") if row.by_hand else _("Matched"), Tone.NOTICE if row.by_hand else Tone.OK)


def outcome_words(row: Placement) -> str:
    """The places, or why there are none."""
    return str(row.offer) if row.offer else str(Unplaced(row.why_not).label)


def mandate_words(row: Placement) -> str | None:
    """Where the mandate that followed stands; None before the publication and without a place."""
    return str(MandateState(row.mandate.state).label) if row.mandate else None


def round_facts(round_: MatchRound) -> list[Fact]:
    """The days of a round and what follows from it."""
    return [
        Fact(_("Who ranks whom"), round_.get_kind_display()),
        Fact(_("Opens on"), round_.opens_on.isoformat()),
        Fact(_("People rank until"), round_.people_by.isoformat()),
        Fact(_("Places rank until"), round_.hosts_by.isoformat()),
        Fact(_("Mandates"), f"{round_.starts_on} – {round_.ends_on}"),
        Fact(_("Load of a mandate (points)"), str(round_.load)),
        Fact(_("What happens next"), MatchRound.state_names[RoundState(round_.state)].next_step),
    ]


def stability_words(run: Any, found: int) -> tuple[str, str]:
    """Tone and sentence of the proof: no pair would rather have each other, or how many would."""
    if not found:
        words = gettext("Stable: no person and no side with places would both rather have each other.")
        if run.result.get("only"):
            words += " " + gettext("No other stable matching exists.")
        return "ok", words
    told = gettext("Not stable any more, by decisions made by hand: %(count)s pairs would rather have each other.")
    return "notice", told % {"count": found}
