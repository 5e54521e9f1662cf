"""Who counts on which side of a ratio: clauses over the columns of a post, as data (domain 4.3).

``[{"frascati_class": ["technician", "support"]}, {"duty": ["finance_assistance"]}]``: a post counts when any clause
fits; a clause fits when the post's value of each of its columns is among those listed.
"""

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

from talent.choices.people import FrascatiClass, PostClass, PostDuty, ResearcherProfile

Clauses = Sequence[Mapping[str, Sequence[str]]]
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "duty": tuple(PostDuty.values),
    "frascati_class": tuple(FrascatiClass.values),
    "post_class": tuple(PostClass.values),
    "r_profile": ("", *ResearcherProfile.values),
}
"""The columns of a post that a definition may speak of, with their values."""


def counts(clauses: Clauses, post: Mapping[str, str]) -> bool:
    """Whether a post counts by ``clauses``."""
    return any(all(post[column] in values for column, values in clause.items()) for clause in clauses)


def well_formed(clauses: Any) -> bool:
    """Whether ``clauses`` name known columns and values, and at least one of each."""
    return (
        isinstance(clauses, list)
        and bool(clauses)
        and all(isinstance(clause, Mapping) and bool(clause) for clause in clauses)
        and all(_known(column, values) for clause in clauses for column, values in clause.items())
    )


def _known(column: str, values: Any) -> bool:
    return column in COLUMNS and isinstance(values, list) and bool(values) and set(values) <= set(COLUMNS[column])


def counted_twice(professionals: Clauses, support: Clauses) -> dict[str, str] | None:
    """A post that would count on both sides, None where there is none: nobody may stand above and below the line."""
    used = {column for clause in (*professionals, *support) for column in clause}
    columns = [column for column in COLUMNS if column in used]
    for values in product(*(COLUMNS[column] for column in columns)):
        post = dict(zip(columns, values, strict=True))
        if counts(professionals, post) and counts(support, post):
            return post
    return None
