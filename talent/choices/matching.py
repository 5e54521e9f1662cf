"""Words about matching: what people offer, what demands ask, conflicts, proposals, mandates."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class MatchSkill(TextChoices):
    """The languages that a bridge between laboratory and market speaks."""

    TECHNOLOGY = "technology", _("Technology")
    MARKET = "market", _("Market")
    GOVERNMENT = "government", _("Government")
    LAW = "law", _("Law")


class Tongue(TextChoices):
    """Languages that a demand may need."""

    CHINESE = "zh", _("Chinese")
    ENGLISH = "en", _("English")
    GERMAN = "de", _("German")
    FRENCH = "fr", _("French")
    JAPANESE = "ja", _("Japanese")
    KOREAN = "ko", _("Korean")
    RUSSIAN = "ru", _("Russian")


class MatchSector(TextChoices):
    """The nine strategic emerging industries of the national classification of 2018."""

    INFORMATION = "information", _("Next-generation information technology")
    EQUIPMENT = "equipment", _("High-end equipment")
    MATERIALS = "materials", _("New materials")
    BIOLOGY = "biology", _("Biology and medicine")
    VEHICLES = "vehicles", _("New-energy vehicles")
    ENERGY = "energy", _("New energy")
    ENVIRONMENT = "environment", _("Energy saving and environment")
    CREATIVE = "creative", _("Digital creative industry")
    SERVICES = "services", _("Related services")


class MatchStage(TextChoices):
    """Where a technology stands on its way; the middle is the valley of death (about TRL 4 to 7)."""

    RESEARCH = "research", _("Research (TRL 1–3)")
    CONCEPT = "concept", _("Proof of concept (TRL 4–5)")
    PILOT = "pilot", _("Prototype and pilot (TRL 6–7)")
    MARKET = "market", _("Market entry (TRL 8–9)")


class MatchLevel(IntegerChoices):
    """Levels of technology managers, as credentials grade them."""

    CANDIDATE = 1, _("Candidate")
    JUNIOR = 2, _("Junior")
    MIDDLE = 3, _("Middle")
    SENIOR = 4, _("Senior")


class DemandKind(TextChoices):
    PROJECT = "project", _("Project")
    POST = "post", _("Post")
    TECHNOLOGY = "technology", _("Technology")


class DemandState(TextChoices):
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")


class ConflictSource(TextChoices):
    """Where a conflict of interest comes from; ``NONE`` is the declaration that there is none."""

    NONE = "none", _("No conflict")
    EMPLOYMENT = "employment", _("Employed there within three years")
    EQUITY = "equity", _("Shares or founder of the company")
    FAMILY = "family", _("Family")
    CO_AUTHOR = "co_author", _("Co-inventor or co-author within three years")
    RIVAL = "rival", _("Works for a rival")
    SUPERVISOR = "supervisor", _("Supervisor or supervised")
    OTHER = "other", _("Other")


class ProposalState(TextChoices):
    """What the officer made of a proposal of the matcher."""

    OPEN = "open", _("To be decided")
    CONFIRMED = "confirmed", _("Confirmed")
    SET_ASIDE = "set_aside", _("Set aside")


class Engagement(TextChoices):
    """A broker stands between two sides; a manager is tied to the client and operates."""

    MANAGING = "managing", _("Managing")
    INTERMEDIARY = "intermediary", _("Intermediary")


class MandateRole(TextChoices):
    LEAD = "lead", _("Lead")
    MEMBER = "member", _("Member of the team")


class MandateState(TextChoices):
    PROPOSED = "proposed", pgettext_lazy("mandate", "Proposed")
    BY_PERSON = "accepted_by_person", _("Accepted by the person")
    BY_OWNER = "accepted_by_owner", _("Accepted by the owner")
    ACTIVE = "active", pgettext_lazy("mandate", "Active")
    SUSPENDED = "suspended", _("Suspended")
    DELIVERED = "delivered", _("Delivered")
    ENDED_EARLY = "ended_early", _("Ended early")
    DECLINED = "declined", _("Declined")
    EXPIRED = "expired", _("Expired")


WAITING_MANDATES = (MandateState.PROPOSED, MandateState.BY_PERSON, MandateState.BY_OWNER)
"""An answer is awaited, from one side or both."""
LOADED_MANDATES = (MandateState.BY_PERSON, MandateState.BY_OWNER, MandateState.ACTIVE)
"""Count against the capacity of the person."""
OPEN_MANDATES = (*WAITING_MANDATES, MandateState.ACTIVE)
LIVE_MANDATES = (*OPEN_MANDATES, MandateState.SUSPENDED)
ENDED_MANDATES = (MandateState.DELIVERED, MandateState.ENDED_EARLY)


class OutcomeOccasion(TextChoices):
    END = "end", _("At the end")
    YEAR = "year", _("After twelve months")


class Objective(TextChoices):
    """Which good comes first; for teams, what is kept small."""

    MAX_TOTAL = "max_total", _("Best total fit")
    LEXIMIN = "leximin", _("Raise the worst fit first")
    TEAM_FEWEST = "team_fewest", _("Team of the fewest people")
    TEAM_LEAST_LOAD = "team_least_load", _("Team of the least load")
    STABLE = "stable", _("Stable for both sides")


class Unserved(TextChoices):
    """Why a demand has nobody; the first that holds is named."""

    SKILL_MISSING = "skill_missing", _("A needed skill is held by nobody")
    NOT_IN_ONE = "skills_not_in_one_person", _("Nobody holds all needed skills alone")
    UNDECLARED = "conflict_undeclared", _("A skilled person has not declared conflicts of interest")
    CONFLICT = "conflict", _("All skilled people have a conflict of interest")
    LEVEL = "level_too_low", _("All skilled people are below the needed level")
    DATES = "dates", _("No skilled person is free on the days needed")
    LOAD = "load_exceeds_capacity", _("The load is above the capacity of every skilled person")
    FULL = "capacity_full", _("The capacity of all skilled people is used elsewhere")


class Remedy(TextChoices):
    """What would serve a demand that has nobody."""

    TRAIN = "train", _("Train a person in the missing skills")
    TEAM = "team", _("Offer a team that covers the skills together")
    DECLARE = "declare", _("Ask for the declaration of interests")
    CLEAR = "clear", _("Resolve one conflict of interest")
    RAISE_LEVEL = "raise_level", _("Certify a person at the needed level")
    MOVE_DATES = "move_dates", _("Move the dates, or free a person on them")
    MORE_CAPACITY = "more_capacity", _("Give a person more capacity points")
    WIDEN = "widen", _("Widen the pool of people")


class FitPart(TextChoices):
    SKILLS = "skills", _("Skills covered")
    SECTOR = "sector", _("Same sector")
    STAGE = "stage", _("Experience at this stage")
    LEVEL = "level", _("Level")
    REGION = "region", _("Network and region")
    OUTCOME = "outcome", _("Past outcomes")
