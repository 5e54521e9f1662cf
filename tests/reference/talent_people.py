"""Runners of the cases about people: ORCID iDs and resident identity numbers."""

from collections.abc import Mapping
from typing import Any

from innovation.core import resident_ids
from talent.rules import orcid
from tests.reference.registry import runner


@runner("orcid")
def run_orcid(inputs: Mapping[str, Any]) -> dict[str, Any]:
    text = inputs["text"]
    return {"valid_strict": orcid.is_strict(text), "canonical": orcid.canonical(text)}


@runner("resident_id_detector")
def run_resident_id_detector(inputs: Mapping[str, Any]) -> dict[str, Any]:
    found = resident_ids.find(inputs["text"])
    return {"hits": [*found.hits], "suspects": [*found.suspects], "masked": found.masked}
