"""The runners of every kind that is built: importing this module registers them all."""

from tests.reference import (
    funds,
    funds_returns,
    patents,
    patents_royalties,
    programme,
    talent_assessment,
    talent_credentials,
    talent_matching,
    talent_people,
    talent_ratio,
)
from tests.reference.registry import RUNNERS

__all__ = [
    "RUNNERS",
    "funds",
    "funds_returns",
    "patents",
    "patents_royalties",
    "programme",
    "talent_assessment",
    "talent_credentials",
    "talent_matching",
    "talent_people",
    "talent_ratio",
]
