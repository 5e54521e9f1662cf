"""Proposals in words and bars: parts of the fit, hard checks, reasons and ways out."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from talent.choices.matching import FitPart, MatchLevel, MatchSkill, Remedy, Tongue
from talent.models import MatchProposal
from talent.rules.matching.fit import WEIGHTS


def part_rows(proposal: MatchProposal) -> list[dict[str, Any]]:
    """Each part with its points (of its weight), as numbers for a bar and as text."""
    return [
        {
            "label": part.label,
            "points": f"{proposal.parts[part] / 100:.1f}",
            "most": WEIGHTS[part],
            "bar": proposal.parts[part],
            "full": 100 * WEIGHTS[part],
        }
        for part in FitPart
        if part in proposal.parts
    ]


def check_rows(proposal: MatchProposal) -> list[tuple[str, str, str]]:
    """Name of each hard check, what is needed, what is there."""
    shown = {
        "conflict": lambda _needed, day: (_("none"), _("none declared, as of %(day)s") % {"day": day}),
        "skills": lambda needed, held: (_named(MatchSkill, needed), _named(MatchSkill, held)),
        "languages": lambda needed, held: (_named(Tongue, needed), _named(Tongue, held)),
        "level": lambda needed, held: (str(MatchLevel(needed).label), str(MatchLevel(held).label)),
        "dates": lambda first, last: (f"{first} – {last}", _("available")),
        "load": lambda needed, free: (str(needed), _("%(points)s free before it") % {"points": free}),
    }
    names = {
        "conflict": _("Conflict of interest"),
        "skills": _("Skills"),
        "languages": _("Languages"),
        "level": _("Level"),
        "dates": _("Days"),
        "load": _("Load (points)"),
    }
    return [(names[name], *shown[name](needed, held)) for name, needed, held in proposal.checks]


def _named(choices: Any, values: list[str]) -> str:
    return " · ".join(str(choices(each).label) for each in values) or "–"


def cost_words(proposal: MatchProposal) -> str | None:
    """What is lost when this pair may not be; None when it was not computed in time."""
    if proposal.cost_fit is None or proposal.cost_served is None:
        return None
    parts = []
    if proposal.cost_served:
        parts.append(_("%(count)s fewer demands served") % {"count": proposal.cost_served})
    if proposal.cost_fit > 0:
        parts.append(_("%(points)s points of fit in all") % {"points": proposal.cost_fit})
    return " · ".join(parts) or _("nothing: another plan is as good")


def solution_words(solution: Mapping[str, Any], names: Mapping[int, str]) -> str:
    """One way out in a sentence."""
    remedy = Remedy(solution["remedy"])
    people = "、".join(names.get(each, f"#{each}") for each in solution["people"])
    skills = " · ".join(_skill(each) for each in solution["skills"])
    facts = {"people": people, "skills": skills, "points": solution["points"]}
    texts = {
        Remedy.TRAIN: _("Train %(people)s in %(skills)s"),
        Remedy.TEAM: _("Offer a team that covers the skills together: %(people)s"),
        Remedy.DECLARE: _("Ask %(people)s to declare interests"),
        Remedy.CLEAR: _("Resolve the conflict of interest of %(people)s"),
        Remedy.RAISE_LEVEL: _("Certify %(people)s at the needed level"),
        Remedy.MOVE_DATES: _("Move the dates, or free %(people)s on them"),
        Remedy.MORE_CAPACITY: _("%(points)s more capacity points for %(people)s"),
        Remedy.WIDEN: _("Widen the pool of people"),
    }
    return texts[remedy] % facts


def _skill(name: str) -> str:
    if name.startswith("language:"):
        return str(Tongue(name.removeprefix("language:")).label)
    return str(MatchSkill(name).label)
