"""JSON: the question and the exact data, in canonical form."""

from datetime import UTC

from innovation.reports.content import canonical_json
from innovation.reports.rendering.base import Rendering

SCHEMA = "innovation-report/1"


def render(rendering: Rendering) -> bytes:
    """Canonical JSON. ``data_hash`` is the SHA-256 of the canonical JSON of ``data`` alone.

    Money is integer fen, shares are ``"num/den"``, so a reader loses nothing.
    """
    return canonical_json(
        {
            "schema": SCHEMA,
            "kind": rendering.kind,
            "kind_version": rendering.kind_version,
            "engine_version": rendering.engine_version,
            "parameters": rendering.parameters,
            "period": rendering.period,
            "as_of": rendering.as_of,
            "known_at": rendering.known_at.astimezone(UTC),
            "language": rendering.language,
            "data_hash": rendering.data_hash,
            "data": rendering.plain,
        }
    )
