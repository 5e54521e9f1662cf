"""The office of the talent part, one module per noun."""

from talent.admin import (
    assessment,
    cpd,
    credentials,
    imports,
    matching,
    merges,
    people,
    privacy,
    privacy_work,
    ratio,
    rounds,
    skills,
    training,
)

__all__ = [
    "assessment",
    "cpd",
    "credentials",
    "imports",
    "matching",
    "merges",
    "people",
    "privacy",
    "privacy_work",
    "ratio",
    "rounds",
    "skills",
    "training",
]
