"""Words of a case file: the acts of its chain, amounts, moments, hashes."""

from datetime import datetime
from fractions import Fraction

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innovation.core.figures import number_text, unit_behind
from innovation.core.money import Unit

EVENTS = {
    "open": _("Opened"),
    "voter": _("Voter of the investment decision named"),
    "person": _("Person judged named"),
    "evidence": _("Document added"),
    "freeze": _("Evidence frozen"),
    "start_checklist": _("Checklist started"),
    "answer": _("Duty answered"),
    "finish_checklist": _("Checklist closed"),
    "finding": _("Negative list answered"),
    "finish_screening": _("Screening closed"),
    "submit_statement": _("Statement submitted"),
    "close_statement": _("Went on without a statement"),
    "record_evaluation": _("Evaluation recorded"),
    "appoint": _("Panel member appointed"),
    "recuse": _("Panel member recused"),
    "vote": _("Vote cast"),
    "decide": _("Decided"),
    "appeal": _("Appealed"),
    "decide_appeal": _("Appeal decided"),
    "archive": _("Archived"),
    "discontinue": _("Discontinued"),
    "withdraw": _("Withdrawn: the entry was reversed"),
}


def money(fen: int | Fraction) -> str:
    """An amount in 万元 with its unit."""
    return f"{number_text(Fraction(fen, Unit.WAN.fen), 2)} {unit_behind(Unit.WAN)}"


def moment_text(moment: datetime) -> str:
    """A moment in the time of the office, with its zone."""
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M %Z")


def short(digest: str) -> str:
    """The first characters of a hash, enough for the eye."""
    return digest[:12]
