"""Which facts a person may propose to change, and which of them lose their proof by it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Correctable:
    """A column of the person's record; ``longest`` in characters; ``proven`` ones go back to verification."""

    name: str
    longest: int
    proven: bool = False


CORRECTABLE = (
    Correctable("family_name", 60, proven=True),
    Correctable("given_name", 100, proven=True),
    Correctable("name_en", 160),
    Correctable("former_names", 300),
    Correctable("orcid", 19, proven=True),
)


def proposed(now: dict[str, str], asked: dict[str, str]) -> dict[str, dict[str, str]]:
    """What would change: ``{"family_name": {"from": …, "to": …}}`` for correctable facts that differ from ``now``."""
    return {
        fact.name: {"from": now.get(fact.name, ""), "to": asked[fact.name].strip()}
        for fact in CORRECTABLE
        if fact.name in asked and asked[fact.name].strip() != now.get(fact.name, "")
    }


def loses_proof(changes: dict[str, dict[str, str]]) -> bool:
    """Whether one of ``changes`` touches a fact that was verified."""
    return any(fact.proven and fact.name in changes for fact in CORRECTABLE)
